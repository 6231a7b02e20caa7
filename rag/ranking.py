"""Scores of several kinds -> one order of chunks: which weights, and what each score is.

A chunk's score is a convex combination of shares in [0, 1] (Bruch et al. 2023, "An Analysis of
Fusion Functions for Hybrid Retrieval", found it better than rank fusion, as we did):

dense    cosine of the chunk, min-max over the chunks that the search came to
lexical  BM25 of the chunk over the best one's
article  BM25 of the whole article over the best one's; see ``article_shares``
lead     share of the question's word weight in the title and the first chunk; of an article
         without a title, what ``article`` says
centre   cosine of the mean of the article's chunks, min-max over the articles
date     how well its day fits, see ``rag.dating``
prefers  1 where the question asks to hear its outlet or author

The first two say which passage, the others which article. Pure functions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from index.candidates import Worded

K1 = 3.0  # of an article's BM25: later, because each chunk's own BM25 levels off before
B = 0.9


@dataclass(frozen=True, slots=True)
class Shares:
    """A chunk's shares, each in [0, 1], higher is better."""

    dense: float = 0.0
    lexical: float = 0.0
    article: float = 0.0
    lead: float = 0.0
    centre: float = 0.0
    date: float = 0.0
    prefers: float = 0.0

    def of_chunk(self, dense: float, lexical: float) -> Shares:
        """Return an article's shares with those of one of its chunks."""
        # Named one by one: ``replace`` takes four times as long, some 400 times a question.
        return Shares(dense, lexical, self.article, self.lead, self.centre, self.date, self.prefers)


NO_SHARES = Shares()


@dataclass(frozen=True, slots=True)
class Why:
    """Why citation ``n`` was found: its sentence, and the passage that it stands in.

    ``dense`` is the sentence's cosine to the question in [-1, 1], ``coverage`` the share of the
    question's word weight that it holds in [0, 1]; ``passage`` is what the passage's score in
    [0, 1] is made of. Higher is better throughout.
    """

    n: int
    dense: float
    coverage: float
    score: float
    passage: Shares


@dataclass(frozen=True, slots=True)
class Ranking:
    """How chunks are ranked: the weight of each share, 0 to leave it out.

    Fitted on the development sets; docs/decisions.md has the figures. They are relative to one
    another: what a question does not ask about (a day, an outlet) takes no part.
    """

    dense: float = 0.13
    lexical: float = 0.16
    article: float = 0.17
    lead: float = 0.26
    centre: float = 0.27
    date: float = 0.38
    prefers: float = 0.2
    grouped: bool = True  # near copies stand behind the best of them and take no place
    most_of_one: int = 4  # chunks of one article, as long as there are others to show

    def score(self, shares: Shares, *, date_strength: float, prefers_any: bool) -> float:
        """Return the weighted mean of the shares, in [0, 1]."""
        date = self.date * date_strength
        prefers = self.prefers * prefers_any
        total = self.dense + self.lexical + self.article + self.lead + self.centre + date + prefers
        return (
            self.dense * shares.dense
            + self.lexical * shares.lexical
            + self.article * shares.article
            + self.lead * shares.lead
            + self.centre * shares.centre
            + date * shares.date
            + prefers * shares.prefers
        ) / (total or 1.0)


ORDINARY = Ranking()


def min_max(scores: Mapping[str, float]) -> dict[str, float]:
    """Return scores stretched over [0, 1]; all 1 where they are alike."""
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    return {i: (s - low) / (high - low) if high > low else 1.0 for i, s in scores.items()}


def of_best(scores: Mapping[str, float]) -> dict[str, float]:
    """Return scores as shares of the best one; all 0 where none is above 0."""
    best = max(scores.values(), default=0.0)
    return {i: max(0.0, s) / best if best > 0 else 0.0 for i, s in scores.items()}


def from_least(scores: Mapping[str, float], least: float) -> dict[str, float]:
    """Return scores stretched over [0, 1] from ``least`` to the best; below it 0."""
    high = max(scores.values(), default=least)
    if high <= least:
        return dict.fromkeys(scores, 1.0)
    return {i: max(0.0, (s - least) / (high - least)) for i, s in scores.items()}


def article_shares(
    found: Mapping[str, Worded],
    idfs: Mapping[str, float],
    weights: Mapping[str, float],
    sizes: Mapping[str, float],
) -> dict[str, float]:
    """Return each article's BM25 as a share of the best one's; ``weights`` stand in for its idf.

    The sum of an article's chunks' BM25 for a word, divided by the word's idf, stands for the term
    frequency of BM25 (Robertson and Zaragoza 2009); each chunk has levelled it off already.
    ``sizes`` are numbers of chunks over the library's mean, by article.
    """
    scores = dict.fromkeys(sizes, 0.0)
    for word, where in found.items():
        for article_id, score in where.sums.items():
            if article_id in scores and idfs[word] > 0:
                often = score / idfs[word]
                length = K1 * (1 - B + B * sizes[article_id])
                scores[article_id] += weights[word] * often * (K1 + 1) / (often + length)
    return of_best(scores)


def opening_share(
    found: Mapping[str, Worded], weights: Mapping[str, float], article_id: str
) -> float:
    """Return the share of the question's word weight that title and first chunk hold."""
    total = sum(weights.values())
    held = sum(weights[word] for word, where in found.items() if article_id in where.opening)
    return held / total if total else 0.0
