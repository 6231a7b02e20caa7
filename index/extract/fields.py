"""Named fields (a record of an export, front matter) -> an Extracted article.

Field names differ between archives; the common ones are known here by their synonyms, and a
field map names the others. Knows nothing of the files that records come in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from index.dates import best_date, date_from_url, parse_date
from index.errors import InputError
from index.extract import values
from index.extract.clean import clean_line, join_paragraphs, n_words
from index.extract.header import read_header
from index.schema import DateProvenance, Extracted, Failure

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    name: (name, *others.split())
    for name, others in {
        "record": "id uuid guid articleid docid documentid",
        "title": "headline name",
        "source": "outlet publisher publication sitename site domain",
        "authors": "author byline creator by writer writers",
        "section": "category desk rubric sectionname categories sections",
        "language": "lang inlanguage",
        "published": "date publishedat publishdate publisheddate publicationdate pubdate"
        " datepublished firstpublished publishedon dateofpublication webpublicationdate",
        "updated": "modified lastmodified datemodified updatedat modifiedat updateddate"
        " lastupdated dateupdated modifieddate lastmodifieddate",
        "url": "link canonicalurl permalink weburl uri",
        "text": "body content article fulltext articlebody maintext bodytext articletext"
        " contenttext contenthtml bodyhtml html",
    }.items()
}
"""Our field -> what archives call it, as ``_squashed``; an earlier name wins."""

T = TypeVar("T")

HEADER_LINES = 6  # paragraphs at the top in which byline and date line may stand
# A link that an export left in the text: "More:Judge sets a date", one line without a full stop.
_LINK_LINE = re.compile(r"[^\n.!?:]{2,60}:[A-ZÀ-Þ'‘“\"][^\n]{0,200}[^\n.!?”\"'’)]$")
MIN_WORDS = 5  # a record is what its archive says it is; only a stub without a sentence is none
MAX_NAMES = 40  # field names kept for a message


def parse_map(value: str) -> dict[str, str]:
    """Return our field -> their field, from ``title=headline,published=meta.date``.

    Their field may be a path into nested objects and lists (``byline.0.name``); ``id`` is
    another name of ``record``.

    Raises:
        InputError: a part is not OURS=THEIRS, or there is no field of ours of that name.
    """
    known = ", ".join("id" if name == "record" else name for name in SYNONYMS)
    fields: dict[str, str] = {}
    for part in value.split(","):
        ours, _, theirs = (side.strip() for side in part.partition("="))
        ours = "record" if ours == "id" else ours
        if not ours or not theirs:
            raise InputError(
                f"The field map has {part.strip()!r} where OURS=THEIRS is meant, as in "
                f"title=headline,published=meta.date. Ours are: {known}."
            )
        if ours not in SYNONYMS:
            raise InputError(f"The field map names {ours!r}, but Dateline's fields are: {known}.")
        if fields.setdefault(ours, theirs) != theirs:
            raise InputError(f"The field map has two fields for {ours!r}: name one of them.")
    return fields


class Records:
    """Turns the records of one file into articles, and remembers which mapped fields they had."""

    def __init__(self, path: Path, field_map: Mapping[str, str]) -> None:
        self._path = path
        self._map = field_map
        self._missing = dict(field_map)
        self._names: dict[str, None] = {}  # of fields, in the order met

    def article(self, record: Mapping[str, object]) -> Extracted:
        """Return the article of a record. Raises ValueError, with the reason, where it is none."""
        for name in record if len(self._names) < MAX_NAMES else ():
            self._names.setdefault(str(name)[:60])
        for ours, theirs in tuple(self._missing.items()):
            if look_up(record, theirs) is not None:
                del self._missing[ours]
        found = known_fields(record, self._map)
        text = values.body(found.pop("text"))
        if not text.strip():
            named = ", ".join(map(str, record))[:200] or "none"
            raise ValueError(
                f"no article text; fields found: {named}; name the text with --map text=FIELD"
            )
        return article_from_fields(found, text, provenance="field")

    def missing(self) -> Iterator[Failure]:
        """Yield a Failure for each field of the map that no record had."""
        for ours, theirs in self._missing.items() if self._names else ():
            reason = f"no record has the field {theirs!r} of the map ({ours}={theirs})"
            yield Failure(str(self._path), f"{reason}; fields found: {', '.join(self._names)}")


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
        provenance: what is found in the fields counts as.
        title: used where the fields name none.

    Raises:
        ValueError: there is too little text to be an article.
    """
    found = known_fields(fields)
    title, title_from = _first(
        (provenance, values.line(found["title"])), ("text", clean_line(title))
    )
    url = values.web_address(found["url"])
    parts = [part for part in values.paragraphs(text) if not _LINK_LINE.match(part)]
    body = join_paragraphs(parts, title)
    if n_words(body) < MIN_WORDS:
        raise ValueError(f"only {n_words(body)} words of text; an article has more")
    header = read_header(body.split("\n\n")[:HEADER_LINES])
    source, source_from = _first(
        (provenance, values.line(found["source"])), ("byline", header.source)
    )
    authors, authors_from = _first(
        (provenance, values.names(found["authors"])), ("byline", header.authors)
    )
    url_day = date_from_url(url) if url else None
    own_day = values.day(found["published"])
    published, published_from = best_date(
        [(provenance, own_day), ("url", url_day), ("byline", header.published)]
    )
    updated = _not_before(published, values.day(found["updated"]))
    section = values.line(found["section"])
    language = values.line(found["language"]).lower() or None
    told = [("title", title_from), ("source", source_from), ("authors", authors_from)]
    only_told = {"section": section, "language": language, "url": url, "updated": updated}
    told += [(name, provenance) for name, value in only_told.items() if value]
    return Extracted(
        text=body,
        title=title,
        source=source,
        authors=authors,
        section=section,
        published=published,
        published_from=published_from,
        updated=updated,
        url=url,
        language=language,
        record=values.line(found["record"]) or None,
        provenance=tuple((name, where) for name, where in told if where),
    )


def known_fields(
    record: Mapping[str, object], field_map: Mapping[str, str] | None = None
) -> dict[str, object]:
    """Return our field -> its value in a record, or None; each of our fields is there.

    What the map names is read from there and nowhere else: whoever names a field knows why.
    """
    known: dict[str, object] = {}
    for name, value in record.items():
        if value not in (None, "", [], {}):
            known.setdefault(_squashed(str(name)), value)
    found = {}
    for ours, names in SYNONYMS.items():
        if field_map and ours in field_map:
            found[ours] = look_up(record, field_map[ours])
        else:
            found[ours] = next((known[name] for name in names if name in known), None)
    return found


def look_up(record: Mapping[str, object], name: str) -> object:
    """Return the value of a field, or of the path ``a.b.0.c`` into nested ones; None without."""
    if name in record:
        return record[name]
    value: object = record
    for step in name.split("."):
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def _first(*candidates: tuple[str, T]) -> tuple[T, str]:
    """Return the first value that is not empty and where it was read; "" where there is none."""
    for where, value in candidates:
        if value:
            return value, where
    return candidates[-1][1], ""


def _not_before(published: str | None, value: str) -> str | None:
    """Return the day of a change, as far as it is one: nothing changes before it is out."""
    day = parse_date(value)
    return None if day and published and day < published else day


def _squashed(name: str) -> str:
    """Return a name in small letters and nothing else: publishedAt, published-at, Published At."""
    return re.sub(r"[\W_]+", "", name[:60]).casefold()
