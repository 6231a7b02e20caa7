"""A question and its as-of day -> what it says about time: days, "now", or an event to count from.

A weekday, a month or a day without its year is the latest that has begun, or the next one where
the question looks ahead ("will", "due"). "Before the announcement" has no date and becomes no
range, but is told. What stands in quotation marks says nothing about when. Several expressions
are taken together: what they share, or all from the first to the last where they share nothing.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import reduce

from rag.schema import When
from rag.when import dates, relative
from rag.when.atom import Atom, ending
from rag.when.links import Said, least, linked, together
from rag.when.parts import part_before

_QUOTED = re.compile(r"“[^”]{1,300}”|\"[^\"]{1,300}\"|«[^»]{1,300}»")
_COMING = re.compile(
    r"\b(?:will|won['’]t|shall|going\s+to|due|scheduled|upcoming|planned|expected\s+to|set\s+to"
    r"|tomorrow)\b|['’]ll\b"
)
_NOW = re.compile(
    r"\b(?:(?:right\s+)?now|currently|presently|at\s+present|at\s+the\s+moment|nowadays|to\s+date"
    r"|(?<!at\s)(?<!at\sthe\s)latest|newest|most\s+recent(?:ly)?|so\s+far|up\s+to\s+date|today"
    r"|these\s+days|still|current)\b"
)
_PUBLISHED = re.compile(
    r"\b(?:published|posted|dated|printed|articles?|stories|coverage|headlines|news)\b[^?.!]{0,40}$",
    re.IGNORECASE,
)
_JOINT = re.compile(
    r"\s*(?P<by>-|–|—|\bto\b|\band\b|\buntil\b|\btill\b|\bthrough\b|\bup\s+to\b)\s*(?:the\s+)?",
    re.IGNORECASE,
)
_NEXT_TO = re.compile(r"\s*,?\s*(?:(?:of|in|on)\s+)?(?:the\s+)?", re.IGNORECASE)
_OPENED = re.compile(r"\b(?:between|from)\s+(?:the\s+)?$", re.IGNORECASE)
_YEAR_SAID = re.compile(
    r"\b(?P<by>in|during|since|before|after|until|till|by|throughout|of|from|for|around|about|circa"
    r"|than|year|as\s+of)\s+(?P<the>the\s+(?:years?\s+)?)?$",
    re.IGNORECASE,
)
_LOOSE_YEAR = {"of", "from", "for", "around", "about", "circa"}
_NAMED_FOR = re.compile(r"\b[A-Z][\w’'-]*\s+of\s+$")  # "Class of 2022", "the Act of 1998"
_EVENT = re.compile(
    r"\b(?:before|after|since|during|following|until|ahead\s+of|prior\s+to)\s+"
    r"((?:the|his|her|its|their)\s+(?:[\w’'-]+\s+){0,2}?[\w’'-]+)"
    r"(?=\s*[?.,;:]|\s*$|\s+(?:of|in|on|by|for|with|was|were|is|began|started|ended|did"
    r"|does|do|will|would|has|have|had|that|which|who|and|or)\b)",
    re.IGNORECASE,
)
_NO_EVENT = re.compile(
    r"\b(?:court|judge|jury|committee|congress|parliament|senate|council|tribunal|panel|camera|king"
    r"|queen|man|woman|people|public)s?$",
    re.IGNORECASE,
)


def when(text: str, as_of: str) -> When:
    """Return what a text says about time, seen from an ISO day."""
    day = date.fromisoformat(as_of)
    plain = _QUOTED.sub(lambda quoted: "\0" * len(quoted.group()), text)
    said = _ranges(plain, day)
    now = bool(_NOW.search(plain[:1].lower() + plain[1:]))
    event = _event(plain, said)
    if not said:
        return When(now=now, event=event)
    whole = reduce(together, said)
    return When(
        words=tuple(text[each.at : each.end].strip() for each in said),
        start=None if whole.first is None else whole.first.isoformat(),
        end=None if whole.last is None else whole.last.isoformat(),
        firmness=whole.firmness,
        now=now,
        of_publication=bool(_PUBLISHED.search(plain, 0, said[0].at)),
        event=event,
    )


def found(text: str, as_of: date) -> list[Atom]:
    """Return the expressions of a text in order; none overlaps another."""
    taken: list[Atom] = []
    for pattern, reader in (*dates.RULES, *relative.RULES):
        for match in pattern.finditer(text):
            overlaps = any(a.at < match.end() and match.start() < a.end for a in taken)
            if not overlaps and (atom := reader(match, as_of)) is not None:
                taken.append(atom)
    return sorted(taken, key=lambda atom: atom.at)


def _event(text: str, said: list[Said]) -> str:
    """Return the event without a date that the text counts from; empty where there is none."""
    for match in _EVENT.finditer(text):
        dated = any(each.at <= match.start() < each.end for each in said)
        if not dated and not _NO_EVENT.search(match.group()):
            return match.group(1)
    return ""


def _ranges(text: str, as_of: date) -> list[Said]:
    """Return the ranges of a text: what two expressions say together, and what each says alone."""
    atoms = found(text, as_of)
    said: list[Said | None] = []
    at = 0
    while at < len(atoms):
        first, *others = atoms[at : at + 2]
        both = None
        if others:
            both = _pair(text, first, others[0], as_of) or _within(text, first, others[0], as_of)
        said.append(both or _single(text, first, as_of))
        at += 2 if both else 1
    return [each for each in said if each is not None]


def _pair(text: str, first: Atom, last: Atom, as_of: date) -> Said | None:
    """Read "from June to August 2022": what lacks a year takes it from the other."""
    early, late = part_before(text, first.at), part_before(text, last.at)
    joint = _JOINT.fullmatch(text, first.end, late.at if late else last.at)
    at = early.at if early else first.at
    opened = ending(_OPENED, text, at)
    if joint is None or (not opened and (joint["by"].lower() == "and" or first.is_bare)):
        return None
    start, end = first.span, None
    if last.cycle and start:  # "from June 2022 to August"
        end = last.placed(start.start, coming=True)
    else:
        end = last.placed(as_of, coming=bool(_COMING.search(text)))
        start = first.placed(end.end) if end else None
    if start is None or end is None:
        return None
    start = early.of(start, as_of) if early else start
    end = late.of(end, as_of) if late else end
    if start.start > end.end:
        return None
    firmness = least(first.firmness, last.firmness)
    return Said(opened.start() if opened else at, last.end, start.start, end.end, firmness)


def _within(text: str, one: Atom, other: Atom, as_of: date) -> Said | None:
    """Read "Tuesday last week" and "in September of last year": one gives the other its place."""
    inner, outer = (one, other) if one.cycle else (other, one)
    if inner.cycle is None or inner.which or outer.span is None:
        return None
    span = inner.placed(outer.span.end)
    if span is None or span.start < outer.span.start:
        return None
    if not _NEXT_TO.fullmatch(text, one.end, other.at):
        return None
    return _read(text, Atom(one.at, other.end, span, firmness=outer.firmness), as_of)


def _single(text: str, atom: Atom, as_of: date) -> Said | None:
    """Read one expression; a number alone is a year only where a word before it says so."""
    if not atom.is_bare or part_before(text, atom.at):
        return _read(text, atom, as_of)
    said = ending(_YEAR_SAID, text, atom.at)
    if said is None or ending(_NAMED_FOR, text, atom.at):
        return None
    if said["the"] and said["by"].lower() in {"in", "of", "for", "by", "about", "from"}:
        return None  # "in the 2022 election": a name
    loose = bool(said["the"]) or said["by"].lower() in _LOOSE_YEAR
    return _read(text, replace(atom, firmness="loose" if loose else "firm"), as_of)


def _read(text: str, atom: Atom, as_of: date) -> Said | None:
    """Place an expression, take the part that is meant, and open an end for "since"."""
    span = atom.placed(as_of, coming=bool(_COMING.search(text)))
    if span is None:
        return None
    part = part_before(text, atom.at)
    if part:
        span = part.of(span, as_of)
    at = part.at if part else atom.at
    is_end = bool(part and part.is_end)
    return linked(text, (at, atom.end), span, atom.firmness, is_end=is_end)
