"""A path -> the bytes of a regular file, unpacked where its name ends in ``.gz``.

Nothing else is ever opened: no pipe, no device, and no link that leads out of the folder being
read. Limits on size are kept here; knows nothing of formats.
"""

from __future__ import annotations

import gzip
import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from index.errors import ReadError
from index.extract.decode import decode

MAX_EXPANSION = 200  # times its size that a .gz of text grows; real archives grow 3 to 20 times
FREE_BYTES = 50_000_000  # unpacked bytes before the growth is looked at; short text may repeat
BLOCK_BYTES = 1 << 16

_HIGH_BYTES = bytes(range(0x80, 0x100))

_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NONBLOCK", 0)  # a pipe put there in the meantime must not hang us
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_BINARY", 0)
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that is being read: a seekable stream of its (unpacked) bytes."""

    stream: BinaryIO
    _file: io.BufferedReader
    _n_bytes: int

    def share(self) -> float:
        """Return how much of the file has been read, in [0, 1]."""
        return min(1.0, self._file.tell() / self._n_bytes)


@contextmanager
def opened(path: Path, root: Path | None = None) -> Iterator[Opened]:
    """Open a file for reading.

    Args:
        path: a file; one whose name ends in ``.gz`` is unpacked while it is read.
        root: where given, the folder that the file must lie in once links are followed.

    Raises:
        ReadError: it is no regular file, is empty, or lies outside ``root``.
        OSError: the system refuses; while reading also EOFError and zlib.error (see
            ``_Unpacked``), which ``index.extract.files`` turns into a ReadError.
    """
    with opened_as_is(path, root) as file:
        n_bytes = os.fstat(file.fileno()).st_size
        if not n_bytes:
            raise ReadError(str(path), "empty file")
        if path.suffix.lower() == ".gz":
            with gzip.GzipFile(fileobj=file, mode="rb") as unpacked:
                stream = _Unpacked(path, unpacked, n_bytes)
                reader = cast(BinaryIO, io.BufferedReader(stream, BLOCK_BYTES))
                yield Opened(reader, file, n_bytes)
        else:
            yield Opened(file, file, n_bytes)


@contextmanager
def opened_as_is(path: Path, root: Path | None = None) -> Iterator[io.BufferedReader]:
    """Open a regular file for reading, packed or not; see ``opened`` for the arguments.

    Raises:
        ReadError: it is no regular file, or lies outside ``root``.
        OSError: the system refuses.
    """
    descriptor = os.open(_target(path, root), _FLAGS)
    with open(descriptor, "rb") as file:  # noqa: PTH123 -- by descriptor, so that it is this file
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ReadError(str(path), "not a regular file")
        yield file


def read_whole(path: Path, stream: BinaryIO, max_bytes: int) -> bytes:
    """Return all bytes of a stream.

    Raises:
        ReadError: there are more than ``max_bytes`` of them, or only spaces.
    """
    raw = stream.read(max_bytes + 1)
    if len(raw) > max_bytes:
        limit = max_bytes // 1_000_000
        raise ReadError(str(path), f"more than {limit} MB, too large for one article; split it")
    if not raw.strip():
        raise ReadError(str(path), "empty file")
    return raw


def head_of(path: Path, stream: BinaryIO, n_bytes: int = BLOCK_BYTES) -> str:
    """Return the beginning of a file as text; the stream is at its start again.

    Raises:
        ReadError: it is no text, or nothing but spaces.
    """
    raw = stream.read(n_bytes)
    stream.seek(0)
    if len(raw) == n_bytes:  # do not end in the middle of a character
        raw = raw.rstrip(_HIGH_BYTES) or raw
    try:
        head = decode(raw)
    except ValueError as error:
        raise ReadError(str(path), str(error)) from error
    if not head.strip("\ufeff \t\r\n"):
        raise ReadError(str(path), "empty file")
    return head


class Metered(io.RawIOBase):
    """A stream that refuses to give more than a number of bytes between two records.

    The readers of exports hold one record at a time; without this, one that never ends would be
    held as well. ``restart`` is called after each record.
    """

    def __init__(self, stream: BinaryIO, max_bytes: int) -> None:
        self._stream = stream
        self._max_bytes = max_bytes
        self._n_bytes = 0

    def restart(self) -> None:
        """Begin to count anew: a record has ended."""
        self._n_bytes = 0

    def readable(self) -> bool:
        """Return True: it is for reading only."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer; raises ValueError past the limit, with the reason."""
        if self._n_bytes > self._max_bytes:
            limit = self._max_bytes // 1_000_000
            raise ValueError(f"more than {limit} MB without the end of a record")
        block = self._stream.read(min(len(buffer), BLOCK_BYTES))
        buffer[: len(block)] = block
        self._n_bytes += len(block)
        return len(block)


class _Unpacked(io.RawIOBase):
    """The bytes inside a gzip file, until they are too many for what was packed."""

    def __init__(self, path: Path, unpacked: gzip.GzipFile, n_packed: int) -> None:
        self._path = path
        self._unpacked = unpacked
        self._limit = max(FREE_BYTES, MAX_EXPANSION * n_packed)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._unpacked.seek(offset, whence)

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self._unpacked.tell() > self._limit:
            raise ReadError(
                str(self._path),
                f"unpacks to more than {MAX_EXPANSION} times its size, as only a gzip bomb does",
            )
        return self._unpacked.readinto(buffer)


def _target(path: Path, root: Path | None) -> Path:
    """Return the regular file that a path leads to. Raises ReadError where it may not be read."""
    try:
        target = path.resolve()
        if root is not None and not target.is_relative_to(root.resolve()):
            raise ReadError(str(path), f"a link that leads out of {root}; index its target instead")
        mode = target.stat().st_mode
    except FileNotFoundError as error:
        broken = "a link to a file that is not there" if path.is_symlink() else "no such file"
        raise ReadError(str(path), broken) from error
    except RuntimeError as error:  # what Python before 3.13 says of a link to itself
        raise ReadError(str(path), "a link that leads to itself") from error
    except ValueError as error:
        raise ReadError(str(path), f"not the name of a file ({error})") from error
    if not stat.S_ISREG(mode):
        raise ReadError(str(path), "not a regular file")
    return target
