"""A file -> the articles in it: chooses the reader by suffix, and refuses what cannot be read."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from index.errors import ReadError
from index.extract.decode import decode
from index.extract.feed import read_feed
from index.extract.html import read_html
from index.extract.json_file import read_json
from index.extract.jsonl import read_jsonl
from index.extract.markdown import read_markdown
from index.extract.opening import opened, read_whole
from index.extract.table import read_table
from index.extract.text import read_text
from index.schema import Extracted, Failure

READER_VERSION = "4"
"""Raised when a reader would read the same bytes differently: files are then read again."""
MAX_BYTES = 20_000_000  # one article; a page of 20 MB takes 10 s and 400 MB to parse
# What holds pictures is large, and they are quickly skipped.
MAX_BYTES_BY_SUFFIX = dict.fromkeys((".pdf", ".docx", ".eml", ".mhtml", ".mht"), 50_000_000)
MAX_FAILURES = 1000  # at the top of an export, none read: it is none, and the list says enough
NO_MAP: Mapping[str, str] = MappingProxyType({})

Items = Iterator[Extracted | Failure]
TextReader = Callable[[Path, str], Items]
"""Reads a file whose decoded text it is given."""
BytesReader = Callable[[Path, bytes], Items]
"""Reads a file whose bytes it is given."""
RecordReader = Callable[[Path, BinaryIO, Mapping[str, str]], Items]
"""Reads a file of any size record by record, from a seekable stream, with a field map (see
``index.extract.fields.parse_map``)."""


def _on_demand(module: str, name: str) -> BytesReader:
    """Return a reader whose module, with its libraries, is only imported by its first file."""

    def read_on_demand(path: Path, raw: bytes) -> Items:
        yield from getattr(import_module(f"index.extract.{module}"), name)(path, raw)

    return read_on_demand


TEXT_READERS: Mapping[str, TextReader] = {
    ".txt": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_html,
    ".htm": read_html,
}
BYTES_READERS: Mapping[str, BytesReader] = {
    ".pdf": _on_demand("pdf", "read_pdf"),
    ".docx": _on_demand("docx", "read_docx"),
    ".eml": _on_demand("mail", "read_mail"),
    ".mhtml": _on_demand("mhtml", "read_mhtml"),
    ".mht": _on_demand("mhtml", "read_mhtml"),
}
RECORD_READERS: Mapping[str, RecordReader] = {
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
    ".json": read_json,
    ".csv": read_table,
    ".tsv": read_table,
    ".rss": read_feed,
    ".atom": read_feed,
    ".xml": read_feed,
}

SUPPORTED = frozenset((*TEXT_READERS, *BYTES_READERS, *RECORD_READERS))
"""Suffixes, in lower case, of the files that ``read`` takes; each may be followed by ``.gz``."""


def suffix_of(path: Path) -> str:
    """Return the suffix that tells a file's kind, in lower case: ``.html``, ``.html.gz``."""
    suffix = path.suffix.lower()
    return f"{Path(path.stem).suffix.lower()}.gz" if suffix == ".gz" else suffix


def is_supported(path: Path) -> bool:
    """Tell whether there is a reader for a file of this name."""
    return _kind(path) in SUPPORTED


def is_export(path: Path) -> bool:
    """Tell whether a file of this name holds many articles, each with an id of its own."""
    return _kind(path) in RECORD_READERS


def read(
    path: Path,
    *,
    root: Path | None = None,
    fields: Mapping[str, str] | None = None,
    told: Callable[[float], None] = lambda share: None,
) -> Items:
    """Yield the articles of a file, and a Failure for each record that is none.

    Args:
        path: a file of one of the SUPPORTED kinds.
        root: where given, the folder that the file must lie in once links are followed.
        fields: our field -> the field of an export's records, from ``fields.parse_map``.
        told: is called with how much of an export has been read, in [0, 1], before each item.

    Raises:
        ReadError: the file cannot be read, or not to its end: an export that is cut short gives
            the records before the cut first. Nothing else is raised for bad content.
    """
    kind = _kind(path)
    if kind not in SUPPORTED:
        raise ReadError(str(path), _unsupported(path))
    try:
        with opened(path, root) as file:
            if kind in RECORD_READERS:
                records = RECORD_READERS[kind](path, file.stream, fields or NO_MAP)
                for item in _some(path, records):
                    told(file.share())
                    yield item
            else:
                yield from _article(path, kind, file.stream)
    except (EOFError, zlib.error) as error:
        raise ReadError(str(path), f"a damaged or cut gzip file ({error})") from error
    except OSError as error:
        raise ReadError(str(path), error.strerror or str(error)) from error
    except RecursionError as error:
        raise ReadError(str(path), "nested too deeply to be read") from error


def _unsupported(path: Path) -> str:
    if path.is_dir():
        return "a folder, not a file"
    kind = repr(suffix_of(path)) if path.suffix else "unknown (no suffix)"
    return f"no reader for files of kind {kind}; there are {', '.join(sorted(SUPPORTED))}"


def _kind(path: Path) -> str:
    return suffix_of(path).removesuffix(".gz")


def _some(path: Path, items: Items) -> Items:
    """Yield the items of an export, unless it begins with nothing but failures."""
    for n_failures, item in enumerate(items, start=1):
        yield item
        if isinstance(item, Extracted):
            break
        if n_failures == MAX_FAILURES:
            raise ReadError(str(path), f"none of the first {n_failures} records can be read")
    yield from items


def _article(path: Path, kind: str, stream: BinaryIO) -> Items:
    raw = read_whole(path, stream, MAX_BYTES_BY_SUFFIX.get(kind, MAX_BYTES))
    if kind in BYTES_READERS:
        yield from BYTES_READERS[kind](path, raw)
        return
    try:
        text = decode(raw)
    except ValueError as error:
        raise ReadError(str(path), str(error)) from error
    yield from TEXT_READERS[kind](path, text)
