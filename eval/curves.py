"""Confidence against outcome: risk and coverage, and reliability. Pure.

A confidence is worth something when the answers it is highest for are right most often (risk and
coverage), and when of those with confidence .8 about eight in ten are right (reliability).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import mean

Outcome = tuple[float, bool]
"""The confidence of an answer, higher is surer, and whether it was right."""


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """Answering only the surest: share answered -> share of them that is wrong.

    ``area`` is the mean risk over all numbers of answers (AURC, Geifman and El-Yaniv 2017), lower
    is better; ``flat`` is what a confidence that knows nothing would get: the risk of them all.
    """

    points: tuple[tuple[float, float], ...]
    area: float
    flat: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of like confidence: its mean, and the share of them that was right."""

    confidence: float
    right: float
    n: int


def risk_coverage(outcomes: Sequence[Outcome], n_asked: int) -> RiskCoverage | None:
    """Return the curve over the answers given, the surest first; None when there is none.

    Coverage is a share of the ``n_asked`` questions: it ends where nothing more was answered.
    Answers of equal confidence come in no order, so each shares the risk of all of them.
    """
    if not outcomes:
        return None
    points: list[tuple[float, float]] = []
    ordered = sorted(outcomes, key=lambda outcome: -outcome[0])
    n_wrong = 0.0
    for _, group in groupby(ordered, key=lambda outcome: outcome[0]):
        tied = [not right for _, right in group]
        for _ in tied:
            n_wrong += mean(tied)
            points.append(((len(points) + 1) / n_asked, n_wrong / (len(points) + 1)))
    return RiskCoverage(tuple(points), mean(risk for _, risk in points), points[-1][1])


def reliability(outcomes: Sequence[Outcome], n_bins: int = 10) -> tuple[Bin, ...]:
    """Return the outcomes in equally wide bins of confidence from 0 to 1; empty ones left out."""
    bins: dict[int, list[Outcome]] = {}
    for outcome in outcomes:
        bins.setdefault(min(int(outcome[0] * n_bins), n_bins - 1), []).append(outcome)
    return tuple(
        Bin(mean(c for c, _ in held), mean(float(right) for _, right in held), len(held))
        for _, held in sorted(bins.items())
    )


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return the mean distance of confidence and share right (ECE, Guo et al. 2017), in [0, 1]."""
    n = sum(each.n for each in bins)
    return sum(each.n * abs(each.confidence - each.right) for each in bins) / n if n else 0.0
