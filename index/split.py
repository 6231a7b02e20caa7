"""Clean text -> sentences -> chunks, with our own offsets. Pure functions, no model.

Every span satisfies ``text[start:end]`` exactly: offsets are computed while splitting and never
searched for afterwards, so repeated sentences keep their own places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from index.schema import Chunk, Sentence

SPLITTER_VERSION = "1"
"""Stored with every library: offsets made by another version are never mixed with these."""

MAX_SENTENCE = 600  # characters; a run without punctuation (a table) is cut at a space
MAX_QUOTED = 420  # characters; a quotation of several sentences stays whole up to here,
# because cutting it would part the words from the person who said them
MIN_SENTENCE = 25  # characters; "Finland and Norway do." says nothing without the one before it
LONGEST_WORD = 24  # characters; nothing that long is an abbreviation
MIN_OPENING = 12  # characters; "No?" at the start of a paragraph takes the next one along

_PARAGRAPH = re.compile(r"[^\n]+")
_TERMINATOR = re.compile(
    r"""(?<![.!?…])[.!?…]+[\]\)"'”’»]*(?=\s+["'“‘«\[\(]?[A-Z0-9À-ÖØ-ÞА-Я$€£])"""
)  # only where a run of dots begins: a leader of a million dots would else be read a million times
_LAST_WORD = re.compile(r"([^\s\"'“”‘’(\[]+)\.$")
_OPENERS = re.compile(r"[\s\"'“‘«\[\(]*([^\W\d_]+)")
_TITLES = frozenset(
    "mr mrs ms dr prof gen col lt sgt capt cpl cmdr maj adm sen rep gov pres rev hon st mt ft "
    "messrs supt insp".split()
)
_ABBREVIATIONS = frozenset(
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun no nos vs etc "
    "inc ltd co corp cf al approx dept est fig vol pp e.g i.e ca jr sr bros ave blvd rd".split()
)
_CREDIT = re.compile(r"\([^()]{3,80}\)|\[[^\[\]]{3,80}\]")  # who took the picture, after a caption
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATE_ONLY = re.compile(
    rf"(?:[a-z]+day,?\s*)?(?:\d{{1,2}}\s+{_MONTH}|{_MONTH}\s+\d{{1,2}})(?:,?\s*\d{{4}})?\s*[.:–—-]?",
    re.IGNORECASE,
)  # a date that heads what follows it in its paragraph: an entry of a chronology
_STARTERS = frozenset(
    "the a an it its he she they we i you this that these those in on at as but and so if when "
    "while after before since for from by with what who why how where there here his her their "
    "our my not no yes one some many most all both other another however meanwhile then now "
    "still also yet last next".split()
)


def sentences(text: str) -> tuple[Sentence, ...]:
    """Split clean text into sentences in order; they never overlap and skip only white space."""
    spans: list[tuple[int, int]] = []
    for paragraph in _PARAGRAPH.finditer(text):
        spans.extend(_split_paragraph(text, paragraph.start(), paragraph.end()))
    return tuple(Sentence(n, start, end) for n, (start, end) in enumerate(spans))


def chunks(article_id: str, text: str, parts: Sequence[Sentence], words: int) -> tuple[Chunk, ...]:
    """Group sentences into chunks of about ``words`` words, whole sentences only, no overlap.

    A chunk closes at the end of a paragraph once it holds two thirds of the aim, so that most
    chunks are whole paragraphs.
    """
    found: list[Chunk] = []
    first, size = 0, 0
    for i, sentence in enumerate(parts):
        size += len(text[sentence.start : sentence.end].split())
        last = i + 1 == len(parts)
        next_size = 0 if last else len(text[parts[i + 1].start : parts[i + 1].end].split())
        paragraph_ends = not last and "\n" in text[sentence.end : parts[i + 1].start]
        if last or size + next_size > words or (paragraph_ends and size >= words * 2 / 3):
            n = len(found)
            found.append(
                Chunk(
                    id=chunk_id(article_id, n),
                    article_id=article_id,
                    n=n,
                    start=parts[first].start,
                    end=sentence.end,
                    first=first,
                    last=i,
                )
            )
            first, size = i + 1, 0
    return tuple(found)


def chunk_id(article_id: str, n: int) -> str:
    """Return the id of an article's ``n``-th chunk."""
    return f"{article_id}:{n:04d}"


def _split_paragraph(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    cuts = [start]
    for match in _TERMINATOR.finditer(text, start, end):
        if not _is_abbreviation(text, match, cuts[-1], end):
            cuts.append(match.end())
    cuts.append(end)
    pieces = [_trim(text, a, b) for a, b in pairwise(cuts)]
    merged: list[tuple[int, int]] = []
    for piece in pieces:
        if piece[0] >= piece[1]:
            continue
        if merged and _belongs_to_previous(text, merged[-1], piece):
            merged[-1] = (merged[-1][0], piece[1])
        else:
            merged.append(piece)
    for piece in merged:
        yield from _cut_long(text, *piece)


def _belongs_to_previous(text: str, previous: tuple[int, int], piece: tuple[int, int]) -> bool:
    if piece[1] - previous[0] > MAX_QUOTED:
        return False
    if _quote_open(text[previous[0] : previous[1]]):
        return True
    if _CREDIT.fullmatch(text, *piece) or _DATE_ONLY.fullmatch(text, *previous):
        return True
    return piece[1] - piece[0] < MIN_SENTENCE or previous[1] - previous[0] < MIN_OPENING


def _quote_open(sentence: str) -> bool:
    """Tell whether a quotation that starts in this sentence is still open at its end."""
    curly = sentence.count("“") - sentence.count("”")
    return curly > 0 or sentence.count('"') % 2 == 1


def _is_abbreviation(text: str, match: re.Match[str], start: int, end: int) -> bool:
    if not match.group().startswith(".") or match.group() != ".":
        return False
    # A window and positions, not slices: the cost must not grow with the paragraph.
    near = max(start, match.start() - LONGEST_WORD)
    before = _LAST_WORD.search(text, near, match.start() + 1)
    following = _OPENERS.match(text, match.end(), end)
    if before is None:
        return False
    word = before.group(1).lower()
    if word in _TITLES:
        return True
    if following is None:  # a number or currency follows: "No. 5", "Sept. 21"
        return word in _ABBREVIATIONS
    sentence_starts = following.group(1).lower() in _STARTERS
    if len(word) == 1 and word.isalpha():  # an initial, as in "John F. Kennedy"
        return not sentence_starts
    if "." in word and re.fullmatch(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}", word):  # U.S, a.m, Ph.D
        return not sentence_starts
    return word in _ABBREVIATIONS and not sentence_starts


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _cut_long(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > MAX_SENTENCE:
        space = text.rfind(" ", start + 1, start + MAX_SENTENCE)
        cut = space if space > start else start + MAX_SENTENCE
        yield _trim(text, start, cut)
        start, _ = _trim(text, cut, end)
    if start < end:
        yield start, end
