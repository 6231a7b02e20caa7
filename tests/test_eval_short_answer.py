"""Short answers: what people would call the same answer is."""

from __future__ import annotations

import pytest

from eval.short_answer import contains_answer, normalise, token_f1


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("“The Night Ferry”", "night ferry"),
        ("3,559 people", "3559 people"),
        ("An  apple, a day!", "apple day"),
        ("$12", "12"),
        ("The", ""),
    ],
)
def test_case_punctuation_and_articles_do_not_count(text, normal):
    assert normalise(text) == normal


@pytest.mark.parametrize(
    ("text", "answer", "there"),
    [
        ("They called it “Night Ferry”.", "the Night Ferry", True),
        ("A poodle won; two poodles lost.", "Poodle", True),
        ("It was 3,559 people.", "3559 people", True),
        ("It was 13,559 people.", "3559 people", False),
        ("It was 35590.", "3559", False),
        ("Unpaid work.", "paid", False),
        ("Night train and day ferry.", "night ferry", False),
        ("Anything.", "The", False),
        ("", "x", False),
    ],
)
def test_an_answer_stands_in_a_text_as_words_in_a_row(text, answer, there):
    assert contains_answer(text, answer) is there


@pytest.mark.parametrize(
    ("text", "answer", "f1"),
    [
        ("Night ferry", "the night ferry", 1.0),
        ("It was the night ferry", "night ferry", 2 * 0.5 * 1 / 1.5),
        ("ferry ferry ferry", "ferry", 0.5),
        ("tram", "ferry", 0.0),
        ("", "ferry", 0.0),
    ],
)
def test_f1_weighs_words_missed_against_words_too_many(text, answer, f1):
    assert token_f1(text, answer) == pytest.approx(f1)
