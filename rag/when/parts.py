"""Parts of a span, by the words before it: "early October", "the end of 2021", "first week of May".

Early, mid and late are thirds. The beginning and the end are a week of a month and a month of
anything longer. "Earlier this month" ends on the as-of day, "later this month" begins there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from rag.when.atom import NUMBER, VAGUE, ending, number
from rag.when.days import Span, month, shift

_ORDER = {"first": 0, "second": 1, "third": 2, "fourth": 3}
_UNIT_DAYS = {"day": 1, "week": 7, "month": 30}
_OF = r"\s+(?:of|in)\s+(?:the\s+)?$"

Match = re.Match[str]


@dataclass(frozen=True, slots=True)
class Part:
    """Words that stand from ``at`` to a span, and what they take of it on an as-of day."""

    at: int
    of: Callable[[Span, date], Span]
    is_end: bool = False  # "the end of": its last day is the span's


def part_before(text: str, at: int) -> Part | None:
    """Return the part that the words before a place take of what stands there."""
    for pattern, reader in _PARTS:
        if match := ending(pattern, text, at):
            take = reader(match)
            return Part(match.start(), take, is_end="end" in match.group().lower().split())
    return None


def _nth(span: Span, i: int, n: int) -> Span:
    """Return one of ``n`` parts, counted from 0: whole months of a year, days of a month."""
    if span.n_days <= 31:
        edges = [span.n_days * k // n for k in range(n + 1)]
        return Span(shift(span.start, edges[i]), shift(span.start, edges[i + 1] - 1))
    n_months = 12 * (span.end.year - span.start.year) + span.end.month - span.start.month + 1
    first, last = (month(span.start, n_months * k // n) for k in (i, i + 1))
    return Span(first.start, shift(last.start, -1) if i + 1 < n else span.end)


def _third(match: Match) -> Callable[[Span, date], Span]:
    i = {"early": 0, "mid": 1, "middle": 1, "late": 2}[match["which"].lower()]
    return lambda span, as_of: _nth(span, i, 3)


def _edge(match: Match) -> Callable[[Span, date], Span]:
    opens = match["which"].lower() in {"beginning", "start", "opening"}

    def take(span: Span, as_of: date) -> Span:
        if span.n_days > 31:
            return (
                Span(span.start, month(span.start).end) if opens else _until(span, month(span.end))
            )
        n_days = min(7 if span.n_days > 7 else 2, span.n_days)
        return _run(span, n_days, opens)

    return take


def _until(span: Span, last: Span) -> Span:
    return Span(max(span.start, last.start), span.end)


def _run(span: Span, n_days: int, opens: bool) -> Span:
    n_days = min(n_days, span.n_days)
    if opens:
        return Span(span.start, shift(span.start, n_days - 1))
    return Span(shift(span.end, 1 - n_days), span.end)


def _days_of(match: Match) -> Callable[[Span, date], Span]:
    """Read "the first three days of", "the last weeks of"."""
    n = number(match["n"] or "few")
    n_days = (3 if n == VAGUE else n) * _UNIT_DAYS[match["unit"].lower()]
    opens = match["which"].lower() in {"first", "opening"}
    return lambda span, as_of: _run(span, n_days, opens)


def _week_of(match: Match) -> Callable[[Span, date], Span]:
    """Read "the first week of": its days 1 to 7; the last week is the last seven."""
    which = match["which"].lower()

    def take(span: Span, as_of: date) -> Span:
        if which in {"last", "final"}:
            return _run(span, 7, opens=False)
        start = shift(span.start, 7 * _ORDER[which])
        return Span(start, min(shift(start, 6), max(start, span.end)))

    return take


def _fraction(match: Match) -> Callable[[Span, date], Span]:
    n = {"half": 2, "quarter": 4, "third": 3}[match["unit"].lower()]
    which = match["which"].lower()
    i = n - 1 if which == "last" else min(_ORDER[which], n - 1)
    return lambda span, as_of: _nth(span, i, n)


def _so_far(match: Match) -> Callable[[Span, date], Span]:
    def take(span: Span, as_of: date) -> Span:
        return Span(span.start, as_of) if span.start <= as_of <= span.end else span

    return take


def _rest(match: Match) -> Callable[[Span, date], Span]:
    def take(span: Span, as_of: date) -> Span:
        return Span(as_of, span.end) if span.start <= as_of <= span.end else span

    return take


_PARTS: tuple[tuple[re.Pattern[str], Callable[[Match], Callable[[Span, date], Span]]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), reader)
    for pattern, reader in (
        (r"\b(?P<which>early|mid|late)(?:\s+(?:in|on)\s+(?:the\s+)?|[\s-]+)$", _third),
        (rf"\b(?:the\s+)?(?P<which>middle){_OF}", _third),
        (rf"\b(?:the\s+)?(?:very\s+)?(?P<which>beginning|start|opening|end|close){_OF}", _edge),
        (
            rf"\b(?:the\s+)?(?P<which>first|opening|last|final|closing)\s+(?:{NUMBER}\s+)?"
            rf"(?P<unit>day|week|month)s{_OF}",
            _days_of,
        ),
        (rf"\b(?:the\s+)?(?P<which>first|second|third|fourth|last|final)\s+week{_OF}", _week_of),
        (
            rf"\b(?:the\s+)?(?P<which>first|second|third|fourth|last)\s+(?P<unit>half|quarter|third)"
            rf"{_OF}",
            _fraction,
        ),
        (r"\b(?:earlier|so\s+far)\s+(?:in\s+)?$", _so_far),
        (r"\blater\s+(?:in\s+)?$", _rest),
    )
)
