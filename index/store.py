"""The one write path: articles into the ledger, and their vectors after them.

The ledger is written first, in one transaction that also notes which articles the vector store
still has to follow (``pending``). Whatever stops a run, ``settle`` finishes the rest from the
ledger, without reading a file or encoding a text again. Knows nothing of files or models.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from index import copies, nodes, seal
from index.database import Connection
from index.library import Library
from index.rows import CHUNK_COLUMNS, Entry, Manifest, article_row
from index.schema import Failure
from index.vectors import VectorStore

SETTLE_ARTICLES = 200  # read back at once: some thousand chunks, a few megabytes of vectors


class Store:
    """Writes one library. Only for who holds its lock (``index.lock``)."""

    def __init__(self, folder: Path, vectors: VectorStore | None = None) -> None:
        """Open or create the library. Raises LibraryError when it cannot be used.

        ``vectors`` is the folder's own store where none is given, opened at first use.
        """
        self.library = Library(folder, create=True)
        self._vectors = vectors
        self._is_sealed = True

    def close(self) -> None:
        """Let go of the files, and note how the vector store's files look when all is well."""
        if self._vectors is not None:
            self._vectors.close()
        if not self._is_sealed and self.library.n_pending() == 0:
            self._set_meta(seal.KEY, seal.dumps(self.library.folder))
        self.library.close()

    @property
    def vectors(self) -> VectorStore:
        """The vector store, opened at first use."""
        if self._vectors is None:
            self._vectors = VectorStore(self.library.folder)
        return self._vectors

    def claim(self, manifest: Manifest) -> None:
        """Record what the library is built with. Raises MismatchError when it differs."""
        self.library.claim(manifest)

    # Files

    def put_file(self, path: str, stamp: str, failures: Sequence[Failure]) -> None:
        """Record that a file was read to its end: its articles are all written."""
        stored = json.dumps([(f.path, f.reason) for f in failures])
        with self.library.db.writing() as db:
            db.execute("REPLACE INTO files VALUES (?, ?, ?)", (path, stamp, stored))

    def drop_file(self, path: str) -> None:
        """Forget a file; its articles are removed by ``remove``."""
        with self.library.db.writing() as db:
            db.execute("DELETE FROM files WHERE path = ?", (path,))

    # Articles

    def put(self, entries: Sequence[Entry]) -> None:
        """Write articles in place of their earlier versions, and make the vectors follow."""
        self._unseal()
        today = date.today().isoformat()
        marks = [copies.marks(entry.article) for entry in entries]
        with self.library.db.writing() as db:
            for entry, own in zip(entries, marks, strict=True):
                _remember_change(db, entry, today)
                stale = _delete(db, entry.article.id) - {chunk.id for chunk in entry.chunks}
                _insert(db, entry)
                copies.link(db, entry.article, own)
                _await(db, entry.article.id, stale)
        self.settle(entries)

    def remove(self, article_ids: Sequence[str]) -> dict[str, str | None]:
        """Remove articles with all that is derived from them.

        Returns for each the article of the same content that stands elsewhere now, or None.
        """
        self._unseal()
        today = date.today().isoformat()
        successors: dict[str, str | None] = {}
        with self.library.db.writing() as db:
            for article_id in article_ids:
                successors[article_id] = _remember_end(db, article_id, today)
                _await(db, article_id, _delete(db, article_id))
        self.settle()
        return successors

    def settle(self, entries: Sequence[Entry] = ()) -> int:
        """Make the vector store equal to the ledger where it is not; return for how many articles.

        ``entries`` are at hand and need not be read back.
        """
        waiting: dict[str, str] = dict(
            self.library.db.rows("SELECT article_id, stale FROM pending")
        )
        if not waiting:
            return 0
        self._unseal()
        at_hand = {entry.article.id: entry for entry in entries}
        elsewhere = sorted(waiting.keys() - at_hand.keys())
        self._upsert([entry for i, entry in at_hand.items() if i in waiting])
        for at in range(0, len(elsewhere), SETTLE_ARTICLES):
            self._upsert(self.library.entries(elsewhere[at : at + SETTLE_ARTICLES]))
        stale = sorted({chunk_id for listed in waiting.values() for chunk_id in json.loads(listed)})
        if stale:
            self.vectors.delete(stale)
        with self.library.db.writing() as db:
            db.executemany("DELETE FROM pending WHERE article_id = ?", [(i,) for i in waiting])
            _grow(db)
        return len(waiting)

    def _upsert(self, entries: Sequence[Entry]) -> None:
        pairs = [(entry.article, chunk) for entry in entries for chunk in entry.chunks]
        if not pairs:
            return
        self.vectors.upsert(
            [chunk.id for _, chunk in pairs],
            np.concatenate([e.chunk_vectors for e in entries if e.chunks]).astype(np.float32),
            [article.text[chunk.start : chunk.end] for article, chunk in pairs],
            [nodes.record(article, chunk) for article, chunk in pairs],
        )

    # Rebuilding

    def await_all(self) -> None:
        """Let every article wait for its vectors: the vector store is new and empty."""
        self._unseal()
        with self.library.db.writing() as db:
            db.execute("DELETE FROM pending")
            db.execute("INSERT INTO pending SELECT id, '[]' FROM articles")

    def take_records(self, other: Library) -> None:
        """Take over what another library remembers of files and of earlier versions."""
        with self.library.db.writing() as db:
            for table in ("files", "past"):
                rows = other.db.rows(f"SELECT * FROM {table}")
                db.execute(f"DELETE FROM {table}")
                if rows:
                    marks = ", ".join("?" * len(rows[0]))
                    db.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)

    def rebuild_full_text(self) -> None:
        """Write the full-text index anew from the articles."""
        with self.library.db.writing() as db:
            db.execute("DROP TABLE IF EXISTS chunk_text")
            db.execute(
                "CREATE VIRTUAL TABLE chunk_text USING "
                "fts5(title, body, tokenize='porter unicode61')"
            )
            db.execute(
                "INSERT INTO chunk_text(rowid, title, body) SELECT c.rowid, a.title, "
                "substr(a.text, c.start + 1, c.end - c.start) "
                "FROM chunks c JOIN articles a ON a.id = c.article_id"
            )
            _grow(db)

    def _unseal(self) -> None:
        if self._is_sealed:
            self._is_sealed = False
            self._set_meta(seal.KEY, seal.OPEN)

    def _set_meta(self, key: str, value: str) -> None:
        with self.library.db.writing() as db:
            db.execute("REPLACE INTO meta VALUES (?, ?)", (key, value))


