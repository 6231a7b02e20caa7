"""A page of an open PDF -> the lines of text that its reader sees, in the order they are drawn.

Knows PDFium's pages, and nothing of paragraphs, columns or articles.
"""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from index.extract.clean import clean_line
from index.extract.layout import Line

MAX_CHARACTERS = 300_000  # on one page; a broadsheet page has 30,000
MIN_SIZE = 2.0  # points; smaller print is for machines
MAX_WORD_GAP = 1.2  # times the size; a wider gap on one line parts two columns or cells
MAX_RISE = 0.4  # times the size; a higher step is another line, a lower one a superscript
WHITE = 235  # of 255 in all three colours; text as light as that needs a dark ground to be seen
MIN_CONTRAST = 24  # of 255 between the darkest and the lightest point where such text stands
MAX_DRAWN = 1600  # points along the longer side of the picture in which contrast is looked up
NO_INK = (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)
MAX_TILT = 0.03  # quarter turns; a page scanned a little askew is upright still
UPRIGHT = ((1, 0), (0, 1), (-1, 0), (0, -1))
"""The direction in which a line runs, (x, y), after so many quarter turns."""
# PDFium gives \x02 for a hyphen at the end of a line, \ufffe in longer passages.
_LETTERS = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_PLAIN = str.maketrans({**_LETTERS, "\x02": "-", "\ufffe": "-", "\u00ad": "-"})


class _Style(NamedTuple):  # made for every letter by some programs, and quickly made
    """How one text object of a page is drawn."""

    size: float  # points, effective
    turn: int  # quarter turns to the left; -1 for text that stands askew
    needs_ground: bool  # white, transparent or without ink: seen only by what is behind it


class _Character(NamedTuple):
    """A character and where it stands once the page is turned so that its text is upright."""

    text: str  # with a space before it where a word begins
    style: _Style
    box: tuple[float, float, float, float]  # on the page as it lies: left, bottom, right, top
    start: float
    end: float
    base: float


def page_lines(page: pdfium.PdfPage, number: int) -> list[Line]:
    """Return the lines of a page, coordinates in points from its lower left corner.

    Text is turned as most of the page is, so that a page on its side is read as well; what
    stands at another angle (a watermark, a credit along a picture) is left out. So is what
    nobody sees: text in white or without ink stays only where the drawn page shows something in
    its place, as it does for a headline on a dark ground and for the text layer of a scan.

    Raises:
        ValueError: there are more than MAX_CHARACTERS.
        pdfium.PdfiumError: the page is damaged.
    """
    text_page = page.get_textpage()
    n_characters = text_page.count_chars()
    if n_characters > MAX_CHARACTERS:
        raise ValueError(f"{n_characters} characters on page {number + 1}; no page has as many")
    left, bottom, right, top = page.get_bbox()
    drawn = [
        character
        for character in _characters(text_page, n_characters)
        if left <= character.box[0] <= right and bottom <= character.box[1] <= top
    ]
    turns = Counter(character.style.turn for character in drawn if character.style.turn >= 0)
    turn = turns.most_common(1)[0][0] if turns else 0
    upright = (
        character
        for character in drawn
        if character.style.turn == turn and character.style.size >= MIN_SIZE
    )
    ground = _Ground(page) if any(c.style.needs_ground for c in drawn) else None
    lines = []
    for run in _runs(upright):
        run = list(_seen(run, ground)) if ground else run
        if run and (text := clean_line("".join(c.text for c in run).translate(_PLAIN))):
            lines.append(_line(text, run, number))
    return lines


