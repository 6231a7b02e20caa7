"""The lines under a headline: who wrote it, for whom, and when it came out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.dates import DateLine, date_line, parse_date
from index.extract.clean import key

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
    r"\b(?:editor|correspondent|reporter|staff|writer|columnist|bureau|contributor|producer"
    r"|editorial|newsroom|desk|team|admin|administrator|author|guest|read)s?\b",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"\s*(?:[|•·/]|\s[–—-]\s|\bfor\b|,)\s*")
# A comma parts a name from what its bearer is, a full stop from the outlet ("Ana Roe. The Post");
# an initial's does not.
_BESIDE_NAME = re.compile(r"\s*[;,]\s*|\s+(?:and|&|with)\s+|(?<=\w{3})\.\s+")
_BEHIND_NAME = re.compile(r"\s+[|•·–—-]\s+|\s+for\s+|\s*[(\[/]")
_ADDRESS = re.compile(r"[\w-]+\.[a-z]{2,}\b|@", re.IGNORECASE)
_WEEKDAY = re.compile(r"\s(?:mon|tues|wednes|thurs|fri|satur|sun)day\b", re.IGNORECASE)
_VOWEL = re.compile(r"[AEIOUYÀ-Þ]")
_MAX_BYLINE_WORDS = 20


@dataclass(frozen=True, slots=True)
class Header:
    """What the lines near the top of an article say about it; empty where they say nothing."""

    authors: tuple[str, ...] = ()
    source: str = ""
    published: str | None = None  # ISO date
    updated: str | None = None  # ISO date of a change; never taken for that of publication


def is_byline(line: str) -> bool:
    """Tell whether a line only says who wrote the article."""
    match = _BY.match(line)
    if not match or len(line.split()) > _MAX_BYLINE_WORDS:
        return False
    return match["who"][:1].isupper() and not line.rstrip().endswith((".", "?", "!"))


def read_header(lines: Sequence[str]) -> Header:
    """Read byline, outlet and date from the lines near the top; an earlier line wins.

    The time of a change is kept apart from the time of publication, and never stands in for it.
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
    published = next((found.day for found in days if not found.updated), None)
    changes = (found.day if found.updated else found.changed for found in days)
    return Header(authors, source, published, next(filter(None, changes), None))


def split_byline(line: str) -> tuple[tuple[str, ...], str]:
    """Return (authors, outlet) of a byline such as "By Ana Roe and Bo Lind, The Harbour Post"."""
    match = _BY.match(_WEEKDAY.split(line)[0] if parse_date(line) else line)
    authors: list[str] = []
    outlet = ""
    for part in _SEPARATORS.split(match["who"] if match else line):
        if _PRESS_WORD.search(part):
            outlet = outlet or outlet_name(part)
            continue
        for name in re.split(r"\s+(?:and|&|with)\s+", part):
            if _is_name(name):
                authors.append(_natural_case(name))
    if not authors and outlet:  # "By News Agencies" names whoever wrote it, not where it stood
        return (outlet,), ""
    return tuple(dict.fromkeys(authors)), outlet


def author_names(values: Iterable[str], source: str) -> tuple[str, ...]:
    """Return the authors in what a page names as such, without roles, outlet and reading time.

    ``source`` is the outlet: an article "by" its own outlet names nobody.
    """
    found: dict[str, str] = {}
    for value in values:
        for part in _BESIDE_NAME.split(_BY.sub(r"\g<who>", value.strip())):
            name = _natural_case(_BEHIND_NAME.split(part)[0].strip(" .,|"))
            is_outlet = set(key(name).split()) <= set(key(source).split())
            if name and _is_name(name) and not _ADDRESS.search(name) and not is_outlet:
                found.setdefault(key(name), name)
    return tuple(found.values())


def _natural_case(name: str) -> str:
    """Return a name in capitals as people write it; an agency's letters stay as they are."""
    words = [word.strip(".") for word in name.split()]
    are_words = all(len(word) == 1 or _VOWEL.search(word) for word in words)
    is_person = name.isupper() and len(words) > 1 and are_words and not _PRESS_WORD.search(name)
    return name.title() if is_person else name


def outlet_name(text: str) -> str:
    """Return the text where it reads like the name of an outlet, otherwise an empty string."""
    text = text.strip(" .,|")
    if 1 <= len(text.split()) <= 6 and text[:1].isupper() and _PRESS_WORD.search(text):
        has_number = any(character.isdecimal() for character in text)
        return "" if has_number or _ROLE.search(text) or date_line(text) else text
    return ""


def _is_name(text: str) -> bool:
    words = text.split()
    return (
        1 <= len(words) <= 5
        and not any(character.isdecimal() for character in text)
        and not _ROLE.search(text)
        and words[0][0].isupper()
    )
