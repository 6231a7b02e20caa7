"""Ranked chunks -> the same, with what the best articles' sentences say read beside them.

An article may be about the question and not answer it. Of the few that rank best, the sentences
nearest to the question are read, and the chunks that they stand in move up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from index.library import Library
from index.schema import Article
from rag.pooling import Sought
from rag.ranking import from_least, sentence_nearness
from rag.schema import Hit

N_READ = 12  # articles whose sentences are read
N_SENTENCES = 6  # of each, the nearest by their vectors

Near = list[tuple[int, float]]
"""Where sentences begin, and how near they come to the question."""


def read(library: Library, sought: Sought, hits: Sequence[Hit], weight: float) -> list[Hit]:
    """Return hits, best first, each with ``weight`` times its ``sentence`` share on its score.

    The share is 1 for the chunk of the nearest sentence of all that are read, 0 for chunks that
    hold none, or one no nearer than the best of the article that has least to say.
    """
    best = list(dict.fromkeys(hit.article_id for hit in hits))[:N_READ]
    articles = library.articles(best)
    near = {i: _nearest(library, sought, article) for i, article in articles.items()}
    least = min((max(score for _, score in own) for own in near.values() if own), default=0.0)
    nearness = np.array([_within(hit, near.get(hit.article_id, []), least) for hit in hits])
    shares = from_least(nearness, least) if len(near) > 1 else np.zeros(len(hits))
    moved = [
        replace(hit, score=hit.score + weight * share, shares=replace(hit.shares, sentence=share))
        if share
        else hit
        for hit, share in zip(hits, shares.tolist(), strict=True)
    ]
    return sorted(moved, key=lambda hit: (-hit.score, hit.chunk_id))


def _nearest(library: Library, sought: Sought, article: Article) -> Near:
    """Return the nearest sentences of an article, by ``sentence_nearness``."""
    spans, vectors = library.sentences(article.id)
    cosines = vectors.astype(np.float32) @ sought.vector
    found = []
    for n in np.argsort(-cosines, kind="stable")[:N_SENTENCES].tolist():
        start, end = spans[n]
        text = article.text[start:end]
        near = sentence_nearness(float(cosines[n]), sought.coverage(text), text)
        found.append((start, near))
    return found


def _within(hit: Hit, near: Near, least: float) -> float:
    """Return the nearness of a chunk's best sentence, ``least`` where it holds none."""
    return max((score for start, score in near if hit.start <= start < hit.end), default=least)
