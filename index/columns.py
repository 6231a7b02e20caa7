"""What filters ask of articles, as arrays: one look in memory instead of a walk through a table.

A chunk is known here by its ``row``, the number of its row in the ledger, because an array can be
asked by number. A scope becomes a mask over these rows. Knows nothing of vectors or full text.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from functools import partial
from typing import cast

import numpy as np
from numpy.typing import NDArray

from index.database import Database, Row
from index.nodes import day
from index.schema import Scope

Mask = NDArray[np.bool_]

MAX_MASKS = 32  # kept: a megabyte each for a million chunks

_SQL = """
SELECT a.id, a.published, a.source, a.authors, a.language, a.path, a.passage_hash, c.first, c.n,
    a.title
FROM (SELECT article_id, min(rowid) AS first, count(*) AS n FROM chunks GROUP BY article_id) c
JOIN articles a ON a.id = c.article_id ORDER BY c.first
"""  # the rows of an article's chunks follow one another: they are written in one transaction


class Columns:
    """The articles of a library as they were when this was made; it never changes.

    ``ids``, ``published`` (ISO day or None), ``days`` (as numbers like 20220928; 0 where unknown),
    ``sources``, ``titles``, ``passage_hashes``, ``first`` (row of the first
    chunk) and ``n`` (chunks) have one value an article. ``article`` has one a chunk row, the
    article's place in the others; -1 where there is no such row.
    """

    def __init__(self, db: Database) -> None:
        """Read the ledger: about a second for a million chunks."""
        rows = db.rows(_SQL)
        self.ids: list[str] = [row[0] for row in rows]
        self.published: list[str | None] = [row[1] for row in rows]
        self.sources: list[str] = [row[2] for row in rows]
        self.titles: list[str] = [row[9] for row in rows]
        self.days = np.array([day(row[1]) for row in rows], dtype=np.int32)
        self.passage_hashes: list[str] = [row[6] for row in rows]
        self.first = np.array([row[7] for row in rows], dtype=np.int64)
        self.n = np.array([row[8] for row in rows], dtype=np.int64)
        self.article = self._articles_of_rows()
        self._rows = _names(rows)
        self._masks: dict[object, Mask | None] = {}

    @property
    def n_rows(self) -> int:
        """One more than the highest chunk row."""
        return len(self.article)

    @property
    def n_chunks(self) -> int:
        """The number of chunks."""
        return int(self.n.sum())

    def mask(self, scope: Scope) -> Mask | None:
        """Return which chunk rows a scope lets through (n_rows,); None where it lets all through.

        The array must not be written to: it is kept for the next question.
        """
        return self._kept(scope, lambda: self._mask(scope))

    def count(self, scope: Scope) -> int:
        """Return how many chunks a scope lets through."""
        mask = self.mask(scope)
        return self.n_chunks if mask is None else int(np.count_nonzero(mask))

    def authors(self, place: int) -> tuple[str, ...]:
        """Return the names of an article's authors, lower-cased."""
        return cast(tuple[str, ...], self._rows["authors"][place])

    def _articles_of_rows(self) -> NDArray[np.int32]:
        n_rows = int((self.first + self.n).max(initial=0))
        article = np.full(n_rows, -1, dtype=np.int32)
        places = np.repeat(np.arange(len(self.n), dtype=np.int32), self.n)
        starts = np.repeat(self.first - (np.cumsum(self.n) - self.n), self.n)
        article[starts + np.arange(len(places))] = places
        return article

    def _mask(self, scope: Scope) -> Mask | None:
        fits = self._in_time(scope)
        for kind in ("sources", "authors", "languages", "folders"):
            wanted: tuple[str, ...] = getattr(scope, kind)
            if wanted:
                named = self._kept((kind, wanted), partial(self._named, kind, wanted))
                fits &= cast(Mask, named)
        return None if fits.all() else np.append(fits, False)[self.article]

    def _in_time(self, scope: Scope) -> Mask:
        fits = np.ones(len(self.days), dtype=bool)
        if scope.date_from is not None:
            fits &= self.days >= max(1, day(scope.date_from))
        if scope.date_to is not None:
            fits &= (self.days > 0) & (self.days <= day(scope.date_to))
        if scope.until is not None:
            fits &= self.days <= day(scope.until)
        return fits

    def _named(self, kind: str, wanted: Sequence[str]) -> Mask:
        test = _TESTS[kind](wanted)
        values = self._rows[kind]
        known = {value: test(value) for value in set(values)}
        return np.fromiter((known[value] for value in values), dtype=bool, count=len(values))

    def _kept(self, key: object, make: Callable[[], Mask | None]) -> Mask | None:
        if key not in self._masks:
            if len(self._masks) >= MAX_MASKS:
                self._masks.clear()
            self._masks[key] = make()
        return self._masks[key]


def _names(rows: Sequence[Row]) -> dict[str, list[object]]:
    """Return what is compared by name, lower-cased: one value an article and kind of filter."""
    authors = {
        text: tuple(name.lower() for name in json.loads(text)) for text in {row[3] for row in rows}
    }
    return {
        "sources": [row[2].lower() for row in rows],
        "authors": [authors[row[3]] for row in rows],
        "languages": [(row[4] or "").lower() for row in rows],
        "folders": [row[5] for row in rows],
    }


def _is_one_of(wanted: Sequence[str]) -> Callable[[object], bool]:
    names = {name.lower() for name in wanted}
    return lambda value: value in names


def _has_one_of(wanted: Sequence[str]) -> Callable[[object], bool]:
    names = {name.lower() for name in wanted}
    return lambda value: not names.isdisjoint(cast(tuple[str, ...], value))


def _is_or_begins_with(wanted: Sequence[str], mark: str) -> Callable[[object], bool]:
    wholes, starts = set(wanted), tuple(f"{name.rstrip(mark)}{mark}" for name in wanted)
    return lambda value: value in wholes or cast(str, value).startswith(starts)


_TESTS: dict[str, Callable[[Sequence[str]], Callable[[object], bool]]] = {
    "sources": _is_one_of,
    "authors": _has_one_of,
    "languages": lambda wanted: _is_or_begins_with([w.lower() for w in wanted], "-"),
    "folders": lambda wanted: _is_or_begins_with(wanted, os.sep),
}
