"""``python -m index.vector_check FOLDER``: compares a library's vector store with its ledger.

Prints one JSON list of what is wrong, in words. Run in a process of its own, because Chroma may
crash on a broken index.
"""

from __future__ import annotations

import json
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.errors import DatelineError
from index.library import Library
from index.vectors import VectorStore

MIN_COSINE = 0.99  # to the ledger's vector of the same chunk
N_NEIGHBOURS = 10  # a chunk that is not among the nearest to its own vector is looked for again
N_WIDER = 200  # and cannot be found where these do not hold it: templates fill the first ten
MAX_LOST = 0.001  # of the chunks probed: fewer are gaps of the graph, which every graph has
PAGE = 500
MAX_PROBED = 20_000  # chunks searched for by their own vector; evenly over a larger library


def check(library: Library, store: VectorStore) -> list[str]:
    """Return what the store lacks, has too much, has wrong, or cannot find."""
    ours = set(library.chunk_ids(library.ids()))
    known = _vectors(library)
    theirs: set[str] = set()
    n_wrong = 0
    for ids, vectors in store.stored():
        theirs.update(ids)
        rows = [(known[i], vector) for i, vector in zip(ids, vectors, strict=True) if i in known]
        n_wrong += sum(not _same(own, vector) for own, vector in rows)
    lines = []
    if ours - theirs:
        lines.append(f"{len(ours - theirs)} of {len(ours)} chunks have no vector")
    if theirs - ours:
        lines.append(f"{len(theirs - ours)} vectors belong to no article")
    if n_wrong:
        lines.append(f"{n_wrong} vectors are not those of their chunks")
    n_lost, n_probed = _unreachable(store, {i: known[i] for i in sorted(ours & theirs)})
    if n_lost > MAX_LOST * n_probed:
        lines.append(f"{n_lost} of {n_probed} chunks are not found by their own vector")
    return lines


def _vectors(library: Library) -> dict[str, NDArray[np.float16]]:
    ids = library.ids()
    return {
        chunk.id: vector
        for at in range(0, len(ids), PAGE)
        for entry in library.entries(ids[at : at + PAGE])
        for chunk, vector in zip(entry.chunks, entry.chunk_vectors, strict=True)
    }


def _same(own: NDArray[np.float16], stored: NDArray[np.float32]) -> bool:
    return own.shape == stored.shape and float(own.astype(np.float32) @ stored) > MIN_COSINE


def _unreachable(store: VectorStore, known: dict[str, NDArray[np.float16]]) -> tuple[int, int]:
    """Return how many chunks their own vectors do not find, and how many were tried.

    Copies of a text share a vector: a chunk that is crowded out by its like is not lost.
    """
    ids = list(known)[:: max(1, len(known) // MAX_PROBED)]
    lost = _not_found(store, known, ids, N_NEIGHBOURS)
    return len(_not_found(store, known, lost, N_WIDER)), len(ids)


def _not_found(
    store: VectorStore, known: dict[str, NDArray[np.float16]], ids: list[str], n: int
) -> list[str]:
    """Return which of the chunks are not among the ``n`` nearest to their own vectors."""
    lost = []
    for at in range(0, len(ids), PAGE):
        page = ids[at : at + PAGE]
        rows = np.stack([known[i] for i in page]).astype(np.float32)
        for i, row, near in zip(page, rows, store.nearest_ids(rows, n), strict=True):
            best = known.get(near[0]) if near else None
            if i not in near and (best is None or not _same(best, row)):
                lost.append(i)
    return lost


def main(folder: Path) -> None:
    """Print what is wrong with the vectors of a library folder."""
    try:
        with closing(Library(folder)) as library:
            store = VectorStore(folder)
            lines = check(library, store)
            store.close()
    except DatelineError as exc:
        lines = [str(exc)]
    sys.stdout.write(json.dumps(lines) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
