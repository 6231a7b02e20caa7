"""Text matching for marks: what counts as the same words, and where a quote stands in a text.

Case, kinds of quotation marks and dashes, thin spaces and thousands separators are matters of
house style, so they never decide whether an answer is right. Pure; knows nothing of questions.
"""

from __future__ import annotations

import re
import unicodedata

Span = tuple[int, int]
"""Character offsets into a text: start, end, the end exclusive."""

_SAME = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        # Invisible: zero-width characters, the soft hyphen and the byte order mark.
        **dict.fromkeys("\u200b\u200c\u200d\u2060\u00ad\ufeff", None),
    }
)
# A plain space is no separator here: "on September 28 300 men" is not 28,300 men.
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:[,'’\u00a0\u2009\u202f]\d{3})+(?!\d)")
_MARKER = re.compile(r"\s*\[\d{1,3}\]")


def without_markers(answer: str) -> str:
    """Return an answer without its citation markers: "[3]" must not count as the figure 3."""
    return _MARKER.sub("", answer)


def markers(answer: str) -> tuple[int, ...]:
    """Return the numbers of the citation markers in an answer, in order, repeats kept."""
    return tuple(int(found.strip()[1:-1]) for found in _MARKER.findall(answer))


def normalise(text: str) -> str:
    """Return a text in the form in which two ways of writing the same words are equal."""
    text = _THOUSANDS.sub(lambda m: re.sub(r"\D", "", m[0]), text)
    text = unicodedata.normalize("NFKC", text.translate(_SAME)).translate(_SAME)
    return " ".join(text.casefold().split())


def contains(text: str, words: str) -> bool:
    """Return whether ``words`` stand in ``text``, both normalised.

    Words match from the start of a word but may go on, so a stem like "zaporizh" can be an
    alternative. Figures match whole: "3,000" does not stand in "53,000", nor "5 km" in "1.5 km".
    """
    needle = normalise(words)
    if not needle:
        return False
    before, after = "", ""
    if needle[0].isdigit():
        before = r"(?<!\d)(?<!\d[.,])"
    elif needle[0].isalpha():
        before = r"(?<!\w)"
    if needle[-1].isdigit():
        after = r"(?!\d)(?![.,]\d)"
    return re.search(before + re.escape(needle) + after, normalise(text)) is not None


def _folded(text: str) -> tuple[str, list[int]]:
    """Return the text with house style folded, and for each of its characters where it was."""
    folded: list[str] = []
    origin: list[int] = []
    for at, char in enumerate(text):
        for same in unicodedata.normalize("NFKC", char.translate(_SAME)).casefold():
            if same.isspace():
                if not folded or folded[-1] == " ":
                    continue
                same = " "
            folded.append(same)
            origin.append(at)
    return "".join(folded), origin


def locate(quote: str, text: str) -> tuple[Span, ...]:
    """Return every place where a quote stands in a text, as offsets into ``text``.

    White space, case, quotation marks and dashes may differ; nothing else may.
    """
    needle = _folded(quote)[0].strip()
    if not needle:
        return ()
    hay, origin = _folded(text)
    spans: list[Span] = []
    at = hay.find(needle)
    while at >= 0:
        spans.append((origin[at], origin[at + len(needle) - 1] + 1))
        at = hay.find(needle, at + 1)
    return tuple(spans)


def overlap(one: Span, other: Span) -> bool:
    """Return whether two spans share at least one character."""
    return max(one[0], other[0]) < min(one[1], other[1])
