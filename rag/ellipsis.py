"""A follow-up that only says what is new: "And Finland?", "What about in 2021?", "To Norby?".

It takes the place of what it renews in the question before: a time of a time, what follows "from"
of what follows "from", otherwise a name of the last name of its kind. What renews nothing is put
at the end. Pure; knows nothing of conversations.
"""

from __future__ import annotations

import re
from datetime import date

from rag.terms import names, plain_signs
from rag.when.atom import MONTHS
from rag.when.reading import found
from rag.when.relative import WEEKDAYS

_OPENED = re.compile(
    r"^(?:(?:and|or|but|so|ok(?:ay)?|then)[\s,]+)*(?:what about|how about|and|or|but)\b[\s,]*(.*)$",
    re.IGNORECASE,
)
_PREPOSITION = r"(?:in|to|from|for|of|at|on|with|by|since|before|after|during|until|under|against)"
_LEADING = re.compile(rf"^(?:(?P<by>{_PREPOSITION})\s+)?(?:(?P<the>the)\s+)?", re.IGNORECASE)
_BARE = re.compile(
    rf"^{_PREPOSITION}\s+(?!which\b|what\b|whom\b)(?:[\w’'-]+\s*){{1,4}}\W*$", re.IGNORECASE
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|am|do|does|did|has|have|had|will|would|can|could|shall|should|may|might"
    r"|must|tell|give|list|show|explain|describe|name|find|compare)\b",
    re.IGNORECASE,
)
_NEEDS_IN = re.compile(rf"\d{{4}}|(?:{'|'.join(MONTHS)})(?:\s+\d{{4}})?", re.IGNORECASE)
_CLAUSE = re.compile(r"(?:i|he|she|it|they|we|you|there)\s+\w", re.IGNORECASE)
_ANY_DAY = date(2000, 1, 1)  # where an expression of time stands does not depend on the day
_PARENTHESIS = re.compile(r"\)\s*$|\?\s")
_MAX_WORDS = 8  # of what is new; a longer text is a question of its own


def fragment(text: str) -> str | None:
    """Return what a text says anew where it is no question of its own, or None."""
    opened = _OPENED.match(text)
    rest = (opened.group(1) if opened else text).strip(" ?!.,")
    if opened:
        own = len(rest.split()) > _MAX_WORDS or bool(_VERB.match(rest) or _CLAUSE.match(rest))
        return None if own else rest
    if _VERB.search(text):
        return None
    is_time = _time_in(rest) == (0, len(rest)) and bool(rest)
    if not is_time and not _BARE.match(text):
        return None
    named = rest.split()[0].lower() in {*MONTHS, *WEEKDAYS}
    return rest if named else rest[0].lower() + rest[1:]


def completed(before: str, new: str) -> tuple[str, bool]:
    """Return the question before with what is new in it, and whether that is sure."""
    question = before.rstrip(" ?!.")
    if not new:
        return f"{question}?", False
    leading = _LEADING.match(new)
    preposition = (leading["by"] or "") if leading else ""
    bare = new[leading.end() :] if leading else new
    if renewed := _time_renewed(question, new):
        return renewed, True
    if preposition and (place := _after(question, preposition)):
        without = new[len(preposition) :].strip()
        return f"{question[: place[0]]}{without}{question[place[1] :]}?", True
    if swapped := _swapped(question, bare):
        return swapped
    if preposition and not _PARENTHESIS.search(question):
        return f"{question} {new}?", True
    return f"{question}? What about {new}?", False


def _time_in(text: str) -> tuple[int, int] | None:
    """Return where the first expression of time stands in a text, its small words included."""
    atoms = found(text, _ANY_DAY)
    if not atoms:
        return None
    lead = re.search(
        r"(?:\b(?:in|on|at|over|during|since|before|after|until|by|from|within)\s+)?"
        r"(?:\b(?:the|early|late|mid)[\s-]+)*$",
        text[: atoms[0].at],
        re.IGNORECASE,
    )
    return (lead.start() if lead else atoms[0].at), atoms[-1].end


def _time_renewed(question: str, new: str) -> str | None:
    """Put a new time in the place of the old one, or at the end where there is none."""
    place = _time_in(new)
    if place is None or new[place[1] :].strip() or new[: place[0]].strip():
        return None
    old = _time_in(question)
    if old is None:
        return None if _PARENTHESIS.search(question) else f"{question} {_said_in(new)}?"
    kept = question[: old[0]].rstrip()
    return " ".join(f"{kept} {_said_in(new)} {question[old[1] :].strip()}".split()) + "?"


def _said_in(time: str) -> str:
    """Return "in 2021" for a year alone; other times need no preposition to be read."""
    return f"in {time}" if _NEEDS_IN.fullmatch(time) else time


def _after(question: str, preposition: str) -> tuple[int, int] | None:
    """Return where the name stands that follows a preposition in a question."""
    for name in names(question):
        place = re.search(
            rf"\b{preposition}\s+((?:the\s+)?{re.escape(name)})\b", question, re.IGNORECASE
        )
        if place:
            return place.span(1)
    return None


def _swapped(question: str, new: str) -> tuple[str, bool] | None:
    """Put a new name in the place of the last one of its kind: plural for plural."""
    question = " ".join(plain_signs(question).split())  # as names are spelled
    plural = new.endswith("s")
    alike = [name for name in names(question) if name.endswith("s") == plural]
    if not alike or not names(new):
        return None
    at = question.rindex(alike[-1])
    text = f"{question[:at]}{new}{question[at + len(alike[-1]) :]}?"
    return text, len(alike) == 1
