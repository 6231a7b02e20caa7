"""When the evidence does not hold what is asked, and what the reader is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made import article, asked, evidence

from rag.answerable import (
    DATE_LINE_BONUS,
    MARGIN,
    MIN_NEARNESS,
    OPENING,
    VERY_NEAR,
    fits,
    fitting,
    gap,
    is_about,
    is_of_another,
    missing_names,
    nearness,
)

LEFT = "How many people left Orle?"


@pytest.mark.parametrize(
    ("text", "holds_it"),
    [
        pytest.param("Storm Selma flooded Orle on Monday.", True, id="the noun, then its name"),
        pytest.param("The storm, named Selma, flooded Orle.", True, id="named"),
        pytest.param("The storm flooded Orle, forecasters said.", False, id="no name"),
        pytest.param("The storm Orle saw on Monday was a strong one.", False, id="a name asked of"),
        pytest.param("Storm Monday was a bad day for Orle.", False, id="a day"),
    ],
)
def test_what_is_no_person_has_a_name_too(text, holds_it):
    question = asked("What is the name of the storm that flooded Orle?")
    assert fits(question, evidence(text)) is holds_it


def test_a_sentence_that_asks_the_same_is_not_the_nearest():
    question = asked(LEFT)
    same = evidence(LEFT, dense=0.95, coverage=1.0)
    told = evidence("80 people left Orle.", dense=0.8, coverage=0.9)
    assert nearness(question, same) < nearness(question, told)


def test_nothing_found_is_nothing_near():
    assert gap(asked(LEFT), []) == "Nothing in the articles is near enough to this question."


def test_what_is_too_far_is_nothing_near():
    far = evidence("1,450 people left Orle.", dense=MIN_NEARNESS - 0.01, coverage=0.0)
    near = evidence("1,450 people left Orle.", dense=MIN_NEARNESS, coverage=0.0)
    assert "near enough" in (gap(asked(LEFT), [far]) or "")
    assert gap(asked(LEFT), [far, near]) is None


def test_a_name_that_no_evidence_holds_is_named():
    found = gap(asked("How many people left Orle for Tarn?"), [evidence("80 people left Orle.")])
    assert found == "The articles found say nothing of Tarn."


def test_several_missing_names_are_listed():
    question = asked("Did Orle, Tarn or Vell flood?")
    found = gap(question, [evidence("Calder flooded.")])
    assert found == "The articles found say nothing of Orle, Tarn or Vell."


@pytest.mark.parametrize(
    "held_by",
    [
        pytest.param(evidence("80 Finnish people left."), id="another form of the name"),
        pytest.param(evidence("80 left.", before="Finland is cold."), id="what stands before"),
        pytest.param(
            evidence("80 left.", within=article("80 left.", title="Finland")), id="headline"
        ),
        pytest.param(
            evidence("80 left.", within=article("80 left.", source="Finland News")), id="outlet"
        ),
    ],
)
def test_a_name_may_be_held_by_what_surrounds_a_sentence(held_by):
    assert missing_names(asked("How many people left Finland?"), [held_by]) == []


@pytest.mark.parametrize(
    ("question", "text", "lacks"),
    [
        pytest.param(LEFT, "People left Orle.", "a figure", id="no figure"),
        pytest.param(LEFT, "People left Orle by 10 km of road.", "a figure", id="other measure"),
        pytest.param(LEFT, "In 2021 people left Orle.", "a figure", id="a year is no figure"),
        pytest.param("How fast was Orle?", "Orle is 12 km away.", "a figure", id="no speed"),
        pytest.param("When did people leave Orle?", "People left Orle.", "a date", id="no date"),
        pytest.param("Who left Orle?", "The people left Orle.", "whoever", id="no name"),
        pytest.param("Where did the Orle ferry go?", "The Orle ferry left.", "place", id="place"),
    ],
)
def test_what_is_lacking_is_said_in_words(question, text, lacks):
    found = gap(asked(question), [evidence(text)])
    assert found is not None
    assert lacks in found
    assert "Orle" in found


@pytest.mark.parametrize(
    ("question", "text"),
    [
        pytest.param(LEFT, "Some 1,450 people left Orle.", id="figure"),
        pytest.param("How fast was the Orle ferry?", "The Orle ferry made 12 knots.", id="speed"),
        pytest.param(
            "How far has the Orle pound fallen?", "The Orle pound has fallen 9%.", id="how far"
        ),
        pytest.param("ages of Anna Pell and Bo Lind?", "Anna Pell, 34, met Bo Lind.", id="age"),
        pytest.param("When did people leave Orle?", "On Monday people left Orle.", id="weekday"),
        pytest.param("When did people leave Orle?", "People left Orle in 2021.", id="year"),
        pytest.param("When did people leave Orle?", "They left Orle on 4 March.", id="day"),
        pytest.param("When did people leave Orle?", "They left Orle yesterday.", id="relative"),
        pytest.param("Who left Orle?", "Anna Pell left Orle.", id="person"),
        pytest.param("Where did the Orle ferry go?", "The Orle ferry went to Norby.", id="place"),
        pytest.param("Why did people leave Orle?", "People left Orle.", id="open question"),
    ],
)
def test_nothing_is_lacking(question, text):
    assert gap(asked(question), [evidence(text)]) is None


@pytest.mark.parametrize(
    ("text", "is_another_s"),
    [
        pytest.param("Vell Coaches made $85 million in spring.", True, id="another's"),
        pytest.param("The Tarn line made $85 million in spring.", True, id="behind an article"),
        pytest.param("Tarn Ferries made more than Norby Ferries in spring.", False, id="of both"),
        pytest.param("It made $85 million in spring, in Tarn too.", False, id="no name in front"),
    ],
)
def test_what_opens_with_another_name_is_told_of_that(text, is_another_s):
    question = asked("How much profit did Norby Ferries make in spring?")
    assert is_of_another(question, evidence(text)) is is_another_s


def test_who_went_somewhere_arrived_there():
    question = asked("How many Finns went to Orle after the flood?")
    before = "Finns are on the move."
    told = evidence("The guard of Orle said 430 arrived in it.", dense=0.5, before=before)
    read = evidence("The guard of Orle said 430 ate in it.", dense=0.5, before=before)
    assert gap(question, [told]) is None
    assert gap(question, [read]) is not None


@pytest.mark.parametrize(
    ("question", "text", "answers"),
    [
        pytest.param("expert", "The flood will return, Anna Pell of Tarn College said.", True),
        pytest.param("expert", "The flood will return.", False),
        pytest.param("airline", "The flood will return, Anna Pell of Tarn College said.", False),
    ],
)
def test_an_expert_is_seldom_called_so_beside_the_name(question, text, answers):
    which = asked(f"Which {question} warned that the flood will return?")
    found = gap(which, [evidence(text, dense=VERY_NEAR - 0.1)])
    assert (found is None) is answers


def test_a_figure_about_another_place_is_no_answer():
    near = evidence("People left Orle for the hills.", dense=0.8)
    other = evidence("In Norby 300 people left their homes.", dense=0.75)
    found = gap(asked(LEFT), [near, other])
    assert found == "No sentence found gives a figure for what is asked, about Orle."


def test_the_nearest_sentence_may_name_another_place_in_passing():
    only = evidence("In Norby 300 people from Orle arrived.")
    assert gap(asked(LEFT), [only]) is None


def test_a_sentence_far_below_the_nearest_does_not_answer():
    near = evidence("People left Orle.", dense=0.9)
    far = evidence("Orle has 3,000 people.", dense=0.9 - MARGIN - 0.01)
    close = evidence("Orle has 4,000 people.", dense=0.9 - MARGIN + 0.01)
    assert fitting(asked(LEFT), [near, far, close]) == [close]


def test_an_open_question_asks_for_no_kind_of_answer():
    assert fitting(asked("Why did people leave Orle?"), [evidence("1 of 3 left Orle.")]) == []


@pytest.mark.parametrize(
    ("text", "is_person"),
    [
        pytest.param("The captain, Bo Lind, left Orle.", True, id="first and last name"),
        pytest.param("The captain of Orle was Lind, who slept.", True, id="said of with who"),
        pytest.param("The captain left for Norby.", False, id="a place"),
        pytest.param("The captain called the Norby Police.", False, id="a body"),
        pytest.param("The captain of Orle left.", False, id="only what was asked"),
        pytest.param("The captain is a man named Lind.", True, id="named"),
    ],
)
def test_a_person_s_name_is_asked_for(text, is_person):
    question = asked("What is the name of the captain of Orle?")
    assert fits(question, evidence(text)) is is_person


@pytest.mark.parametrize(
    ("text", "before", "title", "about"),
    [
        pytest.param("80 people left Orle.", "", "", True, id="names it"),
        pytest.param("80 people left.", "Orle flooded.", "", True, id="leans on it"),
        pytest.param("80 people left.", "", "Flood in Orle", True, id="headline names it"),
        pytest.param("80 people left.", "", "", False, id="nothing names it"),
        pytest.param("80 came to Norby.", "Orle flooded.", "", False, id="speaks of another"),
        pytest.param("Norby took in 80.", "Orle flooded.", "", False, id="opens with another"),
    ],
)
def test_is_about(text, before, title, about):
    sentence = evidence(text, within=article(text, title=title), before=before)
    assert is_about(asked(LEFT), sentence) is about


def test_without_a_headline_an_article_is_about_what_its_opening_names():
    text = "Orle flooded in spring.\n\nIt was a bad year.\n\n80 people left."
    early = article(text)
    late = article("It was a bad year. " * OPENING + text)
    for within, about in ((early, True), (late, False), (replace(early, title="A flood"), False)):
        assert is_about(asked(LEFT), evidence("80 people left.", within=within)) is about


def test_a_name_that_belongs_to_somebody_else_is_not_the_one_asked_for():
    question = asked("What is the name of the captain of Orle?")
    text = "The captain of Orle kept silent all night long, while the owner, Bo Lind, wept."
    assert not fits(question, evidence(text))


def test_a_figure_in_a_sentence_that_is_less_near_must_count_the_thing_asked_for():
    boats, people = "Some 20 boats were in Orle.", "Some 20 people left Orle."
    assert fits(asked(LEFT), evidence(boats, dense=VERY_NEAR))
    assert not fits(asked(LEFT), evidence(boats, dense=VERY_NEAR - 0.01))
    assert fits(asked(LEFT), evidence(people, dense=VERY_NEAR - 0.01))


def test_which_of_a_kind_needs_a_sentence_that_speaks_of_the_kind():
    question = asked("Which airline landed in Orle?")
    idle = evidence("People landed in Orle at night.", dense=0.55)
    told = evidence("The airline Norbair landed in Orle.", dense=0.55)
    assert gap(question, [idle]) == "No sentence found says which airline it was."
    assert gap(question, [idle, told]) is None


def test_an_adjective_made_from_a_name_need_not_stand_in_the_evidence():
    assert missing_names(asked("What did European states say?"), [evidence("They wept.")]) == []


def test_a_question_that_lists_names_is_answered_one_at_a_time():
    question = asked("How many people fled to Orle, Norby and Vell?")
    assert is_about(question, evidence("Norby took in 80."))
    assert not is_about(question, evidence("Tarn took in 80."))


def test_nearness_is_higher_for_a_date_line_only_where_publication_is_asked_for():
    line = evidence("Published 3 May 2021")
    published, broke = asked("When was it published?"), asked("When did it break?")
    assert nearness(published, line) == pytest.approx(nearness(broke, line) + DATE_LINE_BONUS)
