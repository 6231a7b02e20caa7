"""JSON-LD: the object of a page that describes the page's own article, and values out of it.

In goes a parsed page, out comes one JSON object, or an empty one where none can be said to be of
this article. Nothing in it is checked against the page's text here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice

from lxml import html

from index.extract.clean import clean_line, key, without_entities

Node = Mapping[str, object]
"""An object of a page's structured data."""

_ARTICLE_TYPE = re.compile(r"(?:Article|BlogPosting|Report|Review)$")
_MAX_JSON = 3_000_000  # characters of one JSON-LD block
_MAX_NODES = 20_000
_MAX_NAME = 100  # characters; a longer "name" is a sentence


def article_node(tree: html.HtmlElement, title: str, url: str | None) -> Node:
    """Return the JSON-LD node of this page's article, not of one it links to.

    Of several, the one with this page's headline or address is meant; without such a one, none.
    A single node is believed unless its headline shares no word with what the page shows.
    """
    blocks = list(_json_ld(tree))
    nodes = [node for block in blocks for node in _walk(block) if _is_article(node)]
    shown = key(" ".join([title, tree.findtext(".//title") or "", *_headings(tree)]))

    def fit(node: Node) -> tuple[bool, bool]:
        headline = key(string(node.get("headline")))
        address = string(node.get("url")) or string(node.get("mainEntityOfPage"))
        is_ours = (headline != "" and headline in shown) or (bool(url) and address == url)
        return is_ours, bool(node.get("datePublished"))

    best = max(nodes, key=fit, default={})
    if fit(best)[0]:
        return resolved(best, blocks)
    if len(nodes) != 1 or (best.get("headline") and not _shares_words(best, shown)):
        return {}
    return resolved(best, blocks)


def resolved(node: Node, blocks: list[object]) -> Node:
    """Return the node with authors and publisher in full where it only refers to them by id."""
    wanted = ("author", "publisher")
    if not any(isinstance(node.get(name), dict | list) for name in wanted):
        return node
    known = {
        str(n["@id"]): n for block in blocks for n in _walk(block) if n.get("name") and n.get("@id")
    }

    def full(value: object) -> object:
        if isinstance(value, list):
            return [full(item) for item in value[:_MAX_NAME]]
        if isinstance(value, dict) and not value.get("name"):
            return known.get(str(value.get("@id")), value)
        return value

    return {**node, **{name: full(node[name]) for name in wanted if name in node}}


def string(value: object) -> str:
    """Return a value that is text, or the first or the id of it; "" for anything else."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("@id") or value.get("@value") or value.get("name") or ""
    return without_entities(value).strip() if isinstance(value, str) else ""


def names(value: object) -> tuple[str, ...]:
    """Return the names in a value: text, an object with a name, or a list of either."""
    found = []
    for item in value if isinstance(value, list) else [value]:
        name = item.get("name") if isinstance(item, dict) else item
        for part in name if isinstance(name, list) else [name]:
            text = clean_line(without_entities(part)) if isinstance(part, str) else ""
            if text and "://" not in text and len(text) < _MAX_NAME:
                found.append(text)
    return tuple(dict.fromkeys(found))


def plain(body: str) -> str:
    """Return articleBody without the markup that some pages leave in it."""
    return re.sub(r"<[a-zA-Z/!][^<>]{0,500}>", " ", body)


def _shares_words(node: Node, shown: str) -> bool:
    """Tell whether half of the words of a node's headline stand in what the page shows."""
    words = set(key(string(node.get("headline"))).split())
    return 2 * len(words & set(shown.split())) >= len(words)


def _headings(tree: html.HtmlElement) -> list[str]:
    return [heading.text_content()[:500] for heading in islice(tree.iter("h1"), 5)]


def _json_ld(tree: html.HtmlElement) -> Iterator[object]:
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        source = (script.text or "").strip().removeprefix("<!--").removesuffix("-->")
        if len(source) > _MAX_JSON:
            continue
        try:
            yield json.loads(source.strip().rstrip(";"), strict=False)
        except (ValueError, RecursionError):
            continue  # broken markup of the page; its other data still counts


def _walk(block: object) -> Iterator[Node]:
    """Yield the objects of a JSON value, outer first, without recursion."""
    waiting = [block]
    for _ in range(_MAX_NODES):
        if not waiting:
            return
        value = waiting.pop(0)
        if isinstance(value, dict):
            yield value
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _is_article(node: Node) -> bool:
    kinds = node.get("@type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(name, str) and _ARTICLE_TYPE.search(name) for name in listed)
