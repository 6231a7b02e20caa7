"""Quotations: what stands between quotation marks must stand so in the source."""

from __future__ import annotations

import re

from rag.checks.source import Flaw, Source

_QUOTED = re.compile(r"[“\"]([^“”\"]{3,})[”\"]")
_MARKS = re.compile(r"[\W_]+")


def quotation_flaw(draft: str, source: Source) -> Flaw | None:
    """Return the first quotation that the source does not hold word for word."""
    text = letters(source.text)
    for quoted in _QUOTED.findall(draft):
        if letters(quoted) not in text:
            return Flaw(f"The quotation “{quoted}” does not stand so in the cited sentence.")
    return None


def letters(text: str) -> str:
    """Return a text's words alone, in lower case, with one space between them."""
    return _MARKS.sub(" ", text).strip().lower()
