"""Whom or what a pronoun of a follow-up stands for, from the exchanges before it.

"They" stands for a plural name or for the group that was asked about ("the people that left
Orle"), "he" and "she" for the person that "who" asked for, else for an office or a name that may
be a person's. Pure; knows nothing of questions as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.aliases import alias_stems
from rag.schema import Turn
from rag.terms import NO_PERSON, names, place, stem

PRONOUN = re.compile(  # who has "done it" did what was asked about: that is no thing
    r"\b(he|she|him|his|her|hers|(?<!\bdo )(?<!\bdone )(?<!\bdoing )it|its|they|them|their"
    r"|theirs)\b",
    re.IGNORECASE,
)
_PLURAL = {"they", "them", "their", "theirs"}
_PERSON = {"he", "she", "him", "his", "her", "hers"}
_OWNED = {"his", "hers", "their", "theirs", "its"}
_READ_BACK = 3  # exchanges; what is further back is not meant any more

_AUXILIARY = r"(?:is|are|was|were|has|have|had|will|would|can|could|should|may|might|must)"
_ASKS = rf"(?i:{_AUXILIARY}|did|do|does)"
_LINK = r"(?:on|in|at|by|to|of|for|from|with|and|or|as|like|near|after|before)"
_SUBJECT = re.compile(
    r"\b(?i:is|was|are|were)\s+"
    rf"(?P<named>the\s+(?:[A-Z][\w-]+\s+)+(?!\w+ed\b|{_LINK}\b)[a-z][\w-]*)"
    rf"|\b{_ASKS}\s+(?P<plain>(?i:the)\s+(?:[A-Z][\w-]+\s+(?=[A-Z]))*[\w-]+"
    r"(?:\s+of\s+(?:the\s+)?[\w-]+)?)"
)
_NOUN = (
    rf"(?!{_ASKS}\b)(?:[\w’'-]+\s+){{0,2}}?(?!{_ASKS}\b)(?i:people|men|women|children|[\w’'-]+s)"
)
_ASKED_FOR = r"^(?i:and\s+)?(?i:how\s+many|which|what)\s+"
_GROUP = re.compile(
    rf"{_ASKED_FOR}(?P<noun>{_NOUN})\s+(?P<rest>(?!(?:did|do|does)\b)"
    rf"(?:{_AUXILIARY}\s+(?!(?:the|an?|he|she|it|they|we|you|his|her|their|there)\b)(?=[a-z]))?"
    r"(?!(?:is|are|was|were|has|have|had|will|would|can|could)\s+[^a-z]|(?:is|are|was|were)\s+the\b)"
    r"[a-z].*)$"
)
_LISTED = re.compile(rf"{_ASKED_FOR}({_NOUN})\b")
_WHO_IS = re.compile(r"^(?:and\s+)?who\s+(?:is|was|are|were)\s+(the\s+.+|.+['’]s\s+.+)$", re.I)
_WHO = re.compile(r"^(?:and\s+)?(?:who|whom)\b", re.IGNORECASE)
_PLACED = re.compile(
    r"\b(?:in|at|into|from|to|near|across|outside|around|inside|towards?|via|leav(?:e|es|ing)|left"
    r"|enter(?:s|ed|ing)?|reach(?:es|ed|ing)?|fle(?:e|es|d|eing)|visit(?:s|ed|ing)?)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_DESCRIBED = re.compile(
    rf"^(?:an?|the)\s+((?:(?!{_LINK}\b)[a-z][\w-]*\s+){{0,2}}?[a-z][\w-]*)"
    rf"(?=[,.;]|$|\s+(?:{_LINK}|{_ASKS}|who|whom|whose|that|said|told)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Found:
    """What a pronoun stands for; ``is_only``: nothing else of its kind was spoken of."""

    text: str
    is_only: bool


def antecedent(known: Sequence[Turn], pronoun: str, text: str = "") -> Found | None:
    """Return whom or what a pronoun stands for: a name, "the governor", "the people that left".

    It is nothing that the follow-up's own ``text`` names beside the pronoun. The latest question
    is asked first, then its answer, then the exchange before.
    """
    said = pronoun.lower()
    for turn in reversed(known[-_READ_BACK:]):
        found = dict.fromkeys(_candidates(turn, said))
        candidates = [each for each in found if each.lower() not in text.lower()]
        if candidates:
            return Found(candidates[0], len(candidates) == 1)
    return None


def group(question: str) -> str | None:
    """Return those that a question asks about: "the people that left Orle" of "How many left"."""
    text = question.strip(" ?!.")
    if (found := _GROUP.match(text)) and "(" not in text:
        return f"the {found['noun']} that {found['rest']}"
    listed = _LISTED.match(text)
    return f"the {listed.group(1)}" if listed else None


def put_in(text: str, antecedent: str) -> str:
    """Put a name in the place of a text's first pronoun; "his" becomes "Bo Lind's"."""

    def replace(match: re.Match[str]) -> str:
        owned = match.group().lower() in _OWNED
        if match.group().lower() == "her":
            owned = bool(re.match(r"\s+\w", text[match.end() :]))
        return f"{antecedent}'s" if owned else antecedent

    return PRONOUN.sub(replace, text, count=1)


