"""An assistant over the right library, and every question of a set put to it, with a bar.

Knows nothing of options and reports.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from eval.cases import Case
from eval.run import Answering, Record, records_so_far, run, save_each
from eval.sets import CUT
from index.errors import InputError
from index.settings import IndexSettings
from rag.settings import RagSettings

if TYPE_CHECKING:
    from rag.assistant import Assistant

FOLDER = "evaluation"  # of the home: a library for each set, kept and brought up to date
RECORDS = "records.jsonl"


def own_home(home: Path, name: str) -> Path:
    """Return the home of a set's own library, within the user's; `eval.retrieval` asks the same.

    A set that is cut by date is asked of the whole archive.
    """
    return home / FOLDER / name.removesuffix(CUT)


def index_set(home: Path, name: str, articles: Sequence[Path]) -> IndexSettings:
    """Bring a set's own library up to date with its articles, and return how to open it.

    Raises InputError when none can be read, or the library holds those of another folder.
    """
    # Imported here: what they load takes seconds.
    from index import models
    from index.files import located
    from index.library import Library
    from index.sync import sync

    model = models.find(models.EMBEDDING, home / "models", None)
    settings = IndexSettings(home=own_home(home, name), embed_model=model)
    with _bar() as bar:
        task = bar.add_task("Indexing", total=None)
        report = sync(
            articles,
            settings,
            model,
            progress=lambda p: bar.update(task, total=p.n_files, completed=p.n_files_done),
        )
    if not report.added + report.unchanged + report.changed + report.moved:
        raise InputError(f"No article of {name} could be read: {report.failures[:1]}.")
    with closing(Library(settings.library_dir)) as library:
        strangers = library.paths() - {str(located(path)) for path in _files(articles)}
    if strangers:
        raise InputError(
            f"The library of {name} holds articles of another folder ({min(strangers)}). "
            f"Name another --home, or delete {settings.home}."
        )
    return settings


def with_model(settings: RagSettings, home: Path) -> RagSettings:
    """Return the settings with the language model of the user's home, where one is needed.

    A set's own library lies in a home of its own, which has no weights.
    """
    if settings.extractive or settings.llm_url or settings.llm_path:
        return settings
    from index import models

    return replace(settings, llm_path=models.find(models.LANGUAGE, home / "models", None))


@contextmanager
def opened(index_settings: IndexSettings, rag_settings: RagSettings) -> Iterator[Assistant]:
    """Open the assistant that is served, and close it behind."""
    # Imported here: it takes seconds, which `--help` and a wrong option should not wait for.
    from rag.assistant import open_assistant

    assistant = open_assistant(index_settings, rag_settings)
    try:
        yield assistant
    finally:
        assistant.close()


def ask_all(
    cases: Sequence[Case],
    assistant: Answering,
    *,
    extractive: bool,
    folder: Path | None = None,
    resume: bool = False,
) -> tuple[Record, ...]:
    """Ask all questions with a progress bar on stderr; records are saved as they come.

    With ``resume``, questions that the folder has records of are not asked again.
    """
    so_far = {r.case.id: r for r in records_so_far(folder / RECORDS)} if folder and resume else {}
    due = [case for case in cases if case.id not in so_far]
    records: Iterable[Record] = run(due, assistant, extractive=extractive)
    if folder:
        records = save_each(records, folder / RECORDS, keep=resume)
    new = {record.case.id: record for record in _shown(records, len(due))}
    return tuple((so_far | new)[case.id] for case in cases)


def _shown(records: Iterable[Record], n: int) -> Iterator[Record]:
    with _bar() as bar:
        task = bar.add_task("Asking", total=n)
        for record in records:
            bar.advance(task)
            yield record


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True))


def _files(articles: Sequence[Path]) -> Iterator[Path]:
    for path in articles:
        yield from path.rglob("*") if path.is_dir() else (path,)
