"""The parent's side of one child process that reads files: starting, asking, hearing, ending it.

Files are given to the child a few at a time, and its answers are taken in that order. A child that
ends is replaced, and what it had not begun is given to the next. Knows nothing of file formats and
of other workers.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.errors import DatelineError
from index.extract.messages import (
    CLOCK_FACTOR,
    MAX_MESSAGE_BYTES,
    OUT_OF_MEMORY,
    READY,
    Answer,
    parse_answer,
)

AHEAD = 8  # files given to a child at a time
AHEAD_BYTES = 8192  # of requests that wait for a child; any pipe takes them without waiting
PIPE_BYTES = 1 << 20  # of answers that wait for us; Linux gives no more unasked
MIN_MEMORY_BYTES = 250_000_000  # libraries take 200 MB of address space
GRACE_S = 10.0  # beyond a child's own limit, before it is taken for stuck

_ROOT = Path(__file__).resolve().parents[2]  # where `index` is found, wherever we were started
# Nothing of our own environment: no key in it is the readers' business. One thread is enough for
# numerical libraries, which otherwise take memory for each core.
_ENVIRONMENT = {
    "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    "PYTHONUTF8": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one article may cost."""

    seconds: float = 20.0  # of processor time; three times as much on the clock
    memory_bytes: int = 1_000_000_000  # of address space

    def __post_init__(self) -> None:
        if self.seconds <= 0:
            raise ValueError(f"reading needs more than {self.seconds} seconds")
        if self.memory_bytes < MIN_MEMORY_BYTES:
            least = f"{MIN_MEMORY_BYTES // 1_000_000} MB"
            raise ValueError(f"reading needs {least} of memory, not {self.memory_bytes} bytes")


class GoneError(Exception):
    """A child has ended, or had to be ended, in the middle of a file; says why."""


@dataclass(slots=True)
class _Job:
    request: bytes
    is_answered: bool = False  # something of it has come back
    is_retried: bool = False


