"""One question, or one part of it -> what the articles hold for it: evidence, sides, or a gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rag.answerable import DATE_LINE, gap, is_of_another, missing_names
from rag.asked import Asked, recased, taken_apart
from rag.confidence import confidence
from rag.conflict import Told, sides
from rag.evidence import N_EVIDENCE, choose
from rag.premise import denied
from rag.retrieve import Retrieved, Retriever
from rag.schema import Evidence, Hit, Question
from rag.select import elsewhere, select
from rag.values import has_sides

LEAST_SURE = 0.29  # confidence below which a question is not answered
LEAST_SURE_OF_DATE = 0.15  # the same for a date: the sentence that gives it may share few words
LEAST_DOUBTFUL = 0.05  # confidence below which no model is asked either
LEAST_DENSE = 0.2  # cosine below which a sentence is not about the question, whatever its words
MAX_REFUSAL = 0.07  # how likely a model may be to find nothing in what is doubtful
MAX_REFUSAL_OF_OPEN = 0.01  # the same where no kind of answer is asked for
TOO_EARLY = 21  # days before those a question names: what appeared then cannot report of them
N_NEAREST = 5  # sentences of which one must not be too early
N_SIDES = 40  # sentences among which other sides are looked for: a side shares few words


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found for one part of a question.

    ``chosen`` are the sentences to answer from, the most telling first; there are none where
    ``lacking`` says what is missing. ``evidence`` is all that was weighed, best first; ``denied``
    is the one that denies what the question takes for granted, and is chosen first. ``elsewhere``
    has the sentence of each article that answers too, where none is set against another as a side.
    ``doubtful`` is what a model may find an answer in all the same where something is lacking.
    """

    asked: Asked
    hits: tuple[Hit, ...]
    evidence: tuple[Evidence, ...]
    lacking: str | None
    confidence: float  # that the evidence answers, in [0, 1]
    chosen: tuple[Evidence, ...] = ()
    sides: Sequence[Sequence[Told]] = ()
    denied: Evidence | None = None
    elsewhere: tuple[Evidence, ...] = ()
    doubtful: tuple[Evidence, ...] = ()


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
    sure = confidence(asked, evidence, retrieved)
    against = denied(asked, evidence)
    if lacking := gap(asked, evidence) or _doubt(question, asked, evidence, sure):
        nothing = Finding(asked, retrieved.hits, evidence, lacking, sure)
        if missing_names(asked, evidence) or is_too_early(question, evidence):
            return nothing
        if against is not None and sure >= least_sure(asked):  # no figure of what never was
            return replace(nothing, lacking=None, chosen=(against,), denied=against)
        return replace(nothing, doubtful=_doubtful(asked, evidence, retrieved, sure))
    differing = sides(asked, weighed)
    chosen = select(asked, evidence, retrieved.weights, differing)
    if against is not None:
        chosen = tuple(dict.fromkeys((against, *chosen)))
    more = () if differing else elsewhere(asked, evidence)
    return Finding(asked, retrieved.hits, evidence, None, sure, chosen, differing, against, more)


def _doubt(
    question: Question, asked: Asked, evidence: Sequence[Evidence], sure: float
) -> str | None:
    """Say why what was found is not likely to answer, or None where it is.

    The wording of a follow-up is ours: how near it is says less than how near a person's is.
    """
    if question.standalone == question.text and sure < least_sure(asked):
        return "Nothing in the articles is near enough to this question."
    if is_too_early(question, evidence):
        return "What the articles found say of this appeared before the days that are asked about."
    return None


def gaps(findings: Sequence[Finding]) -> list[str]:
    """Return what is missing for each part that found nothing, named where there are others."""
    lacking = [found for found in findings if found.lacking]
    if len(findings) == 1:
        return [str(found.lacking) for found in lacking]
    return [f"“{found.asked.text}” {found.lacking}" for found in lacking]


def _doubtful(
    asked: Asked, evidence: Sequence[Evidence], retrieved: Retrieved, sure: float
) -> tuple[Evidence, ...]:
    """Return what may answer in words that no rule expects; none where nothing is near at all.

    "Ex-president" for "former head of state" shares no word and is not near by meaning either.
    """
    if sure < LEAST_DOUBTFUL:
        return ()
    near = [e for e in evidence if e.dense >= LEAST_DENSE and not is_of_another(asked, e)]
    return select(replace(asked, wanted="open"), near, retrieved.weights, ())


def least_sure(asked: Asked) -> float:
    """Return the confidence below which a question is not answered."""
    return LEAST_SURE_OF_DATE if asked.wanted == "date" else LEAST_SURE


def max_refusal(asked: Asked) -> float:
    """Return how likely a model may be to refuse, in [0, 1], that reads what is doubtful."""
    return MAX_REFUSAL if asked.wants_kind else MAX_REFUSAL_OF_OPEN


def is_too_early(question: Question, evidence: Sequence[Evidence]) -> bool:
    """Tell whether all that is near appeared well before the days that the question names.

    What is still to come on the as-of day may have been announced at any time; an article without
    a date may be from any day.
    """
    when = question.when
    if when.firmness != "firm" or when.start is None or when.start > question.as_of:
        return False
    first = date.fromisoformat(when.start) - timedelta(TOO_EARLY)
    nearest = [e.article.published for e in evidence[:N_NEAREST]]
    return not any(day is None or date.fromisoformat(day) >= first for day in nearest)
