"""Figures in a text: value, unit, and whether it is exact. Pure functions.

"53 thousand", "53,000" and "fifty-three thousand" are one value; "more than" and "about" are kept
beside it. Days of the month and years are dates and not figures. Knows nothing of articles.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Bound = Literal["", "over", "under", "about"]
Kind = Literal["count", "money", "percent", "length", "duration", "age", "ordinal", "speed"]

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_VALUES = {
    **{word: float(n) for n, word in enumerate(_SMALL)},
    **{word: 20.0 + 10 * n for n, word in enumerate(_TENS)},
    "dozen": 12.0,
    "half": 0.5,
    "hundred": 100.0,
    "couple": 2.0,
}
_MAGNITUDES = {
    "hundred": 1e2,
    "thousand": 1e3,
    "k": 1e3,
    "million": 1e6,
    "m": 1e6,
    "mn": 1e6,
    "billion": 1e9,
    "bn": 1e9,
    "b": 1e9,
    "trillion": 1e12,
    "tn": 1e12,
    "dozen": 12.0,
}
_LENGTHS = {"km": "kilometer kilometre kilometers kilometres km", "mile": "mile miles"}
_AN_HOUR = ("per hour", "an hour")
_UNITS: dict[str, tuple[Kind, str]] = {
    **dict.fromkeys(("km/h", "kmh", "kph", "kmph"), ("speed", "km")),
    **dict.fromkeys(("mph", "mi/h"), ("speed", "mile")),
    **dict.fromkeys(("knot", "knots"), ("speed", "knot")),
    **{
        f"{length} {hourly}": ("speed", unit)
        for unit, lengths in _LENGTHS.items()
        for length in lengths.split()
        for hourly in _AN_HOUR
    },
    **dict.fromkeys(("%", "percent", "per cent", "percentage points"), ("percent", "%")),
    **dict.fromkeys(("km", "kilometer", "kilometers", "kilometre", "kilometres"), ("length", "km")),
    **dict.fromkeys(("mile", "miles", "mi"), ("length", "mile")),
    **dict.fromkeys(("meter", "meters", "metre", "metres"), ("length", "m")),
    **dict.fromkeys(("foot", "feet", "ft"), ("length", "foot")),
    **dict.fromkeys(("inch", "inches", "cm", "centimeters", "centimetres"), ("length", "cm")),
    **dict.fromkeys(("second", "seconds"), ("duration", "second")),
    **dict.fromkeys(("minute", "minutes", "min"), ("duration", "minute")),
    **dict.fromkeys(("hour", "hours"), ("duration", "hour")),
    **dict.fromkeys(("day", "days"), ("duration", "day")),
    **dict.fromkeys(("week", "weeks"), ("duration", "week")),
    **dict.fromkeys(("month", "months"), ("duration", "month")),
    **dict.fromkeys(("year", "years"), ("duration", "year")),
    **dict.fromkeys(("decade", "decades"), ("duration", "decade")),
    **dict.fromkeys(("dollar", "dollars", "usd"), ("money", "$")),
    **dict.fromkeys(("euro", "euros", "eur"), ("money", "€")),
    **dict.fromkeys(("pound", "pounds", "gbp"), ("money", "£")),
    **dict.fromkeys(("ruble", "rubles", "rouble", "roubles"), ("money", "₽")),
    **dict.fromkeys(("cent", "cents", "yen", "yuan", "rupees", "francs"), ("money", "other")),
}
MONTHS = {
    name: n
    for n, names in enumerate(
        "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|"
        "september sep sept|october oct|november nov|december dec".split("|"),
        start=1,
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_WORDS = "|".join([*_TENS, *sorted(_SMALL, key=len, reverse=True)])
_UNIT = "|".join(re.escape(u) for u in sorted(_UNITS, key=len, reverse=True))
_FIGURE = re.compile(
    rf"(?<![\w.,])(?P<currency>US\$|[$€£₽¥])?\s?"
    rf"(?P<number>\d+(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|(?:{_WORDS})(?:[- ](?:{_WORDS}))?"
    rf"(?![^\W\d_])|a (?=hundred|thousand|million|billion|dozen)"
    rf"|hundreds|thousands|tens of thousands|millions)"
    rf"(?P<ordinal>st|nd|rd|th)?"
    rf"(?:[\s-]?(?P<magnitude>hundred|thousand|million|billion|trillion|dozen|bn|mn|tn|[kmb])\b)?"
    rf"(?:[\s-]?(?P<unit>{_UNIT})(?![\w]))?(?P<age>[\s-]olds?\b|,? of age\b)?",
    re.IGNORECASE,
)
_VAGUE = {"hundreds": 1e2, "thousands": 1e3, "tens of thousands": 1e4, "millions": 1e6}
_BOUNDS: dict[Bound, re.Pattern[str]] = {
    "over": re.compile(r"\b(?:more than|over|above|at least|exceed\w*|upwards? of)\W*$", re.I),
    "under": re.compile(
        r"\b(?:up to|less than|fewer than|under|below|at most|as many as)\W*$", re.I
    ),
    "about": re.compile(
        r"\b(?:about|around|some|nearly|almost|roughly|approximately|estimated)\W*$", re.I
    ),
}
_BY = re.compile(r"\bby (?:\w+ ){0,2}$", re.IGNORECASE)
_NOUNS = re.compile(r"[\s-]*((?:[^\W\d_]|['’-])+)(?:\s+([^\W\d_]+))?(?:\s+([^\W\d_]+))?")
_LABEL = re.compile(
    r"(?:\[|\b(?:source|article|chapter|page|section|paragraph|table|part|route|flight|room|gate"
    r"|no|number)\b\.?)[\s-]*$",
    re.IGNORECASE,
)  # "Source 3", "Flight 370", "[1]": a number that names and counts nothing
_DATE_BEFORE = re.compile(rf"\b(?:{_MONTH})\.?\s*$", re.I)
_DATE_AFTER = re.compile(rf"\s*(?:of\s+)?(?:{_MONTH})\b", re.I)
_DAY = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?({_MONTH})\b|\b({_MONTH})\.?\s+(\d{{1,2}})\b",
    re.IGNORECASE,
)
_AGED = re.compile(r"\b[Aa]ge[ds]?\s*$")
_TURNED = re.compile(r"\b(?:he|she|I|who) (?:is|was|turned)\s*$", re.IGNORECASE)
_AGE_ENDS = re.compile(r"[,.;)]|$|\s+(?:when|and|or|at)\b")  # "when he was 12, he", not "12 points"
_AGE_BEFORE_COMMA = re.compile(r"(?:[A-ZÀ-Þ][\w’'-]+,|\b[Aa]t)\s*$")  # "Ada Holm, 34, said"
_REACH = 60  # characters beside a figure that say what it is; a long text costs no more a figure
_OLDEST = 120  # years; past it a figure between commas is no age


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: ``value`` in its own ``unit`` ("km", "$", "%", or "" for a count).

    ``noun`` is the word that follows it: what is counted. ``start`` and ``end`` are offsets into
    the text it was read from, end exclusive.
    """

    value: float
    kind: Kind
    unit: str
    bound: Bound
    noun: str
    is_change: bool  # "by 20%": how much something rose or fell
    start: int
    end: int
    text: str

    @property
    def is_vague(self) -> bool:
        """Whether it is "hundreds" or "thousands", which no number can be read from."""
        return self.text.lower() in _VAGUE


