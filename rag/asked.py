"""What a question asks for: its names, the one that matters most, and what is to be counted.

Worked out once for a question; every test of a sentence against the question starts from here.
Pure: knows nothing of articles.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.figures import Figure, Kind
from rag.question import Wanted, wanted
from rag.schema import Evidence
from rag.terms import ASKING, STOP_WORDS, content_words, holds, names, stem, stems, words

_COUNTED = re.compile(
    r"\b(?:how many|what(?:['’]?s| is| was| are| were) the (?:\w+ )?number of)\s+"
    r"((?:[\w'’-]+\s+){0,2}?[\w'’-]+)",
    re.I,
)
_CHANGED = re.compile(r"\bby how (?:much|many)\b", re.I)
_AGO = re.compile(r"\bago\b", re.IGNORECASE)
_CREDITED = re.compile(r"\b(?:according to|as per|per|says|said by|reported by|told)\s+$", re.I)
_MOVED = (
    r"(?:fall(?:en)?|fell|drop(?:s|ped)?|rises?|rose|risen|gr[eo]wn?|plunged?|slipp?(?:ed)?|slump(?:ed)?"
    r"|climb(?:ed)?|jump(?:ed)?|increased?|decreased?|declined?|weaken(?:ed)?|strengthen(?:ed)?)\b"
)  # of a price or a number: "how far" asks for no distance then
_MEASURES: tuple[tuple[str, frozenset[Kind]], ...] = (
    (r"\bhow old\b|\b(?:what|which)(?: \w+)? ages?\b|\bages? of\b", frozenset({"age"})),
    (
        r"\b(?:price|cost|fare|fees?|salary|rent|budget|fine)s?\b"
        r"|\bhow much\b.*\b(?:cost|pay|paid|price|worth|charge|sp[ae]n[dt]|earn)",
        frozenset({"money"}),
    ),
    (r"\b(?:percentage|per cent|percent|share|proportion)\b", frozenset({"percent"})),
    (r"\bhow fast\b|\b(?:what|which)(?: \w+){0,3} speed\b", frozenset({"speed"})),
    (rf"\bhow far\b.*\b{_MOVED}", frozenset({"percent", "money", "count"})),
    (r"\bhow (?:far|high|tall|deep|wide)\b|\bdistance\b", frozenset({"length"})),
    (r"\bhow long\b", frozenset({"length", "duration"})),
    (
        r"\b(?:what(?:['’]?s| is| was)|how (?:large|big) (?:is|was)) the (?:\w+ ){0,2}population\b",
        frozenset({"count"}),
    ),
)
_PUBLISHED = re.compile(
    r"\bpublish|\bposted\b|\bput out\b|\bcame out\b|\b(?:article|story|gallery|dispatch|column)\b",
    re.I,
)
_BESIDE = re.compile(r"\s*(?:,|,?\s+(?:and|or))\s+(?:(?:in|into|to|from|of|by|for|the)\s+)*")
_CURRENCIES = {"euro": "€", "dollar": "$", "pound": "£", "rubl": "₽", "roubl": "₽"}
_VERB = r"(?:is|are|was|were|do|does|did|ha[sd]|have|will|would|can|could|should|[\w-]+ed)\b"
_NOUN_ASKED = re.compile(
    r"^\W*(?:(?:in|on|at|to|by|from|for|of|with|according to)\s+)?"
    r"which\s+(?:of\s+(?:the|these|those)\s+)?((?:[\w'’-]+\s+){0,2}?[\w'’-]+)\s+"
    rf"(?:{_VERB}|\w+s\b(?!\s+{_VERB}))",  # "towns" of "which old towns were" is no verb
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"\bwhat(?:['’]?s| is| was| are| were) .*?\b(price|cost|fare|fee|salary|rent|budget|fine)s?\b",
    re.I,
)
_WHICH = re.compile(r"\bwhich\b", re.IGNORECASE)
_VALUE_ASKED = re.compile(r"\bwhich\b|\bwhat\b(?!\s+(?:happen|did\b|does\b|do\b))", re.I)
_ADJECTIVE = re.compile(r"(?:[aei]an|ish|ese|ern|[aeiou]ch|i)$")
_NAMED = re.compile(
    r"\bwh(?:at|ich)(?:['’]?s| is| was| are| were) (?:(?:the|his|her|their) )?names?\b"
    r"(?: of (?:the|a|an|his|her|their)\s+((?:[\w'’-]+\s+){0,3}?[\w'’-]+)"
    r"(?=\s+(?:who|that|of|in|from|which|whom)\b|\W*$))?",
    re.IGNORECASE,
)
_PEOPLE = frozenset(
    "people men women children persons citizens nationals migrants refugees residents soldiers "
    "troops recruits reservists conscripts victims passengers workers".split()
)
_GENERIC = frozenset(
    stem(word)
    for word in (
        "county city state states president minister north south east west upper lower new united "
        "republic university college school court police department mr mrs dr"
    ).split()
)
_NUMERALS = frozenset("one two three four five six seven eight nine ten both other others".split())
_VERBS = frozenset("had have has were was are is came went left fled will would".split())


@dataclass(frozen=True, slots=True)
class Asked:
    """A standalone question, taken apart. ``names`` leaves out who is only quoted for it.

    ``focus`` is the rarest of its names in the archive: what an answer must be about.
    """

    text: str
    wanted: Wanted
    stems: frozenset[str]
    names: tuple[str, ...]
    credited: tuple[str, ...]  # names it is only "according to"
    listed: tuple[str, ...]  # names that it sets side by side: "in Norby, Tarn and Vell"
    focus: str | None
    kinds: frozenset[Kind]  # of figures that measure what is asked; empty: any count
    counted: str  # what "how many" counts; empty where nothing is counted
    wants_name: bool  # "what is the name of": a person's own name
    noun: str  # what must be named: "airline" of "which airline", "gunman" of "the gunman's name"
    wants_published: bool  # "when was it published": the date line itself

    @property
    def wants_value(self) -> bool:
        """Whether a name, a figure or a date answers, and not a telling of what happened or why."""
        return self.wanted != "open" or bool(_VALUE_ASKED.search(self.text))

    @property
    def wants_kind(self) -> bool:
        """Whether only a figure, a date, a person, a place or one of a kind answers."""
        return self.wanted != "open" or bool(_WHICH.search(self.text))

    @property
    def several(self) -> tuple[str, ...]:
        """The names that an answer is wanted for one by one; none where it asks about one."""
        return self.listed or (self.names if len(self.names) > 2 else ())


def taken_apart(question: str, weights: dict[str, float]) -> Asked:
    """Take a standalone question apart; ``weights`` are its words' inverse document frequencies."""
    every = names(question, in_question=True)
    credited = [
        n for n in every if _CREDITED.search(question[: question.find(n)].replace("the ", ""))
    ]
    found = [name for name in every if name not in credited]
    counted = _COUNTED.search(question)
    kind = wanted(question)
    return Asked(
        text=question,
        wanted=kind,
        stems=frozenset(stems(question)),
        names=tuple(found),
        credited=tuple(credited),
        listed=_side_by_side(question, found),
        focus=max(found, key=lambda name: _weight(name, weights), default=None),
        kinds=_kinds(question),
        counted=counted[1] if counted else "",
        wants_name=kind == "person" and bool(_NAMED.search(question)),
        noun=_noun(question, kind),
        wants_published=kind == "date" and bool(_PUBLISHED.search(question)),
    )


