"""Sentences that a near copy prints with another figure, date or name: they are told, not hidden.

Near copies of an article stand behind the best of them, and one is read for all. Where a copy
changes what a sentence says, that sentence is its own report: it joins the evidence, and the
copy's outlet no longer stands for the original. Pure but for reading the copies' sentences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from index.library import Library
from rag.figures import figures
from rag.moments import moments
from rag.schema import Evidence
from rag.terms import names, stems

MAX_COPIES = 8  # of one article that are read: a wire story has fifty, and they rarely differ
ALIKE = 0.6  # share of words of the longer that two forms of one sentence have in common


def altered(
    library: Library, kept: Sequence[Evidence], copies: Mapping[str, Sequence[str]]
) -> dict[Evidence, list[tuple[str, int]]]:
    """Return for each sentence the copies (article id, sentence number) that tell it otherwise."""
    ids = {i for e in kept for i in copies.get(e.article.id, ())[:MAX_COPIES]}
    articles = library.articles(sorted(ids)) if ids else {}
    sentences = {
        i: [article.text[start:end] for start, end in library.sentences(i)[0]]
        for i, article in articles.items()
    }
    return {
        e: [
            (i, at)
            for i in copies.get(e.article.id, ())[:MAX_COPIES]
            if (at := _changed(e.text, sentences.get(i, []))) is not None
        ]
        for e in kept
    }


def tells_otherwise(one: str, other: str) -> bool:
    """Tell whether two forms of one sentence differ in a figure, a date or a name, both ways."""
    a, b = _told(one), _told(other)
    return bool(a - b - {*stems(other)}) and bool(b - a - {*stems(one)})


def _changed(text: str, sentences: Sequence[str]) -> int | None:
    """Return the number of the sentence that is this one told otherwise; None if it is printed."""
    own = stems(text)
    best: tuple[float, int] | None = None
    for at, other in enumerate(sentences):
        theirs = stems(other)
        if theirs == own:
            return None
        shared = len(set(own) & set(theirs)) / (max(len(set(own)), len(set(theirs))) or 1)
        if shared >= ALIKE and (best is None or shared > best[0]):
            best = (shared, at)
    return best[1] if best and tells_otherwise(text, sentences[best[1]]) else None


def _told(text: str) -> set[str]:
    told = {f"{figure.value:g}{figure.unit}" for figure in figures(text)}
    told |= {f"{m.year}-{m.month}-{m.day}" for m in moments(text)}
    return told | {word for name in names(text) for word in stems(name)}
