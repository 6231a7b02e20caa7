"""A library as searches see it: filters and full text in memory, as of one moment.

Made from the ledger when it is first needed after a change.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from index.columns import Columns
from index.database import Database
from index.full_text import FullText
from index.schema import Scope

Moment = tuple[int, int]


class View:
    """What one state of the ledger holds; ``moment`` names it."""

    def __init__(self, db: Database, moment: Moment) -> None:
        self._db = db
        self.moment = moment

    @cached_property
    def columns(self) -> Columns:
        """What filters ask of articles."""
        return Columns(self._db)

    @cached_property
    def full_text(self) -> FullText:
        """The full-text index."""
        return FullText(self._db)

    def search_rows(
        self, terms: Sequence[str], limit: int, scope: Scope
    ) -> list[tuple[int, float]]:
        """Return up to ``limit`` (chunk row, BM25) within the scope, best first, then by row."""
        return self.full_text.search(terms, limit, self.columns.mask(scope))[:limit]

    def search_text(
        self, terms: Sequence[str], limit: int, scope: Scope
    ) -> list[tuple[str, float]]:
        """Return up to ``limit`` (chunk id, BM25) within the scope, best first, then by id."""
        found = self.full_text.search(terms, limit, self.columns.mask(scope))
        ids = self.chunk_ids([row for row, _ in found])
        named = [(ids[row], score) for row, score in found if row in ids]
        return sorted(named, key=lambda pair: (-pair[1], pair[0]))[:limit]

    def spans(self, rows: Sequence[int]) -> dict[int, tuple[str, str, int, int]]:
        """Return (chunk id, article id, start, end) of the chunks that still stand in rows."""
        sql = "SELECT rowid, id, article_id, start, end FROM chunks WHERE rowid IN"
        return {
            row: (i, of, start, end) for row, i, of, start, end in self._db.rows_among(sql, rows)
        }

    def chunk_ids(self, rows: Sequence[int]) -> dict[int, str]:
        """Return the ids of the chunks that still stand in these rows."""
        return dict(self._db.rows_among("SELECT rowid, id FROM chunks WHERE rowid IN", rows))

    def chunk_rows(self, chunk_ids: Sequence[str]) -> dict[str, int]:
        """Return the rows of the chunks of these ids that are there."""
        return dict(self._db.rows_among("SELECT id, rowid FROM chunks WHERE id IN", chunk_ids))