def recased(question: str, evidence: Sequence[Evidence]) -> str:
    """Give a question typed without capitals those of the names in the evidence."""
    if any(c.isupper() for c in question[1:]):
        return question
    inside = {word for e in evidence for word in re.findall(r"(?<=[\w,] )[A-ZÀ-Þ][\w’'-]+", e.text)}
    cased = {word.lower(): word for word in inside if word.lower() not in STOP_WORDS | ASKING}
    return re.sub(r"[^\W\d_][\w’'-]*", lambda m: cased.get(m.group(), m.group()), question)


def is_adjective(name: str, question: str) -> bool:
    """Tell "European states" and "Ukrainian soldiers" from a name that stands for itself."""
    followed = re.search(rf"\b{re.escape(name)}\s+[a-zß-ÿ]", question)
    return bool(followed and " " not in name and _ADJECTIVE.search(name))


def _side_by_side(question: str, found: Sequence[str]) -> tuple[str, ...]:
    """Return the names of a question that commas and "and" set side by side, two or more."""
    listed: list[str] = []
    for one, other in pairwise(found):
        between = question[question.find(one) + len(one) : question.find(other)]
        if _BESIDE.fullmatch(between):
            listed += [one, other]
    return tuple(dict.fromkeys(listed))


def _noun(question: str, kind: Wanted) -> str:
    """Return the noun that an answer must be an instance of; empty where there is none."""
    if named := _NAMED.search(question):
        return (named.group(1) or "").split(" ")[-1]
    if kind == "number" and (amount := _AMOUNT.search(question)):
        return amount.group(1)
    if kind == "open" and (asked := _NOUN_ASKED.search(question)):
        noun = asked.group(1).split(" ")[-1]
        return "" if noun.lower() in _NUMERALS else noun  # "which two had done it"
    return ""


