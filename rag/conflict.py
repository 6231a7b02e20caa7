"""Evidence that gives different figures for the same thing -> sides, each with who says so.

First version: figures only, and only for a question that asks for one. Two figures are sides of
one disagreement when both measure what is asked, are of one kind, and cannot both be true.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.answerable import VERY_NEAR, is_about, is_placed_elsewhere, nearness
from rag.asked import Asked, counts_same, name_stems, noun_counted, subject_stems
from rag.figures import Figure
from rag.schema import Citation, Conflict, Evidence, Side
from rag.telling import telling_figure
from rag.terms import content_words, holds, stem, stems

TOLERANCE = 1.05  # ratio within which two figures are one, told more or less roundly
NEAR = 0.25  # how much less near than the nearest a sentence may be and still be a side
MARGIN = 0.45  # the same for one that shares a word with the question, beside names and counts
_KM = {"km": 1.0, "mile": 1.609, "m": 0.001, "foot": 0.000305, "cm": 0.00001}
_DAYS = {"second": 1 / 86400, "minute": 1 / 1440, "hour": 1 / 24, "day": 1.0, "week": 7.0}
_DAYS |= {"month": 30.4, "year": 365.0, "decade": 3650.0}


@dataclass(frozen=True, slots=True)
class Told:
    """One figure that answers, and the sentence that tells it."""

    evidence: Evidence
    figure: Figure


def sides(asked: Asked, evidence: Sequence[Evidence]) -> list[list[Told]]:
    """Group the figures that answer by value, in the order of the evidence; none or several."""
    if asked.wanted != "number" or len(asked.names) > 2 or not evidence:
        return []
    nearest = max(nearness(asked, e) for e in evidence)
    groups: list[list[Told]] = []
    for e in evidence:
        if nearness(asked, e) < nearest - _margin(asked, e) or not _concerns(asked, e):
            continue
        strictly = e.dense < VERY_NEAR
        if (figure := telling_figure(asked, e.text, strictly=strictly)) is None:
            continue
        if groups and figure.kind != groups[0][0].figure.kind:
            continue
        home = next((g for g in groups if any(same(figure, told.figure) for told in g)), None)
        if home is None:
            groups.append([Told(e, figure)])
        else:
            home.append(Told(e, figure))
    return groups if len(groups) > 1 else []


def conflict(
    asked: Asked, groups: Sequence[Sequence[Told]], cited: dict[Evidence, Citation]
) -> Conflict | None:
    """Return the disagreement among cited sentences, or None when fewer than two sides are."""
    found = []
    for group in groups:
        numbers = [cited[told.evidence].n for told in group if told.evidence in cited]
        if numbers:
            found.append(Side(_value(asked, group[0].figure), tuple(dict.fromkeys(numbers))))
    return Conflict(asked.text.rstrip("?"), tuple(found)) if len(found) > 1 else None


def same(a: Figure, b: Figure) -> bool:
    """Tell whether two figures report the same: equal within rounding, in whatever unit."""
    if a.kind != b.kind:
        return False
    low, high = sorted((_in_base(a), _in_base(b)))
    if low == high:
        return True
    return bool(a.bound or b.bound or a.unit != b.unit) and high <= low * TOLERANCE


def _margin(asked: Asked, evidence: Evidence) -> float:
    if _shares_subject(asked, evidence):
        return MARGIN
    return NEAR if asked.focus is None or evidence.dense >= VERY_NEAR else 0.0


def _shares_subject(asked: Asked, evidence: Evidence) -> bool:
    """Tell whether a sentence holds a word of the question that is neither name nor counted."""
    subject = subject_stems(asked) - {stem(word) for word in content_words(asked.counted)}
    inside = set(stems(evidence.text))
    return any(holds(inside, word) for word in subject)


def _concerns(asked: Asked, evidence: Evidence) -> bool:
    """Tell whether a sentence is about the name that is asked about.

    A length may have the name anywhere in its article: a queue is rarely named twice.
    """
    if is_about(asked, evidence):
        return True
    if "length" not in asked.kinds or asked.focus is None:
        return False
    if not _shares_subject(asked, evidence) or is_placed_elsewhere(asked, evidence.text):
        return False
    return any(holds(set(stems(evidence.article.text)), s) for s in name_stems(asked.focus))


def _in_base(figure: Figure) -> float:
    if figure.kind == "length":
        return figure.value * _KM.get(figure.unit, 1.0)
    if figure.kind == "duration":
        return figure.value * _DAYS.get(figure.unit, 1.0)
    return figure.value


def _value(asked: Asked, figure: Figure) -> str:
    """Write a figure as its article does; what it counts is named as the question names it."""
    words = {"over": "more than ", "under": "up to ", "about": "about ", "": ""}[figure.bound]
    noun = noun_counted(figure)
    if noun and asked.counted and counts_same(asked, figure):
        noun = asked.counted.split()[-1]
    return f"{words}{figure.text} {noun}".rstrip()
