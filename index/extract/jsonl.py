"""Archive exports: one JSON object a line. A broken line is reported and the rest goes on."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from index.errors import ReadError
from index.extract.decode import decode
from index.extract.fields import Records
from index.schema import Extracted, Failure

MAX_LINE_BYTES = 20_000_000  # one article; a longer line is not one
WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)


def read_jsonl(
    path: Path, stream: BinaryIO, field_map: Mapping[str, str]
) -> Iterator[Extracted | Failure]:
    """Yield an article, or why there is none, for every line that is not blank.

    The file is never held in memory as a whole.

    Raises:
        ReadError: the file holds no line at all, or is UTF-16.
    """
    refuse_wide(path, stream)
    records = Records(path, field_map)
    n_records = 0
    for number, raw in _lines(stream):
        n_records += 1
        try:
            yield records.article(_record(raw))
        except ValueError as error:
            yield Failure(str(path), f"line {number}: {error}")
    if not n_records:
        raise ReadError(str(path), "empty file")
    yield from records.missing()


def refuse_wide(path: Path, stream: BinaryIO) -> None:
    """Raise ReadError for UTF-16 and UTF-32: JSON is UTF-8, and lines end otherwise there."""
    head = stream.read(4)
    stream.seek(0)
    if head.startswith(WIDE_MARKS):
        raise ReadError(str(path), "UTF-16 or UTF-32 text; save it as UTF-8, as JSON has to be")


def _record(raw: bytes) -> Mapping[str, object]:
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
    return fields


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield (line number from 1, bytes) of lines that are not blank, cut after the limit."""
    number = 0
    while raw := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        whole = raw.endswith(b"\n")
        rest = b"" if whole else stream.readline(MAX_LINE_BYTES)
        while rest and not rest.endswith(b"\n"):
            rest = stream.readline(MAX_LINE_BYTES)
        if raw.strip(b"\xef\xbb\xbf \t\r\n\x0b\x0c"):
            yield number, raw
