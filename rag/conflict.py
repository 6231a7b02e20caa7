"""Evidence that answers one question differently -> sides, each with who says so.

Two sentences are sides of one disagreement when both say something to what is asked, of the same
thing and period, and what they say cannot both be true (``rag.values``). What one outlet reported
and corrected later is an update: only its latest report is heard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.answerable import (
    VERY_NEAR,
    is_about,
    is_placed_elsewhere,
    names_itself,
    nearness,
)
from rag.asked import Asked, name_stems, subject_stems
from rag.figures import years
from rag.moments import Moment, moments, same_moment
from rag.schema import Citation, Conflict, Evidence, Side
from rag.terms import content_words, holds, stem, stems
from rag.values import Value, has_sides, in_words, same_value, value_told

NEAR = 0.25  # how much less near than the nearest a sentence may be and still be a side
MARGIN = 0.45  # the same for one that shares a word with the question, beside names and counts

MAX_SIDES = 5  # of one disagreement: past it the values are of many things, or a list


@dataclass(frozen=True, slots=True)
class Told:
    """What one sentence says to the question, and the sentence."""

    evidence: Evidence
    value: Value


def sides(asked: Asked, evidence: Sequence[Evidence]) -> list[list[Told]]:
    """Group what answers by value, in the order of the evidence; none or several groups."""
    if not has_sides(asked) or not evidence:
        return []
    groups: list[list[Told]] = []
    for told in _latest(_told(asked, evidence)):
        agrees = [[same_value(told.value, other.value) for other in group] for group in groups]
        if any(None in each for each in agrees):
            continue  # a length beside counts
        home = next((g for g, each in zip(groups, agrees, strict=True) if any(each)), None)
        if home is not None:
            home.append(told)
        elif not groups or _of_one_period(groups[0][0], told):
            groups.append([told])
    return groups[:MAX_SIDES] if len(groups) > 1 else []


def conflict(
    asked: Asked, groups: Sequence[Sequence[Told]], cited: dict[Evidence, Citation]
) -> Conflict | None:
    """Return the disagreement among cited sentences, or None when fewer than two sides are."""
    found = []
    for group in groups:
        numbers = [cited[told.evidence].n for told in group if told.evidence in cited]
        if numbers:
            found.append(Side(in_words(asked, group[0].value), tuple(dict.fromkeys(numbers))))
    return Conflict(asked.text.rstrip("?"), tuple(found)) if len(found) > 1 else None


def _told(asked: Asked, evidence: Sequence[Evidence]) -> list[Told]:
    nearest = max(nearness(asked, e) for e in evidence)
    return [
        Told(e, value)
        for e in evidence
        if nearness(asked, e) >= nearest - _margin(asked, e)
        and _concerns(asked, e)
        and _within_period(asked, e)
        and (value := value_told(asked, e)) is not None
    ]


def _latest(told: Sequence[Told]) -> list[Told]:
    """Leave out what the same outlet reported otherwise on an earlier day."""
    last: dict[str, str] = {}
    for each in told:
        article = each.evidence.article
        if article.source and article.published:
            last[article.source] = max(article.published, last.get(article.source, ""))
    return [
        each
        for each in told
        if not each.evidence.article.published
        or each.evidence.article.published >= last.get(each.evidence.article.source, "")
    ]


def _of_one_period(a: Told, b: Told) -> bool:
    """Tell whether two sentences may speak of one time: none where each names other years."""
    if isinstance(a.value, Moment):
        return True
    one, other = years(a.evidence.text), years(b.evidence.text)
    return not one or not other or bool(one & other)


def _within_period(asked: Asked, evidence: Evidence) -> bool:
    """Tell whether a sentence speaks of the time that is asked about, if it names any."""
    wanted, told = moments(asked.text), moments(evidence.text)
    if not wanted or not told:
        return True
    return any(same_moment(one, other) for one in wanted for other in told)


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

    A length may have the name anywhere in its article: a queue is rarely named twice. Where its
    own sentence does not name it, it must share words with the question, whatever the headline.
    """
    if "length" not in asked.kinds or asked.focus is None:
        return is_about(asked, evidence)
    if names_itself(asked, evidence):
        return True
    subject = subject_stems(asked)
    inside = {*stems(evidence.text), *stems(evidence.before)}
    n_shared = sum(holds(inside, word) for word in subject)
    if n_shared < min(2, len(subject)) or is_placed_elsewhere(asked, evidence.text):
        return False  # "he crossed after 1,800 km" is no queue at a crossing
    return any(holds(set(stems(evidence.article.text)), s) for s in name_stems(asked.focus))
