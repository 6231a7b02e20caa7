"""JSON files: a list of articles, an object that holds such a list, or one article.

Of any size: records are parsed one at a time. What is wanted of a record is said in
``index.extract.fields``; this module only finds where the records lie.
"""

from __future__ import annotations

import io
import json
from collections import deque
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import BinaryIO

import ijson

from index.errors import ReadError
from index.extract.fields import Records, known_fields
from index.extract.jsonl import read_jsonl, refuse_wide
from index.extract.opening import Metered, head_of
from index.extract.values import body
from index.schema import Extracted, Failure

MAX_RECORD_BYTES = 20_000_000  # one article; what is longer is none
HEAD_BYTES = 65_536  # enough to tell text from a binary file
MAX_NESTING = 100
MAX_DEPTH = 4  # objects around a list of articles, as in {"response": {"docs": [...]}}
MAX_SAMPLED = 20  # items of a list in which one must be an article

Place = list[str | None]
"""The way to a value from the top: the name of a field, or None for each item of a list."""


def read_json(
    path: Path, stream: BinaryIO, field_map: Mapping[str, str]
) -> Iterator[Extracted | Failure]:
    """Yield an article, or why there is none, for every record of a JSON file.

    Raises:
        ReadError: the file is no JSON, or stops being JSON somewhere: records before that place
            are given first.
    """
    refuse_wide(path, stream)
    head = head_of(path, stream).lstrip("\ufeff \t\r\n")
    if head[0] not in "[{":
        raise ReadError(str(path), f"not a JSON list or object; it begins with {head[:20]!r}")
    if head.startswith("{") and _is_one_record_a_line(stream):
        yield from read_jsonl(path, stream, field_map)
        return
    place: Place = [None]
    if head[0] == "{":
        place = _place(_sample(stream), field_map)
    records = Records(path, field_map)
    number = 0
    for number, item in enumerate(_items(path, stream, place), start=1):
        try:
            yield records.article(_source(item))
        except ValueError as error:
            yield Failure(str(path), f"record {number}: {error}")
    if not number:
        raise ReadError(str(path), "an empty list: no article in it")
    yield from records.missing()


def _is_one_record_a_line(stream: BinaryIO) -> bool:
    """Tell whether the first line is a whole object and others follow it."""
    first = stream.readline(MAX_RECORD_BYTES)
    has_more = bool(stream.read(HEAD_BYTES).strip())
    stream.seek(0)
    try:
        return has_more and isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False


def _sample(stream: BinaryIO) -> object:
    """Return the file's first value as far as one record's bytes go: lists may be cut short."""
    builder = ijson.ObjectBuilder()
    try:
        for event, value in _events(io.BytesIO(_without_mark(stream).read(MAX_RECORD_BYTES))):
            builder.event(event, value)
    except (ijson.JSONError, ValueError, OverflowError):
        pass  # reading the records meets the same error and tells it
    stream.seek(0)
    return builder.value


def _place(top: object, field_map: Mapping[str, str]) -> Place:
    """Return where the records lie; where the file is one record, that is [].

    It is the list nearest to the top whose objects are articles. An article may well hold lists
    of its own, such as comments, so it is asked first whether what is around a list is one.
    Without any, a list of other objects is named, so that its fields can be told.
    """
    text_of = partial(_text, field_map=field_map)
    fallback: Place = []
    waiting: deque[tuple[Place, object]] = deque([([], top)])
    while waiting:
        place, value = waiting.popleft()
        if isinstance(value, list):
            items = value[:MAX_SAMPLED]
            if any(_is_article(item, field_map) for item in items):
                return [*place, None]
            if items and isinstance(items[0], Mapping) and not any(map(text_of, items)):
                fallback = fallback or [*place, None]
        elif isinstance(value, Mapping) and len(place) <= MAX_DEPTH:
            if text_of(value):
                return place
            waiting.extend(([*place, name], inner) for name, inner in value.items())
    return fallback


def _text(value: object, field_map: Mapping[str, str]) -> str:
    if not isinstance(value, Mapping):
        return ""
    return body(known_fields(_source(value), field_map)["text"]).strip()


def _is_article(item: object, field_map: Mapping[str, str]) -> bool:
    """Tell whether an item of a list is an article, and not a paragraph or a comment of one."""
    if not _text(item, field_map):
        return False
    found = known_fields(_source(item), field_map)
    return any(found[name] for name in ("title", "url", "source", "published"))


def _source(item: object) -> Mapping[str, object]:
    """Return the record in an item: search engines wrap it, with its id outside.

    Raises:
        ValueError: the item is no object.
    """
    if not isinstance(item, Mapping):
        raise ValueError(f"a JSON {type(item).__name__} where an object was expected")
    inner = item.get("_source")
    return {"_id": item.get("_id"), **inner} if isinstance(inner, Mapping) else item


def _items(path: Path, stream: BinaryIO, place: Place) -> Iterator[object]:
    """Yield what lies at a place. Raises ReadError where the file stops being JSON."""
    metered = Metered(_without_mark(stream), MAX_RECORD_BYTES)
    number = 0
    try:
        for item in _at(place, _events(metered)):
            number += 1
            yield item
            metered.restart()
    except (ijson.JSONError, ValueError, OverflowError) as error:
        reason = " ".join(str(error).split("\n")[0].split())[:200]
        raise ReadError(str(path), f"not valid JSON after record {number} ({reason})") from error


def _events(stream: io.RawIOBase | io.BytesIO) -> Iterator[tuple[str, object]]:
    """Yield ijson's events. Raises ValueError where values are nested too deeply.

    ``ijson.items`` would do, but keeps a path for each level: 100 KB of brackets take 25 GB.
    """
    depth = 0
    for event, value in ijson.basic_parse(stream, multiple_values=True, use_float=True):
        depth += event.startswith("start_") - event.startswith("end_")
        if depth > MAX_NESTING:
            raise ValueError(f"nested more than {MAX_NESTING} deep")
        yield event, value


def _at(place: Place, events: Iterator[tuple[str, object]]) -> Iterator[object]:
    """Yield each value that lies at a place, built from a stream of events."""
    way: Place = []  # to the value that comes next
    builder: ijson.ObjectBuilder | None = None
    for event, value in events:
        if event == "map_key":
            way[-1] = str(value)
        elif event.startswith("end_"):
            way.pop()
        elif builder is None and way == place:
            builder = ijson.ObjectBuilder()
        if builder is not None:
            builder.event(event, value)
        if event.startswith("start_"):
            way.append("" if event == "start_map" else None)
        elif builder is not None and event != "map_key" and len(way) == len(place):
            yield builder.value
            builder = None


def _without_mark(stream: BinaryIO) -> BinaryIO:
    """Return the stream past its byte order mark, which JSON has not but Windows writes."""
    if stream.read(3) != b"\xef\xbb\xbf":
        stream.seek(0)
    return stream
