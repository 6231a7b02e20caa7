"""A drafted sentence against the sentences it cites: does it say more than they do?

Exact checks, first version: every figure, date, weekday, name and quotation of the draft must
stand in what it cites, negation must not be added or lost, and most of its words must be found
there. A check that fails gives the reason, in words for the reader. No model is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rag.figures import Figure, agree, days, figures, years
from rag.schema import Evidence, Verdict
from rag.terms import content_words, holds, names, stem, stems

MIN_OVERLAP = 0.5  # share of the draft's content words found in what it cites; below: unsupported
FULL_OVERLAP = 0.75  # from here a draft that passes the exact checks counts as supported

_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot)\b|n['’]t\b", re.I
)
_REFUSAL = re.compile(
    r"\b(?:refus|den(?:y|i)|reject|bar(?:red|s)?\b|ban|prevent|stop|block|fail|unable|unlikely|lack"
    r"|instead|rather than|dismiss|depriv|overblown|false|un\w+ed\b)",
    re.I,
)
_WEEKDAY = re.compile(r"\b(mon|tues|wednes|thurs|fri|satur|sun)days?\b", re.I)
_QUOTED = re.compile(r"[“\"]([^“”\"]{3,})[”\"]")
_MARKS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome for one sentence: ``support`` in [0, 1], higher is better."""

    verdict: Verdict
    support: float
    reason: str = ""


def check(draft: str, cited: Sequence[Evidence]) -> Check:
    """Check a drafted sentence against the evidence it cites, all of it together."""
    if not cited:
        return Check("unsupported", 0.0, "It cites no sentence.")
    for test in _TESTS:
        if reason := test(draft, cited):
            return Check("unsupported", 0.0, reason)
    overlap = word_overlap(draft, cited)
    if overlap < MIN_OVERLAP:
        return Check("unsupported", overlap, "The cited sentence says something else.")
    return Check("supported" if overlap >= FULL_OVERLAP else "partly", overlap)


def word_overlap(draft: str, cited: Sequence[Evidence]) -> float:
    """Return the share of the draft's content words found in what it cites, in [0, 1].

    A word that stands only around the cited sentence (before it, in its headline) counts half:
    it may say what the sentence is about, and not what it says.
    """
    wanted = [stem(w) for w in content_words(draft)]
    if not wanted:
        return 0.0
    inside = {s for e in cited for s in stems(e.text)}
    around = _known(cited)
    counted = (1.0 if holds(inside, s) else 0.5 if holds(around, s) else 0.0 for s in wanted)
    return sum(counted) / len(wanted)


def _known(cited: Sequence[Evidence]) -> set[str]:
    """Return the stems of the cited sentences and of what says whom they are about."""
    found: set[str] = set()
    for e in cited:
        for text in (e.text, e.before, e.article.title, e.article.source):
            found.update(stems(text))
    return found


def _figures(draft: str, cited: Sequence[Evidence]) -> str | None:
    given = [f for e in cited for f in figures(e.text)]
    for figure in figures(draft):
        same = [g for g in given if _retells(figure, g)]
        if not same:
            return f"The figure {figure.text} does not stand in the cited sentence."
        if figure.bound == "over" and all(g.bound == "under" for g in same):
            return f"The cited sentence says up to {figure.text}, not more than it."
        if figure.bound == "under" and all(g.bound == "over" for g in same):
            return f"The cited sentence says more than {figure.text}, not up to it."
    return None


def _retells(drafted: Figure, given: Figure) -> bool:
    """Tell whether a drafted figure is the one given; only a draft that says "about" may round."""
    if drafted.unit and given.unit and drafted.unit != given.unit:
        return False
    return drafted.value == given.value or bool(drafted.bound and agree(drafted, given))


def _dates(draft: str, cited: Sequence[Evidence]) -> str | None:
    text = " ".join(f"{e.text} {e.article.published or ''}" for e in cited)
    if (
        missing := years(draft)
        - years(text)
        - {int(y) for y in re.findall(r"\b\d{4}(?=-\d)", text)}
    ):
        return f"The year {min(missing)} does not stand in the cited sentence."
    if missing_days := days(draft) - days(text):
        month, day = min(missing_days)
        return f"The date {day}/{month} does not stand in the cited sentence."
    said = {d.lower() for d in _WEEKDAY.findall(text)}
    if wrong := {d.lower() for d in _WEEKDAY.findall(draft)} - said:
        return f"The cited sentence does not say {min(wrong).capitalize()}day."
    return None


def _names(draft: str, cited: Sequence[Evidence]) -> str | None:
    known = _known(cited)
    told = (name for e in cited for name in names(f"{e.before} {e.text}"))
    initials = {letters for name in told for letters in _initials(name)}
    for name in names(draft):
        if figures(name):  # "Twelve" at the start of a sentence: a figure, and checked as one
            continue
        missing = [s for s in stems(name) if len(s) > 1 and not holds(known, s)]
        if any(s.upper() not in initials for s in missing):
            return f"The name {name} does not stand in the cited sentence."
    return None


def _initials(name: str) -> set[str]:
    """Return what a name may be shortened to: "UN", and "PM" of "Finnish Prime Minister Ada"."""
    letters = "".join(word[0] for word in name.split() if word[0].isupper())
    return {letters[i:j] for i in range(len(letters)) for j in range(i + 2, len(letters) + 1)}


def _quotations(draft: str, cited: Sequence[Evidence]) -> str | None:
    text = _letters(" ".join(e.text for e in cited))
    for quoted in _QUOTED.findall(draft):
        if _letters(quoted) not in text:
            return f"The quotation “{quoted}” does not stand so in the cited sentence."
    return None


def _negation(draft: str, cited: Sequence[Evidence]) -> str | None:
    text = " ".join(e.text for e in cited)
    if _NEGATION.search(draft) and not (_NEGATION.search(text) or _REFUSAL.search(text)):
        return "The draft denies what the cited sentence does not deny."
    if _NEGATION.search(draft) or _REFUSAL.search(draft):
        return None
    said = {stem(w) for w in content_words(draft)}
    for denied in _denied(text):
        if denied in said and not _affirmed(denied, text):
            return "The cited sentence denies what the draft says."
    return None


def _denied(text: str) -> Iterator[str]:
    """Yield the stem of the word that each negation bears on: "would not TAKE in"."""
    for match in _NEGATION.finditer(text):
        if following := content_words(text[match.end() : match.end() + 40]):
            yield stem(following[0])


def _affirmed(word: str, text: str) -> bool:
    """Tell whether a word also stands in the text away from any negation."""
    return stems(text).count(word) > sum(denied == word for denied in _denied(text))


def _letters(text: str) -> str:
    return _MARKS.sub(" ", text).strip().lower()


_TESTS: tuple[Callable[[str, Sequence[Evidence]], str | None], ...] = (
    _quotations,
    _figures,
    _dates,
    _names,
    _negation,
)
