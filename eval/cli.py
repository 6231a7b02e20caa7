"""``dateline eval``: run and compare question sets, hold the gate, pin its floors.

Options become settings here, in `eval.run_cli` and in `eval.retrieval_cli`, and nowhere else.
Errors a user can cause are DatelineErrors; the command line that this is plugged into shows them
as one line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from eval import gate as gates
from eval import retrieval_cli, run_cli
from eval.asking import ask_all, opened
from eval.cases import load_cases
from eval.report import by_kind, problems, table
from eval.run import Record, summary_of
from eval.summary import Summary
from index.errors import InputError, NotFoundError
from index.settings import IndexSettings, default_home
from rag.settings import RagSettings

app = typer.Typer(
    help="Measure answers: run and compare question sets, hold the gate, pin its floors.",
    no_args_is_help=True,
)
app.add_typer(run_cli.app)
app.add_typer(retrieval_cli.app)

Home = Annotated[
    Path | None, typer.Option("--home", help="Library and models; default: DATELINE_HOME.")
]
Samples = Annotated[Path, typer.Option("--samples", help="Folder of the sample articles.")]


@app.command()
def gate(samples: Samples = gates.SAMPLES, home: Home = None) -> None:
    """Answer the project's own questions without a language model; exit 1 below a floor."""
    floors = gates.read_floors(gates.FLOORS)
    if floors is None:
        raise NotFoundError(f"No floors in {gates.FLOORS}: run `dateline eval pin` first.")
    measured = measure_samples(samples, home)
    verdicts = gates.judge(measured.summary, floors, measured.fingerprint)
    typer.echo(table(by_kind(measured.records), label="samples"))
    typer.echo("")
    typer.echo(gates.gate_table(verdicts))
    if not all(verdict.passed for verdict in verdicts):
        for line in _wrong(measured.records):
            typer.echo(line)
        typer.echo("\nBelow a floor. If the change is meant, pin new ones: `dateline eval pin`.")
        raise typer.Exit(1)


@app.command()
def pin(
    samples: Samples = gates.SAMPLES,
    home: Home = None,
    allow_lower: Annotated[
        bool, typer.Option("--allow-lower", help="Let a floor become lower than it is.")
    ] = False,
) -> None:
    """Measure the gate's questions and write floors one question below the result."""
    measured = measure_samples(samples, home)
    typer.echo(table(by_kind(measured.records), label="samples"))
    if measured.summary.n_failed:
        raise InputError(
            f"{measured.summary.n_failed} questions failed, so nothing is pinned. The first: "
            f"{next(r.error for r in measured.records if r.error)}"
        )
    floors = gates.floors_of(measured.summary, measured.fingerprint)
    gates.pin(gates.FLOORS, floors, allow_lower=allow_lower)
    typer.echo(f"\nWritten: {gates.FLOORS}")


@app.command("checker")
def checker_command(
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder of sets; default: DATELINE_EVAL_DATA.")
    ] = None,
    checker: Annotated[
        Path | None, typer.Option("--checker", help="Another cross-encoder's folder.")
    ] = None,
    without: Annotated[
        bool, typer.Option("--without-model", help="Words and exact checks alone.")
    ] = False,
    fit: Annotated[
        Path | None, typer.Option("--fit", help="Write the calibration of all sets to this file.")
    ] = None,
) -> None:
    """Hold the sentence checker against people's judgements, beside plain word overlap.

    Each set is scored by a fit on the others; what ships, fitted on all, stands in brackets.
    """
    folder = data or run_cli.data_folder()
    if folder is None:
        raise InputError("No folder of sets: give --data, or set DATELINE_EVAL_DATA.")
    from eval import checker_run

    for line in checker_run.lines(folder / "grounding", checker, without=without, fit_to=fit):
        typer.echo(line)


@dataclass(frozen=True, slots=True)
class Measured:
    """A run over the sample articles, and the fingerprint of what was asked of what."""

    records: tuple[Record, ...]
    fingerprint: str

    @property
    def summary(self) -> Summary:
        """All marks of the run."""
        return summary_of(self.records)


def measure_samples(samples: Path, home: Path | None) -> Measured:
    """Index the sample articles into a folder of their own and ask the project's questions."""
    seen = gates.fingerprint(gates.QUESTIONS, samples)
    cases = load_cases(gates.QUESTIONS)
    # Imported here: what they load takes seconds.
    from index import models
    from index.sync import sync

    model = models.find(models.EMBEDDING, (home or default_home()) / "models", None)
    # Not the user's library: the gate must not depend on, or change, what is indexed there.
    # On Windows a database file may stay open a moment longer than its owner.
    with TemporaryDirectory(prefix="dateline-gate-", ignore_cleanup_errors=True) as scratch:
        index_settings = IndexSettings(home=Path(scratch), embed_model=model)
        report = sync([samples], index_settings, model)
        if report.failures:
            raise InputError(f"A sample article could not be read: {report.failures[0]}.")
        with opened(index_settings, RagSettings(extractive=True)) as assistant:
            return Measured(ask_all(cases, assistant, extractive=True), seen)


def _wrong(records: tuple[Record, ...]) -> Iterator[str]:
    yield "\nNot right, or evidence not cited:"
    for record in records:
        if found := list(problems(record)):
            yield f"  {record.case.id}  {record.case.question}"
            yield from (f"      {line}" for line in found)
