"""Question files in, answer files out: what is refused and flushed, and where a run goes on."""

from __future__ import annotations

import json

import pytest
from scripted import ScriptedAssistant

from index.errors import InputError, LibraryError
from rag.schema import Filters, Turn
from ui.batch import Asked, load_questions, remaining, run_batch

QUESTIONS = (
    Asked("1", "How many seafarers walked out?"),
    Asked("2", "And the islands?", (Turn("Who struck?", "Crews did."),), "2024-05-14"),
    Asked("3", "What did the mayor say?"),
)


class WatchedAssistant(ScriptedAssistant):
    """Notes how many lines the answer file has when each question arrives."""

    def __init__(self, out, error=None):
        super().__init__()
        self.out = out
        self.failing = error
        self.seen = []

    def answer(self, question, **options):
        self.seen.append(self.out.read_bytes().count(b"\n"))
        if self.failing and "islands" in question:
            raise self.failing
        return super().answer(question, **options)


def write(path, *lines):
    path.write_text("\n".join(lines), "utf-8")
    return path


def run(assistant, out, questions=QUESTIONS):
    steps = []
    n_failed = run_batch(
        assistant, remaining(questions, out), out, filters=Filters(), done=steps.append
    )
    return n_failed, steps


def lines(out):
    return [json.loads(line) for line in out.read_text("utf-8").split("\n")[:-1]]


def test_a_question_file_gives_its_questions_with_history_and_day(tmp_path):
    path = write(
        tmp_path / "q.jsonl",
        '\ufeff{"id": 7, "question": "Who?"}',
        "",
        '{"id": "b", "question": "And he?", "history": [["Who?", "Petra."]], "as_of": "20240514"}',
    )
    assert load_questions(path, as_of="2024-06-01") == (
        Asked("7", "Who?", (), "2024-06-01"),
        Asked("b", "And he?", (Turn("Who?", "Petra."),), "2024-05-14"),
    )


def test_a_character_that_looks_like_a_line_end_does_not_end_a_line(tmp_path):
    asked = "Who said \u2028\u0085\x1c so?"
    path = write(
        tmp_path / "q.jsonl", json.dumps({"id": "1", "question": asked}, ensure_ascii=False)
    )
    assert len(load_questions(path)) == 1


def test_half_a_character_does_not_stop_a_batch(tmp_path):
    path = write(tmp_path / "q.jsonl", r'{"id": "1", "question": "Who \ud800 left?"}')
    out = tmp_path / "a.jsonl"
    assert run(ScriptedAssistant(), out, load_questions(path)) == (0, [1])
    assert lines(out)[0]["question"] == "Who ? left?"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{broken", "not JSON"),
        ('["a"]', 'no "question"'),
        ('{"id": "2"}', 'no "question"'),
        ('{"id": "2", "question": 5}', 'no "question"'),
        ('{"question": "Who?"}', 'no "id"'),
        ('{"id": null, "question": "Who?"}', 'no "id"'),
        ('{"id": "1", "question": "Who else?"}', "occurs twice"),
        ('{"id": "2", "question": "Who?", "as_of": "May"}', "'May'"),
        ('{"id": "2", "question": "Who?", "history": "none"}', "history"),
        ('{"id": "2", "question": "Who?", "history": [["a", "b", "c"]]}', "history"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_broken_line_is_named(tmp_path, line, said):
    path = write(tmp_path / "q.jsonl", '{"id": "1", "question": "Who?"}', line)
    with pytest.raises(InputError, match="line 2") as caught:
        load_questions(path)
    assert said in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xff\xfe\x00"])
def test_a_file_without_questions_is_refused(tmp_path, content):
    path = tmp_path / "q.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"q\.jsonl"):
        load_questions(path)


def test_every_answer_is_on_disk_before_the_next_question_is_asked(tmp_path):
    out = tmp_path / "a.jsonl"
    assistant = WatchedAssistant(out)
    assert run(assistant, out) == (0, [1, 2, 3])
    assert assistant.seen == [0, 1, 2]
    assert [line["id"] for line in lines(out)] == ["1", "2", "3"]
    assert assistant.asked[1].history == QUESTIONS[1].history
    assert assistant.asked[1].as_of == "2024-05-14"


def test_a_line_is_an_answer_with_its_seconds(tmp_path):
    out = tmp_path / "a.jsonl"
    assistant = ScriptedAssistant()
    run(assistant, out)
    expected = assistant.answer(QUESTIONS[0].question).to_dict()
    found = lines(out)[0]
    assert isinstance(found.pop("seconds"), float)
    assert found == json.loads(json.dumps({**expected, "id": "1"}))


def test_a_question_that_fails_has_its_line_and_stops_nothing(tmp_path):
    out = tmp_path / "a.jsonl"
    assert run(WatchedAssistant(out, LibraryError("The disk is full.")), out)[0] == 1
    first, second, third = lines(out)
    assert second.keys() == {"id", "question", "error", "seconds"}
    assert second["error"] == "The disk is full."
    assert "error" not in first.keys() | third.keys()


@pytest.mark.parametrize("cut", [1, 30, 400, "all but one byte"])
def test_a_run_goes_on_where_it_was_cut_in_the_middle_of_a_line(tmp_path, cut):
    out = tmp_path / "a.jsonl"
    run(ScriptedAssistant(), out)
    whole = lines(out)
    last = out.read_bytes().split(b"\n")[-2]
    with out.open("rb+") as file:
        file.truncate(out.stat().st_size - (cut if isinstance(cut, int) else len(last)))
    assistant = ScriptedAssistant()
    assert run(assistant, out) == (0, [1])
    assert [question.text for question in assistant.asked] == [QUESTIONS[2].question]
    assert [line["id"] for line in lines(out)] == ["1", "2", "3"]
    assert lines(out)[:2] == whole[:2]


def test_a_cut_within_a_character_is_survived(tmp_path):
    out = tmp_path / "a.jsonl"
    out.write_bytes(b'{"id": "1", "question": "a"}\n{"id": "2", "question": "\xe2\x80')
    assert [asked.id for asked in remaining(QUESTIONS, out)] == ["2", "3"]
    assert out.read_bytes() == b'{"id": "1", "question": "a"}\n'


def test_an_answer_that_quotes_odd_line_ends_is_read_back(tmp_path):
    out = tmp_path / "a.jsonl"
    record = {"id": "1", "question": "a\u2028b\u0085c"}
    out.write_text(json.dumps(record, ensure_ascii=False) + "\n", "utf-8")
    assert [asked.id for asked in remaining(QUESTIONS, out)] == ["2", "3"]


def test_nothing_is_left_after_a_whole_run(tmp_path):
    out = tmp_path / "a.jsonl"
    run(ScriptedAssistant(), out)
    assert remaining(QUESTIONS, out) == ()


@pytest.mark.parametrize(
    "content", ["hello\n", "hello", '{"name"', '{"name": "x"}\n', "[]\n", "7\n"]
)
def test_a_file_of_something_else_is_not_written_to(tmp_path, content):
    out = tmp_path / "notes.txt"
    out.write_text(content)
    with pytest.raises(InputError, match=r"notes\.txt, line 1"):
        remaining(QUESTIONS, out)
    assert out.read_text() == content


def test_answers_that_cannot_be_written_are_refused_before_anything_is_asked(tmp_path):
    (tmp_path / "file").write_text("x")
    for out in (tmp_path, tmp_path / "none" / "a.jsonl", tmp_path / "file" / "a.jsonl"):
        with pytest.raises(InputError, match="--out"):
            remaining(QUESTIONS, out)
