"""A question -> ranked chunks, by a convex combination of dense and lexical scores.

Each side's scores are min-max-normalised over the candidates of that question and added with
fixed weights (Bruch et al. 2023, "An Analysis of Fusion Functions for Hybrid Retrieval"): better
than rank fusion on every set measured (docs/decisions.md). Knows nothing of answers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.embed import Embedder
from index.errors import LibraryError, MismatchError
from index.health import recover
from index.library import Library
from index.nearest import Nearest
from index.schema import Scope
from index.vectors import VectorStore
from rag.schema import Filters, Hit, Question
from rag.terms import content_words, words

N_CANDIDATES = 50  # from each side; past 50 nothing relevant was found on TIME or CLAPnq
DENSE_WEIGHT = 0.7  # of 1; the best of 0.5 to 0.9 on TIME, CLAPnq and XQuAD
CONTEXT_WEIGHT = 0.4  # of the question before, or around a part, in its vector and terms


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Chunks for a question, best first, with what later steps weigh sentences by.

    ``vector`` is the question's unit vector (dim,); ``weights`` gives each of its content words
    an inverse document frequency, higher for rarer, 0 for a word in every chunk.
    """

    hits: tuple[Hit, ...]
    vector: NDArray[np.float32]
    weights: dict[str, float]


class Retriever:
    """Searches one library. Safe to share between threads."""

    def __init__(self, library: Library, vectors: VectorStore, embedder: Embedder) -> None:
        self.library = library
        self._vectors = Nearest(library, vectors)
        self._embedder = embedder
        self._manifest = library.manifest
        self._generation = library.generation

    def retrieve(self, question: Question, *, top_k: int = N_CANDIDATES) -> Retrieved:
        """Return up to ``top_k`` chunks, best first."""
        self._follow_changes()
        scope = scope_of(question.filters, question.as_of)
        vector = self._vector(question)
        terms = content_words(question.standalone) or words(question.standalone)
        extra = [word for word in content_words(question.context) if word not in terms]
        dense = dict(self._nearest(vector, scope))
        lexical = dict(self.library.search_text([*terms, *extra], N_CANDIDATES, scope))
        fused = fuse(dense, lexical)
        ranked = sorted(fused, key=lambda i: (-fused[i], i))[:top_k]
        found = self.library.chunks(ranked)
        ready = self.library.articles(sorted({c.article_id for c in found.values()}))
        hits = [
            Hit(
                chunk_id=i,
                article_id=found[i].article_id,
                start=found[i].start,
                end=found[i].end,
                score=fused[i],
                dense=dense.get(i, math.nan),
                lexical=lexical.get(i, 0.0),
            )
            for i in ranked
            if i in found and found[i].article_id in ready
        ]
        return Retrieved(tuple(hits), vector, self._weights(terms, extra))

    def _vector(self, question: Question) -> NDArray[np.float32]:
        vector = self._embedder.embed_query(question.standalone)
        if question.context:
            vector = vector + CONTEXT_WEIGHT * self._embedder.embed_query(question.context)
        unit: NDArray[np.float32] = (vector / np.linalg.norm(vector)).astype(np.float32)
        return unit

    def _nearest(self, vector: NDArray[np.float32], scope: Scope) -> list[tuple[str, float]]:
        """Search the vectors, mended first where a run was stopped in the middle of them."""
        try:
            return self._vectors.nearest(vector, N_CANDIDATES, scope)
        except LibraryError:
            recover(self.library.folder)
            self._vectors.reopen()
            return self._vectors.nearest(vector, N_CANDIDATES, scope)

    def _weights(self, terms: Sequence[str], extra: Sequence[str]) -> dict[str, float]:
        n = self.library.n_chunks()
        weights = {w: idf(self.library.document_frequency(w), n) for w in (*terms, *extra)}
        return {w: v * (1.0 if w in terms else CONTEXT_WEIGHT) for w, v in weights.items()}

    def _follow_changes(self) -> None:
        """See what another process wrote since, or built in the library's place.

        Raises MismatchError when that was built with another model.
        """
        if self.library.is_replaced:
            self.library.reopen()
            if self.library.manifest != self._manifest:
                raise MismatchError(
                    f"The library was rebuilt with {self.library.manifest}; this process still "
                    f"asks with {self._manifest}. Start it again."
                )
            self._generation = -1
        if self.library.generation != self._generation:
            recover(self.library.folder)  # the run that wrote may have been stopped meanwhile
            generation = self.library.generation
            self._vectors.reopen()
            self._generation = generation


def scope_of(filters: Filters, as_of: str) -> Scope:
    """Return which articles may be seen: the filters, and nothing published after ``as_of``."""
    return Scope(
        date_from=filters.date_from,
        date_to=filters.date_to,
        until=as_of,
        sources=filters.sources,
        authors=filters.authors,
        languages=filters.languages,
        folders=filters.folders,
    )


def fuse(dense: dict[str, float], lexical: dict[str, float]) -> dict[str, float]:
    """Combine two score lists into one in [0, 1]; what one side did not find scores its least."""
    parts = ((DENSE_WEIGHT, _min_max(dense)), (1 - DENSE_WEIGHT, _min_max(lexical)))
    ids = {*dense, *lexical}
    return {i: sum(weight * scores.get(i, 0.0) for weight, scores in parts) for i in ids}


def _min_max(scores: dict[str, float]) -> dict[str, float]:
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    return {i: (s - low) / (high - low) if high > low else 1.0 for i, s in scores.items()}


def idf(n_with: int, n: int) -> float:
    """Return ln(1 + (N - n + 0.5) / (n + 0.5)), as BM25 has it (Robertson and Zaragoza 2009)."""
    return math.log(1 + (n - n_with + 0.5) / (n_with + 0.5))
