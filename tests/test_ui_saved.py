"""Saved answers, read back: exports, batch files, and what is refused."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest
import scripted

from index.errors import InputError
from rag.schema import Citation
from ui.render import json_text
from ui.saved import citation_of, load_answers

ANSWER = scripted.scripted("How many seafarers walked out?")
QUOTE = ANSWER.citations[0]


def write(path, *lines):
    path.write_text("\n".join(lines), "utf-8")
    return path


def test_a_batch_file_gives_its_answers_and_leaves_out_what_failed(tmp_path):
    lines = [
        json.dumps({**ANSWER.to_dict(), "id": "q1", "seconds": 1.2}),
        json.dumps({"id": "q2", "question": "Who?", "error": "too long"}),
        "",
        json.dumps({**ANSWER.to_dict(), "id": "q3", "citations": []}),
    ]
    first, last = load_answers(write(tmp_path / "a.jsonl", *lines))
    assert (first.id, first.citations) == ("q1", ANSWER.citations)
    assert (last.id, last.citations) == ("q3", ())


@pytest.mark.parametrize("indent", [None, 2])
def test_one_exported_answer_is_read_whatever_its_lines(tmp_path, indent):
    hidden = replace(ANSWER, citations=(replace(QUOTE, quote="Zero\u200bwidth\u2028line"),))
    path = write(tmp_path / "a.json", "\ufeff" + json_text(hidden.to_dict(), indent=indent))
    (saved,) = load_answers(path)
    assert (saved.id, saved.citations) == (hidden.id, hidden.citations)


def test_a_citation_of_an_earlier_version_lacks_what_was_added_since():
    values = asdict(QUOTE)
    del values["content_hash"], values["page"]
    assert citation_of(values) == replace(QUOTE, content_hash="", page=None)


def test_what_a_later_version_adds_is_passed_over():
    assert citation_of({**asdict(QUOTE), "mood": "good"}) == QUOTE


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "holds no answer"),
        (["   "], "holds no answer"),
        (["{broken"], "line 1 is not JSON"),
        (['{"citations": []}', "x"], "line 2 is not JSON"),
        (['{"id": "1", "question": "Who?"}'], 'no "citations"'),
        (['["a"]'], 'no "citations"'),
        (['{"citations": 3}'], "must be a list"),
        (['{"citations": [3]}'], "citation 1: a citation must be an object"),
        (['{"citations": [{"n": 1}]}'], "citation 1: it has no 'article'"),
        ([json.dumps({"citations": [asdict(QUOTE), {**asdict(QUOTE), "start": "x"}]})],
         "citation 2: its start is 'x'"),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_refused_with_its_place(tmp_path, lines, said):
    with pytest.raises(InputError, match=said):
        list(load_answers(write(tmp_path / "a.jsonl", *lines)))


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, content):
    path = tmp_path / "answers.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"answers\.jsonl cannot be read"):
        list(load_answers(path))


def test_every_field_of_a_citation_is_checked():
    wrong = {"int": "1", "int | None": "1", "str": None, "str | None": 1, "tuple[str, ...]": [1]}
    types = Citation.__annotations__
    for name, value in asdict(QUOTE).items():
        with pytest.raises(ValueError, match=f"its {name} is"):
            citation_of({**asdict(QUOTE), name: wrong[types[name]]})
        assert value == getattr(QUOTE, name)
