"""How a question was understood, as short texts, and the line that edits its wording."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.schema import Filters, Preference, Question, When
from ui.render_question import edited, facts, notable, to_edit, when_label

PLAIN = Question("Who left?", "Who left?", "2022-10-12")


def question(**changes) -> Question:
    return replace(Question("And Norby?", "Who left Norby?", "2022-10-12"), **changes)


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (When(), ""),
        (
            When(("last week",), "2022-10-03", "2022-10-09", "firm"),
            "“last week”: 3 October 2022 to 9 October 2022",
        ),
        (
            When(("recently",), "2022-09-12", "2022-10-12", "loose"),
            "“recently”: about 12 September 2022 to 12 October 2022",
        ),
        (When(("yesterday",), "2022-10-11", "2022-10-11", "firm"), "“yesterday”: 11 October 2022"),
        (When(("since May",), "2022-05-01", None, "firm"), "“since May”: from 1 May 2022 on"),
        (When(("by May",), None, "2022-05-31", "firm"), "“by May”: up to 31 May 2022"),
        (When(event="the announcement"), "“the announcement” has no known date"),
    ],
)
def test_the_days_that_words_mean_are_shown(when, expected):
    assert when_label(when) == expected


def test_an_as_of_day_that_nobody_asked_for_says_why():
    assert facts(PLAIN) == ("as of 12 October 2022",)
    chosen = question(as_of_from="newest article")
    assert facts(chosen) == ("as of 12 October 2022 (the newest article’s day)",)


def test_everything_understood_is_a_fact():
    full = question(
        filters=Filters("2022-01-01", None, ("North Wire",)),
        when=When(("last week",), "2022-10-03", "2022-10-09", "firm"),
        prefers=Preference(("ORK",), ("Jane Roe",)),
    )
    assert facts(full)[2:] == ("published 2022-01-01 to …", "North Wire", "ORK, Jane Roe first")


def test_a_terminal_is_told_only_what_its_reader_cannot_know():
    assert notable(PLAIN) == ()
    told = notable(question(as_of_from="newest article", filters=Filters("2022-01-01")))
    assert told[0] == "searched for “Who left Norby?”"
    assert told[1:] == ("as of 12 October 2022 (the newest article’s day)",)


def test_the_line_that_edits_a_wording_keeps_the_question():
    line = to_edit(question())
    assert line == "And Norby? → Who left Norby?"
    assert edited(line, ["And Norby?"]) == ("And Norby?", "Who left Norby?")


@pytest.mark.parametrize("asked", ["Who → what?", "  And \n Norby?  ", "x" * 400])
def test_a_question_of_any_form_is_found_again(asked):
    assert edited(to_edit(question(text=asked)), [asked]) == (asked, "Who left Norby?")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Is the line Norby → Calder open?", id="an arrow of the reader's own"),
        pytest.param("And Norby? →", id="no wording"),
        pytest.param("→ Who left?", id="no question"),
        pytest.param("Who left?", id="no arrow"),
        pytest.param("", id="empty"),
    ],
)
def test_any_other_line_is_a_question(text):
    assert edited(text, ["And Norby?", "Who left Calder?"]) == (text, None)
