"""``dateline eval``: run a question set, hold the gate, pin its floors.

Options become settings here and nowhere else. Errors a user can cause are DatelineErrors; the
command line that this is plugged into shows them as one line.
"""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from eval import gate as gates
from eval.cases import Case, find_set, load_cases
from eval.report import Provenance, by_kind, html_page, problems, table
from eval.run import Record, run, save_each, summary_of
from eval.summary import SEED, Summary
from index.errors import InputError, NotFoundError
from index.settings import IndexSettings, default_home
from rag.settings import RagSettings

if TYPE_CHECKING:
    from rag.assistant import Assistant

app = typer.Typer(
    help="Measure answers: run a question set, hold the gate, pin its floors.",
    no_args_is_help=True,
)

Home = Annotated[
    Path | None, typer.Option("--home", help="Library and models; default: DATELINE_HOME.")
]
Samples = Annotated[Path, typer.Option("--samples", help="Folder of the sample articles.")]


@app.command("run")
def run_command(
    question_set: Annotated[
        str, typer.Option("--set", "--questions", help="A JSONL file, or a set's name.")
    ] = "samples",
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder of sets; default: DATELINE_EVAL_DATA.")
    ] = None,
    extractive: Annotated[
        bool, typer.Option("--extractive", help="Quotes only, no language model.")
    ] = False,
    home: Home = None,
    llm_url: Annotated[
        str | None, typer.Option("--llm-url", help="An OpenAI-compatible endpoint (.../v1).")
    ] = None,
    llm_model: Annotated[
        str | None, typer.Option("--llm-model", help="The model's name at that endpoint.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Ask only the first N questions.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for records.jsonl and report.html.")
    ] = None,
) -> None:
    """Ask every question of a set of the library, and print what the answers are worth.

    Index the folder that the set is about first, with `dateline index`.
    """
    path = find_set(question_set, data or _data_folder())
    cases = load_cases(path)[:limit]
    folder = _made(out) if out else None
    rag_settings = RagSettings(
        llm_url=llm_url,
        llm_model=llm_model,
        llm_key=os.environ.get("DATELINE_LLM_KEY"),
        extractive=extractive,
    )
    assistant = _open(IndexSettings(home=home or default_home()), rag_settings)
    try:
        records = ask_all(cases, assistant, extractive=extractive, folder=folder)
    finally:
        assistant.close()
    typer.echo(table(by_kind(records), label=path.stem))
    if folder:
        page = html_page(records, provenance(path, records))
        (folder / "report.html").write_text(page, "utf-8")
        typer.echo(f"\nWritten: {folder / 'records.jsonl'}, {folder / 'report.html'}")


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
    folder = data or _data_folder()
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
    # Imported here, as in _open: what they load takes seconds.
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
        assistant = _open(index_settings, RagSettings(extractive=True))
        try:
            return Measured(ask_all(cases, assistant, extractive=True), seen)
        finally:
            assistant.close()


def ask_all(
    cases: tuple[Case, ...],
    assistant: Assistant,
    *,
    extractive: bool,
    folder: Path | None = None,
) -> tuple[Record, ...]:
    """Ask all questions with a progress bar on stderr; records are saved as they come."""
    records: Iterable[Record] = run(cases, assistant, extractive=extractive)
    if folder:
        records = save_each(records, folder / "records.jsonl")
    return tuple(_shown(records, len(cases)))


def provenance(path: Path, records: tuple[Record, ...]) -> Provenance:
    """Return what a report must say about where its numbers come from."""
    answers = [record.answer for record in records if record.answer]
    writers = sorted({str(answer.get("writer", "")) for answer in answers})
    snapshots = sorted({str(answer.get("snapshot", "")) for answer in answers})
    return Provenance(
        title=f"Dateline evaluation: {path.stem}",
        facts=(
            ("Question set", f"{path.name}, SHA-256 {_sha256(path)[:16]}"),
            ("Questions asked", str(len(records))),
            ("Writer", ", ".join(writers) or "none"),
            ("Library snapshot", ", ".join(snapshots) or "none"),
            ("Dateline", _version()),
            ("Machine", f"{platform.machine()}, {os.cpu_count()} CPUs, {platform.system()}"),
            ("Bootstrap seed", str(SEED)),
            ("Written", datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")),
        ),
    )


def _open(index_settings: IndexSettings, rag_settings: RagSettings) -> Assistant:
    # Imported here: it takes seconds, which `--help` and a wrong option should not wait for.
    from rag.assistant import open_assistant

    return open_assistant(index_settings, rag_settings)


def _data_folder() -> Path | None:
    named = os.environ.get("DATELINE_EVAL_DATA")
    return Path(named).expanduser() if named else None


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise InputError(f"{folder} cannot be made ({exc}). Name another folder: --out.") from exc
    return folder


def _version() -> str:
    try:
        return metadata.version("dateline")
    except metadata.PackageNotFoundError:
        return "run from source, not installed"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _wrong(records: tuple[Record, ...]) -> Iterator[str]:
    yield "\nNot right, or evidence not cited:"
    for record in records:
        if found := list(problems(record)):
            yield f"  {record.case.id}  {record.case.question}"
            yield from (f"      {line}" for line in found)


def _shown(records: Iterable[Record], n: int) -> Iterator[Record]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task("Asking", total=n)
        for record in records:
            bar.advance(task)
            yield record
