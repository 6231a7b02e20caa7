"""Named fields (a record of an export, front matter) -> an Extracted article.

Field names differ between archives; the common ones are known here by their synonyms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from index.dates import best_date, date_from_url
from index.extract.clean import clean_line, join_paragraphs, n_words
from index.extract.header import read_header
from index.schema import DateProvenance, Extracted

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "record": ("id", "_id", "uuid", "guid", "article_id", "doc_id"),
    "url": ("url", "link", "canonical_url", "permalink", "web_url", "uri"),
    "source": ("source", "outlet", "publisher", "publication", "site_name", "site", "domain"),
    "title": ("title", "headline", "name"),
    "authors": ("authors", "author", "byline", "creator", "by"),
    "published": (
        "published",
        "date",
        "published_at",
        "publish_date",
        "published_date",
        "publication_date",
        "pub_date",
        "pubdate",
        "date_published",
        "datepublished",
    ),
    "language": ("language", "lang"),
    "text": ("text", "body", "content", "article", "full_text", "articlebody", "maintext"),
}
HEADER_LINES = 6  # paragraphs at the top in which byline and date line may stand
# A link that an export left in the text: "More:Judge sets a date", one line without a full stop.
_LINK_LINE = re.compile(r"[^\n.!?:]{2,60}:[A-ZÀ-Þ'‘“\"][^\n]{0,200}[^\n.!?”\"'’)]$")
MIN_WORDS = 5  # a record is what its archive says it is; only a stub without a sentence is none


def article_from_fields(
    fields: Mapping[str, object],
    text: str,
    *,
    provenance: DateProvenance,
    title: str = "",
) -> Extracted:
    """Return the article that a record's fields and its body make.

    Args:
        fields: names in any case, values as the file had them.
        text: the body; paragraphs are separated by blank lines or, where there is none, by line
            ends.
        provenance: what a date found in the fields counts as.
        title: used where the fields name none.

    Raises:
        ValueError: there is too little text to be an article.
    """
    known = {name.casefold().replace("-", "_").replace(" ", "_"): v for name, v in fields.items()}
    found = {field: _first(known, names) for field, names in SYNONYMS.items()}
    title = _text(found["title"]) or clean_line(title)
    url = _text(found["url"]) or None
    body = join_paragraphs([p for p in paragraphs(text) if not _LINK_LINE.match(p)], title)
    if n_words(body) < MIN_WORDS:
        raise ValueError(f"only {n_words(body)} words of text; an article has more")
    header = read_header(body.split("\n\n")[:HEADER_LINES])
    published, published_from = best_date(
        [
            (provenance, _text(found["published"])),
            ("url", date_from_url(url) if url else None),
            ("byline", header.published),
        ]
    )
    return Extracted(
        text=body,
        title=title,
        source=_name(found["source"]) or header.source,
        authors=_names(found["authors"]) or header.authors,
        published=published,
        published_from=published_from,
        url=url,
        language=_text(found["language"]).lower() or None,
        record=_text(found["record"]) or None,
    )


def body_of(fields: Mapping[str, object]) -> str:
    """Return the text field of a record, or an empty string."""
    known = {name.casefold(): value for name, value in fields.items()}
    value = _first(known, SYNONYMS["text"])
    if isinstance(value, list):
        return "\n\n".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def paragraphs(text: str) -> list[str]:
    """Split at blank lines; a text without any is split at its line ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = [line.strip() for line in text.split("\n")]
    if "" not in lines[1:-1]:
        return lines
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line:
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return [" ".join(block) for block in blocks]


def _first(known: Mapping[str, object], names: Iterable[str]) -> object:
    return next((known[name] for name in names if known.get(name) not in (None, "", [], {})), None)


def _text(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, str | int) and not isinstance(value, bool):
        return clean_line(str(value))
    return ""


def _name(value: object) -> str:
    """Return the name in a string or in an object such as {"name": ...}."""
    if isinstance(value, Mapping):
        return _text(value.get("name") or value.get("title") or value.get("id"))
    return _text(value)


def _names(value: object) -> tuple[str, ...]:
    parts = value if isinstance(value, list) else [value]
    names = [_name(part).removeprefix("By ").removeprefix("by ") for part in parts]
    return tuple(dict.fromkeys(name for name in names if name))
