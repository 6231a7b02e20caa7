"""House style never decides whether an answer is right; a different figure always does."""

from __future__ import annotations

import pytest

from eval.text import contains, locate, markers, overlap, without_markers

SAME = [
    ("More than 53,000 came", "53,000"),
    ("More than 53000 came", "53,000"),
    ("More than 53\u202f000 came", "53,000"),
    ("More than 53,000 came", "53000"),
    ("1,234,567 votes", "1234567"),
    ("They chanted “No to War”", '"no to war"'),
    ("the UK’s ministry", "uk's ministry"),
    ("a nine–day march", "nine-day"),
    ("200\u00a0km away", "200 km"),
    ("line\nbreaks and  spaces", "breaks and spaces"),
    ("in Zaporizhzhia", "zaporizh"),
    ("up by 20%.", "20%"),
    ("a 26-year-old", "26"),
    ("in 2022.", "2022"),
    ("co\u00adoperation", "cooperation"),
    ("the year 1,5", "1,5"),
]


@pytest.mark.parametrize(("text", "words"), SAME)
def test_the_same_words_are_found(text, words):
    assert contains(text, words)


DIFFERENT = [
    ("53,000 came", "3,000"),
    ("53000 came", "3,000"),
    ("3,000,000 came", "3,000"),
    ("15 km", "5 km"),
    ("1.5 km", "5 km"),
    ("200 km", "20"),
    ("20.5 km", "20"),
    ("unwelcome guests", "welcome"),
    ("on September 28 300 men", "28,300"),
    ("", "x"),
    ("anything", " "),
]


@pytest.mark.parametrize(("text", "words"), DIFFERENT)
def test_other_words_are_not(text, words):
    assert not contains(text, words)


def test_markers_are_read_and_taken_out():
    answer = "About 15 km. [1][12] Others say 5 km [3]."
    assert markers(answer) == (1, 12, 3)
    assert without_markers(answer) == "About 15 km. Others say 5 km."


def test_a_quote_is_located_at_its_own_offsets():
    text = "\ufeffShe said:  “No\u00ad to\nwar” – twice. No to war."
    spans = locate("no to war", text)
    assert [text[start:end] for start, end in spans] == ["No\u00ad to\nwar", "No to war"]


def test_a_character_that_folds_to_several_keeps_offsets_right():
    text = "Straße … 10½ km"
    ((start, end),) = locate("10½ KM", text)
    assert text[start:end] == "10½ km"
    assert locate("STRASSE", text) == ((0, 6),)


def test_a_quote_that_is_not_there_is_nowhere():
    assert locate("five kilometres", "5 kilometres") == ()
    assert locate("  ", "text") == ()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((0, 5), (4, 9), True),
        ((0, 5), (5, 9), False),
        ((3, 4), (0, 9), True),
        ((2, 2), (0, 9), False),
    ],
)
def test_spans_overlap_when_they_share_a_character(one, other, expected):
    assert overlap(one, other) is expected
    assert overlap(other, one) is expected
