"""The blocks of a page: captions, paragraphs, links that stand alone, lines under the headline.

What trafilatura alone would lose (captions, the date line, paragraphs in a second container) or
would keep (a teaser that is one link) is found here in the page's own structure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from copy import deepcopy
from itertools import islice
from operator import itemgetter

from lxml import html

from index.dates import date_line
from index.extract.clean import clean_line, key, n_words
from index.extract.header import is_byline
from index.extract.interface import is_interface
from index.extract.lines import is_sentence
from index.extract.visible import break_lines

MIN_CAPTION_WORDS = 5  # shorter ones are credits and names of agencies
MIN_PARAGRAPH_WORDS = 12  # a paragraph worth recovering; shorter ones are buttons too often
MIN_AGREED_WORDS = 4  # words in a row that two texts hardly share by accident
MIN_SIBLINGS = 3  # paragraphs of the body in one kind of container make it a body container
MAX_LINK_WORDS = 30  # a paragraph that is one long link may be a quoted post
MIN_DATE_CHARACTERS = 6
MAX_HEADER_CHARACTERS = 160
MAX_SHORT_TEXT = 400  # characters; what is longer is no teaser and no line of a header
MIN_OPENING_WORDS = 8  # of a description that can stand for a paragraph
MAX_OPENINGS = 40  # containers looked at that begin with bare words
MAX_HEADINGS = 60
MAX_HEADER_NODES = 400  # elements below the headline that may hold byline and date

_LEAVES = ("p", "div", "li", "td", "blockquote")
_OUTSIDE = frozenset(("nav", "aside", "footer", "form", "menu", "dialog", "button", "blockquote"))


def hoist_captions(tree: html.HtmlElement) -> set[str]:
    """Turn image captions into paragraphs, in place, and return their keys.

    Extraction removes whole figures otherwise, with the sentence below the picture.
    """
    captions: set[str] = set()
    for caption in list(tree.iter("figcaption")):
        figure = next(caption.iterancestors("figure"), caption)
        text = clean_line(" ".join(caption.itertext()))
        if figure.getparent() is None or n_words(text) < MIN_CAPTION_WORDS:
            continue
        if key(text) not in captions:
            paragraph = html.Element("p")
            paragraph.text = text
            paragraph.tail, figure.tail = figure.tail, None
            figure.addnext(paragraph)
            captions.add(key(text))
        caption.drop_tree()
    return captions


def lone_links(tree: html.HtmlElement) -> set[str]:
    """Return the keys of texts that are nothing but one link: teasers, menu entries."""
    found = set()
    texts: dict[html.HtmlElement, str] = {}  # many links share a block
    for link in tree.iter("a"):
        block = link.getparent()
        while block is not None and block.tag in ("span", "strong", "b", "em", "i", "u", "font"):
            block = block.getparent()
        if block is None or block.tag in ("body", "html"):
            continue
        said = key(link.text_content())
        if block is link.getparent() and _stands_alone(link):
            found.add(said)
        if block not in texts:
            texts[block] = key(_short_text(block))
        if said and n_words(said) <= MAX_LINK_WORDS and texts[block] == said:
            found.add(said)
    return found


def _stands_alone(link: html.HtmlElement) -> bool:
    """Tell whether a link is a block of its own among the paragraphs of a container."""
    before = link.getprevious()
    text = link.getparent().text if before is None else before.tail
    around = [element for element in (before, link.getnext()) if element is not None]
    is_among = any(element.tag in ("p", "div", "ul", "h2", "h3") for element in around)
    return is_among and not (text or "").strip() and not (link.tail or "").strip()


def header_lines(tree: html.HtmlElement, title: str, first_paragraph: str) -> tuple[str, str]:
    """Return (byline, date line) as printed between headline and first paragraph, or "" each."""
    headline = _headline(tree, title)
    if headline is None:
        return "", ""
    stop = key(first_paragraph)[:60]
    byline = ""
    dated: list[tuple[int, str]] = []
    outermost: html.HtmlElement | None = None
    for element in islice(headline.xpath("following::*"), MAX_HEADER_NODES):
        text = _short_text(element)
        if stop and key(text).startswith(stop):
            break
        if not MIN_DATE_CHARACTERS <= len(text) <= MAX_HEADER_CHARACTERS:
            continue
        found = date_line(text)
        if found and (outermost is None or outermost in element.iterancestors()):
            outermost = element if outermost is None else outermost
            dated.append((len(found.rest), text))
        if not byline and is_byline(text):
            byline = text
    # The element around a date often holds the byline and the share bar as well.
    return byline, min(dated, key=itemgetter(0), default=(0, ""))[1]


def _headline(tree: html.HtmlElement, title: str) -> html.HtmlElement | None:
    """Return the heading that says the title, or an h1 that shares half of its words with it."""
    headings = list(islice(tree.iter("h1", "h2", "h3"), MAX_HEADINGS))
    said = [h for h in headings if title and key(_short_text(h)) == key(title)]
    words = set(key(title).split())

    def is_like(heading: html.HtmlElement) -> bool:
        own = set(key(_short_text(heading)).split())
        return heading.tag == "h1" and len(own) >= 3 and 2 * len(own & words) >= len(words)

    return next(iter(said or filter(is_like, headings)), None)


def above_headline(tree: html.HtmlElement, title: str) -> set[str]:
    """Return the keys of the texts that stand above the headline alone, and its own."""
    headline = _headline(tree, title)
    if headline is None:
        return set()
    kinds = " or ".join(f"self::{tag}" for tag in ("p", "li", "h1", "h2", "h3"))
    above = {key(e.text_content()) for e in headline.xpath(f"preceding::*[{kinds}]")}
    below = {key(e.text_content()) for e in headline.xpath(f"following::*[{kinds}]")}
    return {key(title), key(_short_text(headline)), *above - below} - {""}


def with_opening(tree: html.HtmlElement, found: Sequence[str]) -> list[str]:
    """Return the paragraphs with the words before them that stand bare in their container.

    Where a body has line breaks for paragraphs, extraction may begin with its first element.
    """
    if not found:
        return []
    first = key(found[0])[:60]
    containers = tree.iter("div", "section", "article", "td")
    able = (c for c in containers if c.text and n_words(c.text) >= MIN_OPENING_WORDS)
    for container in islice(able, MAX_OPENINGS):
        if first not in key(container.text_content()):
            continue
        copy = deepcopy(container)
        break_lines(copy)
        opening = clean_line((copy.text_content().lstrip() + "\n").split("\n", 1)[0])
        said = key(" ".join(found))
        if key(opening) not in said and is_sentence(opening):
            return [opening, *found]
    return list(found)


def with_siblings(tree: html.HtmlElement, found: Sequence[str], links: Set[str]) -> list[str]:
    """Return the paragraphs with those added that stand in the same kind of container.

    Pages break the body into several containers around adverts, and extraction may keep only
    one of them. A container's kind is its tag and class and those of its parent.
    """
    kept = {key(text) for text in found}
    said_before = {run for text in found for run in _word_runs(text)}
    paragraphs = list(_paragraphs(tree))
    kinds = Counter(kind for said, kind, _ in paragraphs if said in kept)
    bodies = {kind for kind, n in kinds.items() if n >= MIN_SIBLINGS}
    missing: dict[str, list[str]] = {}
    last = ""
    for said, kind, text in paragraphs:
        if said in kept:
            last = said
        elif last and kind in bodies and said not in links and _is_new(text, said_before):
            said_before.update(_word_runs(text))
            missing.setdefault(last, []).append(text)
    merged: list[str] = []
    for text in found:
        merged.append(text)
        merged.extend(missing.pop(key(text), ()))
    return merged


def agreed_paragraphs(tree: html.HtmlElement, body: str) -> list[str]:
    """Return the visible paragraphs that a page's structured data repeats, in page order.

    Neither side is trusted alone: structured data may hold what no reader sees.
    """
    runs = set(_word_runs(body))
    agreed = []
    for block in tree.iter(*_LEAVES):
        if next(block.iterdescendants(*_LEAVES), None) is None:
            text = clean_line(block.text_content())
            own = _word_runs(text)
            if n_words(text) >= MIN_AGREED_WORDS and sum(run in runs for run in own) * 5 >= 4 * len(
                own
            ):
                agreed.append(text)
    return list(dict.fromkeys(agreed))


def _is_new(text: str, said_before: Set[str]) -> bool:
    """Tell whether a text is a paragraph of prose of which little stood anywhere before."""
    if n_words(text) < MIN_PARAGRAPH_WORDS or not is_sentence(text) or is_interface(text):
        return False
    runs = _word_runs(text)
    return sum(run in said_before for run in runs) * 4 < len(runs)


def _word_runs(text: str, size: int = 4) -> list[str]:
    words = key(text).split()
    return [" ".join(words[i : i + size]) for i in range(max(1, len(words) - size + 1))]


def _short_text(element: html.HtmlElement) -> str:
    """Return the text of an element, cut soon after MAX_SHORT_TEXT characters.

    Containers hold whole pages; reading each of them in full takes time in the square of the
    page's size.
    """
    parts: list[str] = []
    n_characters = 0
    for part in element.itertext():
        parts.append(part[: MAX_SHORT_TEXT + 1])
        n_characters += len(part.strip())
        if n_characters > MAX_SHORT_TEXT:
            break
    return clean_line(" ".join(parts))


def _paragraphs(tree: html.HtmlElement) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Yield (key, kind of container, text) of every paragraph that is not a control's."""
    for paragraph in tree.iter("p"):
        ancestors = list(islice(paragraph.iterancestors(), 12))
        if any(element.tag in _OUTSIDE for element in ancestors):
            continue
        text = clean_line(paragraph.text_content())
        if text:
            names = [f"{e.tag}.{e.get('class', '')}" for e in ancestors[:2]]
            yield key(text), tuple(names), text
