"""A folder -> the library: what is new or changed is read and embedded, what is gone is removed.

One writer at a time, by an operating-system lock. Each batch is written pending, its vectors are
stored, then it is marked ready, and a file is only recorded as read while all its articles are:
a run that is stopped anywhere is finished by the next one. Knows nothing of questions.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from hashlib import file_digest
from pathlib import Path

from filelock import FileLock, Timeout

from index import nodes
from index.embed import Embedder, SentenceTransformerEmbedder
from index.errors import BusyError, LibraryError
from index.files import Source, located, sources
from index.files import articles as read_articles
from index.library import Library
from index.prepare import manifest, prepare
from index.schema import Article, Failure, Progress, SyncReport
from index.settings import IndexSettings
from index.vectors import VectorStore

BATCH_CHUNKS = 256  # chunks written in one go: a few seconds of encoding, lost at most by a kill


def sync(
    paths: Sequence[Path],
    settings: IndexSettings,
    model: Path,
    *,
    load: Callable[[Path], Embedder] | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> SyncReport:
    """Bring the library up to date with the folders and files named.

    ``model`` is the embedding model's folder; it is loaded only when there is something to embed,
    by ``load`` where one is given.

    Raises:
        NotFoundError: a path is not there, or none is given.
        BusyError: another process is writing.
        MismatchError: the library was built with another model or splitter.
        LibraryError: the library cannot be written.
        ModelError: the model cannot be loaded.
    """
    found = sources(paths)
    load = load or partial(SentenceTransformerEmbedder, batch_size=settings.batch_size)
    with (
        _only_writer(settings.library_dir),
        closing(Library(settings.library_dir, create=True)) as library,
    ):
        library.claim(manifest(settings, model))
        with closing(_Run(settings, library, partial(load, model), progress)) as run:
            return run.run(found, [located(path) for path in paths])


@contextmanager
def _only_writer(folder: Path) -> Iterator[None]:
    """Hold the folder's write lock, or say who does."""
    lock, owner = FileLock(folder / "write.lock"), folder / "write.pid"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock.acquire(timeout=0)
    except Timeout:
        written = owner.read_text() if owner.is_file() else ""
        pid = int(written) if written.isdigit() else None
        raise BusyError(
            f"Another process{f' ({pid})' if pid else ''} is writing to the library in {folder}. "
            f"Wait until it has finished, or stop it, then run this again.",
            pid,
        ) from None
    except OSError as exc:
        raise LibraryError(
            f"The library in {folder} cannot be written ({exc.strerror}). "
            f"Check the folder's permissions, or name another with DATELINE_HOME."
        ) from exc
    try:
        owner.write_text(str(os.getpid()))
        yield
    finally:
        owner.unlink(missing_ok=True)
        lock.release()


