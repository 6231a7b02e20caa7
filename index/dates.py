"""Publication dates: what a string says, and which of several sources to believe.

A date is read only where day, month and year are all written and cannot be mistaken for another
day; anything else is None. Knows nothing of file formats and never looks at the clock of a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from index.schema import DateProvenance

EARLIEST_YEAR = 1500  # before newspapers; an older "date" is a misread number
WEB_YEAR = 1991  # the first web page; an older date of a page is mostly a program's default
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
# No closing boundary after the year: pages saved as text double a date without a space between.
_WRITTEN = (
    re.compile(rf"\b{_DAY}\s+(?:of\s+)?{_MONTH},?\s+(?P<year>\d{{4}})", re.IGNORECASE),
    re.compile(rf"\b{_MONTH}\s+{_DAY}(?:\s*,\s*|\s+)(?P<year>\d{{4}})", re.IGNORECASE),
    re.compile(rf"\b{_DAY}[-/]{_MONTH}[-/](?P<year>\d{{4}})\b", re.IGNORECASE),
)
_ISO = re.compile(
    r"(?<!\d)(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?!\d)"
)
_COMPACT = re.compile(r"^(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?:T\d{4,6}Z?)?$")
_DOTTED = re.compile(r"(?<!\d)(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})(?!\d)")
_SLASHED = re.compile(r"(?<!\d)(?P<a>\d{1,2})[/-](?P<b>\d{1,2})[/-](?P<year>\d{4})(?!\d)")

_LABEL = re.compile(
    r"^(?:first\s+)?(?P<label>published|posted|issued|filed|created|updated|last\s+updated|modified"
    r"|last\s+modified|date)\b(?:\s+(?:on|at))?\s*[:\-–—]?\s*",
    re.IGNORECASE,
)
_CHANGE = re.compile(r"\b(?:updated|modified)\b(?:\s+(?:on|at))?:?", re.IGNORECASE)
_CLOCK = re.compile(
    r"\b(?:at\s+)?\d{1,2}[:.]\d\d(?:[:.]\d\d)?\s*(?:[ap]\.?m\.?(?!\w))?|\b\d{1,2}\s*[ap]\.?m\b\.?",
    re.IGNORECASE,
)
_ZONE = re.compile(r"\b(?:UTC|GMT|BST|CES?T|E[SD]?T|C[SD]T|M[SD]T|P[SD]?T|Z)\b(?:[+-]\d{1,2})?")
_WEEKDAY = re.compile(r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b", re.I)
_DOUBLED = re.compile(
    r"(?P<day>\b\d{1,2} [^\W\d_]{3,9}\.? \d{4}|\b[^\W\d_]{3,9}\.? \d{1,2}, \d{4})"
    r"\s?(?P=day)(?!\d)"
)
_URL_DATE = re.compile(
    r"[/\-_](?P<year>(?:19|20)\d\d)(?P<mark>[/\-_]?)(?P<month>\d{2}|[a-z]{3})(?P=mark)(?P<day>\d{2})"
    r"(?=[/\-_.]|$)"
)
_MAX_LINE = 160  # characters; a longer line is prose, whatever it starts with


@dataclass(frozen=True, slots=True)
class DateLine:
    """A line that says when an article came out, and what else stands in it (a name, mostly)."""

    day: str  # ISO date
    updated: bool  # True where the line gives the time of a change, not of publication
    rest: str  # what is left without label, date, weekday and clock time
    changed: str | None = None  # ISO date of a change that the line gives beside publication


def is_plausible(day: date, today: date | None = None) -> bool:
    """Tell whether an article can have come out that day; one day of time zones is allowed."""
    return day.year >= EARLIEST_YEAR and day <= (today or date.today()) + timedelta(days=1)


def parse_date(value: str, *, today: date | None = None) -> str | None:
    """Return the one calendar day a string names, as YYYY-MM-DD, or None.

    Time and zone are ignored: the day is the one written. ``03/04/2022`` is None because half
    the world reads it as another day; ``25/04/2022`` and ``03.04.2022`` are not ambiguous.
    """
    found = _find(value.strip()[:_MAX_LINE])
    return found[0] if found and is_plausible(date.fromisoformat(found[0]), today) else None


def date_from_url(url: str, *, today: date | None = None) -> str | None:
    """Return the day a URL's path carries, as in /2022/09/28/, or None."""
    path = url.split("?")[0].split("#")[0].lower()
    for match in _URL_DATE.finditer(path):
        day = _day(match)
        if day and is_plausible(date.fromisoformat(day), today):
            return day
    return None


