"""The ledger: one SQLite file that holds every article, its sentences, chunks and full text.

The ledger is the truth. The vectors in Chroma can be rebuilt from it without reading a file or
encoding a text again. What is asked of it stands here; ``index.store`` writes it. Knows nothing of
file formats, embedding or Chroma.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index import copies
from index.database import Database
from index.errors import MismatchError, NoLibraryError, NotFoundError
from index.rows import (
    ARTICLE_COLUMNS,
    CHUNK_COLUMNS,
    PAST_COLUMNS,
    SCHEMA_VERSION,
    TABLES,
    Entry,
    Manifest,
    to_article,
    to_spans,
    to_vectors,
)
from index.schema import Article, Chunk, Failure, LibraryStatus, Past, Scope, Sentence
from index.view import View

LEDGER = "ledger.sqlite3"


class Library:
    """The ledger of one library folder. Safe to share between threads."""

    def __init__(self, folder: Path, *, create: bool = False, ledger: str = LEDGER) -> None:
        """Open the ledger, the file of that name in the folder.

        Raises NoLibraryError when there is none and ``create`` is false, MismatchError when
        another version made it.
        """
        path = folder / ledger
        if not create:
            require(path)
        self.folder = folder
        self.db = Database(path)
        self._file = path.stat().st_ino
        self._view: View | None = None
        self._viewing = threading.Lock()
        self._check_version()

    def close(self) -> None:
        """Close the ledger; the object cannot be used afterwards."""
        self.db.close()

    def reopen(self) -> None:
        """See the library that stands in the folder now."""
        self.db.close()
        self.__init__(self.folder)  # type: ignore[misc]

    @property
    def is_replaced(self) -> bool:
        """Whether another library stands in this one's place since it was opened."""
        with suppress(OSError):
            return (self.folder / LEDGER).stat().st_ino != self._file
        return False

    # The library as a whole

    def meta(self, key: str) -> str | None:
        """Return a value kept by name, or None."""
        rows = self.db.rows("SELECT value FROM meta WHERE key = ?", (key,))
        return str(rows[0][0]) if rows else None

    def _check_version(self) -> None:
        """Make what a new ledger lacks; one of another layout stays exactly as it is."""
        found = self.meta("schema") if self.db.has_table("meta") else None
        if found not in {None, SCHEMA_VERSION}:
            self.close()
            raise MismatchError(
                f"The library in {self.folder} has layout {found}; this version of Dateline reads "
                f"layout {SCHEMA_VERSION}. It was left as it is: use the version that made it, or "
                f"index the articles into another home (--home or DATELINE_HOME)."
            )
        self.db.create(TABLES)
        if found is None:
            with self.db.writing() as db:
                db.execute("INSERT INTO meta VALUES ('schema', ?)", (SCHEMA_VERSION,))

    @property
    def manifest(self) -> Manifest | None:
        """What the library was built with; None before the first run."""
        stored = self.meta("manifest")
        return Manifest(**json.loads(stored)) if stored else None

    def claim(self, manifest: Manifest) -> None:
        """Record what this library is built with, or raise MismatchError if it differs."""
        stored = self.manifest
        if stored is None:
            with self.db.writing() as db:
                db.execute(
                    "INSERT INTO meta VALUES ('manifest', ?)", (json.dumps(asdict(manifest)),)
                )
        elif stored != manifest:
            raise MismatchError(
                f"The library in {self.folder} was built with {stored}, not with {manifest}. "
                f"Their vectors and offsets cannot be mixed: use the model it was built with, or "
                f"run `dateline rebuild` with the new one."
            )

    @property
    def generation(self) -> int:
        """A number that grows with every change; readers reopen the vectors when it does."""
        return int(self.meta("generation") or 0)

    def snapshot(self) -> str:
        """Return 16 hex digits that name the articles as they are now, in any order."""
        hashes = self.db.rows("SELECT content_hash FROM articles")
        return f"{sum(int(h[:16], 16) for (h,) in hashes) % (1 << 64):016x}"

    def status(self) -> LibraryStatus:
        """Count what the library holds."""
        ((n_articles, earliest, latest, n_sentences, n_undated),) = self.db.rows(
            "SELECT count(*), min(published), max(published), sum(length(spans)) / 8, "
            "sum(published IS NULL) FROM articles"
        )
        outlets = self.db.rows(
            "SELECT source, count(*) FROM articles GROUP BY source ORDER BY count(*) DESC, source"
        )
        return LibraryStatus(
            n_articles=n_articles,
            n_sentences=n_sentences or 0,
            n_chunks=self.n_chunks(),
            n_undated=n_undated or 0,
            earliest=earliest,
            latest=latest,
            outlets=tuple((name, n) for name, n in outlets),
            failures=self.failures(),
            n_copies=sum(len(group) - 1 for group in copies.groups(self.db)),
            n_pending=self.n_pending(),
        )

    # Files and what they held

    def files(self) -> dict[str, str]:
        """Return every file read to its end with the SHA-256 of its bytes."""
        return dict(self.db.rows("SELECT path, content_hash FROM files"))

    def paths(self) -> set[str]:
        """Return every file that has left a trace, those that a stopped run began included."""
        sql = "SELECT path FROM files UNION SELECT path FROM articles"
        return {path for (path,) in self.db.rows(sql)}

    def failures(self) -> tuple[Failure, ...]:
        """Return what could not be read, by path."""
        rows = self.db.rows("SELECT failures FROM files WHERE failures != '[]' ORDER BY path")
        return tuple(Failure(*pair) for (stored,) in rows for pair in json.loads(stored))

    def failures_by_path(self) -> dict[str, tuple[Failure, ...]]:
        """Return what could not be read by the file that it stands in."""
        rows = self.db.rows("SELECT path, failures FROM files WHERE failures != '[]'")
        return {path: tuple(Failure(*pair) for pair in json.loads(kept)) for path, kept in rows}

    def hashes(self, path: str) -> dict[str, str]:
        """Return id -> content hash of a file's articles."""
        return dict(self.db.rows("SELECT id, content_hash FROM articles WHERE path = ?", (path,)))

    # Reading articles

    def article(self, article_id: str) -> Article:
        """Return one article. Raises NotFoundError when the library has none of that id."""
        found = self.articles([article_id])
        if article_id not in found:
            raise NotFoundError(f"No article {article_id!r} in the library{self._fate(article_id)}")
        return found[article_id]

    def _fate(self, article_id: str) -> str:
        """Say what became of an article that is not there any more."""
        past = self.past(article_id)
        if not past:
            return ": it may be removed."
        name = f"{past[0].name!r} was {past[0].how} on {past[0].ended}"
        return f": {name}." if past[0].successor is None else f": {name}, to {past[0].successor}."

    def past(self, article_id: str) -> tuple[Past, ...]:
        """Return the versions of an article that are no more, newest first."""
        sql = (
            f"SELECT {PAST_COLUMNS} FROM past WHERE article_id = ? ORDER BY ended DESC, rowid DESC"
        )
        return tuple(Past(*row) for row in self.db.rows(sql, (article_id,)))

    def content_hash(self, article_id: str) -> str | None:
        """Return the name of an article's version, or None where there is no such article."""
        rows = self.db.rows("SELECT content_hash FROM articles WHERE id = ?", (article_id,))
        return rows[0][0] if rows else None

    def ids(self) -> list[str]:
        """Return the ids of all articles, in order."""
        return [i for (i,) in self.db.rows("SELECT id FROM articles ORDER BY id")]

    def articles(self, article_ids: Sequence[str]) -> dict[str, Article]:
        """Return the articles asked for that are there, by id."""
        sql = f"SELECT {ARTICLE_COLUMNS} FROM articles WHERE id IN "
        return {row[0]: to_article(row) for row in self.db.rows_among(sql, article_ids)}

    def sentences(self, article_id: str) -> tuple[list[tuple[int, int]], NDArray[np.float16]]:
        """Return (start, end) of an article's sentences and their unit vectors, as stored.

        Vectors are (n_sentences, dim). Raises NotFoundError.
        """
        rows = self.db.rows("SELECT spans, span_vectors FROM articles WHERE id = ?", (article_id,))
        if not rows:
            raise NotFoundError(f"No article {article_id!r} in the library: it may be removed.")
        spans = to_spans(rows[0][0])
        return spans, to_vectors(rows[0][1], len(spans))

    def entries(self, article_ids: Sequence[str]) -> list[Entry]:
        """Return the articles asked for, in that order, with everything derived from them."""
        found = self.articles(article_ids)
        chunks: dict[str, list[Chunk]] = {i: [] for i in found}
        sql = f"SELECT {CHUNK_COLUMNS} FROM chunks WHERE article_id IN "
        for row in self.db.rows_among(sql, list(found)):
            chunks[row[1]].append(Chunk(*row))
        made: dict[str, Entry] = {}
        sql = "SELECT id, spans, chunk_vectors, span_vectors FROM articles WHERE id IN "
        for i, spans, chunk_rows, span_rows in self.db.rows_among(sql, list(found)):
            own = tuple(sorted(chunks[i], key=lambda chunk: chunk.n))
            parts = tuple(Sentence(n, *span) for n, span in enumerate(to_spans(spans)))
            vectors = to_vectors(chunk_rows, len(own)), to_vectors(span_rows, len(parts))
            made[i] = Entry(found[i], parts, own, *vectors)
        return [made[i] for i in article_ids if i in made]

    def twin(self, passage_hash: str) -> str | None:
        """Return an article of the same title and text, whose vectors are therefore the same."""
        rows = self.db.rows("SELECT id FROM articles WHERE passage_hash = ?", (passage_hash,))
        return rows[0][0] if rows else None

    def chunks(self, chunk_ids: Sequence[str]) -> dict[str, Chunk]:
        """Return the chunks asked for, by id."""
        sql = f"SELECT {CHUNK_COLUMNS} FROM chunks WHERE id IN "
        return {row[0]: Chunk(*row) for row in self.db.rows_among(sql, chunk_ids)}

    def chunk_ids(self, article_ids: Sequence[str]) -> list[str]:
        """Return the ids of the articles' chunks."""
        sql = "SELECT id FROM chunks WHERE article_id IN "
        return [i for (i,) in self.db.rows_among(sql, article_ids)]

    def n_chunks(self) -> int:
        """Return the number of chunks."""
        return int(self.db.rows("SELECT count(*) FROM chunks")[0][0])

    def n_pending(self) -> int:
        """Return how many articles wait for their vectors."""
        return int(self.db.rows("SELECT count(*) FROM pending")[0][0])

    def sources(self) -> tuple[str, ...]:
        """Return the outlets by name, unknown ones left out."""
        sql = "SELECT DISTINCT source FROM articles WHERE source != '' ORDER BY source"
        return tuple(name for (name,) in self.db.rows(sql))

    # Searching

    @property
    def view(self) -> View:
        """The library as searches see it, made anew when anyone has changed it."""
        # The one tells of other connections' writes, the other of this one's.
        ((others,),) = self.db.rows("PRAGMA data_version")
        moment = (int(others), self.generation)
        with self._viewing:
            if self._view is None or self._view.moment != moment:
                self._view = View(self.db, moment)
            return self._view

    def search_text(
        self, terms: Sequence[str], limit: int, scope: Scope
    ) -> list[tuple[str, float]]:
        """Return (chunk id, BM25) of chunks that hold any of the terms, best first.

        BM25 as SQLite's ``bm25()`` computes it (k1 = 1.2, b = 0.75), with its sign turned so
        that higher is better; a word of the title counts like one of the text.
        """
        return self.view.search_text(terms, limit, scope)


def require(ledger: Path) -> None:
    """Raise NoLibraryError when there is no ledger of that path."""
    if not ledger.is_file():
        raise NoLibraryError(
            f"Nothing has been indexed yet: there is no library in {ledger.parent}. "
            f"Run `dateline index FOLDER` first."
        )
