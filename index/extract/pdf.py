"""PDF: the article's text with the offset of each page, its headline, byline and date line.

What a document says about itself is checked against its text; the times of the file are never
its date. Text is read, pictures are not: a scan needs to go through text recognition first.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as raw_pdfium

from index.errors import ReadError
from index.extract.clean import clean_line, key
from index.extract.document import article, is_headline
from index.extract.header import is_byline, outlet_name
from index.extract.layout import Line, Paragraph, paragraphs
from index.extract.pdf_page import has_pictures, page_lines
from index.extract.running import printed_address, without_running_lines
from index.schema import Extracted, Failure

MAX_PAGES = 200  # an article has a few, a whole issue a hundred; more is a book
MAX_CHARACTERS = 500_000  # in all; takes 15 s, a page of 5,000 a seventh of a second
MAX_STREAM_BYTES = 100_000_000  # unpacked, pictures left out; the text of a page has 0.1 million
MIN_WORDS = 20  # a scan often has a line of text, as "Downloaded from"
LARGER = 1.15  # times the size of most text: a headline
TITLE_PARAGRAPHS = 15  # on the first page, among which the headline stands
_STREAM = re.compile(rb"stream\r?\n")
_BLOCK = 1_000_000  # bytes unpacked at a time
_DICTIONARY_BYTES = 1000  # before a stream, in which it says what it is


def read_pdf(path: Path, raw: bytes) -> Iterator[Extracted | Failure]:
    """Yield the article of a PDF; its ``pages`` say where in the text each page begins.

    Raises:
        ReadError: it is no PDF, encrypted, damaged, too large, or has too little text.
    """
    pages, properties = _read(path, raw)
    url = printed_address(pages)
    found = paragraphs(without_running_lines(pages))
    title, title_from, found = _without_title(found, properties.get("Title", ""))
    source, found = _without_masthead(found)
    text = "\n\n".join(paragraph.text for paragraph in found)
    whole = article(
        path,
        text,
        title,
        title_from=title_from,
        author=properties.get("Author", ""),
        min_words=MIN_WORDS,
    )
    if source and not whole.source:
        whole = replace(whole, source=source, provenance=(*whole.provenance, ("source", "text")))
    if url:
        whole = replace(whole, url=url, provenance=(*whole.provenance, ("url", "text")))
    yield replace(whole, pages=_page_offsets(found, len(pages), len(text)))


def _read(path: Path, raw: bytes) -> tuple[list[list[Line]], dict[str, str]]:
    """Return the lines of each page and the document's own properties."""
    if b"%PDF-" not in raw[:1024]:
        start = clean_line(raw[:40].decode("latin-1"))
        raise ReadError(str(path), f"not a PDF, it begins with {start!r}; name it by what it is")
    _refuse_bomb(path, raw)
    try:
        document = pdfium.PdfDocument(raw)
        try:
            return _lines(path, document), document.get_metadata_dict()
        finally:
            document.close()
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == raw_pdfium.FPDF_ERR_PASSWORD:
            raise ReadError(str(path), "encrypted; save it without its password") from error
        raise ReadError(str(path), f"a damaged PDF ({error})") from error


def _lines(path: Path, document: pdfium.PdfDocument) -> list[list[Line]]:
    n_pages = len(document)
    if not 0 < n_pages <= MAX_PAGES:
        raise ReadError(str(path), f"{n_pages} pages; an article has 1 to {MAX_PAGES}")
    pages = []
    n_characters, n_pictures = 0, 0
    for number in range(n_pages):
        page = document[number]
        try:
            lines = page_lines(page, number)
        except ValueError as error:
            raise ReadError(str(path), str(error)) from error
        n_pictures += not lines and has_pictures(page)
        page.close()
        n_characters += sum(len(line.text) for line in lines)
        if n_characters > MAX_CHARACTERS:
            raise ReadError(str(path), f"more than {MAX_CHARACTERS} characters; split it")
        pages.append(lines)
    if not n_characters:
        why = "it may be a scan: run OCR first" if n_pictures else "its pages are empty"
        raise ReadError(str(path), f"no text on any of its {n_pages} pages; {why}")
    return pages


