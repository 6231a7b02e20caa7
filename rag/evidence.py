"""Ranked chunks -> the sentences that may answer, best first.

Every sentence of the best chunks is scored by its own vector, made when the article was indexed,
by the question's words it holds, and by how well its chunk was ranked. Knows nothing of writing.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from index.candidates import heads
from index.library import Library
from index.schema import Article
from rag.ranking import sentence_nearness
from rag.retrieve import Retrieved
from rag.schema import Evidence, Hit
from rag.terms import holder, stem_weights, stems
from rag.twins import altered

Spans = Sequence[tuple[int, int]]
"""Start and end of each sentence of an article."""

N_CHUNKS = 20  # best chunks whose sentences are looked at
N_EVIDENCE = 16  # sentences kept: eight to show, and as many behind them
CHUNK_WEIGHT = 0.15  # of the chunk's score
LINE_BONUS = 0.5  # for a line of a wanted form: it shares no word with the question
NEIGHBOUR_SHARE = 0.5  # of a word's weight when it stands next to the sentence or in the title
_LEANS = re.compile(
    r"\W*(?:the|this|that|these|those|another|both)\b"
    r"|\W*(?:[\w’'-]+,?\s+){0,4}?(?:he|she|it|they|his|her|its|their)\b",
    re.I,
)


class Weighing:
    """What sentences are weighed by: the question's stems with their weights, and its vector.

    ``held`` tells which of the stems a text holds. ``lines`` that match are raised by LINE_BONUS.
    """

    def __init__(
        self,
        weights: Mapping[str, float],
        vector: NDArray[np.float32],
        lines: re.Pattern[str] | None = None,
    ) -> None:
        self.weights = stem_weights(weights)
        self.vector = vector
        self.held = holder(self.weights)
        self.lines = lines


def choose(
    library: Library,
    retrieved: Retrieved,
    *,
    lines: re.Pattern[str] | None = None,
    n: int = N_EVIDENCE,
) -> tuple[Evidence, ...]:
    """Return up to ``n`` sentences, best first; the same words from two articles count once.

    ``lines`` that match (date lines, when publication is asked for) are raised by LINE_BONUS.
    """
    hits = retrieved.hits[:N_CHUNKS]
    articles = library.articles(sorted({hit.article_id for hit in hits}))
    printed_by = _copied(library, hits, articles)
    asked = Weighing(retrieved.weights, retrieved.vector, lines)
    found: list[Evidence] = []
    for article_id, article in articles.items():
        parts = library.sentences(article_id)
        within = _within(parts[0], [hit for hit in hits if hit.article_id == article_id])
        found += _weighed(asked, article, parts, within, printed_by[article_id])
    return _with_twins(library, asked, _best(found, n), {h.article_id: h.copies for h in hits})


def _weighed(
    asked: Weighing,
    article: Article,
    parts: tuple[Spans, NDArray[np.float16]],
    chunk_scores: Mapping[int, float],
    also: tuple[str, ...] = (),
) -> list[Evidence]:
    """Return some sentences of an article, each with the score of its chunk, as evidence."""
    spans, vectors = parts
    cosines = vectors[list(chunk_scores)].astype(np.float32) @ asked.vector
    covers = coverage(asked, article, spans, list(chunk_scores))
    found = []
    for (at, score), cosine in zip(chunk_scores.items(), cosines.tolist(), strict=True):
        start, end = spans[at]
        cover = covers[at]
        text = article.text[start:end]
        bonus = LINE_BONUS if asked.lines is not None and asked.lines.match(text) else 0.0
        near = sentence_nearness(cosine, cover, text)
        found.append(
            Evidence(
                article=article,
                n=at,
                start=start,
                end=end,
                score=near + CHUNK_WEIGHT * score + bonus,
                dense=cosine,
                coverage=cover,
                before=_before(article, spans, at),
                also=also,
            )
        )
    return found


def _with_twins(
    library: Library,
    asked: Weighing,
    kept: Sequence[Evidence],
    copies: Mapping[str, Sequence[str]],
) -> tuple[Evidence, ...]:
    """Put behind each sentence what a near copy of its article tells otherwise in its place."""
    told: list[Evidence] = []
    known = {" ".join(stems(e.text)) for e in kept}
    for e, twins in altered(library, kept, copies).items():
        others = library.articles([i for i, _ in twins])
        outlets = {a.source or a.name for a in others.values()}
        told.append(replace(e, also=tuple(name for name in e.also if name not in outlets)))
        for i, at in twins:
            (twin,) = _weighed(asked, others[i], library.sentences(i), {at: 1.0})
            if (words := " ".join(stems(twin.text))) not in known:
                known.add(words)
                told.append(replace(twin, score=min(twin.score, e.score)))
    return tuple(told)


def _within(spans: Spans, hits: Sequence[Hit]) -> dict[int, float]:
    """Return the sentences that begin in any of the hits, with the score of the best of them."""
    starts = [start for start, _ in spans]
    scores: dict[int, float] = {}
    for hit in hits:
        for n in range(bisect_left(starts, hit.start), bisect_left(starts, hit.end)):
            scores[n] = max(hit.score, scores.get(n, hit.score))
    return scores


def coverage(
    asked: Weighing, article: Article, spans: Spans, wanted: Sequence[int]
) -> dict[int, float]:
    """Return by number the share of the question's word weight that sentences hold, in [0, 1].

    Words of the neighbouring sentences and of the title and outlet count NEIGHBOUR_SHARE:
    they say what the sentence is about.
    """
    total = sum(asked.weights.values())
    if not total:
        return dict.fromkeys(wanted, 0.0)
    read = {at for n in wanted for at in (n - 1, n, n + 1) if 0 <= at < len(spans)}
    held = {at: asked.held(_text(article, spans, at)) for at in read}
    head = asked.held(article.title) | asked.held(article.source)
    found = {}
    for n in wanted:
        around = head.union(held.get(n - 1, ()), held.get(n + 1, ()))
        share = 0.0
        for word, weight in asked.weights.items():
            if word in held[n]:
                share += weight
            elif word in around:
                share += weight * NEIGHBOUR_SHARE
        found[n] = share / total
    return found


def _text(article: Article, spans: Spans, n: int) -> str:
    start, end = spans[n]
    return article.text[start:end]


def _before(article: Article, spans: Spans, n: int) -> str:
    """Return what a sentence leans on: up to two before it in its paragraph.

    A sentence that opens with a pronoun or "the" leans on the two before, whatever the paragraph.
    """
    first = n
    while first > 0 and n - first < 2 and not _breaks(article, spans, first):
        first -= 1
    if first == n and n > 0 and _LEANS.match(_text(article, spans, n)):
        first = max(0, n - 2)
    return article.text[spans[first][0] : spans[n][0]].strip()


def _breaks(article: Article, spans: Spans, n: int) -> bool:
    return "\n" in article.text[spans[n - 1][1] : spans[n][0]]


def _copied(
    library: Library, hits: Sequence[Hit], articles: Mapping[str, Article]
) -> dict[str, tuple[str, ...]]:
    """Return for each article the other outlets that print copies of it, in order of rank."""
    copies = {hit.article_id: hit.copies for hit in hits}
    found = heads(library.db, sorted({i for ids in copies.values() for i in ids}))
    printed = {}
    for article_id, article in articles.items():
        names = [found[i].source or found[i].name for i in copies[article_id] if i in found]
        printed[article_id] = _others(article, names)
    return printed


def _others(article: Article, names: Iterable[str]) -> tuple[str, ...]:
    """Return outlets, each once, without the article's own."""
    return tuple(name for name in dict.fromkeys(names) if name != article.source)


def _best(found: Sequence[Evidence], n: int) -> tuple[Evidence, ...]:
    """Keep the ``n`` best; the same words elsewhere count once, and name the other outlet."""
    kept: dict[str, Evidence] = {}
    for evidence in sorted(found, key=lambda e: (-e.score, e.article.id, e.n)):
        words = " ".join(stems(evidence.text))
        if (first := kept.get(words)) is not None:
            names = (*first.also, evidence.article.source or evidence.article.name, *evidence.also)
            kept[words] = replace(first, also=_others(first.article, names))
        elif len(kept) < n:
            kept[words] = evidence
    return tuple(kept.values())
