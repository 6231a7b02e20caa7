"""Two runs over the same questions -> what differs, and whether chance would do as much. Seeded.

Tests are paired: a question's values in both runs are drawn together (bootstrap interval of the
difference) or change places (permutation test). Knows nothing of files and pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.report import aligned
from eval.run import Record
from eval.summary import N_RESAMPLES, SEED, Value, applying, value_of
from index.errors import InputError

Values = NDArray[np.float64]
"""(n questions, 4): counted and out of in the first run, the same in the second; float64."""

BLOCK = 100  # resamples drawn at once: a few megabytes


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure in two runs, and ``second`` - ``first`` with its 95 % interval.

    ``p`` is the chance of a difference as large, either way, if runs and values had nothing to
    do with each other.
    """

    name: str
    n: int
    first: float
    second: float
    low: float
    high: float
    p: float

    @property
    def value(self) -> float:
        """The difference; above 0 where the second run is higher."""
        return self.second - self.first


@dataclass(frozen=True, slots=True)
class Comparison:
    """All differences over the ``n`` questions of both runs; ``n_alone`` are in one only.

    ``n_failed`` are failed questions, misses in every measure, of the first and second run.
    """

    n: int
    n_alone: int
    n_failed: tuple[int, int]
    differences: tuple[Difference, ...]

    def text(self) -> str:
        """Return the differences as lines of text."""
        lines = [["measure", "n", "first", "second", "difference", "95 % interval", "p"]]
        lines += [
            [
                d.name,
                str(d.n),
                f"{d.first:.3f}",
                f"{d.second:.3f}",
                f"{d.value:+.3f}",
                f"{d.low:+.3f} to {d.high:+.3f}",
                f"{d.p:.3f}",
            ]
            for d in self.differences
        ]
        return (
            f"{self.n} questions, {self.n_alone} more in one run only; failed (counted as "
            f"misses): {self.n_failed[0]} in the first, {self.n_failed[1]} in the second\n"
            + aligned(lines)
        )


def compare(first: Sequence[Record], second: Sequence[Record]) -> Comparison:
    """Return what differs between two runs. Raises InputError when they share no question."""
    pairs = _paired(first, second)
    if not pairs:
        raise InputError("The two runs have no question in common: compare runs of one set.")
    differences = []
    for name in (*applying(one.case for one, _ in pairs), "seconds"):
        values = [(_value(name, one), _value(name, other)) for one, other in pairs]
        known = [pair for pair in values if pair != (None, None)]
        if known and (found := _difference(name, known)):
            differences.append(found)
    return Comparison(
        n=len(pairs),
        n_alone=len(first) + len(second) - 2 * len(pairs),
        n_failed=(
            sum(one.mark.failed for one, _ in pairs),
            sum(other.mark.failed for _, other in pairs),
        ),
        differences=tuple(differences),
    )


def _paired(first: Sequence[Record], second: Sequence[Record]) -> list[tuple[Record, Record]]:
    others = {record.case.id: record for record in second}
    return [(one, others[one.case.id]) for one in first if one.case.id in others]


def _value(name: str, record: Record) -> Value | None:
    if name == "seconds":
        return (record.seconds, 1.0)
    return value_of(name, record.case, record.mark)


def _difference(name: str, pairs: Sequence[tuple[Value | None, Value | None]]) -> Difference | None:
    nothing = (0.0, 0.0)
    values = np.array([[*(one or nothing), *(other or nothing)] for one, other in pairs])
    first, second = _ratios(values.sum(axis=0))
    if np.isnan(first) or np.isnan(second):  # one of the runs has nothing that it is about
        return None
    drawn = _resampled(values)
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    swapped = _swapped(values)
    as_large = np.abs(swapped[~np.isnan(swapped)]) >= abs(second - first) - 1e-12
    p = (1 + as_large.sum()) / (1 + len(as_large))
    return Difference(name, len(pairs), first, second, float(low), float(high), float(p))


def _resampled(values: Values) -> Values:
    """Return the difference in each of ``N_RESAMPLES`` draws of as many questions."""
    draw = np.random.default_rng(SEED)
    n = len(values)
    blocks = [
        values[draw.integers(n, size=(BLOCK, n))].sum(axis=1) for _ in range(N_RESAMPLES // BLOCK)
    ]
    return _differences(np.concatenate(blocks))


def _swapped(values: Values) -> Values:
    """Return the difference when each question's two values may have changed places."""
    draw = np.random.default_rng(SEED)
    turned = values[:, [2, 3, 0, 1]]
    sums = []
    for _ in range(N_RESAMPLES // BLOCK):
        swaps = draw.integers(2, size=(BLOCK, len(values))).astype(np.float64)
        sums.append((1 - swaps) @ values + swaps @ turned)
    return _differences(np.concatenate(sums))


def _differences(sums: Values) -> Values:
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Values = sums[:, 2] / sums[:, 3] - sums[:, 0] / sums[:, 1]
    return found


def _ratios(sums: Values) -> tuple[float, float]:
    with np.errstate(invalid="ignore", divide="ignore"):
        return float(sums[0] / sums[1]), float(sums[2] / sums[3])
