"""A citation made some time ago -> how it stands in the library now.

Knows nothing of pages and files; what became of an article is known to ``index.lineage``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from index.library import Library
from index.lineage import trace
from index.schema import Article
from rag.schema import Citation

Fate = Literal["same", "moved", "changed", "misquoted", "withdrawn", "unknown"]
"""same: its sentence stands where it stood. moved: so it does, in the same article under another
name. changed: the article has changed, and another text stands there. misquoted: the article is
the version cited and says something else there. withdrawn: the article is gone. unknown: the
library never held it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a citation stands now.

    ``article`` is where its text stands now, or what became of it; ``span`` is where the quote
    stands in that, (start, end), None where it does not. ``since`` is the ISO date of the run that
    found the article changed, moved or gone, also where the sentence is the same.
    """

    citation: Citation
    fate: Fate
    article: Article | None = None
    span: tuple[int, int] | None = None
    since: str | None = None

    @property
    def stands(self) -> bool:
        """Whether the article, by whatever name, still says the same in the same place."""
        return self.fate in {"same", "moved"}

    @property
    def is_as_cited(self) -> bool:
        """Whether there is nothing to be told: article and sentence are what they were."""
        return self.fate == "same" and self.since is None


def standing(library: Library, citation: Citation) -> Standing:
    """Return how a citation stands now; only its id, version, span and quote are looked at."""
    found = trace(library, citation.article_id, citation.content_hash)
    since = found.past.ended if found.past else None
    if found.article is None:
        return Standing(citation, "withdrawn" if found.past else "unknown", since=since)
    span = _place(found.article.text, citation)
    if span != (citation.start, citation.end):
        is_version = found.article.content_hash == citation.content_hash
        fate: Fate = "misquoted" if is_version else "changed"
    else:
        fate = "same" if found.article.id == citation.article_id else "moved"
    return Standing(citation, fate, found.article, span, since)


def _place(text: str, citation: Citation) -> tuple[int, int] | None:
    """Return where the quote stands: at its span, or else nearest to it."""
    quote, wanted = citation.quote, citation.start
    if not quote:
        return None
    if text[wanted : citation.end] == quote:
        return wanted, citation.end
    starts = (found.start() for found in re.finditer(re.escape(quote), text))
    start = min(starts, key=lambda start: abs(start - wanted), default=None)
    return None if start is None else (start, start + len(quote))
