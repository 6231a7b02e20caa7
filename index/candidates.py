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


@dataclass(frozen=True, slots=True)
class Head:
    """An article without its text: what a list shows of it, and when and where it appeared."""

    id: str
    name: str
    title: str
    source: str
    authors: tuple[str, ...]
    published: str | None


def heads(db: Database, article_ids: Sequence[str]) -> dict[str, Head]:
    """Return the heads of the articles that are there, by id."""
    sql = "SELECT id, name, title, source, authors, published FROM articles WHERE id IN "
    return {
        i: Head(i, name, title, source, tuple(json.loads(authors)), published)
        for i, name, title, source, authors, published in db.rows_among(sql, article_ids)
    }


def chunk_vectors(db: Database, article_ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
    """Return for each article the unit vectors of its chunks, in order: (n_chunks, dim)."""
    marks = ", ".join("?" * len(article_ids))
    # The number of chunks parts the blob into rows; counting them reads an index alone.
    sql = f"SELECT article_id, count(*) FROM chunks WHERE article_id IN ({marks}) GROUP BY 1"
    n_chunks = dict(db.rows(sql, article_ids))
    sql = f"SELECT id, chunk_vectors FROM articles WHERE id IN ({marks})"
    return {
        i: np.frombuffer(blob, dtype="<f2").reshape(n_chunks[i], -1).astype(np.float32)
        for i, blob in db.rows(sql, article_ids)
        if n_chunks.get(i)
    }


@dataclass(frozen=True, slots=True)
class Worded:
    """Where a word stands, in any of its forms (Porter's stems).

    ``sums`` is by article the sum of its chunks' BM25 for the word; ``opening`` are the articles
    that hold it in the title or the first chunk.
    """

    sums: Mapping[str, float]
    opening: frozenset[str]


def worded(db: Database, words: Sequence[str], article_ids: Sequence[str]) -> dict[str, Worded]:
    """Return for each word where it stands in these articles."""
    found: dict[str, Worded] = {}
    # CROSS JOIN: the full text is walked once, and only rows of these articles are scored.
    sql = (
        "SELECT c.article_id, c.n, -bm25(chunk_text) FROM chunk_text "
        "CROSS JOIN chunks c ON c.rowid = chunk_text.rowid WHERE chunk_text MATCH ? "
        f"AND c.article_id IN ({', '.join('?' * len(article_ids))})"
    )
    for word in words:
        sums: dict[str, float] = {}
        opening = set()
        for article_id, n, score in db.rows(sql, (quoted(word), *article_ids)):
            sums[article_id] = sums.get(article_id, 0.0) + score
            if n == 0:  # the title stands beside every chunk
                opening.add(article_id)
        found[word] = Worded(sums, frozenset(opening))
    return found


def quoted(*words: str) -> str:
    """Return what full-text search takes as "any of these words": nothing in them is syntax.

    NUL ends a query early and a lone surrogate is no UTF-8; neither stands in any clean text.
    """
    clean = [w.encode("utf-8", "replace").decode("utf-8").replace("\0", " ") for w in words]
    return " OR ".join('"' + word.replace('"', '""') + '"' for word in clean)
