"""What a page says about itself: JSON-LD, meta tags, canonical address, language.

Raw values, each with the place it was read; which date to believe is decided by the reader of
the page. Names of outlets and authors come clean.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import urlsplit

from lxml import html

from index.extract.clean import clean_line, key
from index.extract.header import author_names
from index.extract.outlet import best_outlet, site_of, without_site
from index.extract.structured import Node, article_node, names, plain, string

TITLE_TAGS = ("og:title", "twitter:title", "dc.title", "headline", "sailthru.title", "title")
SITE_TAGS = ("og:site_name", "application-name", "dc.publisher", "publisher", "article:publisher")
AUTHOR_TAGS = (
    "author",
    "article:author",
    "byl",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "sailthru.author",
    "og:article:author",
)
SECTION_TAGS = ("article:section", "og:article:section", "parsely-section", "section")
LANGUAGE_TAGS = ("content-language", "dc.language", "language", "og:locale")
DATE_TAGS = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "og:published_time",
    "parsely-pub-date",
    "sailthru.date",
    "article.published",
    "article:published",
    "published_time",
    "pubdate",
    "publishdate",
    "publish-date",
    "publication_date",
    "date.issued",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dcterms.date",
    "dc.date",
    "citation_publication_date",
    "date",
)
UPDATE_TAGS = (
    "article:modified_time",
    "og:article:modified_time",
    "datemodified",
    "article:modified",
    "dcterms.modified",
    "og:updated_time",
    "last-modified",
)
# What programs fill in where an editor chose nothing, and addresses.
_NO_SECTION = re.compile(
    r"(?:home ?page|home|front page|articles?|posts?|story|all|uncategori[sz]ed"
    r"|[\w-]+\.[a-z]{2,4})",
    re.IGNORECASE,
)
MAX_HEADINGS = 20


@dataclass(frozen=True, slots=True)
class PageData:
    """Values as the page has them, first in order of trust; empty where it has none."""

    title: str = ""
    source: str = ""
    authors: tuple[str, ...] = ()
    section: str = ""
    json_ld_date: str | None = None
    meta_date: str | None = None
    changes: tuple[tuple[str, str], ...] = ()  # (where, when it was changed)
    url: str | None = None
    language: str | None = None
    body: str = ""  # JSON-LD articleBody, plain
    places: Mapping[str, str] = field(default_factory=dict)  # field -> where it was read


def read_metadata(tree: html.HtmlElement) -> PageData:
    """Return what a page says about itself; call it before hidden elements are dropped."""
    meta = _meta_tags(tree)
    url, url_from = _address(tree, meta, {})
    node = article_node(tree, _first(meta, TITLE_TAGS), url)
    url, url_from = (url, url_from) if url else _address(tree, meta, node)
    source, source_from = _outlet(tree, meta, node, url)
    title, title_from = _title(tree, meta, node, source)
    authors, authors_from = _authors(meta, node, source)
    section, section_from = _section(meta, node)
    language, language_from = _language(tree, meta, node)
    places = {
        "title": title_from,
        "source": source_from,
        "authors": authors_from,
        "section": section_from,
        "language": language_from,
        "url": url_from,
    }
    return PageData(
        title=title,
        source=source,
        authors=authors,
        section=section,
        json_ld_date=string(node.get("datePublished")) or None,
        meta_date=_first(meta, DATE_TAGS) or _time_element(tree),
        changes=(
            ("json-ld", string(node.get("dateModified"))),
            ("meta", _first(meta, UPDATE_TAGS)),
        ),
        url=url,
        language=language,
        body=plain(string(node.get("articleBody"))),
        places={name: place for name, place in places.items() if place},
    )


def _outlet(
    tree: html.HtmlElement, meta: Mapping[str, str], node: Node, url: str | None
) -> tuple[str, str]:
    """Return (outlet, where)."""
    published_by = names(node.get("publisher"))[:1]
    named = [
        (_first(meta, SITE_TAGS[:1]), "meta"),
        *((name, "json-ld") for name in published_by),
        *((meta.get(tag, ""), "meta") for tag in SITE_TAGS[1:]),
        (site_of(_page_title(tree)), "html"),
    ]
    return best_outlet(named, _host(url))


def _title(
    tree: html.HtmlElement, meta: Mapping[str, str], node: Node, source: str
) -> tuple[str, str]:
    """Return (headline, where): the h1 that the page's own title begins with, or the named one."""
    told = string(node.get("headline"))
    named = clean_line(told or _first(meta, TITLE_TAGS))
    page_title = _page_title(tree)
    said = key(f"{named} {page_title}")
    site = key(source)
    for heading in islice(tree.iter("h1"), MAX_HEADINGS):
        text = clean_line(heading.text_content())
        is_site = key(text) == site or key(page_title).endswith(" " + key(text))
        if len(text.split()) >= 3 and key(text) in said and not is_site:
            return without_site(text, source), "html"
    if named:
        return without_site(named, source), "json-ld" if told else "meta"
    headline = re.split(r"\s+[|–—]\s+|\s+-\s+(?=[^-]+$)", page_title)[0]
    return headline, "html" if headline else ""


