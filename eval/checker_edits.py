"""Small edits that make a true sentence false, and rewordings that keep it true.

An edit is a set of replacements, so that the same one can be made in the evidence and in the
claim: edited on one side the pair is false, edited on both it is true again. A model that learns
from all four cannot judge a claim by its wording alone (Schuster et al. 2019, arXiv 1908.05267).
Knows nothing of models or files.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from rag.terms import names

WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = (
    "January February March April May June July August September October November December".split()
)
SMALL = "two three four five six seven eight nine ten eleven twelve twenty thirty".split()
DIGITS = dict(zip(SMALL, "2 3 4 5 6 7 8 9 10 11 12 20 30".split(), strict=True))
OPPOSITES = tuple(
    (a, b)
    for line in """
    more/less more/fewer most/least highest/lowest higher/lower largest/smallest larger/smaller
    rose/fell rise/fall rising/falling rises/falls risen/fallen increase/decrease
    increased/decreased increases/decreases increasing/decreasing gained/lost gain/lose gains/losses
    won/lost win/lose winning/losing winner/loser first/last before/after early/late earlier/later
    above/below over/under inside/outside north/south east/west northern/southern eastern/western
    accepted/rejected accept/reject approved/rejected approve/reject agreed/refused agree/refuse
    allowed/banned allow/ban supported/opposed support/oppose supports/opposes admitted/denied
    opened/closed open/closed began/ended begin/end beginning/end started/stopped start/stop
    arrived/left arrive/leave entered/left enter/leave joined/left hired/fired bought/sold buy/sell
    old/new young/old rich/poor strong/weak stronger/weaker good/bad better/worse best/worst
    success/failure succeeded/failed succeed/fail always/never all/none everyone/nobody
    man/woman men/women boy/girl boys/girls father/mother son/daughter brother/sister
    husband/wife king/queen his/her war/peace friend/enemy friends/enemies ally/enemy
    public/private domestic/foreign major/minor guilty/innocent legal/illegal safe/dangerous
    alive/dead survived/died survive/die injured/unhurt hot/cold wet/dry full/empty heavy/light
    fast/slow faster/slower easy/difficult possible/impossible likely/unlikely able/unable
    known/unknown happy/unhappy long/short wide/narrow deep/shallow same/different
    remember/forget remembered/forgot praised/criticised praise/criticise created/destroyed
    create/destroy built/demolished raised/cut raise/cut strengthened/weakened
    expand/reduce expanded/reduced return/leave returned/left freed/jailed released/detained
    attack/defend attacked/defended up/down right/left top/bottom majority/minority hope/fear
    optimistic/pessimistic present/absent together/alone minimum/maximum buyer/seller
    employer/employee teacher/student doctor/patient victory/defeat profit/loss surplus/deficit
    """.split()
    for a, b in [line.split("/")]
)
SYNONYMS = tuple(
    (a.replace("_", " "), b.replace("_", " "))
    for line in """
    big/large begin/start began/started about/around nearly/almost buy/purchase help/assist
    show/demonstrate children/kids many/numerous important/significant also/too need/require
    needs/requires people/persons said/stated get/obtain end/finish job/position country/nation
    countries/nations because/since keep/retain made/produced build/construct built/constructed
    per_cent/percent percent/% million_dollars/million quickly/rapidly answer/reply near/close_to
    killed/left_dead more_than/over less_than/under at_least/no_fewer_than home/house
    gave/provided give/provide huge/enormous small/little happened/occurred try/attempt
    tried/attempted whole/entire maybe/perhaps sick/ill car/automobile woman/lady man/guy
    shut/closed street/road photo/picture wants/would_like several/some injured/hurt ended/finished
    """.split()
    for a, b in [line.split("/")]
)
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|has|have|had|will|would|can|could|should|must|did|does|do)\b(?! not|n't)"
)
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:,\d{3})*(?:\.\d+)?(?![\w])")
_YEAR = re.compile(r"(?<![\w.,$])(?:1[5-9]|20)\d\d(?![\w,])")

Replacements = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What words are put in: names of other texts, and WordNet's antonyms and sister words."""

    names: Sequence[str] = ()
    opposites: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sisters: Mapping[str, Sequence[str]] = field(default_factory=dict)


def replaced(text: str, changes: Replacements) -> str:
    """Make all changes at once, so that two names can change places; whole words only."""
    table = dict(changes)
    longest_first = sorted(table, key=len, reverse=True)
    pattern = r"(?<!\w)(?:" + "|".join(re.escape(old) for old in longest_first) + r")(?!\w)"
    return re.sub(pattern, lambda match: table[match.group()], text)


def propose(text: str, lexicon: Lexicon, rng: random.Random) -> Replacements | None:
    """Return an edit that makes the text false, or None where no kind of edit fits."""
    kinds = list(_KINDS)
    rng.shuffle(kinds)
    for kind in kinds:
        if changes := kind(text, lexicon, rng):
            return changes
    return None


def reworded(text: str, rng: random.Random) -> str:
    """Return the text with up to three words put in other words of the same meaning."""
    pairs = [(a, b) for pair in SYNONYMS for a, b in (pair, pair[::-1])]
    pairs += [(word, digit) for word, digit in DIGITS.items()]
    found = [pair for pair in pairs if re.search(rf"(?<!\w){re.escape(pair[0])}(?!\w)", text)]
    rng.shuffle(found)
    text = re.sub(r"(\d+),000,000\b", r"\1 million", text) if rng.random() < 0.7 else text
    return replaced(text, tuple(dict(found[: rng.randint(1, 3)]).items())) if found else text


