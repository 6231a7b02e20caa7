"""Which of the evidence an answer is made from."""

from __future__ import annotations

from made import article, asked, evidence

from rag.conflict import sides
from rag.select import CLOSE, MAX_SELECTED, elsewhere, select
from rag.terms import content_words

LEFT = "How many people left Orle?"


def weights(question):
    return {word: 1.0 for word in content_words(question)}


def chosen(question, found, differing=()):
    return select(asked(question), found, weights(question), differing)


def test_without_evidence_nothing_is_chosen():
    assert chosen(LEFT, []) == ()


def test_a_sentence_that_answers_comes_before_a_nearer_one_that_does_not():
    near = evidence("People left Orle in fear.", dense=0.75)
    told = evidence("1,450 people left Orle.", dense=0.7)
    assert chosen(LEFT, [near, told])[0] is told


def test_what_does_not_answer_is_not_added_to_what_does():
    told = evidence("1,450 people left Orle.", dense=0.8)
    idle = evidence("People left Orle in fear.", dense=0.79)
    assert chosen(LEFT, [told, idle]) == (told,)


def test_a_sentence_far_behind_that_adds_no_words_is_left_out():
    told = evidence("1,450 people left Orle.", dense=0.8)
    again = evidence("Orle: 1,450 people left.", dense=0.8 - CLOSE - 0.02)
    assert chosen(LEFT, [told, again]) == (told,)


def test_a_sentence_far_behind_that_adds_words_is_taken():
    question = "Why did the dam break and the bridge close?"
    first = evidence("The dam did break under ice.", dense=0.8)
    second = evidence("The bridge had to close for lorries.", dense=0.4)
    assert chosen(question, [first, second]) == (first, second)


def test_no_more_than_a_few_are_taken():
    found = [evidence(f"{n} people left Orle on foot.", dense=0.8) for n in range(40, 50)]
    assert len(chosen(LEFT, found)) == MAX_SELECTED


def test_the_first_sentence_of_every_side_is_taken_once():
    one = evidence("1,200 people left Orle.", dense=0.8)
    other = evidence("1,900 people left Orle, it said.", dense=0.45)
    differing = sides(asked(LEFT), [one, other])
    assert len(differing) == 2
    assert chosen(LEFT, [one, other], differing) == (one, other)


def test_a_question_that_lists_names_gets_a_figure_for_each():
    question = "How many people fled to Orle, Norby and Vell?"
    found = [
        evidence("80 people fled to Orle.", dense=0.8),
        evidence("Orle, 80 people fled.", dense=0.79),
        evidence("90 people fled to Orle again.", dense=0.78),
        evidence("Orle took in 80 people who fled.", dense=0.77),
        evidence("70 people came to Norby.", dense=0.5),
        evidence("60 people came to Vell.", dense=0.45),
    ]
    texts = {e.text for e in chosen(question, found)}
    assert {
        "80 people fled to Orle.",
        "70 people came to Norby.",
        "60 people came to Vell.",
    } <= texts


def test_a_question_about_two_places_is_not_answered_with_a_third():
    question = "How many Danes moved to Orle and to Tarn?"
    both = [
        evidence("Some 1,450 Danes moved to Orle.", dense=0.8),
        evidence("Another 300 Danes moved to Tarn.", dense=0.75),
    ]
    third = evidence("About 900 Danes moved to Vell.", dense=0.78)
    assert set(chosen(question, [*both, third])) == set(both)


def test_of_two_as_near_the_one_that_names_something_comes_first():
    question = "Which ferry is to pay its guests?"
    again = evidence("A ferry is to pay its guests.", dense=0.8)
    named = evidence("Its guests will get their money, said Ari Roe.", dense=0.75)
    assert chosen(question, [again, named]) == (named, again)


def test_why_is_not_answered_by_a_name():
    question = "Why is the ferry to pay its guests?"
    reason = evidence("It was too late, so the ferry is to pay its guests.", dense=0.8)
    named = evidence("Guests of the ferry wrote to Ari Roe.", dense=0.75)
    assert chosen(question, [reason, named])[0] is reason


OLD = article("Orle Days is a film by Ida Vos.\n\nIda Vos made Orle Days in Tarn.", name="old")
NEW = article("Orle Days is a film by Ivo Lund.", name="new")
MADE = "Who made the film Orle Days?"


def test_each_article_answers_with_its_nearest_sentence():
    first = evidence("Orle Days is a film by Ida Vos.", within=OLD, dense=0.8)
    again = evidence("Ida Vos made Orle Days in Tarn.", within=OLD, dense=0.75)
    other = evidence(NEW.text, within=NEW, dense=0.7)
    assert elsewhere(asked(MADE), [first, again, other]) == (first, other)


def test_what_is_far_or_names_something_else_or_answers_nothing_is_no_answer_elsewhere():
    first = evidence("Orle Days is a film by Ida Vos.", within=OLD, dense=0.8)
    far = evidence(NEW.text, within=NEW, dense=0.8 - CLOSE - 0.01)
    another = evidence("Tarn Nights is a film by Ivo Lund.", dense=0.78)
    idle = evidence("The film Orle Days was made in a hurry.", dense=0.78)
    assert elsewhere(asked(MADE), [first, far, another, idle]) == (first,)


def test_why_is_answered_in_one_place():
    found = [evidence("Orle Days failed, Ida Vos said."), evidence("Orle Days failed in Tarn.")]
    assert elsewhere(asked("Why did Orle Days fail?"), found) == ()
    assert elsewhere(asked(MADE), []) == ()
