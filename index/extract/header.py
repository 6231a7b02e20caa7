"""The lines under a headline: who wrote it, for whom, and when it came out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.dates import DateLine, date_line, parse_date

_BY = re.compile(r"^(?:written\s+|reported\s+|words\s+)?by[:\s]\s*(?P<who>\S.*)$", re.IGNORECASE)
_SOURCE = re.compile(
    r"^(?:source|outlet|publisher|publication|originally published (?:in"
    r"|by))\s*:\s*(?P<name>\S.{1,80})$",
    re.IGNORECASE,
)
_PRESS_WORD = re.compile(
    r"\b(?:agenc(?:y|ies)|bulletin|broadcasting|chronicle|courier|daily|dispatch|echo"
    r"|examiner|express"
    r"|gazette|globe|herald|journal|ledger|magazine|mail|mercury|mirror|monitor|news\w*"
    r"|observer|post"
    r"|press|radio|record|register|reporter|review|sentinel|standard|star|sun|telegraph|times"
    r"|tribune"
    r"|tv|weekly|wire)\b",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"\b(?:editor|correspondent|reporter|staff|writer|columnist|bureau|contributor|producer)s?\b",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"\s*(?:[|•·/]|\s[–—-]\s|\bfor\b|,)\s*")
_MAX_BYLINE_WORDS = 20


@dataclass(frozen=True, slots=True)
class Header:
    """What the lines near the top of an article say about it; empty where they say nothing."""

    authors: tuple[str, ...] = ()
    source: str = ""
    published: str | None = None  # ISO date


def is_byline(line: str) -> bool:
    """Tell whether a line only says who wrote the article."""
    match = _BY.match(line)
    if not match or len(line.split()) > _MAX_BYLINE_WORDS:
        return False
    return match["who"][:1].isupper() and not line.rstrip().endswith((".", "?", "!"))


def read_header(lines: Sequence[str]) -> Header:
    """Read byline, outlet and date from the lines near the top; an earlier line wins.

    A line that gives the time of publication wins over one that gives the time of a change.
    """
    authors: tuple[str, ...] = ()
    source = ""
    days: list[DateLine] = []
    for line in lines:
        if is_byline(line):
            names, outlet = split_byline(line)
            authors, source = authors or names, source or outlet
            if day := parse_date(line):
                days.append(DateLine(day, False, ""))
        elif match := _SOURCE.match(line):
            source = source or match["name"].strip(" .")
        elif found := date_line(line):
            days.append(found)
            source = source or outlet_name(found.rest)
    days.sort(key=lambda found: found.updated)
    return Header(authors, source, days[0].day if days else None)


def split_byline(line: str) -> tuple[tuple[str, ...], str]:
    """Return (authors, outlet) of a byline such as "By Ana Roe and Bo Lind, The Harbour Post"."""
    match = _BY.match(line)
    authors: list[str] = []
    outlet = ""
    for part in _SEPARATORS.split(match["who"] if match else line):
        if _PRESS_WORD.search(part):
            outlet = outlet or outlet_name(part)
            continue
        for name in re.split(r"\s+(?:and|&|with)\s+", part):
            if _is_name(name):
                authors.append(name)
    if not authors and outlet:  # "By News Agencies" names whoever wrote it, not where it stood
        return (outlet,), ""
    return tuple(dict.fromkeys(authors)), outlet


def outlet_name(text: str) -> str:
    """Return the text where it reads like the name of an outlet, otherwise an empty string."""
    text = text.strip(" .,|")
    if 1 <= len(text.split()) <= 6 and text[:1].isupper() and _PRESS_WORD.search(text):
        return "" if _ROLE.search(text) or date_line(text) else text
    return ""


def _is_name(text: str) -> bool:
    words = text.split()
    return (
        1 <= len(words) <= 5
        and not any(character.isdecimal() for character in text)
        and not _ROLE.search(text)
        and words[0][0].isupper()
    )
