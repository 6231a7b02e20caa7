"""What an article is once it has been read: plain frozen data, standard library only.

Knows nothing of file formats, databases, models or questions.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Literal

DateProvenance = Literal[
    "json-ld", "meta", "url", "byline", "field", "front-matter", "header", "unknown"
]
"""Where a publication date was read: structured page data, a meta tag, the page's own URL, a
line of the text ("Published on ..."), a record's field, front matter, an e-mail's header, or
nowhere."""


def digest(text: str) -> str:
    """Return the SHA-256 of a text's UTF-8 bytes as 64 hex digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Extracted:
    """One article as read from a file, before it has an identity in a library.

    ``text`` is clean: paragraphs separated by one blank line, no leading or trailing space. The
    headline is in ``title`` and not repeated in ``text``. ``published`` is an ISO date
    (YYYY-MM-DD) or None; it is never a guess from upload or scrape time.
    """

    text: str
    title: str = ""
    source: str = ""
    authors: tuple[str, ...] = ()
    published: str | None = None
    published_from: DateProvenance = "unknown"
    url: str | None = None
    language: str | None = None
    record: str | None = None  # the record's id inside a file that holds many articles
    updated: str | None = None  # ISO date of the last change that the article itself names
    section: str = ""  # the part of the paper, such as "World"
    pages: tuple[int, ...] = ()  # of a paginated file: where in ``text`` each page begins
    provenance: tuple[tuple[str, str], ...] = ()  # (field, where it was read), dates left out


@dataclass(frozen=True, slots=True)
class Article:
    """One article in the library. Offsets everywhere refer to ``text``."""

    id: str
    path: str  # absolute path of the file it was read from
    name: str  # what a citation calls it: path below the indexed folder, or the record id
    title: str
    source: str
    authors: tuple[str, ...]
    published: str | None
    published_from: DateProvenance
    url: str | None
    language: str | None
    text: str
    updated: str | None = None
    section: str = ""
    pages: tuple[int, ...] = ()
    provenance: tuple[tuple[str, str], ...] = ()

    @property
    def content_hash(self) -> str:
        """SHA-256 over all that was read, wherever it was read: it names a version."""
        parts = (
            self.title,
            self.source,
            "|".join(self.authors),
            self.published or "",
            self.published_from,
            self.url or "",
            self.language or "",
            self.updated or "",
            self.section,
            ",".join(map(str, self.pages)),
            ",".join("=".join(pair) for pair in self.provenance),
            self.text,
        )
        return digest("\x1f".join(parts))

    @property
    def passage_hash(self) -> str:
        """SHA-256 over what the embedding model reads: equal ones have equal vectors."""
        return digest(f"{self.title}\x1f{self.text}")

    def page_of(self, start: int) -> int | None:
        """Return the page, from 1, on which an offset lies; None where there are no pages."""
        return bisect_right(self.pages, start) or None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A citable sentence: ``article.text[start:end]``, 0-based, end exclusive."""

    n: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of whole sentences that is embedded and searched as one passage.

    ``first`` and ``last`` are sentence numbers, both inclusive; ``start`` and ``end`` are
    character offsets into the article's text, end exclusive.
    """

    id: str
    article_id: str
    n: int
    start: int
    end: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Failure:
    """A file, or a record of one, that could not be read, and why."""

    path: str
    reason: str
    # Nothing after it was read: what is missing may still be there. Known only while reading.
    ends: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What one run of ``dateline index`` did, counted in articles unless said otherwise."""

    added: int = 0
    changed: int = 0
    moved: int = 0  # read from another file than before, and otherwise the same
    removed: int = 0
    unchanged: int = 0
    n_chunks_embedded: int = 0
    failures: tuple[Failure, ...] = ()  # of every file named, those of earlier runs included
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run of ``dateline index`` is."""

    n_files_done: int
    n_files: int
    n_articles: int  # written so far
    share: float = 0.0  # of the work, in [0, 1]: files count as the articles expected in them


@dataclass(frozen=True, slots=True)
class LibraryStatus:
    """What a library holds; dates are ISO days, outlets come with their number of articles."""

    n_articles: int
    n_sentences: int
    n_chunks: int
    n_undated: int
    earliest: str | None
    latest: str | None
    outlets: tuple[tuple[str, int], ...]
    failures: tuple[Failure, ...]
    n_copies: int = 0  # articles that say again what another one says, exact or nearly
    n_pending: int = 0  # articles whose vectors a stopped run has still to store


How = Literal["changed", "moved", "removed"]


@dataclass(frozen=True, slots=True)
class Past:
    """A version of an article that the library held once; its text is not kept."""

    article_id: str
    content_hash: str
    name: str
    title: str
    source: str
    published: str | None
    url: str | None
    ended: str  # ISO date of the run that found it changed or gone
    how: How
    successor: str | None  # the article that took its place


CopyKind = Literal["exact", "near", "version"]
"""The same words; the same text cut, lengthened or changed a little; one page at two times."""


@dataclass(frozen=True, slots=True)
class Copy:
    """An article that is a copy, or another version, of the one that was asked about."""

    article_id: str
    kind: CopyKind
    similarity: float  # share of the shorter text's runs of five words, 0 to 1


@dataclass(frozen=True, slots=True)
class Scope:
    """Which articles a search may see. Days are ISO dates, ends inclusive.

    ``date_from`` and ``date_to`` leave undated articles out: nobody can say that they fit.
    ``until`` (the day a question is asked as of) only leaves out what was published later.
    Every kind of limit that is given must hold; of several values of one kind, any may. Names are
    compared without regard to case.
    """

    date_from: str | None = None
    date_to: str | None = None
    until: str | None = None
    sources: tuple[str, ...] = ()  # outlet names
    authors: tuple[str, ...] = ()  # full names; one of an article's authors is enough
    languages: tuple[str, ...] = ()  # codes; "en" takes in "en-GB"
    folders: tuple[str, ...] = ()  # absolute paths of folders, with all below them, or of files