def shortened(text: str, rng: random.Random) -> str:
    """Return the text without something that can be left out, where there is such a thing."""
    cuts = (
        r"^(?:And|But|So|Also|Yet|Then|Indeed|Thus|Moreover|Finally|However),? ",
        r", (?:which|who|whose|where|while|although|because|but|and) [^,;]{10,}(?=[.!?]$)",
        r"; [^;]{10,}(?=[.!?]$)",
        r"^(?:In|On|At|Since|During|After|For|By|With) [^,]{3,40}, ",
        r" \([^)]*\)",
        r"(?<=\w), [^,]{3,40},(?= (?:is|was|has|had|will|said|are|were)\b)",
    )
    for cut in rng.sample(cuts, len(cuts)):
        kept = re.sub(cut, "", text, count=1)
        if kept != text and len(kept.split()) >= 5:
            return kept[0].upper() + kept[1:]
    return text


def _figure(text: str, _: Lexicon, rng: random.Random) -> Replacements | None:
    found = [m.group() for m in _NUMBER.finditer(text) if not _YEAR.fullmatch(m.group())]
    if not found:
        return _swap_of(text, SMALL, rng)
    old = rng.choice(found)
    value = float(old.replace(",", ""))
    factors = (0.1, 0.5, 0.7, 0.9, 1.1, 1.5, 2, 3, 10)
    new = value * rng.choice(factors) if value > 20 else value + rng.choice((1, 2, 3, 5))
    written = f"{new:,.1f}" if "." in old else f"{max(1, round(new)):,}"
    return ((old, written),) if written != old else None


def _date(text: str, _: Lexicon, rng: random.Random) -> Replacements | None:
    if years := _YEAR.findall(text):
        old = rng.choice(years)
        return ((old, str(int(old) + rng.choice((-20, -10, -3, -2, -1, 1, 2, 3, 10)))),)
    return _swap_of(text, WEEKDAYS, rng) or _swap_of(text, MONTHS, rng)


def _bound(text: str, _: Lexicon, rng: random.Random) -> Replacements | None:
    turns: tuple[str, ...] = (
        "more than/less than",
        "at least/at most",
        "over/under",
        "million/billion",
    )
    turns = (*turns, "thousand/million", "up to/more than", "hundreds/thousands", "days/weeks")
    turns = (*turns, "weeks/months", "months/years", "hours/days", "percent/million", "half/third")
    return _turn([tuple(t.split("/")) for t in turns], text, rng)


def _name(text: str, lexicon: Lexicon, rng: random.Random) -> Replacements | None:
    found = names(text)
    if not found or not lexicon.names:
        return None
    old = rng.choice(found)
    like = [n for n in rng.sample(lexicon.names, min(60, len(lexicon.names)))]
    same = [n for n in like if len(n.split()) == len(old.split()) and n not in text]
    return ((old, same[0]),) if same else None


def _roles(text: str, _: Lexicon, rng: random.Random) -> Replacements | None:
    found = [n for n in names(text) if text.count(n) == 1]
    if len(found) < 2:
        return None
    one, other = rng.sample(found, 2)
    if one in other or other in one:
        return None
    return ((one, other), (other, one))


def _opposite(text: str, lexicon: Lexicon, rng: random.Random) -> Replacements | None:
    if changes := _turn(OPPOSITES, text, rng):
        return changes
    found = [w for w in re.findall(r"[a-z]{3,}", text) if w in lexicon.opposites]
    return _put(found, lexicon.opposites, rng)


def _sister(text: str, lexicon: Lexicon, rng: random.Random) -> Replacements | None:
    return _put(
        [w for w in re.findall(r"[a-z]{4,}", text) if w in lexicon.sisters], lexicon.sisters, rng
    )


def _negation(text: str, _: Lexicon, rng: random.Random) -> Replacements | None:
    if match := re.search(r"\b(\w+) not\b", text):
        return ((match.group(), match[1]),)
    found = [m[1] for m in _AUXILIARY.finditer(text) if text.count(f" {m[1]} ") == 1]
    if not found:
        return None
    word = rng.choice(found)
    return ((word, f"{word} not"),)


def _swap_of(text: str, group: Sequence[str], rng: random.Random) -> Replacements | None:
    present = [w for w in group if re.search(rf"\b{w}\b", text)]
    if not present:
        return None
    return ((rng.choice(present), rng.choice([w for w in group if w not in present])),)


def _turn(pairs: Sequence[tuple[str, ...]], text: str, rng: random.Random) -> Replacements | None:
    both = [(a, b) for pair in pairs for a, b in (pair, pair[::-1])]
    found = [(a, b) for a, b in both if re.search(rf"\b{a}\b", text) and b not in text]
    return (rng.choice(found),) if found else None


def _put(
    found: Sequence[str], table: Mapping[str, Sequence[str]], rng: random.Random
) -> Replacements | None:
    if not found:
        return None
    old = rng.choice(found)
    return ((old, rng.choice(table[old])),)


_KINDS: tuple[Callable[[str, Lexicon, random.Random], Replacements | None], ...] = (
    _figure,
    _date,
    _bound,
    _name,
    _roles,
    _opposite,
    _sister,
    _negation,
)
