"""Archive exports as tables (CSV, TSV): one article a row, columns named in the first.

The delimiter and the way quotes are escaped are found by trying. Of any size: rows are read one
at a time. What columns mean is said in ``index.extract.fields``.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from index.errors import ReadError
from index.extract.decode import decode
from index.extract.fields import Records, known_fields
from index.extract.opening import Metered, head_of
from index.schema import Extracted, Failure

if TYPE_CHECKING:
    from _csv import Reader

MAX_ROW_BYTES = 20_000_000  # one article; what is longer is none
HEAD_BYTES = 262_144  # in which the kind of table is found out
HEAD_ROWS = 20
DELIMITERS = (",", "\t", ";", "|")
_WIDE = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_PART = "\x0c"  # between the cells of a row while it is decoded: a form feed, as good as a space


@dataclass(frozen=True, slots=True)
class _Dialect:
    """How a table is written; ``escape`` is None where a quote in a cell is doubled."""

    delimiter: str
    escape: str | None

    def rows(self, lines: io.TextIOBase, *, strict: bool = False) -> Reader:
        """Return a reader over lines; a strict one takes no quote for an ordinary character."""
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            escapechar=self.escape,
            doublequote=self.escape is None,
            strict=strict,
        )


def read_table(
    path: Path, stream: BinaryIO, field_map: Mapping[str, str]
) -> Iterator[Extracted | Failure]:
    """Yield an article, or why there is none, for every row below the first.

    Raises:
        ReadError: no column is known to hold the text, or the rest of the file is no table: rows
            before that place are given first.
    """
    csv.field_size_limit(MAX_ROW_BYTES)
    encoding, dialect, header = _kind(path, stream, field_map)
    columns = dict.fromkeys(header, "")
    text = known_fields({name: "text" for name in columns}, field_map)["text"]
    if text is None:
        wanted = f"no column {field_map['text']!r}" if "text" in field_map else "no text column"
        raise ReadError(
            str(path),
            f"{wanted}; the first row must name the columns and has: {', '.join(header)[:300]}. "
            f"Name the one with the text: --map text=COLUMN",
        )
    records = Records(path, field_map)
    number = 0
    for number, cells in _rows(path, stream, encoding, dialect):
        try:
            if len(cells) != len(header):
                raise ValueError(f"{len(cells)} cells where the first row has {len(header)}")
            yield records.article(dict(zip(header, _decoded(cells), strict=True)))
        except ValueError as error:
            yield Failure(str(path), f"line {number}: {error}")
    if not number:
        raise ReadError(str(path), "no row below the names of the columns")
    yield from records.missing()


def _kind(
    path: Path, stream: BinaryIO, field_map: Mapping[str, str]
) -> tuple[str, _Dialect, list[str]]:
    """Return encoding, dialect and the names of the columns, from the head of the file."""
    encoding = _WIDE.get(stream.read(2), "utf-8-sig")
    stream.seek(0)
    head = head_of(path, stream, HEAD_BYTES)
    kinds = [_Dialect(mark, escape) for escape in (None, "\\") for mark in DELIMITERS]
    scored = [(_fit(_first_rows(head, kind), field_map), kind) for kind in kinds]
    _, best = max(scored, key=lambda one: one[0])
    return encoding, best, [name.strip() for name in _first_rows(head, best)[0]]


def _first_rows(head: str, dialect: _Dialect) -> list[list[str]]:
    """Return the first rows; the last is empty where the dialect does not fit what comes next."""
    rows: list[list[str]] = []
    try:
        for row in islice(dialect.rows(io.StringIO(head, newline=""), strict=True), HEAD_ROWS):
            if any(cell.strip() for cell in row):
                rows.append(row)
    except csv.Error:
        rows.append([])
    return rows or [[]]


def _fit(rows: Sequence[Sequence[str]], field_map: Mapping[str, str]) -> tuple[int, float]:
    """Score a dialect: columns with a known name, then the share of rows as long as the first."""
    found = known_fields({name.strip(): "x" for name in rows[0]}, field_map)
    n_known = sum(value is not None for value in found.values())
    n_alike = sum(len(row) == len(rows[0]) for row in rows)
    return n_known, n_alike / len(rows)


def _rows(
    path: Path, stream: BinaryIO, encoding: str, dialect: _Dialect
) -> Iterator[tuple[int, list[str]]]:
    """Yield (line number from 1 at which it ends, cells) of each row below the first."""
    metered = Metered(stream, MAX_ROW_BYTES)
    # Bytes that are no UTF-8 pass through as surrogates, to be decoded row by row.
    text = io.TextIOWrapper(
        io.BufferedReader(metered), encoding, errors="surrogateescape", newline=""
    )
    reader = dialect.rows(text)
    is_header = True
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, ValueError) as error:
            reason = f"the table cannot be read on after line {reader.line_num} ({error})"
            raise ReadError(str(path), reason) from error
        metered.restart()
        if any(cell.strip() for cell in cells):
            if not is_header:
                yield reader.line_num, cells
            is_header = False


def _decoded(cells: Sequence[str]) -> list[str]:
    """Return the cells of a row; bytes that were no UTF-8 are read as the row's own encoding."""
    row = _PART.join(cells)
    if not any("\udc80" <= character <= "\udcff" for character in row):
        return list(cells)
    parts = decode(row.encode("utf-8", "surrogateescape")).split(_PART)
    if len(parts) != len(cells):
        raise ValueError("not text in any known encoding; save the file as UTF-8")
    return parts
