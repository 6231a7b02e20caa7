"""A follow-up -> a question that stands alone, by rules from the conversation.

A new name takes the place of the old one ("And Finland?"), a pronoun gets the name or the person
it stands for ("How old is he?"). What a rule cannot complete keeps its words, and the question
before it is added. Knows nothing of articles or models.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.schema import Turn
from rag.terms import content_words, names

QUESTION_WORD = re.compile(r"\b(?:who|what|when|where|why|which|how|whom|whose)\b", re.I)
_ELLIPSIS = re.compile(
    r"^(?:(?:and|or|but)\s+)?(?:what about|how about|and|or|but)\b[\s,]*(.*)$", re.I
)
_PRONOUN = re.compile(r"\b(he|she|him|his|her|hers|it|its|they|them|their|theirs)\b", re.I)
_POINTER = re.compile(r"\b(that|this|those|these|there|then|the same|it|one|ones)\b", re.I)
_SUBJECT = re.compile(
    r"\b(?:did|does|do|is|was|are|were|has|have|had|will|would|can|could|should)\s+"
    r"(the\s+[\w-]+(?:\s+of\s+(?:the\s+)?[\w-]+)?)",
    re.I,
)
_LEADING = re.compile(r"^(?:in|to|from|for|of|at|on|with|by|the)\s+", re.I)
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")


def depends_on_history(text: str) -> bool:
    """Tell whether a question cannot be understood without the one before it."""
    if _ELLIPSIS.match(text):
        return True
    if pronoun := _PRONOUN.search(text):
        own = names(text, in_question=True)
        before = any(text.index(name) < pronoun.start() for name in own)
        return not (before or (own and pronoun.group().lower() in {"it", "its"}))
    return bool(_POINTER.search(text)) and len(content_words(text)) <= 3 and not names(text)


def standalone(text: str, history: Sequence[Turn]) -> str:
    """Return a question that can be searched for without the conversation."""
    if not history or not depends_on_history(text):
        return text
    before = history[-1]
    if ellipsis := _ELLIPSIS.match(text):
        rest = ellipsis.group(1).rstrip(" ?!.")
        if rest and not QUESTION_WORD.search(rest):
            return _swap_last_name(before.question, rest)
    if (pronoun := _PRONOUN.search(text)) and (who := _antecedent(history, pronoun.group())):
        return _replace_pronoun(text, who)
    return f"{text.rstrip('?')} ({before.question.rstrip('?')})?"


def _swap_last_name(question: str, new: str) -> str:
    """Put what is new in the place of what it renews: "entered Georgia" -> "entered Finland".

    A year takes the place of a year, a plural name ("Ukrainians") that of a plural one.
    """
    years = _YEAR.findall(question)
    if years and _YEAR.fullmatch(_LEADING.sub("", new)):
        old = years[-1]
    else:
        plural = _LEADING.sub("", new).endswith("s")
        alike = [name for name in names(question) if name.endswith("s") == plural]
        if not alike or not names(new):
            return f"{question.rstrip(' ?!.')}? What about {new}?"
        old = alike[-1]
    at = question.rindex(old)
    return question[:at] + _LEADING.sub("", new) + question[at + len(old) :]


def _antecedent(history: Sequence[Turn], pronoun: str) -> str | None:
    """Return whom or what a pronoun stands for: a name, or "the governor".

    The latest question is asked first, then its answer, then the exchange before. "They" stands
    for a plural, "he" and "she" for no plural.
    """
    plural = pronoun.lower() in {"they", "them", "their", "theirs"}
    for turn in reversed(history[-3:]):
        in_question = names(turn.question, in_question=True)
        subject = _SUBJECT.search(turn.question)
        found = [] if subject is None else [subject.group(1)]
        if subject and in_question and turn.question.index(in_question[0]) < subject.start():
            found = []
        for candidate in (*found, *in_question, *names(turn.answer)):
            if candidate.endswith("s") == plural:
                return candidate
    return None


def _replace_pronoun(text: str, antecedent: str) -> str:
    def replace(match: re.Match[str]) -> str:
        owned = match.group().lower() in {"his", "hers", "their", "theirs", "its"}
        if match.group().lower() == "her":
            owned = bool(re.match(r"\s+\w", text[match.end() :]))
        return f"{antecedent}'s" if owned else antecedent

    return _PRONOUN.sub(replace, text, count=1)
