"""A confidence is worth what it says about being right."""

from __future__ import annotations

import pytest

from eval.curves import Bin, calibration_error, reliability, risk_coverage

GOOD = [(0.9, True), (0.8, True), (0.3, False), (0.2, False)]


def test_a_confidence_that_knows_keeps_the_risk_low_until_the_end():
    curve = risk_coverage(GOOD, 4)
    assert curve.points == (
        (0.25, 0.0),
        (0.5, 0.0),
        (0.75, pytest.approx(1 / 3)),
        (1.0, 0.5),
    )
    assert curve.area == pytest.approx((1 / 3 + 0.5) / 4)
    assert curve.flat == 0.5


def test_one_that_is_wrong_way_round_is_worse_than_none():
    curve = risk_coverage([(1 - c, right) for c, right in GOOD], 4)
    assert curve.area > curve.flat


def test_equal_confidences_come_in_no_order():
    forth = [(0.5, True), (0.5, False), (0.5, True), (0.5, False)]
    assert risk_coverage(forth, 4) == risk_coverage(forth[::-1], 4)
    assert risk_coverage(forth, 4).area == pytest.approx(0.5)


def test_coverage_ends_where_nothing_more_was_answered():
    assert risk_coverage(GOOD, 8).points[-1] == (0.5, 0.5)
    assert risk_coverage([], 8) is None


def test_reliability_is_the_share_right_of_like_confidence():
    bins = reliability([(0.95, True), (1.0, True), (0.91, False), (0.15, False), (0.0, True)])
    assert bins == (
        Bin(0.0, 1.0, 1),
        Bin(0.15, 0.0, 1),
        Bin(pytest.approx(0.9533, abs=1e-3), pytest.approx(2 / 3), 3),
    )
    assert calibration_error(bins) == pytest.approx(
        (1 + 0.15 + 3 * (0.95333 - 2 / 3)) / 5, abs=1e-3
    )
    assert calibration_error(()) == 0.0
