"""Dates: years, days, months and weekdays, the source's own and those its date resolves.

"On Monday" in an article of Friday 5 March 2021 is 1 March 2021; so are "four days ago" and, for
the writer of a draft, "1 March". A day that the source says in neither form is a flaw.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from rag.checks.source import Flaw, Source
from rag.figures import MONTHS, days, years

_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_WEEKDAY = re.compile(rf"\b({'|'.join(_WEEKDAYS)})s?\b", re.I)
_COMING = re.compile(r"\b(?:will|next|coming|tomorrow|plans?|due|expected|from)\b", re.I)
_LONG = "|".join(name.capitalize() for name in MONTHS if len(name) > 3 and name != "sept")
_MONTH = re.compile(rf"\b(?:{_LONG})\b|\b(?:in|of|since|by|until|last|next|early|late|mid)\s+May\b")
_MONTH_ANY = re.compile(rf"\b(?:{_LONG}|May)\b")
_RELATIVE = {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1}
_RELATIVE_WORD = re.compile(rf"\b({'|'.join(_RELATIVE)})\b", re.I)
_AGO = re.compile(r"\b(\d{1,2}|two|three|four|five|six|seven) days ago\b", re.I)
_COUNTS = {w: n for n, w in enumerate("two three four five six seven".split(), start=2)}


def date_flaw(draft: str, source: Source) -> Flaw | None:
    """Return what is wrong with the draft's dates."""
    resolved = _resolved(source)
    given_years = years(source.text) | {d.year for d in resolved} | _years_beside(source)
    if missing := years(draft) - given_years:
        return Flaw(f"The year {min(missing)} does not stand in the cited sentence.")
    given_days = days(source.text) | {(d.month, d.day) for d in resolved}
    if missing_days := days(draft) - given_days:
        month, day = min(missing_days)
        return Flaw(f"The date {day}/{month} does not stand in the cited sentence.")
    said = _weekdays(source.text) | {_WEEKDAYS[d.weekday()] for d in resolved | _exact(source)}
    if wrong := _weekdays(draft) - said:
        return Flaw(f"The cited sentence does not say {min(wrong).capitalize()}.")
    return _month_flaw(draft, source, given_days)


def _month_flaw(draft: str, source: Source, given_days: set[tuple[int, int]]) -> Flaw | None:
    spoken = {_month(m.group()) for m in _MONTH.finditer(draft)}
    given = {_month(m.group()) for m in _MONTH_ANY.finditer(source.text)}
    given |= {month for month, _ in given_days}
    if wrong := spoken - given:
        name = next(n for n, number in MONTHS.items() if number == min(wrong))
        return Flaw(f"The month {name.capitalize()} does not stand in the cited sentence.")
    return None


def _month(phrase: str) -> int:
    return MONTHS[phrase.split()[-1].lower()]


def _weekdays(text: str) -> set[str]:
    return {m[1].lower() for m in _WEEKDAY.finditer(text)}


def _published(source: Source) -> list[date]:
    found = []
    for written in source.published:
        try:
            found.append(date.fromisoformat(written[:10]))
        except ValueError:
            continue  # a date without a day ("2021-03") resolves nothing
    return found


def _resolved(source: Source) -> set[date]:
    """Return the days that the source means by weekday and relative words, and its own date."""
    found: set[date] = set()
    for today in _published(source):
        found.add(today)
        for match in _WEEKDAY.finditer(source.text):
            back = (today.weekday() - _WEEKDAYS.index(match[1].lower())) % 7
            found.add(today - timedelta(days=back))
            if _COMING.search(source.text):
                found.add(today - timedelta(days=back) + timedelta(days=7))
        for match in _RELATIVE_WORD.finditer(source.text):
            found.add(today + timedelta(days=_RELATIVE[match[1].lower()]))
        for match in _AGO.finditer(source.text):
            n = _COUNTS.get(match[1].lower()) or int(match[1])
            found.add(today - timedelta(days=n))
    return found


def _exact(source: Source) -> set[date]:
    """Return the days of the month that the source names, in the year it names or appeared in."""
    named = years(source.text) or {d.year for d in _published(source)}
    found = set()
    for month, day in days(source.text):
        for year in named:
            try:
                found.add(date(year, month, day))
            except ValueError:
                continue  # 29 February of another year
    return found


def _years_beside(source: Source) -> set[int]:
    """Return the years of ISO dates in the text and of publication dates without a day."""
    text = f"{source.text} {' '.join(source.published)}"
    return {int(y) for y in re.findall(r"\b\d{4}(?=-\d)", text)}
