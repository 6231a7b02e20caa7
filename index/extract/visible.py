"""HTML without what its reader never sees: hidden elements, comments, scripts.

Hidden text is where a page plants words for machines; it must not become evidence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree, html

from index.extract.styles import Styles, declarations_of, read_styles

_OFFSCREEN = re.compile(r"-\d{3,}(?![\d.]*%)")  # a layout may move by -100 %
_HIDING_PROPERTIES = re.compile(
    r"(?:display|visibility|font-size|text-indent|margin-left|left|top|right|clip|clip-path|color"
    r"|background(?:-color)?|opacity)\s*:",
    re.IGNORECASE,
)
_HIDING: Mapping[str, re.Pattern[str]] = {
    "display": re.compile(r"none\b"),
    "visibility": re.compile(r"(?:hidden|collapse)\b"),
    "font-size": re.compile(r"(?:0+(?:\.0*)?|\.0+)(?:$|[a-z%! ])|1px"),
    "clip": re.compile(r"rect\( ?[01](?:px)?[ ,]"),
    "clip-path": re.compile(r"inset\( ?(?:50|100)%"),
    **dict.fromkeys(("left", "top", "right", "text-indent", "margin-left"), _OFFSCREEN),
}
# A sheet's "opacity: 0" mostly waits for a script that fades the element in.
_TRANSPARENT = re.compile(r"(?:0+(?:\.0*)?|\.0+)(?:$|[%! ])")
_COLOUR = re.compile(r"#([0-9a-f]{3,8})\b|rgba?\(([^)]*)\)|\b(white|black|transparent)\b")
MAX_COLOUR_DISTANCE = 8  # of 255 in each channel; closer than that nobody can read
_WHITE = (255, 255, 255)
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
# Characters that lxml reads and then refuses to write, as themselves or as references; clean text
# has none of them.
_UNFIT = re.compile(
    "[\x00-\x08\x0e-\x1f\ud800-\udfff\ufffe\uffff]"
    "|&#(?:0*(?:[1-8]|1[124-9]|2[0-9]|3[01]|6553[45])(?![0-9])"
    "|x0*(?:[1-8bcef]|1[0-9a-f]|fff[ef])(?![0-9a-f]));?",
    re.IGNORECASE,
)
_BREAKS = str.maketrans("\x0b\x0c", "\n\n")
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
        tree = html.document_fromstring(_UNFIT.sub("", text.translate(_BREAKS)).encode(), parser)
    except (etree.LxmlError, AssertionError) as error:
        raise ValueError("not HTML") from error
    return tree


def drop_hidden(tree: html.HtmlElement) -> None:
    """Remove, in place, every element that a reader of the page does not see.

    What the page's own style sheets and ``aria-hidden`` say is not believed of the page's main
    part: scripts that ran in the browser lift such rules, and an open dialog hides all else.
    """
    styles = read_styles(tree, _HIDING_PROPERTIES)
    n_characters = _n_characters(tree)
    for element in list(tree.iter(etree.Element)):
        if element.getparent() is None or element.tag == "body":
            continue
        if element.tag in _NEVER_TEXT or _is_hidden(element):
            element.drop_tree()
            continue
        own = styles.of(element)
        is_unseen = _is_said_hidden(element, own) and not _is_main(element, n_characters)
        if is_unseen or ("color" in own and _is_unreadable(element, own, styles)):
            element.drop_tree()


def drop_foreign(tree: html.HtmlElement) -> None:
    """Remove, in place, the parts that their class or id calls adverts, teasers or share bars."""
    for element in list(tree.iter("div", "section", "aside", "ul", "p", "figure", "span")):
        names = f"{element.get('class', '')} {element.get('id', '')}"[:500].split()
        if element.getparent() is None or not any(map(_FOREIGN_CLASS.fullmatch, names)):
            continue
        if element.tag == "span" and _is_in_sentence(element):
            continue
        if element.find(".//h1") is None and not _is_longer(element, MAX_FOREIGN_CHARACTERS):
            element.drop_tree()


def _is_in_sentence(span: html.HtmlElement) -> bool:
    """Tell whether words of the same paragraph stand before and behind an element."""
    before = span.getprevious()
    text = span.getparent().text if before is None else before.tail
    return bool((text or "").strip(" \n\t|•·") and (span.tail or "").strip(" \n\t|•·"))


def _is_main(element: html.HtmlElement, n_characters: int) -> bool:
    """Tell whether an element holds the headline, or half of the page's ``n_characters``."""
    return element.find(".//h1") is not None or _is_longer(element, n_characters // 2)


def _n_characters(tree: html.HtmlElement) -> int:
    """Count the characters of a page's paragraphs."""
    return sum(len(text.strip()) for p in tree.iter("p") for text in p.itertext())


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
    """Tell whether an element's own attributes hide it."""
    attributes = element.attrib
    return (
        ("hidden" in attributes and attributes["hidden"] != "until-found")
        or _hides(declarations_of(attributes.get("style", "")[:4000]), opacity=True)
        or bool(_HIDING_CLASS.search(attributes.get("class", "")[:2000]))
        or (element.tag == "input" and attributes.get("type") == "hidden")
    )


def _is_said_hidden(element: html.HtmlElement, own: Mapping[str, str]) -> bool:
    """Tell whether an element is hidden by what need not hold for the page as it was seen."""
    if element.get("aria-hidden", "").lower() == "true":
        return True
    return _hides(own, opacity=False)


def _hides(declarations: Mapping[str, str], *, opacity: bool) -> bool:
    if not declarations:
        return False
    if opacity and _TRANSPARENT.match(declarations.get("opacity", "1")):
        return True
    return any(
        name in declarations and pattern.match(declarations[name])
        for name, pattern in _HIDING.items()
    )


def _is_unreadable(element: html.HtmlElement, own: Mapping[str, str], styles: Styles) -> bool:
    """Tell whether an element's text has the colour of what is behind it.

    Where nothing gives a background the page is white, for a colour that the element itself
    names; a colour from a sheet may stand on a background from a sheet that is not at hand.
    """
    colour = _colour(own["color"])
    if colour is None:
        return False
    for behind in (element, *element.iterancestors()):
        declared = own if behind is element else styles.of(behind)
        background = declared.get("background-color") or declared.get("background")
        if background:
            return _is_like(colour, _colour(background))
    names_itself = "color" in declarations_of(element.get("style", "")[:4000])
    return names_itself and _is_like(colour, _WHITE)


def _is_like(a: tuple[int, ...], b: tuple[int, ...] | None) -> bool:
    return b is not None and all(
        abs(x - y) <= MAX_COLOUR_DISTANCE for x, y in zip(a, b, strict=True)
    )


def _colour(value: str) -> tuple[int, ...] | None:
    """Return (red, green, blue), each 0 to 255, or None for pictures and what is not known."""
    match = _COLOUR.search(value)
    if not match or "url(" in value or "gradient" in value or match[3] == "transparent":
        return None
    if match[1]:
        digits = match[1] if len(match[1]) >= 6 else "".join(2 * digit for digit in match[1])
        return tuple(int(digits[at : at + 2], 16) for at in (0, 2, 4))
    if match[2]:
        numbers = re.findall(r"\d+(?:\.\d+)?|\.\d+", match[2])
        return tuple(int(min(255.0, float(n))) for n in numbers[:3]) if len(numbers) >= 3 else None
    return _WHITE if match[3] == "white" else (0, 0, 0)
