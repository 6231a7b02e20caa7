"""One question, or one part of it -> what the articles hold for it: evidence, sides, or a gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.answerable import DATE_LINE, gap
from rag.asked import Asked, recased, taken_apart
from rag.confidence import confidence
from rag.conflict import Told, sides
from rag.evidence import N_EVIDENCE, choose
from rag.premise import denied
from rag.retrieve import Retriever
from rag.schema import Evidence, Hit, Question
from rag.select import select
from rag.values import has_sides

LEAST_SURE = 0.4  # confidence below which an open question is not answered
N_SIDES = 40  # sentences among which other sides are looked for: a side shares few words


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found for one part of a question.

    ``chosen`` are the sentences to answer from, the most telling first; there are none where
    ``lacking`` says what is missing. ``evidence`` is all that was weighed, best first; ``denied``
    is the one that denies what the question takes for granted, and is chosen first.
    """

    asked: Asked
    hits: tuple[Hit, ...]
    evidence: tuple[Evidence, ...]
    lacking: str | None
    confidence: float  # that the evidence answers, in [0, 1]
    chosen: tuple[Evidence, ...] = ()
    sides: Sequence[Sequence[Told]] = ()
    denied: Evidence | None = None


def find(retriever: Retriever, question: Question) -> Finding:
    """Search for one part, weigh its sentences, and choose those to answer from."""
    retrieved = retriever.retrieve(question)
    asked = taken_apart(question.standalone, retrieved.weights)
    weighed = choose(
        retriever.library,
        retrieved,
        lines=DATE_LINE if asked.wants_published else None,
        n=N_SIDES if has_sides(asked) else N_EVIDENCE,
    )
    evidence = weighed[:N_EVIDENCE]
    asked = taken_apart(recased(question.standalone, evidence), retrieved.weights)
    sure = confidence(asked, evidence, retrieved.weights)
    if lacking := gap(asked, evidence) or _too_far(question, asked, sure):
        return Finding(asked, retrieved.hits, evidence, lacking, sure)
    differing = sides(asked, weighed)
    chosen = select(asked, evidence, retrieved.weights, differing)
    if against := denied(asked, evidence):
        chosen = tuple(dict.fromkeys((against, *chosen)))
    return Finding(asked, retrieved.hits, evidence, None, sure, chosen, differing, against)


def _too_far(question: Question, asked: Asked, sure: float) -> str | None:
    """Say that nothing answers an open question; other kinds are told by what they want.

    The wording of a follow-up is ours: how near it is says less than how near a person's is.
    """
    if asked.wanted == "open" and question.standalone == question.text and sure < LEAST_SURE:
        return "Nothing in the articles is near enough to this question."
    return None
