"""Files -> their articles, each file read in a child process with limits on time and memory.

A file that takes too long, needs too much memory or crashes its reader costs that file and no
other. Results come in the order of the files; a few files ahead are being read meanwhile. There is
no thread: what is read ahead waits in the pipes, and a pipe that is full makes its child wait, so
an export of any length takes no more memory than a short one. Knows nothing of file formats and of
libraries; ``index.extract.child`` says what is promised of the children.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from index.errors import ReadError
from index.extract.messages import Done, Reached, Refused, Request, request_line
from index.extract.worker import GoneError, Limits, Worker
from index.schema import Extracted, Failure

__all__ = ["Limits", "Pool", "Task"]

COMMAND = (sys.executable, "-m", "index.extract.child")
MAX_WORKERS = 4  # together they read faster than any CPU encodes


@dataclass(frozen=True, slots=True)
class Task:
    """A file to read; ``root`` is the folder it must lie in once links are followed."""

    path: Path
    root: Path | None = None


@dataclass(slots=True)
class _UnderWay:
    task: Task
    worker: Worker
    is_over: bool = False  # the worker is through with it, in whatever way


class Pool:
    """Child processes that read files; use it in a ``with``, from one thread.

    ``peak_bytes`` is the most memory that a child has held, and ``longest_s`` the longest that an
    article took, in seconds on the clock: as far as the children could tell before they ended.
    ``share`` is how much has been read of the file whose articles are being taken, in [0, 1], as
    far as its articles have been taken; it stays 0 for a file that holds one article.
    """

    def __init__(
        self,
        workers: int | None = None,
        limits: Limits = Limits(),  # noqa: B008 -- frozen
        *,
        command: Sequence[str] = COMMAND,
    ) -> None:
        """Start nothing yet: children start when there is something to read.

        Args:
            workers: files that are read at a time; by default one core is left to encoding.
            limits: of each child.
            command: what starts a child; the limits and our process id are appended.
        """
        n = max(1, min(MAX_WORKERS, _n_cores() - 1)) if workers is None else workers
        if n < 1:
            raise ValueError(f"at least one worker has to read, not {workers}")
        self._workers = [Worker(command, limits) for _ in range(n)]
        self._is_reading = False
        self.peak_bytes = 0
        self.longest_s = 0.0
        self.share = 0.0

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of the children that there are at the moment."""
        return tuple(worker.pid for worker in self._workers if worker.pid is not None)

    def close(self) -> None:
        """End the children at once, whatever they are doing."""
        for worker in self._workers:
            worker.close()

    def read(
        self, tasks: Iterable[Task], fields: Mapping[str, str] | None = None
    ) -> Iterator[tuple[Task, Iterator[Extracted | Failure]]]:
        """Yield each task, in order, with an iterator over the articles of its file.

        That iterator raises what ``index.extract.read`` raises, and ReadError for a file that
        went over a limit or crashed its reader; it ends when the next task is asked for. No more
        of ``tasks`` is taken than is read ahead: 8 files for each worker.

        Raises:
            DatelineError: children do not start at all.
            RuntimeError: another ``read`` of this pool has not ended.
        """
        if self._is_reading:
            raise RuntimeError("this pool is reading already: one read at a time")
        self._is_reading = True
        coming = iter(tasks)
        under_way: deque[_UnderWay] = deque()
        try:
            while True:
                self._give(coming, fields, under_way)
                if not under_way:
                    return
                yield from self._first(under_way)
        finally:
            self._is_reading = False
            if any(worker.n_files for worker in self._workers):  # left early
                self.close()

    def _give(
        self,
        coming: Iterator[Task],
        fields: Mapping[str, str] | None,
        under_way: deque[_UnderWay],
    ) -> None:
        """Hand out tasks as long as there are some, and a child has room."""
        while True:
            worker = min(self._workers, key=lambda worker: worker.n_files)
            task = next(coming, None) if worker.has_room else None
            if task is None:
                return
            worker.give(request_line(Request(task.path, task.root, fields)))
            under_way.append(_UnderWay(task, worker))

    def _first(
        self, under_way: deque[_UnderWay]
    ) -> Iterator[tuple[Task, Iterator[Extracted | Failure]]]:
        one = under_way.popleft()
        self.share = 0.0
        items = self._items(one)
        try:
            yield one.task, items
        finally:
            items.close()
        if not one.is_over:
            one.worker.drop()

    def _items(self, one: _UnderWay) -> Generator[Extracted | Failure, None, None]:
        """Yield what a child says of its first file. Raises ReadError."""
        path = str(one.task.path)
        while not one.is_over:
            try:
                answer = one.worker.answer()
            except GoneError as error:
                one.is_over = True
                raise ReadError(path, str(error)) from error
            if isinstance(answer, Done):
                one.is_over = True
                one.worker.finish()
                self.peak_bytes = max(self.peak_bytes, answer.peak_bytes)
                self.longest_s = max(self.longest_s, answer.longest_s)
                if answer.error is not None:
                    raise ReadError(path, answer.error)
            elif isinstance(answer, Reached):
                self.share = answer.share
            else:
                yield Failure(path, answer.reason) if isinstance(answer, Refused) else answer


def _n_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
