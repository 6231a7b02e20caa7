"""Where the article of a saved page begins, its headline, and the outlet the page names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.extract.clean import clean_line, key, n_words
from index.extract.header import outlet_name
from index.extract.interface import is_copyright
from index.extract.lines import Line

MAX_TITLE_WORDS = 30
MIN_TITLE_WORDS = 4
MIN_HEADLINE_WORDS = 6  # most headlines; a line of the menu seldom has as many
MAX_QUESTION_WORDS = 20
MAX_FIRST_TITLE_WORDS = 40
MIN_LONE_WORDS = 12  # of a text that is one paragraph without a full stop; a headline has fewer
TITLE_LINES = 24  # lines above the first paragraph among which the headline stands
LARGE_SHARE = 4  # a passage with a quarter of the words of the largest is a part of the article
HEADER_GAP = 3  # lines between byline and date line
MAX_GAP = 8  # lines without prose inside one article: captions, a share bar, an inset
MAX_LINES_ABOVE = 400  # lines of menus that may stand above the headline
_SENTENCE_END = re.compile(r"[.:;,…][\"'”’»)\]]*$")
_OWNER = re.compile(
    r"(?:(?:©|\(c\)|copyright)\s*){1,3}(?:\d{4}(?:\s*[-–]\s*\d{4})?,?\s*)?(?:by\s+)?(?P<name>[^.,"
    r"|©\d]{2,60})",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"^(?P<title>.{10,300}?)\s+(?:[|–—-]|::)\s+(?P<site>[^|]{2,60})$")


def body_start(lines: Sequence[Line]) -> int:
    """Return the number of the first paragraph of the article, or -1 where there is no prose.

    Prose is grouped into passages; notices above the menus and teasers below the article are
    small ones. The article begins with the first passage that is large beside the largest.
    """
    passages: list[list[int]] = []  # [first line, words]
    last = -MAX_GAP - 1
    for at, line in enumerate(lines):
        if line.kind == "prose":
            if at - last > MAX_GAP:
                passages.append([at, 0])
            passages[-1][1] += line.n_words
            last = at
    most = max((n_words for _, n_words in passages), default=0)
    large = (start for start, n_words in passages if n_words * LARGE_SHARE >= most)
    return next(large, -1)


def lone_paragraph(lines: Sequence[Line]) -> int:
    """Return the number of the longest line that may be a paragraph without a full stop, or -1."""
    at = max(range(len(lines)), key=lambda at: lines[at].n_words, default=-1)
    return at if at >= 0 and lines[at].n_words >= MIN_LONE_WORDS else -1


def first_line_title(lines: Sequence[Line]) -> int:
    """Return 0 where the first of several lines of a plain text is its headline, or -1.

    A headline ends without a full stop; those of few or many words are no menu's here, because
    a text without a page around it begins with its own first line.
    """
    first = lines[0]
    is_line = first.kind in ("short", "prose") and 2 <= first.n_words <= MAX_FIRST_TITLE_WORDS
    has_more = any(line.kind == "prose" for line in lines[1:])
    return 0 if is_line and has_more and not _SENTENCE_END.search(first.text) else -1


def find_headline(lines: Sequence[Line], start: int) -> int:
    """Return the number of the headline of the article that begins at ``start``, or -1."""
    at = _repeated_title(lines)
    return at if at >= 0 else _title_above(lines, start)


def _repeated_title(lines: Sequence[Line]) -> int:
    """Return the number of the line that an earlier "Headline - Outlet" repeats, or -1."""
    named: set[str] = set()
    for at, line in enumerate(lines[:MAX_LINES_ABOVE]):
        if line.kind in ("short", "prose") and key(line.text) in named:
            return at
        match = _SUFFIX.match(line.text)
        if match and n_words(match["title"]) >= MIN_TITLE_WORDS:
            named.add(key(match["title"]))
    return -1


def _title_above(lines: Sequence[Line], start: int) -> int:
    """Return the number of the headline's line, or -1.

    A question that begins the paragraphs themselves, or the line of some length closest above
    byline and date, or above the first paragraph where there is neither.
    """
    first = lines[start]
    if first.n_words <= MAX_QUESTION_WORDS and first.text.rstrip("'’\"”").endswith("?"):
        return start
    for fewest in (MIN_HEADLINE_WORDS, MIN_TITLE_WORDS):
        able = [
            at
            for at in range(max(0, start - TITLE_LINES), start)
            if lines[at].kind == "short"
            and fewest <= lines[at].n_words <= MAX_TITLE_WORDS
            and "://" not in lines[at].text
        ]
        anchor = start
        for at in range(start - 1, max(-1, start - TITLE_LINES), -1):
            near = anchor == start or anchor - at <= HEADER_GAP
            if lines[at].kind in ("byline", "date") and near and not _between(able, at, anchor):
                anchor = at
        if above := [at for at in able if at < anchor] or able:
            return _without_standfirst(lines, above)
    return -1


def _between(numbers: Sequence[int], low: int, high: int) -> bool:
    return any(low < number < high for number in numbers)


def _without_standfirst(lines: Sequence[Line], above: Sequence[int]) -> int:
    """Return the last of the lines, or the one above where that is a longer line's headline."""
    last = above[-1]
    if len(above) > 1 and last - above[-2] <= 2:
        upper = lines[above[-2]]
        contains = key(lines[last].text) in key(upper.text)  # a path such as "Home News Headline"
        if not contains and lines[last].n_words * 3 > upper.n_words * 4:
            return above[-2]
    return last


def copyright_owner(lines: Sequence[Line]) -> str:
    """Return the name in the copyright line, closest to the end of the page."""
    for line in reversed(lines):
        match = _OWNER.search(line.text) if is_copyright(line.text) else None
        if match:
            name = re.split(r"\ball rights\b", match["name"], flags=re.IGNORECASE)[0]
            return clean_line(re.sub(r",?\s+(?:Inc|Ltd|LLC|Limited|plc|GmbH)\b.*", "", name)).strip(
                " -–—"
            )
    return ""


def site_name(lines: Sequence[Line], title: str) -> str:
    """Return what follows the headline in the page's own title, as in "Headline - Outlet"."""
    for line in lines[:10]:
        match = _SUFFIX.match(line.text)
        if match and (key(match["title"]) == key(title) or outlet_name(match["site"])):
            return match["site"]
    return ""
