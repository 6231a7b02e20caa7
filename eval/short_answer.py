"""Short gold answers against longer ones: normalisation, containment, token F1. Pure.

The normalisation is SQuAD's (Rajpurkar et al. 2016), which RealTimeQA uses too: lower case, no
punctuation, no articles, single spaces. Shares are in [0, 1], higher is better.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")


def normalise(text: str) -> str:
    """Return a text without case, punctuation, articles and superfluous white space."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = (c for c in folded if not _is_punctuation(c))
    return " ".join(_ARTICLES.sub(" ", "".join(kept)).split())


def contains_answer(text: str, answer: str) -> bool:
    """Return whether the words of an answer stand in a text, in a row and from a word's start.

    The last word may go on ("bloodhound" stands in "bloodhounds"), a figure may not.
    """
    wanted = normalise(answer)
    end = " " if wanted[-1:].isdigit() else ""
    return bool(wanted) and f" {wanted}{end}" in f" {normalise(text)} "


def token_f1(text: str, answer: str) -> float:
    """Return the harmonic mean of precision and recall of words, each counted as often as it is."""
    said, wanted = normalise(text).split(), normalise(answer).split()
    shared = sum((Counter(said) & Counter(wanted)).values())
    return 2 * shared / (len(said) + len(wanted)) if shared else 0.0


def _is_punctuation(char: str) -> bool:
    return char in string.punctuation or unicodedata.category(char).startswith("P")
