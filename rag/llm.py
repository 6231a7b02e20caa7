"""Messages in, text out, piece by piece: one client for any OpenAI-compatible endpoint.

The local model is such an endpoint too, in a process of its own (``rag.llm_server``). The client
is OpenAI's and not LlamaIndex's ``OpenAILike`` around it: when the latter's stream is closed, its
instrumentation keeps the request alive until the next garbage collection (llama-index-core
0.14.25), and for so long the model works on an answer nobody waits for. Knows nothing of evidence
or questions; the one thing it does to a text is to take out what a chat template would read as an
instruction (``neutralise``).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol
from urllib.parse import urlsplit

from index.errors import InputError
from rag.llm_client import Message, body, connect, first_tokens, only_model, pieces
from rag.llm_errors import LostError
from rag.llm_server import LocalServer, ServerOptions
from rag.settings import RagSettings

if TYPE_CHECKING:
    from rag.llm_client import Client


class Writer(Protocol):
    """What composing an answer needs of a language model."""

    @property
    def name(self) -> str:
        """Where the model runs, for people: "local", or the endpoint's host."""
        ...

    @property
    def model(self) -> str:
        """The model's name."""
        ...

    @property
    def kind(self) -> Literal["local", "remote"]:
        """Whether the text stays on this machine."""
        ...

    def stream(
        self,
        messages: list[Message],
        *,
        max_tokens: int,
        stop: Sequence[str] = (),
        grammar: str = "",
    ) -> Iterator[str]:
        """Yield the answer's text in pieces, as likely as can be (temperature 0).

        Closing the iterator ends the request, and with it the work of the model. ``stop`` texts
        end the answer and are not part of it. ``grammar`` (llama.cpp's GBNF) is what the answer
        must follow, where the endpoint can hold its model to one. Raises WriterError before or
        between pieces.
        """
        ...

    def begins(self, messages: list[Message], word: str) -> float | None:
        """Return how likely the answer begins with a word, in [0, 1]; None where nobody can tell.

        The answer's text is as fast after it as it would be alone. Raises WriterError.
        """
        ...

    def warm(self, messages: list[Message]) -> None:
        """Make the model ready, and have it read the beginning that all prompts share."""
        ...

    def close(self) -> None:
        """Give back what the model holds. ``stream`` would take it again."""
        ...


def open_writer(settings: RagSettings, *, gguf: Callable[[], Path]) -> Writer:
    """Return the writer that the settings name; nothing is started or reached before its use.

    ``gguf`` returns the local model's file, and is called when the local model first starts.
    """
    if settings.llm_url is None:
        return LocalWriter(settings, gguf)
    return RemoteWriter(settings, settings.llm_url)


class RemoteWriter:
    """A model behind an OpenAI-compatible endpoint that someone else runs."""

    kind: Literal["local", "remote"] = "remote"

    def __init__(self, settings: RagSettings, url: str) -> None:
        """Take the endpoint's address. Raises InputError when it is none."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise InputError(
                f"{url!r} is not the address of an endpoint: give one like https://host/v1."
            )
        self.name = parts.hostname
        self._settings = settings
        self._url = url.rstrip("/")
        self._model: str | None = None
        self._client: Client | None = None

    @property
    def model(self) -> str:
        """The name in the settings, or of the only model that the endpoint lists."""
        if self._model is None:
            self._model = self._settings.llm_model or only_model(self._connected())
        return self._model

    def stream(
        self,
        messages: list[Message],
        *,
        max_tokens: int,
        stop: Sequence[str] = (),
        grammar: str = "",
    ) -> Iterator[str]:
        """Yield the answer's text in pieces; a grammar is not sent. Raises WriterError."""
        request = body(self.model, messages, max_tokens, stop)
        yield from pieces(self._connected(), request)

    def begins(self, messages: list[Message], word: str) -> float | None:
        """Return None: a model that is paid for is asked once, and few endpoints tell."""
        return None

    def warm(self, messages: list[Message]) -> None:
        """Load the client. Nothing is sent: a remote model's work may cost money."""
        self._connected()

    def close(self) -> None:
        """Drop the connections."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _connected(self) -> Client:
        if self._client is None:
            self._client = connect(self._url, self._settings.llm_key, self._settings)
        return self._client


class LocalWriter:
    """The model on this machine. Started at first use, and again whenever it has died."""

    name = "local"
    kind: Literal["local", "remote"] = "local"

    def __init__(self, settings: RagSettings, gguf: Callable[[], Path]) -> None:
        """Remember the choices; nothing is started yet."""
        self._settings = settings
        self._gguf = gguf
        self._lock = threading.Lock()
        self._server: LocalServer | None = None
        self._client: Client | None = None

    @property
    def model(self) -> str:
        """The model file's name without its suffix."""
        return self._gguf().stem

    @property
    def pid(self) -> int | None:
        """The process id of the model, or None while none runs."""
        return self._server.pid if self._server else None

    def stream(
        self,
        messages: list[Message],
        *,
        max_tokens: int,
        stop: Sequence[str] = (),
        grammar: str = "",
    ) -> Iterator[str]:
        """Yield the answer's text in pieces, starting the model where it does not run.

        Raises WriterError, and the next call then starts a new process, unless the model merely
        refused this request.
        """
        request = body(self.model, messages, max_tokens, stop)
        if grammar:
            request["extra_body"] = {"grammar": grammar}
        client, server, url = self._connected()
        try:
            yield from pieces(client, request)
        except LostError:
            server.discard(url)  # dying, or alive but silent: either way of no more use
            raise

    def begins(self, messages: list[Message], word: str) -> float | None:
        """Return how likely the answer begins with a word: the prompt is read, nothing written."""
        request = body(self.model, messages, 1)
        client, server, url = self._connected()
        try:
            likely = first_tokens(client, request)
        except LostError:
            server.discard(url)
            raise
        return sum(likelihood for token, likelihood in likely if token.strip() == word)

    def warm(self, messages: list[Message]) -> None:
        """Start the model and have it read these messages. Raises WriterError."""
        for _ in self.stream(messages, max_tokens=1):
            pass

    def close(self) -> None:
        """End the model's process."""
        with self._lock:
            if self._server is not None:
                self._server.close()

    def _connected(self) -> tuple[Client, LocalServer, str]:
        with self._lock:
            if self._server is None:
                path = str(self._gguf().absolute())
                context, threads = self._settings.llm_context, self._settings.llm_threads
                self._server = LocalServer(ServerOptions(path, context, threads))
            if self._server.ensure_alive() or self._client is None:
                url, key = self._server.url, self._server.key
                self._client = connect(url, key, self._settings, direct=True)
            return self._client, self._server, self._server.url


_CONTROL = re.compile(
    r"<[|｜][^<>|｜\s]{1,60}[|｜]>"  # ChatML, Llama 3, Phi, DeepSeek
    r"|</?(?:s|bos|eos|pad|unk|think|tool_call|tool_response|tools?|start_of_turn|end_of_turn)>"
    r"|\[/?(?:INST|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|SYSTEM_PROMPT)\]|<</?SYS>>",
    re.IGNORECASE,
)


def neutralise(text: str) -> str:
    """Return a text with a space for each token that chat templates are made of.

    A server reads such a token as the end of the user's turn even where an article merely
    contains its spelling, so that the article could go on as the system. No such token contains a
    space, so taking one out cannot complete another around it.
    """
    return _CONTROL.sub(" ", text)
