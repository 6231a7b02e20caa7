"""Negation: it may be neither added nor lost."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.checks.source import Flaw, Source
from rag.checks.verbs import root
from rag.terms import content_words, words

_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot)\b|n['’]t\b", re.I
)
_REFUSAL = re.compile(
    r"\b(?:refus|den(?:y|i)|reject|bar(?:red|s)?\b|ban|prevent|stop|block|fail|unable|unlikely|lack"
    r"|instead|rather than|dismiss|depriv|overblown|false|un\w+ed\b)",
    re.I,
)
_KEPT_FROM = re.compile(  # what is kept from happening has not happened
    r"\b(?:stop|prevent|block|bar|dissuad|discourag|sav|kept|keep)\w*(?:\W+\w+){0,4}?\W+from"
    r" (?=\w+ing\b)|\b(?:fail|refus)\w* to\b|\bunable to\b|\binstead of\b"
    r"|\bavoid(?:s|ed|ing)?\b|\bdeclin\w* to\b(?!(?:\W+\w+){0,2}\W+\d)",
    re.I,
)
_REACH = 40  # characters behind a negation in which the word it bears on stands


def negation_flaw(draft: str, source: Source) -> Flaw | None:
    """Return a negation that the draft adds, or one of the source that it loses."""
    text = source.text
    if _NEGATION.search(draft) and not (_NEGATION.search(text) or _REFUSAL.search(text)):
        return Flaw("The draft denies what the cited sentence does not deny.")
    if any(sign.search(draft) for sign in (_NEGATION, _REFUSAL, _KEPT_FROM)):
        return _denies_another(draft, text)
    said = {root(w) for w in content_words(draft)}
    for denied in _denied(text):
        if denied in said and not _affirmed(denied, text):
            return Flaw("The cited sentence denies what the draft says.")
    return None


def _denies_another(draft: str, text: str) -> Flaw | None:
    """Find a word that the draft denies and the source, which denies others, says."""
    there = set(_denied(text))
    if not there or _REFUSAL.search(text):
        return None
    for denied in _denied(draft):
        if denied not in there and _affirmed(denied, text):
            return Flaw("The draft denies what the cited sentence does not deny.")
    return None


def _denied(text: str) -> Iterator[str]:
    """Yield the root of the word that each negation bears on: "would not TAKE in"."""
    for match in (*_NEGATION.finditer(text), *_KEPT_FROM.finditer(text)):
        if following := content_words(text[match.end() : match.end() + _REACH]):
            yield root(following[0])


def _affirmed(word: str, text: str) -> bool:
    """Tell whether a word also stands in the text away from any negation."""
    n = sum(root(w) == word for w in words(text))
    return n > sum(denied == word for denied in _denied(text))
