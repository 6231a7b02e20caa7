"""The product's own sentence checker in the place of ALCE's entailment model.

It is also what lets sentences into answers, so its verdict alone proves little: the measures
``cites_gold``, ``on_gold`` and ``spans_valid`` need no judge. Any other checker that fits
``alce.Supports`` can stand in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from eval.metrics import text_key
from index.schema import Article
from index.split import sentences
from rag.schema import Answer, Citation, Evidence
from rag.verify import Verifier


def supported(evidence: Sequence[Evidence], statement: str) -> bool:
    """Return whether the checker finds a statement fully supported by evidence, all together."""
    return _verifier().check(statement, evidence).verdict == "supported"


@cache
def _verifier() -> Verifier:
    """Return the shipped checker, its learned reader loaded once, where it is first needed."""
    return Verifier()


def evidence_of(answer: Answer, articles: Mapping[str, Article]) -> dict[int, Evidence]:
    """Return what an answer's citations stand for, by number; none for articles that are gone."""
    return {
        c.n: _evidence(c, articles[text_key(c)])
        for c in answer.citations
        if text_key(c) in articles
    }


def _evidence(citation: Citation, article: Article) -> Evidence:
    """Return the cited sentence with the one before it, which may say who "he" is."""
    before = [part for part in sentences(article.text) if part.end <= citation.start]
    leans_on = "".join(article.text[part.start : part.end] for part in before[-1:])
    return Evidence(
        article=article,
        n=len(before),
        start=citation.start,
        end=citation.end,
        score=0.0,
        dense=0.0,
        coverage=0.0,
        before=leans_on,
    )
