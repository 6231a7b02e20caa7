"""A question as asked -> one that stands alone, and the kind of answer it wants."""

from __future__ import annotations

import pytest

from index.errors import InputError
from rag.question import MAX_CHARACTERS, depends_on_history, parts, standalone, understand, wanted
from rag.schema import Filters, Turn


def after(question, answer=""):
    return [Turn(question, answer)]


@pytest.mark.parametrize(
    ("before", "text", "expected"),
    [
        pytest.param(
            "How many people left Orle?",
            "And Norby?",
            "How many people left Norby?",
            id="and a name",
        ),
        pytest.param(
            "How many Orlians entered Calder?",
            "What about Norby?",
            "How many Orlians entered Norby?",
            id="what about a name",
        ),
        pytest.param(
            "How many Orlians entered Calder?",
            "and to Norby",
            "How many Orlians entered Norby?",
            id="with a preposition",
        ),
        pytest.param(
            "How many Russians entered Georgia?",
            "And Ukrainians?",
            "How many Ukrainians entered Georgia?",
            id="a people for a people",
        ),
        pytest.param(
            "How many boats sank in 2020?",
            "And in 2021?",
            "How many boats sank in 2021?",
            id="year",
        ),
        pytest.param(
            "Who is Anna Pell?", "How old is she?", "How old is Anna Pell?", id="subject pronoun"
        ),
        pytest.param(
            "Who is Anna Pell?",
            "What is her office?",
            "What is Anna Pell's office?",
            id="possessive pronoun",
        ),
        pytest.param(
            "Who is Anna Pell?", "Who elected her?", "Who elected Anna Pell?", id="object pronoun"
        ),
        pytest.param(
            "What did the governor of Orle say?",
            "When did he say it?",
            "When did the governor of Orle say it?",
            id="an office, not a name",
        ),
        pytest.param(
            "How many people left Orle?",
            "How many boats are in Calder?",
            "How many boats are in Calder?",
            id="none needed",
        ),
    ],
)
def test_a_follow_up_is_completed(before, text, expected):
    assert standalone(text, after(before)) == expected


def test_a_pronoun_may_stand_for_a_name_in_the_answer():
    history = after("Who opened the school?", "Anna Pell opened it.")
    assert standalone("How old is she?", history) == "How old is Anna Pell?"


def test_what_no_rule_completes_keeps_its_words_and_brings_the_question_before():
    found = standalone("Why was that?", after("Why did the dam break?"))
    assert found.startswith("Why was that")
    assert "Why did the dam break" in found


def test_an_ellipsis_without_a_name_keeps_both_questions():
    found = standalone("And goats?", after("How many sheep drowned?"))
    assert found == "How many sheep drowned? What about goats?"


@pytest.mark.parametrize("text", ["And Norby?", "How old is she?", "Why was that?"])
def test_without_a_conversation_a_question_stays_as_asked(text):
    found = understand(text, (), Filters(), "2021-06-01")
    assert (found.standalone, found.context) == (text, "")


@pytest.mark.parametrize(
    ("text", "depends"),
    [
        pytest.param("And Norby?", True, id="ellipsis"),
        pytest.param("What about them?", True, id="pronoun"),
        pytest.param("Why is that?", True, id="pointer"),
        pytest.param("How many people left Orle?", False, id="complete"),
        pytest.param("Did Anna Pell say when she left?", False, id="pronoun for its own name"),
        pytest.param("What did she say of Anna Pell?", True, id="pronoun before a name"),
        pytest.param("What happened at the Orle dam that day?", False, id="pointer beside a name"),
    ],
)
def test_depends_on_history(text, depends):
    assert depends_on_history(text) is depends
    found = understand(text, after("Why did the dam break?"), Filters(), "2021-06-01")
    assert found.context == ("Why did the dam break?" if depends else "")


def test_they_stands_for_a_plural_and_she_for_none():
    history = [Turn("Who is Anna Pell?", ""), Turn("What did the rescuers see?", "")]
    assert standalone("What did they say?", history) == "What did the rescuers say?"
    assert standalone("What did she say?", history) == "What did Anna Pell say?"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("How many people left Orle?", ["How many people left Orle?"], id="one"),
        pytest.param(
            "How many people left Orle, and who counted them?",
            ["How many people left Orle?", "who counted the people that left Orle?"],
            id="joined by and",
        ),
        pytest.param(
            "Why did the dam break? When did the bridge close?",
            ["Why did the dam break?", "When did the bridge close?"],
            id="two sentences",
        ),
        pytest.param(
            "Why did the dam break? Please be brief.", ["Why did the dam break?"], id="a remark"
        ),
        pytest.param(
            "Who and when and why?", ["Who and when and why?"], id="parts of one word stay together"
        ),
        pytest.param(
            "Who is Bo Lind and how old is he?",
            ["Who is Bo Lind?", "how old is Bo Lind?"],
            id="completed from the part before",
        ),
        pytest.param("Name the mayor of Orle", ["Name the mayor of Orle"], id="no question mark"),
    ],
)
def test_parts(text, expected):
    whole = understand(text, (), Filters(), "2021-06-01")
    found = parts(whole)
    assert [part.standalone for part in found] == expected
    assert all(part.text == whole.text for part in found)


