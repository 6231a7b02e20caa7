"""Scores of several kinds -> one order of chunks: which weights, and what each score is.

A chunk's score is a convex combination of shares in [0, 1] (Bruch et al. 2023, "An Analysis of
Fusion Functions for Hybrid Retrieval", found it better than rank fusion, as we did):

dense    cosine of the chunk, min-max over the chunks that the search came to
lexical  BM25 of the chunk over the best one's
article  BM25 of the whole article over the best one's; see ``article_shares``
lead     share of the question's word weight in the title and the first chunk; of an article
         without a title, what ``article`` says
title    share of the question's word weight in the title, min-max over the articles; the mean
         of them for an article without one
sentence nearness of the chunk's best sentence, of the articles that rank best without it: see
         ``rag.reading``
centre   cosine of the mean of the article's chunks, min-max over the articles
date     how well its day fits, see ``rag.dating``
prefers  1 where the question asks to hear its outlet or author

``dense``, ``lexical`` and ``sentence`` say which passage, the others which article. Pure functions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from index.candidates import Worded
from rag.terms import asks

Scores = NDArray[np.float64]

ASKS_PENALTY = 0.3  # for a sentence that is a question itself, beside a cosine of weight 1
COVERAGE_WEIGHT = 0.45  # of the question's words in a sentence, beside a cosine of weight 1
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
    title: float = 0.0
    sentence: float = 0.0


NO_SHARES = Shares()
SHARES = tuple(field.name for field in fields(Shares))


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
    title: float = 0.2
    sentence: float = 0.15
    grouped: bool = True  # near copies stand behind the best of them and take no place
    most_of_one: int = 4  # chunks of one article, as long as there are others to show

    def weights(self, *, date_strength: float, prefers_any: bool) -> dict[str, float]:
        """Return the weight of each share by name; their sum is 1, or 0 where none counts."""
        weights = {name: getattr(self, name) for name in SHARES}
        weights["date"] *= date_strength
        weights["prefers"] *= prefers_any
        total = sum(weights.values()) or 1.0
        return {name: weight / total for name, weight in weights.items()}


ORDINARY = Ranking()


def sentence_nearness(cosine: float, coverage: float, sentence: str) -> float:
    """Return how near a sentence is to a question, higher for nearer, in [-1.3, 1.45].

    ``coverage`` is the share of the question's word weight that it holds. A sentence that asks is
    no answer, and the nearest of all where an article asks the same.
    """
    return cosine + COVERAGE_WEIGHT * coverage - (ASKS_PENALTY if asks(sentence) else 0.0)


def weighted(shares: Mapping[str, Scores], weights: Mapping[str, float]) -> Scores:
    """Return the weighted sum of chunks' shares by name, (n_chunks,) each; at least one of them."""
    terms = [weights[name] * own for name, own in shares.items()]
    total: Scores = np.sum(terms, axis=0)
    return total


def min_max(scores: Scores) -> Scores:
    """Return scores stretched over [0, 1]; all 1 where they are alike."""
    return from_least(scores, float(scores.min(initial=np.inf)))


def of_best(scores: Scores) -> Scores:
    """Return scores as shares of the best one; all 0 where none is above 0."""
    shares: Scores = np.maximum(0.0, scores) / (scores.max(initial=0.0) or 1.0)
    return shares


def from_least(scores: Scores, least: float) -> Scores:
    """Return scores stretched over [0, 1] from ``least`` to the best; below it 0.

    All 1 where none is above it.
    """
    high = scores.max(initial=least)
    if not high > least:
        return np.ones_like(scores)
    shares: Scores = np.maximum(0.0, (scores - least) / (high - least))
    return shares


def article_shares(worded: Worded, idfs: Scores, weights: Scores, sizes: Scores) -> Scores:
    """Return each article's BM25 as a share of the best one's; ``weights`` stand in for its idf.

    The sum of an article's chunks' BM25 for a word, divided by the word's idf, stands for the term
    frequency of BM25 (Robertson and Zaragoza 2009); each chunk has levelled it off already.

    Args:
        worded: where the words stand in the articles.
        idfs: of each word, (n_words,).
        weights: of each word, (n_words,).
        sizes: numbers of chunks over the library's mean, (n_articles,).
    """
    telling = idfs > 0
    often = worded.sums[telling] / idfs[telling, None]
    length = K1 * (1 - B + B * sizes)
    held = weights[telling, None] * often * (K1 + 1) / (often + length)
    return of_best(held.sum(axis=0))


def opening_shares(worded: Worded, weights: Scores) -> Scores:
    """Return the share of the question's word weight that each title and first chunk hold."""
    return (weights @ worded.opening) / (weights.sum() or 1.0)
