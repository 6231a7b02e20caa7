"""A question put to one library -> the question as understood: as-of day, time, whom to hear.

What ``rag.question`` cannot know without a library is added here. The question as asked is never
lost, and a reader's own wording of it is taken as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from index.catalogue import catalogue
from index.library import Library
from rag.as_of import choose_as_of
from rag.mentions import Bylines
from rag.question import reworded, understand
from rag.schema import Filters, Question, Turn


@dataclass(frozen=True, slots=True)
class Wording:
    """A question in a reader's words. ``edited`` replaces our own wording of a follow-up."""

    text: str
    history: Sequence[Turn] = ()
    edited: str | None = None


class Understanding:
    """Understands questions about one library. Safe to share between threads."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._known: tuple[tuple[int, str], str | None, Bylines] | None = None

    def question(self, wording: Wording, filters: Filters, as_of: str | None) -> Question:
        """Return the question as it will be searched for.

        ``as_of`` None: today, or the newest article's day where the archive is older. Raises
        InputError when the question or a date makes no sense.
        """
        today = date.today()
        newest, bylines = self._catalogued(today.isoformat())
        day, day_from = choose_as_of(as_of, newest, today)
        asked = understand(wording.text, wording.history, filters, day)
        if wording.edited is not None:
            asked = reworded(asked, wording.edited, by="reader")
        return replace(asked, as_of_from=day_from, prefers=bylines.preferred(asked.standalone))

    def _catalogued(self, today: str) -> tuple[str | None, Bylines]:
        """Return the newest day and the bylines, read again when the library has changed."""
        key = (self._library.generation, today)
        if self._known is None or self._known[0] != key:
            found = catalogue(self._library, today)
            self._known = (key, found.newest, Bylines(found.sources, found.authors))
        return self._known[1:]
