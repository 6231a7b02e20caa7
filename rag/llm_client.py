"""One OpenAI-compatible endpoint spoken to: its client, a request, and what comes back.

Errors of the client become WriterErrors here. Knows nothing of who answers at the other end.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from index.errors import InputError
from rag.llm_errors import LostError, explained
from rag.settings import RagSettings

if TYPE_CHECKING:
    import openai

    Client = openai.OpenAI

Message = dict[str, str]
"""``role`` ("system", "user", "assistant") and ``content``."""

N_LIKELIEST = 20  # first tokens whose probability is asked for


def connect(url: str, key: str | None, settings: RagSettings, *, direct: bool = False) -> Client:
    """Return a client. ``direct``: to this machine, past any proxy, a connection a request.

    llama.cpp now and then drops an idle connection just as the next request takes it: seen as
    "disconnected without sending a response". A new connection to 127.0.0.1 costs nothing.
    """
    # Imported here and not above: it takes most of a second, which quoting need not wait for.
    import httpx
    import openai

    http = None
    if direct:
        limits = httpx.Limits(max_keepalive_connections=0)
        http = httpx.Client(trust_env=False, timeout=settings.llm_timeout_s, limits=limits)
    return openai.OpenAI(
        base_url=url,
        api_key=key or "none",  # given None, it would send OPENAI_API_KEY to this endpoint
        timeout=settings.llm_timeout_s,
        max_retries=0,  # an answer tried again is waited for twice, and computed twice
        http_client=http,
    )


def only_model(client: Client) -> str:
    """Return the name of the one model that an endpoint lists. Raises WriterError, InputError."""
    import openai

    url = str(client.base_url)
    try:
        names = [str(model.id) for model in client.models.list().data]
    except (openai.OpenAIError, AttributeError, TypeError, ValueError) as exc:
        raise explained(exc, url, float(str(client.timeout))) from exc
    if len(names) == 1:
        return names[0]
    raise InputError(
        f"{url} offers {len(names)} models ({', '.join(names[:5]) or 'none'}): "
        f"choose one with --llm-model."
    )


def body(
    model: str, messages: list[Message], max_tokens: int, stop: Sequence[str] = ()
) -> dict[str, Any]:
    """Return what is asked for: the likeliest answer (temperature 0)."""
    request = {"model": model, "messages": messages, "max_tokens": max_tokens, "temperature": 0}
    return {**request, "stop": list(stop)} if stop else request


def first_tokens(client: Client, request: dict[str, Any]) -> list[tuple[str, float]]:
    """Return the likeliest first tokens of an answer with their probabilities.

    Raises WriterError; LostError where nobody is there.
    """
    import openai

    url, timeout_s = str(client.base_url), float(str(client.timeout))
    try:
        answer = client.chat.completions.create(**request, logprobs=True, top_logprobs=N_LIKELIEST)
        content = answer.choices[0].logprobs.content
        return [(each.token, math.exp(each.logprob)) for each in content[0].top_logprobs]
    except (openai.OpenAIError, AttributeError, TypeError, ValueError, IndexError) as exc:
        raise explained(exc, url, timeout_s) from exc


def pieces(client: Client, request: dict[str, Any]) -> Iterator[str]:
    """Yield an answer's text as it comes. Raises WriterError; LostError where nobody is there."""
    import httpx
    import openai

    url, timeout_s, finished = str(client.base_url), float(str(client.timeout)), False
    try:
        # Leaving the block closes the connection, so that the model stops working for it.
        with client.chat.completions.create(**request, stream=True) as chunks:
            for chunk in chunks:
                for choice in getattr(chunk, "choices", None) or ():
                    finished = finished or bool(choice.finish_reason)
                    if choice.delta and choice.delta.content:
                        yield choice.delta.content
    except (openai.OpenAIError, httpx.HTTPError, AttributeError, TypeError, ValueError) as exc:
        raise explained(exc, url, timeout_s) from exc
    if not finished:
        raise LostError(f"The language model at {url} broke off before the end of its answer.")
