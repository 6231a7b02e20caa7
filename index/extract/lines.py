"""Lines of a text -> what each of them is: prose, caption, byline, date, list item, interface.

A line is judged by what it is (length, punctuation, list marks, words that belong to buttons),
never by the name of an outlet.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from index.dates import date_line, without_doubled_date
from index.extract.clean import clean_characters, clean_line, n_words
from index.extract.header import is_byline
from index.extract.interface import is_interface, opens_section

Kind = Literal["prose", "caption", "byline", "date", "short", "item", "interface", "section"]
"""``short`` has no sentence in it: a subheading, a teaser, a menu entry. ``item`` belongs to a
list of such. ``section`` opens a part of the page that is not the article ("Most read")."""

MIN_PROSE_WORDS = 6  # with a full stop; "Share this." is no sentence of an article
MIN_UNSTOPPED_PROSE_WORDS = 25  # without one; no menu entry or headline is that long
MIN_CAPTION_WORDS = 3
MAX_CAPTION_WORDS = 90
MAX_CREDIT_WORDS = 7  # "Photo: Ana Roe / Agency"; with more words it is a headline
LIST_RUN = 3  # consecutive short lines that make a list

_BULLET = re.compile(r"^[•·‣◦▪●○■□►▶*–-]\s+(?=\S)|^\d{1,2}[.)]?\s*$")
# An ellipsis ends no sentence here: teasers are cut with one.
_SENTENCE_END = re.compile(
    r"(?<!\.)[.!?:;][\"'”’»)\]]*$|[.!?…][\"'”’»)\]]+$"
    r"|[.!?…][\"'”’»)\]]*\s*(?:\([^()]{2,60}\)|\[[^\[\]]{2,60}\])$"
)
_CREDIT = re.compile(r"(?:\[[^\[\]]{2,120}\]|\([^()]{2,120}\))\.?$")
_CREDIT_LABEL = re.compile(
    r"^(?:photo|image|picture|photograph|video|credit)\s*(?:by\b|:|credit)", re.IGNORECASE
)
_CREDIT_WORDS = re.compile(
    r"/|\b(?:via|photo\w*|handout|images?|courtesy|credit|picture)\b|\b[A-Z]{2,5}\b|\bReuters\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank. ``indent`` counts leading spaces, list mark excluded."""

    text: str
    kind: Kind
    indent: int = 0
    bullet: bool = False

    @property
    def n_words(self) -> int:
        """Words in the line."""
        return n_words(self.text)


def classify(text: str) -> list[Line]:
    """Return the lines of a text that are not blank, each with its kind."""
    lines = [_line(raw) for raw in clean_characters(text).split("\n") if raw.strip()]
    return _mark_lists([line for line in lines if line.text])


def _line(raw: str) -> Line:
    raw = raw.expandtabs(4).replace("\u00a0", " ")
    body = raw.lstrip(" ")
    match = _BULLET.match(body)
    text = clean_line(body[match.end() :] if match else body)
    text = without_doubled_date(text)
    return Line(text, _kind(text), len(raw) - len(body), bool(match))


def _kind(text: str) -> Kind:
    words = n_words(text)
    if date_line(text):
        return "date"
    if is_byline(text):
        return "byline"
    if opens_section(text):
        return "section"
    if is_interface(text):
        return "interface"
    if _is_caption(text, words):
        return "caption"
    return "prose" if is_sentence(text) else "short"


def is_sentence(text: str) -> bool:
    """Tell whether a line reads as prose: a full sentence, or too long for a headline."""
    words = n_words(text)
    if words >= MIN_UNSTOPPED_PROSE_WORDS:
        return True
    if words >= MIN_PROSE_WORDS:
        return bool(_SENTENCE_END.search(text[-200:]))
    return words >= 2 and text.endswith((".", ".”", "!”", "?”", '."'))  # "He agreed."


def _is_caption(text: str, words: int) -> bool:
    if not MIN_CAPTION_WORDS <= words <= MAX_CAPTION_WORDS:
        return False
    if _CREDIT_LABEL.match(text) and words <= MAX_CREDIT_WORDS:
        return True
    match = _CREDIT.search(text[-130:])
    return bool(match and (match[0].startswith("[") or _CREDIT_WORDS.search(match[0])))


def _mark_lists(lines: list[Line]) -> list[Line]:
    """Turn bulleted lists, what is indented below them, and runs of short lines into items."""
    marked = list(lines)
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and (lines[end].bullet or (end > start and lines[end].indent > 0)):
            end += 1
        if end == start:
            start += 1
            continue
        above = lines[start - 1] if start else lines[start]
        introduced = above.kind == "prose" and not above.bullet and above.text.endswith(":")
        kind: Kind = "item"
        if introduced or _is_list_of_points(lines[start:end]):
            kind = "prose"
        marked[start:end] = [
            line if line.kind == "section" else replace(line, kind=kind)
            for line in lines[start:end]
        ]
        start = end
    return marked


def _is_list_of_points(run: list[Line]) -> bool:
    """Tell whether a bulleted list is part of an article: mostly sentences, nothing below."""
    n_sentences = sum(line.kind == "prose" and line.text.endswith((".", ".”")) for line in run)
    return 2 * n_sentences > len(run) and all(line.bullet for line in run)
