"""Different figures for the same thing, and what only looks like it."""

from __future__ import annotations

import pytest
from made import article, asked, evidence

from rag.conflict import MARGIN, NEAR, conflict, sides
from rag.figures import figures
from rag.schema import Citation
from rag.values import same

LEFT = "How many people left Orle?"


def values(groups):
    return [group[0].value.value for group in groups]


def citation(n, found):
    a = found.article
    return Citation(
        n, a.name, a.title, a.source, a.published, a.url, found.start, found.end, found.text
    )


def test_where_several_are_asked_for_they_are_no_sides():
    found = [evidence("Anna Pell was 12 years old then."), evidence("Anna Pell was 16 years old.")]
    assert sides(asked("What age was Anna Pell?"), found)
    assert sides(asked("At what two ages was Anna Pell caught?"), found) == []


def test_two_outlets_that_count_differently_are_two_sides():
    one = evidence("1,200 people left Orle, the mayor said.")
    other = evidence("The rescue service said 1,450 people left Orle.")
    groups = sides(asked(LEFT), [one, other])
    assert [[told.evidence for told in group] for group in groups] == [[one], [other]]
    assert values(groups) == [1200, 1450]


def test_outlets_that_agree_are_one_side_and_so_no_disagreement():
    found = [evidence("1,200 people left Orle."), evidence("Orle: 1.2 thousand people left.")]
    assert sides(asked(LEFT), found) == []


def test_who_agrees_joins_a_side():
    found = [
        evidence("1,200 people left Orle."),
        evidence("1,450 people left Orle."),
        evidence("About 1,210 people left Orle."),
    ]
    groups = sides(asked(LEFT), found)
    assert [len(group) for group in groups] == [2, 1]


def test_kilometres_and_miles_of_one_length_agree():
    question = asked("How long is the queue to Calder?")
    found = [
        evidence("The queue to Calder is 10 km long."),
        evidence("The queue to Calder is about 6 miles long."),
    ]
    assert sides(question, found) == []


def test_kilometres_and_miles_of_two_lengths_differ():
    question = asked("How long is the queue to Calder?")
    found = [
        evidence("The queue to Calder is 10 km long."),
        evidence("The queue to Calder is 10 miles long."),
    ]
    assert [group[0].value.unit for group in sides(question, found)] == ["km", "mile"]


@pytest.mark.parametrize(
    ("question", "texts"),
    [
        pytest.param("Why did people leave Orle?", ["1 left.", "2 left."], id="no figure asked"),
        pytest.param(LEFT, [], id="no evidence"),
        pytest.param(LEFT, ["1,200 people left Orle."], id="one sentence"),
        pytest.param(
            LEFT, ["1,200 people left Orle.", "In Norby 300 people left."], id="another place"
        ),
        pytest.param(
            LEFT, ["1,200 people left Orle.", "People left Orle 10 km behind."], id="another kind"
        ),
        pytest.param(
            LEFT, ["1,200 people left Orle.", "20 boats left Orle."], id="another thing counted"
        ),
        pytest.param(
            "How many people fled to Orle?",
            ["1,200 people fled to Orle.", "9,000 people fled to Norby, Orle, Tarn and Vell."],
            id="a total over a list",
        ),
        pytest.param(
            "How many people fled to Orle, Norby and Vell?",
            ["80 people fled to Orle.", "70 people fled to Norby."],
            id="a question that lists names",
        ),
    ],
)
def test_no_disagreement(question, texts):
    assert sides(asked(question), [evidence(text, dense=0.55) for text in texts]) == []


def test_a_sentence_much_less_near_is_no_side():
    question = asked(LEFT)
    near = evidence("1,200 people left Orle.", dense=0.9)
    shares_a_word = evidence("1,450 people left Orle.", dense=0.9 - MARGIN + 0.01)
    shares_none = evidence("Orle has 3,000 people.", dense=0.9 - NEAR - 0.01)
    assert values(sides(question, [near, shares_a_word, shares_none])) == [1200, 1450]


def test_a_length_may_have_its_name_elsewhere_in_the_article():
    question = asked("How long is the queue to Calder?")
    far = article("Calder waits.\n\nDrivers sat still.\n\nThe queue was 16 km long.")
    found = [
        evidence("The queue to Calder is 10 km long."),
        evidence("The queue was 16 km long.", within=far),
    ]
    assert values(sides(question, found)) == [10, 16]


@pytest.mark.parametrize(
    ("a", "b", "one"),
    [
        pytest.param("10 km", "10,000 metres", True, id="km and metres"),
        pytest.param("48 hours", "two days", True, id="hours and days"),
        pytest.param("three weeks", "20 days", True, id="nearly, in other units"),
        pytest.param("1,200 people", "1,230 people", False, id="exact figures are not rounded"),
        pytest.param("about 1,200 people", "1,230 people", True, id="about"),
        pytest.param("about 1,200 people", "1,300 people", False, id="past the tolerance"),
        pytest.param("60 mph", "97 km/h", True, id="two units of speed"),
        pytest.param("60 mph", "60 miles", False, id="a speed and a length"),
        pytest.param("10 km", "10 people", False, id="two kinds"),
    ],
)
def test_same(a, b, one):
    (left,), (right,) = figures(a), figures(b)
    assert same(left, right) is one
    assert same(right, left) is one


def test_a_conflict_says_who_says_what():
    one = evidence("More than 1,200 people left Orle.")
    other = evidence("1,450 had left Orle by Tuesday.")
    groups = sides(asked(LEFT), [one, other])
    cited = {one: citation(1, one), other: citation(4, other)}
    found = conflict(asked(LEFT), groups, cited)
    assert found is not None
    assert found.about == "How many people left Orle"
    assert [(side.value, side.citations) for side in found.sides] == [
        ("more than 1,200 people", (1,)),
        ("1,450", (4,)),
    ]


def test_one_cited_side_is_no_conflict():
    one, other = evidence("1,200 people left Orle."), evidence("1,450 people left Orle.")
    groups = sides(asked(LEFT), [one, other])
    assert conflict(asked(LEFT), groups, {one: citation(1, one)}) is None


def test_a_side_names_what_it_counts_as_the_question_does():
    question = asked("How many cars waited at Orle?")
    one = evidence("5,000 vehicles waited at Orle.")
    other = evidence("3,600 cars waited at Orle.")
    cited = {one: citation(1, one), other: citation(2, other)}
    found = conflict(question, sides(question, [one, other]), cited)
    assert found is not None
    assert [side.value for side in found.sides] == ["5,000 cars", "3,600 cars"]


def test_a_length_of_something_else_in_the_article_is_no_side():
    question = asked("How long was the queue of cars at the Calder crossing?")
    far = article("Calder waits.\n\nDrivers sat still.\n\nHe crossed after a walk of 90 km.")
    found = [
        evidence("The queue of cars at the Calder crossing was 10 km long."),
        evidence("He crossed after a walk of 90 km.", within=far),
    ]
    assert sides(question, found) == []
