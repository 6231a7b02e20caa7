"""What a question asks for: its names, its focus, and which figures answer it."""

from __future__ import annotations

import pytest
from made import asked, evidence

from rag.asked import (
    counts_same,
    is_adjective,
    measures,
    name_stems,
    noun_counted,
    recased,
)
from rag.figures import figures


def test_a_question_is_taken_apart():
    found = asked("How many people left Orle for Calder?", calder=3.0)
    assert found.wanted == "number"
    assert found.names == ("Orle", "Calder")
    assert found.focus == "Calder"  # the rarest
    assert found.counted.startswith("people")
    assert {"peopl", "left"} <= found.stems


def test_who_is_only_quoted_is_no_subject():
    found = asked("How many people left Orle, according to the North Wire?", wire=9.0)
    assert found.names == ("Orle",)
    assert found.credited == ("North Wire",)
    assert found.focus == "Orle"


@pytest.mark.parametrize(
    ("question", "listed"),
    [
        ("How many Danes moved to Orle and to Tarn?", ("Orle", "Tarn")),
        ("How many people left Orle, Tarn, and Vell in May?", ("Orle", "Tarn", "Vell")),
        ("Did Ana Roe or Bo Lind speak for the union?", ("Ana Roe", "Bo Lind")),
        ("How many people in Orle moved to Tarn?", ()),
        ("How many people left Orle?", ()),
    ],
)
def test_names_set_side_by_side_are_asked_about_one_by_one(question, listed):
    found = asked(question)
    assert found.listed == found.several == listed


def test_of_three_names_each_is_asked_about_however_they_stand():
    found = asked("How many people from Orle went by Tarn to Vell?")
    assert (found.listed, found.several) == ((), ("Orle", "Tarn", "Vell"))


def test_the_number_of_something_is_counted():
    assert asked("What is the total number of boats in Orle?").counted.split()[0] == "boats"


@pytest.mark.parametrize(
    ("question", "wants_value"),
    [
        pytest.param("Which firm built the dam?", True, id="which"),
        pytest.param("What is the profession of Bo Lind?", True, id="what is"),
        pytest.param("Where does Bo Lind live?", True, id="a place"),
        pytest.param("What did the mayor say of the dam?", False, id="what was said"),
        pytest.param("What happened to the dam?", False, id="what happened"),
        pytest.param("Why did the dam break?", False, id="why"),
    ],
)
def test_a_name_figure_or_date_is_asked_for_and_not_a_telling(question, wants_value):
    assert asked(question).wants_value is wants_value


def test_a_question_without_names_has_no_focus():
    found = asked("How many people left?")
    assert found.names == ()
    assert found.focus is None


@pytest.mark.parametrize(
    ("question", "wants_name", "wants_published"),
    [
        pytest.param("What is the name of the captain?", True, False, id="name"),
        pytest.param("What was his name?", True, False, id="his name"),
        pytest.param("Who opened the school?", False, False, id="who may be a body"),
        pytest.param("When was the article published?", False, True, id="published"),
        pytest.param("When did the dam break?", False, False, id="another date"),
    ],
)
def test_special_wants(question, wants_name, wants_published):
    found = asked(question)
    assert (found.wants_name, found.wants_published) == (wants_name, wants_published)


@pytest.mark.parametrize(
    ("question", "told", "does"),
    [
        pytest.param("How many people left Orle?", "1,450 people", True, id="the count"),
        pytest.param("How many people left Orle?", "10 km", False, id="a length is no count"),
        pytest.param("How many people left Orle?", "$40 million", False, id="money is no count"),
        pytest.param("How many people left Orle?", "hundreds", False, id="vague, about a name"),
        pytest.param("How many people left?", "hundreds", True, id="vague, about no name"),
        pytest.param("How many people left Orle?", "the 3rd boat", False, id="ordinal"),
        pytest.param("How many days did it take?", "three days", True, id="unit is counted"),
        pytest.param("How many days did it take?", "3 boats", True, id="a bare count may be it"),
        pytest.param("How many days did it take?", "three weeks", False, id="another unit"),
        pytest.param("How long is the queue?", "10 km", True, id="length"),
        pytest.param("How long did it last?", "three hours", True, id="duration"),
        pytest.param("How long is the queue?", "85 sheep", False, id="count is no length"),
        pytest.param("How far is Norby?", "three hours", False, id="duration is no distance"),
        pytest.param("How old is Anna Pell?", "aged 34", True, id="age"),
        pytest.param("How old is Anna Pell?", "34 boats", False, id="count is no age"),
        pytest.param("What share of boats sank?", "40%", True, id="share"),
        pytest.param("What share of boats sank?", "40 boats", False, id="count is no share"),
        pytest.param("How much does it cost?", "$40 million", True, id="cost"),
        pytest.param("How much does it cost?", "40 boats", False, id="count is no cost"),
        pytest.param("How much does it cost in euros?", "$40", False, id="another currency"),
        pytest.param("How much does it cost in euros?", "€40", True, id="the currency"),
        pytest.param("By how much did it rise?", "by 20 boats", True, id="change"),
        pytest.param("By how much did it rise?", "20%", True, id="percent is a change"),
        pytest.param("By how much did it rise?", "to 20 boats", False, id="amount is no change"),
        pytest.param("How many Russians came?", "98,000 Russian citizens", True, id="a people"),
        pytest.param("How many Russians came?", "43,000 arrived in May", True, id="who came"),
        pytest.param("How many Russians came?", "four provinces", False, id="not a people"),
        pytest.param("How many Russians came?", "two Ukrainians", False, id="another people"),
    ],
)
def test_measures(question, told, does):
    (figure,) = figures(told)
    assert measures(asked(question), figure) is does


