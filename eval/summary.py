"""Marks of many answers, as shares with intervals. Pure; the bootstrap is seeded.

right            of all questions that have a rule for it: right as `eval.metrics` defines it
answer_right     of fact, attribution, date, multi, conflict and followup: right
evidence_recall  of questions that list evidence: mean share of evidence groups cited
on_gold          of the same questions: mean share of citations that overlap a listed quote
answered         of questions with an answer (a false premise included): did not abstain
abstained        of questions without one (unanswerable, boilerplate): did abstain, which is the
                 recall of refusals
spans_valid      of all spans, markers and citation numbers shown: points where it says

Where a set allows them:

contains         of questions with short gold answers: all of them stand in the answer
f1               of the same: mean token F1
cites_gold       of questions with gold articles: a citation is of one
citations_gold   of all citations to questions that list evidence: overlaps a listed quote
sides            of conflicts: mean share of the sides that stand in the answer
all_sides        of conflicts: all of them do
refusal_precision  of answers that abstained: they should have
refusal_f1       harmonic mean of that and of ``abstained``
alce_recall      of answers that claim something: ALCE's citation recall (`eval.alce`)
alce_precision   of the same: its citation precision
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from eval.cases import EITHER_KINDS, Case
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
    """A mean over ``n`` questions with the ends of its 95 % bootstrap interval.

    ``n_failed`` of them failed, and count as misses.
    """

    value: float
    n: int
    low: float
    high: float
    n_failed: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """The marks of many answers. A measure that applies to none of them is absent.

    ``checking`` is the share of all seconds, in [0, 1], that went into checking sentences.
    """

    n: int
    n_failed: int
    measures: Mapping[str, Measure]
    seconds_p50: float
    seconds_p90: float
    checking: float


def summarise(
    marked: Sequence[tuple[Case, Mark]],
    seconds: Sequence[float] = (),
    checking: Sequence[float] = (),
) -> Summary:
    """Return the marks of many answers, with intervals over questions.

    ``seconds`` are of whole answers, ``checking`` those of them that checking took.
    """
    measures = {}
    for name in applying(case for case, _ in marked):
        found = [(value_of(name, case, m), m.failed) for case, m in marked]
        if values := [value for value, _ in found if value is not None]:
            low, high = bootstrap_interval(values)
            n_failed = sum(failed for value, failed in found if value is not None)
            measures[name] = Measure(_ratio(values), len(values), low, high, n_failed)
    times = sorted(seconds)
    return Summary(
        n=len(marked),
        n_failed=sum(m.failed for _, m in marked),
        measures=measures,
        seconds_p50=percentile(times, 50),
        seconds_p90=percentile(times, 90),
        checking=sum(checking) / sum(times) if sum(times) else math.nan,
    )


Value = tuple[float, float]
"""What counted, and out of what: a mean of shares is a ratio of sums."""


def value_of(name: str, case: Case, marks: Mark) -> Value | None:
    """Return what one answer adds to a measure; None where it is not about such a question."""
    return _VALUES[name](case, marks)


def _answer_right(case: Case, marks: Mark) -> Value | None:
    if case.to_refuse or case.kind in EITHER_KINDS:
        return None
    return _of_all(marks.right)


def _of_all(value: float | None) -> Value | None:
    return None if value is None else (float(value), 1)


def _answered(case: Case, marks: Mark) -> Value | None:
    if case.to_refuse or case.kind == "underspecified":
        return None
    return (float(not (marks.abstained or marks.failed)), 1)


def _citations_gold(_: Case, marks: Mark) -> Value | None:
    if marks.on_gold is None or not marks.n_cited:
        return None
    return (marks.on_gold * marks.n_cited, marks.n_cited)


def _refused_rightly(case: Case, marks: Mark) -> Value | None:
    if not marks.abstained or case.kind in EITHER_KINDS:
        return None
    return (float(case.to_refuse), 1)


def _refusal_f1(case: Case, marks: Mark) -> Value | None:
    """Return 2 TP out of 2 TP + FP + FN, whose ratio of sums is F1."""
    if case.kind in EITHER_KINDS or not (case.to_refuse or marks.abstained):
        return None
    return (2.0, 2.0) if case.to_refuse and marks.abstained else (0.0, 1.0)


def applying(cases: Iterable[Case]) -> tuple[str, ...]:
    """Return the measures that make sense for a set.

    With nothing to refuse every refusal is wrong, and "answered" says how many there were.
    """
    to_refuse = any(case.to_refuse for case in cases)
    names = (*MEASURES, *MORE)
    return tuple(n for n in names if to_refuse or not n.startswith("refusal"))


_VALUES: dict[str, Callable[[Case, Mark], Value | None]] = {
    "right": lambda _, m: _of_all(m.right),
    "answer_right": _answer_right,
    "evidence_recall": lambda _, m: _of_all(m.evidence_recall),
    "on_gold": lambda _, m: _of_all(m.on_gold),
    "answered": _answered,
    "abstained": lambda c, m: (float(m.abstained), 1) if c.to_refuse else None,
    "spans_valid": lambda _, m: (m.n_spans - len(m.broken), m.n_spans) if m.n_spans else None,
    "contains": lambda _, m: _of_all(m.contains),
    "f1": lambda _, m: _of_all(m.f1),
    "cites_gold": lambda _, m: _of_all(m.cites_gold),
    "citations_gold": _citations_gold,
    "sides": lambda _, m: _of_all(m.sides),
    "all_sides": lambda _, m: None if m.sides is None else (float(m.sides == 1), 1),
    "refusal_precision": _refused_rightly,
    "refusal_f1": _refusal_f1,
    "alce_recall": lambda _, m: _of_all(m.alce_recall),
    "alce_precision": lambda _, m: _of_all(m.alce_precision),
}
MORE = tuple(name for name in _VALUES if name not in MEASURES)
"""Measures that only some sets allow; the gate pins none of them."""


def _ratio(values: Sequence[Value]) -> float:
    return sum(got for got, _ in values) / sum(most for _, most in values)


def bootstrap_interval(
    values: Sequence[Value], *, n_resamples: int = N_RESAMPLES, seed: int = SEED
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