def has_pictures(page: pdfium.PdfPage) -> bool:
    """Tell whether pictures stand on a page, as on every page of a scan."""
    return next(iter(page.get_objects([raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)), None) is not None


def _characters(text_page: pdfium.PdfTextPage, n_characters: int) -> Iterator[_Character]:
    """Yield the drawn characters; spaces that PDFium adds between words come with the next."""
    handle = text_page.raw
    box, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    style = _Style(0, 0, needs_ground=False)
    drawn_by = 0
    space = ""
    for at in range(n_characters):
        text_object = raw.FPDFText_GetTextObject(handle, at)
        if not text_object:
            space = " "
            continue
        address = ctypes.addressof(text_object.contents)
        if address != drawn_by:
            style, drawn_by = _style(handle, at, text_object), address
        raw.FPDFText_GetLooseCharBox(handle, at, box)
        raw.FPDFText_GetCharOrigin(handle, at, x, y)
        left, bottom, right, top = box.left, box.bottom, box.right, box.top
        ahead, up = UPRIGHT[max(style.turn, 0)]
        one, other = left * ahead + bottom * up, right * ahead + top * up
        yield _Character(
            text=space + chr(raw.FPDFText_GetUnicode(handle, at)),
            style=style,
            box=(left, bottom, right, top),
            start=min(one, other),
            end=max(one, other),
            base=y.value * ahead - x.value * up,
        )
        space = ""


def _style(handle: object, at: int, text_object: object) -> _Style:
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(handle, at, matrix)
    quarters = math.atan2(matrix.b, matrix.a) / (math.pi / 2)
    turn = round(quarters) % 4 if abs(quarters - round(quarters)) < MAX_TILT else -1
    red, green, blue, opacity = ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint()
    raw.FPDFPageObj_GetFillColor(text_object, red, green, blue, opacity)
    is_white = min(red.value, green.value, blue.value) >= WHITE or opacity.value < 255 - WHITE
    has_no_ink = raw.FPDFTextObj_GetTextRenderMode(text_object) in NO_INK
    size = raw.FPDFText_GetFontSize(handle, at) * math.hypot(matrix.c, matrix.d)
    return _Style(size, turn, is_white or has_no_ink)


def _runs(characters: Iterator[_Character]) -> Iterator[list[_Character]]:
    """Yield runs of characters that follow one another on one line without a wide gap."""
    run: list[_Character] = []
    for character in characters:
        if run:
            last = run[-1]
            size = max(last.style.size, character.style.size)
            gap = character.start - last.end
            is_same_line = abs(character.base - last.base) < MAX_RISE * size
            if not (is_same_line and -size < gap < MAX_WORD_GAP * size):
                yield run
                run = []
        run.append(character)
    if run:
        yield run


def _line(text: str, run: Sequence[_Character], number: int) -> Line:
    printed = [character for character in run if character.text.strip()]
    sizes = Counter(round(character.style.size, 1) for character in printed)
    size = sizes.most_common(1)[0][0]
    return Line(
        text=text,
        page=number,
        left=min(character.start for character in printed),
        right=max(character.end for character in printed),
        base=next(c.base for c in printed if round(c.style.size, 1) == size),
        size=size,
    )


class _Ground:
    """The drawn page, in shades of grey, to look up what is seen in a place."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        self._page = page
        scale = min(1.0, MAX_DRAWN / max(page.get_size()))
        self._shades = np.squeeze(page.render(scale=scale, grayscale=True).to_numpy())

    def is_seen(self, boxes: Sequence[tuple[float, float, float, float]]) -> bool:
        """Tell whether anything stands out within the middle of the area the boxes cover."""
        lefts, bottoms, rights, tops = zip(*boxes, strict=True)
        left, bottom, right, top = min(lefts), min(bottoms), max(rights), max(tops)
        margin = min(right - left, top - bottom) / 4
        x1, y1 = self._pixel(left + margin, bottom + margin)
        x2, y2 = self._pixel(right - margin, top - margin)
        xs, ys = sorted((x1, x2)), sorted((y1, y2))
        shades = self._shades[max(ys[0], 0) : ys[1] + 1, max(xs[0], 0) : xs[1] + 1]
        return bool(shades.size) and int(shades.max()) - int(shades.min()) >= MIN_CONTRAST

    def _pixel(self, x: float, y: float) -> tuple[int, int]:
        height, width = self._shades.shape
        column, row = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(self._page, 0, 0, width, height, 0, x, y, column, row)
        return column.value, row.value


def _seen(run: Sequence[_Character], ground: _Ground) -> Iterator[_Character]:
    """Yield the characters of a run that its reader sees; words in white go or stay together."""
    for needs_ground, group in groupby(run, key=lambda character: character.style.needs_ground):
        characters = list(group)
        if not needs_ground or ground.is_seen([character.box for character in characters]):
            yield from characters
