"""A question set is read whole and right, or refused with the line that is wrong."""

from __future__ import annotations

import json

import pytest

from eval.cases import KINDS, Gold, load_cases
from eval.gate import QUESTIONS, SAMPLES
from eval.text import locate
from index.errors import InputError, NotFoundError
from index.extract import read
from index.files import articles, sources
from rag.schema import Turn

GOOD = {
    "id": "q1",
    "kind": "followup",
    "question": "And the ferry?",
    "history": [["When does the tram run?", "At six."]],
    "answer": "At seven.",
    "must": [["seven", "7"]],
    "must_not": ["six", ["eight", "nine"]],
    "evidence": [[{"article": "a.txt", "quote": "at seven"}, {"article": "b", "quote": "7 a.m."}]],
    "as_of": "2022-09-28",
}


def write(tmp_path, *lines):
    path = tmp_path / "set.jsonl"
    path.write_text("".join(line + "\n" for line in lines), "utf-8")
    return path


def changed(**fields):
    return json.dumps({**GOOD, **fields})


def test_every_field_is_read(tmp_path):
    (case,) = load_cases(write(tmp_path, json.dumps(GOOD)))
    assert case.history == (Turn("When does the tram run?", "At six."),)
    assert case.must == (("seven", "7"),)
    assert case.must_not == ("six", "eight", "nine")
    assert case.evidence == ((Gold("a.txt", "at seven"), Gold("b", "7 a.m.")),)
    assert case.as_of == "2022-09-28"
    assert not case.to_refuse


def test_blank_lines_and_unicode_line_separators_are_not_ends_of_questions(tmp_path):
    path = write(tmp_path, "", changed(question="One\u2028line?"), "", changed(id="q2"))
    assert [case.question for case in load_cases(path)] == ["One\u2028line?", "And the ferry?"]


BAD = {
    "broken JSON": ('{"id": ', "not JSON"),
    "no object": ("[1]", "expected an object, found list"),
    "no id": (changed(id=""), "id must be text"),
    "unknown kind": (changed(kind="riddle"), "'riddle' is none of fact"),
    "question is no text": (
        changed(question=3),
        "text that is not empty, found 3",
    ),
    "must is flat": (changed(must=["seven"]), "must hold lists of alternatives, found 'seven'"),
    "an empty group": (changed(must=[[]]), "must hold lists of alternatives, found []"),
    "nothing must stand": (changed(must=[]), "needs at least one group in must"),
    "history is no pair": (changed(history=[["a"]]), "pairs [question, answer]"),
    "evidence without quote": (changed(evidence=[[{"article": "a"}]]), "quote must be text"),
    "evidence is flat": (
        changed(evidence=[{"article": "a", "quote": "b"}]),
        "lists of alternatives",
    ),
    "no such day": (changed(as_of="2022-09-31"), "found '2022-09-31'"),
    "proof of nothing": (changed(kind="unanswerable", must=[]), "evidence is listed"),
}


@pytest.mark.parametrize(("line", "words"), BAD.values(), ids=BAD)
def test_a_bad_line_is_named_by_number_and_mistake(tmp_path, line, words):
    path = write(tmp_path, json.dumps(GOOD), line)
    with pytest.raises(InputError) as error:
        load_cases(path)
    assert "line 2" in str(error.value)
    assert words in str(error.value)


def test_an_id_used_twice_is_refused(tmp_path):
    with pytest.raises(InputError, match="line 2: the id 'q1' is used twice"):
        load_cases(write(tmp_path, json.dumps(GOOD), json.dumps(GOOD)))


def test_an_empty_set_is_refused(tmp_path):
    with pytest.raises(InputError, match="holds no questions"):
        load_cases(write(tmp_path, "", " "))


def test_a_set_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(NotFoundError, match="No question set at"):
        load_cases(tmp_path / "none.jsonl")


def test_bytes_that_are_not_text_are_refused(tmp_path):
    path = tmp_path / "set.jsonl"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="cannot be read as UTF-8"):
        load_cases(path)


def test_our_own_set_has_every_kind():
    cases = load_cases(QUESTIONS)
    assert len(cases) >= 32
    assert {case.kind for case in cases} == set(KINDS)


def test_every_gold_quote_of_our_own_set_stands_in_the_clean_text_once():
    texts = {
        a.name: a.text for source in sources([SAMPLES]) for a in articles(source, read(source.path))
    }
    golds = {gold for case in load_cases(QUESTIONS) for group in case.evidence for gold in group}
    places = {gold: len(locate(gold.quote, texts.get(gold.article, ""))) for gold in golds}
    assert {gold: n for gold, n in places.items() if n != 1} == {}


def test_the_wire_copy_is_the_same_text_under_two_outlets():
    found = {
        a.name: a for source in sources([SAMPLES]) for a in articles(source, read(source.path))
    }
    wire, copy = found["northgate-wire-arrivals.txt"], found["lakeside-herald-0928"]
    assert copy.text in wire.text
    assert wire.source != copy.source


def test_every_sample_article_has_outlet_and_date():
    found = [a for source in sources([SAMPLES]) for a in articles(source, read(source.path))]
    assert len(found) == 10
    assert [(a.name, a.source, a.published) for a in found if not a.source or not a.published] == []


@pytest.mark.parametrize(
    "clutter",
    ["Lindqvist", "4.90", "Ozols", "87 per cent", "cookies", "mattresses", "otter", "Fjord"],
)
def test_no_clutter_of_a_sample_page_is_left_in_its_text(clutter):
    pages = [s for s in sources([SAMPLES]) if s.path.suffix == ".html"]
    assert any(clutter in source.path.read_text("utf-8") for source in pages)
    assert [a.name for s in pages for a in articles(s, read(s.path)) if clutter in a.text] == []


def test_the_shared_question_set_is_read_as_it_is(eval_data):
    cases = load_cases(eval_data / "seeds-dev.jsonl")
    assert {case.kind for case in cases} == set(KINDS)
