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
from index.library import Library


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


def chunk_vectors(db: Database, article_ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
    """Return for each article that has chunks their unit vectors, in order: (n_chunks, dim)."""
    marks = ", ".join("?" * len(article_ids))
    # The number of chunks parts the blob into rows; counting them reads an index alone.
    sql = f"SELECT article_id, count(*) FROM chunks WHERE article_id IN ({marks}) GROUP BY 1"
    n_chunks: dict[str, int] = dict(db.rows(sql, article_ids))
    sql = f"SELECT id, chunk_vectors FROM articles WHERE id IN ({marks})"
    return {
        i: np.frombuffer(blob, dtype="<f2").reshape(n_chunks[i], -1).astype(np.float32)
        for i, blob in db.rows(sql, article_ids)
        if i in n_chunks
    }


def worded(library: Library, words: Sequence[str], article_ids: Sequence[str]) -> dict[str, Worded]:
    """Return for each word where it stands in these articles."""
    marks = ", ".join("?" * len(article_ids))
    # An article's chunks follow one another: they are written in one transaction.
    sql = (
        "SELECT article_id, min(rowid), max(rowid) + 1 FROM chunks "
        f"WHERE article_id IN ({marks}) GROUP BY article_id"
    )
    rows = library.db.rows(sql, article_ids)
    first = np.array([row[1] for row in rows], dtype=np.int64)
    past = np.array([row[2] for row in rows], dtype=np.int64)
    found: dict[str, Worded] = {}
    for word in words:
        postings = library.view.full_text.postings(word)
        begins, ends = np.searchsorted(postings.rows, np.stack([first, past]))
        sums: dict[str, float] = {}
        opening = set()
        for (article_id, own_first, _), at, end in zip(rows, begins, ends, strict=True):
            if at < end:
                sums[article_id] = float(postings.scores[at:end].sum())
                if postings.rows[at] == own_first:
                    opening.add(article_id)
        found[word] = Worded(sums, frozenset(opening))
    return found
