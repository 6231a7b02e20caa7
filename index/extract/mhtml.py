"""MHTML (.mhtml, .mht): a web page as a browser saved it, all in one file.

Only the page itself is read, as any other page is; when it was saved is not its date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message
from pathlib import Path

from index.dates import best_date, date_from_url, later_change
from index.errors import ReadError
from index.extract.html import read_html
from index.extract.mime import header, leaves, parse_message, text_of
from index.schema import Extracted, Failure

_WEB_ADDRESS = re.compile(r"https?://\S+")


def read_mhtml(path: Path, raw: bytes) -> Iterator[Extracted | Failure]:
    """Yield the article of a saved page.

    Raises:
        ReadError: it is no MHTML, there is no page in it, or no article text on the page.
    """
    try:
        message = parse_message(raw)
        root = _root(message)
        page = text_of(root) if root is not None else ""
    except ValueError as error:
        raise ReadError(str(path), str(error)) from error
    if root is None or not page.strip():
        raise ReadError(str(path), "no HTML page in it; save it again as a complete page")
    url = _address(message, root)
    for found in read_html(path, page):
        yield _completed(found, url) if isinstance(found, Extracted) and url else found


def _root(message: Message) -> Message | None:
    """Return the part with the page: the one that ``start`` names, or the first of its kind."""
    pages = [part for part in leaves(message) if part.get_content_type() == "text/html"]
    start = str(message.get_param("start", "")).strip()
    named = [part for part in pages if start and header(part, "Content-ID") == start]
    return next(iter(named or pages), None)


def _address(message: Message, root: Message) -> str:
    """Return the web address that the page was saved from, or ""."""
    places = (
        header(message, "Snapshot-Content-Location"),
        header(root, "Content-Location"),
        header(message, "Content-Location"),
    )
    return next(filter(_WEB_ADDRESS.fullmatch, places), "")


def _completed(found: Extracted, url: str) -> Extracted:
    """Return the article with the address, and the day in it, where the page gives none."""
    if found.url:
        return found
    printed = found.published_from == "byline"  # trusted less than the address, as in any page
    days = [(found.published_from, found.published), ("url", date_from_url(url))]
    published, published_from = best_date(reversed(days) if printed else days, on_web=True)
    updated = later_change(published, found.updated)
    places = {name: place for name, place in found.provenance if updated or name != "updated"}
    return replace(
        found,
        url=url,
        published=published,
        published_from=published_from,
        updated=updated,
        provenance=(*places.items(), ("url", "header")),
    )
