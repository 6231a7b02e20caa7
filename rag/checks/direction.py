"""Direction and comparison: rose or fell, entered or left, before or after, more or less."""

from __future__ import annotations

from collections.abc import Iterator

from rag.checks.source import Flaw, Source
from rag.checks.verbs import root
from rag.terms import stem, words

_PAIRS = tuple(
    tuple(side.split("|") for side in line.split("/"))
    for line in """
    rise|climb|increase|grow|gain|jump|soar|surge/fall|drop|decline|decrease|shrink|sink|plunge
    enter|arrive|reach/leave|flee|depart win/lose buy/sell hire|appoint/fire|dismiss|sack
    open|reopen/close|shut begin|start|launch/end|finish|stop
    accept|approve|adopt|pass/reject|refuse
    support|back|favour/oppose allow|permit|legalise/ban|forbid|prohibit|bar admit|confirm/deny
    raise|lift/cut|lower|reduce|slash strengthen/weaken survive/die|drown acquit|clear/convict
    release|free/jail|detain|arrest|imprison create|build|erect/destroy|demolish join/quit
    expand|widen/contract|narrow praise|welcome/criticise|criticize|condemn|denounce
    lend/borrow import/export send/receive succeed/fail remember/forget push/pull upgrade/downgrade
    higher/lower larger|bigger/smaller older/younger longer/shorter stronger/weaker faster/slower
    earlier/later richer/poorer warmer|hotter/colder|cooler better/worse more/less|fewer most/least
    highest/lowest largest|biggest/smallest oldest/youngest longest/shortest best/worst
    before/after above/below inside/outside north|northern/south|southern east|eastern/west|western
    increase/decrease victory/defeat profit/loss surplus/deficit majority/minority success/failure
    ahead/behind ascent/descent optimistic/pessimistic guilty/innocent legal/illegal safe/unsafe
    alive/dead former/current husband/wife son/daughter brother/sister father/mother
    """.split()
)
_COMPARING = frozenset(stem(w) for w in "more less fewer most least before after".split())


def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for sides in _PAIRS:
        one, other = ([root(w) for w in side] for side in sides)
        for a in one:
            found.setdefault(a, set()).update(other)
        for b in other:
            found.setdefault(b, set()).update(one)
    return {word: frozenset(against) for word, against in found.items()}


OPPOSITES = _opposites()


def direction_flaw(draft: str, source: Source) -> Flaw | None:
    """Return a word of the draft whose opposite stands in the source in its place."""
    there = [root(w) for w in words(source.text)]
    around = {root(w) for w in words(source.around)}
    here = {root(w): w for w in words(draft)}
    for said, written in here.items():
        if said in there or said in around or any(s in there for s in same_side(said)):
            continue
        for against in OPPOSITES.get(said, ()):
            if (
                against in there
                and against not in here
                and _in_its_place(against, said, there, here)
            ):
                return Flaw(f"The cited sentence says the opposite of “{written}”.")
    return None


def same_side(word: str) -> Iterator[str]:
    """Yield the roots that stand against the same ones as this one: "climb" beside "rise"."""
    for other in OPPOSITES.get(word, ()):
        yield from (w for w in OPPOSITES[other] if w != word)


def forms(word: str) -> set[str]:
    """Return the roots that may stand for a word: its own, and those of its own direction."""
    own = root(word)
    return {own, *same_side(own)}


def _in_its_place(against: str, said: str, there: list[str], here: dict[str, str]) -> bool:
    """Tell whether the opposite has a neighbour in the source that the draft's word has too.

    A common comparing word needs one right beside it: "more" of one thing and "less" of another
    are no contradiction.
    """
    reach = 3 if said in _COMPARING else 12
    order = list(here)
    at = order.index(said)
    beside = set(order[max(0, at - reach) : at + reach + 1]) - {said}
    for i, word in enumerate(there):
        if word == against and beside & set(there[max(0, i - reach) : i + reach + 1]):
            return True
    return False
