"""A sentence of evidence as what an answer shows of it: its citation, and why it was found."""

from __future__ import annotations

from collections.abc import Iterable

from rag.ranking import NO_SHARES, Why
from rag.schema import Citation, Evidence, Hit


def citation(n: int, evidence: Evidence) -> Citation:
    """Return evidence as citation ``n``."""
    a = evidence.article
    return Citation(
        n=n,
        article=a.name,
        title=a.title,
        source=a.source,
        published=a.published,
        url=a.url,
        start=evidence.start,
        end=evidence.end,
        quote=evidence.text,
        article_id=a.id,
        published_from=a.published_from,
        also=evidence.also,
        content_hash=a.content_hash,
        page=a.page_of(evidence.start),
    )


def why(n: int, evidence: Evidence, hits: Iterable[Hit]) -> Why:
    """Return why a sentence was found; its passage is the best one that it begins in."""
    passage = next((hit for hit in hits if _holds(hit, evidence)), None)
    score, shares = (passage.score, passage.shares) if passage else (0.0, NO_SHARES)
    return Why(n, evidence.dense, evidence.coverage, score, shares)


def _holds(hit: Hit, evidence: Evidence) -> bool:
    return hit.article_id == evidence.article.id and hit.start <= evidence.start < hit.end