class _Run:
    """One run: what is waiting to be written, and what has been counted."""

    def __init__(
        self,
        settings: IndexSettings,
        library: Library,
        load: Callable[[], Embedder],
        progress: Callable[[Progress], None],
    ) -> None:
        self._settings = settings
        self._library = library
        self._load = load
        self._progress = progress
        self._embedder: Embedder | None = None
        self._vectors: VectorStore | None = None
        self._waiting: list[tuple[Article, bool]] = []  # (article, whether it is new)
        self._read: list[tuple[str, str, list[Failure]]] = []  # files whose articles wait
        self._n_waiting_chunks = 0
        self._report = SyncReport()
        self._files_done, self._n_files = 0, 0

    def close(self) -> None:
        """Let go of the vectors' files."""
        if self._vectors is not None:
            self._vectors.close()

    def run(self, found: Sequence[Source], roots: Sequence[Path]) -> SyncReport:
        began = time.monotonic()
        known = self._library.files()
        self._n_files = len(found)
        self._remove_gone(found, roots)
        for source in found:
            self._tell()
            self._file(source, known.get(source.key))
            self._files_done += 1
        self._write()
        self._tell()
        return replace(self._report, seconds=time.monotonic() - began)

    def _tell(self) -> None:
        n_written = self._report.added + self._report.changed
        self._progress(Progress(self._files_done, self._n_files, n_written))

    def _count(self, **more: int) -> None:
        values = {name: getattr(self._report, name) + n for name, n in more.items()}
        self._report = replace(self._report, **values)

    def _remove_gone(self, found: Sequence[Source], roots: Sequence[Path]) -> None:
        here = {source.key for source in found}
        for path in sorted(self._library.paths() - here):
            if any(Path(path).is_relative_to(root) for root in roots):
                self._library.drop_file(path)
                self._remove(list(self._library.hashes(path)))

    def _remove(self, article_ids: list[str]) -> None:
        if not article_ids:
            return
        self._drop_vectors(article_ids, self._library.chunk_ids(article_ids))
        self._library.remove(article_ids)
        self._count(removed=len(article_ids))

    def _drop_vectors(self, article_ids: list[str], chunk_ids: list[str]) -> None:
        """Delete vectors while the ledger still knows them, so that a kill leaves no orphans."""
        if chunk_ids:
            self._library.mark_pending(article_ids)
            self._store.delete(chunk_ids)

    def _file(self, source: Source, known_hash: str | None) -> None:
        """Read one file if its bytes have changed; queue what is new in it."""
        path = source.key
        try:
            with source.path.open("rb") as file:
                content_hash = file_digest(file, "sha256").hexdigest()
        except OSError as exc:
            self._fail(path, "", [Failure(source.name, f"cannot be opened ({exc.strerror})")])
            return
        before = self._library.hashes(path)
        if content_hash == known_hash and "" not in before.values():
            self._count(unchanged=len(before))
            return
        articles, failures = read_articles(source)
        if failures and not articles:  # nothing to replace an earlier version with: it stays
            self._fail(path, content_hash, failures)
            return
        if known_hash is not None:  # until its articles are stored: see the module's promise
            self._library.drop_file(path)
        kept = {article.id for article in articles}
        self._remove([i for i in before if i not in kept])
        for article in articles:
            if before.get(article.id) == article.content_hash:
                self._count(unchanged=1)
            else:
                self._queue(article, is_new=article.id not in before)
        self._read.append((path, content_hash, failures))
        self._report = replace(self._report, failures=(*self._report.failures, *failures))

    def _queue(self, article: Article, *, is_new: bool) -> None:
        """Let an article wait for its batch; a full batch is written, in mid-file too."""
        self._waiting.append((article, is_new))
        self._n_waiting_chunks += 1 + len(article.text) // (self._settings.chunk_words * 6)
        if self._n_waiting_chunks >= BATCH_CHUNKS:
            self._write()
            self._tell()

    def _fail(self, path: str, content_hash: str, failures: list[Failure]) -> None:
        self._library.put_file(path, content_hash, failures)
        self._report = replace(self._report, failures=(*self._report.failures, *failures))

    def _write(self) -> None:
        """Embed and store what is waiting: pending, vectors, ready, and only then the files."""
        if self._waiting:
            if self._embedder is None:
                self._embedder = self._load()
            entries, vectors = prepare(
                [article for article, _ in self._waiting],
                self._embedder,
                self._settings.chunk_words,
            )
            ids = [entry.article.id for entry in entries]
            pairs = [(entry.article, chunk) for entry in entries for chunk in entry.chunks]
            old_chunks = set(self._library.chunk_ids(ids))
            self._drop_vectors(ids, sorted(old_chunks - {chunk.id for _, chunk in pairs}))
            self._library.put_pending(entries)
            self._store.upsert(
                [chunk.id for _, chunk in pairs],
                vectors,
                [article.text[chunk.start : chunk.end] for article, chunk in pairs],
                [nodes.record(article, chunk) for article, chunk in pairs],
            )
            self._library.mark_ready(ids)
            n_new = sum(is_new for _, is_new in self._waiting)
            self._count(added=n_new, changed=len(entries) - n_new, n_chunks_embedded=len(pairs))
        for path, content_hash, failures in self._read:
            self._library.put_file(path, content_hash, failures)
        self._waiting, self._read, self._n_waiting_chunks = [], [], 0

    @property
    def _store(self) -> VectorStore:
        if self._vectors is None:
            self._vectors = VectorStore(self._settings.library_dir)
        return self._vectors
