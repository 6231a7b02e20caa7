"""Lines as they stand on pages -> paragraphs in reading order, with the pages they run over.

Pure geometry and typography: knows nothing of PDF. Coordinates are in points,
upwards from the lower left corner of a page.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import quantiles

from index.dates import date_line
from index.extract.header import is_byline
from index.extract.hyphens import Words

SAME_SIZE = 0.12  # share by which the sizes of lines of one paragraph may differ
SAME_BASE = 0.4  # times the size, by which the baselines of one row may differ
WIDE_LEADING = 1.35  # times the usual distance of two lines: the gap between two paragraphs
MAX_LEADING = 3.0  # times the size; what stands further below belongs to another block
INDENT = 0.6  # times the size by which the first line of a paragraph stands in, at least
MAX_INDENT = 5.0
SHORT_LINE = 0.6  # of the column's width; a line that ends before that ends its paragraph
CELL_GAP = 3.0  # times the size; no line is justified by wider spaces, so it parts cells
MIN_INITIAL = 1.7  # times the size of the text that a large first letter belongs to
COLUMN_WORDS = 3  # in a line of a column on average, at least; a table's cells have fewer
MIN_SIDE_BY_SIDE = 3  # lines beside others, before a page is taken for columns drawn row by row
MAX_SORTED_LINES = 1500  # on a page; sorting columns takes the square of that
GUTTER = 0.7  # times the size; a strip of that width without text parts two columns
HEAD_LINES = 12  # on the first page, among which byline and date line stand
_STOPPED = re.compile(r"[.!?:…][\"'”’»)\]]*$")


@dataclass(frozen=True, slots=True)
class Line:
    """A run of text on one baseline. ``page`` counts from 0."""

    text: str
    page: int
    left: float
    right: float
    base: float
    size: float
    is_row: bool = False  # cells of a table, joined


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Joined lines. ``starts`` are (page, offset in ``text``) of each page that it stands on."""

    text: str
    size: float  # points, of its first line
    starts: tuple[tuple[int, int], ...]


def paragraphs(pages: Sequence[Sequence[Line]]) -> list[Paragraph]:
    """Return the paragraphs of pages in reading order; one that goes on over a break is joined."""
    lines = [line for page in pages for line in _rows(_reading_order(page))]
    words = Words(line.text for line in lines)
    leading = _usual_leading(lines)
    found: list[list[Line]] = []
    for block in _blocks(lines):
        for at, group in enumerate(_split(block, leading)):
            if at == 0 and found and _goes_on(found[-1], group[0]):
                found[-1] += group
            else:
                found.append(group)
    return [_joined(group, words) for group in found]


def _reading_order(lines: Sequence[Line]) -> list[Line]:
    """Return the lines of a page with columns one after the other.

    Most programs draw a column at a time, and the order drawn is the best there is; where lines
    of two columns are drawn in turn, it is worked out from the white space.
    """
    beside = [line for before, line in pairwise(lines) if _is_beside(before, line)]
    n_words = sum(len(line.text.split()) for line in beside)
    is_table = n_words < COLUMN_WORDS * len(beside)
    if len(beside) < MIN_SIDE_BY_SIDE or is_table or len(lines) > MAX_SORTED_LINES:
        return list(lines)
    return list(_by_white_space(sorted(lines, key=lambda line: (-line.base, line.left))))


