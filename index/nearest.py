"""The chunks nearest to a vector among those that a scope lets through, in any library size.

Chroma's own filter takes time that grows with the library and finds less the rarer what is let
through. Here the scope is resolved first, in memory: one that lets everything through costs
nothing, a few chunks are compared one by one, and of many the nearest of all are fetched and
checked. Knows nothing of words.
"""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from index.library import Library
from index.matrix import Matrix, Rows
from index.schema import Scope
from index.vectors import VectorStore
from index.view import View

# What a search of Chroma costs, in rows compared one by one in the same time: measured at 72,000.
ROWS_A_SEARCH = 14_000
ROWS_A_NEIGHBOUR = 40  # fetched and looked up
SPARE = 1.5  # times the neighbours that hold as many of the scope as are wanted, on average
BLOCK = 100_000  # rows compared at once: 77 MB
N_ROUGH = 200  # compared again in full precision, beside those asked for

Found = list[tuple[int, float]]


class Nearest:
    """Filtered search of one library's vectors. Safe to share between threads."""

    def __init__(self, library: Library, store: VectorStore) -> None:
        self._library = library
        self._store = store
        self._lock = threading.Lock()
        self._matrix: tuple[View, Matrix] | None = None

    def nearest(self, vector: NDArray[np.float32], n: int, scope: Scope) -> list[tuple[str, float]]:
        """Return up to ``n`` (chunk id, cosine) within the scope, best first, then by id.

        ``vector`` is (dim,), of unit length. Exact where the scope lets few chunks through.
        """
        view = self._library.view
        return named(view, self.nearest_rows(view, vector, n, scope))

    def nearest_rows(self, view: View, vector: NDArray[np.float32], n: int, scope: Scope) -> Found:
        """Return up to ``n`` (chunk row, cosine) within the scope, best first, as ``nearest``."""
        mask = view.columns.mask(scope)
        if mask is None:
            return self._of_all(view, vector, n)
        rows = np.flatnonzero(mask)
        if not len(rows) or n < 1:
            return []
        n_fetched = n + int(SPARE * n * view.columns.n_chunks / len(rows))
        if len(rows) > ROWS_A_SEARCH + ROWS_A_NEIGHBOUR * n_fetched:
            found = [(row, s) for row, s in self._of_all(view, vector, n_fetched) if mask[row]]
            if len(found) >= n:
                return found[:n]
        return self._exact(view, vector, n, rows)

    def reopen(self) -> None:
        """See what another process wrote."""
        self._store.reopen()

    def _of_all(self, view: View, vector: NDArray[np.float32], n: int) -> Found:
        """Return the nearest of all, without what was written since the view was made."""
        found = self._store.nearest(vector, n)
        rows = view.chunk_rows([chunk_id for chunk_id, _ in found])
        n_rows = view.columns.n_rows
        return [(rows[i], score) for i, score in found if rows.get(i, n_rows) < n_rows]

    def _exact(
        self, view: View, vector: NDArray[np.float32], n: int, rows: NDArray[np.int64]
    ) -> Found:
        matrix = self._rows_of(view)
        if not matrix.shape[1]:
            return []
        rough = np.concatenate(
            [dots(matrix[rows[at : at + BLOCK]], vector) for at in range(0, len(rows), BLOCK)]
        )
        n_again = min(len(rows), n + N_ROUGH)
        again = rows[np.argpartition(-rough, n_again - 1)[:n_again]]
        cosines = exact_cosines(matrix[again], vector)
        best = np.argsort(-cosines, kind="stable")[:n]
        return list(zip(again[best].tolist(), cosines[best].tolist(), strict=True))

    def _rows_of(self, view: View) -> Rows:
        with self._lock:
            if self._matrix is None or self._matrix[0] is not view:
                self._matrix = None  # the old file is let go of first
                self._matrix = (view, Matrix(self._library.folder, self._library.db, view.columns))
            return self._matrix[1].rows


def named(view: View, found: Found) -> list[tuple[str, float]]:
    """Return the ids of the chunks that still stand in the rows found, best first, then by id."""
    ids = view.chunk_ids([row for row, _ in found])
    pairs = [(ids[row], score) for row, score in found if row in ids]
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))


def dots(rows: Rows, vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return rows @ vector to three digits, (n_rows,): fast, for finding candidates.

    Torch multiplies float16 five times as fast as NumPy does.
    """
    import torch

    product = torch.from_numpy(rows) @ torch.from_numpy(vector).half()
    return product.float().numpy()


def exact_cosines(rows: Rows, vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the cosines of rows to a unit vector, (n_rows,), in full precision."""
    exact = rows.astype(np.float32)
    norms = np.maximum(np.linalg.norm(exact, axis=1), 1e-9)
    cosines: NDArray[np.float32] = (exact @ vector) / norms
    return cosines
