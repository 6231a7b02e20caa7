"""Words, stems and names of a text."""

from __future__ import annotations

import unicodedata

import pytest

from rag.aliases import alias_stems
from rag.terms import (
    asks,
    content_words,
    holder,
    holds,
    names,
    place,
    same_root,
    stem,
    stem_weights,
    stems,
    words,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", [], id="empty"),
        pytest.param("?! -- …", [], id="no words"),
        pytest.param("The Dam BROKE.", ["the", "dam", "broke"], id="lower case"),
        pytest.param("53,000 people", ["53000", "people"], id="thousands separator"),
        pytest.param("It rose 4.5%.", ["it", "rose", "4.5"], id="decimal"),
        pytest.param("in 2021.", ["in", "2021"], id="figure before a full stop"),
        pytest.param("Orle's mayor", ["orle", "mayor"], id="possessive"),
        pytest.param("Orle’s mayor", ["orle", "mayor"], id="typographic possessive"),
        pytest.param("the sailors' boats", ["the", "sailors", "boats"], id="plural possessive"),
        pytest.param("don't", ["don't"], id="contraction stays one word"),
        pytest.param("snake_case", ["snake", "case"], id="underscore separates"),
        pytest.param("Zoë Müller", ["zoë", "müller"], id="accents"),
        pytest.param("the U.S. at 5 p.m.", ["the", "us", "at", "5", "pm"], id="abbreviations"),
        pytest.param("Orle. In Tarn", ["orle", "in", "tarn"], id="no abbreviation"),
    ],
)
def test_words(text, expected):
    assert words(text) == expected


def test_composed_and_decomposed_accents_are_one_word():
    assert words(unicodedata.normalize("NFD", "Müller")) == words("Müller")


def test_stems_keep_their_order_and_repeat():
    assert stems("The mayors and the mayor") == ("the", "mayor", "and", "the", "mayor")


def test_content_words_leave_out_small_and_asking_words_and_repeats():
    asked = "How many people left Orle, according to reports, when people left?"
    assert content_words(asked) == ["people", "left", "orle"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", [], id="empty"),
        pytest.param("nobody is named here", [], id="no capitals"),
        pytest.param("The mayor spoke.", [], id="opening common word"),
        pytest.param("Where is Orle?", ["Orle"], id="after a question word"),
        pytest.param("Anna Pell spoke in Orle.", ["Anna Pell", "Orle"], id="two names"),
        pytest.param("He met Anna Pell. Anna Pell left.", ["Anna Pell"], id="each once"),
        pytest.param("the Bank of Calder", ["Bank of Calder"], id="particle inside"),
        pytest.param("On Monday in March Orle slept.", ["Orle"], id="calendar is no name"),
        pytest.param("Orle's dam", ["Orle"], id="possessive"),
        pytest.param("Orle’s dam", ["Orle"], id="typographic possessive"),
        pytest.param("Jean-Luc Ório", ["Jean-Luc Ório"], id="hyphen and accent"),
        pytest.param("Did Norby and Calder agree?", ["Norby", "Calder"], id="joined by and"),
        pytest.param("iOS for the iPhone", ["iOS", "iPhone"], id="capital inside"),
        pytest.param("J.K. Roe left the U.S. Coast Guard", ["J.K. Roe", "Coast Guard"], id="dots"),
    ],
)
def test_names(text, expected):
    assert names(text) == expected


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        pytest.param("russia", "russian", True, id="country and people"),
        pytest.param("georgia", "georgian", True, id="another"),
        pytest.param("mongolia", "mongolian", True, id="a third"),
        pytest.param("iran", "iraq", False, id="short and different"),
        pytest.param("austria", "australia", False, id="alike at first sight"),
        pytest.param("niger", "nigeria", True, id="a known limit: one opens the other"),
        pytest.param("1200", "12000", False, id="figures are never near"),
        pytest.param("dam", "damage", False, id="a short word is no root"),
    ],
)
def test_same_root(a, b, same):
    assert same_root(a, b) is same
    assert same_root(b, a) is same


@pytest.mark.parametrize(
    ("text", "word", "held"),
    [
        pytest.param("the Finnish border guard", "finland", True, id="alias"),
        pytest.param("Dutch dykes", "netherlands", True, id="alias without shared letters"),
        pytest.param("the mayors met", "mayor", True, id="inflection"),
        pytest.param("the Swiss met", "sweden", False, id="another country"),
        pytest.param("", "orle", False, id="empty text"),
    ],
)
def test_holds(text, word, held):
    assert holds(set(stems(text)), stem(word)) is held
    assert (stem(word) in holder([stem(word)])(text)) is held


@pytest.mark.parametrize(
    ("sentence", "is_question"),
    [
        ("Who left Orle?", True),
        ("“Who left Orle?”", True),
        ("誰が去りましたか？", True),
        ("“Who left Orle?” he asked.", False),
        ("80 left.", False),
        ("", False),
    ],
)
def test_a_sentence_that_asks_is_known(sentence, is_question):
    assert asks(sentence) is is_question


def test_a_word_without_aliases_stands_for_itself():
    assert alias_stems("goat") == frozenset({"goat"})


@pytest.mark.parametrize("text", ["When did Ana O'Brien leave?", "When did Ana\n O’Brien leave?"])
def test_a_name_has_its_place_however_it_is_written(text):
    (name,) = names(text)
    assert place(name, text) == text.index("Ana")
    assert place("Bo Lund", text) == len(text)


def test_words_of_one_stem_weigh_once():
    assert stem_weights({"dam": 1.0, "dams": 2.0}) == {"dam": 2.0}
