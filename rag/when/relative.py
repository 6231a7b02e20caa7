"""Expressions that count from the as-of day: "last week", "three days ago", "on Tuesday".

Conventions: "last week" is the whole week before (Monday to Sunday), as are last month and last
year; "the past week" and "the last three days" are counted back from the as-of day, which
belongs to them; "two weeks ago" is the whole week of that day, loosely.
"""

from __future__ import annotations

import re
from datetime import date

from rag.when import days
from rag.when.atom import (
    NUMBER,
    UNIT,
    VAGUE,
    WHICH,
    Atom,
    Match,
    Rule,
    after,
    before,
    fixed,
    number,
    recurring,
    rule,
)
from rag.when.days import Span

WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_UNIT_DAYS = {
    "hour": 1,
    "day": 1,
    "night": 1,
    "week": 7,
    "weekend": 7,
    "fortnight": 14,
    "month": 31,
    "quarter": 92,
    "year": 365,
    "decade": 3652,
}
_FEW_DAYS = 7  # "the past few days"
_FEW = 4  # of any longer unit
_RECENT_DAYS = {"": 30, "day": 7, "week": 31, "month": 183, "year": 5 * 365, "decade": 30 * 365}
_DAY_WORDS = {
    "the day before yesterday": -2,
    "yesterday": -1,
    "last night": -1,
    "tomorrow": 1,
    "the day after tomorrow": 2,
}
_PAPERS = r"(?:times|telegraph|mail|express|mirror|world|post|herald|star|sun|record|independent)"
_WEEKDAY_SAID = re.compile(
    r"\b(?:on|since|until|till|by|before|after|from|between|to|and|late|early|of)\s+$",
    re.IGNORECASE,
)


