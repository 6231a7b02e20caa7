"""The commands ``dateline eval run``, ``report`` and ``compare``."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from eval import provenance
from eval.asking import RECORDS, ask_all, index_set, opened, own_home, with_model
from eval.cases import Case, find_set, load_cases
from eval.compare import compare
from eval.report import Provenance, by_kind, html_page, more_table, results, table
from eval.run import Record, read_records
from eval.sets import QuestionSet, adapter_of, load_set
from index.errors import InputError, NotFoundError
from index.settings import IndexSettings, default_home
from rag.settings import RagSettings

app = typer.Typer()


@dataclass(frozen=True, slots=True)
class _Asked:
    """What to ask of which library."""

    name: str
    cases: Sequence[Case]
    files: Sequence[Path]
    library: IndexSettings


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
    home: Annotated[
        Path | None, typer.Option("--home", help="Library and models; default: DATELINE_HOME.")
    ] = None,
    articles: Annotated[
        Path | None, typer.Option("--articles", help="Folder or export that the set is about.")
    ] = None,
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
        Path | None, typer.Option("--out", help="Folder for records, results.json, report.html.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the stopped run in --out.")
    ] = False,
) -> None:
    """Ask every question of a set, and print what the answers are worth.

    Sets of other people (realtimeqa-2022, realtimeqa-2022-cut, clapnq, ramdocs, rgb_fact,
    rgb_fact-noise, mtrag) are asked of a library of their own, built from their articles. A set
    that is one file is asked of your library, or of that of --articles.
    """
    if resume and out is None:
        raise InputError("--resume needs the folder of the run to go on with: --out.")
    folder = _made(out) if out else None
    base = (home or default_home()).expanduser().absolute()
    asked = _asked(question_set, data or data_folder(), articles, base)
    asked = replace(asked, cases=asked.cases[:limit])
    settings = RagSettings(
        llm_url=llm_url,
        llm_model=llm_model,
        llm_key=os.environ.get("DATELINE_LLM_KEY"),
        extractive=extractive,
    )
    records = _answered(asked, with_model(settings, base), folder, resume=resume)
    typer.echo(_tables(records, asked.name))
    if folder:
        _write(folder, records)


@app.command("report")
def report_command(
    folder: Annotated[Path, typer.Argument(help="Folder that `dateline eval run --out` wrote.")],
) -> None:
    """Write report.html and results.json of a run again, of a stopped one too; print its tables."""
    records = read_records(folder / RECORDS)
    typer.echo(_tables(records, provenance.kept(folder).title))
    _write(folder, records)


@app.command("compare")
def compare_command(
    first: Annotated[Path, typer.Argument(help="Folder of a run.")],
    second: Annotated[Path, typer.Argument(help="Folder of another run of the same questions.")],
    out: Annotated[Path | None, typer.Option("--out", help="A JSON file to write.")] = None,
) -> None:
    """Test what differs between two runs, question by question."""
    comparison = compare(read_records(first / RECORDS), read_records(second / RECORDS))
    before, after = provenance.kept(first), provenance.kept(second)
    facts = dict(after.facts)
    for name, value in before.facts:
        if facts.get(name) != value:
            typer.echo(f"{name}: {value} | {facts.get(name)}")
    typer.echo("\n" + comparison.text())
    if out:
        told = {"first": dict(before.facts), "second": facts, **asdict(comparison)}
        out.write_text(json.dumps(told, indent=2) + "\n", "utf-8")
        typer.echo(f"\nWritten: {out}")


def _asked(name: str, data: Path | None, articles: Path | None, home: Path) -> _Asked:
    """Return a set with its library: one of other people's, built first, or a file of questions."""
    if adapter_of(name) and not Path(name).is_file():
        if data is None:
            raise NotFoundError("No folder of sets is named: use --data or DATELINE_EVAL_DATA.")
        found = load_set(name, data.absolute(), own_home(home, name) / "articles")
        return _own(found, home)
    path = find_set(name, data)
    cases = load_cases(path)
    if articles:
        return _own(QuestionSet(path.stem, cases, (articles,), (path,)), home)
    return _Asked(path.stem, cases, (path,), IndexSettings(home=home))


def _own(found: QuestionSet, home: Path) -> _Asked:
    library = index_set(home, found.name, found.articles)
    return _Asked(found.name, found.cases, found.files, library)


def _answered(
    asked: _Asked, settings: RagSettings, folder: Path | None, *, resume: bool
) -> tuple[Record, ...]:
    with opened(asked.library, settings) as assistant:
        if folder:
            facts = (
                *provenance.library_facts(asked.library),
                *provenance.writer_facts(settings),
            )
            now = provenance.about(asked.name, asked.files, len(asked.cases), facts)
            _begin(folder, now, resume=resume)
        return ask_all(
            asked.cases,
            assistant,
            extractive=settings.extractive,
            folder=folder,
            resume=resume,
        )


def _begin(folder: Path, now: Provenance, *, resume: bool) -> None:
    """Note what a run is about before its first record: a stopped run says so too."""
    if resume and (folder / provenance.ABOUT).is_file():
        provenance.check_same(now, provenance.kept(folder))
    else:
        provenance.keep(now, folder)


def _tables(records: Sequence[Record], label: str) -> str:
    kinds = by_kind(records)
    return "\n\n".join(filter(None, (table(kinds, label=label), more_table(kinds["all"]))))


def _write(folder: Path, records: Sequence[Record]) -> None:
    about = provenance.with_answers(provenance.kept(folder), records)
    found = json.dumps(results(records, about), indent=2, ensure_ascii=False)
    (folder / "results.json").write_text(found + "\n", "utf-8")
    (folder / "report.html").write_text(html_page(records, about), "utf-8")
    names = (RECORDS, "results.json", "report.html")
    typer.echo("\nWritten: " + ", ".join(str(folder / name) for name in names))


def data_folder() -> Path | None:
    """Return the folder that DATELINE_EVAL_DATA names, or None."""
    named = os.environ.get("DATELINE_EVAL_DATA")
    return Path(named).expanduser() if named else None


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise InputError(f"{folder} cannot be made ({exc}). Name another folder: --out.") from exc
    return folder
