"""Which days a question wants, and how well an article's day fits."""

from __future__ import annotations

import pytest

from rag.dating import LOOSE, SCALE, UNDATED, Wanted, wanted_days
from rag.question import understand
from rag.schema import Filters

AS_OF = "2021-06-30"


def wanted(text, as_of=AS_OF):
    return wanted_days(understand(text, (), Filters(), as_of))


def test_a_news_question_without_a_day_wants_what_is_new():
    days = wanted("Which company announced a ferry to Norby?")
    assert days.strength == 1
    scores = [days.score(d) for d in ("2021-06-30", "2021-06-16", "2021-01-01", "2001-01-01")]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == 1
    assert scores[1] == pytest.approx(0.5)  # SCALE days before
    assert 0 < scores[3] < 0.001


def test_a_question_that_names_days_wants_those_and_shortly_after():
    days = wanted("How many people left Orle in March 2019?")
    assert days.strength == 1
    assert days.score("2019-03-01") == days.score("2019-03-31") == days.score("2019-04-05") == 1
    assert days.score("2019-02-01") < 1
    assert days.score("2019-06-30") < 0.1
    assert days.score(AS_OF) < days.score("2019-06-30")


def test_loosely_named_days_count_less():
    assert wanted("How many people left Orle recently?").strength in {LOOSE, 1.0}
    assert wanted("How many people left Orle last week?").strength == 1


@pytest.mark.parametrize(
    "text",
    [
        "What is a dam?",
        "What is the capital of Norby?",
        "How does a ferry lock work?",
        "Where was the painter Bo Lind born?",
        "When was Orle founded?",
    ],
)
def test_what_does_not_change_has_no_day(text):
    assert wanted(text).strength == 0


@pytest.mark.parametrize(
    "text",
    [
        "What is the mayor of Orle doing now?",
        "Who won the race in Calder?",
        "What are the latest figures from Orle?",
        "Which show was renewed?",
    ],
)
def test_news_has_one(text):
    assert wanted(text).strength == 1


def test_an_undated_article_is_neither_best_nor_worst():
    days = Wanted(("2021-06-30", None), 1.0)
    assert days.score(None) == UNDATED
    assert days.score("2021-06-30") > UNDATED > days.score("2020-06-30")


@pytest.mark.parametrize(
    ("days", "published", "expected"),
    [
        pytest.param((None, None), "1999-01-01", 1.0, id="open"),
        pytest.param((None, "2021-01-01"), "1999-01-01", 1.0, id="any day until"),
        pytest.param(("2021-01-15", None), "2021-01-01", 1 / (1 + (14 / SCALE) ** 2), id="before"),
        pytest.param((None, "2021-01-01"), "2021-01-29", 1 / (1 + (28 / SCALE) ** 2), id="after"),
    ],
)
def test_distance_from_the_wanted_days(days, published, expected):
    assert Wanted(days, 1.0).score(published) == pytest.approx(expected)
