"""The ledger: one SQLite file that holds every article, its sentences, chunks and full text.

The ledger is the truth. The vectors in Chroma can be rebuilt from it without reading a file
again. An article is written as ``pending``, its vectors are upserted, then it is marked
``ready``: only ready articles are ever found, so a run that is killed leaves nothing half.
Knows nothing of file formats, embedding or Chroma.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.database import Connection, Database
from index.errors import MismatchError, NoLibraryError, NotFoundError
from index.rows import (
    ARTICLE_COLUMNS,
    CHUNK_COLUMNS,
    SCHEMA_VERSION,
    TABLES,
    Entry,
    Manifest,
    article_row,
    condition,
    to_article,
    to_sentences,
    to_vectors,
)
from index.schema import Article, Chunk, Failure, LibraryStatus, Scope, Sentence


class Library:
    """The ledger of one library folder. Safe to share between threads."""

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        """Open the ledger.

        Raises NoLibraryError when there is none and ``create`` is false, MismatchError when
        another version made it.
        """
        path = folder / "ledger.sqlite3"
        if not create and not path.is_file():
            raise NoLibraryError(
                f"Nothing has been indexed yet: there is no library in {folder}. "
                f"Run `dateline index FOLDER` first."
            )
        self.folder = folder
        self._db = Database(path, TABLES)
        self._check_version()

    def close(self) -> None:
        """Close the ledger; the object cannot be used afterwards."""
        self._db.close()

    # The library as a whole

    def _meta(self, key: str) -> str | None:
        rows = self._db.rows("SELECT value FROM meta WHERE key = ?", (key,))
        return str(rows[0][0]) if rows else None

    def _check_version(self) -> None:
        found = self._meta("schema")
        if found is None:
            with self._db.writing() as db:
                db.execute("INSERT INTO meta VALUES ('schema', ?)", (SCHEMA_VERSION,))
        elif found != SCHEMA_VERSION:
            raise MismatchError(
                f"The library in {self.folder} has layout {found}; this version of Dateline reads "
                f"layout {SCHEMA_VERSION}. Use the version that made it, or another DATELINE_HOME."
            )

    @property
    def manifest(self) -> Manifest | None:
        """What the library was built with; None before the first run."""
        stored = self._meta("manifest")
        return Manifest(**json.loads(stored)) if stored else None

    def claim(self, manifest: Manifest) -> None:
        """Record what this library is built with, or raise MismatchError if it differs."""
        stored = self.manifest
        if stored is None:
            with self._db.writing() as db:
                db.execute(
                    "INSERT INTO meta VALUES ('manifest', ?)", (json.dumps(asdict(manifest)),)
                )
        elif stored != manifest:
            raise MismatchError(
                f"The library in {self.folder} was built with {stored}, not with {manifest}. "
                f"Their vectors and offsets cannot be mixed: use the model it was built with, or "
                f"index into another home (DATELINE_HOME)."
            )

    @property
    def generation(self) -> int:
        """A number that grows with every change; readers reopen the vectors when it does."""
        return int(self._meta("generation") or 0)

    def snapshot(self) -> str:
        """Return 16 hex digits that name the articles as they are now, in any order."""
        hashes = self._db.rows("SELECT content_hash FROM articles WHERE state = 'ready'")
        return f"{sum(int(h[:16], 16) for (h,) in hashes) % (1 << 64):016x}"

    def status(self) -> LibraryStatus:
        """Count what the library holds."""
        ((n_articles, earliest, latest, n_sentences, n_undated),) = self._db.rows(
            "SELECT count(*), min(published), max(published), sum(length(spans)) / 8, "
            "sum(published IS NULL) FROM articles WHERE state = 'ready'"
        )
        outlets = self._db.rows(
            "SELECT source, count(*) FROM articles WHERE state = 'ready' GROUP BY source "
            "ORDER BY count(*) DESC, source"
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
        )

    # Files and what they held

    def files(self) -> dict[str, str]:
        """Return every file read to its end with the SHA-256 of its bytes."""
        return dict(self._db.rows("SELECT path, content_hash FROM files"))

    def paths(self) -> set[str]:
        """Return every file that has left a trace, those that a stopped run began included."""
        sql = "SELECT path FROM files UNION SELECT path FROM articles"
        return {path for (path,) in self._db.rows(sql)}

    def failures(self) -> tuple[Failure, ...]:
        """Return what could not be read, by path."""
        rows = self._db.rows("SELECT failures FROM files WHERE failures != '[]' ORDER BY path")
        return tuple(Failure(*pair) for (stored,) in rows for pair in json.loads(stored))

    def put_file(self, path: str, content_hash: str, failures: Sequence[Failure]) -> None:
        """Record that a file was read to its end: its articles are all ready."""
        stored = json.dumps([(f.path, f.reason) for f in failures])
        with self._db.writing() as db:
            db.execute("REPLACE INTO files VALUES (?, ?, ?)", (path, content_hash, stored))

    def drop_file(self, path: str) -> None:
        """Forget a file; its articles are removed by ``remove``."""
        with self._db.writing() as db:
            db.execute("DELETE FROM files WHERE path = ?", (path,))

    def hashes(self, path: str) -> dict[str, str]:
        """Return id -> content hash of a file's articles; the hash of a pending one is empty."""
        sql = "SELECT id, iif(state = 'ready', content_hash, '') FROM articles WHERE path = ?"
        return dict(self._db.rows(sql, (path,)))

    # Writing articles

    def put_pending(self, entries: Sequence[Entry]) -> None:
        """Write articles with their sentences, chunks and full text; they are not found yet."""
        with self._db.writing() as db:
            for entry in entries:
                _delete(db, entry.article.id)
                _insert(db, entry)

    def mark_pending(self, article_ids: Sequence[str]) -> None:
        """Hide articles whose vectors are about to go; the next run sees that work was left."""
        with self._db.writing() as db:
            rows = [(i,) for i in article_ids]
            db.executemany("UPDATE articles SET state = 'pending' WHERE id = ?", rows)

    def mark_ready(self, article_ids: Sequence[str]) -> None:
        """Let articles be found, once their vectors are stored."""
        with self._db.writing() as db:
            rows = [(i,) for i in article_ids]
            db.executemany("UPDATE articles SET state = 'ready' WHERE id = ?", rows)
            _grow(db)

    def remove(self, article_ids: Sequence[str]) -> None:
        """Remove articles with all that is derived from them."""
        with self._db.writing() as db:
            for article_id in article_ids:
                _delete(db, article_id)
            _grow(db)

    # Reading articles

    def article(self, article_id: str) -> Article:
        """Return one article. Raises NotFoundError when the library has none of that id."""
        found = self.articles([article_id])
        if article_id not in found:
            raise NotFoundError(f"No article {article_id!r} in the library: it may be removed.")
        return found[article_id]

    def articles(self, article_ids: Sequence[str]) -> dict[str, Article]:
        """Return the ready ones of the articles asked for, by id."""
        sql = f"SELECT {ARTICLE_COLUMNS} FROM articles WHERE state = 'ready' AND id IN "
        return {row[0]: to_article(row) for row in self._db.rows_among(sql, article_ids)}

    def sentences(self, article_id: str) -> tuple[tuple[Sentence, ...], NDArray[np.float32]]:
        """Return an article's sentences and their unit vectors (n_sentences, dim)."""
        rows = self._db.rows("SELECT spans, span_vectors FROM articles WHERE id = ?", (article_id,))
        if not rows:
            raise NotFoundError(f"No article {article_id!r} in the library: it may be removed.")
        spans = to_sentences(rows[0][0])
        return spans, to_vectors(rows[0][1], len(spans))

    def chunks(self, chunk_ids: Sequence[str]) -> dict[str, Chunk]:
        """Return the chunks asked for, by id."""
        sql = f"SELECT {CHUNK_COLUMNS} FROM chunks WHERE id IN "
        return {row[0]: Chunk(*row) for row in self._db.rows_among(sql, chunk_ids)}

    def chunk_ids(self, article_ids: Sequence[str]) -> list[str]:
        """Return the ids of the articles' chunks."""
        sql = "SELECT id FROM chunks WHERE article_id IN "
        return [i for (i,) in self._db.rows_among(sql, article_ids)]

    def n_chunks(self) -> int:
        """Return the number of chunks, pending ones included."""
        return int(self._db.rows("SELECT count(*) FROM chunks")[0][0])

    def sources(self) -> tuple[str, ...]:
        """Return the outlets by name, unknown ones left out."""
        rows = self._db.rows(
            "SELECT DISTINCT source FROM articles WHERE source != '' AND state = 'ready' "
            "ORDER BY source"
        )
        return tuple(name for (name,) in rows)

    # Full text

    def search_text(
        self, terms: Sequence[str], limit: int, scope: Scope
    ) -> list[tuple[str, float]]:
        """Return (chunk id, BM25) of chunks that hold any of the terms, best first.

        BM25 as SQLite's ``bm25()`` computes it (k1 = 1.2, b = 0.75), with its sign turned so
        that higher is better; a word of the title counts like one of the text.
        """
        if not terms:
            return []
        where, values = condition(scope)
        sql = (
            "SELECT c.id, -bm25(chunk_text) AS score FROM chunk_text "
            "JOIN chunks c ON c.rowid = chunk_text.rowid JOIN articles a ON a.id = c.article_id "
            f"WHERE chunk_text MATCH ? AND {where} ORDER BY score DESC, c.id LIMIT ?"
        )
        return [(i, score) for i, score in self._db.rows(sql, (_any_of(terms), *values, limit))]

    def document_frequency(self, term: str) -> int:
        """Return in how many chunks a word stands, in any of its forms (Porter's stems)."""
        sql = "SELECT count(*) FROM chunk_text WHERE chunk_text MATCH ?"
        return int(self._db.rows(sql, (_any_of([term]),))[0][0])


