"""Marks of many answers, as shares with intervals. Pure; the bootstrap is seeded.

right            of all questions: right as `eval.metrics` defines it
answer_right     of fact, attribution, date, multi, conflict and followup: right
evidence_recall  of questions that list evidence: mean share of evidence groups cited
on_gold          of the same questions: mean share of citations that overlap a listed quote
answered         of questions with an answer (a false premise included): did not abstain
abstained        of questions without one (unanswerable, boilerplate): did abstain
spans_valid      of all spans, markers and citation numbers shown: points where it says
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from eval.cases import Case
from eval.metrics import Mark

MEASURES = (
    "right",
    "answer_right",
    "evidence_recall",
    "on_gold",
    "answered",
    "abstained",
    "spans_valid",
)
N_RESAMPLES = 2000
SEED = 20220928


@dataclass(frozen=True, slots=True)
class Measure:
    """A mean over ``n`` items with the ends of its 95 % bootstrap interval."""

    value: float
    n: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Summary:
    """The marks of many answers. A measure that applies to none of them is absent."""

    n: int
    n_failed: int
    measures: Mapping[str, Measure]
    seconds_p50: float
    seconds_p90: float


def summarise(marked: Sequence[tuple[Case, Mark]], seconds: Iterable[float] = ()) -> Summary:
    """Return the marks of many answers, with intervals over questions."""
    measures = {}
    for name in MEASURES:
        values = [v for case, m in marked if (v := _VALUES[name](case, m)) is not None]
        if values:
            low, high = bootstrap_interval(values)
            measures[name] = Measure(_ratio(values), len(values), low, high)
    times = sorted(seconds)
    return Summary(
        n=len(marked),
        n_failed=sum(m.failed for _, m in marked),
        measures=measures,
        seconds_p50=percentile(times, 50),
        seconds_p90=percentile(times, 90),
    )


_Value = tuple[float, float]  # what counted, out of what: a mean of shares is a ratio of sums


def _answer_right(case: Case, marks: Mark) -> _Value | None:
    return None if case.to_refuse or case.kind == "false_premise" else (float(marks.right), 1)


def _of_all(value: float | None) -> _Value | None:
    return None if value is None else (value, 1)


_VALUES: dict[str, Callable[[Case, Mark], _Value | None]] = {
    "right": lambda _, m: (float(m.right), 1),
    "answer_right": _answer_right,
    "evidence_recall": lambda _, m: _of_all(m.evidence_recall),
    "on_gold": lambda _, m: _of_all(m.on_gold),
    "answered": lambda c, m: None if c.to_refuse else (float(not (m.abstained or m.failed)), 1),
    "abstained": lambda c, m: (float(m.abstained), 1) if c.to_refuse else None,
    "spans_valid": lambda _, m: (m.n_spans - len(m.broken), m.n_spans) if m.n_spans else None,
}


def _ratio(values: Sequence[_Value]) -> float:
    return sum(got for got, _ in values) / sum(most for _, most in values)


def bootstrap_interval(
    values: Sequence[_Value], *, n_resamples: int = N_RESAMPLES, seed: int = SEED
) -> tuple[float, float]:
    """Return the ends of the 95 % percentile bootstrap interval over questions.

    ``values`` are (counted, out of) pairs. The same values and seed give the same interval.
    """
    draw = random.Random(seed)
    means = sorted(_ratio(draw.choices(values, k=len(values))) for _ in range(n_resamples))
    return percentile(means, 2.5), percentile(means, 97.5)


def percentile(ordered: Sequence[float], q: float) -> float:
    """Return the q-th percentile (0 to 100) of ascending values, interpolated; nan of none."""
    if not ordered:
        return math.nan
    at = (len(ordered) - 1) * q / 100
    below = math.floor(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (at - below)
