"""Web pages: the article's own text, and what the page says about it.

The body is found by trafilatura, which is given a page without hidden elements and with its
image captions as paragraphs; teasers and controls that it lets through are cut. Nothing is
ever fetched.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence, Set
from itertools import islice
from pathlib import Path

import trafilatura
from lxml import etree, html

from index.dates import best_date, date_from_url, date_line, later_change
from index.errors import ReadError
from index.extract.blocks import (
    above_headline,
    agreed_paragraphs,
    header_lines,
    hoist_captions,
    lone_links,
    with_opening,
    with_siblings,
)
from index.extract.clean import clean_line, join_paragraphs, key, n_words
from index.extract.header import Header, is_byline, read_header
from index.extract.inline import plain_quotes, plain_sentences
from index.extract.interface import is_interface, opens_section
from index.extract.lines import is_sentence
from index.extract.metadata import PageData, read_metadata
from index.extract.visible import drop_foreign, drop_hidden, parse
from index.schema import Extracted, Failure

MAX_ELEMENTS = 100_000  # ten times a large page; extraction takes 0.2 ms an element
MAX_DEPTH = 256  # elements in elements, lxml's own limit; extraction takes the cube of that
MAX_TABLE_DEPTH = 20  # tables in tables; likewise, and old layouts have five
MIN_WORDS = 20  # a page with less is a shell whose article a script would have loaded
# A page without text is an error of ours, with its path; the library's own line says less.
logging.getLogger("trafilatura").addHandler(logging.NullHandler())
_MARK = re.compile(r"^[-•]\s+")
_ROW = re.compile(r"^\|.*\|$")


def read_html(path: Path, text: str) -> Iterator[Extracted | Failure]:
    """Yield the article of a web page.

    Raises:
        ReadError: the file is no page, or no article text was found in it.
    """
    try:
        tree = parse(text)
    except ValueError as error:
        raise ReadError(str(path), str(error)) from error
    n_elements = sum(1 for _ in islice(tree.iter(), MAX_ELEMENTS + 1))
    if n_elements > MAX_ELEMENTS:
        raise ReadError(
            str(path), f"more than {MAX_ELEMENTS} elements; no article page has as many"
        )
    if _depth(tree, "table") > MAX_TABLE_DEPTH:
        raise ReadError(str(path), f"tables nested more than {MAX_TABLE_DEPTH} deep")
    if _depth(tree) > MAX_DEPTH:
        raise ReadError(str(path), f"elements nested more than {MAX_DEPTH} deep")
    page = read_metadata(tree)
    drop_hidden(tree)
    drop_foreign(tree)
    printed, body = _parted(body_paragraphs(tree, page))
    clean = join_paragraphs(body, page.title)
    if not clean:
        raise ReadError(str(path), "no article text found")
    if n_words(clean) < MIN_WORDS:
        raise ReadError(str(path), f"only {n_words(clean)} words of article text found")
    lede = next((paragraph for paragraph in body if is_sentence(paragraph)), body[0])
    above = header_lines(tree, page.title, printed[0] if printed else lede)
    yield _article(page, clean, read_header([*above, *printed]))


def _depth(tree: html.HtmlElement, tag: str | None = None) -> int:
    """Return how many elements, all or those of one name, lie within one another at most."""
    depth = deepest = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end"), tag=tag):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def _parted(body: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return (byline and date line above the first sentence, the other paragraphs)."""
    n_above = next((at for at, text in enumerate(body) if is_sentence(text)), 0)
    printed = [text for text in body[:n_above] if is_byline(text) or date_line(text)]
    return printed, [text for at, text in enumerate(body) if at >= n_above or text not in printed]


