"""An answer that was saved -> its citations: from an export, a batch file, or the page itself.

What comes in was written elsewhere and is checked, not trusted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any

from index.errors import InputError
from rag.schema import Citation


@dataclass(frozen=True, slots=True)
class Saved:
    """What is wanted of a saved answer: its id, and what it cites."""

    id: str
    citations: tuple[Citation, ...]


def load_answers(path: Path) -> Iterator[Saved]:
    """Yield the answers of a file: one JSON object a line, or a single one over many lines.

    Lines of a batch that carry an error instead of an answer are left out.

    Raises:
        InputError: the file cannot be read, or holds something else; names the first such line.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else f"no UTF-8: {exc.reason}"
        raise InputError(f"The answer file {path} cannot be read ({reason}).") from exc
    found = list(_objects(path, text))
    if not found:
        raise InputError(f"{path} holds no answer. Name a file that `dateline ask` has written.")
    for where, values in found:
        if not isinstance(values, dict) or not {"citations", "error"} & values.keys():
            raise InputError(f'{where} is no answer: it has no "citations".')
        if "error" not in values:
            yield Saved(str(values.get("id", "")), tuple(_citations(where, values["citations"])))


def citation_of(values: object) -> Citation:
    """Return the citation in a JSON object; what later versions may have added is passed over.

    Raises:
        ValueError: it is none; the message says what is wrong with it.
    """
    if not isinstance(values, Mapping):
        raise ValueError("a citation must be an object")
    kept: dict[str, Any] = {}
    for field in fields(Citation):
        if field.name in values:
            if not _CHECKS[field.type](values[field.name]):
                raise ValueError(f"its {field.name} is {values[field.name]!r}"[:100])
            value = values[field.name]
            kept[field.name] = tuple(value) if isinstance(value, list) else value
        elif field.default is MISSING:
            raise ValueError(f"it has no {field.name!r}")
    return Citation(**kept)


def _objects(path: Path, text: str) -> Iterator[tuple[str, object]]:
    """Yield every JSON value with where it stands. Raises InputError."""
    if (whole := _json(text)) is not None:
        yield str(path), whole
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            where = f"{path}, line {number}"
            if (value := _json(line)) is None:
                raise InputError(
                    f"{where} is not JSON. Name a file that `dateline ask` has written."
                )
            yield where, value


def _json(text: str) -> object:
    """Return a JSON value, or None where a text is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _citations(where: str, listed: object) -> Iterator[Citation]:
    if not isinstance(listed, list):
        raise InputError(f'{where}: "citations" must be a list.')
    for number, values in enumerate(listed, start=1):
        try:
            yield citation_of(values)
        except ValueError as exc:
            raise InputError(f"{where}, citation {number}: {exc}.") from exc


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


_CHECKS: Mapping[Any, Callable[[object], bool]] = {
    "int": _is_whole,
    "int | None": lambda value: value is None or _is_whole(value),
    "str": lambda value: isinstance(value, str),
    "str | None": lambda value: value is None or isinstance(value, str),
    "tuple[str, ...]": lambda value: (
        isinstance(value, list | tuple) and all(isinstance(part, str) for part in value)
    ),
}
assert {field.type for field in fields(Citation)} <= set(_CHECKS), "a field without a check"
