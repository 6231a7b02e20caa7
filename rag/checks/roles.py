"""Roles: who did what to whom, from where to where, and which of two is the larger."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from rag.checks.source import Flaw, Source
from rag.checks.verbs import root
from rag.terms import content_words, names, words

_PASSIVE = re.compile(r"\b(?:is|are|was|were|been|being|be|got)\b(?:\W+\w+){0,4}\W+by\s*(?:the )?$")
_MAX_BETWEEN = 8  # words between two names that one verb joins
_FROM_TO = re.compile(
    r"\bfrom (?:the )?([A-Z][\w’'-]*)(?:\W+\w+){0,3}?\W+to (?:the )?([A-Z][\w’'-]*)"
)
_MUTUAL = frozenset(root(w) for w in "meet marry agree talk and with sign join share play".split())


@dataclass(frozen=True, slots=True)
class _Deed:
    """``doer`` and ``other`` are the last words of two names; ``verb`` is what joins them."""

    doer: str
    verb: str
    other: str


def roles_flaw(draft: str, source: Source) -> Flaw | None:
    """Return two names of the draft that have each other's part in the source."""
    ways = {(m[1], m[2]) for m in _FROM_TO.finditer(source.text)}
    for match in _FROM_TO.finditer(draft):
        if (match[2], match[1]) in ways and (match[1], match[2]) not in ways:
            return Flaw(f"The cited sentence says from {match[2]} to {match[1]}.")
    there = set(_deeds(source.text))
    for deed in _deeds(draft):
        turned = _Deed(deed.other, deed.verb, deed.doer)
        if turned in there and deed not in there and deed.verb not in _MUTUAL:
            return Flaw(
                f"In the cited sentence {deed.other} and {deed.doer} have each other's part."
            )
    return None


def _deeds(text: str) -> Iterator[_Deed]:
    """Yield what joins each two names that follow each other in one clause."""
    for clause in re.split(r"[.;:!?\n]", text):
        for first, second in pairwise(_placed(clause)):
            between = clause[first[1] : second[0]]
            if len(words(between)) > _MAX_BETWEEN:
                continue
            doer, other = first[2], second[2]
            if _PASSIVE.search(between):
                doer, other = other, doer
            for word in content_words(between) or words(between):
                yield _Deed(doer, root(word), other)


def _placed(clause: str) -> list[tuple[int, int, str]]:
    """Return (start, end, last word) of every name of a clause, in order."""
    found = []
    for name in names(clause):
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", clause):
            found.append((match.start(), match.end(), name.split()[-1]))
    return sorted(found)