def _kinds(question: str) -> frozenset[Kind]:
    for pattern, kinds in _MEASURES:
        if re.search(pattern, question, re.IGNORECASE):
            return kinds
    return frozenset()


def name_stems(name: str) -> list[str]:
    """Return the stems of a name's telling words: "buchanan" of "Buchanan County"."""
    found = stems(name)
    telling = [s for s in found if len(s) > 2 and s not in _GENERIC]
    return telling or [s for s in found if len(s) > 2] or list(found)


def new_names(asked: Asked, text: str) -> list[str]:
    """Return the names of a text that the question does not give."""
    return [n for n in names(text) if not any(holds(asked.stems, s) for s in name_stems(n))]


def measures(asked: Asked, figure: Figure) -> bool:
    """Tell whether a figure counts or measures what the question asks for."""
    if figure.kind == "ordinal" or (figure.is_vague and asked.names):
        return False
    if figure.noun.split()[:1] == ["ago"] and not _AGO.search(asked.text):
        return False  # "31,000 years ago" is when, and not how long
    if _CHANGED.search(asked.text):
        return figure.kind == "percent" or figure.is_change
    if asked.kinds:
        return figure.kind in asked.kinds and _in_currency(asked, figure)
    if not asked.counted:
        return True
    if figure.kind != "count":  # "how many days": the unit is what is counted
        return holds({stem(w) for w in content_words(asked.counted)}, stem(figure.unit))
    people = [name for name in names(asked.counted) if _is_people(name)]
    return not people or _of_people(people, figure)


def subject_stems(asked: Asked) -> set[str]:
    """Return the stems of the question's words that are no names: what it asks about them."""
    named = {s for name in (*asked.names, *asked.credited) for s in stems(name)}
    return {stem(word) for word in content_words(asked.text)} - named


def _is_people(name: str) -> bool:
    """Tell a nation's people ("Russians", "Ukrainian soldiers") from any other name."""
    return " " not in name and bool(_ADJECTIVE.search(name.removesuffix("s")))


def noun_counted(figure: Figure) -> str:
    """Return the word that says what a count counts; empty where a verb or a small word follows."""
    first = figure.noun.split()[0] if figure.kind == "count" and figure.noun else ""
    return "" if first in _VERBS | STOP_WORDS or first.endswith("ed") else first


def counts_same(asked: Asked, figure: Figure) -> bool:
    """Tell whether a count counts the very thing asked for: "passenger cars" for cars."""
    if figure.kind != "count" or not asked.counted or not figure.noun:
        return True
    following = figure.noun.split()
    if following[0] in _VERBS or following[0].endswith("ed"):
        return True
    asked_words = content_words(asked.counted)
    if _PEOPLE & set(following) and (_PEOPLE & set(asked_words) or names(asked.counted)):
        return True
    inside = {s for word in following for s in stems(word)}
    return any(holds(inside, stem(word)) for word in asked_words)


def _weight(name: str, weights: dict[str, float]) -> float:
    return max((weights.get(word, 0.0) for word in words(name)), default=0.0)


def _of_people(people: list[str], figure: Figure) -> bool:
    """Tell whether a figure may count a nation's people: "98,000 Russian citizens", "43,000 came".

    A figure that counts something else ("four provinces", "two Russians" for Ukrainians) does not.
    """
    following = [w for w in figure.noun.split() if w != "of"]
    if not following or following[0] in _PEOPLE | _VERBS:
        return True
    if following[0].endswith("ed") and (len(following) == 1 or following[1] in STOP_WORDS):
        return True  # "43,000 arrived in": who arrived stands elsewhere
    inside = {s for word in following for s in stems(word)}
    return any(holds(inside, s) for name in people for s in stems(name))


def _in_currency(asked: Asked, figure: Figure) -> bool:
    signs = [sign for root, sign in _CURRENCIES.items() if root in asked.text.lower()]
    return figure.kind != "money" or not signs or figure.unit in signs
