"""One expression of time: where it stands, and the days it names or how it comes round.

With what the readers of ``dates`` and ``relative`` share: patterns, numbers, and the two ways to
make an atom.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from rag.schema import Firmness
from rag.when.days import Cycle, Span

Match = re.Match[str]

MONTHS = (
    "january february march april may june july august september october november december".split()
)
_NUMBERS = dict(
    zip(
        "a an one two three four five six seven eight nine ten eleven twelve".split(),
        (1, 1, *range(1, 13)),
        strict=True,
    )
)
MONTH = (
    r"(?P<month>january|february|march|april|may|june|july|august|september|october|november"
    r"|december|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?)"
)
YEAR = r"(?P<year>(?:(?:1[5-9]|20)\d\d|['’]\d\d)(?![\d,.]*\d))"
DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
LAST_DAY = r"(?P<day2>[0-3]?\d)(?:st|nd|rd|th)?"
NUMBER = (
    r"(?P<n>\d{1,4}|(?:a\s+)?few|(?:a\s+)?couple(?:\s+of)?|several|many|" + "|".join(_NUMBERS) + ")"
)
UNIT = r"(?P<unit>hour|day|night|week|weekend|fortnight|month|quarter|year|decade)s?\b"
WHICH = r"(?P<which>last|this\s+past|this\s+coming|this|next|coming|past)\s+"
TO = r"\s*(?:-|–|—|\bto\b|\band\b|\buntil\b|\btill\b|\bthrough\b)\s*"
FREE = r"(?<![\w.,:/$€£+-])"  # not in the middle of a figure, a price or a score
_REACH = 120  # characters before an expression that its connecting words stand in
VAGUE = 0  # what ``number`` returns for "a few"

_WHICH = {"this past": "last", "past": "last", "this coming": "next", "coming": "next"}


@dataclass(frozen=True, slots=True)
class Atom:
    """One expression. ``span`` where its days are known, otherwise ``cycle`` to be placed.

    ``which`` says how it is to be placed (see ``Cycle.placed``). ``is_bare`` marks a number that
    is a year only beside a word that says so.
    """

    at: int
    end: int
    span: Span | None = None
    cycle: Cycle | None = None
    which: str = ""
    firmness: Firmness = "firm"
    is_bare: bool = False

    def placed(self, day: date, *, coming: bool = False) -> Span | None:
        """Return its days, seen from a day; ``coming``: the next rather than the latest."""
        if self.cycle is None:
            return self.span
        return self.cycle.placed(day, self.which or ("coming" if coming else ""))


Rule = tuple[re.Pattern[str], Callable[[Match, date], Atom | None]]
"""A pattern, and what its match means on an as-of day; None where it only looks like time."""


def rule(pattern: str, reader: Callable[[Match, date], Atom | None]) -> Rule:
    """Return a rule; capitals do not matter to its pattern."""
    return re.compile(pattern, re.IGNORECASE), reader


def fixed(match: Match, span: Span | None, firmness: Firmness = "firm") -> Atom | None:
    """Return an atom whose days are known; None where there are no such days."""
    if span is None:
        return None
    return Atom(match.start(), match.end(), span, firmness=firmness)


def recurring(match: Match, cycle: Cycle, firmness: Firmness = "firm") -> Atom:
    """Return an atom that comes round, with the "last" or "next" that its match holds."""
    said = " ".join((match.groupdict().get("which") or "").lower().split())
    which = _WHICH.get(said, said)
    return Atom(match.start(), match.end(), cycle=cycle, which=which, firmness=firmness)


def before(match: Match) -> str:
    """Return the text that stands before a match."""
    return match.string[: match.start()]


def after(match: Match) -> str:
    """Return the text that stands after a match."""
    return match.string[match.end() :]


def ending(pattern: re.Pattern[str], text: str, at: int) -> Match | None:
    """Return the match of a pattern that ends in ``$`` right before a place."""
    return pattern.search(text, max(0, at - _REACH), at)


def number(text: str) -> int:
    """Return the number that a word or figure says, 2 for "a couple", VAGUE for "a few"."""
    words = text.lower().split()
    if "couple" in words:
        return 2
    if {"few", "several", "many"} & set(words):
        return VAGUE
    return int(words[0]) if words[0].isdecimal() else _NUMBERS[words[0]]


def year_number(text: str) -> int:
    """Return the year that four figures say, or two behind an apostrophe (1970 to 2069)."""
    if text.isdecimal():
        return int(text)
    return int(text[1:]) + (2000 if int(text[1:]) < 70 else 1900)


def month_number(text: str) -> int:
    """Return 1 to 12 for a month's name or its first three letters."""
    return next(i for i, name in enumerate(MONTHS, 1) if name.startswith(text.lower()[:3]))
