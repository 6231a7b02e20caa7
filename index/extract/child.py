"""The process in which files are read: ``python -m index.extract.child SECONDS BYTES PARENT``.

Requests come in on standard input, answers go out on standard output: ``index.extract.messages``.
Its parent is ``index.extract.pool``; it ends with its input, or with its parent.

Promised on Linux, by the kernel: no article takes more than SECONDS of processor time or three
times as much on the clock, no more than BYTES of address space, no file grows, and, where the
system lets it leave the network (as root, or where users may make namespaces), nothing is reached.
Promised everywhere, of the code in Python: no socket, no other process, no file written, moved or
removed (an audit hook). Not promised: that native code of a library which hostile bytes have taken
over keeps to what the hook refuses, or reads no other file of the user. macOS does not limit
memory.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Protocol

import index.extract
from index.errors import ReadError
from index.extract.messages import (
    CLOCK_FACTOR,
    OUT_OF_MEMORY,
    READY,
    Done,
    Reached,
    Refused,
    Request,
    answer_line,
    parse_request,
)
from index.schema import Extracted, Failure

MAX_FILES = 500  # read by one process: libraries leak, and memory falls to pieces
MAX_OPEN_FILES = 64
TOLD_SHARE = 0.01  # of a file: a bar shows no less
NICENESS = 5  # encoding in the parent comes first

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG = 1
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_REFUSED = ("socket.", "subprocess.", "pty.", "shutil.", "tempfile.", "sqlite3.", "webbrowser.")
_ALLOWED = frozenset(("os.listdir", "os.scandir", "os.walk", "os.putenv", "os.unsetenv"))

Items = Iterator[Extracted | Failure]


class Read(Protocol):
    """What ``index.extract.read`` is."""

    def __call__(
        self,
        path: Path,
        *,
        root: Path | None = None,
        fields: Mapping[str, str] | None = None,
        told: Callable[[float], None] = ...,
    ) -> Items:
        """Yield the articles of a file; raise ReadError."""


def main(read: Read = index.extract.read) -> None:
    """Read what is asked for until there is nothing more. Never returns."""
    seconds, memory_bytes, parent = float(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    _redirect((0, 1))  # a library that prints must not be taken for an answer
    _die_with(parent)
    _limit(memory_bytes)
    sys.addaudithook(_refuse)
    answers.write(READY)
    answers.flush()
    _redirect((2,), os.dup(1))
    try:
        for n_files, line in enumerate(requests, start=1):
            _answer(parse_request(line), read, seconds, answers)
            if n_files == MAX_FILES or _held_bytes() > memory_bytes // 2:
                break
    except MemoryError:
        os._exit(OUT_OF_MEMORY)  # what is left of the libraries' state is anyone's guess
    except BrokenPipeError:  # the parent is gone
        pass
    os._exit(0)  # at once: nothing is left to be tidied


def _answer(request: Request, read: Read, seconds: float, answers: BinaryIO) -> None:
    """Write an answer for everything in a file, and how it ended."""
    told = _teller(answers)
    items = read(request.path, root=request.root, fields=request.fields, told=told)
    longest, error = 0.0, None
    while True:
        began = time.monotonic()
        item, error = _next(items, seconds)
        longest = max(longest, time.monotonic() - began)
        if item is None:
            break
        answers.write(answer_line(Refused(item.reason) if isinstance(item, Failure) else item))
        answers.flush()  # where the parent is slow this waits, and no time limit runs
    answers.write(answer_line(Done(_peak_bytes(), longest, error)))
    answers.flush()


def _teller(answers: BinaryIO) -> Callable[[float], None]:
    """Return a function that says how much of a file was read, where that is news."""
    said = 0.0

    def tell(share: float) -> None:
        nonlocal said
        if share - said >= TOLD_SHARE:
            said = share
            answers.write(answer_line(Reached(share)))  # with the item that comes next

    return tell


def _next(items: Items, seconds: float) -> tuple[Extracted | Failure | None, str | None]:
    """Return the next item, or None and, where that is not the file's end, the reason."""
    _set_timers(seconds)
    try:
        return next(items, None), None
    except ReadError as error:
        return None, error.reason
    except MemoryError:
        raise
    except Exception as error:  # a fault of the reader, which must not cost the run
        return None, f"the reader failed ({type(error).__name__}: {error}); please report it"
    finally:
        _set_timers(0)


def _set_timers(seconds: float) -> None:
    """Let the kernel end this process after so many seconds; 0 calls that off."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, CLOCK_FACTOR * seconds)


def _redirect(descriptors: Iterable[int], target: int | None = None) -> None:
    to = os.open(os.devnull, os.O_RDWR) if target is None else target
    for descriptor in descriptors:
        os.dup2(to, descriptor)
    os.close(to)


def _die_with(parent: int) -> None:
    """Leave the network, and let the kernel end this process with its parent, where it can."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        if libc.unshare(_CLONE_NEWNET) != 0:  # as root; anyone else may have to be one in there
            libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it has died in the meantime
        os._exit(0)


def _limit(memory_bytes: int) -> None:
    os.nice(NICENESS)
    timers = (signal.SIGALRM, signal.SIGPROF)
    for number in timers:
        signal.signal(number, signal.SIG_DFL)  # ends the process, in the middle of anything
    signal.pthread_sigmask(signal.SIG_UNBLOCK, timers)
    sys.dont_write_bytecode = True
    _set_limit("RLIMIT_AS", memory_bytes)
    _set_limit("RLIMIT_CORE", 0)
    _set_limit("RLIMIT_FSIZE", 0)
    _set_limit("RLIMIT_NOFILE", MAX_OPEN_FILES)


def _set_limit(name: str, value: int) -> None:
    """Set a limit where the system has it; one that is lower already stays."""
    kind = getattr(resource, name, None)
    if kind is None:
        return
    hard = resource.getrlimit(kind)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    with contextlib.suppress(OSError, ValueError):  # macOS knows more limits than it keeps
        resource.setrlimit(kind, (value, value))


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    """Raise PermissionError for what no reader has to do."""
    if event == "open":
        flags = arguments[2]
        if isinstance(flags, int) and flags & _WRITING:
            raise PermissionError("a reader may not write files")
    elif event.startswith(_REFUSED) or (event.startswith("os.") and event not in _ALLOWED):
        raise PermissionError(f"a reader may not use {event}")


def _held_bytes() -> int:
    """Return the address space in use, or 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def _peak_bytes() -> int:
    """Return the most memory that this process ever held.

    On Linux not ``ru_maxrss``: a new process inherits that from the one that started it.
    """
    try:
        status = Path("/proc/self/status").read_text("ascii")
        return int(status.split("VmHWM:")[1].split()[0]) * 1024
    except (OSError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main()
