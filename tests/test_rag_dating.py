"""Which days a question wants, and how well an article's day fits."""

from __future__ import annotations

import pytest

from index.schema import Scope
from rag.dating import REACH, RECENT, SCALE, UNDATED, Wanted, wanted_days
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


def test_what_is_said_of_past_days_now_counts_less_than_what_was_said_then():
    days = wanted("How many people left Orle in March 2019?")
    assert days.score(AS_OF) == RECENT < days.score("2019-03-20")
    assert days.score("2020-03-20") < 0.1


@pytest.mark.parametrize(
    "text",
    [
        "How many people have left Orle since 2019?",
        "What happened in Orle this week?",
        "Which singer will perform in Orle next year?",
        "Who left Orle in the last 12 months?",
    ],
)
def test_days_that_reach_the_as_of_day_want_what_is_new(text):
    days = wanted(text)
    assert days.score(AS_OF) == 1
    assert days.score("2021-01-01") < 0.1


def test_words_that_only_lean_to_past_days_want_what_is_new_as_much():
    days = wanted("Prices are higher than they were a year ago: which rose most in Orle?")
    assert days.score(AS_OF) == 1


def test_what_the_days_want_is_searched_apart():
    new = wanted("Which company announced a ferry?").narrowed(Scope(until=AS_OF))
    assert new == Scope(date_from="2021-06-02", until=AS_OF)
    past = wanted("How many people left Orle in March 2019?").narrowed(Scope(until=AS_OF))
    assert (past.date_from, past.date_to) == ("2019-02-01", "2019-05-05")
    assert REACH == 28


def test_filters_stay_narrower_than_the_days():
    scope = Scope(date_from="2021-06-20", until=AS_OF, sources=("North Wire",))
    assert wanted("Which company announced a ferry?").narrowed(scope) == scope
    assert wanted("What is a dam?").narrowed(scope) is None
    assert Wanted((None, None), 1.0).narrowed(scope) is None


def test_the_calendar_s_end_is_no_error():
    far = Wanted(("9999-12-31", None), 1.0)
    assert far.narrowed(Scope()).date_from == "9999-12-03"
    assert Wanted((None, "9999-12-31"), 1.0).narrowed(Scope()).date_to is None


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
