"""What the command line shows: progress, reports and answers, as plain text. Decides nothing."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.progress import Progress as Bars

from index.schema import Extracted, Failure, LibraryStatus, Progress, SyncReport
from index.settings import IndexSettings
from rag.schema import Filters, Finished, Found, Notice, Understood
from ui.batch import Asked, remaining, run_batch
from ui.pairs import PairLine, judge_pairs
from ui.render import clean, json_text, one_line, render_text
from ui.render_question import notable

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.verify import Verifier

MOST_LISTED = 20  # outlets, files: what fits a screen; a command of its own lists all of them

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


def count(n: int, what: str) -> str:
    """Return a number with what it counts, in its plural where there are several."""
    return f"{n:,} {what}{'s' * (n != 1)}"


def complain(text: str) -> None:
    """Print one line to standard error."""
    _err.print(f"dateline: {one_line(text)}", style="red", soft_wrap=True)


def ask_aloud(assistant: Assistant, question: str, filters: Filters, as_of: str | None) -> None:
    """Ask, show on standard error what is going on, and print the answer."""
    waiting = _err.is_terminal
    for event in assistant.ask(question, filters=filters, as_of=as_of):
        if isinstance(event, Understood):
            for fact in notable(event.question):
                _err.print(fact, style="dim", soft_wrap=True)
        elif isinstance(event, Notice):
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
    asked = count(len(left), "question")
    say(f"{asked} asked, {n_failed} failed, {n_before} answered before: {out}")
    return n_failed


class IndexBar:
    """Shows how far a run of ``dateline index`` is; use it in a ``with``."""

    def __init__(self) -> None:
        self._bar = share_bar()
        self._task = self._bar.add_task("Reading", total=None)
        self._began = time.monotonic()

    def __enter__(self) -> IndexBar:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def refresh(self) -> None:
        """Draw at once what is drawn some times a second anyway."""
        self._bar.refresh()

    def show(self, progress: Progress) -> None:
        """Show one step; the bar only runs to and fro until a share of the work is done."""
        now = time.monotonic()
        if not progress.n_articles:
            self._began = now  # what went by unchanged took no time that the rest will take
        told = index_line(progress, now - self._began)
        total = 1.0 if progress.share else None
        self._bar.update(self._task, description=told, completed=progress.share, total=total)


def index_line(progress: Progress, seconds: float) -> str:
    """Return what a run has done so far, in words; ``seconds`` is how long articles took."""
    files = f"{progress.n_files_done:,} of {count(progress.n_files, 'file')}"
    parts = [files] if progress.n_files > 1 else []
    if progress.n_articles:
        parts.append(count(progress.n_articles, "article"))
        pace = progress.n_articles / max(seconds, 1.0)
        parts.append(f"{pace:,.0f}/s" if pace >= 10 else f"{pace:.1f}/s")
    return ", ".join(("Indexing", *parts))


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
    print_failures(report.failures, most=MOST_LISTED)


EXTRACTED = tuple("title source authors published published_from updated language url text".split())


def print_extracted(file: Path, item: Extracted | Failure, *, jsonl: bool) -> None:
    """Print one article as it was read, or why there is none."""
    if jsonl:
        say(json_text({"file": str(file), **_values(item)}))
        return
    say(f"file: {file}")
    if isinstance(item, Failure):
        say(f"not read: {item.reason}\n")
        return
    for name, shown in _shown_fields(item):
        say(f"{name}: {shown}")
    say(f"\n{item.text}\n")


def _values(item: Extracted | Failure) -> dict[str, object]:
    if isinstance(item, Failure):
        return {"error": item.reason}
    return {name: getattr(item, name) for name in EXTRACTED}


def _shown_fields(item: Extracted) -> Iterator[tuple[str, str]]:
    """Yield what is known about an article, and in brackets where it was read."""
    told = {**dict(item.provenance), "published": item.published_from}
    values = {
        "record": item.record,
        "title": item.title,
        "source": item.source,
        "authors": ", ".join(item.authors),
        "published": item.published or "unknown",
        "updated": item.updated,
        "section": item.section,
        "language": item.language,
        "url": item.url,
        "pages": str(len(item.pages) or ""),
    }
    for name, value in values.items():
        if value:
            known = name in told and told[name] != "unknown"
            yield name, f"{value} ({told[name]})" if known else value


def print_failures(failures: Sequence[Failure], *, most: int | None = None) -> None:
    """Print each file or record that could not be read, with its reason, by file.

    Past ``most`` of them, say only how many there are and which command lists them.
    """
    if not failures:
        return
    say(f"{len(failures):,} could not be read:")
    ordered = sorted(failures, key=lambda failure: failure.path)
    for failure in ordered[:most]:
        say(f"  {failure.path}: {failure.reason}")
    if most is not None and len(failures) > most:
        say(f"  ... and {len(failures) - most:,} more: `dateline quarantine` lists them all.")


def print_status(
    settings: IndexSettings, found: LibraryStatus, manifest: str, models: dict[str, bool]
) -> None:
    """Print what a library holds, and whether the models' weights are there."""
    say(f"Library    {settings.library_dir}")
    say(f"Articles   {found.n_articles:,} ({found.n_undated:,} without a date)")
    if found.n_copies:
        say(f"Copies     {found.n_copies:,} of these say again what another says")
    if found.n_pending:
        say(f"Waiting    {found.n_pending:,} of them, for `dateline index` to finish a stopped run")
    say(f"Sentences  {found.n_sentences:,} in {found.n_chunks:,} chunks")
    if found.earliest:
        say(f"Dates      {found.earliest} to {found.latest}")
    for name, n in found.outlets[:MOST_LISTED]:
        say(f"Outlet     {name or 'unknown'} ({n:,})")
    if len(found.outlets) > MOST_LISTED:
        say(f"           ... and {len(found.outlets) - MOST_LISTED:,} more")
    say(f"Built with {manifest}")
    for name, is_there in models.items():
        say(f"Model      {name} ({'there' if is_there else 'not fetched: run `dateline models`'})")
    print_failures(found.failures, most=MOST_LISTED)


def count_bar() -> Bars:
    """Return a bar that counts things, with the time left; silent where nobody watches."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Bars(*columns, TimeRemainingColumn(), **_shown())


def share_bar() -> Bars:
    """Return a bar that shows a share of the work, with a few words and the time left."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    # The share grows by a batch at a time: a shorter look back would see two or three of them.
    return Bars(*columns, TimeRemainingColumn(), speed_estimate_period=90, **_shown())


def bytes_bar() -> Bars:
    """Return a bar that counts bytes, with speed and time left; silent where nobody watches."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    return Bars(*columns, TransferSpeedColumn(), TimeRemainingColumn(), **_shown())


def _shown() -> dict[str, Any]:
    """Return the options of a bar: gone when it ends, so that an error stands alone."""
    return {"console": _err, "transient": True, "disable": not _err.is_terminal}
