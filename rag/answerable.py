"""Does the evidence hold what is asked? If not, what is missing, in words for the reader.

A sentence near the question is not an answer to it: "Flights to Armenia sold out" says nothing
of how many fled to Armenia. Four tests, from what the question asks for: something must be near
enough; its names must stand in the evidence; a figure must measure what is asked, in a sentence
about the name that matters most; a person's name must be one the question did not give.
Knows nothing of language models.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.asked import Asked, is_adjective, measures, name_stems, new_names, subject_stems
from rag.figures import days, figures, years
from rag.ranking import sentence_nearness
from rag.schema import Evidence
from rag.telling import telling_figure
from rag.terms import NO_PERSON, holds, names, place, stem, stems

MIN_NEARNESS = 0.5  # cosine + 0.45 x coverage; fitted on CLAPnq and MTRAG (docs/decisions.md)
MARGIN = 0.4  # how much less near than the nearest a sentence may be and still hold the answer
SHARE_OF_COVERAGE = 0.6  # of the best coverage, for a sentence to be about the same event
VERY_NEAR = 0.6  # cosine from which a sentence may use other words than the question
OPENING = 200  # characters that say what an article without a headline is about
NAME_REACH = 45  # characters between a name and the noun it belongs to
DATE_LINE_BONUS = 0.25  # nearness of a "Published ..." line when publication is what is asked

_WHEN = re.compile(
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day|\b(?:yesterday|today|tonight|century|midnight)\b"
    r"|\b(?:last|next|this) (?:week|month|year|night|spring|summer|autumn|fall|winter)\b"
    r"|\b(?:january|february|march|april|june|july|august|september|october|november|december)\b",
    re.I,
)
DATE_LINE = re.compile(r"^(?:first )?(?:published|updated|posted)\b.{0,60}\d{4}", re.I)
_PLACED = re.compile(r"\b(?:in|into|(?<!ccording )to|toward|towards) (?:the )?([A-ZÀ-Þ][\w’'-]+)")
_ROLE = re.compile(
    r"(?:politician|expert|official|leader|analyst|scientist|researcher|academic|scholar|writer"
    r"|artist|performer|celebrity|player|athlete|executive|lawmaker|legislator|activist|diplomat"
    r"|commentator|figure|person|man|woman)",
    re.IGNORECASE,
)
_MOTION = frozenset(
    stem(word)
    for word in "go went gone come came enter arrive cross flee fled leave left travel move".split()
)


def gap(asked: Asked, evidence: Sequence[Evidence]) -> str | None:
    """Return what the evidence lacks, as a sentence, or None when it may hold the answer."""
    if not evidence or max(nearness(asked, e) for e in evidence) < MIN_NEARNESS:
        return "Nothing in the articles is near enough to this question."
    if missing := missing_names(asked, evidence):
        return f"The articles found say nothing of {_listed(missing)}."
    if asked.wanted == "open":
        return _no_instance(asked, evidence)
    if fitting(asked, evidence):
        return None
    return _LACKING[asked.wanted] + (f", about {asked.focus}." if asked.focus else ".")


_LACKING = {
    "number": "No sentence found gives a figure for what is asked",
    "date": "No sentence found gives a date for what is asked",
    "person": "No sentence found names whoever is asked for",
    "place": "No sentence found names the place that is asked for",
}


def _no_instance(asked: Asked, evidence: Sequence[Evidence]) -> str | None:
    """For "which airline": some sentence must speak of an airline, or be very near."""
    if not asked.noun or max(e.dense for e in evidence) >= VERY_NEAR:
        return None
    about = [e for e in evidence if is_about(asked, e)]
    if any(holds({*stems(e.text), *stems(e.before)}, stem(asked.noun.lower())) for e in about):
        return None
    if _ROLE.fullmatch(asked.noun) and any(
        _is_person(name, e.text) for e in about for name in new_names(asked, e.text)
    ):
        return None  # who is an expert or a politician is seldom called so beside the name
    return f"No sentence found says which {asked.noun} it was."


def nearness(asked: Asked, evidence: Evidence) -> float:
    """Return how near a sentence is to the question, higher for nearer, at most about 1.7."""
    bonus = DATE_LINE_BONUS if asked.wants_published and DATE_LINE.match(evidence.text) else 0.0
    return sentence_nearness(evidence.dense, evidence.coverage, evidence.text) + bonus


def missing_names(asked: Asked, evidence: Sequence[Evidence]) -> list[str]:
    """Return the question's names of which no word stands in any of the evidence."""
    known: set[str] = set()
    for e in evidence:
        known.update(_surroundings(e))
    return [
        name
        for name in asked.names
        if not any(holds(known, s) for s in name_stems(name)) and not is_adjective(name, asked.text)
    ]


