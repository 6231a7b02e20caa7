"""Values of fields, as archives have them -> text, names, days and addresses.

A value may be a string (with HTML in it, in most exports of content systems), a number, a list
or an object that wraps it; knows nothing of the names of fields.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime

from index.extract.clean import clean_line, without_entities
from index.extract.visible import visible_text

_BLOCK_TAG = re.compile(
    r"</?(?:p|br|div|h[1-6]|[uo]l|li|blockquote|figure|table|section|article)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_TAG = re.compile(
    r"</?(?:a|abbr|b|cite|em|font|i|img|iframe|mark|q|s|script|small|span|strong|style|su[bp]|u)"
    r"(?:\s[^<>]*)?/?>|<!--",
    re.IGNORECASE,
)
# What an object calls the value it wraps: content systems, APIs, document databases.
_WRAPPED = ("name", "rendered", "value", "#text", "$date", "$numberLong", "$oid", "title", "id")
_TIMESTAMP = re.compile(r"(?P<seconds>[1-9]\d{9})(?:\d{3}|\.\d{1,9})?")
_QUOTED = re.compile(r"\"([^\"]+)\"|'([^']+)'")
_BETWEEN_NAMES = re.compile(r"\s*(?:[;|]|,\s+and\b|\band\b|&)\s*")
_BY = re.compile(r"^by\s+", re.IGNORECASE)
_WEB_ADDRESS = re.compile(r"https?://\S+|(?!\w+:)\S+", re.IGNORECASE)


def line(value: object) -> str:
    """Return a value as one line of plain text; of a list its first one, or ""."""
    if isinstance(value, list | tuple):
        return next((text for text in map(line, value) if text), "")
    if isinstance(value, Mapping):
        return line(next((value[name] for name in _WRAPPED if value.get(name)), None))
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, str):
        return clean_line(without_markup(value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""


def body(value: object) -> str:
    """Return the text of an article, paragraphs parted by line ends as ``paragraphs`` reads them.

    A list of strings holds a paragraph each. What is no text gives "".
    """
    if isinstance(value, Mapping):
        value = value.get("rendered")
    if isinstance(value, list | tuple):
        return "\n\n".join(without_markup(part) for part in value if isinstance(part, str))
    return without_markup(value) if isinstance(value, str) else ""


def without_markup(text: str) -> str:
    """Return text without HTML tags and entities, where it has any.

    Where block elements make the paragraphs, line ends in the source mean nothing; where there
    are only links and emphasis, they do.
    """
    if _BLOCK_TAG.search(text):
        return visible_text(" ".join(text.split())).replace("\n", "\n\n")
    if _TAG.search(text):
        return visible_text(text)
    return without_entities(text)


def paragraphs(text: str) -> list[str]:
    """Split at blank lines; a text without any is split at its line ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = [line.strip() for line in text.split("\n")]
    if "" not in lines[1:-1]:
        return lines
    blocks: list[list[str]] = [[]]
    for one in lines:
        if one:
            blocks[-1].append(one)
        elif blocks[-1]:
            blocks.append([])
    return [" ".join(block) for block in blocks]


def names(value: object) -> tuple[str, ...]:
    """Return the people that a value names: a list, or "By Ana Roe and Bo Lind", each once."""
    if isinstance(value, str) and value.strip().startswith("["):  # a list that a table wrote out
        value = [double or single for double, single in _QUOTED.findall(value)]
    parts = value if isinstance(value, list | tuple) else [value]
    found = [name for part in parts for name in _split_names(_BY.sub("", line(part)))]
    return tuple(dict.fromkeys(name for name in found if name))


def day(value: object) -> str:
    """Return a date as text for ``index.dates.parse_date``.

    Ten digits are seconds and thirteen are milliseconds since 1970: no other way to write a day
    has as many. The day is the one in UTC.
    """
    text = line(value)
    match = _TIMESTAMP.fullmatch(text)
    return datetime.fromtimestamp(int(match["seconds"]), UTC).date().isoformat() if match else text


def web_address(value: object) -> str | None:
    """Return a URL of the web, or None for any other: a reader may follow it."""
    text = line(value)
    return text if _WEB_ADDRESS.fullmatch(text) else None


def _split_names(text: str) -> list[str]:
    parts = _BETWEEN_NAMES.split(text)
    # "Roe, Ana" is one person; "Ana Roe, Bo Lind" are two.
    return [
        name.strip(" ,")
        for part in parts
        for name in (part.split(",") if _are_whole_names(part.split(",")) else [part])
    ]


def _are_whole_names(parts: list[str]) -> bool:
    return all(2 <= len(part.split()) <= 4 for part in parts)
