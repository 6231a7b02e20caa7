"""Citation recall and precision as ALCE defines them (Gao et al. 2023), its range bug fixed.

recall     of a statement: 1 when it cites something, all it cites exists, and all of that
           together supports it; of an answer: the mean over its statements
precision  of a citation: 1 when its statement has recall 1, and not: it alone does not support
           the statement while the statement's other citations do; of an answer: the mean over its
           citations, 0 where it has none

Of a statement the first three citations count. Two things differ from ALCE's program: citations
of a statement that names one out of range count as wrong, instead of leaving the denominator; and
refusals and other statements that claim nothing are exempt from the duty to cite. Pure: what
supports what is decided by the checker given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import TypeVar

from eval.text import Span
from index.split import sentences
from rag.compose import is_refusal
from rag.schema import Answer
from rag.terms import content_words

P = TypeVar("P")
Supports = Callable[[Sequence[P], str], bool]
"""The checker (phi): do these passages, taken together, support a statement?"""

MOST_CITATIONS = 3
_MARKERS = re.compile(r"\s*\[(\d{1,3})\]")


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence without its markers, and the numbers it cites."""

    text: str
    citations: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CitationQuality:
    """Recall and precision of one answer, in [0, 1], higher is better."""

    recall: float
    precision: float


def citation_quality(
    statements: Sequence[Statement], passages: Mapping[int, P], supports: Supports[P]
) -> CitationQuality | None:
    """Return an answer's citation recall and precision; None when it claims nothing.

    ``passages`` are what the numbers stand for, in whatever form the checker reads.
    """
    claiming = [statement for statement in statements if claims_something(statement)]
    if not claiming:
        return None
    recalls: list[bool] = []
    precise: list[bool] = []
    for statement in claiming:
        cited = [passages[n] for n in statement.citations if n in passages]
        all_there = len(cited) == len(statement.citations)
        cited = cited[:MOST_CITATIONS]
        recalled = bool(cited) and all_there and supports(cited, statement.text)
        recalls.append(recalled)
        n_counted = min(len(statement.citations), MOST_CITATIONS)
        precise += [
            recalled and _is_needed(i, cited, statement.text, supports) for i in range(n_counted)
        ]
    return CitationQuality(mean(recalls), mean(precise) if precise else 0.0)


def _is_needed(i: int, cited: Sequence[P], text: str, supports: Supports[P]) -> bool:
    rest = [*cited[:i], *cited[i + 1 :]]
    return not rest or supports([cited[i]], text) or not supports(rest, text)


def claims_something(statement: Statement) -> bool:
    """Return whether a statement says something that could be wrong; a refusal does not."""
    return bool(content_words(statement.text)) and not is_refusal(statement.text)


def statements(text: str) -> tuple[Statement, ...]:
    """Return the sentences of any answer; a marker belongs to the sentence it stands in or after.

    ALCE's answers have markers before the full stop, ours after it: both are read.
    """
    plain, marked = _without_markers(text)
    spans = [(part.start, part.end) for part in sentences(plain)]
    return tuple(
        Statement(plain[start:end], _numbers(marked, start, _next_start(spans, i, len(plain))))
        for i, (start, end) in enumerate(spans)
    )


def statements_of(answer: Answer) -> tuple[Statement, ...]:
    """Return an answer's claims, and the sentences of what stands outside of them.

    A claim stays whole: a quote of two sentences has its marker behind the second.
    """
    found = [Statement(claim.text, claim.citations) for claim in answer.claims]
    for start, end in _between([(claim.start, claim.end) for claim in answer.claims], answer):
        rest = _MARKERS.sub("", answer.answer[start:end])
        found += [Statement(rest[part.start : part.end]) for part in sentences(rest)]
    return tuple(found)


def _between(claims: Sequence[Span], answer: Answer) -> Iterator[Span]:
    at = 0
    for start, end in sorted(claims):
        yield at, start
        at = max(at, end)
    yield at, len(answer.answer)


def _without_markers(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return a text without its markers, and (place in it, number) of each."""
    plain, marked, at = "", [], 0
    for found in _MARKERS.finditer(text):
        plain += text[at : found.start()]
        marked.append((len(plain), int(found[1])))
        at = found.end()
    return plain + text[at:], marked


def _numbers(marked: Sequence[tuple[int, int]], start: int, until: int) -> tuple[int, ...]:
    return tuple(dict.fromkeys(n for place, n in marked if start < place <= until))


def _next_start(spans: Sequence[Span], i: int, end: int) -> int:
    return spans[i + 1][0] if i + 1 < len(spans) else end
