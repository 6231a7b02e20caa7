"""The day that a question is asked on, where nobody names one. Knows nothing of questions."""

from __future__ import annotations

from datetime import date, timedelta

from rag.schema import AsOfFrom

OLD_AFTER = timedelta(days=7)  # an archive that got nothing new for longer is not a living one


def choose_as_of(named: str | None, newest: str | None, today: date) -> tuple[str, AsOfFrom]:
    """Return the as-of day and where it is from.

    It is the day named, otherwise today; for an archive whose newest article is more than a week
    old it is that article's day, so that "yesterday" and "now" mean what its articles mean.
    """
    if named is not None:
        return named, "asked"
    if newest is not None and date.fromisoformat(newest) < today - OLD_AFTER:
        return newest, "newest article"
    return today.isoformat(), "today"
