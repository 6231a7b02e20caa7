"""What ranking asks of the few articles that a search came to: heads, vectors, words.

For some dozens of articles at a time (``MAX_VALUES`` of ``index.database`` at most). Functions of
an open ledger; they know nothing of questions or weights.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

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


class Worded(NamedTuple):
    """Where words stand in articles, in any of their forms (Porter's stems).

    ``sums``, (n_words, n_articles), are of the BM25 of an article's chunks for a word. ``opening``,
    the same shape, tells which articles hold it in the title or the first chunk (the title stands
    beside every chunk).
    """

    sums: NDArray[np.float64]
    opening: NDArray[np.bool_]


def heads(db: Database, article_ids: Sequence[str]) -> dict[str, Head]:
    """Return the heads of the articles that are there, by id."""
    sql = "SELECT id, name, title, source, authors, published FROM articles WHERE id IN "
    return {
        i: Head(i, name, title, source, tuple(json.loads(authors)), published)
        for i, name, title, source, authors, published in db.rows_among(sql, article_ids)
    }


def chunk_vectors(
    db: Database, article_ids: Sequence[str], dim: int
) -> dict[str, NDArray[np.float16]]:
    """Return for each article that is there the unit vectors of its chunks, in order: (n, dim)."""
    sql = "SELECT id, chunk_vectors FROM articles WHERE id IN "
    found = db.rows_among(sql, article_ids)
    return {i: np.frombuffer(blob, dtype="<f2").reshape(-1, dim) for i, blob in found}


def joined(
    vectors: Sequence[NDArray[np.float16]],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return articles' vectors one below the other, (n_chunks, dim), and their sums an article.

    By Torch, which takes a fifth of NumPy's time for both.
    """
    import torch

    every = torch.from_numpy(np.concatenate(vectors)).float()
    of = torch.from_numpy(np.repeat(np.arange(len(vectors)), [len(own) for own in vectors]))
    sums = torch.zeros(len(vectors), every.shape[1]).index_add_(0, of, every)
    return every.numpy(), sums.numpy()


def worded(view: View, words: Sequence[str], places: NDArray[np.int64]) -> Worded:
    """Return where words stand in articles, which are places in the view's columns."""
    columns = view.columns
    first = columns.first[places]
    # An article's chunks follow one another: they are written in one transaction.
    bounds = np.stack([first, first + columns.n[places]])
    sums = np.zeros((len(words), len(places)))
    opening = np.zeros((len(words), len(places)), dtype=bool)
    for own_sums, own_opening, word in zip(sums, opening, words, strict=True):
        postings = view.full_text.postings(word)
        begins, ends = np.searchsorted(postings.rows, bounds)
        held = np.flatnonzero(begins < ends)
        if len(held):
            begins, n = begins[held], (ends - begins)[held]
            own_opening[held] = postings.rows[begins] == first[held]
            starts = np.cumsum(n) - n  # of each article's run among all that are added up
            runs = np.repeat(begins - starts, n) + np.arange(n.sum())
            own_sums[held] = np.add.reduceat(postings.scores[runs], starts, dtype=np.float64)
    return Worded(sums, opening)