def fitting(asked: Asked, evidence: Sequence[Evidence]) -> list[Evidence]:
    """Return the sentences that hold the kind of answer wanted; none for an open question."""
    if asked.wanted == "open" or not evidence:
        return []
    nearest = max(evidence, key=lambda e: nearness(asked, e))
    near = nearness(asked, nearest) - MARGIN
    covered = max(e.coverage for e in evidence) * SHARE_OF_COVERAGE
    return [
        e
        for e in evidence
        if nearness(asked, e) >= near
        and (e.coverage >= covered or not asked.wants_name)
        and fits(asked, e, is_nearest=e is nearest)
    ]


def fits(asked: Asked, evidence: Evidence, *, is_nearest: bool = False) -> bool:
    """Tell whether one sentence holds the kind of answer that is wanted, about what is asked.

    The nearest sentence may name another place in passing: it is about the question already.
    """
    text = evidence.text
    if asked.wanted == "number":
        about = is_about(asked, evidence) or (is_nearest and _within_focus(asked, evidence))
        strictly = evidence.dense < VERY_NEAR
        if is_nearest and names_itself(asked, evidence) and not asked.noun:
            strictly = False
        figure = telling_figure(asked, text, strictly=strictly) if about else None
        return figure is not None and (not strictly or _shares_words(asked, evidence))
    if asked.wanted == "date":
        return gives_date(text)
    new = new_names(asked, text)
    if asked.wants_name:
        persons = (name for name in new if _is_person(name, text))
        return _is_called(asked, text) or any(_is_by_noun(asked, name, text) for name in persons)
    return bool(new)


def lacks_kind(asked: Asked, text: str) -> str | None:
    """Return "figure" or "date" where one is asked for and a text gives none that could be it."""
    if asked.wanted == "number":
        told = any(measures(asked, figure) for figure in figures(text))
        return None if told else "figure"
    return "date" if asked.wanted == "date" and not gives_date(text) else None


def gives_date(text: str) -> bool:
    """Tell whether a text says when: a day, a year, a weekday, "last week"."""
    return bool(days(text) or years(text) or _WHEN.search(text))


def answers(asked: Asked, evidence: Evidence) -> bool:
    """Tell whether a sentence holds the kind of answer that is wanted; any does where none is."""
    return asked.wanted == "open" or fits(asked, evidence)


def is_about(asked: Asked, evidence: Evidence) -> bool:
    """Tell whether a sentence is about the name that matters most.

    It names it; or what it leans on or its headline does, and it does not speak of another.
    A question that lists several ("Georgia, Finland and Mongolia") is answered one at a time.
    """
    inside = {*stems(evidence.text), *stems(evidence.before)}
    if asked.several:
        return any(holds(inside, s) for name in asked.several for s in name_stems(name))
    if names_itself(asked, evidence):
        return True
    return _within_focus(asked, evidence) and not _speaks_of_another(asked, evidence.text)


def _within_focus(asked: Asked, evidence: Evidence) -> bool:
    """Tell whether a sentence, what it leans on or its headline holds the name that matters.

    An article without a headline is about what its opening names.
    """
    article = evidence.article
    head = article.title or article.text[:OPENING]
    around = (evidence.text, evidence.before, head)
    return _holds_focus(asked, {s for text in around for s in stems(text)})


