"""What the process that reads files and the one that asks it say to each other: lines of JSON.

A request is a path; the answers to it are an article or a reason for each record, then the end.
The answering side has read hostile bytes and is not trusted: whatever comes back is checked here,
field by field, before anything is made of it. Nothing is ever unpickled. Knows nothing of
processes and file formats.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import get_args

from index.schema import DateProvenance, Extracted

MAX_MESSAGE_BYTES = 64_000_000  # three times the largest article a reader takes
MAX_REASON_CHARACTERS = 1000
OUT_OF_MEMORY = 77  # the exit code of a reading process that says so
CLOCK_FACTOR = 3  # seconds on the clock for one of processor time: encoding goes on beside it
READY = b'{"ready":true}\n'
"""What the reading process says first, once its limits are set."""

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Request:
    """A file to read; see ``index.extract.read``."""

    path: Path
    root: Path | None
    fields: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that is no article, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Done:
    """The end of a file: what reading cost, and why it could not be read (to its end), if so.

    ``peak_bytes`` is the most memory that the process ever held, ``longest_s`` the longest that
    one article of this file took, in seconds on the clock.
    """

    peak_bytes: int
    longest_s: float
    error: str | None


@dataclass(frozen=True, slots=True)
class Reached:
    """How much of an export has been read, in [0, 1]: said now and then between its records."""

    share: float


Answer = Extracted | Refused | Reached | Done


def request_line(request: Request) -> bytes:
    """Return a request as a line. Paths go as their bytes, which need not be Unicode."""
    asked = {
        "path": _spelled(request.path),
        "root": None if request.root is None else _spelled(request.root),
        "fields": None if request.fields is None else dict(request.fields),
    }
    return json.dumps(asked).encode() + b"\n"


def parse_request(line: bytes) -> Request:
    """Return the request in a line of ``request_line``; it comes from the parent and is trusted."""
    asked = json.loads(line)
    root = asked["root"]
    return Request(
        _path(asked["path"]), None if root is None else _path(root), fields=asked["fields"]
    )


def answer_line(answer: Answer) -> bytes:
    """Return an answer as a line; of an article too large for one, the reason."""
    line = _line(answer)
    if len(line) <= MAX_MESSAGE_BYTES:
        return line
    return _line(Refused(f"an article of more than {MAX_MESSAGE_BYTES // 1_000_000} MB; split it"))


def parse_answer(line: bytes) -> Answer:
    """Return the answer in a line.

    Raises:
        ValueError: it is none; the message says what is wrong with it.
    """
    try:
        ((kind, value),) = json.loads(line.decode("utf-8", "surrogatepass")).items()
    except (ValueError, AttributeError, RecursionError) as error:
        raise ValueError(f"no message: {line[:60]!r}") from error
    if kind == "article" and isinstance(value, dict):
        return _article(value)
    if kind == "refused" and isinstance(value, str):
        return Refused(_one_line(value))
    if kind == "reached" and isinstance(value, float) and 0 <= value <= 1:
        return Reached(value)
    if kind == "done" and isinstance(value, list) and len(value) == 3:
        return _done(*value)
    raise ValueError(f"a message of an unknown kind: {line[:60]!r}")


def _line(answer: Answer) -> bytes:
    message: dict[str, object]
    if isinstance(answer, Extracted):
        message = {"article": {name: getattr(answer, name) for name in _CHECKS}}
    elif isinstance(answer, Refused):
        message = {"refused": answer.reason}
    elif isinstance(answer, Reached):
        message = {"reached": answer.share}
    else:
        message = {"done": [answer.peak_bytes, answer.longest_s, answer.error]}
    return json.dumps(message, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"


def _done(peak_bytes: object, longest_s: object, error: object) -> Done:
    if not _is_count(peak_bytes) or not isinstance(longest_s, int | float):
        raise ValueError(f"no cost of reading: {peak_bytes!r}, {longest_s!r}")
    if error is not None and not isinstance(error, str):
        raise ValueError(f"no reason: {error!r}"[:100])
    assert isinstance(peak_bytes, int)
    return Done(peak_bytes, float(longest_s), None if error is None else _one_line(error))


def _article(value: dict[str, object]) -> Extracted:
    if value.keys() != _CHECKS.keys():
        raise ValueError(f"an article with the fields {', '.join(map(str, value))}"[:300])
    for name, is_right in _CHECKS.items():
        if not is_right(value[name]):
            raise ValueError(f"an article whose {name} is {value[name]!r}"[:200])
    frozen = {name: _frozen(one) for name, one in value.items()}
    article = Extracted(**frozen)  # type: ignore[arg-type]  # each was checked above
    if article.pages and article.pages[-1] > len(article.text):
        raise ValueError(f"an article of {len(article.text)} characters with pages behind its end")
    return article


def _frozen(value: object) -> object:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _is_text(value: object) -> bool:
    """Tell whether a value is text that can be stored: half a surrogate pair is none."""
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_date(value: object) -> bool:
    if value is None or not isinstance(value, str) or not _ISO_DATE.fullmatch(value):
        return value is None
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_list(value: object, is_right: Callable[[object], bool]) -> bool:
    return isinstance(value, list) and all(map(is_right, value))


def _are_pages(value: object) -> bool:
    return _is_list(value, _is_count) and _never_falls(value)  # type: ignore[arg-type]


def _never_falls(numbers: Iterable[int]) -> bool:
    return all(a <= b for a, b in pairwise(numbers))


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_is_text, value))


def _is_text_or_none(value: object) -> bool:
    return value is None or _is_text(value)


_CHECKS: Mapping[str, Callable[[object], bool]] = {
    "text": lambda value: bool(value) and _is_text(value),
    "title": _is_text,
    "source": _is_text,
    "authors": lambda value: _is_list(value, _is_text),
    "published": _is_date,
    "published_from": lambda value: value in get_args(DateProvenance),
    "url": _is_text_or_none,
    "language": _is_text_or_none,
    "record": _is_text_or_none,
    "updated": _is_date,
    "section": _is_text,
    "pages": _are_pages,
    "provenance": lambda value: _is_list(value, _is_pair),
}
assert set(_CHECKS) == {field.name for field in fields(Extracted)}, "a field without a check"


def _one_line(reason: str) -> str:
    """Return a reason that a terminal can be shown: it may quote the file."""
    shown = "".join(c if c.isprintable() else " " for c in reason[:MAX_REASON_CHARACTERS])
    return shown.encode("utf-8", "backslashreplace").decode()


def _spelled(path: Path) -> str:
    return os.fsencode(path).decode("latin-1")


def _path(spelled: str) -> Path:
    return Path(os.fsdecode(spelled.encode("latin-1")))
