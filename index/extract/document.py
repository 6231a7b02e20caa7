"""Text and title of a document (PDF, DOCX) -> the article, with what its first lines say.

Knows nothing of file formats. A document's own file times are never taken for its date.
"""

from __future__ import annotations

import re
from pathlib import Path

from index.dates import best_date
from index.errors import ReadError
from index.extract.clean import clean_line, key, n_words
from index.extract.header import read_header
from index.schema import Extracted

HEADER_PARAGRAPHS = 10  # at the top, among which byline, outlet and date line stand
MIN_TITLE_WORDS = 3
MAX_TITLE_WORDS = 30
SIGNED_CHARACTERS = 600  # at both ends of a text, where an author is named
_NO_HEADLINE = re.compile(
    r"^(?:microsoft |untitled|document\d)|\.(?:docx?|indd|pdf|qxp|rtf|tex|txt)$|@|://",
    re.IGNORECASE,
)


def article(
    path: Path, text: str, title: str, *, title_from: str, author: str, min_words: int
) -> Extracted:
    """Return the article that a document holds, without its pages.

    Args:
        path: for messages.
        text: clean; the paragraphs at its top may be byline, outlet and date line.
        title: clean, or "".
        title_from: where the title was read, for the provenance.
        author: as the file's own properties have it, or ""; believed only where the text names
            the author as well, since it is mostly whoever made the file.
        min_words: fewer make no article.

    Raises:
        ReadError: there is too little text.
    """
    n = n_words(text)
    if n < min_words:
        raise ReadError(str(path), f"only {n} words of article text found")
    header = read_header(text.split("\n\n")[:HEADER_PARAGRAPHS])
    authors, authors_from = header.authors, "byline"
    if not authors and (name := signed_name(author, text)):
        authors, authors_from = (name,), "properties"
    published, published_from = best_date([("byline", header.published)])
    told = [
        ("title", title_from if title else ""),
        ("source", "byline" if header.source else ""),
        ("authors", authors_from if authors else ""),
    ]
    return Extracted(
        text=text,
        title=title,
        source=header.source,
        authors=authors,
        published=published,
        published_from=published_from,
        provenance=tuple((field, where) for field, where in told if where),
    )


def is_headline(text: str) -> bool:
    """Tell whether a title can be a headline: no file's name, no address, not a page of text."""
    return MIN_TITLE_WORDS <= n_words(text) <= MAX_TITLE_WORDS and not _NO_HEADLINE.search(text)


def signed_name(name: str, text: str) -> str:
    """Return a name of two words or more if the text begins or ends with it, otherwise ""."""
    name = clean_line(name)
    ends = f" {key(text[:SIGNED_CHARACTERS])} {key(text[-SIGNED_CHARACTERS:])} "
    return name if 2 <= n_words(name) <= 5 and f" {key(name)} " in ends else ""
