"""The gate fails below a floor, on other questions, and on questions that failed."""

from __future__ import annotations

import json

import pytest

from eval.cases import load_cases
from eval.gate import (
    FLOORS,
    QUESTIONS,
    SAMPLES,
    Floors,
    fingerprint,
    floors_of,
    gate_table,
    judge,
    pin,
    read_floors,
)
from eval.summary import MEASURES, Measure, Summary
from index.errors import InputError, NotFoundError


def summary(n_failed=0, **values):
    measures = {name: Measure(value, 40, value, value) for name, value in values.items()}
    return Summary(40, n_failed, measures, 0.1, 0.2, 0.0)


def floors(**values):
    return Floors("abc", 40, values)


def test_at_its_floor_a_measure_passes():
    verdicts = judge(summary(right=0.7, spans_valid=1.0), floors(right=0.7, spans_valid=1.0), "abc")
    assert all(verdict.passed for verdict in verdicts)


FAULTS = {
    "below a floor": (summary(right=0.69), "abc", "right"),
    "not measured": (summary(), "abc", "right"),
    "a failed question": (summary(n_failed=1, right=0.9), "abc", "failed questions"),
    "other articles": (summary(right=0.9), "abd", "articles and questions"),
}


@pytest.mark.parametrize(("measured", "seen", "name"), FAULTS.values(), ids=FAULTS)
def test_one_fault_fails_its_line_alone(measured, seen, name):
    verdicts = judge(measured, floors(right=0.7), seen)
    assert [verdict.name for verdict in verdicts if not verdict.passed] == [name]
    (line,) = [line for line in gate_table(verdicts).splitlines() if line.endswith("FAILED")]
    assert line.startswith(name)


def test_fewer_questions_than_pinned_fail():
    verdicts = judge(summary(right=0.9), Floors("abc", 41, {"right": 0.7}), "abc")
    assert [verdict.name for verdict in verdicts if not verdict.passed] == ["questions"]


def test_new_floors_leave_one_question_of_room_and_none_for_spans():
    new = floors_of(summary(right=0.725, abstained=0.0, spans_valid=1.0), "abc")
    assert new == Floors("abc", 40, {"right": 0.7, "abstained": 0.0, "spans_valid": 1.0})


def test_pinning_lower_needs_permission(tmp_path):
    path = tmp_path / "floors.json"
    pin(path, floors(right=0.8), allow_lower=False)
    with pytest.raises(InputError, match=r"right from 0\.800 to 0\.700"):
        pin(path, floors(right=0.7), allow_lower=False)
    assert read_floors(path) == floors(right=0.8)
    pin(path, floors(right=0.7), allow_lower=True)
    assert read_floors(path) == floors(right=0.7)


def test_dropping_a_measure_is_lowering_it(tmp_path):
    path = tmp_path / "floors.json"
    pin(path, floors(right=0.8, on_gold=0.2), allow_lower=False)
    with pytest.raises(InputError, match="on_gold"):
        pin(path, floors(right=0.8), allow_lower=False)


def test_the_floors_of_another_writer_stay(tmp_path):
    path = tmp_path / "floors.json"
    pin(path, floors(right=0.5), allow_lower=False, writer="local")
    pin(path, floors(right=0.8), allow_lower=False)
    assert read_floors(path, "local") == floors(right=0.5)


def test_no_floors_yet_is_none(tmp_path):
    assert read_floors(tmp_path / "floors.json") is None
    (tmp_path / "floors.json").write_text("{}")
    assert read_floors(tmp_path / "floors.json") is None


@pytest.mark.parametrize(
    "stored",
    ["not json", "[]", {"extractive": 3}, {"extractive": {"n": 1}}],
    ids=["no JSON", "a list", "a number", "fields missing"],
)
def test_a_broken_floors_file_is_refused(tmp_path, stored):
    path = tmp_path / "floors.json"
    path.write_text(stored if isinstance(stored, str) else json.dumps(stored), "utf-8")
    with pytest.raises(InputError):
        read_floors(path)


def test_a_floor_of_an_unknown_measure_is_refused(tmp_path):
    path = tmp_path / "floors.json"
    pin(path, floors(rigth=0.5), allow_lower=False)
    with pytest.raises(InputError, match="rigth"):
        read_floors(path)


def test_the_fingerprint_sees_content_but_not_line_ends(tmp_path):
    questions, folder = tmp_path / "q.jsonl", tmp_path / "articles"
    folder.mkdir()
    questions.write_bytes(b"1\n2\n")
    (folder / "a.txt").write_bytes(b"one\ntwo\n")
    before = fingerprint(questions, folder)
    (folder / "a.txt").write_bytes(b"one\r\ntwo\r\n")
    assert fingerprint(questions, folder) == before
    (folder / ".hidden").write_bytes(b"x")
    assert fingerprint(questions, folder) == before
    (folder / "a.txt").write_bytes(b"one\nthree\n")
    assert fingerprint(questions, folder) != before


def test_sample_articles_that_are_not_there_are_named(tmp_path):
    with pytest.raises(NotFoundError, match="No sample articles at"):
        fingerprint(QUESTIONS, tmp_path / "none")


def test_the_pinned_floors_are_those_of_the_questions_and_articles_shipped():
    pinned = read_floors(FLOORS)
    assert pinned is not None
    assert pinned.fingerprint == fingerprint(QUESTIONS, SAMPLES)
    assert pinned.n == len(load_cases(QUESTIONS))
    assert set(pinned.floors) == set(MEASURES)
    assert pinned.floors["spans_valid"] == 1.0
