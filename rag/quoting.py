"""What a drafted answer leaves out -> the numbers of the evidence to quote behind it.

The sides of a disagreement that it does not name, what the question is nearest to, and what its
own failed drafts would have said. Knows nothing of how drafts are made or checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.answerable import fits
from rag.find import Finding
from rag.schema import Conflict, Evidence

MAX_QUOTES_ADDED = 2  # of the nearest sentences that a drafted answer to one question leaves out


@dataclass(frozen=True, slots=True)
class Told:
    """What was found and what is told so far; ``cited`` and ``missed`` number the evidence from 1.

    ``missed`` is what drafts cited that said it badly or not at all.
    """

    findings: Sequence[Finding]
    evidence: Sequence[Evidence]
    conflicts: Sequence[Conflict]
    cited: set[int]
    missed: Sequence[int]


def left_out(told: Told) -> list[int]:
    """Return the numbers of what is left out, each once, in the order to quote it."""
    itself = [n for n in told.missed if n not in told.cited]
    untold = [n for found in told.findings for n in _untold(told, found)]
    sides = [side.citations for found in told.conflicts for side in found.sides]
    missing = [numbers[0] for numbers in sides if not told.cited & set(numbers)]
    return list(dict.fromkeys([*itself, *untold, *missing]))


def _untold(told: Told, found: Finding) -> list[int]:
    """Return the numbers of a part's chosen sentences that what is cited does not stand for.

    The nearest, where it is not cited; of several parts, where nothing cited answers the part.
    To an open question that nothing answers differently, the next nearest follow.
    """
    numbers = [told.evidence.index(e) + 1 for e in found.chosen]
    cited = [told.evidence[n - 1] for n in told.cited]
    answering = [e for e in cited if e in found.chosen]
    if len(told.findings) > 1:
        is_told = any(found.asked.wanted == "open" or fits(found.asked, e) for e in answering)
        return [] if is_told else numbers[:1]
    if found.asked.wanted != "open" or found.sides:  # sides are told one by one
        numbers = numbers[:1]
    return [n for n in numbers if n not in told.cited][:MAX_QUOTES_ADDED]