def names_itself(asked: Asked, evidence: Evidence) -> bool:
    """Tell whether the sentence itself holds the name that matters most, or none matters."""
    return _holds_focus(asked, set(stems(evidence.text)))


def _holds_focus(asked: Asked, inside: set[str]) -> bool:
    return asked.focus is None or any(holds(inside, s) for s in name_stems(asked.focus))


def is_of_another(asked: Asked, evidence: Evidence) -> bool:
    """Tell whether a sentence opens with another name, and does not name what is asked about."""
    return not names_itself(asked, evidence) and _opens_with_another(asked, evidence.text)


def is_placed_elsewhere(asked: Asked, text: str) -> bool:
    """Tell whether a sentence says "in" or "to" a name that was not asked about."""
    return _is_new(asked, [match.group(1) for match in _PLACED.finditer(text)])


def _speaks_of_another(asked: Asked, text: str) -> bool:
    """Tell whether a sentence opens with, or is placed at, a name that was not asked about."""
    if any(holds(set(stems(text)), s) for name in asked.credited for s in name_stems(name)):
        return False
    return is_placed_elsewhere(asked, text) or _opens_with_another(asked, text)


def _opens_with_another(asked: Asked, text: str) -> bool:
    opening = names(re.sub(r"^\W*(?:The|A|An) ", "", text)[:40])
    first = [name for name in opening if name in text[:24] and "." not in name]
    return _is_new(asked, first)


def _is_new(asked: Asked, found: Sequence[str]) -> bool:
    return any(
        not any(holds(asked.stems, s) for s in name_stems(name)) for name in found if names(name)
    )


def _surroundings(evidence: Evidence) -> set[str]:
    """Return the stems of a sentence, what stands before it, its headline and its outlet."""
    a = evidence.article
    return {*stems(evidence.text), *stems(evidence.before), *stems(a.title), *stems(a.source)}


def _shares_words(asked: Asked, evidence: Evidence) -> bool:
    """Tell whether a sentence holds a word of the question that is no name, and its noun."""
    subject = subject_stems(asked)
    inside = {*stems(evidence.text), *stems(evidence.before)}
    if asked.noun and not holds(inside, stem(asked.noun.lower())):
        return False
    if subject & _MOTION and inside & _MOTION:
        return True  # who "went to" a country "arrived" there
    return not subject or any(holds(inside, word) for word in subject)


def _is_by_noun(asked: Asked, name: str, text: str) -> bool:
    """Tell whether a name stands close to what it should be the name of: "the gunman, Ari Roe"."""
    if not asked.noun:
        return True
    at = place(name, text)
    around = text[max(0, at - NAME_REACH) : at + len(name) + NAME_REACH]
    return holds(set(stems(around)), stem(asked.noun.lower()))


def _is_called(asked: Asked, text: str) -> bool:
    """Tell whether a new name follows the noun that it should be of: "Hurricane Ian"."""
    if not asked.noun:
        return False
    called = (
        rf"(?i:\b{re.escape(asked.noun)},?\s(?:(?:is|was|named|called|dubbed)\s)?)([A-ZÀ-Þ][\w-]+)"
    )
    found = (match.group(1) for match in re.finditer(called, text))
    return any(names(name) and not holds(asked.stems, stem(name.lower())) for name in found)


def _is_person(name: str, text: str) -> bool:
    parts = name.split()
    if any(w.lower() in NO_PERSON for w in parts):
        return False
    escaped = re.escape(name)
    if re.search(rf"\b(?:the|newspaper|agency|city of|town of)(?: \w+)? {escaped}", text, re.I):
        return False
    said = re.search(rf"{escaped},? (?:who|said|told|says|\d)|(?:named|called) {escaped}", text)
    return len(parts) in {2, 3} or bool(said)


def _listed(items: Sequence[str]) -> str:
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + " or " + items[-1]
