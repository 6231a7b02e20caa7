"""What a page's own style sheets say about its elements: which declarations apply to each.

In goes a parsed page, out comes a lookup from element to its declarations, as far as selectors of
one element (``.note``, ``#box``, ``p.note.small``) tell. Selectors that look at ancestors,
states or attributes, sheets that the page only links to, and rules for paper or narrow screens
are passed over. Knows nothing of what a declaration means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import html

MAX_SHEET = 1_000_000  # characters of all sheets of a page; the rest is not looked at
MAX_RULES = 20_000
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_BRACE = re.compile(r"[{}]")
_SIMPLE = re.compile(r"(?P<tag>[a-zA-Z][\w-]*|\*)?(?P<marks>(?:[.#][\w-]+)*)")
_MARK = re.compile(r"([.#])([\w-]+)")
_SCREEN = re.compile(r"@media\s+(?:only\s+)?(?:screen|all)\s*$|@layer\b|@supports\b", re.IGNORECASE)
_DECLARATION = re.compile(r"\s*([a-zA-Z-]+)\s*:\s*([^;]*)")


@dataclass(frozen=True, slots=True)
class _Selector:
    tag: str  # "" for any
    name: str  # id, or ""
    classes: frozenset[str]
    order: int

    @property
    def weight(self) -> tuple[int, int, int, int]:
        """How the cascade ranks it: ids, classes, tag, place in the sheet."""
        return (bool(self.name), len(self.classes), bool(self.tag), self.order)


@dataclass(frozen=True, slots=True)
class Styles:
    """The rules of a page's sheets, found by one mark of each selector."""

    rules: dict[str, list[tuple[_Selector, Mapping[str, str]]]] = field(default_factory=dict)

    def of(self, element: html.HtmlElement) -> dict[str, str]:
        """Return the declarations that apply to an element, names and values in lower case.

        Those of its ``style`` attribute win; ``!important`` is kept with its value and wins over
        what comes later.
        """
        found: dict[str, str] = {}
        if self.rules:
            matching = sorted(self._matching(element), key=lambda pair: pair[0].weight)
            for _, declarations in matching:
                _cascade(found, declarations)
        if style := element.get("style"):
            _cascade(found, declarations_of(style[:4000]))
        return found

    def _matching(self, element: html.HtmlElement) -> Iterator[tuple[_Selector, Mapping[str, str]]]:
        classes = frozenset(element.get("class", "")[:4000].split())
        name = element.get("id", "")
        marks = [f".{mark}" for mark in classes]
        for mark in (*marks, f"#{name}", str(element.tag)):
            for selector, declarations in self.rules.get(mark, ()):
                is_named = selector.tag in ("", element.tag) and selector.name in ("", name)
                if is_named and selector.classes <= classes:
                    yield selector, declarations


def read_styles(tree: html.HtmlElement, wanted: re.Pattern[str]) -> Styles:
    """Return the rules of the page's own sheets in whose bodies ``wanted`` occurs."""
    styles = Styles()
    n_left, n_rules = MAX_SHEET, 0
    for sheet in tree.iter("style"):
        if not re.match(r"(?:all|screen|)$", (sheet.get("media") or "").strip(), re.IGNORECASE):
            continue
        text = (sheet.text or "")[:n_left]
        n_left -= len(text)
        for selectors, body in _rules(text):
            n_rules += 1
            if n_rules > MAX_RULES:
                return styles
            if wanted.search(body):
                _add(styles, selectors, declarations_of(body), n_rules)
    return styles


def declarations_of(body: str) -> dict[str, str]:
    """Return name -> value, both in lower case, of the declarations in a rule's body."""
    found: dict[str, str] = {}
    for match in _DECLARATION.finditer(body):
        _cascade(found, {match[1].lower(): " ".join(match[2].lower().split())})
    return found


def _cascade(found: dict[str, str], later: Mapping[str, str]) -> None:
    for name, value in later.items():
        if "!important" in value or "!important" not in found.get(name, ""):
            found[name] = value


def _rules(text: str) -> Iterator[tuple[str, str]]:
    """Yield (selectors, body) of the rules that apply on a screen of any width."""
    blocks: list[tuple[str, bool]] = []  # the open blocks: their heads, and whether they apply
    text = _COMMENT.sub(" ", text)
    start = 0
    for match in _BRACE.finditer(text):
        before = text[start : match.start()].strip()
        start = match.end()
        if match[0] == "{":
            head = before.rsplit(";", 1)[-1].strip()
            outer = not blocks or (blocks[-1][1] and blocks[-1][0].startswith("@"))
            applies = outer and (not head.startswith("@") or bool(_SCREEN.match(head)))
            blocks.append((head, applies))
        elif blocks:
            head, applies = blocks.pop()
            if applies and not head.startswith("@"):
                yield head, before


def _add(styles: Styles, selectors: str, declarations: Mapping[str, str], order: int) -> None:
    for text in selectors.split(","):
        match = _SIMPLE.fullmatch(text.strip())
        if not match or not text.strip():
            continue
        tag = (match["tag"] or "").lower().replace("*", "")
        marks = _MARK.findall(match["marks"])
        names = [name for mark, name in marks if mark == "#"]
        classes = frozenset(name for mark, name in marks if mark == ".")
        if len(names) > 1 or not (names or classes or tag):
            continue
        selector = _Selector(tag, names[0] if names else "", classes, order)
        key = f"#{names[0]}" if names else f".{min(classes)}" if classes else tag
        styles.rules.setdefault(key, []).append((selector, declarations))
