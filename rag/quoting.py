"""What a drafted answer leaves out -> the numbers of the evidence to quote behind it.

The sides of a disagreement that it does not name, what the question is nearest to, what answers
it otherwise, and what its own failed drafts would have said. Knows nothing of how drafts are made
or checked.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import islice

from rag.answerable import answers, lacks_kind
from rag.asked import Asked, new_names
from rag.figures import days, figures, years
from rag.find import Finding
from rag.schema import Conflict, Evidence

MAX_QUOTES_ADDED = 2  # of the nearest sentences that a drafted answer to one question leaves out
MAX_OTHERWISE = 3  # sentences that answer one question with a value that is not told yet


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
    first = [*itself, *untold, *missing]
    return list(dict.fromkeys([*first, *_otherwise(told, {*told.cited, *first})]))


def of_doubtful(found: Finding, drawn_on: Sequence[int]) -> list[int]:
    """Return what to quote of what is doubtful, where no sentence that a model wrote stood.

    What it wrote from; where it passed over the figure that is asked for, the first that has one.
    """
    if drawn_on or found.asked.wanted != "number":
        return list(drawn_on)
    numbered = enumerate(found.doubtful, start=1)
    return list(islice((n for n, e in numbered if not lacks_kind(found.asked, e.text)), 1))


def _untold(told: Told, found: Finding) -> list[int]:
    """Return the numbers of a part's chosen sentences that what is cited does not stand for.

    The nearest, where it is not cited; of several parts, where nothing cited answers the part.
    To an open question that nothing answers differently, the next nearest follow.
    """
    numbers = [told.evidence.index(e) + 1 for e in found.chosen]
    cited = [told.evidence[n - 1] for n in told.cited]
    answering = [e for e in cited if e in found.chosen]
    if len(told.findings) > 1:
        is_told = any(answers(found.asked, e) for e in answering)
        return [] if is_told else numbers[:1]
    if found.asked.wanted != "open" or found.sides:  # sides are told one by one
        numbers = numbers[:1]
    return [n for n in numbers if n not in told.cited][:MAX_QUOTES_ADDED]


def _otherwise(told: Told, cited: set[int]) -> list[int]:
    """Return the numbers of what answers one question with a value that nothing cited tells."""
    if len(told.findings) != 1:
        return []
    [found] = told.findings
    if not found.asked.wants_value or found.sides:  # sides are told one by one
        return []
    chosen = [e for e in found.chosen if found.asked.wanted != "open" and answers(found.asked, e)]
    known = {v for n in cited for v in _values(found.asked, told.evidence[n - 1].text)}
    added: list[int] = []
    for e in dict.fromkeys([*chosen, *found.elsewhere]):
        values = _values(found.asked, e.text)
        if not values <= known and len(added) < MAX_OTHERWISE:
            added.append(told.evidence.index(e) + 1)
            known |= values
    return added


def _values(asked: Asked, text: str) -> set[Hashable]:
    """Return what a sentence holds of the kind that is asked for: figures, days, or new names."""
    if asked.wanted == "number":
        return {(figure.kind, figure.unit, figure.value) for figure in figures(text)}
    if asked.wanted == "date":
        return {*days(text), *years(text)}
    return {name.lower() for name in new_names(asked, text)}
