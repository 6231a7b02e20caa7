"""What the command line shows: progress, reports and answers, as plain text. Decides nothing."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from index.schema import Extracted, Failure, LibraryStatus, SyncReport
from index.settings import IndexSettings
from rag.schema import Filters, Finished, Found, Notice
from ui.batch import Asked, remaining, run_batch
from ui.pairs import PairLine, judge_pairs
from ui.render import clean, one_line, render_text

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.verify import Verifier

# Nothing that is printed is markup, and ":100:" in a quote is not an emoji.
_err = Console(stderr=True, markup=False, emoji=False, highlight=False)


def tolerate_any_text() -> None:
    """Let a terminal show "?" for what it cannot: no answer may fail on its way to the screen."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def say(text: str) -> None:
    """Print text as it is, without what could steer a terminal; pipes get no wrapping."""
    typer.echo(clean(text))


def complain(text: str) -> None:
    """Print one line to standard error."""
    _err.print(f"dateline: {one_line(text)}", style="red", soft_wrap=True)


def ask_aloud(assistant: Assistant, question: str, filters: Filters, as_of: str | None) -> None:
    """Ask, show on standard error what is going on, and print the answer."""
    waiting = _err.is_terminal
    for event in assistant.ask(question, filters=filters, as_of=as_of):
        if isinstance(event, Notice):
            _err.print(one_line(event.text), style="yellow", soft_wrap=True)
        elif isinstance(event, Found) and waiting:
            _err.print(f"{len(event.evidence)} sentences found; writing ...", style="dim")
        elif isinstance(event, Finished):
            say(render_text(event.answer))


def ask_all(
    opened: AbstractContextManager[Assistant],
    questions: Sequence[Asked],
    out: Path,
    filters: Filters,
) -> int:
    """Answer what ``out`` does not answer yet, with a progress bar; return how many failed.

    The assistant is opened only when a question is left.
    """
    left = remaining(questions, out)
    n_failed = 0
    if left:
        with opened as assistant, count_bar() as bar:
            task = bar.add_task("Answering", total=len(left))

            def done(n: int) -> None:
                bar.update(task, completed=n)

            n_failed = run_batch(assistant, left, out, filters=filters, done=done)
    n_before = len(questions) - len(left)
    asked = f"{len(left)} question{'s' * (len(left) != 1)} asked"
    say(f"{asked}, {n_failed} failed, {n_before} answered before: {out}")
    return n_failed


def judge_aloud(verifier: Verifier, pairs: Sequence[PairLine], out: Path) -> None:
    """Judge the pairs that ``out`` holds no verdict for, with a progress bar on standard error."""
    left = remaining(pairs, out)
    if verifier.missing:
        _err.print(one_line(verifier.missing), style="yellow", soft_wrap=True)
    with count_bar() as progress:
        task = progress.add_task("checking", total=len(pairs), completed=len(pairs) - len(left))
        judge_pairs(
            verifier,
            left,
            out,
            done=lambda n: progress.update(task, completed=len(pairs) - len(left) + n),
        )
    say(f"{len(left)} pairs judged, {len(pairs) - len(left)} were there already: {out}")


def print_report(report: SyncReport) -> None:
    """Print what a run of ``dateline index`` did."""
    say(
        f"{report.added} added, {report.changed} changed, {report.moved} moved, "
        f"{report.removed} removed, {report.unchanged} unchanged; "
        f"{report.n_chunks_embedded} chunks embedded in {report.seconds:.1f} s"
    )
    print_failures(report.failures)


EXTRACTED = tuple(
    "title source authors published published_from updated section language url provenance pages "
    "text".split()
)


def print_extracted(file: Path, item: Extracted | Failure, *, jsonl: bool) -> None:
    """Print one article as it was read, or why there is none."""
    if isinstance(item, Failure):
        values: dict[str, object] = {"file": str(file), "error": item.reason}
    else:
        values = {"file": str(file)} | {name: getattr(item, name) for name in EXTRACTED}
    if jsonl:
        say(json.dumps(values, ensure_ascii=False))
        return
    for name, value in values.items():
        if value and name != "text":
            shown = ", ".join(map(str, value)) if isinstance(value, tuple) else value
            say(f"{name}: {shown}")
    say(f"\n{values['text']}\n" if "text" in values else "")


def print_failures(failures: tuple[Failure, ...]) -> None:
    """Print each file that could not be read, with its reason."""
    if failures:
        say(f"{len(failures)} could not be read:")
    for failure in failures:
        say(f"  {failure.path}: {failure.reason}")


def print_status(
    settings: IndexSettings, found: LibraryStatus, manifest: str, models: dict[str, bool]
) -> None:
    """Print what a library holds, and whether the models' weights are there."""
    say(f"Library    {settings.library_dir}")
    say(f"Articles   {found.n_articles:,} ({found.n_undated:,} without a date)")
    say(f"Sentences  {found.n_sentences:,} in {found.n_chunks:,} chunks")
    if found.earliest:
        say(f"Dates      {found.earliest} to {found.latest}")
    for name, n in found.outlets:
        say(f"Outlet     {name or 'unknown'} ({n:,})")
    say(f"Built with {manifest}")
    for name, is_there in models.items():
        say(f"Model      {name} ({'there' if is_there else 'not fetched: run `dateline models`'})")
    print_failures(found.failures)


def count_bar() -> Progress:
    """Return a bar that counts things, with the time left; silent where nobody watches."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeRemainingColumn(), **_shown())


def bytes_bar() -> Progress:
    """Return a bar that counts bytes, with speed and time left; silent where nobody watches."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    return Progress(*columns, TransferSpeedColumn(), TimeRemainingColumn(), **_shown())


def _shown() -> dict[str, Any]:
    """Return the options of a bar: gone when it ends, so that an error stands alone."""
    return {"console": _err, "transient": True, "disable": not _err.is_terminal}
