"""Figures, years and days of a text."""

from __future__ import annotations

import pytest

from rag.figures import agree, days, figures, years


@pytest.mark.parametrize(
    ("text", "value", "kind", "unit"),
    [
        pytest.param("85 sheep", 85, "count", "", id="plain"),
        pytest.param("1,450 people", 1450, "count", "", id="thousands separator"),
        pytest.param("53 thousand people", 53000, "count", "", id="magnitude word"),
        pytest.param("53k people", 53000, "count", "", id="k"),
        pytest.param("5m people", 5e6, "count", "", id="m before a noun is a million"),
        pytest.param("1.5 million votes", 1.5e6, "count", "", id="decimal million"),
        pytest.param("2bn users", 2e9, "count", "", id="bn"),
        pytest.param("fifty-three goats", 53, "count", "", id="words with a hyphen"),
        pytest.param("40 mph", 40, "speed", "mile", id="mph"),
        pytest.param("40 miles per hour", 40, "speed", "mile", id="miles per hour"),
        pytest.param("60 kilometres an hour", 60, "speed", "km", id="kilometres an hour"),
        pytest.param("12 knots", 12, "speed", "knot", id="knots"),
        pytest.param("twenty goats", 20, "count", "", id="one word"),
        pytest.param("a dozen boats", 12, "count", "", id="a dozen"),
        pytest.param("three hundred boats", 300, "count", "", id="words and magnitude"),
        pytest.param("a hundred boats", 100, "count", "", id="a hundred"),
        pytest.param("10 km", 10, "length", "km", id="km"),
        pytest.param("ten kilometres", 10, "length", "km", id="words and unit"),
        pytest.param("a 6-mile queue", 6, "length", "mile", id="unit with a hyphen"),
        pytest.param("40 percent", 40, "percent", "%", id="percent"),
        pytest.param("40%", 40, "percent", "%", id="sign"),
        pytest.param("7.5 per cent", 7.5, "percent", "%", id="per cent"),
        pytest.param("$40 million", 4e7, "money", "$", id="dollars in front"),
        pytest.param("US$40m", 4e7, "money", "$", id="US dollars"),
        pytest.param("€3.2bn", 3.2e9, "money", "€", id="euros"),
        pytest.param("200 roubles", 200, "money", "₽", id="currency behind"),
        pytest.param("48 hours", 48, "duration", "hour", id="hours"),
        pytest.param("three weeks", 3, "duration", "week", id="weeks in words"),
        pytest.param("Ada Holm, 34, said", 34, "age", "year", id="age between commas"),
        pytest.param("a man aged 34 said", 34, "age", "year", id="aged"),
        pytest.param("He won it at 19, he said", 19, "age", "year", id="at an age"),
        pytest.param("In Orle, 1,450, all old", 1450, "count", "", id="too old for an age"),
        pytest.param("when she was 12, she", 12, "age", "year", id="was of an age"),
        pytest.param("she was 12 points ahead", 12, "count", "", id="was ahead"),
        pytest.param("a 34-year-old man", 34, "age", "year", id="year-old"),
        pytest.param("34 years old", 34, "age", "year", id="years old"),
        pytest.param("the 3rd boat", 3, "ordinal", "", id="ordinal"),
        pytest.param("Source 3: the ferry sank", 3, "ordinal", "", id="label"),
        pytest.param("Flight 370 vanished", 370, "ordinal", "", id="flight"),
        pytest.param("said so [1], and left", 1, "ordinal", "", id="mark"),
    ],
)
def test_one_figure(text, value, kind, unit):
    (figure,) = figures(text)
    assert (figure.value, figure.kind, figure.unit) == (pytest.approx(value), kind, unit)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("no figure here", id="words"),
        pytest.param("in 2021", id="year"),
        pytest.param("on 21 September", id="day before month"),
        pytest.param("on Sept. 21, nobody", id="day after month"),
        pytest.param("September 21st", id="ordinal day"),
        pytest.param("on 12 May 2021", id="whole date"),
        pytest.param("one of them", id="one of"),
        pytest.param("no one came", id="no one"),
        pytest.param("every one", id="every one"),
        pytest.param("someone told everyone", id="one inside a word"),
        pytest.param("a person", id="the article a"),
    ],
)
def test_no_figure(text):
    assert figures(text) == []


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        pytest.param("more than 1,200 people", "over", id="more than"),
        pytest.param("at least 1,200 people", "over", id="at least"),
        pytest.param("over 1,200 people", "over", id="over"),
        pytest.param("up to 1,200 people", "under", id="up to"),
        pytest.param("fewer than 1,200 people", "under", id="fewer than"),
        pytest.param("about 1,200 people", "about", id="about"),
        pytest.param("some 1,200 people", "about", id="some"),
        pytest.param("nearly 1,200 people", "about", id="nearly"),
        pytest.param("MORE THAN 1,200 people", "over", id="capitals"),
        pytest.param("1,200 people or more came", "", id="not in front"),
        pytest.param("1,200 people", "", id="exact"),
    ],
)
def test_bounds(text, bound):
    assert figures(text)[0].bound == bound


