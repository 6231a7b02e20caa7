"""A question -> ranked chunks: both searches, then what is known of the articles that they found.

Dense and lexical search each give their best chunks, and ``rag.pooling`` makes one order of them.
Near copies stand behind the best of them. Knows nothing of answers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from index.copies import groups_of
from index.embed import Embedder
from index.errors import LibraryError, MismatchError
from index.health import recover
from index.library import Library
from index.nearest import Nearest
from index.schema import Scope
from index.vectors import VectorStore
from index.view import View
from rag.dating import wanted_days
from rag.listing import one_of_each, spread
from rag.pooling import Sought, Vector, pooled, ranked
from rag.ranking import ORDINARY, Ranking
from rag.reading import read
from rag.rerank import Reranker, reranked
from rag.schema import Filters, Hit, Question
from rag.terms import content_words, words

N_POOL = 200  # chunks from each side: an old subject has that many before those of this week
N_HITS = 50  # chunks returned
CONTEXT_WEIGHT = 0.4  # of the question before, or around a part, in its vector and terms

Scored = dict[int, float]
"""Chunk rows with a score."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Chunks for a question, best first, with what later steps weigh sentences by.

    ``vector`` is the question's unit vector (dim,); ``weights`` gives each of its content words
    an inverse document frequency, higher for rarer, 0 for a word in every chunk. ``n_chunks`` is
    how many were searched: those that the question's limits let through.
    """

    hits: tuple[Hit, ...]
    vector: Vector
    weights: dict[str, float]
    n_chunks: int


class Retriever:
    """Searches one library. Safe to share between threads."""

    def __init__(
        self,
        library: Library,
        vectors: VectorStore,
        embedder: Embedder,
        ranking: Ranking = ORDINARY,
        reranker: Reranker | None = None,
    ) -> None:
        self.library = library
        self._vectors = Nearest(library, vectors)
        self._embedder = embedder
        self._ranking = ranking
        self._reranker = reranker
        self._manifest = library.manifest
        self._generation = library.generation

    def retrieve(self, question: Question, *, top_k: int = N_HITS) -> Retrieved:
        """Return up to ``top_k`` chunks, best first."""
        self._follow_changes()
        view = self.library.view
        sought = self._sought(view, question)
        scope = scope_of(question.filters, question.as_of)
        found = self._found(view, sought, scope)
        pool = pooled(view, sought, *found, self._ranking)
        hits, outlets = ranked(view, self.library.db, sought, pool, self._ranking)
        if weight := sought.weighs(self._ranking)["sentence"]:
            hits = read(self.library, sought, hits, weight)
        if self._reranker is not None:
            hits = reranked(self._reranker, self.library, question.standalone, hits)
        if self._ranking.grouped:
            hits = one_of_each(hits, groups_of(self.library.db, sorted(outlets)), outlets)
        hits = spread(hits, self._ranking.most_of_one, top_k)
        weights = dict(zip(sought.words, sought.weights.tolist(), strict=True))
        return Retrieved(tuple(hits), sought.vector, weights, view.columns.count(scope))

    # What is asked

    def _sought(self, view: View, question: Question) -> Sought:
        terms = content_words(question.standalone) or words(question.standalone)
        extra = [word for word in content_words(question.context) if word not in terms]
        every = list(dict.fromkeys((*terms, *extra)))
        n = view.columns.n_chunks
        found = [idf(len(view.full_text.postings(word).rows), n) for word in every]
        share = [1.0 if word in terms else CONTEXT_WEIGHT for word in every]
        return Sought(
            vector=self._vector(question),
            words=every,
            idfs=np.array(found),
            weights=np.array(found) * np.array(share),
            days=wanted_days(question),
            prefers=question.prefers,
        )

    def _vector(self, question: Question) -> Vector:
        vector = self._embedder.embed_query(question.standalone)
        if question.context:
            vector = vector + CONTEXT_WEIGHT * self._embedder.embed_query(question.context)
        unit: Vector = (vector / np.linalg.norm(vector)).astype(np.float32)
        return unit

    # What is found

    def _found(self, view: View, sought: Sought, scope: Scope) -> tuple[Scored, Scored]:
        """Return what dense and lexical search find: chunk row -> cosine, and BM25.

        What lies near the wanted days is searched apart: a subject of years has its whole share
        of the pool filled before what the days want.
        """
        scopes = [scope]
        if self._ranking.date and (wanted := sought.days.narrowed(scope)) is not None:
            scopes.append(wanted)
        dense: Scored = {}
        lexical: Scored = {}
        for each in scopes:
            dense |= self._nearest(view, sought.vector, each)
            lexical |= view.search_rows(sought.words, N_POOL, each)
        return dense, lexical

    def _nearest(self, view: View, vector: Vector, scope: Scope) -> list[tuple[int, float]]:
        """Search the vectors, mended first where a run was stopped in the middle of them."""
        try:
            return self._vectors.nearest_rows(view, vector, N_POOL, scope)
        except LibraryError:
            recover(self.library.folder)
            self._vectors.reopen()
            return self._vectors.nearest_rows(view, vector, N_POOL, scope)

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


def idf(n_with: int, n: int) -> float:
    """Return ln(1 + (N - n + 0.5) / (n + 0.5)), as BM25 has it (Robertson and Zaragoza 2009)."""
    return math.log(1 + (n - n_with + 0.5) / (n_with + 0.5))