def _any_of(terms: Sequence[str]) -> str:
    """Quote each term, so that nothing in a question is read as query syntax.

    NUL ends a query early and a lone surrogate is no UTF-8; neither stands in any clean text.
    """
    clean = [t.encode("utf-8", "replace").decode("utf-8").replace("\0", " ") for t in terms]
    return " OR ".join('"' + term.replace('"', '""') + '"' for term in clean)


def _insert(db: Connection, entry: Entry) -> None:
    row = article_row(entry)
    db.execute(f"INSERT INTO articles VALUES ({', '.join('?' * len(row))})", row)
    for chunk in entry.chunks:
        cursor = db.execute(
            f"INSERT INTO chunks({CHUNK_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (chunk.id, chunk.article_id, chunk.n, chunk.start, chunk.end, chunk.first, chunk.last),
        )
        db.execute(
            "INSERT INTO chunk_text(rowid, title, body) VALUES (?, ?, ?)",
            (cursor.lastrowid, entry.article.title, entry.article.text[chunk.start : chunk.end]),
        )


def _delete(db: Connection, article_id: str) -> None:
    of_article = "(SELECT rowid FROM chunks WHERE article_id = ?)"
    db.execute(f"DELETE FROM chunk_text WHERE rowid IN {of_article}", (article_id,))
    db.execute("DELETE FROM chunks WHERE article_id = ?", (article_id,))
    db.execute("DELETE FROM articles WHERE id = ?", (article_id,))


def _grow(db: Connection) -> None:
    db.execute(
        "INSERT INTO meta VALUES ('generation', '1') "
        "ON CONFLICT(key) DO UPDATE SET value = CAST(value AS INTEGER) + 1"
    )
