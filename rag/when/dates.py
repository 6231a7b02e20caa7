"""Dates of the calendar in a text: days, months, quarters, seasons, years, decades, holidays.

A month or a day without a year comes round, and is placed by who reads it. What only looks like
a date ("May said", "1,500 metres", "Euro 2024", "the September 11 attacks") is left alone.
"""

from __future__ import annotations

import re
from datetime import date

from rag.schema import Firmness
from rag.when import days
from rag.when.atom import (
    DAY,
    FREE,
    LAST_DAY,
    MONTH,
    TO,
    WHICH,
    YEAR,
    Atom,
    Match,
    Rule,
    after,
    before,
    ending,
    fixed,
    month_number,
    recurring,
    rule,
    year_number,
)
from rag.when.days import Span

_WORDS_TOO = {3, 5}  # March and May
_WEEKDAY = r"(?:\b(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_MONTH_SAID = re.compile(
    r"\b(?:in|since|during|until|till|throughout|between|early|late|mid|(?:end|start|beginning"
    r"|middle|week|half|days?)\s+of|(?:from|to)|and)[\s-]+$",
    re.IGNORECASE,
)
_ANY_MONTH = MONTH.replace("P<month>", ":")
_VERB = r"(?:said|says|was|is|had|has|did|told|quit|went|became|spoke|won|lost|\w+ed)\b"
_NO_YEAR = re.compile(
    r"\s*(?:people|men|women|children|homes|houses|words|met(?:re|er)s|miles|km|kilomet(?:re|er)s"
    r"|dollars|euros|pounds|roubles|rubles|tons|tonnes|seats|votes|points|hours|days|troops"
    r"|soldiers|cities|towns|villages|schools|cases|deaths|percent|per\s+cent)\b"
    r"|\s*[%°]|-[A-Za-z]|[–-]\d",
    re.IGNORECASE,
)
_DECADE_SAID = re.compile(
    r"\b(?:in|during|since|until|till|of|from|by|throughout|before|after|between|and|to|over)\s+"
    r"(?:(?:the|early|late|mid)[\s-]+)*$",
    re.IGNORECASE,
)
_DECADES = "fifties sixties seventies eighties nineties".split()
_NO_DECADE = re.compile(r"\b(?:temperature|degree|heat|scor|his|her|their|my|aged?)", re.IGNORECASE)
_HOLIDAYS = {  # month, day, number of days
    "christmas eve": (12, 24, 1),
    "christmas day": (12, 25, 1),
    "boxing day": (12, 26, 1),
    "christmas": (12, 24, 3),
    "new year's eve": (12, 31, 1),
    "new year's day": (1, 1, 1),
    "halloween": (10, 31, 1),
    "valentine's day": (2, 14, 1),
}


def _day_month(match: Match, as_of: date) -> Atom | None:
    """Read "28 September", "September 28, 2022", "3-10 March", "the 28th of May"."""
    values = match.groupdict()
    if not values["year"] and (_is_small_word(values["month"]) or _counts_something(match)):
        return None
    m, first = month_number(values["month"]), int(values["day"])
    last = int(values.get("day2") or first)

    def make(y: int) -> Span | None:
        start, end = days.day_of(first, m, y), days.day_of(last, m, y)
        return Span(start.start, end.end) if start and end and first <= last else None

    if values["year"]:
        return fixed(match, make(year_number(values["year"])))
    cycle = days.yearly(make)
    return recurring(match, cycle) if cycle.placed(as_of) else None


def _is_small_word(month: str) -> bool:
    """Tell whether a month without its capital may be a word: "may", "march"."""
    return month.lower() in {"may", "march", "mar"} and month[0].islower()


def _counts_something(match: Match) -> bool:
    """Tell "in March 20 people died" and "the September 11 attacks" from a day of this year."""
    if re.match(r"\s+(?:attack|massacre|bomb|hijack)|\s*%|\s+years?\b", after(match)):
        return True
    in_month = re.search(r"\bin\s+$", before(match), re.IGNORECASE)
    return bool(in_month and re.match(r"\s+[a-z]", after(match)))


def _iso(match: Match, as_of: date) -> Atom | None:
    return fixed(match, days.day_of(int(match["d"]), int(match["m"]), int(match["y"])))


