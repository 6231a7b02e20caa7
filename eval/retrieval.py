"""``dateline eval retrieval``: what each part of the ranking is worth, on a set with known answers.

It asks the same ``Retriever`` that is served, with parts switched off by its ``Ranking``. Articles
are ranked by their best chunk and scored by editors' links or judgments; where a set marks
sentences, by whether one is among the evidence. Differences between rows are tested over
questions, paired: see ``paired_interval``.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import mean

from eval.collections import Collection, Query
from eval.summary import N_RESAMPLES, SEED, percentile
from eval.text import locate, overlap
from rag.evidence import choose
from rag.opening import Opened
from rag.question import parts
from rag.ranking import ORDINARY, Ranking
from rag.retrieve import Retriever
from rag.schema import Evidence, Filters, Question
from rag.understanding import Understanding, Wording

_EVERYTHING = Filters()
NO_DAY = "2999-12-31"  # so far off that every article is equally old
TOP = 10
N_EVIDENCE = 8
RECALL_AT = 5

NOTHING = Ranking(0, 0, 0, 0, 0, 0, 0, 0, 0, grouped=False)
FUSED = replace(ORDINARY, date=0, grouped=False)
WHOLE = replace(FUSED, sentence=0)

Values = Mapping[str, Sequence[float]]
"""Measure -> its value for each question, in the set's order."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a way to ask, and what it found. ``before``: the row it builds on."""

    label: str
    values: Values
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A ranking to measure; ``dated`` asks as of the question's day, where it has one."""

    label: str
    ranking: Ranking
    dated: bool = True
    before: str | None = None


def rankings(dated: bool) -> tuple[Part, ...]:
    """Return the parts, each alone and then together, for a set with or without days."""
    alone = (
        Part("lexical", replace(NOTHING, lexical=1), False),
        Part("dense", replace(NOTHING, dense=1), False),
        Part("chunks fused", replace(NOTHING, dense=0.6, lexical=0.4), False, "dense"),
        Part("+ whole articles", WHOLE, False, "chunks fused"),
        Part("+ best sentence", FUSED, False, "+ whole articles"),
        Part("+ groups, no date", replace(FUSED, grouped=True), False, "+ best sentence"),
    )
    if not dated:
        return alone
    return (
        *alone,
        Part("as of the day", FUSED, True, "+ best sentence"),
        Part("+ date", replace(ORDINARY, grouped=False), True, "as of the day"),
        Part("+ groups (as served)", ORDINARY, True, "+ date"),
    )


def measure(
    collection: Collection, opened: Opened, told: Callable[[str], None] = lambda _: None
) -> tuple[Row, ...]:
    """Ask a set's questions in every way that applies to it; ``told`` hears each row's label."""
    if collection.in_turns:
        return tuple(_turned(collection, opened, told))
    dated = any(query.as_of for query in collection.queries)
    rows = []
    for part in rankings(dated):
        told(part.label)
        asked = _Asking(opened, part)
        values = [asked.values(query, collection) for query in collection.queries]
        rows.append(Row(part.label, _columns(values), part.before))
    return tuple(rows)


class _Asking:
    """Asks one library in one way."""

    def __init__(self, opened: Opened, part: Part) -> None:
        self._library = opened.library
        self._understanding = Understanding(opened.library)
        self._retriever = Retriever(*opened, part.ranking)
        self._dated = part.dated

    def values(self, query: Query, collection: Collection) -> dict[str, float]:
        """Return the measures of one question."""
        wording = Wording(query.question, query.history)
        question = self.understood(wording, query.as_of if self._dated else None)
        found = ranked_measures(self.ranked(question), query.relevant)
        if collection.by_evidence:
            found["evidence@8"] = evidence_recall(self._evidence(question), query)
        return found

    def understood(self, wording: Wording, as_of: str | None) -> Question:
        return self._understanding.question(wording, _EVERYTHING, as_of or NO_DAY)

    def ranked(self, question: Question) -> list[str]:
        """Return the names of the articles found, best first, each once."""
        hits = self._retriever.retrieve(question).hits
        articles = self._library.articles(sorted({hit.article_id for hit in hits}))
        return list(dict.fromkeys(articles[hit.article_id].name for hit in hits))

    def _evidence(self, question: Question) -> list[Evidence]:
        """Return the evidence shown: of a question in parts, that of each part."""
        found: list[Evidence] = []
        for part in parts(question):
            chosen = choose(self._library, self._retriever.retrieve(part), n=N_EVIDENCE)
            found.extend(chosen[:N_EVIDENCE])
        return found


