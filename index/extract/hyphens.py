"""Words parted at the end of a line -> words. Knows letters only, no pages and no dictionary."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_PARTED = re.compile(r"(?P<first>\w+(?:-\w+)*)-$")
# Halves of compounds that no longer word begins or ends with where a line parts it; "known" or
# "wide" are not among them, since unknown and nationwide are parted there too.
_FIRST_HALVES = frozenset(
    "well self half non vice twenty thirty forty fifty sixty seventy eighty ninety".split()
)
_SECOND_HALVES = frozenset("year years based led backed funded owned elect term".split())


class Words:
    """The words of a document, to tell the hyphen of a compound from one that parts a word."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._known: set[str] = set()
        for line in lines:
            words = _WORD.findall(line.casefold())
            self._known.update(words[:-1] if line.endswith("-") else words)

    def joint(self, above: str, below: str) -> str:
        """Return the text of ``above`` as it is before ``below``, which begins the next line.

        A hyphen stays where it is one of the compound's own; it goes where it only parts the
        word. "well-" above "known" may be either. What the document itself writes elsewhere
        decides first; then capitals, figures and a second hyphen, which only compounds have;
        then a few halves that make compounds. Otherwise the hyphen goes: in set columns most
        hyphens at a line's end part a word.
        """
        parted = _PARTED.search(above[-80:])
        following = _WORD.match(below)
        if not parted:
            return f"{above} "
        first, second = parted["first"], following[0] if following else ""
        if second in ("and", "or", "und", "to"):  # short- and long-term
            return f"{above} "
        return above if self._is_compound(first, second) else above[:-1]

    def _is_compound(self, first: str, second: str) -> bool:
        if not second or second[0].isupper() or first[-1].isdecimal() or "-" in first:
            return True
        first, second = first.casefold(), second.casefold()
        whole = second.split("-")[0]
        if f"{first}-{second}" in self._known or f"{first}-{whole}" in self._known:
            return True
        if first + second in self._known:
            return False
        is_age = first in ("year", "month", "week") and whole == "old"
        return is_age or first in _FIRST_HALVES or whole in _SECOND_HALVES
