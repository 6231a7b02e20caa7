"""What stands inside a sentence of a page: links, spans, cards that open over a name.

Extraction judges elements by their class names and takes a link in the middle of a sentence for
a menu: the sentence would lose its words. Here such elements become plain text, in place.
"""

from __future__ import annotations

from itertools import islice

from lxml import html

from index.extract.clean import n_words

_INLINE = frozenset("span font u ins q cite abbr mark small big time bdi tt label data".split())
_CONTAINERS = ("div", "section", "figure", "aside")
MIN_CARD_LINKS = 2  # of a card; with words between them they would be part of the sentence
MIN_CARD_WORDS = 10
MAX_BOXES = 3  # around a quoted post
MAX_PARTS = 2_000  # elements of one paragraph looked at


def plain_sentences(tree: html.HtmlElement) -> None:
    """Turn spans inside paragraphs into plain text, and drop the cards among them, in place."""
    judged = set()  # a paragraph within another is looked at once
    for block in list(tree.iter("p")):
        for element in list(islice(block.iterdescendants(), MAX_PARTS)):
            if element.tag not in _INLINE or element.getparent() is None or element in judged:
                continue
            judged.add(element)
            if _is_card(element):
                _close_card(element)
            elif not _holds_blocks(element):
                element.drop_tag()


def plain_quotes(tree: html.HtmlElement) -> None:
    """Take class names from quoted posts and from the boxes that hold nothing else, in place.

    Their names ("social embed") read like those of share bars; the article quotes them.
    """
    for quote in list(tree.iter("blockquote")):
        text = quote.text_content().strip()
        for box in (quote, *islice(quote.iterancestors(*_CONTAINERS), MAX_BOXES)):
            if box.text_content().strip() != text:
                break
            for name in ("class", "id", "role"):
                box.attrib.pop(name, None)


def _is_card(element: html.HtmlElement) -> bool:
    """Tell whether an element is links alone: what opens when a reader points at a name."""
    text = element.text_content()
    links: list[str] = []
    n_linked = 0
    for link in element.iter("a"):
        links.append(link.text_content())
        n_linked += len(links[-1])
        if n_linked > len(text):  # links within links, which no reader sees as a card
            return False
    linked = " ".join(links)
    if len(links) < MIN_CARD_LINKS or n_words(linked) < MIN_CARD_WORDS:
        return False
    return "".join(text.split()) == "".join(linked.split())


def _close_card(element: html.HtmlElement) -> None:
    """Leave the name that a card opens over, and nothing of the card."""
    name = element[0].text_content() if element[0].tag == "a" else ""
    for child in list(element):
        element.remove(child)
    element.text = name
    element.drop_tag()


def _holds_blocks(element: html.HtmlElement) -> bool:
    return next(element.iter("p", "div", "ul", "table", "blockquote"), None) is not None