def _slashed(match: Match, as_of: date) -> Atom | None:
    """Read 9/28/2022 and 28/9/2022. Where both orders are days, take the one that is not to come.

    Where neither is, all days from the one to the other are taken, loosely: the wrong order would
    find nothing.
    """
    a, b, y = int(match["a"]), int(match["b"]), int(match["y"])
    y += 2000 * (y < 100)
    day_first, month_first = days.day_of(a, b, y), days.day_of(b, a, y)
    if match["mark"] == ".":
        return fixed(match, day_first)
    both = sorted((s for s in (day_first, month_first) if s), key=lambda span: span.start)
    likely = [span for span in both if span.start <= as_of] or both
    if not likely:
        return None
    firmness: Firmness = "firm" if likely[0] == likely[-1] else "loose"
    return fixed(match, Span(likely[0].start, likely[-1].end), firmness)


def _month_year(match: Match, as_of: date) -> Atom | None:
    m, y = month_number(match["month"]), year_number(match["year"])
    return fixed(match, days.month_of(m, y))


def _month(match: Match, as_of: date) -> Atom | None:
    """Read a month without a year, where it is no name, verb or march."""
    m = month_number(match["month"])
    said = bool(match["which"] or _MONTH_SAID.search(before(match)))
    if m in _WORDS_TOO and re.match(rf"\s+(?:on\s+[A-Z]|{_VERB})", after(match)):
        return None
    if not said:
        if m in _WORDS_TOO or match["month"][0].islower() or len(match["month"]) < 4:
            return None
        if re.search(r"[A-Z][\w’']*\s+$", before(match)) or re.match(r"\s+[A-Z\d]|-", after(match)):
            return None
    return recurring(match, days.yearly(lambda y: days.month_of(m, y)), "firm" if said else "loose")


def _quarter(match: Match, as_of: date) -> Atom | None:
    """Read "Q3 2022" and "H1 2022"."""
    n_months = 3 if match["kind"] in "Qq" else 6
    last = int(match["q"]) * n_months
    if last > 12:
        return None

    def make(y: int) -> Span:
        return Span(days.month_of(last - n_months + 1, y).start, days.month_of(last, y).end)

    if match["year"]:
        return fixed(match, make(year_number(match["year"])))
    return recurring(match, days.yearly(make))


def _season(match: Match, as_of: date) -> Atom | None:
    name = match["season"].lower()
    if match["year"]:
        y = year_number(match["year"])
        span = days.season_of(name, y)
        if name == "winter" and not match["to"] and span.start > as_of:
            span = days.season_of(name, y - 1)  # the winter that is known of
        return fixed(match, span, "loose")
    if re.match(r"\s+of\b", after(match)):
        return None  # "in the fall of Kabul"
    return recurring(match, days.yearly(lambda y: days.season_of(name, y)), "loose")


def _decade(match: Match, as_of: date) -> Atom | None:
    if not ending(_DECADE_SAID, match.string, match.start()):
        return None  # "a 1960s series" says what kind of series
    first = int(match["first"])
    return fixed(match, days.years(first, first + 9))


def _short_decade(match: Match, as_of: date) -> Atom | None:
    said = match["first"].lower().lstrip("'’")
    first = 1950 + 10 * _DECADES.index(said) if said in _DECADES else 1900 + int(said[:2])
    if _NO_DECADE.search(match.string):
        return None
    return fixed(match, days.years(first, first + 9), "loose")


def _century(match: Match, as_of: date) -> Atom | None:
    n = int(match["n"])
    if re.match(r"\s+[A-Z]", after(match)):
        return None  # a name
    return fixed(match, days.years(100 * (n - 1) + 1, 100 * n)) if 15 <= n <= 21 else None