def date_line(line: str, *, today: date | None = None) -> DateLine | None:
    """Read a line that is nothing but a date, or starts with Published, Updated and the like.

    A sentence that mentions a date gives None: it says when something happened, not when the
    article came out.
    """
    line = line.strip()
    if len(line) > _MAX_LINE or line.endswith((".”", "?", "!")):
        return None
    label = _LABEL.match(line)
    body = line[label.end() :] if label else line
    found = _find(body)
    if not found or not is_plausible(date.fromisoformat(found[0]), today):
        return None
    rest = _rest(body)
    updated = bool(label and re.search("updated|modified", label["label"], re.IGNORECASE))
    if (label and len(rest.split()) <= 8) or len(rest.split()) <= 5:
        return DateLine(found[0], updated, rest, _changed(body[found[2] :], today))
    return None


def is_labelled(line: str) -> bool:
    """Tell whether a line begins with Published, Updated or the like."""
    return bool(_LABEL.match(line))


def later_change(published: str | None, value: str | None) -> str | None:
    """Return the day of a change that does not lie before publication, or None.

    A "change" before publication is an error of the page and says nothing.
    """
    day = parse_date(value) if value else None
    return day if day and int(day[:4]) >= WEB_YEAR and day >= (published or day) else None


def without_doubled_date(line: str) -> str:
    """Return the line with ``28 Sep 202228 Sep 2022`` written once.

    Pages print a date twice, for the eye and for screen readers; saved as text the two touch.
    """
    return _DOUBLED.sub(r"\g<day>", line)


def best_date(
    candidates: Iterable[tuple[DateProvenance, str | None]],
    *,
    on_web: bool = False,
    today: date | None = None,
) -> tuple[str | None, DateProvenance]:
    """Return the first candidate that is a plausible date, with where it came from.

    Candidates come in order of trust; values are raw strings. None of them good: (None,
    "unknown"). ``on_web`` says that the article is a web page: a date before the web began is
    then believed only where the page's address or a printed line names the same day, as those
    of archived papers do. Alone it is a default such as 1970-01-01 that a program filled in.
    """
    days = [(where, value and parse_date(value, today=today)) for where, value in candidates]
    for where, day in days:
        if day and (not on_web or int(day[:4]) >= WEB_YEAR or _is_seconded(where, day, days)):
            return day, where
    return None, "unknown"


def _is_seconded(
    where: DateProvenance, day: str, days: Iterable[tuple[DateProvenance, str | None]]
) -> bool:
    """Tell whether the address or a printed line names the day that another place gives."""
    places = {place for place, other in days if other == day} | {where}
    return len(places) > 1 and not places.isdisjoint(("url", "byline"))


def _changed(rest: str, today: date | None) -> str | None:
    """Return the day that follows the word Updated in what stands behind a date."""
    match = _CHANGE.search(rest)
    return parse_date(rest[match.end() :], today=today) if match else None


def _find(text: str) -> tuple[str, int, int] | None:
    """Return the first date in the text as (ISO date, start, end)."""
    for pattern in (_ISO, *_WRITTEN, _COMPACT, _DOTTED, _SLASHED):
        for match in pattern.finditer(text):
            day = _slashed(match) if pattern is _SLASHED else _day(match)
            if day:
                return day, match.start(), match.end()
    return None


def _day(match: re.Match[str]) -> str | None:
    month = match["month"].lower()
    number = int(month) if month.isdecimal() else 1 + _month_index(month[:3])
    try:
        return date(int(match["year"]), number, int(match["day"])).isoformat()
    except ValueError:
        return None


def _month_index(name: str) -> int:
    return MONTHS.index(name) if name in MONTHS else -1


def _slashed(match: re.Match[str]) -> str | None:
    a, b, year = int(match["a"]), int(match["b"]), int(match["year"])
    if a == b or (a > 12) != (b > 12):
        day, month = (a, b) if a > 12 else (b, a)
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            return None
    return None


def _rest(body: str) -> str:
    """Return the line without its dates (at most two: published and updated) and times."""
    for _ in range(2):
        found = _find(body)
        if found:
            body = f"{body[: found[1]]} {body[found[2] :]}"
    body = re.sub(r"\bT\d\d:\d\d\S*", " ", body)
    for pattern in (_CLOCK, _ZONE, _WEEKDAY):
        body = pattern.sub(" ", body)
    body = re.sub(
        r"\b(?:last )?(?:updated|modified|published)\b(?: (?:on|at))?:?", " ", body, flags=re.I
    )
    return re.sub(r"\s+", " ", body).strip(" ,;:|•·/()[]–—-")
