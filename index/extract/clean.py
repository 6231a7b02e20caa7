"""Text -> clean text: one space between words, one blank line between paragraphs, NFC.

Pure functions of strings. Cleaning clean text changes nothing.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable

# Zero-width characters, bidi controls, soft hyphens, variation and tag characters: invisible on
# the page, so a quote that holds them cannot be found by its reader, and they can hide words.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff]")
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_WORD = re.compile(r"\w+")
# Python refuses to read a number of over 4,300 digits; no character has more than seven.
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.IGNORECASE)


def clean_characters(text: str) -> str:
    """Return the text in NFC with plain line ends and without invisible characters."""
    text = _LINE_END.sub("\n", text)
    text = _CONTROL.sub("", _INVISIBLE.sub("", text))
    return unicodedata.normalize("NFC", text)


def clean_line(text: str) -> str:
    """Return the text on one line: clean characters, single spaces, no space at the ends."""
    return " ".join(clean_characters(text).split())


def without_entities(text: str) -> str:
    """Return the text with the characters that its HTML entities stand for."""
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)


def join_paragraphs(paragraphs: Iterable[str], title: str = "") -> str:
    """Return paragraphs as one clean text, without those that only repeat the title."""
    lines = (clean_line(paragraph) for paragraph in paragraphs)
    said = key(title)
    near = 2 * len(title) + 20  # only a line of about its length can repeat the title
    return "\n\n".join(
        line for line in lines if line and not (said and len(line) < near and key(line) == said)
    )


def key(text: str) -> str:
    """Return the words of a text in lower case: equal for two spellings of one headline."""
    return " ".join(_WORD.findall(text.casefold()))


def n_words(text: str) -> int:
    """Count words; punctuation alone is none."""
    return len(_WORD.findall(text))
