"""Plain text: an article as it was written, or a page saved as text from a browser.

A saved page brings its menus, share bars, teaser lists and footer along. The article is found
as the run of prose below its headline; lists, controls and sections such as "Most read" fall.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from index.dates import best_date
from index.errors import ReadError
from index.extract.clean import clean_characters, join_paragraphs, n_words
from index.extract.header import read_header
from index.extract.headline import body_start, copyright_owner, find_headline, site_name
from index.extract.lines import LIST_RUN, Line, classify
from index.extract.saved import article_lines
from index.schema import Extracted, Failure

MIN_WORDS = 5
HEADER_LINES = 10  # lines below the headline in which byline and date line may stand
MAX_WRAP_WIDTH = 110  # characters; text wrapped by hand is no wider


def read_text(path: Path, text: str) -> Iterator[Extracted | Failure]:
    """Yield the article of a text file.

    Raises:
        ReadError: no article text was found in it.
    """
    lines = classify(unwrap(text))
    start = body_start(lines)
    if start < 0:
        raise ReadError(str(path), "no article text found")
    title_at = find_headline(lines, start)
    title = lines[title_at].text if title_at >= 0 else ""
    if _is_cluttered(lines):
        body = article_lines(lines[title_at + 1 :])
    else:
        body = [line for i, line in enumerate(lines) if i != title_at and _is_content(line)]
    clean = join_paragraphs((line.text for line in body), title)
    if n_words(clean) < MIN_WORDS:
        raise ReadError(str(path), "no article text found")
    header = read_header([line.text for line in body[:HEADER_LINES]])
    published, published_from = best_date([("byline", header.published)])
    yield Extracted(
        text=clean,
        title=title,
        source=header.source or copyright_owner(lines) or site_name(lines, title),
        authors=header.authors,
        published=published,
        published_from=published_from,
    )


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
