"""The local language model in a process of its own, so that its crash is not the chat's.

The child (``python -m rag.llm_server``) runs the OpenAI-compatible server of llama.cpp on a free
port of 127.0.0.1. It is told what to do, the key included, in one line on its standard input, so
that the key stands neither in `ps` nor in an environment, and it ends when that input does: no
parent, however it died, leaves a model behind. ``LocalServer`` starts it, restarts it when it is
dead, and says why when it cannot. Knows nothing of prompts or answers.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import secrets
import subprocess
import sys
import threading
import time
from collections import deque
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from index.errors import WriterError

if TYPE_CHECKING:
    import xllamacpp

START_DEADLINE_S = 180.0  # a large model from a slow disk; the shipped one takes 2 to 4 s
STOP_DEADLINE_S = 5.0
READY = "dateline: listening on "  # what the child says, followed by its address


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """What the child is told besides its key."""

    model: str  # absolute path of a GGUF file
    context: int  # tokens
    threads: int = 0  # 0: one for each core


class LocalServer:
    """The supervised model process. Safe to use from several threads."""

    def __init__(
        self, options: ServerOptions, *, start_deadline_s: float = START_DEADLINE_S
    ) -> None:
        """Remember the options; ``start`` or ``ensure_alive`` starts the process."""
        self._options = options
        self._start_deadline_s = start_deadline_s
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self.url = ""  # ends in /v1; changes with every start
        self.key = ""  # changes with every start

    @property
    def pid(self) -> int | None:
        """The child's process id, or None where none was started."""
        return self._process.pid if self._process else None

    @property
    def alive(self) -> bool:
        """Whether the child runs."""
        return self._process is not None and self._process.poll() is None

    def ensure_alive(self) -> bool:
        """Start the child unless it runs. Returns whether it had to. Raises WriterError."""
        with self._lock:
            if self.alive:
                return False
            self._start()
            return True

    def discard(self, url: str) -> None:
        """End the child that listens there; one that has taken its place meanwhile lives on."""
        with self._lock:
            if self.url == url:
                self._end()

    def close(self) -> None:
        """End the child, politely first. ``ensure_alive`` would start another."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            with contextlib.suppress(OSError):  # it died before: nothing left to tell it
                process.stdin.close()
        try:
            process.wait(STOP_DEADLINE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _start(self) -> None:
        self._end()
        deadline = time.monotonic() + self._start_deadline_s
        self.key = secrets.token_urlsafe(32)
        self._process = process = subprocess.Popen(
            [sys.executable, "-m", "rag.llm_server"],
            cwd=Path(__file__)
            .resolve()
            .parents[1],  # where `rag` is found, wherever we were started
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,  # Ctrl-C in the terminal is for the parent, which then ends it
        )
        assert process.stdin is not None
        assert process.stdout is not None
        log = _Log(process.stdout)
        try:
            process.stdin.write(json.dumps({"key": self.key, **asdict(self._options)}) + "\n")
            process.stdin.flush()
            address = log.wait_for_address(deadline)
            _check_health(address, deadline)
        except (OSError, WriterError) as exc:
            self._end()
            raise WriterError(
                f"The language model {self._options.model} did not start: {exc}. It said last: "
                f"{log.last() or 'nothing'}. Name another model, or ask with --extractive."
            ) from exc
        self.url = f"{address}/v1"


class _Log:
    """Reads all that a child writes, so that it never blocks, and keeps the last lines."""

    def __init__(self, stream: IO[str]) -> None:
        self._tail: deque[str] = deque(maxlen=20)
        self._address: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self._reader.start()

    def _read(self, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                if line.startswith(READY):
                    self._address.put(line.removeprefix(READY).strip())
                elif line.strip():
                    self._tail.append(line.strip())
        self._address.put(None)

    def wait_for_address(self, deadline: float) -> str:
        """Return where the child listens. Raises WriterError when it ends or says nothing."""
        try:
            address = self._address.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            raise WriterError("it was not ready in time") from None
        if address is None:
            raise WriterError("its process ended at once")
        return address

    def last(self) -> str:
        """Return the last lines as one."""
        return " | ".join([*self._tail][-3:])


def _check_health(address: str, deadline: float) -> None:
    import httpx  # here and not above: the child needs none of it

    remaining_s = max(1.0, deadline - time.monotonic())
    try:
        # trust_env=False: a proxy in the environment is for the network, not for this machine.
        health = httpx.get(f"{address}/health", timeout=remaining_s, trust_env=False)
    except httpx.HTTPError as exc:
        raise WriterError(f"{address} does not answer ({exc})") from exc
    if health.status_code != 200:
        raise WriterError(f"{address} answers with status {health.status_code}")


def _end_with_parent() -> None:
    """Wait for the end of the standard input, which is the end of the parent, and go at once."""
    sys.stdin.read()
    os._exit(0)


def _n_threads(wanted: int) -> int:
    """Threads to compute with; a container may allow fewer cores than the machine has."""
    if wanted:
        return wanted
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _parameters(key: str, options: ServerOptions) -> xllamacpp.CommonParams:
    """Return llama.cpp's parameters; its default holds where no other value measured better."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = options.model
    params.n_ctx = options.context
    params.n_parallel = 1  # one slot: two answers at once would each take twice as long
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = _n_threads(options.threads)
    params.cache_prompt = True  # the fixed head of the prompt is read once, not per question
    params.cache_ram_mib = 0  # other prompts are not kept: one reader's must not reach another's
    params.cache_idle_slots = False
    params.hostnames = ["127.0.0.1"]
    params.port = 0  # any free one
    params.api_keys = [key]
    params.ui = False
    params.endpoint_props = False
    params.cors_origins = ""  # no web page may read an answer, whatever key it has
    params.cors_credentials = False
    params.sse_ping_interval = 10  # seconds; one who waits for the slot is not met with silence
    params.verbosity = 1  # errors only
    return params


def main() -> None:
    """Run the server that the first line of the standard input describes."""
    import xllamacpp

    order = json.loads(sys.stdin.readline())
    key = order.pop("key")
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        server = xllamacpp.Server(_parameters(key, ServerOptions(**order)))
    except RuntimeError as exc:
        sys.exit(f"llama.cpp: {str(exc).rstrip('.')}")
    sys.stdout.write(f"{READY}{server.listening_address}\n")
    sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":
    main()