def _by_white_space(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield lines, given from top to bottom, column by column.

    A band is as high as one gutter goes; a line over both columns, as a headline, ends it.
    """
    band: list[Line] = []
    for line in lines:
        if band and _gutter([*band, line]) is None:
            yield from _by_columns(band)
            band = []
        band.append(line)
    yield from _by_columns(band)


def _by_columns(band: Sequence[Line]) -> Iterator[Line]:
    middle = _gutter(band)
    if middle is None:
        yield from band
        return
    yield from _by_columns([line for line in band if line.right <= middle])
    yield from _by_columns([line for line in band if line.left >= middle])


def _gutter(band: Sequence[Line]) -> float | None:
    """Return the middle of the leftmost strip without text in a band, or None."""
    from_left = sorted(band, key=lambda line: line.left)
    end = from_left[0].right if from_left else 0.0
    for line in from_left[1:]:
        if end < line.left - GUTTER * line.size:
            return (end + line.left) / 2
        end = max(end, line.right)
    return None


def _is_beside(before: Line, line: Line) -> bool:
    same_base = abs(before.base - line.base) < SAME_BASE * max(before.size, line.size)
    return same_base and line.left >= before.right - line.size / 2


def _rows(lines: Sequence[Line]) -> list[Line]:
    """Return the lines with those that stand beside one another joined to one."""
    rows: list[Line] = []
    for line in lines:
        if rows and _is_initial(rows[-1], line):
            initial = rows.pop()
            rows.append(replace(line, text=initial.text + line.text))
        elif rows and _is_beside(rows[-1], line):
            before = rows.pop()
            is_row = before.is_row or line.left - before.right > CELL_GAP * line.size
            text = f"{before.text}{', ' if is_row else ' '}{line.text}"
            rows.append(replace(before, text=text, right=line.right, is_row=is_row))
        else:
            rows.append(line)
    return rows


def _is_initial(letter: Line, line: Line) -> bool:
    """Tell whether a large letter reaches over two lines or more and begins this one's word."""
    return (
        len(letter.text) == 1
        and letter.text.isupper()
        and letter.size > MIN_INITIAL * line.size
        and letter.right - line.size / 2 <= line.left < letter.right + 2 * line.size
        and letter.base - line.size < line.base < letter.base + letter.size
    )


def _usual_leading(lines: Sequence[Line]) -> dict[int, float]:
    """Return the distance of two lines of one paragraph for each size, rounded to points.

    The lower quarter of all distances: where every paragraph is short, gaps are the majority.
    """
    distances: defaultdict[int, list[float]] = defaultdict(list)
    for above, below in pairwise(lines):
        distance = above.base - below.base
        if _is_same_size(above, below) and 0.8 * below.size < distance < 2.5 * below.size:
            distances[round(below.size)].append(distance)
    return {
        size: quantiles(found, n=4, method="inclusive")[0] if len(found) > 1 else found[0]
        for size, found in distances.items()
    }


def _blocks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Yield runs of lines of one size, each below the one before."""
    block: list[Line] = []
    for line in lines:
        if block and not _is_below(block[-1], line):
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _is_below(above: Line, line: Line) -> bool:
    distance = above.base - line.base
    overlap = min(above.right, line.right) - max(above.left, line.left)
    return (
        above.page == line.page
        and _is_same_size(above, line)
        and 0 < distance < MAX_LEADING * line.size
        and overlap > 0
    )


def _is_same_size(one: Line, other: Line) -> bool:
    return abs(one.size - other.size) <= SAME_SIZE * max(one.size, other.size)


def _split(block: Sequence[Line], leading: dict[int, float]) -> list[list[Line]]:
    """Return the paragraphs of a block: parted by gaps, indents and lines that end early."""
    left = Counter(round(line.left) for line in block).most_common(1)[0][0]
    right = max(line.right for line in block)
    groups = [[block[0]]]
    alone = _head_lines(block)
    for above, line in pairwise(block):
        usual = leading.get(round(line.size), 1.2 * line.size)
        indent = line.left - max(left, above.left)
        if (
            above.is_row
            or line.is_row
            or above in alone
            or line in alone
            or above.base - line.base > WIDE_LEADING * usual
            or INDENT * line.size < indent < MAX_INDENT * line.size
            or _ends_early(above, line, left, right)
        ):
            groups.append([])
        groups[-1].append(line)
    return groups


def _head_lines(block: Sequence[Line]) -> list[Line]:
    """Return byline and date line where they stand above the text without a gap.

    A line that only begins like one, as "By Monday the river had", goes on in small letters.
    """
    head = block[:HEAD_LINES] if block[0].page == 0 else ()
    following = [line.text for line in block[1:]] + [""]
    return [
        line
        for line, below in zip(head, following, strict=False)
        if (line.text.startswith("By") and is_byline(line.text)) or date_line(line.text)
        if not below[:1].islower()
    ]


def _ends_early(above: Line, line: Line, left: float, right: float) -> bool:
    """Tell whether a line ended although the first word of the next had room in the column."""
    room = right - above.right
    n_first = len(line.text.split(" ", 1)[0]) + 1
    needed = (line.right - line.left) * n_first / max(len(line.text), 1)
    if room < needed + line.size / 2:
        return False
    return _is_stopped(above.text) or above.right - left < SHORT_LINE * (right - left)


def _goes_on(before: Sequence[Line], line: Line) -> bool:
    """Tell whether a paragraph goes on in another block: the next column or page."""
    last = before[-1]
    if not _is_same_size(last, line) or last.is_row or line.is_row or _is_stopped(last.text):
        return False
    widest = max(each.right - each.left for each in before)
    is_full = len(before) > 1 and last.right - last.left > SHORT_LINE * widest
    return line.text[:1].islower() or is_full


def _joined(group: Sequence[Line], words: Words) -> Paragraph:
    text = group[0].text
    starts = [(group[0].page, 0)]
    for line in group[1:]:
        text = words.joint(text, line.text)
        if line.page != starts[-1][0]:
            starts.append((line.page, len(text)))
        text += line.text
    return Paragraph(text, group[0].size, tuple(starts))


def _is_stopped(text: str) -> bool:
    """Tell whether a text ends as a sentence does."""
    return bool(_STOPPED.search(text[-20:]))
