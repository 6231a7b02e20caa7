"""What a page says about itself: JSON-LD, meta tags, canonical address, language.

Raw values only; which of them to believe is decided by the reader of the page.
"""

from __future__ import annotations

import html as entities
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from lxml import html

from index.extract.clean import clean_line, key

_ARTICLE_TYPE = re.compile(r"(?:Article|BlogPosting|Report|Review)$")
_MAX_JSON = 3_000_000  # characters of one JSON-LD block
_MAX_NODES = 20_000

TITLE_TAGS = ("og:title", "twitter:title", "dc.title", "headline", "sailthru.title", "title")
SITE_TAGS = ("og:site_name", "application-name", "dc.publisher", "publisher", "article:publisher")
AUTHOR_TAGS = ("author", "article:author", "byl", "dc.creator", "parsely-author", "sailthru.author")
DATE_TAGS = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "og:published_time",
    "parsely-pub-date",
    "sailthru.date",
    "article.published",
    "published_time",
    "pubdate",
    "publishdate",
    "publish-date",
    "publication_date",
    "date.issued",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date",
    "citation_publication_date",
    "date",
)


@dataclass(frozen=True, slots=True)
class PageData:
    """Values as the page has them, first in order of trust; empty where it has none."""

    title: str = ""
    source: str = ""
    authors: tuple[str, ...] = ()
    json_ld_date: str | None = None
    meta_date: str | None = None
    url: str | None = None
    language: str | None = None
    body: str = ""  # JSON-LD articleBody, plain


def read_metadata(tree: html.HtmlElement) -> PageData:
    """Return what a page says about itself; call it before hidden elements are dropped."""
    meta = _meta_tags(tree)
    url = _canonical(tree, meta)
    headline = _first(meta, TITLE_TAGS)
    node = _article_node(tree, headline, url)
    title = _string(node.get("headline")) or headline
    return PageData(
        title=_title(tree, title),
        source=_source(node, meta, tree),
        authors=_names(node.get("author")) or _meta_authors(meta),
        json_ld_date=_string(node.get("datePublished")) or None,
        meta_date=_first(meta, DATE_TAGS) or _time_element(tree),
        url=url,
        language=_language(tree),
        body=_plain(_string(node.get("articleBody"))),
    )


def _source(node: Mapping[str, object], meta: Mapping[str, str], tree: html.HtmlElement) -> str:
    names = _names(node.get("publisher"))
    named = (
        _first(meta, SITE_TAGS[:1]) or (names[0] if names else "") or _first(meta, SITE_TAGS[1:])
    )
    if named and "://" not in named:
        return named
    parts = re.split(r"\s+[|–—-]\s+", clean_line(tree.findtext(".//title") or ""))
    return parts[-1] if len(parts) > 1 and len(parts[-1].split()) <= 5 else ""


def _title(tree: html.HtmlElement, named: str) -> str:
    """Return the headline: the h1 that the page's own title begins with, or the named one."""
    page_title = clean_line(tree.findtext(".//title") or "")
    said = key(f"{named} {page_title}")
    for heading in tree.iter("h1"):
        text = clean_line(heading.text_content())
        if len(text.split()) >= 3 and key(text) in said:
            return text
    return named or re.split(r"\s+[|–—]\s+|\s+-\s+(?=[^-]+$)", page_title)[0]


def _meta_tags(tree: html.HtmlElement) -> dict[str, str]:
    """Return name -> content in lower case names; the first of equal names wins."""
    found: dict[str, str] = {}
    for tag in tree.iter("meta"):
        content = clean_line(tag.get("content") or "")
        for attribute in ("property", "name", "itemprop"):
            name = (tag.get(attribute) or "").strip().lower()
            if name and content:
                found.setdefault(name, content)
    return found


def _first(meta: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((meta[name] for name in names if name in meta), "")


def _meta_authors(meta: Mapping[str, str]) -> tuple[str, ...]:
    named = _first(meta, AUTHOR_TAGS)
    if not named or "://" in named or len(named) > 200:
        return ()
    names = re.split(r"\s*[,;]\s*|\s+and\s+", re.sub(r"^by\s+", "", named, flags=re.IGNORECASE))
    return tuple(dict.fromkeys(name for name in names if name))


def _canonical(tree: html.HtmlElement, meta: Mapping[str, str]) -> str | None:
    links = (link.get("href") or "" for link in tree.iter("link") if link.get("rel") == "canonical")
    for url in (*links, meta.get("og:url", "")):
        if re.match(r"https?://[^\s<>\"]+$", url.strip()):
            return url.strip()
    return None


def _language(tree: html.HtmlElement) -> str | None:
    match = re.match(r"[a-zA-Z]{2,3}(?=$|[-_])", (tree.get("lang") or "").strip())
    return match[0].lower() if match else None


def _time_element(tree: html.HtmlElement) -> str | None:
    """Return the time that the markup itself calls the time of publication."""
    for tag in tree.iter("time", "span", "div", "p", "abbr"):
        if tag.get("pubdate") is not None or (tag.get("itemprop") or "") == "datePublished":
            value = tag.get("datetime") or tag.get("content") or tag.get("title")
            return clean_line(value or tag.text_content()) or None
    return None


def _article_node(tree: html.HtmlElement, title: str, url: str | None) -> Mapping[str, object]:
    """Return the JSON-LD node of this page's article, not of one it links to.

    Of several, the one with this page's headline or address is meant; without such a one, none.
    """
    nodes = [node for block in _json_ld(tree) for node in _walk(block) if _is_article(node)]
    shown = key(" ".join([title, tree.findtext(".//title") or "", *_headings(tree)]))

    def fit(node: Mapping[str, object]) -> tuple[bool, bool]:
        headline = key(_string(node.get("headline")))
        address = _string(node.get("url")) or _string(node.get("mainEntityOfPage"))
        is_ours = (headline != "" and headline in shown) or (bool(url) and address == url)
        return is_ours, bool(node.get("datePublished"))

    best = max(nodes, key=fit, default={})
    return best if len(nodes) == 1 or fit(best)[0] else {}


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


def _walk(block: object) -> Iterator[Mapping[str, object]]:
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


def _is_article(node: Mapping[str, object]) -> bool:
    kinds = node.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(name, str) and _ARTICLE_TYPE.search(name) for name in names)


def _string(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("@id") or value.get("@value") or ""
    return entities.unescape(value).strip() if isinstance(value, str) else ""


def _names(value: object) -> tuple[str, ...]:
    names = []
    for item in value if isinstance(value, list) else [value]:
        name = item.get("name") if isinstance(item, dict) else item
        for part in name if isinstance(name, list) else [name]:
            text = clean_line(entities.unescape(part)) if isinstance(part, str) else ""
            if text and "://" not in text and len(text) < 100:
                names.append(re.sub(r"^by\s+", "", text, flags=re.IGNORECASE))
    return tuple(dict.fromkeys(names))


def _plain(body: str) -> str:
    """Return articleBody without the markup that some pages leave in it."""
    return re.sub(r"<[a-zA-Z/!][^<>]{0,500}>", " ", body)
