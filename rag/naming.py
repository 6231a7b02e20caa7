"""The name in a sentence that answers "who" or "where": the one that does what is asked about.

"Ada Holm beat Bea Lund to win the Orle Cup": asked who won, Ada Holm. Only a question that has
one answer is read so ("Who won ...?", "Who is the mayor of ...?"): two sentences that name
different people for "Who criticised ...?" do not disagree. Pure.
"""

from __future__ import annotations

import re
from itertools import pairwise

from rag.asked import Asked, is_adjective, name_stems, new_names, subject_stems
from rag.terms import CALENDAR, holds, place, stem, stems, words

REACH = 40  # characters between a name and the noun that says what its bearer is
_CLAUSE = re.compile(r"[;:.!?]\s|,? (?:while|whereas|but|after|before|because)\b")
_PREPOSITION = re.compile(
    r"\b(?:in|on|at|of|from|to|for|with|against|over|under|near|about|since|until|during|after"
    r"|before|via|per|than|like|into|beat|defeated|defeating|beating|and|or)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_BY = re.compile(r"\bby\s+(?:\w+\s+){0,3}?$|['’]s\s+$", re.IGNORECASE)
_IN = re.compile(
    r"\b(?:in|at|to|near|from|outside|on)\s+(?:(?:the|central|northern|southern|eastern|western"
    r"|city|town|village|state|province|of)\s+){0,4}$",
    re.IGNORECASE,
)
_OF = r"(?:\s+(?:of|in|for|at|to|on)(?:\s+(?:the|a|an|of|and|[A-ZÀ-Þ\"“][\w’'.\"”-]*|\d+))+)?"
_ROLE_THEN_NAME = re.compile(
    rf"{_OF}(?:\s*[,:(–-]|,?\s+(?:is|was|named|called|became|remains|will be))?\s*(?:the\s+)?"
)
_NAME_THEN_ROLE = re.compile(
    r"(?:\s*[,(–-]|\s+(?:is|was|became|remains|will be|has been|as))\s*(?:[\w’'.-]+\s+){0,6}"
)
_SEVERAL = re.compile(
    r"\b(?:which|what)\s+(?:\w+\s+)?(?:cities|countries|towns|places|regions|states)\b"
    r"|\bwho\s+(?:all\s+|else\s+|are\b|were\b)|\bwho\s+(?:have|has)\s+(?!been\b|won\b)"
    r"|\bwhere\s+(?:are|were|do|did)\s+(?:the\s+)?(?:\w+\s+)?\w+[^su\W]s\b",
    re.IGNORECASE,
)  # "Which countries", "who are": each sentence may name another one
_DOES = re.compile(
    r"^\W*(?:which|what)\s+(?:[\w-]+\s+)?(?:cit|countr|town|state|region)\w*\s+(?!is\b|was\b|did\b"
    r"|does\b|do\b|are\b|were\b|has\b|have\b)",
    re.IGNORECASE,
)  # "Which country won": the place does it itself
_ROLE = re.compile(
    r"\bwho(?:['’]?s| is| was| became| will be| has been)\s+(?:the|[\w’'-]+['’]s)\s+"
    r"(?!people|persons|men\b|women\b|victims|suspects|members)"
    r"(?:[\w’'.-]+\s+){0,4}?(?P<noun>[\w’'-]*[^s\W])"
    r"(?=\s+(?:of|in|on|at|for|to|that|who|from|with|by|when|during|behind)\b|\W*$)",
    re.IGNORECASE,
)
_DONE: dict[str, tuple[str, ...]] = {
    "winner": ("won", "win"),
    "champion": ("won", "win"),
    "author": ("wrote", "written"),
    "writer": ("wrote", "written"),
    "killer": ("kill",),
    "leader": ("led", "lead"),
    "won": ("win",),
    "win": ("won",),
    "wrote": ("written",),
    "led": ("lead",),
    "bought": ("buy",),
}
_EXCLUSIVE = frozenset(
    stem(word)
    for word in (
        "win won acquire acquired buy bought purchase found founded direct directed invent wrote "
        "write written compose created discover succeed replace lead led head chair captain elect "
        "elected appoint appointed govern own built design painted sang host hosted award awarded "
        "shot killed assassinated born die died buried located based held headquartered situated "
        "capital take took place"
    ).split()
)


def has_one_answer(asked: Asked) -> bool:
    """Tell whether two different names cannot both answer: "who won", "who is the mayor"."""
    if asked.wanted not in {"person", "place"}:
        return False
    if _SEVERAL.search(asked.text):
        return False
    told = set(words(asked.text))
    return bool(_ROLE.search(asked.text)) or any(stem(word) in _EXCLUSIVE for word in told)


def telling_name(asked: Asked, text: str) -> str | None:
    """Return the name of a sentence that answers, or None where none plainly does."""
    telling = _telling_words(asked)
    for clause in _clauses(text):
        spots = _spots(clause, telling)
        own = [(place(name, clause), name) for name in _candidates(asked, clause)]
        if spots and own and (name := _nearest(asked, clause, own, spots)):
            return name
    return None


def same_name(a: str, b: str) -> bool:
    """Tell whether two names can be one: the telling words of the shorter stand in the longer."""
    one, other = name_stems(a), name_stems(b)
    short, long = sorted((one, other), key=len)
    return all(holds(set(long), s) for s in short) or one[-1] == other[-1]


def names_too(text: str, name: str) -> bool:
    """Tell whether a text also holds a name: who is named there is not set against it."""
    inside = set(stems(text))
    return all(holds(inside, s) for s in name_stems(name))


def _telling_words(asked: Asked) -> set[str]:
    """Return the stems that say what is asked about a name: the role, or what was done."""
    if role := _ROLE.search(asked.text):
        noun = role["noun"].lower()
        return {stem(word) for word in (noun, *_DONE.get(noun, ()))}
    others = {stem(other) for word in words(asked.text) for other in _DONE.get(word, ())}
    return subject_stems(asked) | others


def _nearest(
    asked: Asked, clause: str, own: list[tuple[int, str]], spots: list[tuple[int, int]]
) -> str | None:
    if asked.wanted == "place" and not _DOES.match(asked.text):
        placed = [(at, name) for at, name in own if _IN.search(clause[:at])]
        after = [name for at, name in placed if any(at > s for s, _ in spots)]
        return next(iter((*after, *(name for _, name in placed))), None)
    for _, end in spots:
        doers = [name for at, name in own if end <= at < end + REACH and _BY.search(clause[end:at])]
        if doers:
            return doers[0]
    if role := _ROLE.search(asked.text):
        noun = stem(role["noun"].lower())
        borne = [spot for spot in spots if stem(clause[slice(*spot)].lower()) == noun]
        if found := [name for spot in borne for at, name in own if _bears(clause, spot, at, name)]:
            return found[0]
        spots = [spot for spot in spots if spot not in borne]
    first = spots[0][0] if spots else 0
    before = [n for at, n in own if at < first and not _PREPOSITION.search(clause[:at])]
    return before[0] if before else None


def _bears(clause: str, spot: tuple[int, int], at: int, name: str) -> bool:
    """Tell whether a name and a role stand together: "Bo Lund, the mayor", "mayor Bo Lund"."""
    start, end = spot
    if at >= end:
        return bool(_ROLE_THEN_NAME.fullmatch(clause[end:at]))
    return bool(_NAME_THEN_ROLE.fullmatch(clause[at + len(name) : start]))


def _candidates(asked: Asked, clause: str) -> list[str]:
    """Return the names that the question does not hold itself."""
    return [
        name
        for name in new_names(asked, clause)
        if name.split()[0].lower() not in CALENDAR
        and not is_adjective(name, clause)
        and not re.search(r"-[a-z]", name)  # "English-language"
    ]


def _spots(clause: str, subject: set[str]) -> list[tuple[int, int]]:
    """Return where a clause holds the words that say what is asked about a name."""
    return [
        (match.start(), match.end())
        for match in re.finditer(r"[^\W\d_]+", clause)
        if any(holds({stem(match.group().lower())}, word) for word in subject)
    ]


def _clauses(text: str) -> list[str]:
    cuts = [0, *(m.end() for m in _CLAUSE.finditer(text)), len(text)]
    return [text[a:b] for a, b in pairwise(cuts) if text[a:b].strip()]
