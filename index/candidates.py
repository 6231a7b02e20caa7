"""What ranking asks of the few articles that a search came to: heads and vectors.

For some dozens of articles at a time (``MAX_VALUES`` of ``index.database`` at most). Functions of
an open ledger; they know nothing of questions or weights.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
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
    """Return for each article that has chunks their unit vectors, in order: (n_chunks, dim)."""
    marks = ", ".join("?" * len(article_ids))
    # The number of chunks parts the blob into rows; counting them reads an index alone.
    sql = f"SELECT article_id, count(*) FROM chunks WHERE article_id IN ({marks}) GROUP BY 1"
    n_chunks = dict(db.rows(sql, article_ids))
    sql = f"SELECT id, chunk_vectors FROM articles WHERE id IN ({marks})"
    return {
        i: np.frombuffer(blob, dtype="<f2").reshape(n_chunks[i], -1).astype(np.float32)
        for i, blob in db.rows(sql, article_ids)
        if i in n_chunks
    }