@pytest.mark.parametrize(
    ("question", "told", "does"),
    [
        pytest.param("How many cars waited?", "5,000 passenger cars", True, id="the thing"),
        pytest.param("How many cars waited?", "300 lorries waited", False, id="another thing"),
        pytest.param("How many cars waited?", "5,000 were seen", True, id="a verb follows"),
        pytest.param("How many residents left?", "300 people fled", True, id="people are people"),
        pytest.param("How many cars waited?", "10 km of road", True, id="no count at all"),
        pytest.param("How long is the queue?", "300 lorries", True, id="nothing is counted"),
        pytest.param("How many cars waited?", "5,000.", True, id="nothing follows"),
    ],
)
def test_counts_same(question, told, does):
    (figure,) = figures(told)
    assert counts_same(asked(question), figure) is does


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("Anna Pell", ["anna", "pell"], id="both"),
        pytest.param("Bank of Calder", ["bank", "calder"], id="particles left out"),
        pytest.param("EU", ["eu"], id="short name keeps its word"),
        pytest.param("Orle County", ["orl"], id="generic word left out"),
        pytest.param("New York", ["york"], id="new left out"),
        pytest.param("Supreme Court", ["suprem"], id="kind of body left out"),
        pytest.param(
            "University College", ["universiti", "colleg"], id="nothing but generic words"
        ),
    ],
)
def test_name_stems(name, expected):
    assert name_stems(name) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        pytest.param(
            "how many people left orle?", "how many people left Orle?", id="small letters"
        ),
        pytest.param(
            "how many left Norby or orle?", "how many left Norby or orle?", id="has capitals"
        ),
        pytest.param("who is the mayor?", "who is the mayor?", id="no name in it"),
        pytest.param("", "", id="empty"),
    ],
)
def test_names_typed_without_capitals_get_those_of_the_evidence(question, expected):
    assert recased(question, [evidence("Some 80 people left Orle on The Day.")]) == expected


@pytest.mark.parametrize(
    ("name", "question", "adjective"),
    [
        pytest.param("European", "What did European states say?", True, id="adjective"),
        pytest.param("Finnish", "How many Finnish guards came?", True, id="of a people"),
        pytest.param("Orle", "How many Orle people left?", False, id="a place"),
        pytest.param("European", "What did the European Union say?", False, id="part of a name"),
        pytest.param("Iran", "What did people say of Iran?", False, id="stands for itself"),
    ],
)
def test_is_adjective(name, question, adjective):
    assert is_adjective(name, question) is adjective


@pytest.mark.parametrize(
    ("question", "noun"),
    [
        pytest.param("Which airline stopped its flights?", "airline", id="which"),
        pytest.param("Which town did it flood?", "", id="a place is wanted"),
        pytest.param("In which of the old boats did they sleep?", "boats", id="which of the"),
        pytest.param("Which old boats were sold?", "boats", id="adjective before it"),
        pytest.param("Which airline flies to Orle?", "airline", id="verb in s"),
        pytest.param("What is the name of the gunman?", "gunman", id="name of"),
        pytest.param("What was the price of bread?", "price", id="amount"),
        pytest.param("Why did the dam break?", "", id="none"),
    ],
)
def test_what_an_answer_must_be_an_instance_of(question, noun):
    assert asked(question).noun == noun


@pytest.mark.parametrize(
    ("told", "noun"),
    [
        pytest.param("1,450 people left", "people", id="noun"),
        pytest.param("1,450 had left", "", id="verb"),
        pytest.param("1,450 arrived", "", id="participle"),
        pytest.param("1,450 of them", "", id="small word"),
        pytest.param("10 km of road", "", id="no count"),
        pytest.param("1,450.", "", id="nothing"),
    ],
)
def test_noun_counted(told, noun):
    (figure,) = figures(told)
    assert noun_counted(figure) == noun
