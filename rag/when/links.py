"""Connecting words around days: "since May" has no last day, "before May" ends with April.

"Since the election of May 2024" begins with May 2024, for the date stands in the expression;
"by May" ends with it. A year to compare with ("more than in 2021") is no time asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from rag.schema import Firmness
from rag.when.atom import ending
from rag.when.days import Span, shift

_NP = r"(?P<event>(?:[\w’'-]+\s+){1,8}?)(?:(?:of|in|on|from|at|during)\s+(?:the\s+)?)?$"
_BEFORE: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("compared", r"\b(?:than|compared\s+(?:to|with)|as\s+in)\s+(?:(?:in|on|at|during)\s+)?$"),
        ("from", r"\b(?:since|starting(?:\s+(?:in|on|from))?)\s+(?:the\s+)?$"),
        ("to", r"\b(?:up\s+to|until|till|by|no\s+later\s+than|as\s+(?:of|at))\s+(?:the\s+)?$"),
        ("before", r"\b(?:before|prior\s+to|ahead\s+of|earlier\s+than)\s+$"),
        ("after", r"\b(?:after|later\s+than|following)\s+$"),
        ("from event", rf"\bsince\s+{_NP}"),
        ("from event, loosely", rf"\b(?:after|following)\s+{_NP}"),
        ("to event", rf"\b(?:before|until|till|prior\s+to|ahead\s+of)\s+{_NP}"),
    )
)
_ONWARDS = re.compile(
    r"\s+(?:onwards?|on|(?:or|and)\s+(?:later|after)"
    r"|(?:to|until|till|up\s+to|through)\s+(?:now|date|the\s+present))(?=\s*[?.,;!]|\s*$)"
)
_FROM = re.compile(r"\bfrom\s+(?:the\s+)?$", re.IGNORECASE)
_EARLIER = re.compile(r"\s+(?:or|and)\s+(?:earlier|before)(?=\s*[?.,;!]|\s*$)")
_ASKING = re.compile(
    r"\b(?:who|what|when|where|why|which|how|whom|whose|did|does)\b"
    r"|\b(?:court|judge|jury|committee|congress|parliament|senate|council|tribunal|panel)s?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Said:
    """One range that a text names from ``at`` to ``end``, open where a day is None."""

    at: int
    end: int
    first: date | None
    last: date | None
    firmness: Firmness


def linked(
    text: str, place: tuple[int, int], span: Span, firmness: Firmness, *, is_end: bool
) -> Said | None:
    """Return the range that a span stands for among its connecting words; None: none is asked for.

    ``place`` is where the span's words stand. ``is_end``: they speak of the end of it.
    """
    at, end = place
    kind, match = _link(text, at)
    if kind == "compared":
        return None
    if match:
        at = match.start()
    first, last = span.start, span.end
    if onwards := _ONWARDS.match(text, end):
        opened = ending(_FROM, text, at)
        return Said(opened.start() if opened else at, onwards.end(), first, None, firmness)
    if kind == "after":
        return Said(at, end, shift(last, 1), None, firmness)
    if kind.startswith("from"):
        return Said(at, end, first, None, "loose" if "loosely" in kind else firmness)
    if kind == "before" and not is_end:
        return Said(at, end, None, shift(first, -1), firmness)
    if kind in {"before", "to", "to event"} or _EARLIER.match(text, end):
        return Said(at, end, None, last, firmness)
    return Said(at, end, first, last, firmness)


def _link(text: str, at: int) -> tuple[str, re.Match[str] | None]:
    for kind, pattern in _BEFORE:
        match = ending(pattern, text, at)
        if match and not ("event" in kind and _ASKING.search(match["event"])):
            return kind, match
    return "", None


def least(one: Firmness, other: Firmness) -> Firmness:
    """Return "loose" where either is."""
    return "loose" if "loose" in {one, other} else "firm"


def together(one: Said, other: Said) -> Said:
    """Return what two ranges share; where they share nothing, all from the first to the last."""
    loose = least(one.firmness, other.firmness)
    at, end = min(one.at, other.at), max(one.end, other.end)
    first = max(filter(None, (one.first, other.first)), default=None)
    last = min(filter(None, (one.last, other.last)), default=None)
    if first is None or last is None or first <= last:
        return Said(at, end, first, last, loose)
    days = [d for d in (one.first, one.last, other.first, other.last) if d is not None]
    return Said(at, end, min(days), max(days), "loose")