def figures(text: str) -> list[Figure]:
    """Return the figures of a text in order, dates and years left out."""
    found = []
    for match in _FIGURE.finditer(text):
        value = _value(match)
        if value is None or _is_date(text, match, value):
            continue
        kind, unit = _unit(text, match)
        after = _NOUNS.match(_after(text, match))
        nouns = " ".join(w for w in after.groups() if w) if after else ""
        found.append(
            Figure(
                value=value,
                kind=kind,
                unit=unit,
                bound=_bound(_before(text, match)),
                noun=nouns.lower(),
                is_change=bool(_BY.search(_before(text, match))),
                start=match.start() + len(match.group()) - len(match.group().lstrip()),
                end=match.end(),
                text=match.group().strip(),
            )
        )
    return found


def years(text: str) -> set[int]:
    """Return the four-digit years of a text."""
    return {int(y) for y in re.findall(r"(?<![\d,.])(1[5-9]\d\d|20\d\d)(?!\d|[.,]\d)", text)}


def days(text: str) -> set[tuple[int, int]]:
    """Return the (month, day) pairs a text names: "21 September", "Sept. 21", "2022-09-21"."""
    found = set()
    for match in _DAY.finditer(text):
        day, month = match[1] or match[4], match[2] or match[3]
        found.add((MONTHS[month.lower()], int(day)))
    for match in re.finditer(r"\b\d{4}-(\d\d)-(\d\d)\b", text):
        found.add((int(match[1]), int(match[2])))
    return found


