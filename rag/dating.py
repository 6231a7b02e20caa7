"""How well an article's day fits a question, in [0, 1]: what retrieval knows of time.

A question that names past days is answered by what appeared on them or shortly after. Any other
question put to a news archive is most often about what is new on its as-of day, whether it says so
or not ("Which company announced ...?"); a question about what does not change has no day. Outside
the wanted days the score falls as 1 / (1 + (days / SCALE)^2), flat near them and with a long tail,
so that an old article which alone answers is still found. On news-quiz questions of one week
each, this shape ranked better than an exponential decay of any half-life (docs/decisions.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from index.schema import Scope
from rag.schema import DateRange, Question

SCALE = 14  # days from the wanted ones at which the score is one half
REACH = 2 * SCALE  # days from the wanted ones that are searched apart; past it a score is under .2
UNDATED = 0.25  # of an article without a date: it may be from any day
RECENT = 0.5  # of what is new, where a question names past days

_UNCHANGING = re.compile(
    r"^(?:what|who)(?:['’]s|\s+(?:is|are|was|were))\s+(?:an?|the\s+(?:capital|definition|meaning|"
    r"difference|purpose|origin|history|author|inventor|founder))\b"
    r"|^what\s+does\s+.{1,60}\bmean\b|^how\s+(?:do|does)\s+.{1,60}\bwork\b"
    r"|^(?:when|where|who|(?:in\s+)?(?:what|which)\s+year)\b.{0,60}"
    r"\b(?:born|founded|invented|established|built|originated?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which days a question wants, and how much that counts: ``strength`` in [0, 1].

    ``days`` are inclusive ISO days, open where None. ``recent``, in [0, 1], is what the as-of day
    counts beside them: a question that names a past day may ask what is said of it now.
    """

    days: DateRange
    strength: float
    as_of: str = ""
    recent: float = 0.0

    def score(self, published: str | None) -> float:
        """Return how well a day of publication fits: 1 within the days, towards 0 far from them."""
        if published is None:
            return UNDATED
        own = _nearness(published, self.days)
        if not self.recent:
            return own
        return max(own, self.recent * _nearness(published, (self.as_of, None)))

    def narrowed(self, scope: Scope) -> Scope | None:
        """Return the scope without the days far from the wanted ones; None where none is far.

        Undated articles are left out.
        """
        first, last = self.days
        if not self.strength or (first is None and last is None):
            return None
        earliest = [day for day in (scope.date_from, _moved(first, -REACH)) if day is not None]
        latest = [day for day in (scope.date_to, _moved(last, REACH)) if day is not None]
        return replace(
            scope, date_from=max(earliest, default=None), date_to=min(latest, default=None)
        )


def _nearness(published: str, days: DateRange) -> float:
    """Return 1 within the days, and less the farther a day is from the nearest of them."""
    first, last = days
    away = 0
    if first is not None and published < first:
        away = (date.fromisoformat(first) - date.fromisoformat(published)).days
    elif last is not None and published > last:
        away = (date.fromisoformat(published) - date.fromisoformat(last)).days
    return 1 / (1 + (away / SCALE) ** 2)


def _moved(day: str | None, days: int) -> str | None:
    """Return another day; None where there is none, or it lies beyond the calendar."""
    try:
        return None if day is None else (date.fromisoformat(day) + timedelta(days)).isoformat()
    except OverflowError:
        return None


def wanted_days(question: Question) -> Wanted:
    """Return the days that a question wants; ``strength`` 0 where it wants none.

    Days that reach the as-of day ("this week", "since 2019", "next month") want what is new. Past
    days want what appeared then, and less what is new: all the same, where the words only lean to
    them ("higher than a year ago").
    """
    when, as_of = question.when, question.as_of
    new = Wanted((as_of, None), 1.0)
    days = when.published(as_of)
    if days is None:
        unchanging = not when.now and _UNCHANGING.search(question.standalone)
        return Wanted((None, None), 0.0) if unchanging else new
    if days[1] is None or days[1] >= as_of:
        return new
    return Wanted(days, 1.0, as_of, RECENT if when.firmness == "firm" else 1.0)