def _candidates(turn: Turn, pronoun: str) -> Iterator[str]:
    """Yield what a pronoun may stand for in one exchange, the likeliest first."""
    if pronoun in _PERSON:
        yield from _persons(turn)
        return
    plural = pronoun in _PLURAL
    subject, named = _subject(turn.question), names(turn.question, in_question=True)
    if plural and (those := group(turn.question)):
        yield those
    own = [*subject, *_owners_last(turn.question, named)]
    found = [each for each in own if each.endswith("s") == plural]
    yield from found or [name for name in names(turn.answer) if name.endswith("s") == plural]


def _persons(turn: Turn) -> Iterator[str]:
    """Yield whom "he" or "she" may stand for in one exchange, the likeliest first."""
    question, answer = turn.question, turn.answer
    if _WHO.match(question):
        yield from _person_asked_for(turn)
    own = [n for n in names(question, in_question=True) if _may_be_person(n, question)]
    subject = [each for each in _subject(question) if not each.endswith("s")]
    found = [*subject, *_owners_last(question, own)]
    yield from found or [name for name in names(answer) if _may_be_person(name, answer)]
    if _WHO.match(question) and (described := _DESCRIBED.match(answer)):
        yield f"the {described.group(1)}"


def _subject(question: str) -> list[str]:
    """Return "the governor" of "What did the governor say in Orle?", where no name is before it."""
    subject = _SUBJECT.search(question)
    if subject is None:
        return []
    first = next(iter(names(question, in_question=True)), "")
    is_behind = bool(first) and place(first, question) < subject.start()
    return [] if is_behind else [subject["named"] or subject["plain"]]


def _owners_last(text: str, found: Sequence[str]) -> list[str]:
    """Put names with a genitive last: of "Norby's ferry Tarna", the ferry is spoken of."""
    return sorted(found, key=lambda n: text[place(n, text) + len(n) :][:2] in {"'s", "’s"})


def _may_be_person(name: str, text: str) -> bool:
    """Tell whether a name may be a person's: of two or three words, or not said to be a place."""
    told = {word.lower() for word in name.split()}
    if name.isupper() or told & NO_PERSON or told == {"yes"}:
        return False
    if len(name.split()) in {2, 3}:
        return True
    return alias_stems(stem(name.lower())) == {stem(name.lower())} and not _PLACED.search(
        text[: place(name, text)]
    )


def _person_asked_for(turn: Turn) -> Iterator[str]:
    """Yield the person that a question with "who" asked for: by name, else by what was asked."""
    asked = names(turn.question, in_question=True)
    described = _WHO_IS.match(turn.question.strip(" ?!."))
    if not described and asked and re.match(r"^(?:and\s+)?who\s+(?:is|was)\b", turn.question, re.I):
        return  # "Who is Anna Pell?": she herself
    for name in names(turn.answer):
        if len(name.split()) in {2, 3} and name not in turn.question:
            yield name
            return
    if described:
        yield described.group(1)
