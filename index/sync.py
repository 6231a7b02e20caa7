"""A folder -> the library: what is new or changed is read and embedded, what is gone is removed.

One writer at a time, by an operating-system lock. A batch of articles is written whole, ledger
first (``index.store``), and a file is only recorded as read while all its articles are there: a
run that is stopped anywhere is finished by the next one. Knows nothing of questions.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

from index.embed import Embedder, SentenceTransformerEmbedder
from index.errors import TooManyFailuresError
from index.extract.pool import Pool, Task
from index.files import Source, located, sources, stamp_of
from index.files import articles as identified
from index.health import heal
from index.lock import only_writer
from index.prepare import manifest, prepare
from index.progress import Course
from index.rows import Entry
from index.schema import Article, Extracted, Failure, Progress, SyncReport
from index.settings import IndexSettings
from index.store import Store

Item = Extracted | Failure
BATCH_CHUNKS = 256  # chunks written in one go: a few seconds of encoding, lost at most by a kill


@dataclass(frozen=True, slots=True)
class SyncOptions:
    """What a run of ``dateline index`` may be told."""

    retry: bool = False  # read files again that could not be read, though they have not changed
    max_failures: int | None = None  # stop when more files than these cannot be read
    fields: Mapping[str, str] | None = None  # our field -> an export's field: see parse_map


ORDINARY = SyncOptions()


def sync(
    paths: Sequence[Path],
    settings: IndexSettings,
    model: Path,
    *,
    options: SyncOptions = ORDINARY,
    load: Callable[[Path], Embedder] | None = None,
    pool: Pool | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> SyncReport:
    """Bring the library up to date with the folders and files named.

    ``model`` is the embedding model's folder; it is loaded only when there is something to embed,
    by ``load`` where one is given. ``pool`` reads the files; it is the run's own by default.

    Raises:
        NotFoundError: a path is not there, or none is given.
        BusyError: another process is writing.
        MismatchError: the library was built with another model or splitter.
        LibraryError: the library cannot be written.
        ModelError: the model cannot be loaded.
        TooManyFailuresError: see ``SyncOptions``; what was read until then is kept.
    """
    found = sources(paths)
    load = load or partial(SentenceTransformerEmbedder, batch_size=settings.batch_size)
    with only_writer(settings.library_dir):
        heal(settings.library_dir)
        reading = Pool() if pool is None else nullcontext(pool)
        with closing(Store(settings.library_dir)) as store, reading as readers:
            store.claim(manifest(settings, model))
            store.settle()
            run = _Run(store, settings.chunk_words, partial(load, model), options, progress)
            return run.run(found, [located(path) for path in paths], readers)


@dataclass(frozen=True, slots=True)
class _Due:
    """A file that is being read because it is new or has changed."""

    source: Source
    stamp: str
    is_known: bool


@dataclass(frozen=True, slots=True)
class _Read:
    """A file that was read to its end: what to record once its articles are written."""

    path: str
    stamp: str
    failures: tuple[Failure, ...]
    gone: tuple[str, ...]  # articles that the file held before and holds no more


class _Run:
    """One run: what is waiting to be written, and what has been counted."""

    def __init__(
        self,
        store: Store,
        chunk_words: int,
        load: Callable[[], Embedder],
        options: SyncOptions,
        progress: Callable[[Progress], None],
    ) -> None:
        self._store = store
        self._chunk_words = chunk_words
        self._load = load
        self._options = options
        self._progress = progress
        self._waiting: list[tuple[Article, bool]] = []  # (article, whether it is new)
        self._n_waiting_chunks = 0
        self._due: deque[_Due] = deque()
        self._read: list[_Read] = []
        self._added: set[str] = set()
        self._n_failed_files = 0
        self._report = SyncReport()
        self._course, self._reading, self._part = Course(()), "", 0.0

    @cached_property
    def _embedder(self) -> Embedder:
        return self._load()

    def run(self, found: Sequence[Source], roots: Sequence[Path], pool: Pool) -> SyncReport:
        began = time.monotonic()
        self._course = Course(found)
        self._tell()
        for _, items in pool.read(self._tasks(found), self._options.fields):
            due = self._due.popleft()
            self._reading = due.source.key
            self._file(due, self._followed(items, pool))
            self._done(due.source.key)
        self._write()
        self._remove_gone({source.key for source in found}, roots)
        self._tell()
        return replace(self._report, seconds=time.monotonic() - began)

    def _followed(self, items: Iterable[Item], pool: Pool) -> Iterator[Item]:
        """Yield a file's items, telling how far it has been read."""
        for item in items:
            if pool.share != self._part:
                self._part = pool.share
                self._tell()
            yield item

    def _tell(self) -> None:
        n_written = self._report.added + self._report.changed
        share = self._course.share(self._reading, self._part, len(self._waiting))
        self._progress(Progress(self._course.n_finished, self._course.n_files, n_written, share))

    def _count(self, **more: int) -> None:
        values = {name: getattr(self._report, name) + n for name, n in more.items()}
        self._report = replace(self._report, **values)

    def _done(self, key: str) -> None:
        self._course.finish(key)
        self._reading, self._part = "", 0.0
        self._tell()

    # One file

    def _tasks(self, found: Sequence[Source]) -> Iterator[Task]:
        """Yield the files to read, a few ahead of those that have been: see ``Pool.read``."""
        stamps = self._store.library.files()
        failed = self._store.library.failures_by_path()
        for source in found:
            known, failures = stamps.get(source.key), failed.get(source.key, ())
            stamp, refusal = stamp_of(source, self._options.fields)
            if refusal is not None:
                self._put_aside(_Read(source.key, stamp, (refusal,), ()))
            elif stamp == known and not (failures and self._options.retry):
                self._count(unchanged=len(self._store.library.hashes(source.key)))
                self._list(failures)
            else:
                self._due.append(_Due(source, stamp, known is not None))
                yield Task(source.path, source.root)
                continue
            self._done(source.key)

    def _file(self, due: _Due, items: Iterable[Extracted | Failure]) -> None:
        """Queue what is new in a file's articles, and note what is there no more."""
        key = due.source.key
        before = self._store.library.hashes(key)
        kept, failures = self._articles(due, items, before)
        if failures and not kept:  # nothing to replace an earlier version with: it stays
            self._put_aside(_Read(key, due.stamp, failures, ()))
            return
        if due.is_known:  # until its articles are stored: see the module's promise
            self._store.drop_file(key)
        is_whole = not any(failure.ends for failure in failures)
        gone = tuple(i for i in before if i not in kept) if is_whole else ()
        self._read.append(_Read(key, due.stamp, failures, gone))
        self._list(failures)

    def _articles(
        self, due: _Due, items: Iterable[Extracted | Failure], before: dict[str, str]
    ) -> tuple[set[str], tuple[Failure, ...]]:
        """Queue a file's articles; return the ids of all of them, and what could not be read."""
        kept: set[str] = set()
        failures: list[Failure] = []
        for item in identified(due.source, items):
            if isinstance(item, Failure):
                failures.append(item)
                continue
            if due.is_known and not kept:
                self._store.drop_file(due.source.key)  # a batch may be written in mid-file
            kept.add(item.id)
            if before.get(item.id) == item.content_hash:
                self._count(unchanged=1)
            else:
                self._queue(item, is_new=item.id not in before)
        return kept, tuple(failures)

    def _put_aside(self, read: _Read) -> None:
        """Record a file that could not be read, with the reason."""
        self._store.put_file(read.path, read.stamp, read.failures)
        self._list(read.failures)

    def _list(self, failures: Iterable[Failure]) -> None:
        """Add what could not be read to the report. Raises TooManyFailuresError past the limit."""
        listed = tuple(failures)
        self._report = replace(self._report, failures=(*self._report.failures, *listed))
        self._n_failed_files += bool(listed)
        limit = self._options.max_failures
        if limit is not None and self._n_failed_files > limit:
            self._write()
            last = self._report.failures[-1]
            raise TooManyFailuresError(
                f"{self._n_failed_files} files could not be read, more than --max-failures "
                f"{limit}; the last: {last.path} ({last.reason}). What was read is kept: see "
                f"`dateline quarantine`, then run this again.",
                self._n_failed_files,
            )

    # Writing

    def _queue(self, article: Article, *, is_new: bool) -> None:
        """Let an article wait for its batch; a full batch is written, in mid-file too."""
        self._waiting.append((article, is_new))
        self._n_waiting_chunks += 1 + len(article.text) // (self._chunk_words * 6)
        if self._n_waiting_chunks >= BATCH_CHUNKS:
            self._write()
            self._tell()

    def _write(self) -> None:
        """Embed and store what is waiting, and only then record the files as read."""
        if self._waiting:
            entries, n_encoded = prepare(
                [article for article, _ in self._waiting],
                lambda: self._embedder,
                self._chunk_words,
                self._twin,
            )
            self._store.put(entries)
            new = {article.id for article, is_new in self._waiting if is_new}
            self._added |= new
            n_changed = len(self._waiting) - len(new)
            self._count(added=len(new), changed=n_changed, n_chunks_embedded=n_encoded)
        self._waiting, self._n_waiting_chunks = [], 0
        for file in self._read:
            self._remove(file.gone)
            self._store.put_file(file.path, file.stamp, file.failures)
        self._read = []

    def _twin(self, passage_hash: str) -> Entry | None:
        found = self._store.library.twin(passage_hash)
        return self._store.library.entries([found])[0] if found else None

    # Removing

    def _remove_gone(self, here: set[str], roots: Sequence[Path]) -> None:
        """Remove the articles of files that are not there any more.

        After all is read: what only moved is known by then, and has kept its vectors.
        """
        library = self._store.library
        for path in sorted(library.paths() - here):
            if any(Path(path).is_relative_to(root) for root in roots):
                self._store.drop_file(path)
                self._remove(list(library.hashes(path)))

    def _remove(self, article_ids: Sequence[str]) -> None:
        if not article_ids:
            return
        successors = self._store.remove(article_ids).values()
        n_moved = len({i for i in successors if i is not None} & self._added)
        self._added.difference_update(successors)
        self._count(added=-n_moved, moved=n_moved, removed=len(article_ids) - n_moved)
