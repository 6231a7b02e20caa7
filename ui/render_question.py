"""How a question was understood, as short plain texts: as-of day, days meant, whom to hear first.

And the one line in which a reader edits our wording of a follow-up. Pure; knows nothing of HTML.
"""

from __future__ import annotations

from collections.abc import Iterable

from rag.schema import AsOfFrom, DateRange, Preference, Question, When
from ui import render

ARROW = "→"
"""Between a question as asked and the wording that is searched for, in the line that edits it."""

_FROM = {"asked": "", "today": "", "newest article": " (the newest article’s day)"}


def as_of_label(day: str, day_from: AsOfFrom) -> str:
    """Return the as-of day, with the reason where nobody asked for it and it is not today."""
    return f"as of {render.date_label(day)}{_FROM[day_from]}"


def when_label(when: When) -> str:
    """Return the days that the question's words mean; empty where they mean none."""
    words = ", ".join(f"“{render.shorten(word, 80)}”" for word in when.words)
    if when.range is not None:
        about = "about " * (when.firmness == "loose")
        return f"{words}: {about}{days_label(when.range)}"
    return f"“{render.shorten(when.event, 80)}” has no known date" if when.event else ""


def days_label(days: DateRange) -> str:
    """Return a range of days in words."""
    first, last = days
    if first == last:
        return render.date_label(first)
    if last is None:
        return f"from {render.date_label(first)} on"
    if first is None:
        return f"up to {render.date_label(last)}"
    return f"{render.date_label(first)} to {render.date_label(last)}"


def preference_label(prefers: Preference) -> str:
    """Return the outlets and authors that come first; empty where none was named."""
    named = ", ".join(render.shorten(name, 60) for name in (*prefers.sources, *prefers.authors))
    return f"{named} first" if named else ""


def facts(question: Question) -> tuple[str, ...]:
    """Return everything about how a question was understood, apart from its wording."""
    start, end = question.filters.date_from, question.filters.date_to
    found = (
        as_of_label(question.as_of, question.as_of_from),
        when_label(question.when),
        f"published {start or '…'} to {end or '…'}" if start or end else "",
        ", ".join(question.filters.sources),
        preference_label(question.prefers),
    )
    return tuple(text for text in found if text)


def notable(question: Question) -> tuple[str, ...]:
    """Return what a reader who set no filter cannot know of how the question was understood."""
    reworded = render.one_line(question.standalone) != render.one_line(question.text)
    chosen = question.as_of_from == "newest article"
    found = (
        f"searched for “{render.one_line(question.standalone)}”" if reworded else "",
        as_of_label(question.as_of, question.as_of_from) if chosen else "",
        when_label(question.when),
        preference_label(question.prefers),
    )
    return tuple(text for text in found if text)


def to_edit(question: Question) -> str:
    """Return what a reader edits: "And Finland? → How many entered Finland?"."""
    return f"{_asked(question.text)} {ARROW} {question.standalone}"


def edited(text: str, earlier: Iterable[str]) -> tuple[str, str | None]:
    """Split a line into a question as asked and the reader's wording of it.

    Only a question that was asked ``earlier`` can be reworded; any other line is a question, even
    one with an arrow in it, and has no wording.
    """
    asked, _, wording = (part.strip() for part in text.partition(ARROW))
    known = {_asked(question): question for question in earlier}
    return (known[asked], wording) if wording and asked in known else (text.strip(), None)


def _asked(question: str) -> str:
    return render.shorten(question, 300).replace(ARROW, " ").strip()
