"""The Chroma collection: chunk vectors in, nearest chunks out. The only user of chromadb.

Chroma's log is kept whole (``automatically_purge: false``), so that an index file broken by a
kill can be rebuilt from it. Knows nothing of articles beyond the metadata it stores; the ledger
says which chunks count, and ``index.nearest`` which may be seen.
"""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings
from chromadb.errors import ChromaError
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from index.errors import LibraryError

COLLECTION = "chunks"
# With Chroma's own 16 neighbours 1 chunk in 1,000 could not be reached at all, by any question.
HNSW = {"space": "cosine", "max_neighbors": 32, "ef_construction": 200, "ef_search": 400}
FOLDER = "chroma"
UNFINISHED = "unfinished"  # a file that is there while the index is being written
GATE_SECONDS = 60  # a batch is written in a second or two


class VectorStore:
    """The vectors of one library folder, cosine space."""

    def __init__(self, folder: Path) -> None:
        """Open or create the store. Raises LibraryError when it cannot be used."""
        self._library, self._folder = folder, folder / FOLDER
        self._unfinished = self._folder / UNFINISHED
        self._lock = threading.RLock()  # nobody may search while the files are opened anew
        self._engine: Any = None
        self._open()

    def _open(self) -> None:
        """Open the files, alone. Raises LibraryError."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with alone(self._library):
                self._open_here()
        except OSError as exc:
            raise self._broken("opened", exc) from exc

    def _open_here(self) -> None:
        self._require_whole()
        try:
            # Chroma hands out one shared engine per path and process; with one of its own, a store
            # can be closed or opened anew while another is at work on the same folder.
            SharedSystemClient.clear_system_cache()
            self._client = chromadb.PersistentClient(
                path=str(self._folder), settings=Settings(anonymized_telemetry=False)
            )
            self._engine = self._client._system
            _keep_log(self._folder / "chroma.sqlite3")
            # The embedding function is ours and stays ours: Chroma would else fetch a model.
            self._collection = self._client.get_or_create_collection(
                COLLECTION, embedding_function=None, configuration={"hnsw": HNSW}
            )
            self._collection.count()  # reads the index files, which else the first search does
        except (ChromaError, OSError, ValueError, RuntimeError, sqlite3.Error) as exc:
            raise self._broken("opened", exc) from exc
        finally:
            SharedSystemClient.clear_system_cache()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Write alone; what stops a write leaves the mark that the index may be torn."""
        with alone(self._library):
            self._require_whole()
            self._unfinished.touch()
            yield
            self._unfinished.unlink()

    def _require_whole(self) -> None:
        """Raise LibraryError where a write did not end: such an index is not to be opened."""
        if self._unfinished.exists():
            raise LibraryError(
                f"A run was stopped while it wrote the vectors in {self._folder}, by a kill or a "
                f"full disk. Run `dateline repair`, once there is room: they are written anew from "
                f"the ledger, where the articles are safe."
            )

    def reopen(self) -> None:
        """See what another process wrote: Chroma finds new vectors only when it is opened anew."""
        with self._lock:
            self.close()
            self._open()

    def upsert(
        self,
        ids: Sequence[str],
        vectors: NDArray[np.float32],
        texts: Sequence[str],
        records: Sequence[dict[str, Any]],
    ) -> None:
        """Store chunks: ``vectors`` is (n_chunks, dim), unit length; an id replaces its old row."""
        step = self._client.get_max_batch_size()
        try:
            for at in range(0, len(ids), step):
                part = slice(at, at + step)
                with self._writing():
                    self._collection.upsert(
                        ids=list(ids[part]),
                        embeddings=vectors[part],
                        documents=list(texts[part]),
                        metadatas=list(records[part]),
                    )
        except (ChromaError, OSError, RuntimeError) as exc:
            raise self._broken("written", exc) from exc

    def delete(self, ids: Sequence[str]) -> None:
        """Remove chunks; ids that are not there are no error."""
        step = self._client.get_max_batch_size()
        try:
            for at in range(0, len(ids), step):
                with self._writing():
                    self._collection.delete(ids=list(ids[at : at + step]))
        except (ChromaError, OSError, RuntimeError) as exc:
            raise self._broken("written", exc) from exc

    def nearest(self, vector: NDArray[np.float32], n: int) -> list[tuple[str, float]]:
        """Return up to ``n`` (chunk id, cosine) best first, of all; see ``index.nearest``.

        While another process writes, Chroma's tables name chunks that the index read here lacks,
        and a search fails: it is then made once more, with the index as it is now.
        """
        try:
            with self._lock:
                return self._nearest(vector, n)
        except (ChromaError, OSError, RuntimeError):
            return self._nearest_now(vector, n)

    def _nearest_now(self, vector: NDArray[np.float32], n: int) -> list[tuple[str, float]]:
        """Open the files anew and search them before anybody writes. Raises LibraryError."""
        try:
            with self._lock, alone(self._library):
                self.close()
                self._open_here()
                return self._nearest(vector, n)
        except (ChromaError, OSError, RuntimeError) as exc:
            raise self._broken("searched", exc) from exc

    def _nearest(self, vector: NDArray[np.float32], n: int) -> list[tuple[str, float]]:
        found = self._collection.query(
            query_embeddings=vector[None, :],
            n_results=n,
            include=["distances"],
        )
        distances = found["distances"] or [[]]
        return [(i, 1.0 - d) for i, d in zip(found["ids"][0], distances[0], strict=True)]

    def count(self) -> int:
        """Return the number of stored chunks."""
        try:
            return int(self._collection.count())
        except (ChromaError, OSError, RuntimeError) as exc:
            raise self._broken("counted", exc) from exc

    def stored(self, page: int = 2000) -> Iterator[tuple[list[str], NDArray[np.float32]]]:
        """Yield all stored chunks in pages: ids, and their vectors (n, dim)."""
        try:
            for at in range(0, self.count(), page):
                found = self._collection.get(limit=page, offset=at, include=["embeddings"])
                yield found["ids"], np.asarray(found["embeddings"], dtype=np.float32)
        except (ChromaError, OSError, RuntimeError) as exc:
            raise self._broken("read", exc) from exc

    def nearest_ids(self, vectors: NDArray[np.float32], n: int) -> list[list[str]]:
        """Return for each row of (n_vectors, dim) the ids of its ``n`` nearest chunks."""
        try:
            with self._lock:
                found = self._collection.query(
                    query_embeddings=vectors, n_results=n, include=["distances"]
                )
        except (ChromaError, OSError, RuntimeError) as exc:
            raise self._broken("searched", exc) from exc
        return [list(ids) for ids in found["ids"]]

    def close(self) -> None:
        """Let go of the files; the object cannot be used afterwards, save by ``reopen``."""
        with self._lock:
            if self._engine is not None:
                self._engine.stop()
                self._engine = None

    def _broken(self, verb: str, exc: Exception) -> LibraryError:
        return LibraryError(
            f"The vectors in {self._folder} cannot be {verb} ({exc}). The articles are safe in the "
            f"ledger; free disk space or check the folder's permissions and try again."
        )


