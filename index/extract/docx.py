"""DOCX: paragraphs, headings, captions and tables of a word processor's document, in order.

Only the document itself is read: comments, headers, footers, footnotes and deleted passages stay
out, and so does text that is formatted to be invisible. File times are never its date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from index.errors import ReadError
from index.extract.clean import clean_line, join_paragraphs, key, n_words
from index.extract.document import article, is_headline
from index.extract.docx_parts import USUAL, read_parts
from index.schema import Extracted, Failure

MIN_WORDS = 5
TITLE_PARAGRAPHS = 8  # at the top, among which the headline stands; later headings are in the text
MAX_CELL_WORDS = 12  # a table with longer cells only arranges paragraphs on the page
MIN_HALF_POINTS = 4  # smaller print is for machines
MAX_BASES = 20  # styles that build on one another

_W = f"{{{USUAL.decode()}}}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_LEFT_OUT = (_FALLBACK, *(f"{_W}{name}" for name in ("del", "moveFrom", "rt")))
_WRAPPERS = tuple(f"{_W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml"))
_GROUNDS = (f"{_W}shd", f"{_W}highlight")
_OFF = ("0", "false", "off", "none")
_BREAKS = {"br": "\n", "cr": "\n", "tab": " ", "ptab": " ", "noBreakHyphen": "-"}


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph's clean text and the name of its style in lower case."""

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class _Style:
    """A style's name in lower case, and whether text in it is hidden."""

    name: str
    hides: bool


def read_docx(path: Path, raw: bytes) -> Iterator[Extracted | Failure]:
    """Yield the article of a DOCX file.

    Raises:
        ReadError: it is no DOCX, damaged, too large, or has too little text.
    """
    parts = read_parts(path, raw)
    styles = _styles(parts["styles"]) if "styles" in parts else {}
    body = parts["document"].find(f"{_W}body")
    if body is None:
        raise ReadError(str(path), "a damaged DOCX: its document has no body")
    etree.strip_elements(body, *_LEFT_OUT, with_tail=False)
    found = [paragraph for paragraph in _paragraphs(body, styles) if paragraph.text]
    core = _properties(parts["core"]) if "core" in parts else {}
    title, title_from = _title(found, core.get("title", ""))
    text = join_paragraphs((paragraph.text for paragraph in found), title)
    yield article(
        path,
        text,
        title,
        title_from=title_from,
        author=core.get("creator", ""),
        min_words=MIN_WORDS,
    )


def _properties(core: etree._Element) -> dict[str, str]:
    """Return the core properties by name, as title and creator; the file times are among them."""
    return {
        etree.QName(element).localname: clean_line(element.text or "")
        for element in core.iterchildren(etree.Element)
    }


def _styles(tree: etree._Element) -> dict[str, _Style]:
    """Return the styles by their id."""
    known = {element.get(f"{_W}styleId", ""): element for element in tree.iter(f"{_W}style")}
    found = {}
    for style_id, element in known.items():
        name = element.find(f"{_W}name")
        hides = False
        base: etree._Element | None = element
        for _ in range(MAX_BASES):
            if base is None or hides:
                break
            hides = _is_on(base.find(f"{_W}rPr/{_W}vanish"))
            based_on = base.find(f"{_W}basedOn")
            base = known.get(_value(based_on)) if based_on is not None else None
        found[style_id] = _Style(_value(name).lower(), hides)
    return found


def _value(element: etree._Element | None) -> str:
    return "" if element is None else str(element.get(f"{_W}val", ""))


def _is_on(element: etree._Element | None) -> bool:
    return element is not None and _value(element).lower() not in _OFF


def _blocks(parent: etree._Element) -> Iterator[etree._Element]:
    """Yield the children of a body, table, row or cell; those of mere wrappers as its own."""
    for element in parent:
        if element.tag in _WRAPPERS:
            yield from _blocks(element)
        else:
            yield element


