"""What the searches came to -> ranked chunks: what is known of each chunk, and of its article.

The chunks that dense and lexical search give are a pool. The articles of the best of them are
looked at as a whole (``index.candidates``), and ``rag.ranking`` makes one order of it all, in
arrays: a pool has some hundred chunks, and every question waits for it. Knows nothing of how
chunks are searched for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from index.candidates import chunk_vectors, joined, worded
from index.database import Database
from index.view import View
from rag.dating import Wanted
from rag.ranking import (
    SHARES,
    Ranking,
    Scores,
    Shares,
    article_shares,
    from_least,
    min_max,
    of_best,
    opening_shares,
    weighted,
)
from rag.schema import Hit, Preference
from rag.terms import holder, stem_weights

N_ARTICLES = 60  # articles looked at as a whole

Vector = NDArray[np.float32]
Rows = NDArray[np.int64]
"""Rows of chunks in the ledger."""
Places = NDArray[np.int64]
"""Places of articles in the view's columns."""
Found = Mapping[int, float]
"""What a search gave: chunk row -> cosine or BM25."""


@dataclass(frozen=True)
class Sought:
    """What a question is searched and ranked by; ``idfs`` and ``weights`` are (n_words,)."""

    vector: Vector
    words: list[str]
    idfs: Scores
    weights: Scores  # idfs, less for words of the context
    days: Wanted
    prefers: Preference

    def coverage(self, text: str) -> float:
        """Return the share of the question's word weight that a text holds, in [0, 1]."""
        weights, held = self._stems
        return sum(weights[word] for word in held(text)) / (sum(weights.values()) or 1.0)

    @cached_property
    def _stems(self) -> tuple[dict[str, float], Callable[[str], frozenset[str]]]:
        weights = stem_weights(dict(zip(self.words, self.weights.tolist(), strict=True)))
        return weights, holder(weights)

    def weighs(self, ranking: Ranking) -> dict[str, float]:
        """Return the weight of each share: only what this question asks about takes part."""
        return ranking.weights(
            date_strength=self.days.strength,
            prefers_any=bool(self.prefers.sources or self.prefers.authors),
        )


@dataclass(frozen=True, slots=True)
class Pool:
    """Chunks that a search came to, (n_chunks,) each, of the articles that may be best."""

    rows: Rows
    of: Places  # each chunk's article
    bm25: Scores
    lexical: Scores  # its share of the best
    least_cosine: float  # that dense search gave
    articles: Places  # ascending


def pooled(view: View, sought: Sought, dense: Found, lexical: Found, ranking: Ranking) -> Pool:
    """Keep the chunks found that are in the N_ARTICLES best articles."""
    rows = np.array(sorted({*dense, *lexical}), dtype=np.int64)
    # What was written since the view was made is for the next question.
    rows = rows[rows < view.columns.n_rows]
    rows = rows[view.columns.article[rows] >= 0]
    articles, at = np.unique(view.columns.article[rows].astype(np.int64), return_inverse=True)
    words_held = _at_rows(lexical, of_best, rows)
    shares = {
        "dense": _at_rows(dense, min_max, rows),
        "lexical": words_held,
        "date": _dates(view, sought.days, articles)[at],
    }
    best = _best_of(weighted(shares, sought.weighs(ranking)), at, len(articles))
    ids = [view.columns.ids[place] for place in articles]
    order = sorted(range(len(ids)), key=lambda i: (-best[i], ids[i]))[:N_ARTICLES]
    kept = np.isin(at, order)
    return Pool(
        rows=rows[kept],
        of=articles[at[kept]],
        bm25=_at_rows(lexical, np.asarray, rows[kept]),
        lexical=words_held[kept],
        least_cosine=min(dense.values(), default=0.0),
        articles=articles[sorted(order)],
    )


