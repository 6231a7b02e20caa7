"""What runs with a language model teach of its likelihood of refusing."""

from __future__ import annotations

import json
import math

import pytest

from eval.cases import Case
from eval.fit_refusal import gathered, row_of
from eval.metrics import Mark
from eval.run import Record
from index.errors import InputError
from rag.confidence import scale


def record(kind, confidence, refusal, key="q"):
    answer = {"confidence": confidence, "refusal": refusal, "status": "answered"}
    return Record(Case(id=key, kind=kind, question="?"), Mark(True, False), 1.0, answer)


def saved(folder, records):
    folder.mkdir()
    lines = [json.dumps(each.to_dict()) + "\n" for each in records]
    (folder / "records.jsonl").write_text("".join(lines), "utf-8")
    return folder


@pytest.mark.parametrize("before", [0.3, 0.5, 0.9])
@pytest.mark.parametrize("refusal", [0.001, 0.2, 1.0])
def test_the_confidence_before_the_model_was_heard_is_found_again(before, refusal):
    after = scale().with_refusal(before, refusal)
    found, told = row_of(record("fact", after, refusal))
    assert found == pytest.approx(math.log(before / (1 - before)))
    assert told == pytest.approx(-math.log(refusal))


def test_where_no_model_was_asked_there_is_nothing_to_learn():
    assert row_of(record("fact", 0.5, None)) is None


def test_runs_are_put_together(tmp_path):
    one = saved(tmp_path / "one", [record("fact", 0.8, 0.1), record("fact", 0.8, None, "r")])
    two = saved(tmp_path / "two", [record("unanswerable", 0.4, 0.9)])
    rows, labels, runs = gathered([one, two])
    assert rows.shape == (2, 2)
    assert labels.tolist() == [True, False]
    assert runs.tolist() == ["one", "two"]
    with pytest.raises(InputError, match="no refusal"):
        gathered([one])