def test_a_part_is_looked_for_with_the_words_of_the_whole_question():
    whole = understand("Who left Orle first, and why did they leave?", (), Filters(), "2021-06-01")
    assert {part.context for part in parts(whole)} == {whole.standalone}


def test_a_list_of_questions_stays_one_question():
    text = " ".join(f"Who was the mayor of {name}?" for name in ("Orle", "Vell", "Tarn", "Norby"))
    whole = understand(text, (), Filters(), "2021-06-01")
    assert parts(whole) == (whole,)


def test_the_latest_exchange_counts():
    history = [Turn("Who is Bo Lind?", ""), Turn("Who is Anna Pell?", "")]
    assert standalone("How old is she?", history) == "How old is Anna Pell?"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param("How many people left Orle?", "number", id="how many"),
        pytest.param("How old is Anna Pell?", "number", id="how old"),
        pytest.param("By how much did the price rise?", "number", id="by how much"),
        pytest.param("What share of the boats sank?", "number", id="share"),
        pytest.param("What is the death toll?", "number", id="toll behind another word"),
        pytest.param("What was the population of Orle?", "number", id="population"),
        pytest.param("What population was hit hardest?", "open", id="a group of people"),
        pytest.param("When did the dam break?", "date", id="when"),
        pytest.param("Since when is the bridge closed?", "date", id="since when"),
        pytest.param("On what day does work begin?", "date", id="what day"),
        pytest.param("What is the opening date of the bridge?", "date", id="the date of"),
        pytest.param("What is Anna Pell's date of birth?", "date", id="somebody's date"),
        pytest.param("What did the mayor say of the date of the vote?", "open", id="of a date"),
        pytest.param("What is the location of the new school?", "place", id="location"),
        pytest.param("What was her birthplace?", "place", id="birthplace"),
        pytest.param("Who opened the school?", "person", id="who"),
        pytest.param("And by whom was it opened?", "person", id="by whom"),
        pytest.param("Orle has a new school. Who opened it?", "person", id="who, later"),
        pytest.param("The new school was opened by who?", "person", id="who, last"),
        pytest.param("Which airline pays guests who were late?", "open", id="who, relative"),
        pytest.param("The man whose boat sank is from which town?", "place", id="whose, relative"),
        pytest.param("What is the name of the captain?", "person", id="name"),
        pytest.param("Where did the ferry sail?", "place", id="where"),
        pytest.param("Which towns were flooded?", "place", id="which towns"),
        pytest.param("Why did the dam break?", "open", id="why"),
        pytest.param("What did the mayor say when she came?", "open", id="when inside"),
        pytest.param("", "open", id="empty"),
    ],
)
def test_wanted(text, kind):
    assert wanted(text) == kind


def test_understanding_keeps_what_was_asked():
    history = after("How many people left Orle?")
    filters = Filters(date_from="2021-01-01", sources=("North Wire",))
    found = understand("  And \n Norby? ", history, filters, "2021-06-01")
    assert found.text == "And Norby?"
    assert found.standalone == "How many people left Norby?"
    assert found.as_of == "2021-06-01"
    assert found.history == tuple(history)
    assert found.filters == filters


@pytest.mark.parametrize("text", ["", "   ", "?!", "\n\t", "___"[:0] + "…"])
def test_a_question_without_words_is_refused(text):
    with pytest.raises(InputError, match="empty"):
        understand(text, (), Filters(), "2021-06-01")


def test_a_question_may_have_the_most_characters_and_no_more():
    text = "é" * MAX_CHARACTERS
    assert understand(text, (), Filters(), "2021-06-01").text == text
    with pytest.raises(InputError, match="2,001 characters"):
        understand(text + "é", (), Filters(), "2021-06-01")


@pytest.mark.parametrize(
    ("filters", "as_of", "named"),
    [
        pytest.param(Filters(date_from="May"), "2021-06-01", "from", id="from"),
        pytest.param(Filters(date_to="2021-02-30"), "2021-06-01", "to", id="no such day"),
        pytest.param(Filters(), "tomorrow", "as-of", id="as of"),
        pytest.param(Filters(), "", "as-of", id="empty"),
    ],
)
def test_a_date_that_is_no_day_is_named(filters, as_of, named):
    with pytest.raises(InputError, match=f"The {named} date"):
        understand("Who left?", (), filters, as_of)


def test_dates_of_filters_are_brought_into_one_form_before_they_are_compared():
    asked = understand("Who came?", (), Filters("20220901", "2022-09-30"), "20221001")
    assert (asked.filters.date_from, asked.filters.date_to) == ("2022-09-01", "2022-09-30")
    assert asked.as_of == "2022-10-01"


def test_a_lone_surrogate_in_a_question_cannot_reach_a_database_or_a_model():
    asked = understand("Who came\udcff?", (), Filters(), "2022-10-01")
    assert asked.text.encode("utf-8").decode("utf-8") == asked.text
