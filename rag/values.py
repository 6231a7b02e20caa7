"""What a sentence says to a question with one answer: a figure, a date, a name, or yes or no.

Two sentences that tell different values disagree (``rag.conflict``). Pure: knows the sentence,
what it leans on, and the question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.asked import Asked, counts_same, noun_counted, subject_stems
from rag.denial import Stance, is_yes_no, stance
from rag.figures import Bound, Figure
from rag.moments import Moment, moments, same_moment
from rag.naming import has_one_answer, names_too, same_name, telling_name
from rag.schema import Evidence
from rag.telling import telling_figure
from rag.terms import holds, stem, stems

TOLERANCE = 1.05  # ratio within which two figures are one, told more or less roundly
MORE = 1.1  # how far "more than" reaches: past it the round figure would have been a higher one
REACH = 80  # characters between a date and the word that says what happened then
FIGURE_REACH = 40  # the same for a figure that has neither unit nor noun in the question
_KM = {"km": 1.0, "mile": 1.609, "m": 0.001, "foot": 0.000305, "cm": 0.00001}
_KM_AN_HOUR = {"km": 1.0, "mile": 1.609, "knot": 1.852}
_DAYS = {"second": 1 / 86400, "minute": 1 / 1440, "hour": 1 / 24, "day": 1.0, "week": 7.0}
_DAYS |= {"month": 30.4, "year": 365.0, "decade": 3650.0}
_ASKS_SEVERAL = re.compile(
    r"\b(?:what|which)\s+(?:two|three|four|five|six|several|different)\b", re.IGNORECASE
)
_WORDS: dict[Bound, str] = {"over": "more than ", "under": "up to ", "about": "about ", "": ""}


@dataclass(frozen=True, slots=True)
class Name:
    """The name that answers, and the sentence: who is named there too is not set against it."""

    text: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a sentence says to a yes-no question."""

    says: Stance


Value = Figure | Moment | Name | Verdict


def has_sides(asked: Asked) -> bool:
    """Tell whether two different answers to a question would contradict one another."""
    if asked.several and asked.wanted == "number":
        return False  # a list of names, each with a figure of its own
    if _ASKS_SEVERAL.search(asked.text):
        return False  # "at what two ages": both are right
    return asked.wanted in {"number", "date"} or has_one_answer(asked) or is_yes_no(asked.text)


def value_told(asked: Asked, evidence: Evidence) -> Value | None:
    """Return what a sentence says to the question, or None where it does not plainly say it."""
    text = evidence.text
    if is_yes_no(asked.text):
        says = stance(asked, text)
        return Verdict(says) if says else None
    if asked.wanted == "number":
        figure = telling_figure(asked, text, strictly=True)
        return figure if figure is not None and _is_measured(asked, text, figure) else None
    if asked.wanted == "date":
        return telling_moment(asked, text)
    name = telling_name(asked, text)
    return Name(name, text) if name else None


def telling_moment(asked: Asked, text: str) -> Moment | None:
    """Return the date nearest to the words that say what is asked; the question's own is none."""
    given = {m.text.lower() for m in moments(asked.text)}
    told = [m for m in moments(text) if m.text.lower() not in given]
    subject = subject_stems(asked)
    spots = [at for at, word in _words(text) if any(holds({stem(word)}, s) for s in subject)]
    lacking = [s for s in subject if not holds(set(stems(text)), s)]
    if not told or len(lacking) > len(subject) // 3:
        return None
    distances = {m: min((_apart(m, s) for s in spots), default=0) for m in told}
    nearest = min(told, key=lambda m: (distances[m], -m.n_told))
    return nearest if distances[nearest] <= REACH else None


def _is_measured(asked: Asked, text: str, figure: Figure) -> bool:
    """Tell whether a figure is of what is asked: where no unit or noun says so, it stands by it."""
    if figure.is_vague:
        return False
    if asked.counted or asked.kinds - {"count"}:  # which say what is measured
        return True
    subject = subject_stems(asked)
    spots = [at for at, word in _words(text) if any(holds({stem(word)}, s) for s in subject)]
    return any(-FIGURE_REACH <= figure.start - at <= FIGURE_REACH for at in spots)


def same_value(a: Value, b: Value) -> bool | None:
    """Tell whether two values agree; None where they cannot be compared (a count and a length)."""
    if isinstance(a, Figure) and isinstance(b, Figure):
        return same(a, b) if a.kind == b.kind else None
    if isinstance(a, Moment) and isinstance(b, Moment):
        return same_moment(a, b)
    if isinstance(a, Name) and isinstance(b, Name):
        named = names_too(a.sentence, b.text) or names_too(b.sentence, a.text)
        return named or same_name(a.text, b.text)
    if isinstance(a, Verdict) and isinstance(b, Verdict):
        return a.says == b.says
    return None


def same(a: Figure, b: Figure) -> bool:
    """Tell whether two figures can report the same, in whatever unit.

    "More than 5,000" is open upwards as far as a round figure is used; "about" and another unit
    allow for rounding.
    """
    if a.kind != b.kind:
        return False
    low, high = sorted((a, b), key=_in_base)
    apart = _in_base(high) - _in_base(low) * _reach(low, high)
    return apart <= 0


def _reach(low: Figure, high: Figure) -> float:
    """Return by what ratio the higher of two figures may lie above the lower, at least 1."""
    if low.bound == "over" and high.bound != "over":
        return MORE
    return TOLERANCE if low.bound or high.bound or low.unit != high.unit else 1.0


def in_words(asked: Asked, value: Value) -> str:
    """Write a value as its article does; what it counts is named as the question names it."""
    if isinstance(value, Verdict):
        return value.says
    if not isinstance(value, Figure):
        return value.text
    noun = noun_counted(value)
    if noun and asked.counted and counts_same(asked, value):
        noun = asked.counted.split()[-1]
    return f"{_WORDS[value.bound]}{value.text} {noun}".rstrip()


def _in_base(figure: Figure) -> float:
    if figure.kind == "length":
        return figure.value * _KM.get(figure.unit, 1.0)
    if figure.kind == "speed":
        return figure.value * _KM_AN_HOUR.get(figure.unit, 1.0)
    if figure.kind == "duration":
        return figure.value * _DAYS.get(figure.unit, 1.0)
    return figure.value


def _words(text: str) -> list[tuple[int, str]]:
    found, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        found.append((at, word.lower().strip(".,;:!?\"'“”‘’()[]")))
        at += len(word)
    return found


def _apart(moment: Moment, at: int) -> int:
    return moment.start - at if at < moment.start else at - moment.end
