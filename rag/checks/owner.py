"""Owners: what is told of something of somebody's is not told of them.

"Norby's neighbours were flooded" does not say that Norby was. What is theirs by their own deed may
be told either way: "Pell's resignation" is that Pell resigned.
"""

from __future__ import annotations

import re

from rag.checks.source import Flaw, Source
from rag.terms import content_words, holds, names, stem, stems

_GENITIVE = r"['’]s?\b|['’](?=\s)"
_OPENS = re.compile(r"^\W*(?:[Tt]he\s+)?$")  # what may stand before a name that is the subject
_OWNS = re.compile(r"^\s+(?:has|have|had|own(?:s|ed)?|with)\b")


def owner_flaw(draft: str, source: Source) -> Flaw | None:
    """Return the draft's subject where the source names it only as the owner of what it tells."""
    subject = next(iter(names(draft)), "")
    at = draft.find(subject)
    behind = draft[at + len(subject) :]
    if not subject or not _OPENS.match(draft[:at]) or re.match(_GENITIVE, behind):
        return None
    if _OWNS.match(behind):
        return None
    told = [m.end() for m in re.finditer(rf"\b{re.escape(subject)}(?!\w)", source.text)]
    owned = [text for end in told if (text := _owned(source.text[end:])) is not None]
    if not told or len(owned) < len(told):
        return None
    said = {stem(word) for word in content_words(behind)}
    if any(holds(said, word) for text in owned for word in stems(text)[:1]):
        return None
    return Flaw(f"The cited sentence says it of something of {subject}’s.", "partly")


def _owned(behind: str) -> str | None:
    """Return what follows a name in the genitive; None where it is in none."""
    match = re.match(_GENITIVE, behind)
    return behind[match.end() :] if match else None
