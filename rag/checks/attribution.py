"""Attribution: what somebody said stays theirs; it becomes neither plain fact nor another's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.checks.name import short_forms
from rag.checks.overlap import without_figures
from rag.checks.source import Flaw, Source
from rag.figures import figures
from rag.terms import CALENDAR, content_words, holds, stem

_TOLD = r"(?:said|says|told|tells|added|adds|announced|announces|reported|reports|stated|states)"
_DOUBTED = (
    r"(?:claim(?:s|ed)?|alleg(?:e|es|ed)|accus(?:e|es|ed)|believ(?:e|es|ed)|insist(?:s|ed)?"
    r"|argu(?:e|es|ed)|warn(?:s|ed)?|thinks?|thought|suggest(?:s|ed)?|predict(?:s|ed)?"
    r"|fear(?:s|ed)?|den(?:y|ies|ied)|maintain(?:s|ed)?|suspect(?:s|ed)?|estimat(?:e|es|ed)"
    r"|expects?|rumou?red|reportedly|allegedly|purported(?:ly)?)"
)
_SPEECH = re.compile(rf"\b(?:{_TOLD}|{_DOUBTED}|according to|in the words of|quoted)\b", re.I)
_DOUBT = re.compile(rf"\b{_DOUBTED}\b", re.I)
_ACCORDING = re.compile(r"\baccording to ((?:the |an? )?[^,.;:“”\"\n]{2,70})", re.I)
_BEFORE = re.compile(
    rf"([^.;:!?“”\"\n]{{2,90}}?)\s+(?:has |have |had |also |later |then |now )*"
    rf"(?:{_TOLD}|{_DOUBTED})\b",
    re.I,
)
_VERB = r"(?:is|are|was|were|be|has|have|had|will|would|can|could|may|might|must|did|\w+ed)"
_AFTER = re.compile(
    rf"[”\"’',]\s*(?:{_TOLD}|{_DOUBTED})\s+(?![^,.;:“”\"\n]*\b{_VERB}\b)"
    r"((?:the |an? )?[A-Z][^,.;:“”\"\n]{1,60}|the [^,.;:“”\"\n]{2,40})"
)  # "…, said the mayor"; with a verb behind it, "the dam was old" is what was said
_PRONOUNS = re.compile(r"\b(?:he|she|they|it|who|which|I|we)\s*(?:also|later|then)?\s*$", re.I)
_OF_A_NATION = re.compile(
    r"\b(?:[A-ZÀ-Þ][a-zß-ÿ]+(?:[aei]an|ish|ese|nch|i)|Afghan|Czech|Dutch|German|Greek|Swiss|Thai)\b"
)
_SIMPLE = frozenset("time year day week month people".split())
_MIN_WORDS = 3  # words of weight in a clause before it can be a statement of its own


def attribution_flaw(draft: str, source: Source) -> Flaw | None:
    """Return an attribution that the draft drops, or whose speaker it changes.

    Dropping who reported something says more than the source; dropping who claims, warns or
    alleges it makes an opinion a fact.
    """
    if not _SPEECH.search(source.text):
        return _unsaid(draft, source)
    if not _SPEECH.search(draft):
        return _dropped(draft, source)
    drafted, given = list(speakers(draft)), list(speakers(source.text))
    if not drafted or not given:
        return None
    everyone = frozenset().union(*given)
    short = {letters.lower() for letters in short_forms(source)}
    nations = _nations(source.text) & everyone
    for speaker in drafted:
        known = any(word in short or holds(everyone, word) for word in speaker)
        own = _nations(draft) & speaker
        if own and nations and not any(holds(nations, word) for word in own):
            known = False  # a Swedish guard is no Danish guard
        if not known and not _is_outlet(speaker, source):
            return Flaw("The cited sentence does not say this of that speaker.")
    return None


def speakers(text: str) -> Iterator[frozenset[str]]:
    """Yield the stems of whoever is said to speak, once for each time; pronouns are left out."""
    for match in _ACCORDING.finditer(text):
        yield from _stems(match[1])
    for match in _AFTER.finditer(text):
        yield from _stems(match[1])
    for introduced in _introduced(text):
        yield from _stems(introduced)


def _introduced(text: str) -> Iterator[str]:
    """Yield what stands before a speech verb of whoever speaks: "Ann Holm, the mayor"."""
    turned = [match.span() for match in _AFTER.finditer(text)]  # "…, said the mayor"
    for match in _BEFORE.finditer(text):
        is_turned = any(start < match.end() <= end for start, end in turned)
        if not is_turned and not _PRONOUNS.search(match[1]):
            yield _subject(match[1])


def _nations(text: str) -> frozenset[str]:
    """Return the stems of the words of a text that say of which nation somebody is."""
    return frozenset(stem(match.group().lower()) for match in _OF_A_NATION.finditer(text))


def _subject(before: str) -> str:
    """Return what stands before a speech verb back to the clause's start.

    "…, Ann Holm, the mayor, said": an apposition between two commas belongs to it.
    """
    parts = before.split(",")
    last = parts[-1].strip()
    if not last and len(parts) >= 3:
        return ",".join(parts[-3:])
    return last or ",".join(parts[-2:])


def _stems(phrase: str) -> Iterator[frozenset[str]]:
    found = frozenset(
        stem(w) for w in content_words(phrase) if w not in CALENDAR and w not in _SIMPLE
    )
    if found:
        yield found


def _unsaid(draft: str, source: Source) -> Flaw | None:
    """Find a speaker in the draft of what the source tells as its own, unless it is the outlet."""
    for speaker in speakers(draft):
        if not any(holds(source.known, word) for word in speaker):
            return Flaw("The cited sentence does not say who said this.")
    return None


def _dropped(draft: str, source: Source) -> Flaw | None:
    """Judge a draft without speaker: it may retell what the source says outside the speech."""
    outside = {stem(w) for clause in _own_clauses(source.text) for w in content_words(clause)}
    wanted = [stem(w) for w in content_words(draft)]
    if wanted and sum(holds(outside, w) for w in wanted) >= 0.8 * len(wanted):
        return None
    if any(_is_told_by(introduced, draft) for introduced in _introduced(source.text)):
        return None
    if _DOUBT.search(source.text):
        return Flaw("The cited sentence says who claims this; the draft tells it as fact.")
    return Flaw("The cited sentence says who said this; the draft does not.", "partly")


def _is_told_by(introduced: str, draft: str) -> bool:
    """Tell whether all of a draft is how a speaker is introduced: "Ann Holm, a 29-year-old"."""
    inside = {stem(w) for w in content_words(introduced)}
    wanted = [*content_words(without_figures(draft)), *CALENDAR & set(content_words(draft))]
    told = {figure.value for figure in figures(introduced)}
    return all(holds(inside, stem(w)) for w in wanted) and told >= {
        figure.value for figure in figures(draft)
    }


def _own_clauses(text: str) -> Iterator[str]:
    """Yield the sentences that hold no speech verb and no quotation: the article's own words."""
    for sentence in re.split(r"(?<=[.!?])\s+|\n", text):
        if not _SPEECH.search(sentence) and not re.search(r"[“\"]", sentence):
            yield sentence


def _is_outlet(speaker: frozenset[str], source: Source) -> bool:
    """Tell whether the draft names the outlet, or someone whom only the headline names."""
    around = source.known - source.stems
    return bool(speaker) and all(holds(around, word) for word in speaker)
