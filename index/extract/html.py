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
from lxml import html

from index.dates import best_date, date_from_url
from index.errors import ReadError
from index.extract.blocks import (
    agreed_paragraphs,
    header_lines,
    hoist_captions,
    lone_links,
    with_siblings,
)
from index.extract.clean import clean_line, join_paragraphs, key, n_words
from index.extract.header import read_header
from index.extract.interface import is_interface, opens_section
from index.extract.lines import is_sentence
from index.extract.metadata import read_metadata
from index.extract.visible import drop_foreign, drop_hidden, parse
from index.schema import Extracted, Failure

MAX_ELEMENTS = 100_000  # ten times a large page; extraction takes 0.2 ms an element
MIN_WORDS = 20  # a page with less is a shell whose article a script would have loaded
# A page without text is an error of ours, with its path; the library's own line says less.
logging.getLogger("trafilatura").addHandler(logging.NullHandler())
_MARK = re.compile(r"^[-•]\s+")


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
    page = read_metadata(tree)
    drop_hidden(tree)
    drop_foreign(tree)
    body = body_paragraphs(tree, page.body)
    if not body:
        raise ReadError(str(path), "no article text found")
    lede = next((paragraph for paragraph in body if is_sentence(paragraph)), body[0])
    byline, day = header_lines(tree, lede)
    header = read_header([byline, day])
    printed = {key(paragraph) for paragraph in body[: body.index(lede)]}
    above = [day] if key(day) not in printed else []
    clean = join_paragraphs([*above, *body], page.title)
    if n_words(clean) < MIN_WORDS:
        raise ReadError(str(path), f"only {n_words(clean)} words of article text found")
    published, published_from = best_date(
        [
            ("json-ld", page.json_ld_date),
            ("meta", page.meta_date),
            ("url", date_from_url(page.url) if page.url else None),
            ("byline", header.published),
        ]
    )
    yield Extracted(
        text=clean,
        title=page.title,
        source=page.source or header.source,
        authors=page.authors or header.authors,
        published=published,
        published_from=published_from,
        url=page.url,
        language=page.language,
    )


def body_paragraphs(tree: html.HtmlElement, told: str) -> list[str]:
    """Return the article's paragraphs and captions in page order.

    Args:
        tree: the page without hidden elements; its captions are turned into paragraphs.
        told: the body that the page's structured data gives, or "". Where much more of it is
            visible than extraction finds, what is visible of it is taken.
    """
    captions = hoist_captions(tree)
    links = lone_links(tree)
    found = with_siblings(tree, main_paragraphs(tree), links)
    if told and 2 * n_words(" ".join(found)) < n_words(told):
        agreed = agreed_paragraphs(tree, told)
        found = max(found, agreed, key=lambda paragraphs: n_words(" ".join(paragraphs)))
    return without_teasers(found, links, captions)


def main_paragraphs(tree: html.HtmlElement) -> list[str]:
    """Return the paragraphs of a page's main text, list items with a leading "- ".

    Precision comes first; a page that leaves nothing then is read again more generously.
    """
    for options in ({"favor_precision": True}, {"favor_recall": True}):
        document = trafilatura.bare_extraction(tree, include_comments=False, **options)
        text = document.text if document else None
        if text:
            return [line for line in map(clean_line, text.split("\n")) if line]
    return []


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
