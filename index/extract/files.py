"""A file -> the articles in it: chooses the reader by suffix, and refuses what cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from index.errors import ReadError
from index.extract.decode import decode
from index.extract.html import read_html
from index.extract.jsonl import read_jsonl
from index.extract.markdown import read_markdown
from index.extract.text import read_text
from index.schema import Extracted, Failure

MAX_BYTES = 20_000_000  # one article; a page of 20 MB takes 10 s and 400 MB to parse

TextReader = Callable[[Path, str], Iterator[Extracted | Failure]]
"""Reads a file whose decoded text it is given."""
RecordReader = Callable[[Path], Iterator[Extracted | Failure]]
"""Reads a file of any size record by record."""

TEXT_READERS: Mapping[str, TextReader] = {
    ".txt": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_html,
    ".htm": read_html,
}
RECORD_READERS: Mapping[str, RecordReader] = {".jsonl": read_jsonl}

SUPPORTED = frozenset((*TEXT_READERS, *RECORD_READERS))
"""Suffixes, in lower case, of the files that ``read`` takes."""


def is_supported(path: Path) -> bool:
    """Tell whether there is a reader for a file of this name."""
    return path.suffix.lower() in SUPPORTED


def read(path: Path, *, root: Path | None = None) -> Iterator[Extracted | Failure]:
    """Yield the articles of a file, and a Failure for each record that is none.

    Args:
        path: a file of one of the SUPPORTED kinds.
        root: where given, the folder that the file must lie in once links are followed.

    Raises:
        ReadError: the file as a whole cannot be read; raised when the first article is asked
            for. Nothing else is raised for bad content.
    """
    suffix = path.suffix.lower()
    if suffix not in SUPPORTED:
        known = ", ".join(sorted(SUPPORTED))
        raise ReadError(str(path), f"no reader for files of kind {suffix!r}; there are {known}")
    try:
        _refuse_outside(path, root)
        if suffix in RECORD_READERS:
            yield from RECORD_READERS[suffix](path)
        else:
            yield from TEXT_READERS[suffix](path, _text(path))
    except OSError as error:
        raise ReadError(str(path), error.strerror or str(error)) from error
    except RecursionError as error:
        raise ReadError(str(path), "nested too deeply to be read") from error


def _refuse_outside(path: Path, root: Path | None) -> None:
    if root is not None and not path.resolve().is_relative_to(root.resolve()):
        raise ReadError(str(path), f"a link that leads out of {root}; index its target instead")


def _text(path: Path) -> str:
    if not path.is_file():
        raise ReadError(str(path), "not a regular file" if path.exists() else "no such file")
    size = path.stat().st_size
    if size > MAX_BYTES:
        limit = MAX_BYTES // 1_000_000
        raise ReadError(str(path), f"{size / 1e6:.0f} MB is too large for one article ({limit} MB)")
    raw = path.read_bytes()
    if not raw.strip():
        raise ReadError(str(path), "empty file")
    try:
        return decode(raw)
    except ValueError as error:
        raise ReadError(str(path), str(error)) from error
