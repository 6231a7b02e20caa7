"""Archive exports: one JSON object a line. A broken line is reported and the rest goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from index.errors import ReadError
from index.extract.decode import decode
from index.extract.fields import article_from_fields, body_of
from index.schema import Extracted, Failure

MAX_LINE_BYTES = 20_000_000  # one article; a longer line is not one


def read_jsonl(path: Path) -> Iterator[Extracted | Failure]:
    """Yield an article, or why there is none, for every line that is not blank.

    The file is never held in memory as a whole.

    Raises:
        ReadError: the file holds no line at all.
    """
    n_records = 0
    for number, raw in _lines(path):
        n_records += 1
        try:
            yield _record(raw)
        except ValueError as error:
            yield Failure(str(path), f"line {number}: {error}")
    if not n_records:
        raise ReadError(str(path), "empty file")


def _record(raw: bytes) -> Extracted:
    if len(raw) > MAX_LINE_BYTES:
        raise ValueError(f"longer than {MAX_LINE_BYTES // 1_000_000} MB; split the record")
    line = decode(raw)
    try:
        fields = json.loads(line, strict=False)
    except json.JSONDecodeError as error:
        raise ValueError(f"not valid JSON ({error.msg} at column {error.colno})") from error
    except RecursionError as error:
        raise ValueError("JSON nested too deeply") from error
    if not isinstance(fields, dict):
        raise ValueError(f"a JSON {type(fields).__name__} where an object was expected")
    text = body_of(fields)
    if not text.strip():
        raise ValueError(f"no article text; fields found: {', '.join(map(str, fields))[:200]}")
    return article_from_fields(fields, text, provenance="field")


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield (line number from 1, bytes) of lines that are not blank, cut after the limit."""
    with path.open("rb") as file:
        number = 0
        while raw := file.readline(MAX_LINE_BYTES + 1):
            number += 1
            whole = raw.endswith(b"\n")
            rest = b"" if whole else file.readline(MAX_LINE_BYTES)
            while rest and not rest.endswith(b"\n"):
                rest = file.readline(MAX_LINE_BYTES)
            if raw.strip(b"\xef\xbb\xbf \t\r\n\x0b\x0c"):
                yield number, raw