def ranked(
    view: View, db: Database, sought: Sought, pool: Pool, ranking: Ranking
) -> tuple[list[Hit], dict[str, str]]:
    """Return a pool's chunks, best first, and the outlets of their articles by id."""
    columns = view.columns
    ids = [columns.ids[place] for place in pool.articles]
    found = chunk_vectors(db, ids, len(sought.vector))
    # One that was changed meanwhile may have other chunks: the next question sees it.
    n = np.array([len(found.get(i, ())) for i in ids], dtype=np.int64)
    articles = pool.articles[n == columns.n[pool.articles]]
    if not len(articles):
        return [], {}
    vectors, sums = joined([found[columns.ids[place]] for place in articles])
    kept = np.isin(pool.of, articles)
    rows, at = pool.rows[kept], np.searchsorted(articles, pool.of[kept])
    starts = np.cumsum(columns.n[articles]) - columns.n[articles]
    # What only lexical search found has its cosine too: its vector is in the ledger.
    cosines = (vectors @ sought.vector)[starts[at] + rows - columns.first[articles[at]]]
    of_articles = _article_shares(view, sought, articles, sums)
    shares = {name: own[at] for name, own in of_articles.items()}
    shares["dense"] = from_least(cosines.astype(np.float64), pool.least_cosine)
    shares["lexical"] = pool.lexical[kept]
    scores = weighted(shares, sought.weighs(ranking))
    hits = _hits(view, rows, scores, cosines, pool.bm25[kept], shares)
    outlets = {columns.ids[place]: columns.sources[place] for place in articles}
    # A row may have come to hold a chunk of another article since.
    return [hit for hit in hits if hit.article_id in outlets], outlets


def _article_shares(
    view: View, sought: Sought, articles: Places, sums: Vector
) -> dict[str, Scores]:
    """Return the shares that all chunks of an article have alike, (n_articles,) each.

    ``sums``, (n_articles, dim), are of the vectors of their chunks.
    """
    columns = view.columns
    words_at = worded(view, sought.words, articles)
    sizes = columns.n[articles] / (columns.n_chunks / max(1, len(columns.ids)))
    whole = article_shares(words_at, sought.idfs, sought.weights, sizes)
    opening = opening_shares(words_at, sought.weights)
    titles = [columns.titles[place] for place in articles]
    lengths = np.linalg.norm(sums, axis=1)
    return {
        "article": whole,
        # Without a headline the opening need not say what the text is about.
        "lead": np.where([bool(title) for title in titles], opening, whole),
        "title": _title_shares(sought, titles),
        "centre": min_max((sums @ sought.vector) / np.where(lengths > 0, lengths, 1.0)),
        "date": _dates(view, sought.days, articles),
        "prefers": _preferred(view, sought.prefers, articles),
    }


def _title_shares(sought: Sought, titles: Sequence[str]) -> Scores:
    """Return the share of the question's word weight that each title holds, min-max.

    No title speaks neither for an article nor against it: it counts as the mean one.
    """
    found = np.array([sought.coverage(title) for title in titles])
    titled = np.array([bool(title) for title in titles])
    if not titled.any():
        return np.zeros(len(titles))
    found[~titled] = found[titled].mean()
    return min_max(found)


def _best_of(scores: Scores, at: Places, n: int) -> Scores:
    """Return the best score of each article's chunks, (n,); ``at`` tells each chunk's article."""
    best = np.zeros(n)
    np.maximum.at(best, at, scores)
    return best


def _hits(
    view: View,
    rows: Rows,
    scores: Scores,
    cosines: Vector,
    bm25: Scores,
    shares: Mapping[str, Scores],
) -> list[Hit]:
    """Return the chunks that still stand in these rows, best first."""
    spans = view.spans(rows.tolist())
    nothing = np.zeros(len(rows))
    each = zip(*(shares.get(name, nothing).tolist() for name in SHARES), strict=True)
    hits = [
        Hit(*spans[row], score, cosine, words_held, Shares(*own))
        for row, score, cosine, words_held, own in zip(
            rows.tolist(), scores.tolist(), cosines.tolist(), bm25.tolist(), each, strict=True
        )
        if row in spans
    ]
    return sorted(hits, key=lambda hit: (-hit.score, hit.chunk_id))


def _at_rows(found: Found, stretched: Callable[[Scores], Scores], rows: Rows) -> Scores:
    """Return the stretched scores of what a search found, at rows; 0 where it found nothing."""
    values = stretched(np.array(list(found.values()), dtype=np.float64))
    by_row = dict(zip(found, values.tolist(), strict=True))
    return np.array([by_row.get(row, 0.0) for row in rows.tolist()], dtype=np.float64)


def _dates(view: View, days: Wanted, articles: Places) -> Scores:
    """Return how well each article's day fits what is wanted."""
    published = [view.columns.published[place] for place in articles]
    known = {day: days.score(day) for day in set(published)}
    return np.array([known[day] for day in published], dtype=np.float64)


def _preferred(view: View, prefers: Preference, articles: Places) -> Scores:
    """Return 1 for each article whose outlet or author the question asks to hear."""
    authors = {name.lower() for name in prefers.authors}
    columns = view.columns
    wanted = [
        columns.sources[place] in prefers.sources or not authors.isdisjoint(columns.authors(place))
        for place in articles
    ]
    return np.array(wanted, dtype=np.float64)
