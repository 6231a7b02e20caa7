"""Recall of follow-ups as asked, in our wording, and with the whole conversation."""

from __future__ import annotations

import json

import pytest

from eval.followups import VARIANTS, Followup, compare, followups, load, recall_at, variants
from index.errors import InputError, NotFoundError
from rag.schema import Turn


def task(n, said, contexts, kind="ANSWERABLE"):
    speakers = ("user", "agent")
    return {
        "task_id": f"c::{n}",
        "input": [{"speaker": speakers[i % 2], "text": text} for i, text in enumerate(said)],
        "contexts": [{"document_id": i, "title": "T", "text": f"T\n{i} text"} for i in contexts],
        "answerability": [kind],
    }


TASKS = (
    task(1, ["Who left Orle?"], ["p1"]),
    task(2, ["Who left Orle?", "Bo Lind.", "And Norby?"], ["p2", "p3"]),
    task(3, ["Who left Orle?", "Bo Lind.", "And Tarn?", "Nobody.", "Why?"], []),
    task(4, ["Who left Orle?", "Bo Lind.", "How old is he?"], ["p4"], "PARTIAL"),
)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "tasks.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in TASKS), "utf-8")
    return path


def test_passages_and_later_turns_with_passages_are_read(file):
    passages, asked = load(file)
    assert set(passages) == {"p1", "p2", "p3", "p4"}
    assert passages["p1"] == {"id": "p1", "title": "T", "text": "p1 text"}
    assert [each.id for each in asked] == ["c::2", "c::4"]
    assert asked[0] == Followup(
        "c::2",
        "And Norby?",
        (Turn("Who left Orle?", "Bo Lind."),),
        frozenset({"p2", "p3"}),
        "ANSWERABLE",
    )


def test_a_follow_up_is_asked_in_three_ways(file):
    _, asked = load(file)
    texts = {name: question.standalone for name, question in variants(asked[0]).items()}
    assert texts == {
        "as asked": "And Norby?",
        "rewritten": "Who left Norby?",
        "whole conversation": "Who left Orle? Bo Lind. And Norby?",
    }


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (["p2", "p3"], 1.0),
        (["p2", "p2", "p2", "p2", "p2", "p3"], 1.0),
        (["p2", "a", "b", "c", "d", "p3"], 0.5),
        ([], 0.0),
    ],
)
def test_recall_counts_the_first_different_passages(found, expected):
    assert recall_at(5, found, frozenset({"p2", "p3"})) == expected


def test_the_table_compares_the_three_ways_pair_by_pair(file):
    def retrieve(question):
        return ["p2", "p3", "p4"] if question.standalone == "Who left Norby?" else ["p2"]

    whole, answerable, partial = followups(file, retrieve)
    assert (whole.kind, whole.n) == ("all", 2)
    assert [row.recall for row in whole.rows] == [0.25, 0.5, 0.25]
    assert [row.lead for row in answerable.rows] == [0.0, 0.5, 0.0]
    assert (answerable.rows[1].low, answerable.rows[1].high) == (0.5, 0.5)
    assert [row.recall for row in partial.rows] == [0.0, 0.0, 0.0]
    assert "rewritten" in whole.text()


def test_an_interval_lies_around_the_lead():
    recalls = [dict.fromkeys(VARIANTS, 0.0) | {"rewritten": float(i % 2)} for i in range(40)]
    row = compare("all", recalls).rows[1]
    assert row.low < row.lead == 0.5 < row.high


@pytest.mark.parametrize("line", ["{", "[]", '{"contexts": []}', '{"contexts": [], "input": []}'])
def test_a_line_that_is_no_task_is_named(tmp_path, line):
    path = tmp_path / "tasks.jsonl"
    path.write_text(json.dumps(TASKS[0]) + "\n" + line, "utf-8")
    with pytest.raises(InputError, match="line 2"):
        load(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(NotFoundError, match="nowhere"):
        load(tmp_path / "nowhere.jsonl")
