"""Names and places: all of the draft's must stand in the cited text or its headline."""

from __future__ import annotations

from rag.checks.source import Flaw, Source
from rag.figures import figures
from rag.terms import holds, names, stems

_OPENERS = frozenset(
    "around roughly nearly almost nobody none several many approximately meanwhile".split()
)  # words that open a sentence in a capital and are no names


def name_flaw(draft: str, source: Source) -> Flaw | None:
    """Return the first name of the draft that the source does not hold, in any of its forms."""
    initials = short_forms(source)
    for name in names(draft):
        if figures(name) or name.lower() in _OPENERS:  # "Twelve" is checked as a figure
            continue
        missing = [s for s in stems(name) if len(s) > 1 and not holds(source.known, s)]
        if any(s.upper() not in initials for s in missing):
            return Flaw(f"The name {name} does not stand in the cited sentence.")
    return None


def short_forms(source: Source) -> set[str]:
    """Return what the source's names may be shortened to by their initials: "UN"."""
    return {letters for name in source.names for letters in _initials(name)}


def _initials(name: str) -> set[str]:
    """Return what a name may be shortened to: "UN", and "PM" of "Finnish Prime Minister Ada"."""
    letters = "".join(word[0] for word in name.split() if word[0].isupper())
    return {letters[i:j] for i in range(len(letters)) for j in range(i + 2, len(letters) + 1)}
