"""A question as asked -> a question that stands alone, and what kind of answer it wants.

Follow-ups are completed from the conversation (``rag.followup``), words of time become days
(``rag.when``). The question as asked is never lost. Knows nothing of articles.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from index.errors import InputError
from rag.followup import QUESTION_WORD, depends_on_history, resolved, stand_alone, standalone
from rag.schema import Filters, Question, RewrittenBy, Turn
from rag.when.reading import when

Wanted = Literal["number", "date", "person", "place", "open"]
"""What an answer must hold: a figure, a date, a person or body, a place, or anything."""

MAX_CHARACTERS = 2000  # of a question; past this it is a pasted document, and no prompt holds it

_PART = re.compile(
    r"(?<=\?)\s+(?=\w)|[,;]?\s+and\s+(?=(?:(?:in|on|at|to|by|from|for|of|with)\s+)?"
    r"(?:who|what|when|where|why|which|how|whom|whose)\b)",
    re.IGNORECASE,
)
MAX_PARTS = 3  # questions in one; more is a list that reads better asked one by one

_WANTED: tuple[tuple[Wanted, re.Pattern[str]], ...] = (
    (
        "number",
        re.compile(
            r"\bhow (?:many|much|long|far|old|often|high|tall|big|large|wide|deep|fast|heavy)\b"
            r"|\b(?:what|which) (?:(?:is|was|are|were) (?:the )?)?(?:[\w’']+ ){0,3}?"
            r"(?:number|share|percentage|proportion|price|cost|age|amount|distance|length|size"
            r"|rate|sum|total|figure|toll|fare|fees?|salary|rent)s?\b"
            r"|\bwhat['’]?s the (?:\w+ )?(?:number|price|cost|distance|total|fare|salary|rent)\b"
            r"|\bwhat(?:['’]?s| is| was) the (?:\w+ )?(?:population|turnout)\b"
            r"|\bby how\b|^(?:the )?ages? of\b|\b(?:what|which)(?: \w+){0,3} speed\b",
            re.I,
        ),
    ),
    (
        "date",
        re.compile(
            r"^(?:\w+\s+)?when\b|\b(?:what|which) (?:date|day|year|month|time|week)\b"
            r"|\bsince when\b|\bhow long ago\b"
            r"|\bwhat(?:['’]?s| is| was) (?:the|his|her|its|their) (?:[\w’'-]+ ){0,2}?date\b"
            r"|\bwhat(?:['’]?s| is| was) [^?]{1,80}['’]s? (?:[\w-]+ )?date\b",
            re.I,
        ),
    ),
    (
        "person",
        re.compile(
            # Not "which airline pays passengers who": there it only says which passengers.
            r"(?:^|[.?!:;]\s)\W*(?:(?:and|but|so|to|by|with|for|from|of|about)\s+)?(?:who|whom|whose)\b"
            r"|^(?!.*\b(?:which|what|why|where|how)\b).*\b(?:who|whom|whose)\b"
            r"|\bwhat(?:['’]?s| is| was| are| were) (?:the|his|her|their) names?\b",
            re.I,
        ),
    ),
    (
        "place",
        re.compile(
            r"\bwhere\b|\b(?:which|what) (?:\w+ )?(?:cit|countr|town|place|region|state)"
            r"|\bwhat(?:['’]?s| is| was) (?:the|his|her|its|their) (?:\w+ )?"
            r"(?:location|birthplace|whereabouts)\b",
            re.I,
        ),
    ),
)


def understand(text: str, history: Sequence[Turn], filters: Filters, as_of: str) -> Question:
    """Return the question with its standalone form.

    Raises InputError when it is empty, too long, or a date is none.
    """
    text = checked(text)
    first, last = filters.date_from, filters.date_to
    filters = replace(
        filters,
        date_from=None if first is None else check_date(first, "from"),
        date_to=None if last is None else check_date(last, "to"),
    )
    alone = stand_alone(text, history)
    day = check_date(as_of, "as-of")
    return Question(
        text=text,
        standalone=alone.text,
        as_of=day,
        history=tuple(history),
        filters=filters,
        context=resolved(history)[-1].question if alone.leans else "",
        when=when(alone.text, day),
        rewritten_by="nobody" if alone.text == text else "rules",
    )


def reworded(question: Question, text: str, *, by: RewrittenBy) -> Question:
    """Return a question in other words that stand alone. Raises InputError when there are none."""
    text = checked(text)
    return replace(
        question,
        standalone=text,
        when=when(text, question.as_of),
        context="",
        rewritten_by="nobody" if text == question.text else by,
    )


def checked(text: str) -> str:
    """Return a question on one line. Raises InputError when it is empty or too long."""
    text = " ".join(text.encode("utf-8", "replace").decode().split())
    if not re.search(r"\w", text):
        raise InputError("The question is empty. Ask in words, for example: How many people left?")
    if len(text) > MAX_CHARACTERS:
        raise InputError(
            f"The question has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read. "
            f"Ask one thing at a time, and put long texts into the folder that is indexed."
        )
    return text


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
    pieces = [piece for piece in pieces if QUESTION_WORD.search(piece) or piece.endswith("?")]
    if not pieces or len(pieces) > MAX_PARTS or any(len(piece.split()) < 3 for piece in pieces):
        return (question,)
    if len(pieces) == 1:
        return (replace(question, standalone=pieces[0]),)
    found: list[Question] = []
    for piece in pieces:
        text = piece.rstrip("?") + "?"
        before = (Turn(found[-1].standalone, ""),) if found and depends_on_history(text) else ()
        alone = standalone(text, before)
        own = when(alone, question.as_of)
        found.append(
            replace(
                question,
                standalone=alone,
                context=question.standalone,
                history=before,
                when=question.when if own.range is None else own,
            )
        )
    return tuple(found)


def wanted(question: str) -> Wanted:
    """Return what kind of answer a question asks for, by its words."""
    for kind, pattern in _WANTED:
        if pattern.search(question):
            return kind
    return "open"
