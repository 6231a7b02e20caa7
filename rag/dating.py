"""How well an article's day fits a question, in [0, 1]: what retrieval knows of time.

A question that names days is answered by what appeared on them or shortly after. Any other
question put to a news archive is most often about what is new on its as-of day, whether it says so
or not ("Which company announced ...?"); a question about what does not change has no day. Outside
the wanted days the score falls as 1 / (1 + (days / SCALE)^2), flat near them and with a long tail,
so that an old article which alone answers is still found. On news-quiz questions of one week
each, this shape ranked better than an exponential decay of any half-life (docs/decisions.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from rag.schema import DateRange, Question

SCALE = 14  # days from the wanted ones at which the score is one half
UNDATED = 0.25  # of an article without a date: it may be from any day
LOOSE = 0.5  # strength where the words only lean to some days ("recently")

_UNCHANGING = re.compile(
    r"^(?:what|who)(?:['’]s|\s+(?:is|are|was|were))\s+(?:an?|the\s+(?:capital|definition|meaning|"
    r"difference|purpose|origin|history|author|inventor|founder))\b"
    r"|^what\s+does\s+.{1,60}\bmean\b|^how\s+(?:do|does)\s+.{1,60}\bwork\b"
    r"|\b(?:born|founded|invented|discovered|built|established|originate[sd]?)\b"
    r"|\b(?:first|ever|originally|historically)\b.{0,40}\bin\s+history\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which days a question wants, and how much that counts: ``strength`` in [0, 1].

    ``days`` are inclusive ISO days, open where None.
    """

    days: DateRange
    strength: float

    def score(self, published: str | None) -> float:
        """Return how well a day of publication fits: 1 within the days, towards 0 far from them."""
        if published is None:
            return UNDATED
        return 1 / (1 + (self._distance(published) / SCALE) ** 2)

    def _distance(self, published: str) -> int:
        """Return the days from the nearest wanted day."""
        first, last = self.days
        if first is not None and published < first:
            return (date.fromisoformat(first) - date.fromisoformat(published)).days
        if last is not None and published > last:
            return (date.fromisoformat(published) - date.fromisoformat(last)).days
        return 0


def wanted_days(question: Question) -> Wanted:
    """Return the days that a question wants; ``strength`` 0 where it wants none."""
    when = question.when
    days = when.published(question.as_of)
    if days is not None:
        return Wanted(days, 1.0 if when.firmness == "firm" else LOOSE)
    if not when.now and _UNCHANGING.search(question.standalone):
        return Wanted((None, None), 0.0)
    return Wanted((question.as_of, None), 1.0)