def _paragraphs(block: etree._Element, styles: dict[str, _Style]) -> Iterator[_Paragraph]:
    """Yield the paragraphs of a body or cell; a row of short cells is one, as "Orle, 4,200"."""
    for element in _blocks(block):
        if element.tag == f"{_W}p":
            yield from _of_paragraph(element, styles)
        elif element.tag == f"{_W}tbl":
            for row in _blocks(element):
                yield from _of_row(row, styles)


def _of_row(row: etree._Element, styles: dict[str, _Style]) -> Iterator[_Paragraph]:
    cells = [
        found
        for cell in _blocks(row)
        if (found := [paragraph for paragraph in _paragraphs(cell, styles) if paragraph.text])
    ]
    is_short = all(len(cell) == 1 and n_words(cell[0].text) <= MAX_CELL_WORDS for cell in cells)
    if len(cells) > 1 and is_short:
        yield _Paragraph(", ".join(cell[0].text for cell in cells))
        return
    for cell in cells:
        yield from cell


def _of_paragraph(element: etree._Element, styles: dict[str, _Style]) -> Iterator[_Paragraph]:
    """Yield a paragraph, and after it those of the text boxes that are anchored in it."""
    style = styles.get(_value(element.find(f"{_W}pPr/{_W}pStyle")), _Style("", hides=False))
    if not style.hides and not style.name.startswith("toc "):
        written = "".join(_text(run) for run in _runs(element) if not _is_hidden(run, styles))
        for part in re.split(r"\n\s*\n", written):
            yield _Paragraph(clean_line(part), style.name)
    for box in element.iter(f"{_W}txbxContent"):
        if next(box.iterancestors(f"{_W}p")) is element:
            yield from _paragraphs(box, styles)


def _runs(paragraph: etree._Element) -> Iterator[etree._Element]:
    """Yield the paragraph's own runs; those of a text box in it belong to the box's paragraphs."""
    for run in paragraph.iter(f"{_W}r"):
        if next(run.iterancestors(f"{_W}p")) is paragraph:
            yield run


def _text(run: etree._Element) -> str:
    parts = []
    for element in run:
        name = etree.QName(element).localname if isinstance(element.tag, str) else ""
        parts.append((element.text or "") if name == "t" else _BREAKS.get(name, ""))
    return "".join(parts)


def _is_hidden(run: etree._Element, styles: dict[str, _Style]) -> bool:
    """Tell whether a run is formatted so that nobody sees it: hidden, tiny, or white on white."""
    form = run.find(f"{_W}rPr")
    if form is None:
        return False
    style = styles.get(_value(form.find(f"{_W}rStyle")))
    vanish = form.find(f"{_W}vanish")
    if _is_on(vanish) or (vanish is None and style is not None and style.hides):
        return True
    size = _value(form.find(f"{_W}sz"))[:5]  # a longer number is no size, and none to parse
    if size.isdecimal() and int(size) < MIN_HALF_POINTS:
        return True
    is_white = _value(form.find(f"{_W}color")).upper() == "FFFFFF"
    return is_white and not _has_ground(run, form)


def _has_ground(run: etree._Element, form: etree._Element) -> bool:
    """Tell whether something other than the white page may be behind a run."""
    for element in (form, *run.iterancestors()):
        name = etree.QName(element).localname
        of = element if element is form else element.find(f"{_W}{name}Pr")
        grounds = (
            [of.find(f"{_W}{ground}") for ground in ("shd", "highlight")] if of is not None else []
        )
        if name == "txbxContent" or any(ground is not None for ground in grounds):
            return True
    return False


def _title(found: Sequence[_Paragraph], told: str) -> tuple[str, str]:
    """Return (title, where it was read); ``told`` is the title in the document's properties."""
    head = found[:TITLE_PARAGRAPHS]
    for paragraph in head:
        if paragraph.style == "title":
            return paragraph.text, "title style"
    for paragraph in head:
        if paragraph.style.startswith("heading") and is_headline(paragraph.text):
            return paragraph.text, "heading"
    for paragraph in head:
        if is_headline(told) and key(paragraph.text) == key(told):
            return paragraph.text, "properties"
    first = head[0].text if len(found) > 1 else ""
    is_title = is_headline(first) and not first.endswith((".", "!", ":", ",", ";"))
    return (first, "text") if is_title else ("", "")
