"""Plain text: an article as it was written, or a page saved as text from a browser.

A saved page brings its menus, share bars, teaser lists and footer along. The article is found
as the run of prose below its headline; lists, controls and sections such as "Most read" fall.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from index.dates import best_date, date_from_url, is_labelled, later_change
from index.errors import ReadError
from index.extract.clean import clean_characters, join_paragraphs, n_words
from index.extract.header import Header, read_header
from index.extract.headline import (
    body_start,
    copyright_owner,
    find_headline,
    first_line_title,
    lone_paragraph,
    site_name,
)
from index.extract.lines import LIST_RUN, Line, classify
from index.extract.outlet import without_site
from index.extract.saved import article_lines
from index.schema import Extracted, Failure

MIN_WORDS = 5
HEADER_LINES = 10  # lines below the headline in which byline and date line may stand
ADDRESS_LINES = 12  # lines at the top in which a saved page's address may stand
MAX_WRAP_WIDTH = 110  # characters; text wrapped by hand is no wider
_ADDRESS = re.compile(
    r"(?:(?:source|url|link|original|retrieved from|saved from)\s*:?\s*)?(https?://[^\s<>\"]+)",
    re.IGNORECASE,
)


def read_text(path: Path, text: str) -> Iterator[Extracted | Failure]:
    """Yield the article of a text file.

    Raises:
        ReadError: no article text was found in it.
    """
    lines = classify(unwrap(text))
    url, lines = _without_address(lines)
    is_cluttered = _is_cluttered(lines)
    start = body_start(lines)
    if start < 0:
        start = -1 if is_cluttered else lone_paragraph(lines)
    if start < 0:
        raise ReadError(str(path), "no article text found")
    title_at = find_headline(lines, start)
    if title_at < 0 and not is_cluttered:
        title_at = first_line_title(lines)
    title = lines[title_at].text if title_at >= 0 else ""
    if is_cluttered:
        body = article_lines(lines[title_at + 1 :])
    else:
        body = [line for i, line in enumerate(lines) if i != title_at and _is_content(line)]
    source = copyright_owner(lines) or site_name(lines, title)
    title = without_site(title, source)
    clean = join_paragraphs((line.text for line in body), title)
    if n_words(clean) < MIN_WORDS:
        raise ReadError(str(path), "no article text found")
    header = read_header(header_of(body))
    yield _article(clean, title, source, url, header)


def _article(text: str, title: str, source: str, url: str | None, header: Header) -> Extracted:
    """Return the article; what its header names wins over what the page around it names."""
    published, published_from = best_date(
        [("byline", header.published), ("url", date_from_url(url) if url else None)],
        on_web=url is not None,
    )
    updated = later_change(published, header.updated)
    places = {
        "title": "text" if title else "",
        "source": "byline" if header.source else "text" if source else "",
        "authors": "byline" if header.authors else "",
        "url": "text" if url else "",
        "updated": "byline" if updated else "",
    }
    return Extracted(
        text=text,
        title=title,
        source=header.source or source,
        authors=header.authors,
        published=published,
        published_from=published_from,
        url=url,
        updated=updated,
        provenance=tuple((name, where) for name, where in places.items() if where),
    )


def header_of(body: Sequence[Line]) -> list[str]:
    """Return the lines near the top that may say who wrote the article, and when.

    Below a first paragraph a bare date heads a part of the article (a chronicle, a diary), unless
    a byline stands beside it.
    """
    found = []
    for at, line in enumerate(body[:HEADER_LINES]):
        has_begun = any(earlier.kind == "prose" for earlier in body[:at])
        around = body[max(0, at - 2) : at + 3]
        is_beside_byline = any(near.kind == "byline" for near in around)
        is_bare = line.kind == "date" and not is_labelled(line.text)
        if line.kind != "prose" and not (is_bare and has_begun and not is_beside_byline):
            found.append(line.text)
    return found


def _without_address(lines: Sequence[Line]) -> tuple[str | None, list[Line]]:
    """Return (the page's own address, the other lines): one of the first lines, or the last."""
    for at in (*range(min(ADDRESS_LINES, len(lines))), len(lines) - 1):
        match = _ADDRESS.fullmatch(lines[at].text) if lines else None
        if match:
            return match[1], [*lines[:at], *lines[at + 1 :]]
    return None, list(lines)


def unwrap(text: str) -> str:
    """Join the lines of paragraphs that were wrapped at a fixed width; others stay apart.

    A line was wrapped where the first word of the next would not have fitted any more.
    """
    lines = clean_characters(text).split("\n")
    width = max(map(len, lines), default=0)
    if not 50 <= width <= MAX_WRAP_WIDTH:
        return text
    joined = lines[:1]
    for previous, line in pairwise(lines):
        first = line.split(" ", 1)[0]
        fits = len(previous.rstrip()) + 1 + len(first) <= width - 4
        if previous.strip() and line.strip() and not fits and not line.startswith((" ", "\t", "•")):
            joined[-1] = f"{joined[-1].rstrip()} {line}"
        else:
            joined.append(line)
    return "\n".join(joined)


def _is_content(line: Line) -> bool:
    """Tell whether a line of an uncluttered text is more than a stray control."""
    return line.kind not in ("interface", "section", "item")


def _is_cluttered(lines: Sequence[Line]) -> bool:
    """Tell whether a page's surroundings were saved along with the article."""
    n_items = sum(line.kind == "item" for line in lines)
    n_controls = sum(line.kind in ("interface", "section") for line in lines)
    return n_items + 2 * n_controls >= 2 * LIST_RUN or _longest_short_run(lines) > LIST_RUN + 2


def _longest_short_run(lines: Sequence[Line]) -> int:
    longest = run = 0
    for line in lines:
        run = run + 1 if line.kind in ("short", "item") and line.n_words < 6 else 0
        longest = max(longest, run)
    return longest