def _await(db: Connection, article_id: str, stale: set[str]) -> None:
    """Note that the vector store has to follow an article, and which chunks it must forget."""
    db.execute("REPLACE INTO pending VALUES (?, ?)", (article_id, json.dumps(sorted(stale))))


def _insert(db: Connection, entry: Entry) -> None:
    row = article_row(entry)
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    db.execute(f"INSERT INTO articles({names}) VALUES ({marks})", tuple(row.values()))
    for chunk in entry.chunks:
        cursor = db.execute(
            f"INSERT INTO chunks({CHUNK_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (chunk.id, chunk.article_id, chunk.n, chunk.start, chunk.end, chunk.first, chunk.last),
        )
        db.execute(
            "INSERT INTO chunk_text(rowid, title, body) VALUES (?, ?, ?)",
            (cursor.lastrowid, entry.article.title, entry.article.text[chunk.start : chunk.end]),
        )


def _delete(db: Connection, article_id: str) -> set[str]:
    """Delete an article's rows; return the ids of the chunks it had."""
    rows = db.execute("SELECT rowid, id FROM chunks WHERE article_id = ?", (article_id,)).fetchall()
    db.executemany("DELETE FROM chunk_text WHERE rowid = ?", [(row,) for row, _ in rows])
    db.execute("DELETE FROM chunks WHERE article_id = ?", (article_id,))
    db.execute("DELETE FROM articles WHERE id = ?", (article_id,))
    copies.unlink(db, article_id)
    return {chunk_id for _, chunk_id in rows}


_REMEMBER = (
    "REPLACE INTO past SELECT id, content_hash, name, title, source, published, url, ?, ?, ? "
    "FROM articles WHERE id = ?"
)


def _remember_change(db: Connection, entry: Entry, today: str) -> None:
    """Keep the name of a version that is about to be replaced by another."""
    values = (today, "changed", None, entry.article.id, entry.article.content_hash)
    db.execute(f"{_REMEMBER} AND content_hash != ?", values)


def _remember_end(db: Connection, article_id: str, today: str) -> str | None:
    """Keep the name of an article that is about to go; return where its content stands now."""
    same = db.execute(
        "SELECT b.id FROM articles a JOIN articles b ON b.content_hash = a.content_hash "
        "WHERE a.id = ? AND b.id != a.id ORDER BY b.id LIMIT 1",
        (article_id,),
    ).fetchone()
    successor = str(same[0]) if same else None
    how = "moved" if successor else "removed"
    db.execute(_REMEMBER, (today, how, successor, article_id))
    return successor


def _grow(db: Connection) -> None:
    """Let readers see that they must open the vectors anew."""
    db.execute(
        "INSERT INTO meta VALUES ('generation', '1') "
        "ON CONFLICT(key) DO UPDATE SET value = CAST(value AS INTEGER) + 1"
    )
