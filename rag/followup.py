"""A follow-up -> a question that stands alone, by rules from the conversation.

What is new takes the place of what it renews ("And Finland?", "And in 2021?"), a pronoun gets the
name or the group it stands for ("How old is he?", "How many of them were women?"). What no rule
completes keeps its words, and the question before it is added. Knows nothing of articles or
models.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.antecedent import PRONOUN, antecedent, group, put_in
from rag.ellipsis import completed, fragment
from rag.schema import Turn
from rag.terms import content_words, names, place

MAX_TURNS = 6  # of the conversation that are read; what is further back is not meant any more
_MAX_ADDED = 300  # characters of the question before that are added to a follow-up

QUESTION_WORD = re.compile(r"\b(?:who|what|when|where|why|which|how|whom|whose)\b", re.I)
_POINTER = re.compile(
    r"\b(?:that|this|those|these|there|then|the same|it|one|ones|so|such|both|else|others?|another"
    r"|former|latter|more)\b",
    re.IGNORECASE,
)
_THIS_NOUN = re.compile(
    r"\b(?:this|these|those)\s+[a-z]|\b(?:of|in|at|on|by|to|for|with|about|after)\s+that\b", re.I
)
_EMPTY_IT = re.compile(
    r"\bit(?:['’]s|\s+(?:is|was|be))\s+(?:\w+\s+){1,2}(?:that|to)\b"
    r"|\b(?:is|was)\s+it\s+(?:\w+\s+){1,2}(?:that|to)\b|\bwhat\s+(?:time|day)\s+is\s+it\b",
    re.IGNORECASE,
)
_OWN_NOUN = re.compile(  # "has the actor received for his": not "did the police arrest him"
    r"\bthe\s+[a-z][\w’'-]*\b.*\b(?:his|her|its|their|(?:and|when|while|that|after|before|because|if"
    r"|did|does|is|was|were|has|had)\s+(?:he|she|it|they))$",
    re.IGNORECASE,
)
_OF_THEM = re.compile(r"\bof\s+(?:them|those|these)\b", re.IGNORECASE)
_WHY = re.compile(r"^(?:and\s+|but\s+)?(why|when|where|how)(?:\s+(?:so|come|exactly))?\W*$", re.I)
_ASKED_AGAIN = re.compile(
    r"^(?:when|where|why|how)\s+((?:did|does|do|is|was|are|were|has|have|had|will|would|can|could"
    r"|should)\s+.+)$|^((?:did|does|do|is|was|are|were|has|have|had|will|would|can|could|should)\s+.+)$",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"^(?:and\s+|but\s+|so\s+)?(?:how\s+(?:many|much|long|far|big|old|often|did|was|were)|when|where"
    r"|why|who|did|was|were|has|have|is|are)\b",
    re.IGNORECASE,
)
_OWN_SUBJECT = re.compile(r"\b(?:the|an?)\b|\d", re.IGNORECASE)
SHORT = 3  # content words of a question without a name that is not complete by itself


@dataclass(frozen=True, slots=True)
class Alone:
    """A question that stands alone. ``is_sure``: a rule made it that seldom errs.

    ``leans``: it needs the question before it to be understood, or found.
    """

    text: str
    leans: bool = False
    is_sure: bool = True


def depends_on_history(text: str) -> bool:
    """Tell whether a question cannot be understood without the one before it."""
    if fragment(text) is not None or _OF_THEM.search(text):
        return True
    if (pronoun := PRONOUN.search(text)) and not _EMPTY_IT.search(text):
        own = names(text, in_question=True)
        before = any(place(name, text) < pronoun.start() for name in own)
        before = before or bool(_OWN_NOUN.search(text[: pronoun.end()]))
        return not (before or (own and pronoun.group().lower() in {"it", "its"}))
    if names(text) or names(text, in_question=True):
        return False
    telling = content_words(text)
    return len(telling) <= SHORT and bool(_POINTER.search(text) or not telling or _is_bare(text))


def _is_bare(text: str) -> bool:
    """Tell "How many died?" and "Were there survivors?" from a question that is complete."""
    return bool(_BARE.match(text)) and not _OWN_SUBJECT.search(text)


def standalone(text: str, history: Sequence[Turn]) -> str:
    """Return a question that can be searched for without the conversation."""
    return stand_alone(text, history).text


def stand_alone(text: str, history: Sequence[Turn]) -> Alone:
    """Return a question that stands alone, and how sure that is."""
    return _complete(text, resolved(history))


def resolved(history: Sequence[Turn]) -> list[Turn]:
    """Return the latest exchanges, each question completed from those before it, one by one."""
    known: list[Turn] = []
    for turn in history[-MAX_TURNS:]:
        known.append(Turn(_complete(turn.question, known).text, turn.answer))
    return known


def _complete(text: str, known: Sequence[Turn]) -> Alone:
    """Return a question completed from exchanges whose questions are complete already."""
    if not known:
        return Alone(text)
    if not depends_on_history(text):
        leans = _leans(text)
        return Alone(text, leans, is_sure=not leans)
    before = known[-1].question
    if again := _asked_again(text, before):
        return Alone(again, leans=True)
    rest = fragment(text)
    if rest is not None and not QUESTION_WORD.search(rest):
        done, is_sure = completed(before, rest)
        return Alone(done, leans=True, is_sure=is_sure)
    if (them := _OF_THEM.search(text)) and (those := group(before)):
        return Alone(f"{text[: them.start()]}of {those}{text[them.end() :]}", leans=True)
    if (pronoun := PRONOUN.search(text)) and (found := antecedent(known, pronoun.group(), text)):
        return Alone(put_in(text, found.text), leans=True, is_sure=found.is_only)
    return Alone(_with(text, before), leans=True, is_sure=False)


def _leans(text: str) -> bool:
    """Tell whether a complete question is still likely to be about what was asked before."""
    if names(text, in_question=True):
        return False
    return bool(_THIS_NOUN.search(text)) or len(content_words(text)) <= SHORT


def _asked_again(text: str, before: str) -> str | None:
    """Return "Why did the dam break?" for "Why?" after "When did the dam break?"."""
    asked = _WHY.match(text)
    again = _ASKED_AGAIN.match(before.strip(" ?!.")) if asked else None
    if asked is None or again is None:
        return None
    rest = again.group(1) or again.group(2)
    return f"{asked.group(1).capitalize()} {rest[0].lower()}{rest[1:]}?"


def _with(text: str, before: str) -> str:
    """Return a follow-up with the question before it, which says what it is about."""
    return f"{text.rstrip(' ?')} ({before.rstrip(' ?')[:_MAX_ADDED]})?"
