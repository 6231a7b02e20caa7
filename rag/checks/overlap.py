"""How many of a draft's words its source holds."""

from __future__ import annotations

import re

from rag.checks.direction import forms
from rag.checks.name import short_forms
from rag.checks.source import Source
from rag.checks.verbs import root
from rag.figures import figures
from rag.terms import CALENDAR, content_words, holds, stem, words


def word_overlap(draft: str, source: Source) -> float:
    """Return the share of the draft's content words found in what it cites, in [0, 1].

    A word that stands only around the cited sentence (before it, in its headline) counts half:
    it may say what the sentence is about, and not what it says. Figures and dates are left out:
    they have checks of their own and may be written in another form.
    """
    wanted = content_words(without_figures(draft))
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


def without_figures(draft: str) -> str:
    """Return a text without its figures and the words of its dates."""
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