def _years(match: Match, as_of: date) -> Atom | None:
    """Read "2019-2021" and "2019/20"."""
    first = int(match["first"])
    last = int(match["last"]) + (first // 100 * 100 if len(match["last"]) == 2 else 0)
    return fixed(match, days.years(first, last)) if first < last <= first + 200 else None


def _of_a_month(match: Match, as_of: date) -> Atom | None:
    """Read "on the 28th"."""
    n = int(match["day"])
    return recurring(match, days.monthly(n)) if 1 <= n <= 31 else None


def _holiday(match: Match, as_of: date) -> Atom | None:
    m, d, n_days = _HOLIDAYS[" ".join(match["name"].lower().replace("’", "'").split())]

    def make(y: int) -> Span | None:
        first = days.day_of(d, m, y)
        return first and days.rolling(first.start, 1 - n_days)

    if match["year"]:
        return fixed(match, make(year_number(match["year"])))
    return recurring(match, days.yearly(make))


def _bare_year(match: Match, as_of: date) -> Atom | None:
    """Read four figures that may be a year; who reads the text knows whether they are."""
    if _NO_YEAR.match(after(match)):
        return None
    if int(match["year"]) < 1900 and re.match(r"\s+[a-z]+s\b", after(match)):
        return None
    return Atom(match.start(), match.end(), days.year(int(match["year"])), is_bare=True)


RULES: tuple[Rule, ...] = (
    rule(r"(?<![\d-])(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)(?![\d-])", _iso),
    rule(
        r"(?<![\d/.])(?P<a>\d{1,2})(?P<mark>[/.-])(?P<b>\d{1,2})(?P=mark)"
        r"(?P<y>(?:1[5-9]|20)\d\d|(?<=/)\d\d)(?![\d/])",
        _slashed,
    ),
    rule(
        rf"{_WEEKDAY}{FREE}(?:the\s+)?{DAY}(?:{TO}(?:the\s+)?{LAST_DAY})?\s+(?:of\s+)?{MONTH}\b"
        rf"(?:(?:,?\s+|\s+of\s+|\s+in\s+){YEAR})?",
        _day_month,
    ),
    rule(
        rf"{_WEEKDAY}\b{MONTH}\s+(?:the\s+)?{DAY}(?:{TO}{LAST_DAY}(?!\d|\s+{_ANY_MONTH}))?"
        rf"(?![\d:]|[.,]\d)(?:(?:,?\s+|\s+of\s+|\s+in\s+){YEAR})?",
        _day_month,
    ),
    rule(rf"\b{MONTH}(?:,?\s+|\s+of\s+|\s+in\s+){YEAR}", _month_year),
    rule(rf"\b(?P<kind>[QH])(?P<q>[1-4])\b(?:(?:,?\s+|\s+of\s+|/){YEAR})?", _quarter),
    rule(
        rf"\b(?P<season>spring|summer|autumn|fall|winter)(?:\s+of|\s+in)?\s+{YEAR}"
        r"(?P<to>[-–/]\d\d(?:\d\d)?)?",
        _season,
    ),
    rule(
        rf"\b(?:{WHICH}|(?<=\bin\s)(?:the\s+)?|(?<=since\s)(?:the\s+)?|(?<=during\s)(?:the\s+)?"
        r"|(?<=over\s)the\s+)(?P<season>spring|summer|autumn|fall|winter)\b(?P<year>)",
        _season,
    ),
    rule(r"\b(?P<first>(?:1[5-9]|20)\d0)['’]?s\b", _decade),
    rule(rf"(?<=\bthe\s)(?P<first>['’]?[5-9]0['’]?s|{'|'.join(_DECADES)})\b", _short_decade),
    rule(r"\b(?P<n>\d\d)(?:st|nd|rd|th)[\s-]+century\b", _century),
    rule(
        rf"{FREE}(?P<first>(?:1[5-9]|20)\d\d)[-–/](?P<last>(?:1[5-9]|20)\d\d|\d\d)(?![\d/-])",
        _years,
    ),
    rule(rf"\b(?:{WHICH})?{MONTH}(?![\w-])", _month),
    rule(r"(?<=\bon\s)the\s+(?P<day>\d{1,2})(?:st|nd|rd|th)(?=\s*(?:[?.,;!]|$))", _of_a_month),
    rule(
        r"\b(?:(?P<which>last|this|next)\s+)?(?P<name>christmas(?:\s+(?:eve|day))?|boxing\s+day"
        rf"|new\s+year['’]s\s+(?:eve|day)|halloween|valentine['’]s\s+day)\b(?:,?\s+{YEAR})?",
        _holiday,
    ),
    rule(rf"{FREE}(?P<year>(?:1[5-9]|20)\d\d)(?![\d]|[,.]\d)", _bare_year),
)
