"""Modality: what may, will or is meant to happen has not happened, and the other way round."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.checks.source import Flaw, Source
from rag.checks.verbs import root
from rag.terms import content_words, words

_OPEN = re.compile(
    r"\b(?:may|might|could|would|can|should|possibl[ey]|perhaps|likely"
    r"|plan(?:s|ned|ning)?(?: on| to)?|propos(?:e|es|ed|ing) to|wants? to|wanted to"
    r"|hop(?:e|es|ed|ing) to|intend(?:s|ed)? to|expected to|due to|set to|about to"
    r"|threaten(?:s|ed)? to|consider(?:s|ed|ing)?|thinking of|weigh(?:s|ed|ing)"
    r"|offered to|promised to"
    r"|vow(?:s|ed) to|tr(?:y|ies|ied) to|asked to|called for|urged|if|unless|whether)\b",
)
_COMING = re.compile(r"\b(?:will|shall|going to|won't|’ll|'ll)\b")
_PAST = re.compile(r"\b(?:has|have|had|was|were|did)\b|\b\w+ed\b")
_REACH = 45  # characters behind a modal word in which its verb stands


def modality_flaw(draft: str, source: Source) -> Flaw | None:
    """Return a verb of the draft that the source says only may or will happen, or did."""
    open_there = set(_bears_on(_OPEN, source.text))
    coming_there = set(_bears_on(_COMING, source.text))
    open_here = set(_bears_on(_OPEN, draft))
    coming_here = set(_bears_on(_COMING, draft))
    said = [root(w) for w in content_words(draft)]
    for verb in said:
        if verb in open_there and verb not in open_here and not _plainly(verb, source.text):
            return Flaw("The cited sentence says only that it may, or is meant to, happen.")
        plain_here = verb not in open_here | coming_here
        told_early = verb in coming_there and plain_here and not _plainly(verb, source.text)
        if told_early and _PAST.search(draft):
            return Flaw("The cited sentence says that it will happen, not that it has.")
        if verb in coming_here and verb not in coming_there | open_there and verb in _roots(source):
            return Flaw("The cited sentence does not say that it will happen.", "partly")
        if verb in open_here - coming_there - open_there and verb in _roots(source):
            return Flaw("The cited sentence says it as a fact.", "partly")
    return None


def _roots(source: Source) -> set[str]:
    return {root(w) for w in words(source.text)}


def _bears_on(modal: re.Pattern[str], text: str) -> Iterator[str]:
    """Yield the root of the first word of weight behind each modal word."""
    for match in modal.finditer(text):
        if following := content_words(text[match.end() : match.end() + _REACH]):
            yield root(following[0])


def _plainly(verb: str, text: str) -> bool:
    """Tell whether the verb also stands in the text behind no modal word."""
    n = sum(root(w) == verb for w in words(text))
    modal = [*_bears_on(_OPEN, text), *_bears_on(_COMING, text)]
    return n > modal.count(verb)
