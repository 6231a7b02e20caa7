"""What the chat does when a reader asks, stops or opens a citation. No Gradio in here.

Every problem that a reader can cause or meet ends as one line in the conversation.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Protocol

from index.errors import DatelineError, InputError
from index.files import located
from rag.question import MAX_CHARACTERS
from rag.schema import Citation, Event, Filters, Turn
from rag.standing import Standing
from ui.exchange import Exchange, turns
from ui.render import shorten
from ui.render_article import render_missing, render_standing
from ui.render_question import edited
from ui.saved import citation_of

LOG = logging.getLogger(__name__)
Conversation = tuple[Exchange, ...]


class Assistant(Protocol):
    """What the page needs of ``rag.assistant.Assistant``."""

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = Filters(),  # noqa: B008  # frozen, so sharing one is safe
        as_of: str | None = None,
        extractive: bool = False,
        standalone: str | None = None,
    ) -> Iterator[Event]:
        """Yield events, ``Finished`` last; closing the generator stops the work."""
        ...

    def standing(self, citation: Citation) -> Standing:
        """Return how a citation of an earlier answer stands in the library now."""
        ...

    def sources(self) -> tuple[str, ...]:
        """Return the outlets in the library."""
        ...

    def close(self) -> None:
        """Release the library and the model."""
        ...


@dataclass(frozen=True, slots=True)
class Options:
    """The filter row as the reader left it: raw text, not yet checked."""

    sources: tuple[str, ...] = ()
    date_from: str = ""
    date_to: str = ""
    as_of: str = ""
    authors: str = ""
    languages: str = ""
    folder: str = ""
    extractive: bool = False

    def filters(self) -> Filters:
        """Return the limits for retrieval.

        Raises:
            InputError: When a date is not one, or the range is the wrong way round.
        """
        start = iso_date("Published from", self.date_from)
        end = iso_date("Published to", self.date_to)
        if start and end and start > end:
            raise InputError(
                f"Published from ({start}) is later than published to ({end}): swap the dates."
            )
        folder = (self.folder or "").strip()
        return Filters(
            date_from=start,
            date_to=end,
            sources=self.sources,
            authors=listed(self.authors),
            languages=listed(self.languages),
            folders=(str(located(Path(folder).expanduser())),) if folder else (),
        )


def listed(text: str) -> tuple[str, ...]:
    """Return what is listed between commas, each on one line."""
    return tuple(filter(None, (" ".join(part.split()) for part in (text or "").split(","))))


def iso_date(label: str, text: str) -> str | None:
    """Return YYYY-MM-DD, or None where the field is empty.

    Raises:
        InputError: When the text is not a date of that form.
    """
    text = (text or "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        seen = shorten(text, 40)
        raise InputError(f'{label} is "{seen}": write a date as 2024-05-31.') from None


def checked_question(text: str) -> str:
    """Return the question without surrounding space.

    Raises:
        InputError: When it is longer than a question can be.
    """
    question = text.strip()
    if len(question) > MAX_CHARACTERS:
        raise InputError(
            f"The question has {len(question):,} characters and {MAX_CHARACTERS:,} are "
            "allowed: shorten it. It is still in the box."
        )
    return question


def refused(text: str, options: Options) -> Exchange | None:
    """Return a failed exchange when the question or the filters make no sense, else None."""
    try:
        checked_question(text)
        options.filters()
        iso_date("As of", options.as_of)
    except InputError as error:
        return Exchange(shorten(text, 200)).fail(str(error))
    return None


def converse(
    assistant: Assistant, text: str, *, earlier: Conversation, options: Options
) -> Iterator[Exchange]:
    """Ask, and yield the exchange anew after every event, with a progress that ends.

    Closing this generator closes the assistant's, which stops the model.
    """
    asked, wording = edited(text, (exchange.question for exchange in earlier))
    exchange = Exchange(asked)
    yield exchange
    try:
        events = assistant.ask(
            checked_question(asked),
            history=turns(earlier),
            filters=options.filters(),
            as_of=iso_date("As of", options.as_of),
            extractive=options.extractive,
            standalone=wording,
        )
        with closing(events):  # type: ignore[type-var]  # ask is a generator: it has close()
            for event in events:
                exchange = exchange.after(event)
                yield exchange
        if exchange.answer is None:
            yield exchange.fail("The answer ended before it was complete: ask again.")
    except DatelineError as error:
        yield exchange.fail(str(error))
    except Exception as error:  # a bug must not take the conversation with it
        LOG.exception("A question failed")
        yield exchange.fail(
            f"Something went wrong inside Dateline ({type(error).__name__}): ask again. "
            "The program's log says where."
        )


def open_article(assistant: Assistant, sent: object) -> str:
    """Return the reader's HTML for a citation; what the page sends is checked, not trusted."""
    try:
        return render_standing(assistant.standing(citation_of(sent)))
    except ValueError:
        return render_missing("This citation does not say where its sentence stands: ask again.")
    except DatelineError as error:
        return render_missing(str(error))


def reviewed(assistant: Assistant, conversation: Conversation) -> Conversation:
    """Return earlier exchanges with what became of what they cite since they were answered."""
    try:
        return tuple(
            replace(
                exchange,
                standings=tuple(
                    found
                    for found in map(assistant.standing, exchange.cited)
                    if not found.is_as_cited
                ),
            )
            for exchange in conversation
        )
    except DatelineError:  # the question that is asked now meets it too, and tells
        return conversation