def _turned(collection: Collection, opened: Opened, told: Callable[[str], None]) -> Iterator[Row]:
    """Ask follow-ups as asked, as understood, and with the whole conversation as the query."""
    asking = _Asking(opened, Part("", ORDINARY, dated=False))
    wordings: dict[str, Callable[[Query], Wording]] = {
        "as asked": lambda query: Wording(query.question),
        "whole conversation": lambda query: Wording(_conversation(query)),
        "rewritten": lambda query: Wording(query.question, query.history),
    }
    for label, wording in wordings.items():
        told(label)
        values = []
        for query in collection.queries:
            ranked = asking.ranked(asking.understood(wording(query), None))
            found = ranked_measures(ranked, query.relevant)
            found[f"recall@{RECALL_AT}"] = recall(ranked[:RECALL_AT], query.relevant)
            values.append(found)
        yield Row(label, _columns(values), "as asked" if label == "rewritten" else None)


def _conversation(query: Query) -> str:
    """Return all that was asked, the latest last, as far as a question may be long."""
    return " ".join((*(turn.question for turn in query.history), query.question))[-_LONGEST:]


def ranked_measures(ranked: Sequence[str], relevant: Mapping[str, int]) -> dict[str, float]:
    """Return nDCG@10, hit@1, @5 and @10, and reciprocal rank of a list of article names."""
    gains = [relevant.get(name, 0) for name in ranked]
    first = next((rank for rank, gain in enumerate(gains, start=1) if gain), None)
    return {
        "nDCG@10": ndcg(gains[:TOP], relevant),
        **{f"hit@{k}": float(any(gains[:k])) for k in (1, 5, 10)},
        "MRR": 1 / first if first else 0.0,
    }


def ndcg(gains: Sequence[int], relevant: Mapping[str, int]) -> float:
    """Return nDCG (Järvelin and Kekäläinen 2002, gains as they are) of ranked gains, in [0, 1]."""
    best = discounted(sorted(relevant.values(), reverse=True)[:TOP])
    return discounted(gains) / best if best else 0.0


def discounted(gains: Sequence[int]) -> float:
    """Return the discounted cumulative gain of relevances in ranked order."""
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def recall(names: Sequence[str], relevant: Mapping[str, int]) -> float:
    """Return the share of the relevant articles that are among the names."""
    return len(set(names) & set(relevant)) / len(relevant) if relevant else 0.0


def evidence_recall(evidence: Sequence[Evidence], query: Query) -> float:
    """Return the share of the groups of gold quotes of which one is touched by the evidence."""
    found = [
        any(
            (e.article.name == gold.article or e.article.name.endswith("/" + gold.article))
            and any(overlap(at, (e.start, e.end)) for at in locate(gold.quote, e.article.text))
            for gold in group
            for e in evidence
        )
        for group in query.quotes
    ]
    return mean(found) if found else 0.0


def paired_interval(one: Sequence[float], other: Sequence[float]) -> tuple[float, float, float]:
    """Return the mean of ``other`` - ``one`` over questions, and its 95 % interval.

    Percentile bootstrap over questions, seeded: a question's two values are drawn together.
    """
    differences = [b - a for a, b in zip(one, other, strict=True)]
    draw = random.Random(SEED)
    n = len(differences)
    means = sorted(mean(draw.choices(differences, k=n)) for _ in range(N_RESAMPLES))
    return mean(differences), percentile(means, 2.5), percentile(means, 97.5)


def main_measure(values: Values) -> str:
    """Return the measure that rows are compared by: the most particular that a set has."""
    return next(name for name in (f"recall@{RECALL_AT}", "evidence@8", "nDCG@10") if name in values)


def _columns(values: Sequence[Mapping[str, float]]) -> dict[str, list[float]]:
    return {name: [each[name] for each in values] for name in values[0]}


_LONGEST = 1900  # characters of a whole conversation asked at once; a question may have 2,000