def _article(page: PageData, text: str, header: Header) -> Extracted:
    """Return the article that a page's text, metadata and printed header make.

    The printed lines fill in what the metadata leave out. They are no part of the text: the
    date and the names are fields of the article.
    """
    places = dict(page.places)
    if not page.source and header.source:
        places["source"] = "byline"
    if not page.authors and header.authors:
        places["authors"] = "byline"
    published, published_from = best_date(
        [
            ("json-ld", page.json_ld_date),
            ("meta", page.meta_date),
            ("url", date_from_url(page.url) if page.url else None),
            ("byline", header.published),
        ],
        on_web=True,
    )
    updated = None
    for where, value in (*page.changes, ("byline", header.updated)):
        if updated := later_change(published, value):
            places["updated"] = where
            break
    return Extracted(
        text=text,
        title=page.title,
        source=page.source or header.source,
        authors=page.authors or header.authors,
        published=published,
        published_from=published_from,
        url=page.url,
        language=page.language,
        updated=updated,
        section=page.section,
        provenance=tuple(places.items()),
    )


def body_paragraphs(tree: html.HtmlElement, page: PageData) -> list[str]:
    """Return the article's paragraphs and captions in page order.

    Args:
        tree: the page without hidden elements; changed on the way.
        page: where the body that its structured data gives is visible to a much larger part
            than extraction finds, what is visible of it is taken.
    """
    plain_sentences(tree)
    plain_quotes(tree)
    captions = hoist_captions(tree)
    links = lone_links(tree)
    found = with_siblings(tree, main_paragraphs(tree), links)
    if page.body and 2 * n_words(" ".join(found)) < n_words(page.body):
        agreed = agreed_paragraphs(tree, page.body)
        found = max(found, agreed, key=lambda paragraphs: n_words(" ".join(paragraphs)))
    found = _below_headline(found, above_headline(tree, page.title), captions)
    return without_teasers(with_opening(tree, found), links, captions)


def _below_headline(found: list[str], above: Set[str], captions: Set[str]) -> list[str]:
    """Return the paragraphs without those that stand above the headline, ``above`` in keys.

    What stands there is a banner's; a picture's caption may stand there too. Where more would
    fall than stay, the headline is none.
    """
    n_above = 1 + max((at for at, text in enumerate(found) if key(text) in above), default=-1)
    top, below = found[:n_above], found[n_above:]
    if n_words(" ".join(below)) < n_words(" ".join(top)):
        return found
    return [text for text in top if key(text) in captions] + below


def main_paragraphs(tree: html.HtmlElement) -> list[str]:
    """Return the paragraphs of a page's main text, list items with a leading "- ".

    Precision comes first; a page that leaves nothing then is read again more generously.
    """
    for options in ({"favor_precision": True}, {"favor_recall": True}):
        try:
            document = trafilatura.bare_extraction(tree, include_comments=False, **options)
        except ValueError:  # it reads "&#" and 4,301 digits in the text as a character's number
            return []
        text = document.text if document else None
        if text:
            return [line for line in map(_plain_row, text.split("\n")) if line]
    return []


def _plain_row(line: str) -> str:
    """Return a line; one that is the row of a table with commas between its cells."""
    line = clean_line(line)
    if not _ROW.match(line):
        return line
    cells = (cell.strip() for cell in line.strip("|").split("|"))
    return ", ".join(cell for cell in cells if cell.strip("-: "))


def without_teasers(paragraphs: Sequence[str], links: Set[str], captions: Set[str]) -> list[str]:
    """Return the paragraphs without controls, lone links, teaser lists and what trails them."""
    kept: list[str] = []
    inside = True
    for paragraph in paragraphs:
        text = _MARK.sub("", paragraph)
        if opens_section(text):
            inside = False
            continue
        prose = is_sentence(text) or key(text) in captions
        inside = inside or (prose and text == paragraph)
        if inside and (prose or key(text) not in links) and not is_interface(text):
            kept.append(paragraph)
    while kept and _MARK.match(kept[-1]) and not is_sentence(kept[-1]):
        kept.pop()  # a list of links to other articles ends many pages
    return [_MARK.sub("", paragraph) for paragraph in kept]
