"""A question -> ranked chunks: both searches, then what is known of the articles that they found.

Dense and lexical search each give their best chunks. The articles of the best of these are looked
at as a whole (``index.candidates``), and ``rag.ranking`` makes one order of it all. Near copies
stand behind the best of them. Knows nothing of answers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.candidates import Head, chunk_vectors, heads, worded
from index.copies import groups_of
from index.embed import Embedder
from index.errors import LibraryError, MismatchError
from index.health import recover
from index.library import Library
from index.nearest import Nearest
from index.schema import Chunk, Scope
from index.vectors import VectorStore
from rag.dating import Wanted, wanted_days
from rag.listing import one_of_each, spread
from rag.ranking import (
    ORDINARY,
    Ranking,
    Shares,
    article_shares,
    from_least,
    min_max,
    of_best,
    opening_share,
)
from rag.rerank import Reranker, reranked
from rag.schema import Filters, Hit, Preference, Question
from rag.terms import content_words, words

N_POOL = 200  # chunks from each side: an old subject has that many before those of this week
N_ARTICLES = 60  # articles looked at as a whole
N_HITS = 50  # chunks returned
CONTEXT_WEIGHT = 0.4  # of the question before, or around a part, in its vector and terms

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Chunks for a question, best first, with what later steps weigh sentences by.

    ``vector`` is the question's unit vector (dim,); ``weights`` gives each of its content words
    an inverse document frequency, higher for rarer, 0 for a word in every chunk.
    """

    hits: tuple[Hit, ...]
    vector: Vector
    weights: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a question is searched and ranked by."""

    vector: Vector
    idfs: dict[str, float]
    weights: dict[str, float]  # idfs, less for words of the context
    days: Wanted
    prefers: Preference


@dataclass(frozen=True, slots=True)
class _Pool:
    """What both searches came to: chunk id -> cosine, and BM25; and those chunks and articles."""

    dense: dict[str, float]
    lexical: dict[str, float]
    chunks: dict[str, Chunk]
    heads: dict[str, Head]


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
        terms = content_words(question.standalone) or words(question.standalone)
        extra = [word for word in content_words(question.context) if word not in terms]
        idfs = self._idfs((*terms, *extra))
        asked = _Asked(
            vector=self._vector(question),
            idfs=idfs,
            weights={w: v * (1 if w in terms else CONTEXT_WEIGHT) for w, v in idfs.items()},
            days=wanted_days(question),
            prefers=question.prefers,
        )
        pool = self._pool(asked, scope_of(question.filters, question.as_of))
        hits = self._ranked(asked, pool)
        if self._reranker is not None:
            hits = reranked(self._reranker, self.library, question.standalone, hits)
        if self._ranking.grouped:
            found = sorted({hit.article_id for hit in hits})
            outlets = {i: head.source for i, head in pool.heads.items()}
            hits = one_of_each(hits, groups_of(self.library.db, found), outlets)
        hits = spread(hits, self._ranking.most_of_one, top_k)
        return Retrieved(tuple(hits), asked.vector, asked.weights)

    # What is asked

    def _vector(self, question: Question) -> Vector:
        vector = self._embedder.embed_query(question.standalone)
        if question.context:
            vector = vector + CONTEXT_WEIGHT * self._embedder.embed_query(question.context)
        unit: Vector = (vector / np.linalg.norm(vector)).astype(np.float32)
        return unit

    def _nearest(self, vector: Vector, scope: Scope) -> list[tuple[str, float]]:
        """Search the vectors, mended first where a run was stopped in the middle of them."""
        try:
            return self._vectors.nearest(vector, N_POOL, scope)
        except LibraryError:
            recover(self.library.folder)
            self._vectors.reopen()
            return self._vectors.nearest(vector, N_POOL, scope)

    def _idfs(self, asked: Sequence[str]) -> dict[str, float]:
        n = self.library.n_chunks()
        return {word: idf(self.library.document_frequency(word), n) for word in asked}

    # What is found

    def _pool(self, asked: _Asked, scope: Scope) -> _Pool:
        """Search both ways, and keep the chunks of the N_ARTICLES best articles."""
        dense, lexical = self._found(asked, scope)
        # A subject of years has its whole share of the pool filled before what the days want.
        if self._ranking.date and (wanted := asked.days.narrowed(scope)) is not None:
            of_days = self._found(asked, wanted)
            dense, lexical = of_days[0] | dense, of_days[1] | lexical
        chunks = self.library.chunks(sorted({*dense, *lexical}))
        found = heads(self.library.db, sorted({c.article_id for c in chunks.values()}))
        near, words_held = min_max(dense), of_best(lexical)
        best: dict[str, float] = {}
        for i, chunk in chunks.items():
            if (head := found.get(chunk.article_id)) is not None:
                shares = Shares(
                    dense=near.get(i, 0.0),
                    lexical=words_held.get(i, 0.0),
                    date=asked.days.score(head.published),
                )
                best[head.id] = max(best.get(head.id, 0.0), self._score(asked, shares))
        kept = sorted(best, key=lambda i: (-best[i], i))[:N_ARTICLES]
        return _Pool(
            dense,
            lexical,
            {i: chunk for i, chunk in chunks.items() if chunk.article_id in kept},
            {i: found[i] for i in kept},
        )

    def _found(self, asked: _Asked, scope: Scope) -> tuple[dict[str, float], dict[str, float]]:
        """Return what dense and lexical search find within a scope, by chunk id."""
        dense = dict(self._nearest(asked.vector, scope))
        return dense, dict(self.library.search_text(list(asked.weights), N_POOL, scope))

    def _ranked(self, asked: _Asked, pool: _Pool) -> list[Hit]:
        """Return the pool's chunks, best first."""
        vectors = chunk_vectors(self.library.db, list(pool.heads))
        whole = self._of_articles(asked, pool.heads, vectors)
        # A chunk that only the lexical side found has its cosine too: its vector is in the ledger.
        # Where an article changed meanwhile, its chunk may be there no more.
        chunks = {
            i: chunk
            for i, chunk in pool.chunks.items()
            if chunk.n < len(vectors.get(chunk.article_id, ()))
        }
        cosines = {
            i: float(vectors[chunk.article_id][chunk.n] @ asked.vector)
            for i, chunk in chunks.items()
        }
        near = from_least(cosines, min(pool.dense.values(), default=0.0))
        words_held = of_best(pool.lexical)
        hits = []
        for i, chunk in chunks.items():
            shares = whole[chunk.article_id].of_chunk(near[i], words_held.get(i, 0.0))
            hits.append(
                Hit(
                    chunk_id=i,
                    article_id=chunk.article_id,
                    start=chunk.start,
                    end=chunk.end,
                    score=self._score(asked, shares),
                    dense=cosines[i],
                    lexical=pool.lexical.get(i, 0.0),
                    shares=shares,
                )
            )
        hits.sort(key=lambda hit: (-hit.score, hit.chunk_id))
        return hits

    def _of_articles(
        self, asked: _Asked, found: Mapping[str, Head], vectors: Mapping[str, Vector]
    ) -> dict[str, Shares]:
        """Return the shares that all chunks of an article have alike."""
        weights, columns = asked.weights, self.library.view.columns
        words_at = worded(self.library, list(weights), list(vectors))
        mean = columns.n_chunks / max(1, len(columns.ids))
        sizes = {i: len(vectors[i]) / mean for i in vectors}
        whole = article_shares(words_at, asked.idfs, weights, sizes)
        centre = min_max({i: _cosine(vectors[i].mean(axis=0), asked.vector) for i in vectors})
        return {
            i: Shares(
                article=whole[i],
                # Without a headline the opening need not say what the text is about.
                lead=opening_share(words_at, weights, i) if found[i].title else whole[i],
                centre=centre[i],
                date=asked.days.score(found[i].published),
                prefers=float(_is_preferred(asked.prefers, found[i])),
            )
            for i in vectors
        }

    def _score(self, asked: _Asked, shares: Shares) -> float:
        return self._ranking.score(
            shares,
            date_strength=asked.days.strength,
            prefers_any=bool(asked.prefers.sources or asked.prefers.authors),
        )

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


def _cosine(vector: Vector, unit: Vector) -> float:
    return float(vector @ unit) / (float(np.linalg.norm(vector)) or 1.0)


def _is_preferred(prefers: Preference, head: Head) -> bool:
    return head.source in prefers.sources or not set(prefers.authors).isdisjoint(head.authors)
