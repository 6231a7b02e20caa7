"""Spans of whole days, and things that come round: a month, a weekday, a season. Pure.

Conventions: a week runs from Monday to Sunday (ISO 8601); seasons are the meteorological ones of
the northern half of the world, and a winter is named for the year it begins in. Knows nothing of
words or questions.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

_AROUND = 9  # rounds looked at on either side: 29 February is never further away
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
"""The month that a season begins with; each has three."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days from ``start`` to ``end``, both inclusive."""

    start: date
    end: date

    @property
    def n_days(self) -> int:
        """The number of days."""
        return (self.end - self.start).days + 1


def shift(day: date, days: int) -> date:
    """Return a day some days later or earlier, at most the first or last that there is."""
    n = min(max(day.toordinal() + days, date.min.toordinal()), date.max.toordinal())
    return date.fromordinal(n)


def on(day: date) -> Span:
    """Return the one day."""
    return Span(day, day)


def rolling(day: date, days: int) -> Span:
    """Return the day and that many before it, or after it where ``days`` is negative."""
    other = shift(day, -days)
    return Span(min(day, other), max(day, other))


def week(day: date, weeks: int = 0) -> Span:
    """Return the week of a day, or one some weeks later."""
    monday = shift(day, 7 * weeks - day.weekday())
    return Span(monday, shift(monday, 6))


def month(day: date, months: int = 0) -> Span:
    """Return the month of a day, or one some months later."""
    return _months(12 * day.year + day.month - 1 + months, 1)


def quarter(day: date, quarters: int = 0) -> Span:
    """Return the quarter of a year that a day lies in, or one some quarters later."""
    return _months(12 * day.year + 3 * ((day.month - 1) // 3 + quarters), 3)


def year(number: int) -> Span:
    """Return a year; decades, halves and quarters are parts or runs of it."""
    return _months(12 * number, 12)


def years(first: int, last: int) -> Span:
    """Return the days from the first of one year to the last of another."""
    return Span(year(first).start, year(last).end)


def month_of(number: int, in_year: int) -> Span:
    """Return a month by its number, 1 to 12."""
    return _months(12 * in_year + number - 1, 1)


def season_of(name: str, in_year: int) -> Span:
    """Return a season; the winter of 2022 begins in December 2022."""
    return _months(12 * in_year + SEASONS[name] - 1, 3)


def day_of(number: int, month_number: int, in_year: int) -> Span | None:
    """Return a day, or None where the month has no such day."""
    try:
        return on(date(in_year, month_number, number))
    except ValueError:
        return None


def before(day: date, n: int, unit: str) -> Span:
    """Return the day, week, month, quarter, year or decade ``n`` units before a day's."""
    if unit in {"day", "night"}:
        return on(shift(day, -n))
    if unit in {"week", "weekend", "fortnight"}:
        return week(day, -2 * n if unit == "fortnight" else -n)
    if unit == "month":
        return month(day, -n)
    if unit == "quarter":
        return quarter(day, -n)
    return year(day.year - (10 * n if unit == "decade" else n))


def _months(first: int, n: int) -> Span:
    """Return ``n`` months from the one with that number, counted from January of year 0."""
    low, high = 12 * date.min.year, 12 * date.max.year + 11
    start, last = min(max(first, low), high), min(max(first + n - 1, low), high)
    n_days = calendar.monthrange(last // 12, last % 12 + 1)[1]
    return Span(date(start // 12, start % 12 + 1, 1), date(last // 12, last % 12 + 1, n_days))


@dataclass(frozen=True, slots=True)
class Cycle:
    """Something that comes round. ``nth`` may have gaps: not every month has a 31st."""

    nth: Callable[[int], Span | None]
    index: Callable[[date], int]

    def placed(self, day: date, which: str = "") -> Span | None:
        """Return one of its rounds, seen from a day.

        ``which``: "" the latest that has begun; "last" the latest that is over; "this" the one of
        the same week, month or year; "next" the first that begins later; "coming" the first that
        is not over.
        """
        middle = self.index(day)
        if which == "this":
            return self.nth(middle)
        rounds = [self.nth(i) for i in range(middle - _AROUND, middle + _AROUND + 1)]
        spans = [span for span in rounds if span is not None]
        if which == "next":
            return next((span for span in spans if span.start > day), None)
        if which == "coming":
            return next((span for span in spans if span.end >= day), None)
        gone = [s for s in spans if (s.end < day if which == "last" else s.start <= day)]
        return gone[-1] if gone else None


def yearly(make: Callable[[int], Span | None]) -> Cycle:
    """Return what comes once a year."""
    return Cycle(make, lambda day: day.year)


def weekly(weekday: int, n_days: int = 1) -> Cycle:
    """Return a weekday (0 is Monday), or a run of days that begins on it."""

    def nth(i: int) -> Span:
        first = shift(date.min, 7 * i + weekday)
        return Span(first, shift(first, n_days - 1))

    return Cycle(nth, lambda day: (day.toordinal() - 1) // 7)  # 1 January of year 1 was a Monday


def monthly(number: int) -> Cycle:
    """Return a day of each month."""
    return Cycle(
        lambda i: day_of(number, i % 12 + 1, i // 12), lambda day: 12 * day.year + day.month - 1
    )
