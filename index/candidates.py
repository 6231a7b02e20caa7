"""What ranking asks of the few articles that a search came to: heads, vectors, words.

For some dozens of articles at a time (``MAX_VALUES`` of ``index.database`` at most). Functions of
an open ledger; they know nothing of questions or weights.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.database import Database
from index.view import View


@dataclass(frozen=True, slots=True)
class Head:
    """An article without its text: what a list shows of it, and when and where it appeared."""

    id: str
    name: str
    title: str
    source: str
    authors: tuple[str, ...]
    published: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article's chunks lie in the ledger: ``n`` rows from ``first`` on, in order."""

    first: int
    n: int


@dataclass(frozen=True, slots=True)
class Worded:
    """Where a word stands, in any of its forms (Porter's stems).

    ``sums`` is by article the sum of its chunks' BM25 for the word; ``opening`` are the articles
    that hold it in the title or the first chunk (the title stands beside every chunk).
    """

    sums: Mapping[str, float]
    opening: frozenset[str]


def heads(db: Database, article_ids: Sequence[str]) -> dict[str, Head]:
    """Return the heads of the articles that are there, by id."""
    sql = "SELECT id, name, title, source, authors, published FROM articles WHERE id IN "
    return {
        i: Head(i, name, title, source, tuple(json.loads(authors)), published)
        for i, name, title, source, authors, published in db.rows_among(sql, article_ids)
    }


def places(db: Database, article_ids: Sequence[str]) -> dict[str, Place]:
    """Return where the articles' chunks lie; articles without any are left out."""
    marks = ", ".join("?" * len(article_ids))
    sql = (
        "SELECT article_id, min(rowid), count(*) FROM chunks "
        f"WHERE article_id IN ({marks}) GROUP BY article_id"
    )
    return {i: Place(first, n) for i, first, n in db.rows(sql, article_ids)}


def chunk_vectors(db: Database, where: Mapping[str, Place]) -> dict[str, NDArray[np.float32]]:
    """Return for each article the unit vectors of its chunks, in order: (n_chunks, dim)."""
    marks = ", ".join("?" * len(where))
    sql = f"SELECT id, chunk_vectors FROM articles WHERE id IN ({marks})"
    return {
        i: np.frombuffer(blob, dtype="<f2").reshape(where[i].n, -1).astype(np.float32)
        for i, blob in db.rows(sql, list(where))
    }


def worded(view: View, words: Sequence[str], where: Mapping[str, Place]) -> dict[str, Worded]:
    """Return for each word where it stands in these articles."""
    ids = list(where)
    first = np.array([where[i].first for i in ids], dtype=np.int64)
    past = first + np.array([where[i].n for i in ids], dtype=np.int64)
    found: dict[str, Worded] = {}
    for word in words:
        postings = view.full_text.postings(word)
        begins, ends = np.searchsorted(postings.rows, (first, past))
        held = [(i, at, end) for i, at, end in zip(ids, begins, ends, strict=True) if end > at]
        found[word] = Worded(
            sums={i: float(postings.scores[at:end].sum()) for i, at, end in held},
            opening=frozenset(i for i, at, _ in held if postings.rows[at] == where[i].first),
        )
    return found
