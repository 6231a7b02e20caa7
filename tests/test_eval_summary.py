"""Means over the right questions, with intervals that do not change from run to run."""

from __future__ import annotations

import math

import pytest

from eval.cases import Case
from eval.metrics import Mark, failed
from eval.summary import bootstrap_interval, percentile, summarise

FACT = Case(id="f", kind="fact", question="?", must=(("x",),))
PREMISE = Case(id="p", kind="false_premise", question="?", must=(("x",),))
NOWHERE = Case(id="u", kind="unanswerable", question="?")


def test_each_measure_counts_the_questions_it_is_about():
    summary = summarise(
        [
            (FACT, Mark(True, False, evidence_recall=1.0, on_gold=0.5, n_spans=4)),
            (FACT, Mark(False, True, evidence_recall=0.0, on_gold=0.0)),
            (PREMISE, Mark(False, False, n_spans=6, broken=("x",))),
            (NOWHERE, Mark(True, True)),
            (NOWHERE, failed(NOWHERE)),
        ],
        [4.0, 1.0, 3.0, 2.0, 5.0],
        [0.2, 0.0, 0.4, 0.0, 0.0],
    )
    assert (summary.n, summary.n_failed) == (5, 1)
    values = {name: (m.value, m.n) for name, m in summary.measures.items()}
    assert values == {
        "right": (0.4, 5),
        "answer_right": (0.5, 2),
        "evidence_recall": (0.5, 2),
        "on_gold": (0.25, 2),
        "answered": (pytest.approx(2 / 3), 3),
        "abstained": (0.5, 2),
        "spans_valid": (0.9, 2),
        "refusal_precision": (0.5, 2),
        "refusal_f1": (0.5, 3),
    }
    assert summary.seconds_p50 == 3.0
    assert summary.checking == pytest.approx(0.04)


def test_a_measure_about_no_question_is_absent():
    measures = summarise([(NOWHERE, Mark(True, True))]).measures
    assert set(measures) == {"right", "abstained", "refusal_precision", "refusal_f1"}


def test_nothing_has_no_marks_and_no_seconds():
    summary = summarise([])
    assert summary.measures == {}
    assert math.isnan(summary.seconds_p50)
    assert math.isnan(summary.checking)


def test_the_interval_holds_the_mean_and_is_the_same_each_time():
    values = [(1.0, 1.0)] * 30 + [(0.0, 1.0)] * 10
    low, high = bootstrap_interval(values)
    # For 40 questions at .75 the normal approximation gives .75 +- .134.
    assert low == pytest.approx(0.616, abs=0.04)
    assert high == pytest.approx(0.884, abs=0.04)
    assert bootstrap_interval(values) == (low, high)


def test_an_interval_of_equal_values_is_a_point():
    assert bootstrap_interval([(1.0, 1.0)] * 5) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("q", "expected"), [(0, 1.0), (50, 2.5), (100, 4.0), (90, 3.7)], ids=lambda v: str(v)
)
def test_percentiles_are_interpolated(q, expected):
    assert percentile([1.0, 2.0, 3.0, 4.0], q) == pytest.approx(expected)
