"""The article's own lines in a page saved as text: what stays, and where insets begin and end."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from index.extract.interface import is_copyright
from index.extract.lines import LIST_RUN, Line

MIN_STANDFIRST_WORDS = 8  # a line this long below the headline sums up the article
MIN_CAPTION_WORDS = 4  # of a line without a full stop above a caption: what the picture shows
MIN_TEASERS = 3  # in a row make a list of them
MAX_SUMMARY_WORDS = 30  # below a teaser's headline
MAX_INSET_LINES = 3  # from its heading to the paragraph after it
MIN_LONE_WORDS = 12  # of a paragraph between two insets
MIN_RESUMED_WORDS = 20  # in two paragraphs or more, where an article goes on after an inset
RESUMING_LINES = 40  # lines looked at to tell whether an article goes on


def article_lines(lines: Sequence[Line]) -> list[Line]:
    """Return the article's own lines out of what follows the headline of a saved page."""
    kept: list[Line] = []
    runs = _short_runs(lines)
    inside = True
    has_begun = False
    section_at = 0
    for at, line in enumerate(lines):
        if line.kind == "section":
            inside, section_at = False, at
        elif not inside:
            is_inset = at - section_at <= MAX_INSET_LINES
            inside = _resumes(lines[at : at + RESUMING_LINES], is_inset=is_inset)
        if not inside:
            continue
        around = lines[max(0, at - 1) : at + 3]
        if _belongs(line, around, runs[at], has_begun=has_begun):
            kept.append(line)
            has_begun = has_begun or line.kind == "prose"
    return _without_tail(kept)


def _without_tail(lines: list[Line]) -> list[Line]:
    """Return the lines without what trails an article: lone short lines and teasers.

    Teasers are a headline and one sentence, again and again; in an article a subheading stands
    above more than that.
    """
    end = len(lines)
    while end and lines[end - 1].kind == "short":
        end -= 1
    start, n_teasers = end, 0
    while start >= 2 and _is_teaser(lines[start - 2], lines[start - 1]):
        start -= 2
        n_teasers += 1
        while start and lines[start - 1].kind == "short":
            start -= 1
    return lines[:start] if n_teasers >= MIN_TEASERS else lines[:end]


def _is_teaser(headline: Line, summary: Line) -> bool:
    is_short = summary.kind == "prose" and summary.n_words <= MAX_SUMMARY_WORDS
    return headline.kind == "short" and headline.n_words >= 2 and is_short


def _short_runs(lines: Sequence[Line]) -> list[int]:
    """Return, for each line, how many consecutive lines around it have no sentence."""
    runs = [0] * len(lines)
    visible = [at for at, line in enumerate(lines) if line.kind != "interface"]
    for is_short, group in groupby(visible, key=lambda at: lines[at].kind in ("short", "item")):
        numbers = list(group)
        for at in numbers if is_short else ():
            runs[at] = len(numbers)
    return runs


def _belongs(line: Line, around: Sequence[Line], run: int, *, has_begun: bool) -> bool:
    """Tell whether a line outside any foreign section is the article's own.

    Args:
        line: the line; ``around`` holds it, the one before and two after it.
        around: its neighbours.
        run: how many lines without a sentence it stands among, itself included.
        has_begun: whether a paragraph of the article came before.
    """
    if line.kind in ("prose", "caption", "byline"):
        return True
    if line.kind == "date":
        return not has_begun or any(near.kind == "byline" for near in around)
    if line.kind != "short" or run >= LIST_RUN:
        return False
    if not has_begun:
        return line.n_words >= MIN_STANDFIRST_WORDS or _is_name_by_date(line, around)
    after = [near.kind for near in around[around.index(line) + 1 :] if near.kind != "interface"]
    if not after or after[0] not in ("prose", "caption", "short"):
        return False
    return line.n_words >= MIN_CAPTION_WORDS or after[0] == "prose"


def _is_name_by_date(line: Line, around: Sequence[Line]) -> bool:
    words = line.text.split()
    is_dated = any(near.kind == "date" for near in around)
    return is_dated and 2 <= len(words) <= 4 and all(word[0].isupper() for word in words)


def _resumes(lines: Sequence[Line], *, is_inset: bool) -> bool:
    """Tell whether the article goes on here after an inset such as "Related".

    It does where paragraphs follow one another, or where one stands between two insets; the
    summary below a teaser stands alone, and prose right above the copyright line is the
    footer's.
    """
    block: list[Line] = []
    rest: Sequence[Line] = ()
    for at, line in enumerate(lines):
        if line.kind not in ("prose", "caption", "interface"):
            rest = lines[at:]
            break
        block.append(line)
    if any(is_copyright(line.text) for line in [*block, *rest[:4]]):
        return False
    prose = [line.n_words for line in block if line.kind == "prose"]
    if lines[0].kind != "prose":
        return False
    if len(prose) == 1:
        return is_inset and prose[0] >= MIN_LONE_WORDS and bool(rest) and rest[0].kind == "section"
    return sum(prose) >= MIN_RESUMED_WORDS
