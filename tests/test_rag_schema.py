"""What a question says about time, as plain data."""

from __future__ import annotations

import pytest

from rag.schema import Question, When


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        pytest.param(When(), None, id="no time"),
        pytest.param(
            When(start="2022-09-19", end="2022-09-25"), ("2022-09-19", "2022-10-02"), id="past"
        ),
        pytest.param(
            When(start="2022-10-08", end="2022-10-08"),
            ("2022-10-08", "2022-10-10"),
            id="not past the as-of day",
        ),
        pytest.param(
            When(start="2022-10-17", end="2022-10-23"), (None, "2022-10-10"), id="still to come"
        ),
        pytest.param(When(start="2022-09-01"), ("2022-09-01", None), id="open end"),
        pytest.param(When(end="2022-09-01"), (None, "2022-09-08"), id="open start"),
        pytest.param(When(end="9999-12-31"), (None, "2022-10-10"), id="last day there is"),
        pytest.param(
            When(start="2022-09-19", end="2022-09-25", of_publication=True),
            ("2022-09-19", "2022-09-25"),
            id="days of the articles themselves",
        ),
    ],
)
def test_articles_about_a_day_appear_on_it_or_some_days_after(when, expected):
    assert when.published("2022-10-10") == expected


def test_a_question_without_words_of_time_has_no_range():
    assert Question("Who left?", "Who left?", "2022-10-10").date_range is None


def test_a_question_has_the_range_that_its_words_name():
    when = When(("in May",), "2022-05-01", "2022-05-31", "firm")
    asked = Question("Who left?", "Who left?", "2022-10-10", when=when)
    assert asked.date_range == ("2022-05-01", "2022-05-31")
