"""One SQLite file: opened, read, and written in transactions that are whole or nothing.

The only user of sqlite3 beside the vectors' own log. Knows nothing of what the tables mean.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.errors import LibraryError

Connection = sqlite3.Connection
Row = tuple[Any, ...]

MAX_VALUES = 900  # values in one statement; SQLite's oldest limit is 999


class Database:
    """One connection behind a lock, so that threads can share it."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make an empty one. Raises LibraryError when it cannot be used."""
        self._path = path
        self._lock = threading.RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._db = sqlite3.connect(path, timeout=30, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
        except (sqlite3.Error, OSError) as exc:
            raise LibraryError(
                f"The library in {path.parent} cannot be opened ({exc}). {_what_to_do(path.parent)}"
            ) from exc

    def has_table(self, name: str) -> bool:
        """Tell whether there is a table of that name."""
        return bool(self.rows("SELECT 1 FROM sqlite_master WHERE name = ?", (name,)))

    def create(self, tables: str) -> None:
        """Make the tables and indexes that are not there yet. Raises LibraryError."""
        with self.writing() as db:
            db.executescript(tables)

    def close(self) -> None:
        """Close the file; the object cannot be used afterwards."""
        with self._lock:
            self._db.close()

    def copy_to(self, path: Path) -> None:
        """Copy the whole file as it is now, while others may write. Raises LibraryError."""
        try:
            target = sqlite3.connect(path)
            try:
                with self._lock:
                    self._db.backup(target)
                target.execute("PRAGMA journal_mode=DELETE")
            finally:
                target.close()
        except sqlite3.Error as exc:
            raise LibraryError(
                f"The library in {self._path.parent} could not be copied to {path} ({exc})."
            ) from exc

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Run one transaction: all of it is stored, or nothing.

        Raises LibraryError when the disk or the file does not allow it.
        """
        with self._lock:
            try:
                with self._db:
                    yield self._db
            except sqlite3.Error as exc:
                raise LibraryError(
                    f"The library in {self._path.parent} could not be written ({exc}). What was "
                    f"stored before is safe; see to the disk and run the command again."
                ) from exc

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """Return all rows of a query."""
        with self._lock:
            try:
                return self._db.execute(sql, values).fetchall()
            except sqlite3.Error as exc:
                raise LibraryError(
                    f"The library in {self._path.parent} could not be read ({exc})."
                ) from exc

    def rows_among(self, sql: str, ids: Sequence[object]) -> Iterator[Row]:
        """Return the rows of a query that ends in ``IN``, for any number of ids."""
        for at in range(0, len(ids), MAX_VALUES):
            batch = ids[at : at + MAX_VALUES]
            yield from self.rows(f"{sql} ({', '.join('?' * len(batch))})", batch)


def _what_to_do(folder: Path) -> str:
    if folder.is_dir() and not os.access(folder, os.W_OK):
        return (
            "Even reading writes there, and the folder or its disk is read-only. Copy it to one "
            "that can be written, and name that one's parent with --home or DATELINE_HOME."
        )
    return "Check that the folder can be written and the disk is not full."