def _rolling(match: Match, as_of: date) -> Atom | None:
    """Read "the past three days", "the next week": counted from the as-of day."""
    n = number(match["n"] or "one")
    unit = match["unit"].lower()
    n_days = -(-n // 24) if unit == "hour" else n * _UNIT_DAYS[unit]
    if n == VAGUE:
        n_days = _FEW_DAYS if unit in {"hour", "day"} else _FEW * _UNIT_DAYS[unit]
    back = match["which"].lower() in {"last", "past"}
    firm = n != VAGUE and unit in {"hour", "day", "week"}
    span = days.rolling(as_of, n_days if back else -n_days)
    return fixed(match, span, "firm" if firm else "loose")


def _whole(match: Match, as_of: date) -> Atom | None:
    """Read "last week", "this month", "next year": whole ones, seen from the as-of day."""
    step = {"last": -1, "this": 0, "next": 1}[match["which"].lower()]
    unit = match["unit"].lower()
    if unit == "decade":
        first = as_of.year // 10 * 10 + 10 * step
        return fixed(match, days.years(first, first + 9), "loose")
    return fixed(
        match,
        {
            "week": days.week(as_of, step),
            "month": days.month(as_of, step),
            "quarter": days.quarter(as_of, step),
            "year": days.year(as_of.year + step),
        }[unit],
    )


def _weekend(match: Match, as_of: date) -> Atom | None:
    return recurring(match, days.weekly(5, n_days=2))


def _ago(match: Match, as_of: date) -> Atom | None:
    """Read "three days ago" (that day), "two weeks ago" (that week), "a few days ago"."""
    n, unit = number(match["n"]), match["unit"].lower()
    if n == VAGUE:
        n_days = _FEW_DAYS if unit in {"hour", "day"} else 2 * _FEW * _UNIT_DAYS[unit]
        return fixed(match, Span(days.shift(as_of, -n_days), as_of), "loose")
    if unit == "hour":
        return fixed(match, days.rolling(as_of, -(-n // 24)), "loose")
    return _away(match, days.before(as_of, n, unit), unit)


def _ahead(match: Match, as_of: date) -> Atom | None:
    """Read "three weeks from now", "in two days' time"."""
    n, unit = number(match["n"]), match["unit"].lower()
    if n == VAGUE or unit == "hour":
        return None
    return _away(match, days.before(as_of, -n, unit), unit)


def _away(match: Match, span: Span, unit: str) -> Atom | None:
    return fixed(match, span, "firm" if unit in {"day", "night"} else "loose")


def _day_word(match: Match, as_of: date) -> Atom | None:
    """Read "yesterday", "tonight", "this morning", "the other day"."""
    if match.group()[0].isupper() and re.search(r"[\w’']\s+$", before(match)):
        return None  # "USA Today"
    if re.search(r"\bthe\s+$", before(match)):
        return None  # "the Tonight Show"
    said = " ".join(match.group().lower().split())
    if said == "the other day":
        return fixed(match, Span(days.shift(as_of, -7), days.shift(as_of, -1)), "loose")
    if said == "overnight":
        return fixed(match, days.rolling(as_of, 1), "loose")
    return fixed(match, days.on(days.shift(as_of, _DAY_WORDS.get(said, 0))))


def _weekday(match: Match, as_of: date) -> Atom | None:
    """Read a weekday, where it is no part of a name ("Super Tuesday", "the Sunday Times")."""
    if re.match(rf"\s+{_PAPERS}\b|\s+the\s+13th", after(match), re.IGNORECASE):
        return None
    if not match["which"] and not _WEEKDAY_SAID.search(before(match)):
        named = re.search(r"(?:^|\s)[A-Z][\w’'.]*\s+$", before(match))
        if named or re.match(r"\s+[A-Z]", after(match)):
            return None
    return recurring(match, days.weekly(WEEKDAYS.index(match["weekday"].lower())))


def _recent(match: Match, as_of: date) -> Atom | None:
    """Read "recently" (30 days), "in recent weeks" (31 days), "in recent years" (five)."""
    unit = (match.groupdict().get("unit") or "").lower()
    return fixed(match, days.rolling(as_of, _RECENT_DAYS[unit]), "loose")


_UNIT = r"(?P<unit>week|month|quarter|year|decade)\b(?!\s+of\b)"

RULES: tuple[Rule, ...] = (
    rule(
        r"\bthe\s+day\s+(?:before\s+yesterday|after\s+tomorrow)\b|\b(?:yesterday|tomorrow|tonight"
        r"|today|overnight|last\s+night|this\s+(?:morning|afternoon|evening)|the\s+other\s+day)\b",
        _day_word,
    ),
    rule(
        rf"\b(?:(?:the|these|this)\s+)?(?P<which>last|past|next|coming)\s+{NUMBER}\s+{UNIT}"
        r"(?!\s+of\b)",
        _rolling,
    ),
    rule(
        rf"\b(?:(?:the|this)\s+(?P<which>past|last|next|coming)|(?<=\bin\s)past)\s+(?P<n>){UNIT}"
        r"(?!\s+of\b)",
        _rolling,
    ),
    rule(rf"\b{NUMBER}\s+{UNIT}\s+ago\b", _ago),
    rule(rf"\b{NUMBER}\s+{UNIT}\s+from\s+(?:now|today)\b", _ahead),
    rule(rf"\bin\s+{NUMBER}\s+(?P<unit>day|week|month|year)s?['’]s?\s+time\b", _ahead),
    rule(rf"\b(?:(?:over|at|on|during)\s+the\s+|{WHICH}|the\s+)weekend\b", _weekend),
    rule(rf"\b(?P<which>last|this|next)\s+{_UNIT}", _whole),
    rule(rf"\b(?:{WHICH})?(?P<weekday>{'|'.join(WEEKDAYS)})\b", _weekday),
    rule(r"\b(?:these|recent)\s+(?P<unit>day|week|month|year|decade)s\b", _recent),
    rule(r"\b(?:recently|lately|of\s+late)\b", _recent),
)