def agree(a: Figure, b: Figure) -> bool:
    """Tell whether two figures can both be true: equal, or within what "about" or "over" allow."""
    if (a.kind, a.unit) != (b.kind, b.unit):
        return False
    if a.value == b.value:
        return True
    low, high = sorted((a, b), key=lambda f: f.value)
    near = high.value <= low.value * 1.1
    return near and bool(a.bound or b.bound) and low.bound != "under" and high.bound != "over"


def _before(text: str, match: re.Match[str]) -> str:
    return text[max(0, match.start() - _REACH) : match.start()]


def _after(text: str, match: re.Match[str]) -> str:
    return text[match.end() : match.end() + _REACH]


def _value(match: re.Match[str]) -> float | None:
    number = match["number"].lower().strip()
    if number == "one" and _is_pronoun(match):
        return None
    if number in _VAGUE:
        value = _VAGUE[number]
    elif number[0].isdigit():
        value = float(number.replace(",", ""))
    elif number == "a":
        value = 1.0
    else:
        value = sum(_VALUES[part] for part in re.split(r"[- ]", number))
    if match["magnitude"]:
        letter = match["magnitude"].lower()
        counted = re.match(r"\s[a-z]", _after(match.string, match))
        if letter in {"m", "b"} and not match["currency"] and not counted:
            return value  # "5m" alone is five metres; "5m people" are five million
        value *= _MAGNITUDES[match["magnitude"].lower()]
    return value


def _is_pronoun(match: re.Match[str]) -> bool:
    """Tell "no one" and "one of them" from a count of one."""
    before = re.search(
        r"(?:\b(?:no|any|every|some|each|this|that|which|the)[\s-])$",
        match.string[max(0, match.start("number") - _REACH) : match.start("number")],
        re.I,
    )
    return bool(
        before
        or re.match(
            r"\s+(?:of|another|who|that)\b",
            match.string[match.end("number") : match.end("number") + _REACH],
        )
    )


def _unit(text: str, match: re.Match[str]) -> tuple[Kind, str]:
    if match["currency"]:
        return "money", match["currency"].removeprefix("US").removeprefix("us")
    if match["ordinal"] or _LABEL.search(_before(text, match)):
        return "ordinal", ""
    kind, unit = _UNITS.get((match["unit"] or "").lower(), ("count", ""))
    if kind == "duration" and match["age"]:  # "four days old" is no four days
        return "age", unit
    if kind == "count" and _is_age(text, match):
        return "age", "year"
    return kind, unit


def _is_age(text: str, match: re.Match[str]) -> bool:
    """Tell whether a bare number is somebody's age: "aged 34", "Ada Holm, 34, said"."""
    if match["magnitude"] or not match["number"].isdigit() or int(match["number"]) > _OLDEST:
        return False
    before, after = _before(text, match), _after(text, match)
    if _TURNED.search(before):
        return bool(_AGE_ENDS.match(after))
    return bool(_AGED.search(before) or (after[:1] == "," and _AGE_BEFORE_COMMA.search(before)))


def _bound(before: str) -> Bound:
    return next((bound for bound, pattern in _BOUNDS.items() if pattern.search(before)), "")


def _is_date(text: str, match: re.Match[str], value: float) -> bool:
    if re.match(r":\d\d|\s?[ap]\.?m\b", _after(text, match), re.I):
        return True  # a time of day
    if match["currency"] or match["unit"] or match["magnitude"] or "," in match["number"]:
        return False
    if value.is_integer() and 1500 <= value < 2100 and len(match["number"]) == 4:
        return True
    if value > 31 or not match["number"][0].isdigit():
        return False
    before, after = _before(text, match), _after(text, match)
    return bool(_DATE_BEFORE.search(before) or _DATE_AFTER.match(after))
