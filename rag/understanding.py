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
from rag.followup import resolved, stand_alone
from rag.llm import Writer
from rag.mentions import Bylines
from rag.question import reworded, understand
from rag.reword import reword
from rag.schema import Filters, Question, Turn


@dataclass(frozen=True, slots=True)
class Wording:
    """A question in a reader's words. ``edited`` replaces our own wording of a follow-up."""

    text: str
    history: Sequence[Turn] = ()
    edited: str | None = None


class Understanding:
    """Understands questions about one library. Safe to share between threads."""

    def __init__(
        self, library: Library, writer: Writer | None = None, reword_s: float = 0.0
    ) -> None:
        """``reword_s``: seconds to wait for a model's wording; 0 or no model: rules alone."""
        self._library = library
        self._writer = writer
        self._reword_s = reword_s
        self._known: tuple[tuple[int, str], str | None, Bylines] | None = None

    def question(
        self, wording: Wording, filters: Filters, as_of: str | None, *, by_model: bool = True
    ) -> Question:
        """Return the question as it will be searched for.

        ``as_of`` None: today, or the newest article's day where the archive is older.
        ``by_model`` False: no model is asked. Raises InputError when the question or a date makes
        no sense.
        """
        today = date.today()
        newest, bylines = self._catalogued(today.isoformat())
        day, day_from = choose_as_of(as_of, newest, today)
        asked = understand(wording.text, wording.history, filters, day)
        if wording.edited is not None:
            asked = reworded(asked, wording.edited, by="reader")
        elif by_model and (better := self._worded_by_model(asked)) is not None:
            asked = reworded(asked, better, by="model")
        return replace(asked, as_of_from=day_from, prefers=bylines.preferred(asked.standalone))

    def _worded_by_model(self, asked: Question) -> str | None:
        """Return the model's wording of a follow-up that no rule is sure of, where it has one."""
        if self._writer is None or not self._reword_s:
            return None
        if stand_alone(asked.text, asked.history).is_sure:
            return None
        return reword(self._writer, asked.text, resolved(asked.history), self._reword_s)

    def _catalogued(self, today: str) -> tuple[str | None, Bylines]:
        """Return the newest day and the bylines, read again when the library has changed."""
        key = (self._library.generation, today)
        if self._known is None or self._known[0] != key:
            found = catalogue(self._library, today)
            self._known = (key, found.newest, Bylines(found.sources, found.authors))
        return self._known[1:]