class Worker:
    """One child at a time, and the files it was given. ``close`` ends it."""

    def __init__(self, command: Sequence[str], limits: Limits) -> None:
        """Start nothing yet; see ``index.extract.pool.Pool`` for the arguments."""
        self._command = command
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._heard = bytearray()  # a message, as far as it has come
        self._is_ready = False
        self._jobs: deque[_Job] = deque()

    @property
    def pid(self) -> int | None:
        """The child's process id, or None where there is none at the moment."""
        return self._process.pid if self._process else None

    @property
    def n_files(self) -> int:
        """How many files were given and are not finished."""
        return len(self._jobs)

    @property
    def has_room(self) -> bool:
        """Whether another file may be given without waiting for the child."""
        n_bytes = sum(len(job.request) for job in self._jobs)
        return not self._jobs or (len(self._jobs) < AHEAD and n_bytes < AHEAD_BYTES)

    def give(self, request: bytes) -> None:
        """Let the child read a file after those it has."""
        self._jobs.append(_Job(request))
        if self._process is None:
            self._start()
        else:
            self._send(request)

    def answer(self) -> Answer:
        """Return the next answer about the first file that is not finished.

        Raises:
            GoneError: there will be no more of it. It is given up, and the others go on.
            DatelineError: children do not start.
        """
        try:
            return parse_answer(self._next_line(self._jobs[0]))
        except ValueError as error:
            self.drop()
            raise GoneError(f"the reader gave back {error}") from error
        except GoneError:
            self.drop()
            raise

    def finish(self) -> None:
        """Go on to the next file: the child has said that it is through with the first."""
        self._jobs.popleft()

    def drop(self) -> None:
        """Give the first file up in the middle of it; another child goes on with the others."""
        self._end()
        self._jobs.popleft()
        if self._jobs:
            self._start()

    def close(self) -> None:
        """End the child at once, whatever it is doing, and forget its files."""
        self._jobs.clear()
        self._end()

    # What it says

    def _next_line(self, job: _Job) -> bytes:
        """Return the next line about a file. Raises GoneError."""
        while True:
            line = self._line()
            if not self._is_ready:
                self._check_start(line)
            elif line is not None:
                job.is_answered = True
                return line
            else:
                self._bear_end(job)

    def _line(self) -> bytes | None:
        """Return the next line, or None where the child has closed its end. Raises GoneError."""
        assert self._process is not None
        assert self._process.stdout is not None
        stream = self._process.stdout.fileno()
        poll = select.poll()
        poll.register(stream, select.POLLIN)
        deadline = time.monotonic() + CLOCK_FACTOR * self._limits.seconds + GRACE_S
        n_seen = 0
        while (end := self._heard.find(b"\n", n_seen)) < 0:
            n_seen = len(self._heard)
            if n_seen > MAX_MESSAGE_BYTES:
                raise GoneError(f"more than {MAX_MESSAGE_BYTES // 1_000_000} MB came back at once")
            left = deadline - time.monotonic()
            if left <= 0 or not poll.poll(left * 1000):  # its own alarm has failed
                raise GoneError(self._too_long)
            block = os.read(stream, PIPE_BYTES)
            if not block:
                return None
            self._heard += block
        line = bytes(self._heard[:end])
        del self._heard[: end + 1]
        return line

    def _check_start(self, line: bytes | None) -> None:
        """Raise DatelineError unless a child's first line is the right one."""
        if line == READY.rstrip():
            self._is_ready = True
            return
        said = self._last_words()
        self.close()
        raise DatelineError(
            f"The process that reads files does not start: it said {said or line!r}. "
            f"Install Dateline again."
        )

    def _last_words(self) -> str:
        """Return the last line that a child which does not start has written on its errors."""
        assert self._process is not None
        assert self._process.stderr is not None
        self._process.kill()
        lines = (self._process.stderr.read() or b"").decode("utf-8", "replace").split("\n")
        return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "")

    def _bear_end(self, job: _Job) -> None:
        """Replace a child that has ended before it began the file. Raises GoneError otherwise."""
        assert self._process is not None
        try:
            code = self._process.wait(GRACE_S)
        except subprocess.TimeoutExpired as error:
            raise GoneError("the reader fell silent") from error
        if code != 0 or job.is_answered or job.is_retried:
            raise GoneError(self._reason(code))
        job.is_retried = True  # once: what ends every child is to blame for it
        self._start()

    def _reason(self, code: int) -> str:
        if code == OUT_OF_MEMORY:
            return f"needed more than {self._limits.memory_bytes / 1e9:g} GB of memory"
        if code in (-signal.SIGPROF, -signal.SIGALRM):
            return self._too_long
        if code == -signal.SIGKILL:
            return "the reader was killed (signal 9); has the machine run out of memory?"
        return f"the reader crashed ({f'signal {-code}' if code < 0 else f'exit code {code}'})"

    @property
    def _too_long(self) -> str:
        return f"took longer than {self._limits.seconds:g} s"

    # The process

    def _start(self) -> None:
        self._end()
        limits = (str(self._limits.seconds), str(self._limits.memory_bytes), str(os.getpid()))
        self._process = subprocess.Popen(
            [*self._command, *limits],
            cwd=_ROOT,
            env=_ENVIRONMENT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,  # Ctrl-C in the terminal is for us, and we end it
        )
        if hasattr(fcntl, "F_SETPIPE_SZ") and self._process.stdout is not None:
            with contextlib.suppress(OSError):  # the user's pipes hold too much already
                fcntl.fcntl(self._process.stdout, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        for job in self._jobs:
            self._send(job.request)

    def _send(self, request: bytes) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it is gone: the file is given to the next
            self._process.stdin.write(request)

    def _end(self) -> None:
        process, self._process = self._process, None
        self._heard.clear()
        self._is_ready = False
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()
