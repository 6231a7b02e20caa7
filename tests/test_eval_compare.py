"""Two runs: a difference that chance explains is told from one that it does not."""

from __future__ import annotations

import pytest

from eval.cases import Case
from eval.compare import compare
from eval.metrics import Mark, failed
from eval.run import Record
from index.errors import InputError


def run_of(rights, *, first=0):
    made = []
    for n, right in enumerate(rights, start=first):
        case = Case(id=f"q{n}", kind="fact", question="?", must=(("x",),))
        made.append(Record(case, Mark(right, False), 1.0 + n % 3))
    return made


def row(found, name="right"):
    return next(d for d in found.differences if d.name == name)


def test_a_run_does_not_differ_from_itself():
    run = run_of([True, False] * 20)
    right = row(compare(run, run))
    assert (right.value, right.low, right.high, right.p) == (0.0, 0.0, 0.0, 1.0)


def test_a_clear_gain_is_beyond_chance():
    right = row(compare(run_of([False] * 30 + [True] * 10), run_of([True] * 40)))
    assert right.value == 0.75
    assert 0.55 < right.low < 0.75 < right.high < 0.95
    assert right.p < 0.01


def test_a_few_changes_to_and_fro_are_not():
    one = [True] * 20 + [True, True, False] + [False] * 17
    other = [True] * 20 + [False, True, True] + [False] * 17
    right = row(compare(run_of(one), run_of(other)))
    assert right.value == 0.0
    assert right.low < 0 < right.high
    assert right.p > 0.9


def test_order_of_the_runs_turns_the_sign_alone():
    one, other = run_of([False] * 10 + [True] * 10), run_of([True] * 15 + [False] * 5)
    forth, back = row(compare(one, other)), row(compare(other, one))
    assert forth.value == -back.value
    assert forth.p == back.p
    assert forth.low == pytest.approx(-back.high)


def test_only_shared_questions_count_and_the_others_are_counted():
    found = compare(run_of([True] * 10), run_of([False] * 10, first=5))
    assert (found.n, found.n_alone) == (5, 10)
    assert row(found).value == -1.0
    with pytest.raises(InputError, match="no question in common"):
        compare(run_of([True]), run_of([True], first=5))


def test_a_failed_question_is_a_miss_and_is_counted():
    one = run_of([True] * 4)
    other = [*one[:3], Record(one[3].case, failed(one[3].case), 1.0, error="died")]
    found = compare(one, other)
    assert found.n_failed == (0, 1)
    assert row(found).second == 0.75
    assert "0 in the first, 1 in the second" in found.text()


def test_a_ratio_of_sums_is_compared_as_one():
    """Spans count, not questions: 9 of 10 against 5 of 10, whatever question has them."""
    case = Case(id="q", kind="fact", question="?", must=(("x",),))
    one = [Record(case, Mark(True, False, n_spans=10, broken=("b",)), 1.0)]
    other = [Record(case, Mark(True, False, n_spans=10, broken=("b",) * 5), 1.0)]
    assert row(compare(one, other), "spans_valid").value == pytest.approx(-0.4)


def test_a_measure_that_one_run_lacks_is_left_out():
    one, other = run_of([True] * 3), run_of([True] * 3)
    other = [Record(r.case, Mark(True, False, n_spans=2), 1.0) for r in other]
    assert "spans_valid" not in {d.name for d in compare(one, other).differences}
