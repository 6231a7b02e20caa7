"""A follow-up -> a question that stands alone, by rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.followup import depends_on_history, stand_alone, standalone
from rag.schema import Turn


def after(*said):
    """Return a conversation: questions, or (question, answer) pairs."""
    return [Turn(*each) if isinstance(each, tuple) else Turn(each, "") for each in said]


COMPLETED = [
    # What is new takes the place of what it renews
    ("How many Russians entered Georgia?", "And Finland?", "How many Russians entered Finland?"),
    ("How many people left Orle for Calder?", "And from Orle to Norby?", None),
    ("Who sailed from Orle to Calder?", "And from Norby?", "Who sailed from Norby to Calder?"),
    ("Who sailed from Orle to Calder?", "And to Norby?", "Who sailed from Orle to Norby?"),
    ("Who sailed from Orle to Calder?", "To Norby?", "Who sailed from Orle to Norby?"),
    ("How many boats sank in 2020?", "What about in 2021?", "How many boats sank in 2021?"),
    ("How many boats sank in 2020?", "And 2021?", "How many boats sank in 2021?"),
    ("How many boats sank in May 2020?", "And in June?", "How many boats sank in June?"),
    ("How many boats sank last week?", "And this week?", "How many boats sank this week?"),
    (
        "How many boats sank last week off Orle?",
        "And in May?",
        "How many boats sank in May off Orle?",
    ),
    ("How many boats sank?", "And last year?", "How many boats sank last year?"),
    ("How many boats sank?", "In 2021?", "How many boats sank in 2021?"),
    ("How many boats sank?", "And in Norby?", "How many boats sank in Norby?"),
    ("How many boats sank?", "Yesterday?", "How many boats sank yesterday?"),
    ("How many sheep drowned?", "And goats?", "How many sheep drowned? What about goats?"),
    # Question words alone
    ("When did the dam break?", "Why?", "Why did the dam break?"),
    ("Did the dam break?", "When exactly?", "When did the dam break?"),
    ("Has the mayor resigned?", "Why?", "Why has the mayor resigned?"),
    ("How many people left Orle?", "Why?", "Why (How many people left Orle)?"),
    ("Which bridges closed?", "Who said so?", "Who said so (Which bridges closed)?"),
    ("Which bridges closed?", "Who else?", "Who else (Which bridges closed)?"),
    # Groups
    (
        "How many people left Orle?",
        "How many of them were women?",
        "How many of the people that left Orle were women?",
    ),
    (
        "Which countries let Russians in?",
        "Which of those need a visa?",
        "Which of the countries that let Russians in need a visa?",
    ),
    (
        "How many people were killed in Orle?",
        "How many of them were children?",
        "How many of the people that were killed in Orle were children?",
    ),
    (
        "Which countries did the minister visit?",
        "Which of those need a visa?",
        "Which of the countries need a visa?",
    ),
    (
        "How many people left Orle?",
        "Where did they go?",
        "Where did the people that left Orle go?",
    ),
    # Persons
    ("Who is Anna Pell?", "How old is she?", "How old is Anna Pell?"),
    (
        ("Who is the mayor of Orle?", "It is Anna Pell."),
        "How old is she?",
        "How old is Anna Pell?",
    ),
    ("Who is the mayor of Orle?", "How old is she?", "How old is the mayor of Orle?"),
    (
        "Who is Georgia's president?",
        "When was he elected?",
        "When was Georgia's president elected?",
    ),
    ("What did the governor say?", "Why did he resign?", "Why did the governor resign?"),
    ("Where is the Orle dam?", "How high is it?", "How high is the Orle dam?"),
    ("Who is Bo Lind?", "Why did the police arrest him?", "Why did the police arrest Bo Lind?"),
    ("What does the charter say of dogs?", "Where is it in the charter?", None),
    (
        ("Was any driver kept from leaving Orland?", "Yes, Bo Lind was held at Tarn Airport."),
        "Who employs him?",
        "Who employs Bo Lind?",
    ),
    (
        ("Who was hurt in Vell?", "A customs officer, by a falling crane."),
        "How was he afterwards?",
        "How was the customs officer afterwards?",
    ),
    ("What did Pell say?", "Why did he say so?", "Why did Pell say so?"),
    # Things
    ("When does Norby's ferry Tarna sail?", "How big is it?", "How big is Tarna?"),
    (
        "How big was the Orle Fire on Friday?",
        "How large had it become by Monday?",
        "How large had the Orle Fire become by Monday?",
    ),
    # A question without a name of its own
    ("What happened in Orle?", "How many died?", "How many died (What happened in Orle)?"),
    ("What happened in Orle?", "Were there survivors?", None),
]


@pytest.mark.parametrize(("before", "text", "expected"), COMPLETED)
def test_a_follow_up_is_completed(before, text, expected):
    found = standalone(text, after(before))
    if expected is None:
        assert found != text
        assert found.count("the charter") < 3
    else:
        assert found == expected


@pytest.mark.parametrize(
    "text",
    [
        "How many boats are in Calder?",
        "What is inflation?",
        "What prizes has the actor won for his films?",
        "What did the mayor say when she came to the harbour?",
        "Is it true that Calder floods every year?",
        "Tell me about Norby",
        "Which towns on the coast were flooded by the storm?",
        "Who won the 1500 metres at the games in Tarn?",
    ],
)
def test_a_question_that_is_complete_stays_as_asked(text):
    assert stand_alone(text, after("How many people left Orle?")).text == text
    assert not depends_on_history(text)


def test_a_place_is_nobody():
    history = after(("Who was hurt when the storm came to Orle?", "A man near Norby."))
    assert standalone("When was he found?", history) == "When was the man found?"


def test_who_did_it_before_somebody_asks_for_no_thing():
    found = standalone("Who had done it before him?", after(("Who coached the Terns?", "Bo Lind.")))
    assert found == "Who had done it before Bo Lind?"


def test_a_chain_of_follow_ups_is_completed_one_by_one():
    history = after("How many Russians entered Georgia?", "And Finland?")
    assert standalone("And Norway?", history) == "How many Russians entered Norway?"
    history = after("Who is Anna Pell?", "How old is she?")
    assert standalone("Where does she live?", history) == "Where does Anna Pell live?"
    history = after("When did the dam break?", "Why?", "And the bridge?")
    assert "bridge" in standalone("Why?", history)


def test_what_points_at_something_without_a_name_leans_on_the_question_before():
    found = stand_alone(
        "What exactly did all the ministers sign with this agreement?", after("What was signed?")
    )
    assert (found.leans, found.is_sure) == (True, False)
    assert found.text == "What exactly did all the ministers sign with this agreement?"


@pytest.mark.parametrize(
    ("before", "text", "is_sure"),
    [
        ("How many Russians entered Georgia?", "And Finland?", True),
        ("Who sailed with Anna Pell and Bo Lind?", "How old is he?", False),
        ("Who sailed with Bo Lind?", "How old is he?", True),
        ("How many sheep drowned?", "And goats?", False),
        ("Which bridges closed?", "Who said so?", False),
        ("Who left Orle?", "How many boats are in Calder?", True),
    ],
)
def test_a_rule_says_whether_it_is_sure(before, text, is_sure):
    assert stand_alone(text, after(before)).is_sure is is_sure


@given(
    st.text(max_size=80),
    st.lists(st.tuples(st.text(max_size=60), st.text(max_size=60)), max_size=4),
)
def test_any_conversation_is_read_without_an_error(text, said):
    found = stand_alone(text, [Turn(*pair) for pair in said])
    assert found.text or not text


WORDS = st.sampled_from(
    "and what about how many of them he she it they why who said so Orle Anna Pell Russians in "
    "2021 last week the people left ? ( ) those which is".split()
)


@given(st.lists(WORDS, max_size=9), st.lists(st.lists(WORDS, max_size=9), max_size=3))
def test_any_words_of_a_conversation_are_read_without_an_error(words, before):
    history = [Turn(" ".join(said), "Anna Pell said so.") for said in before]
    assert isinstance(stand_alone(" ".join(words), history).text, str)


@pytest.mark.parametrize("name", ["Ana O'Brien", "Ana O’Brien", "Rene\u0301 Roe", "Ana\u00a0 Roe"])
@pytest.mark.parametrize(
    "asked", ["What did {} say?", "Did the mayor meet {}?", "{} left, did the mayor?"]
)
def test_a_name_that_is_spelled_with_odd_signs_is_followed_up_without_an_error(name, asked):
    history = (Turn(asked.format(name), f"{name} said that the bridge stays open."),)
    for follow_up in ("Why did he say that?", f"And what did {name} do when she left?", "Why?"):
        assert standalone(follow_up, history)
