"""Kinship: who is whose husband or daughter must be said in the source, from either side.

"Her husband was King Orm" is another thing than "she may have been King Orm's daughter", though
both name the same two. What a family word may be told from is another word of the same tie.
Children and twins are left out: most of them are nobody's in particular.
"""

from __future__ import annotations

from rag.checks.source import Flaw, Source
from rag.terms import content_words, holds, stem

_TIES: tuple[tuple[str, str], ...] = (
    (
        "husband wife spouse widow widower bride groom",
        "husband wife spouse widow widower bride groom marry married marries marriage wed wedding "
        "couple partner divorce divorced honeymoon",
    ),
    (
        "father mother parent son daughter",
        "father mother parent son daughter child children dad mum mom born birth heir baby "
        "pregnant family",
    ),
    ("brother sister sibling", "brother sister sibling twin family"),
    ("uncle aunt nephew niece", "uncle aunt nephew niece"),
    (
        "grandfather grandmother grandson granddaughter grandchild",
        "grandfather grandmother grandson granddaughter grandchild grandchildren grandparent",
    ),
)
_TOLD_FROM = {
    stem(word): frozenset(stem(other) for other in told_from.split())
    for told, told_from in _TIES
    for word in told.split()
}


def kinship_flaw(draft: str, source: Source) -> Flaw | None:
    """Return a family tie of the draft that nothing in and around the cited sentences tells."""
    for word in content_words(draft):
        told_from = _TOLD_FROM.get(stem(word))
        if told_from and not any(holds(source.known, other) for other in told_from):
            return Flaw(f"The cited sentence does not say whose “{word}”.")
    return None