def _authors(meta: Mapping[str, str], node: Node, source: str) -> tuple[tuple[str, ...], str]:
    for value, where in ((names(node.get("author")), "json-ld"), (_meta_authors(meta), "meta")):
        if authors := author_names(value, source):
            return authors, where
    return (), ""


def _meta_authors(meta: Mapping[str, str]) -> Sequence[str]:
    for tag in AUTHOR_TAGS:
        named = meta.get(tag, "")
        if named and "://" not in named and len(named) <= 200:
            return [named]
    return []


def _section(meta: Mapping[str, str], node: Node) -> tuple[str, str]:
    for value, where in (
        (node.get("articleSection"), "json-ld"),
        (_first(meta, SECTION_TAGS), "meta"),
    ):
        section = clean_line(string(value))
        if section and len(section) <= 60 and not _NO_SECTION.fullmatch(section):
            return section, where
    return "", ""


def _language(
    tree: html.HtmlElement, meta: Mapping[str, str], node: Node
) -> tuple[str | None, str]:
    declared = [
        (tree.get("lang") or tree.get("xml:lang") or "", "html"),
        (string(node.get("inLanguage")), "json-ld"),
        (_first(meta, LANGUAGE_TAGS), "meta"),
    ]
    for value, where in declared:
        if match := re.match(r"[a-zA-Z]{2,3}(?=$|[-_,])", value.strip()):
            return match[0].lower(), where
    return None, ""


def _address(tree: html.HtmlElement, meta: Mapping[str, str], node: Node) -> tuple[str | None, str]:
    links = (link.get("href") or "" for link in tree.iter("link") if link.get("rel") == "canonical")
    told = string(node.get("mainEntityOfPage")) or string(node.get("url"))
    found = (*((link, "canonical") for link in links), (meta.get("og:url", ""), "meta"))
    for url, where in ((clean_line(link), where) for link, where in (*found, (told, "json-ld"))):
        if re.match(r"https?://[^\s<>\"]+$", url):
            return url, where
    return None, ""


def _time_element(tree: html.HtmlElement) -> str | None:
    """Return the time that the markup itself calls the time of publication."""
    for tag in tree.iter("time", "span", "div", "p", "abbr"):
        if tag.get("pubdate") is not None or (tag.get("itemprop") or "") == "datePublished":
            value = tag.get("datetime") or tag.get("content") or tag.get("title")
            return clean_line(value or tag.text_content()) or None
    return None


def _host(url: str | None) -> str:
    try:
        return (urlsplit(url).hostname or "") if url else ""
    except ValueError:  # brackets that are no IPv6 address
        return ""


def _page_title(tree: html.HtmlElement) -> str:
    return clean_line(tree.findtext(".//title") or "")


def _meta_tags(tree: html.HtmlElement) -> dict[str, str]:
    """Return name -> content in lower case names; the first of equal names wins."""
    found: dict[str, str] = {}
    for tag in tree.iter("meta"):
        content = clean_line(tag.get("content") or "")
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = (tag.get(attribute) or "").strip().lower()
            if name and content:
                found.setdefault(name, content)
    return found


def _first(meta: Mapping[str, str], tags: Sequence[str]) -> str:
    return next((meta[tag] for tag in tags if tag in meta), "")
