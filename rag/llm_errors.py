"""What went wrong between us and a language model's endpoint, in one line each."""

from __future__ import annotations

from index.errors import WriterError


class LostError(WriterError):
    """The endpoint is gone or silent, rather than refusing one request."""


_EXPLANATIONS: dict[str, tuple[type[WriterError], str]] = {
    "APITimeoutError": (LostError, "said nothing for {timeout_s:g} s. Ask again later."),
    "TimeoutException": (LostError, "said nothing for {timeout_s:g} s. Ask again later."),
    "APIConnectionError": (LostError, "cannot be reached ({reason}). Does it run?"),
    "AuthenticationError": (WriterError, "refused the key. Set DATELINE_LLM_KEY."),
    "PermissionDeniedError": (WriterError, "refused the key. Set DATELINE_LLM_KEY."),
    "NotFoundError": (
        WriterError,
        "knows no such address or model ({reason}). Check --llm-url, which usually ends in /v1, "
        "and --llm-model.",
    ),
    "RateLimitError": (WriterError, "takes no more requests for now ({reason}). Ask again later."),
    "APIError": (WriterError, "failed ({reason})."),
    "HTTPError": (LostError, "broke off in the middle of its answer ({reason})."),
}
"""Errors of the openai client and of httpx by class name, so that the table imports neither."""


def explained(exc: Exception, url: str, timeout_s: float) -> WriterError:
    """Return the error that says in one line what happened, and what to do.

    Args:
        exc: what the client raised; of its class and those it derives from, the first that is
            known decides.
        url: the endpoint.
        timeout_s: the silence, in seconds, that was waited for.
    """
    unknown = (WriterError, "does not speak the OpenAI protocol ({reason}). Check --llm-url.")
    names = [cls.__name__ for cls in type(exc).__mro__]
    kind, what = next((_EXPLANATIONS[n] for n in names if n in _EXPLANATIONS), unknown)
    # The client says only "Connection error."; httpx, below it, says which.
    reason = _line(exc.__cause__ if names[0] == "APIConnectionError" and exc.__cause__ else exc)
    return kind(f"The language model at {url} {what.format(reason=reason, timeout_s=timeout_s)}")


def _line(exc: BaseException) -> str:
    words = " ".join(str(exc).split()) or type(exc).__name__
    return words if len(words) <= 160 else f"{words[:160]}..."
