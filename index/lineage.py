"""A version of an article that was read once -> where it stands in the library now.

Knows nothing of sentences and questions.
"""

from __future__ import annotations

from dataclasses import dataclass

from index.library import Library
from index.schema import Article, Past


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What became of a version of an article.

    ``article`` holds the same, or what it was changed to; None where it is gone. ``past`` is how
    the version ended, None where it has not or nobody noticed.
    """

    article: Article | None
    past: Past | None


def trace(library: Library, article_id: str, content_hash: str = "") -> Whereabouts:
    """Return what became of an article since it was read.

    ``content_hash`` is the version that was read; without it, whether an article that is there
    has changed cannot be told.
    """
    now = library.content_hash(article_id)
    if now is not None and content_hash in ("", now):
        return Whereabouts(library.article(article_id), None)
    holder = _holder(library, content_hash)
    if holder is not None:
        return Whereabouts(library.article(holder), _end(library, article_id, content_hash))
    heir, last = _follow(library, article_id)
    if heir is None:
        return Whereabouts(None, last)
    return Whereabouts(library.article(heir), _end(library, heir, content_hash) or last)


def _holder(library: Library, content_hash: str) -> str | None:
    """Return an article that holds a version, whatever its id."""
    sql = "SELECT id FROM articles WHERE content_hash = ? ORDER BY id LIMIT 1"
    rows = library.db.rows(sql, (content_hash,))
    return rows[0][0] if rows else None


def _end(library: Library, article_id: str, content_hash: str) -> Past | None:
    """Return how a version of an article ended, or of one that is not known, its last version."""
    ends = library.past(article_id)
    own = [past for past in ends if past.content_hash == content_hash]
    return next(iter((*own, *ends)), None)


def _follow(library: Library, article_id: str) -> tuple[str | None, Past | None]:
    """Go from an article to its successors; return the one that is there, and the last end met."""
    last: Past | None = None
    seen: set[str] = set()
    while article_id not in seen:
        if library.content_hash(article_id) is not None:
            return article_id, last
        seen.add(article_id)
        ends = library.past(article_id)
        last = ends[0] if ends else last
        article_id = ends[0].successor or article_id if ends else article_id
    return None, last