def _refuse_bomb(path: Path, raw: bytes) -> None:
    """Refuse a PDF with a small stream that unpacks to a large one. Raises ReadError.

    PDFium unpacks a stream as a whole, up to a gigabyte, before it looks at it. Pictures are
    passed over: they are large by right and not unpacked for their text.
    """
    for match in _STREAM.finditer(raw):
        before = raw[max(0, match.start() - _DICTIONARY_BYTES) : match.start()]
        dictionary = before[before.rfind(b" obj") + 1 :]
        if re.search(rb"/Subtype\s*/Image", dictionary):
            continue
        if _unpacked_bytes(raw, match.end()) > MAX_STREAM_BYTES:
            limit = MAX_STREAM_BYTES // 1_000_000
            raise ReadError(str(path), f"a stream unpacks to more than {limit} MB, as in a bomb")


def _unpacked_bytes(raw: bytes, start: int) -> int:
    """Count the bytes that a zlib stream unpacks to, not much further than the limit."""
    unpacker = zlib.decompressobj()
    packed: bytes | memoryview = memoryview(raw)[start:]
    n_bytes = 0
    try:
        while packed and n_bytes <= MAX_STREAM_BYTES:
            n_bytes += len(unpacker.decompress(unpacker.unconsumed_tail or packed[:_BLOCK], _BLOCK))
            if not unpacker.unconsumed_tail:
                packed = packed[_BLOCK:]
            if unpacker.eof:
                break
    except zlib.error:
        pass  # no zlib stream, or its damaged end; PDFium says so where it matters
    return n_bytes


def _without_title(found: Sequence[Paragraph], told: str) -> tuple[str, str, list[Paragraph]]:
    """Return (title, where it was read, the paragraphs without it)."""
    head = found[:TITLE_PARAGRAPHS]
    told = clean_line(told)
    at = next((n for n, paragraph in enumerate(head) if key(paragraph.text) == key(told)), -1)
    title, title_from = told, "properties"
    if at < 0 or not is_headline(told):
        at = _largest(head, _body_size(found))
        if at < 0:
            return "", "", list(found)
        title, title_from = found[at].text, "text"
    said = key(title)
    return title, title_from, [one for one in found if key(one.text) != said]


def _body_size(found: Sequence[Paragraph]) -> float:
    sizes: Counter[float] = Counter()
    for paragraph in found:
        sizes[paragraph.size] += len(paragraph.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _largest(head: Sequence[Paragraph], body_size: float) -> int:
    """Return the number of the largest headline; without larger print, of a short first line."""
    able = [
        at
        for at, paragraph in enumerate(head)
        if is_headline(paragraph.text)
        and paragraph.starts[0][0] == 0
        and not is_byline(paragraph.text)
        and not outlet_name(paragraph.text)
    ]
    larger = [at for at in able if head[at].size >= LARGER * body_size]
    if larger:
        return max(larger, key=lambda at: (head[at].size, -at))
    if len(head) < 2:
        return -1
    first = next((at for at in able if not head[at].text.endswith((".", "!", ":", ",", ";"))), -1)
    return first if first in (0, 1) else -1


def _without_masthead(found: Sequence[Paragraph]) -> tuple[str, list[Paragraph]]:
    """Return (the outlet that a line of its own at the top names or "", the other paragraphs)."""
    for at, paragraph in enumerate(found[:3]):
        name = "" if is_byline(paragraph.text) else outlet_name(paragraph.text)
        if name:
            return name, [*found[:at], *found[at + 1 :]]
    return "", list(found)


def _page_offsets(found: Sequence[Paragraph], n_pages: int, n_characters: int) -> tuple[int, ...]:
    """Return where each page begins; one without text begins where the next does."""
    begins = accumulate((len(paragraph.text) + 2 for paragraph in found), initial=0)
    first: dict[int, int] = {}
    for paragraph, begin in zip(found, begins, strict=False):
        for page, offset in paragraph.starts:
            first.setdefault(page, begin + offset)
    offsets = [n_characters] * n_pages
    following = n_characters
    for page in reversed(range(n_pages)):
        following = offsets[page] = first.get(page, following)
    return tuple(offsets)
