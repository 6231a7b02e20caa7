"""The checks in the order in which their reasons help a reader most."""

from __future__ import annotations

from collections.abc import Callable

from index.split import sentences
from rag.checks.attribution import attribution_flaw
from rag.checks.date import date_flaw
from rag.checks.deed import deed_flaw
from rag.checks.direction import direction_flaw
from rag.checks.figure import figure_flaw
from rag.checks.kinship import kinship_flaw
from rag.checks.modality import modality_flaw
from rag.checks.name import name_flaw
from rag.checks.negation import negation_flaw
from rag.checks.owner import owner_flaw
from rag.checks.quotation import quotation_flaw
from rag.checks.roles import roles_flaw
from rag.checks.source import Flaw, Source

CHECKS: tuple[Callable[[str, Source], Flaw | None], ...] = (
    quotation_flaw,
    figure_flaw,
    date_flaw,
    negation_flaw,
    name_flaw,
    roles_flaw,
    owner_flaw,
    kinship_flaw,
    direction_flaw,
    modality_flaw,
    attribution_flaw,
    deed_flaw,
)


_QUOTES = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})


def flaw(draft: str, source: Source) -> Flaw | None:
    """Return what is wrong with a draft, the worst first; None where every check passes."""
    if is_verbatim(draft, source):
        return None
    found = [found for check in CHECKS if (found := check(draft, source)) is not None]
    return min(found, key=lambda f: f.verdict != "unsupported", default=None)


def is_verbatim(draft: str, source: Source) -> bool:
    """Tell whether a draft is the source, or whole sentences of it that follow each other.

    A part of a sentence is not: "1,200 people left Orle" without "the mayor said" says more.
    """
    wanted = _plain(draft)
    if not wanted or wanted not in _plain(source.text):
        return False
    spans = sentences(source.text)
    return any(
        wanted == _plain(source.text[first.start : last.end])
        for i, first in enumerate(spans)
        for last in spans[i:]
    )


def _plain(text: str) -> str:
    """Return a text on one line, with one kind of quotation mark and no stop at its end."""
    return " ".join(text.translate(_QUOTES).split()).strip(' ."').lower()
