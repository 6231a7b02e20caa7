"""Dates in a text, as exact as they are written, and whether two of them can be one. Pure.

"3 May 2014", "May 2014" and "2014" are one moment told more or less exactly. A day of the week
or "yesterday" is none: which day it is depends on when its article appeared.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.figures import MONTHS

_MONTH = rf"(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))})"
_YEAR = r"(?P<year>1[0-9]\d\d|20\d\d)(?!\d|,\d|\.\d)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_FORMS = tuple(
    re.compile(rf"(?<![\w.,$€£-]){form}", re.IGNORECASE)
    for form in (
        r"(?P<year>1[0-9]\d\d|20\d\d)-(?P<number>\d\d)-(?P<day>\d\d)\b",
        rf"{_DAY}\s+(?:of\s+)?{_MONTH}\b\.?(?:,?\s+{_YEAR})?",
        rf"{_MONTH}\b\.?\s+{_DAY}\b(?!\s*%)(?:,?\s+{_YEAR})?",
        rf"{_MONTH}\b\.?,?\s+{_YEAR}",
        rf"{_YEAR}(?!\s*(?:%|people|km|miles|metres|meters)\b)",
    )
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date as it is written; what it leaves open is None. Offsets are into its text."""

    year: int | None
    month: int | None
    day: int | None
    start: int
    end: int
    text: str

    @property
    def n_told(self) -> int:
        """How many of year, month and day it tells, in [1, 3]."""
        return sum(part is not None for part in (self.year, self.month, self.day))


def moments(text: str) -> list[Moment]:
    """Return the dates of a text in order; no character belongs to two of them."""
    found: list[Moment] = []
    for form in _FORMS:
        for match in form.finditer(text):
            moment = _moment(match)
            if moment and all(moment.end <= m.start or moment.start >= m.end for m in found):
                found.append(moment)
    return sorted(found, key=lambda moment: moment.start)


def same_moment(a: Moment, b: Moment) -> bool:
    """Tell whether two dates can be one: nothing that both tell differs."""
    pairs = ((a.year, b.year), (a.month, b.month), (a.day, b.day))
    return all(x is None or y is None or x == y for x, y in pairs)


def _moment(match: re.Match[str]) -> Moment | None:
    parts = match.groupdict()
    number = parts.get("number")
    month = int(number) if number else MONTHS.get((parts.get("month") or "").lower())
    day = int(parts["day"]) if parts.get("day") else None
    if (day is not None and not 1 <= day <= 31) or (month is not None and not 1 <= month <= 12):
        return None
    year = int(parts["year"]) if parts.get("year") else None
    return Moment(year, month, day, match.start(), match.end(), match.group().strip(" ,"))
