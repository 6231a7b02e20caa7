"""Words of a text: stems, names, and what carries meaning in a question. Pure functions.

Stems are Snowball's English ones (Porter2), close to what the full-text index uses. Knows
nothing of articles, retrieval or answers.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache

import snowballstemmer

from rag.aliases import alias_stems

_WORD = re.compile(
    r"\d+(?:[.,]\d+)*|(?<!\w)(?:[^\W\d_]\.){2,}|[^\W\d_]+(?:['’][^\W\d_]+)*"  # "U.S." is a word
)
_CAPITAL = r"[^\W\d_a-zß-öø-ÿ]"
_PART = rf"(?:(?:{_CAPITAL}\.){{2,}}|[a-z]?{_CAPITAL}\w*(?:[-'’.][^\W\d_]\w*)*)"  # U.S., iPhone
_NAME = re.compile(
    rf"(?<!\w){_PART}(?:\s+(?:(?:of|the|de|la|al|bin|von|van|der)\s+){{0,2}}{_PART})*"
)

STOP_WORDS = frozenset(
    "a about after all also am an and any are as at be because been before being between both but "
    "by can could did do does doing down during each else ever few for from further get got had "
    "has have having he her here hers him his how i if in into is it its itself just let like me "
    "may might more most much must my no nor not now of off on once one only or other our out "
    "over own per same "
    "she should so some such than that the their them then there these they this those through to "
    "too under until up upon us very was we were what when where whether which while who whom "
    "since whose why will with would you your yours s t d ll m re ve don didn isn".split()
)
NO_PERSON = frozenset(
    "ministry agency guard guardian press university city river state states republic party court "
    "council committee center centre office police army group bank airport region district "
    "street times post news media maps network union kremlin duma parliament house "
    "newspaper".split()
)  # a name that holds one is a body's or a place's
ASKING = frozenset(
    "name tell list give explain describe show say said says saying happen happened happening many "
    "long old often far article articles report reports reported reporting according mention "
    "mentioned news please find know someone somebody anyone thing things way kind".split()
)
"""Words that ask or report and carry no subject of their own."""
CALENDAR = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april june "
    "july august september october november december jan feb mar apr jun jul aug sep sept oct nov "
    "dec".split()
)
"""Days and months: capitalised in English, and no names. (May is left out: it is also a word.)"""

_N_OPENING = 4  # letters that words of one root share

_stemmer = snowballstemmer.stemmer("english")
_stemming = threading.Lock()  # one stemmer must not be used by two threads at once


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return the stem of one lower-case word; figures stay as they are."""
    with _stemming:
        return str(_stemmer.stemWord(word))


def stem_weights(weights: Mapping[str, float]) -> dict[str, float]:
    """Return word weights by stem."""
    return {stem(word): weight for word, weight in weights.items()}


def words(text: str) -> list[str]:
    """Return the lower-case words and figures of a text; possessive endings are dropped."""
    return [_lowered(each) for each in _WORD.findall(plain_signs(text))]


def _lowered(word: str) -> str:
    word = word.lower().replace("’", "'")
    if word[0].isdigit():
        word = word.replace(",", "").rstrip(".")
    elif word.endswith("."):
        word = word.replace(".", "")
    return word.removesuffix("'s").removesuffix("'")


@lru_cache(maxsize=65536)
def _stem_as_written(word: str) -> str:
    return stem(_lowered(word))


@lru_cache(maxsize=16384)
def stems(text: str) -> tuple[str, ...]:
    """Return the stem of every word, in order; kept for sentences that are read again."""
    return tuple(map(_stem_as_written, _WORD.findall(plain_signs(text))))


def content_words(text: str) -> list[str]:
    """Return the words that carry meaning, each once, in order."""
    kept = [w for w in words(text) if w not in STOP_WORDS and w not in ASKING]
    return list(dict.fromkeys(kept))


def names(text: str, *, in_question: bool = False) -> list[str]:
    """Return the proper names of a text: runs of capitalised words, each once, in order.

    A common word is none even where a capital opens the sentence. ``in_question``: a word that
    opens the text counts only if another name follows it or it stands there twice, because a
    question may open with any word ("Roughly how many").
    """
    found = []
    plain = plain_signs(text)
    for match in _NAME.finditer(plain):
        parts = match.group().split()
        opens = not plain[: match.start()].strip(' "“‘«([')
        if opens and in_question and len(parts) == 1 and plain.count(parts[0]) == 1:
            continue
        while parts and _is_common(parts[0]):
            parts = parts[1:]
        while parts and _is_common(parts[-1]):
            parts = parts[:-1]
        if parts:
            found.append(" ".join(parts).removesuffix("’s").removesuffix("'s"))
    return list(dict.fromkeys(found))


def asks(sentence: str) -> bool:
    """Tell whether a sentence is a question, or the quotation of one."""
    return sentence.rstrip(" \"'”’»)").endswith(("?", "？", "؟"))


def place(name: str, text: str) -> int:
    """Return where a name that ``names`` found in the text begins; the text's end if it does not.

    Its words may stand apart by any white space there, and signs may have been made plain.
    """
    found = re.search(r"\s+".join(map(re.escape, name.split())), plain_signs(text))
    return found.start() if found else len(text)


def same_root(a: str, b: str) -> bool:
    """Tell whether two stems name the same thing: Russia and Russian, Georgia and Georgians."""
    if a == b:
        return True
    if a[:_N_OPENING] != b[:_N_OPENING] or a[0].isdigit():
        return False
    shared = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), None)
    n = min(len(a), len(b)) if shared is None else shared
    return n >= _N_OPENING and n >= min(len(a), len(b)) - 1 and max(len(a), len(b)) - n <= 3


def holds(inside: Collection[str], word: str) -> bool:
    """Tell whether a stem, a near form or another name of it is among the stems of a text."""
    if word in inside:
        return True
    if not alias_stems(word).isdisjoint(inside):
        return True
    opening = word[:_N_OPENING]
    return any(other.startswith(opening) and same_root(word, other) for other in inside)


def holder(words: Iterable[str]) -> Callable[[str], frozenset[str]]:
    """Return what tells which of some stems a text holds, each as ``holds`` has it.

    Fast for many texts: only stems that open alike are compared, and each once.
    """
    by_alias: dict[str, set[str]] = {}
    by_opening: dict[str, list[str]] = {}
    for word in words:
        by_opening.setdefault(word[:_N_OPENING], []).append(word)
        for alias in alias_stems(word):
            by_alias.setdefault(alias, set()).add(word)
    known: dict[str, frozenset[str]] = {}

    def matched(other: str) -> frozenset[str]:
        alike = by_opening.get(other[:_N_OPENING], ())
        roots = [word for word in alike if same_root(word, other)]
        return frozenset(by_alias.get(other, ())).union(roots)

    def held(text: str) -> frozenset[str]:
        found: frozenset[str] = frozenset()
        for each in stems(text):
            if (match := known.get(each)) is None:
                match = known[each] = matched(each)
            if match:
                found |= match
        return found

    return held


def _is_common(word: str) -> bool:
    bare = word.lower().replace("’", "'").split("'")[0].replace(".", "")
    return bare in STOP_WORDS or bare in ASKING or bare in CALENDAR


def plain_signs(text: str) -> str:
    """Compose accents and turn typographic apostrophes into one form."""
    return unicodedata.normalize("NFC", text).replace("‘", "’").replace("'", "’")
