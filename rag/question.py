"""A question as asked -> a question that stands alone, and what kind of answer it wants.

Follow-ups are completed by rules from the conversation: a new name takes the place of the old
one ("And Finland?"), a pronoun gets the name or the person it stands for ("How old is he?").
What a rule cannot complete keeps its words, and the question before it is searched for as well.
The question as asked is never lost. Knows nothing of articles.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from index.errors import InputError
from rag.schema import Filters, Question, Turn
from rag.terms import content_words, names

Wanted = Literal["number", "date", "person", "place", "open"]
"""What an answer must hold: a figure, a date, a person or body, a place, or anything."""

MAX_CHARACTERS = 2000  # of a question; past this it is a pasted document, and no prompt holds it

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
_PART = re.compile(
    r"(?<=\?)\s+(?=\w)|[,;]?\s+and\s+(?=(?:(?:in|on|at|to|by|from|for|of|with)\s+)?"
    r"(?:who|what|when|where|why|which|how|whom|whose)\b)",
    re.IGNORECASE,
)
MAX_PARTS = 3  # questions in one; more is a list that reads better asked one by one
_QUESTION_WORD = re.compile(r"\b(?:who|what|when|where|why|which|how|whom|whose)\b", re.I)

_WANTED: tuple[tuple[Wanted, re.Pattern[str]], ...] = (
    (
        "number",
        re.compile(
            r"\bhow (?:many|much|long|far|old|often|high|tall|big|large|wide|deep|fast|heavy)\b"
            r"|\b(?:what|which) (?:(?:is|was|are|were) (?:the )?)?(?:[\w’']+ ){0,3}?"
            r"(?:number|share|percentage|proportion|price|cost|age|amount|distance|length|size"
            r"|rate|sum|total|figure|toll|fare|fees?|salary|rent)s?\b"
            r"|\bwhat['’]?s the (?:\w+ )?(?:number|price|cost|distance|total|fare|salary|rent)\b"
            r"|\bby how\b",
            re.I,
        ),
    ),
    (
        "date",
        re.compile(
            r"^(?:\w+\s+)?when\b|\b(?:what|which) (?:date|day|year|month|time|week)\b"
            r"|\bsince when\b|\bhow long ago\b",
            re.I,
        ),
    ),
    (
        "person",
        re.compile(
            r"\b(?:who|whom|whose)\b"
            r"|\bwhat(?:['’]?s| is| was| are| were) (?:the|his|her|their) names?\b",
            re.I,
        ),
    ),
    (
        "place",
        re.compile(
            r"\bwhere\b|\b(?:which|what) (?:\w+ )?(?:cit|countr|town|place|region|state)", re.I
        ),
    ),
)


def understand(text: str, history: Sequence[Turn], filters: Filters, as_of: str) -> Question:
    """Return the question with its standalone form.

    Raises InputError when it is empty, too long, or a date is none.
    """
    text = " ".join(text.encode("utf-8", "replace").decode().split())
    if not re.search(r"\w", text):
        raise InputError("The question is empty. Ask in words, for example: How many people left?")
    if len(text) > MAX_CHARACTERS:
        raise InputError(
            f"The question has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read. "
            f"Ask one thing at a time, and put long texts into the folder that is indexed."
        )
    first, last = filters.date_from, filters.date_to
    filters = replace(
        filters,
        date_from=None if first is None else check_date(first, "from"),
        date_to=None if last is None else check_date(last, "to"),
    )
    return Question(
        text=text,
        standalone=standalone(text, history),
        as_of=check_date(as_of, "as-of"),
        history=tuple(history),
        filters=filters,
        context=history[-1].question if history and depends_on_history(text) else "",
    )


def check_date(value: str, name: str) -> str:
    """Return a day as YYYY-MM-DD. Raises InputError when it is no such day."""
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise InputError(
            f"The {name} date {value!r} is not a day. Write it as YYYY-MM-DD, "
            f"for example 2022-09-28."
        ) from None


def parts(question: Question) -> tuple[Question, ...]:
    """Split "How many came, and who counted them?" into its questions, at most MAX_PARTS.

    A later part that leans on the one before ("and what happened to him?") is completed from it
    and has it as its history; the whole question helps to find each. What follows the last
    question mark asks nothing.
    """
    pieces = [piece.strip(" ,;") for piece in _PART.split(question.standalone)]
    pieces = [piece for piece in pieces if _QUESTION_WORD.search(piece) or piece.endswith("?")]
    if not pieces or len(pieces) > MAX_PARTS or any(len(piece.split()) < 3 for piece in pieces):
        return (question,)
    if len(pieces) == 1:
        return (replace(question, standalone=pieces[0]),)
    found: list[Question] = []
    for piece in pieces:
        text = piece.rstrip("?") + "?"
        before = (Turn(found[-1].standalone, ""),) if found and depends_on_history(text) else ()
        found.append(
            replace(
                question,
                standalone=standalone(text, before),
                context=question.standalone,
                history=before,
            )
        )
    return tuple(found)


def wanted(question: str) -> Wanted:
    """Return what kind of answer a question asks for, by its words."""
    for kind, pattern in _WANTED:
        if pattern.search(question):
            return kind
    return "open"


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
        if rest and not _QUESTION_WORD.search(rest):
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
