"""RSS, RDF and Atom files: each entry that carries its full text is an article.

Parsed by lxml, which is here anyway, reads a file of any size as a stream, and refuses what makes
XML dangerous: no external entity is read, nothing is fetched, and entities that multiply end the
parsing. What is wanted of an entry is said in ``index.extract.fields``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import BinaryIO

from lxml import etree

from index.errors import ReadError
from index.extract import values
from index.extract.clean import n_words
from index.extract.fields import Records
from index.extract.opening import Metered, head_of
from index.schema import Extracted, Failure

MAX_ENTRY_BYTES = 20_000_000  # one article; what is longer is none
MIN_FULL_WORDS = 100  # of a summary, or of what ends in "Read more"; a teaser has 10 to 60
_ROOTS = ("rss", "RDF", "feed")
_CHANNELS = ("channel", "feed")
_ENTRIES = ("item", "entry")
_CONTENT = ("encoded", "content")
_SUMMARY = ("description", "summary")
_VOCABULARIES = re.compile(r"purl\.org|/Atom|netscape\.com|userland\.com")
_BLOG_EXPORT = "{http://wordpress.org/export/"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
# Where a system cut the text, and what blogs add below it.
_CUT = re.compile(
    r"(?:\[\.\.\.\]|…\]?|\b(?:continue reading|read (?:more|on|the full \w+))\b[^.\n]{0,120})\s*$",
    re.IGNORECASE,
)
_APPENDED = re.compile(
    r"^the post [^\n]{1,300} (?:appeared first|first appeared) on [^\n]{1,200}$",
    re.IGNORECASE | re.MULTILINE,
)
_MAILED_BY = re.compile(r"\S+@\S+\s*(?:\((?P<name>[^()]{1,100})\))?\s*")


@dataclass(slots=True)
class _Channel:
    """What the feed says of all its entries, as far as it has been read."""

    title: str = ""
    language: str = ""


def read_feed(
    path: Path, stream: BinaryIO, field_map: Mapping[str, str]
) -> Iterator[Extracted | Failure]:
    """Yield an article, or why there is none, for every entry of a feed.

    The field map names the entry's own elements without their prefix: ``creator``, ``encoded``.

    Raises:
        ReadError: the file is no feed, or not well-formed XML: entries before that place are
            given first.
    """
    head_of(path, stream)
    records = Records(path, field_map)
    number = 0
    for number, (entry, channel) in enumerate(_entries(path, stream), start=1):
        try:
            fields = _fields(entry, channel)
            if "text" not in field_map:
                _refuse_teaser(str(fields["text"]), is_summary=not fields.keys() & {*_CONTENT})
            yield records.article(fields)
        except ValueError as error:
            yield Failure(str(path), f"entry {number}: {error}")
    if not number:
        raise ReadError(str(path), "a feed without entries")
    yield from records.missing()


def _entries(path: Path, stream: BinaryIO) -> Iterator[tuple[etree._Element, _Channel]]:
    """Yield each entry once it is whole; it is emptied before the next one is read."""
    metered = Metered(stream, MAX_ENTRY_BYTES)
    events = etree.iterparse(
        metered, events=("start", "end"), resolve_entities="internal", no_network=True
    )
    channel = _Channel()
    root = None
    try:
        for event, element in events:
            if root is None:
                root = element
                _refuse_other(path, root)
                channel.language = root.get(_LANGUAGE, "")
            parent = element.getparent()
            if event == "start" or parent is None:
                continue
            if _name(element) in _ENTRIES:
                yield element, channel
                _forget(element)
                metered.restart()
            elif _name(parent) in _CHANNELS:
                _note(channel, element)
    except etree.XMLSyntaxError as error:
        raise ReadError(str(path), f"not well-formed XML ({error.msg})") from error
    except ValueError as error:
        raise ReadError(str(path), str(error)) from error


def _refuse_other(path: Path, root: etree._Element) -> None:
    if _name(root) not in _ROOTS:
        raise ReadError(
            str(path),
            f"no feed: its root element is {_name(root)!r}, where RSS has rss, RDF or feed",
        )


def _note(channel: _Channel, element: etree._Element) -> None:
    if _name(element) == "title":
        channel.title = channel.title or values.line(_inner(element))
    elif _name(element) == "language":
        channel.language = channel.language or values.line(_inner(element))


def _forget(entry: etree._Element) -> None:
    """Free an entry and what stands before it, so that a long feed is never held as a whole."""
    entry.clear()
    parent = entry.getparent()
    while parent is not None and entry.getprevious() is not None:
        del parent[0]


def _fields(entry: etree._Element, channel: _Channel) -> dict[str, object]:
    """Return the entry's elements by name, with its text, source and language.

    Raises:
        ValueError: it is a draft.
    """
    told: dict[str, list[str]] = {}
    for element in entry.iterchildren(etree.Element):
        name = _name(element)
        if element.tag.startswith(_BLOG_EXPORT) and name == "status":
            _refuse_draft(_inner(element))
        namespace = etree.QName(element).namespace
        if namespace is None or _VOCABULARIES.search(namespace):
            told.setdefault(name, []).append(_value(element, name))
    fields: dict[str, object] = {name: found for name, found in told.items() if any(found)}
    text = values.without_markup(_longest(told, _CONTENT) or _longest(told, _SUMMARY))
    fields.setdefault("source", channel.title)
    fields.setdefault("language", entry.get(_LANGUAGE) or channel.language)
    return {**fields, "text": _APPENDED.sub("", text).strip()}


def _value(element: etree._Element, name: str) -> str:
    """Return what an element says; links, categories and people have several ways to say it."""
    if name == "link" and element.get("href"):
        return str(element.get("href")) if element.get("rel", "alternate") == "alternate" else ""
    if name == "category" and element.get("term"):
        return str(element.get("label") or element.get("term"))
    if name in ("author", "source"):
        said = _inner(next((c for c in element if _name(c) in ("name", "title")), element))
        mailed = _MAILED_BY.fullmatch(said)
        return (mailed["name"] or "") if mailed else said
    return _inner(element)


def _inner(element: etree._Element) -> str:
    """Return an element's text; markup inside it (Atom's xhtml) as HTML."""
    if not len(element):
        return (element.text or "").strip()
    for child in element.iter(etree.Element):
        child.tag = _name(child)
    parts = [etree.tostring(child, encoding="unicode", method="html") for child in element]
    return f"{escape(element.text or '')}{''.join(parts)}".strip()


def _longest(told: Mapping[str, list[str]], names: tuple[str, ...]) -> str:
    return max((text for name in names for text in told.get(name, ())), key=len, default="")


def _refuse_draft(status: str) -> None:
    if status != "publish":
        raise ValueError(f"not a published article: its status is {status!r}")


def _refuse_teaser(text: str, *, is_summary: bool) -> None:
    n = n_words(text)
    if not n:
        raise ValueError("no text: the feed holds only a headline")
    if n < MIN_FULL_WORDS and (is_summary or _CUT.search(text[-200:])):
        raise ValueError(f"only a teaser of {n} words: the feed holds no full text")


def _name(element: etree._Element) -> str:
    """Return an element's name without its namespace; "" for comments and the like."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""
