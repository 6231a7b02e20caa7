"""All chunk vectors of a library in one file, for exact searches of some of them. Only a cache.

``rows.f16`` holds the vector of each chunk at its row (``index.columns``), float16 as the ledger
has it; ``rows.stamps`` says of each which version it is and its checksum. What is missing, stale
or torn is read from the ledger again by whoever needs it next. Files are only ever extended or
replaced, because a mapped file must not shrink. Where the folder cannot be written, the rows are
kept in memory. Knows nothing of filters.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from index.columns import Columns
from index.database import Database
from index.rows import to_vectors

FOLDER = "scan"
ROWS, STAMPS = "rows.f16", "rows.stamps"
PAGE = 100  # articles read from the ledger at once: some megabytes
N_PROBED = 100  # rows whose checksum is tried before the file is believed
STRIDE = 2654435761  # parts the chunks of one article: odd, so that no two are alike

Rows = NDArray[np.float16]
Numbers = NDArray[np.uint64]


class Matrix:
    """The chunk vectors of one state of a library: ``rows`` is (n_rows, dim), float16.

    A row that no chunk has may hold anything; dim is 0 where no article is left.
    """

    def __init__(self, folder: Path, db: Database, columns: Columns) -> None:
        """Bring the file up to date with the ledger, and map it."""
        self._db = db
        self._columns = columns
        self._folder = folder / FOLDER
        self._versions = versions(columns)
        self._dim = self._length_of_a_vector()
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            with FileLock(self._folder / "lock", timeout=60):
                self._bring_up_to_date()
                self.rows: Rows = self._mapped()
        except OSError:  # a folder that is read-only, or a disk that is full
            self.rows = self._in_memory()

    def _length_of_a_vector(self) -> int:
        sql = (
            "SELECT length(a.chunk_vectors) / count(*) / 2 FROM articles a "
            "JOIN chunks c ON c.article_id = a.id "
            "WHERE a.id = (SELECT article_id FROM chunks LIMIT 1) GROUP BY a.id"
        )
        return int((self._db.rows(sql) or [(0,)])[0][0])

    def _bring_up_to_date(self) -> None:
        stamps = self._believed()
        stale = self._stale(stamps)
        if not len(stale):
            return
        path = self._folder / ROWS
        path.touch(mode=0o600)
        with path.open("r+b") as file:
            for first, vectors in self._read(stale):
                file.seek(first * self._dim * 2)
                file.write(vectors.tobytes())
                stamps[first : first + len(vectors)] = self._stamps_of(first, vectors)
            # Articles that have gone since may have been the last.
            file.truncate(max(file.seek(0, os.SEEK_END), self._columns.n_rows * self._dim * 2))
            # A stamp must not reach the disk before what it vouches for.
            file.flush()
            os.fsync(file.fileno())
        part = self._folder / f"{STAMPS}.part"
        part.write_bytes(stamps.astype("<u8").tobytes())
        part.replace(self._folder / STAMPS)

    def _believed(self) -> Numbers:
        """Return the stamp of every row, 0 where there is none; a file that breaks its word goes.

        Some rows are tried, the last among them, which tells of a file that was cut.
        """
        stamps = np.zeros(self._columns.n_rows, dtype=np.uint64)
        with suppress(FileNotFoundError):
            read = np.fromfile(self._folder / STAMPS, dtype="<u8", count=len(stamps))
            stamps[: len(read)] = read
        known = np.flatnonzero(stamps)
        probed = known[np.linspace(0, len(known) - 1, min(N_PROBED, len(known))).astype(int)]
        try:
            with (self._folder / ROWS).open("rb") as file:
                for row in probed:
                    file.seek(int(row) * self._dim * 2)
                    if zlib.crc32(file.read(self._dim * 2)) != int(stamps[row]) & 0xFFFFFFFF:
                        raise FileNotFoundError
        except FileNotFoundError:
            (self._folder / ROWS).unlink(missing_ok=True)
            stamps[:] = 0
        return stamps

    def _stale(self, stamps: Numbers) -> NDArray[np.int64]:
        """Return the articles that have a row whose stamp is not that of its chunk."""
        is_chunk = self._columns.article >= 0
        differs = is_chunk & ((stamps >> np.uint64(32)) != self._versions)
        return np.unique(self._columns.article[differs]).astype(np.int64)

    def _stamps_of(self, first: int, vectors: Rows) -> Numbers:
        sums = np.array([zlib.crc32(row.tobytes()) for row in vectors], dtype=np.uint64)
        stamps: Numbers = (self._versions[first : first + len(sums)] << np.uint64(32)) | sums
        return stamps

    def _read(self, articles: NDArray[np.int64]) -> Iterator[tuple[int, Rows]]:
        """Yield (first row, vectors) of articles, but of none that has changed since."""
        columns = self._columns
        sql = "SELECT id, passage_hash, chunk_vectors FROM articles WHERE id IN"
        for at in range(0, len(articles), PAGE):
            places = {columns.ids[place]: int(place) for place in articles[at : at + PAGE]}
            for article_id, passage_hash, blob in self._db.rows_among(sql, list(places)):
                place = places[article_id]
                if passage_hash == columns.passage_hashes[place]:
                    yield int(columns.first[place]), to_vectors(blob, int(columns.n[place]))

    def _mapped(self) -> Rows:
        path = self._folder / ROWS
        if not self._columns.n_rows * self._dim:
            return np.empty((self._columns.n_rows, 0), dtype=np.float16)
        # Copy-on-write: never written to, but the arithmetic wants arrays that could be.
        shape = (self._columns.n_rows, self._dim)
        return np.memmap(path, dtype=np.float16, mode="c", shape=shape)

    def _in_memory(self) -> Rows:
        rows = np.zeros((self._columns.n_rows, self._dim), dtype=np.float16)
        for first, vectors in self._read(np.arange(len(self._columns.ids))):
            rows[first : first + len(vectors)] = vectors
        return rows


def versions(columns: Columns) -> Numbers:
    """Return for every row a number below 2^32 that names its chunk's text, never 0.

    It takes in the chunk's place in its article, for a row may come to hold another chunk of it.
    """
    hashes = np.array([int(text[:8], 16) for text in columns.passage_hashes], dtype=np.uint64)
    row = np.arange(columns.n_rows, dtype=np.uint64)
    known = np.append(hashes, np.uint64(0))[columns.article]
    first = np.append(columns.first, 0)[columns.article].astype(np.uint64)
    mixed: Numbers = (known + (row - first) * np.uint64(STRIDE)) & np.uint64(0xFFFFFFFF)
    return np.maximum(mixed, np.uint64(1))
