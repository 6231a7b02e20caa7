"""HTML without what its reader never sees: hidden elements, comments, scripts.

Hidden text is where a page plants words for machines; it must not become evidence.
"""

from __future__ import annotations

import re

from lxml import etree, html

_HIDING_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0(?!\.?\d*[1-9])"
    r"|opacity\s*:\s*0(?:\.0*)?\s*(?:;|!|$)|(?:left|top|right|text-indent"
    r"|margin-left)\s*:\s*-\d{3,}"
    r"|clip\s*:\s*rect\(\s*[01](?:px)?[\s,]|clip-path\s*:\s*inset\(\s*(?:50|100)%",
    re.IGNORECASE,
)
_HIDING_CLASS = re.compile(
    r"(?:^|\s)(?:sr-only|visually-?hidden|screen-?reader(?:-text|-only)?|u-hidden|is-hidden"
    r"|hidden-text|offscreen|off-screen|a11y-hidden)(?:\s|$)",
    re.IGNORECASE,
)
# Whole names only: "ad" is an advert, "adaptive" and "read" are not.
_FOREIGN_CLASS = re.compile(
    r"(?:ads?|advert(?:s|isements?|ising)?|adsbygoogle|outbrain|taboola|sponsored|promoted"
    r"|newsletter|cookies?|consent|share|sharing|social|related|recommended|most-?(?:read|popular))"
    r"(?:[-_]{1,2}(?:slot|unit|box|container|wrapper|banner|break|label|block|inline|content|links|list"
    r"|note|notice|bar|buttons?|tools|articles?|stories|posts|news|signup|sign-up|form|promo|widget))*",
    re.IGNORECASE,
)
MAX_FOREIGN_CHARACTERS = 1500  # a larger part is the article in a page with an odd class name
_NEVER_TEXT = (
    "script|style|noscript|template|head|svg|math|iframe|object|embed|canvas|select".split("|")
)
_BLOCKS = frozenset(
    "address article aside blockquote br dd div dl dt fieldset figcaption figure footer form"
    " h1 h2 h3 "
    "h4 h5 h6 header hr li main nav ol p pre section table td th tr ul".split()
)


def parse(text: str) -> html.HtmlElement:
    """Return the tree of a page or fragment, without comments and processing instructions.

    Raises:
        ValueError: nothing in the text is HTML.
    """
    parser = html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True, no_network=True
    )
    try:
        tree = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, AssertionError) as error:
        raise ValueError("not HTML") from error
    return tree


def drop_hidden(tree: html.HtmlElement) -> None:
    """Remove, in place, every element that a reader of the page does not see."""
    for element in list(tree.iter(etree.Element)):
        if element.getparent() is not None and (element.tag in _NEVER_TEXT or _is_hidden(element)):
            element.drop_tree()


def drop_foreign(tree: html.HtmlElement) -> None:
    """Remove, in place, the parts that their class or id calls adverts, teasers or share bars."""
    for element in list(tree.iter("div", "section", "aside", "ul", "p", "figure", "span")):
        names = f"{element.get('class', '')} {element.get('id', '')}"[:500].split()
        if element.getparent() is None or not any(map(_FOREIGN_CLASS.fullmatch, names)):
            continue
        if element.find(".//h1") is None and not _is_longer(element, MAX_FOREIGN_CHARACTERS):
            element.drop_tree()


def _is_longer(element: html.HtmlElement, n_characters: int) -> bool:
    for text in element.itertext():
        n_characters -= len(text.strip())
        if n_characters < 0:
            return True
    return False


def visible_text(fragment: str) -> str:
    """Return the visible text of an HTML fragment, a line for each block; or the fragment."""
    try:
        tree = parse(fragment)
    except ValueError:
        return fragment
    drop_hidden(tree)
    break_lines(tree)
    return str(tree.text_content())


def break_lines(tree: html.HtmlElement) -> None:
    """Put a line end on both sides of every block element, in place."""
    for element in tree.iter(etree.Element):
        if element.tag in _BLOCKS:
            element.text = "\n" + (element.text or "")
            element.tail = "\n" + (element.tail or "")


def _is_hidden(element: html.HtmlElement) -> bool:
    if element.tag in ("html", "body"):
        return False
    attributes = element.attrib
    return (
        ("hidden" in attributes and attributes["hidden"] != "until-found")
        or attributes.get("aria-hidden", "").lower() == "true"
        or bool(_HIDING_STYLE.search(attributes.get("style", "")[:2000]))
        or bool(_HIDING_CLASS.search(attributes.get("class", "")[:2000]))
        or (element.tag == "input" and attributes.get("type") == "hidden")
    )