def test_a_figure_s_offsets_are_where_it_stands():
    text = "On Tuesday,  more than $40 million and 1,450 people, 6 miles away."
    found = figures(text)
    assert [text[f.start : f.end] for f in found] == ["$40 million", "1,450", "6 miles"]
    assert [f.text for f in found] == ["$40 million", "1,450", "6 miles"]


def test_what_is_counted_follows_the_figure():
    found = figures("340 rescue workers, with 12 boats.")
    assert [f.noun for f in found] == ["rescue workers", "boats"]


@pytest.mark.parametrize("text", ["hundreds of people", "Thousands fled", "tens of thousands"])
def test_a_vague_figure_says_so(text):
    assert figures(text)[0].is_vague


def test_a_change_is_told_from_an_amount():
    by, to = figures("It rose by 20% to 60%")
    assert by.is_change
    assert not to.is_change


@pytest.mark.parametrize(
    ("a", "b", "together"),
    [
        pytest.param("1,200 people", "1.2 thousand people", True, id="one value in two spellings"),
        pytest.param("1,200 people", "1,450 people", False, id="two counts"),
        pytest.param("about 1,200 people", "1,250 people", True, id="about allows a little"),
        pytest.param("about 1,200 people", "1,900 people", False, id="about does not allow much"),
        pytest.param("more than 1,200 people", "1,250 people", True, id="over, a little more"),
        pytest.param("1,200 people", "more than 1,250 people", False, id="over excludes less"),
        pytest.param("up to 1,200 people", "1,250 people", False, id="up to excludes more"),
        pytest.param("$40 million", "€40 million", False, id="two currencies"),
        pytest.param("6 miles", "6 km", False, id="two units"),
        pytest.param("40%", "40 people", False, id="two kinds"),
    ],
)
def test_agree(a, b, together):
    (one,), (other,) = figures(a), figures(b)
    assert agree(one, other) is together
    assert agree(other, one) is together


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("in 2021 and 1999", {2021, 1999}, id="two"),
        pytest.param("2,021 people and 12021", set(), id="parts of figures"),
        pytest.param("2021.", {2021}, id="before a full stop"),
        pytest.param("2021.5", set(), id="decimal"),
        pytest.param("1200 people", set(), id="too early"),
    ],
)
def test_years(text, expected):
    assert years(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("21 September", {(9, 21)}, id="day first"),
        pytest.param("Sept. 21", {(9, 21)}, id="month first, short"),
        pytest.param("the 3rd of May", {(5, 3)}, id="ordinal"),
        pytest.param("2021-05-12", {(5, 12)}, id="iso"),
        pytest.param("in September", set(), id="no day"),
        pytest.param("March 4 and 12 May", {(3, 4), (5, 12)}, id="two"),
    ],
)
def test_days(text, expected):
    assert days(text) == expected