@contextmanager
def alone(library: Path) -> Iterator[None]:
    """Keep opening, writing and deleting a store apart, over processes. Raises LibraryError.

    Whoever opens the files reads them whole, and writes the index where the log is far ahead of
    it; two that write it at once break it. A folder that cannot be written needs no such care.
    """
    gate = FileLock(library / "chroma.lock")
    try:
        gate.acquire(timeout=GATE_SECONDS)
    except Timeout:
        raise LibraryError(
            f"Another process has been writing the vectors in {library} for {GATE_SECONDS} s. "
            f"Wait until it has finished, then try again."
        ) from None
    except OSError:
        yield
        return
    try:
        yield
    finally:
        gate.release()


def discard(library: Path) -> None:
    """Delete a library's store, whatever state it is in; the ledger's vectors are all it held."""
    with alone(library):
        shutil.rmtree(library / FOLDER, ignore_errors=True)


def stored_ids(folder: Path) -> set[str]:
    """Return the ids in Chroma's own tables, read without opening its index."""
    path = folder / FOLDER / "chroma.sqlite3"
    if not path.is_file():
        return set()
    db = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    try:
        return {i for (i,) in db.execute("SELECT embedding_id FROM embeddings")}
    finally:
        db.close()


def _keep_log(path: Path) -> None:
    """Tell Chroma never to purge its write-ahead log; there is no public setting for it."""
    config = '{"automatically_purge":false,"_type":"EmbeddingsQueueConfigurationInternal"}'
    db = sqlite3.connect(path, timeout=30)
    try:
        # Whoever only searches has nothing to write: the file may be read-only.
        if db.execute("SELECT config_json_str FROM embeddings_queue_config").fetchall() != [
            (config,)
        ]:
            with db:
                db.execute("UPDATE embeddings_queue_config SET config_json_str = ?", (config,))
    finally:
        db.close()
