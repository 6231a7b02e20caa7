"""A drafted sentence against the sentences it cites: does it say more than they do?

Exact checks first (``rag.checks``): a flaw they find is final and gives the reason, in words for
the reader. What passes them is measured by its words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.checks import Source, cited, flaw, is_verbatim
from rag.checks.direction import forms
from rag.checks.name import short_forms
from rag.checks.verbs import root
from rag.figures import figures
from rag.schema import Evidence, Verdict
from rag.terms import CALENDAR, content_words, holds, stem, words

MIN_OVERLAP = 0.5  # share of the draft's content words found in what it cites; below: unsupported
FULL_OVERLAP = 0.75  # from here a draft that passes the exact checks counts as supported


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome for one sentence: ``support`` in [0, 1], higher is better."""

    verdict: Verdict
    support: float
    reason: str = ""


def check(draft: str, evidence: Sequence[Evidence]) -> Check:
    """Check a drafted sentence against the evidence it cites, all of it together."""
    if not evidence:
        return Check("unsupported", 0.0, "It cites no sentence.")
    return check_source(draft, cited(evidence))


def check_source(draft: str, source: Source) -> Check:
    """Check a drafted sentence against a text; whole sentences of it are always supported."""
    if is_verbatim(draft, source):
        return Check("supported", 1.0)
    found = flaw(draft, source)
    if found and found.verdict == "unsupported":
        return Check("unsupported", 0.0, found.reason)
    overlap = word_overlap(draft, source)
    if overlap < MIN_OVERLAP:
        return Check("unsupported", overlap, "The cited sentence says something else.")
    if found:
        return Check("partly", min(overlap, FULL_OVERLAP), found.reason)
    if overlap < FULL_OVERLAP:
        return Check("partly", overlap, "Some of its words stand nowhere in the cited sentence.")
    return Check("supported", overlap)


def word_overlap(draft: str, source: Source) -> float:
    """Return the share of the draft's content words found in what it cites, in [0, 1].

    A word that stands only around the cited sentence (before it, in its headline) counts half:
    it may say what the sentence is about, and not what it says. Figures and dates are left out:
    they have checks of their own and may be written in another form.
    """
    wanted = content_words(_without_figures(draft))
    if not wanted:
        return 0.0
    short = {letters.lower() for letters in short_forms(source)}
    said = {root(w) for w in words(source.text)}
    found = 0.0
    for word in wanted:
        if word in short or holds(source.stems, stem(word)) or said & forms(word):
            found += 1.0
        elif holds(source.known, stem(word)):
            found += 0.5
    return found / len(wanted)


def _without_figures(draft: str) -> str:
    spans = [(f.start, f.end) for f in figures(draft)]
    kept, at = [], 0
    for start, end in spans:
        kept.append(draft[at:start])
        at = end
    rest = "".join([*kept, draft[at:]])
    return " ".join(w for w in re.findall(r"\S+", rest) if not _is_date_word(w))


def _is_date_word(word: str) -> bool:
    bare = word.strip(".,;:!?").lower()
    return bare in CALENDAR or bare.isdigit()
