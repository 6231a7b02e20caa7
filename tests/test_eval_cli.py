"""The command line: sets are found, mistakes are one clear line, help needs no model."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from test_eval_run import CASES, ScriptedAssistant, said
from typer.testing import CliRunner

from eval import gate, provenance
from eval.asking import RECORDS, ask_all
from eval.cases import find_set
from eval.cli import app
from eval.gate import QUESTIONS
from index.errors import DatelineError, InputError, NotFoundError


def invoke(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def test_a_set_is_found_by_path_by_own_name_and_in_the_data_folder(tmp_path):
    mine = tmp_path / "mine.jsonl"
    mine.write_text("{}")
    assert find_set(str(mine), None) == mine
    assert find_set("samples", None) == QUESTIONS
    assert find_set("mine", tmp_path) == mine
    assert find_set("mine.jsonl", tmp_path) == mine


def test_a_set_that_is_nowhere_lists_where_it_was_looked_for(tmp_path):
    with pytest.raises(NotFoundError, match=r"mine\.jsonl"):
        find_set("mine", tmp_path)
    with pytest.raises(NotFoundError, match="DATELINE_EVAL_DATA"):
        find_set("mine", None)


def test_the_data_folder_comes_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("DATELINE_EVAL_DATA", str(tmp_path))
    (tmp_path / "mine.jsonl").write_text("[]", "utf-8")
    result = invoke("run", "--set", "mine")
    assert isinstance(result.exception, InputError)
    assert "mine.jsonl, line 1" in str(result.exception)


def test_mistakes_are_errors_with_a_message(tmp_path):
    file = tmp_path / "file"
    file.write_text("x")
    for words in (
        ("run", "--set", tmp_path / "none.jsonl"),
        ("run", "--set", file),
        ("run", "--out", file / "below"),
        ("gate", "--samples", tmp_path / "none"),
    ):
        result = invoke(*words)
        assert isinstance(result.exception, DatelineError), (words, result.exception)
        assert str(result.exception)


def test_a_gate_without_floors_says_how_to_pin(tmp_path, monkeypatch):
    monkeypatch.setattr(gate, "FLOORS", tmp_path / "floors.json")
    result = invoke("gate")
    assert isinstance(result.exception, NotFoundError)
    assert "dateline eval pin" in str(result.exception)


def test_a_limit_below_one_is_refused():
    assert invoke("run", "--limit", 0).exit_code == 2


def answering():
    return ScriptedAssistant({case.question: said("Seven.", "seven") for case in CASES})


def test_all_questions_are_asked_and_saved(tmp_path):
    records = ask_all(CASES, answering(), extractive=True, folder=tmp_path)
    assert len(records) == len(CASES)
    assert len((tmp_path / RECORDS).read_text("utf-8").splitlines()) == len(CASES)


def test_a_stopped_run_goes_on_where_it_was(tmp_path):
    ask_all(CASES[:2], answering(), extractive=True, folder=tmp_path)
    with (tmp_path / RECORDS).open("a") as file:
        file.write('{"case": {"id": "q3", "ki')  # killed in mid-line
    assistant = answering()
    records = ask_all(CASES, assistant, extractive=True, folder=tmp_path, resume=True)
    assert [asked[0] for asked in assistant.asked] == [case.question for case in CASES[2:]]
    assert [record.case.id for record in records] == [case.id for case in CASES]
    assert len((tmp_path / RECORDS).read_text("utf-8").splitlines()) == len(CASES)


def test_without_resume_an_older_run_is_replaced(tmp_path):
    for _ in range(2):
        ask_all(CASES, answering(), extractive=True, folder=tmp_path)
    assert len((tmp_path / RECORDS).read_text("utf-8").splitlines()) == len(CASES)


FACTS = (("Library snapshot", "abc"), ("Language model", "none (extractive)"))


def test_what_a_run_is_about_is_kept_with_its_commit_and_corpus(tmp_path):
    about = provenance.about("samples", [QUESTIONS], 40, FACTS)
    provenance.keep(about, tmp_path)
    assert provenance.kept(tmp_path) == about
    facts = dict(about.facts)
    assert facts["Library snapshot"] == "abc"
    assert {"Commit", "Bootstrap seed", "Question set"} <= set(facts)


def test_a_run_is_not_continued_as_another(tmp_path):
    before = provenance.about("samples", [QUESTIONS], 40, FACTS)
    provenance.check_same(provenance.about("samples", [QUESTIONS], 40, FACTS), before)
    with pytest.raises(InputError, match="Library snapshot 'abc', this one 'def'"):
        provenance.check_same(
            provenance.about("samples", [QUESTIONS], 40, (("Library snapshot", "def"),)), before
        )


def test_resuming_needs_a_folder():
    assert "--out" in str(invoke("run", "--resume").exception)


def ran(folder, script):
    folder.mkdir()
    provenance.keep(provenance.about("made", [QUESTIONS], len(CASES), FACTS), folder)
    answers = {case.question: answer for case, answer in zip(CASES, script, strict=True)}
    ask_all(CASES, ScriptedAssistant(answers), extractive=True, folder=folder)


SEVEN, SILENT = said("The ferry leaves at seven.", "ferry leaves"), said("", "", status="abstained")


def test_a_report_is_written_again_from_the_records(tmp_path):
    ran(tmp_path / "a", [SEVEN, SEVEN, SILENT, RuntimeError("died")])
    result = invoke("report", tmp_path / "a")
    assert result.exit_code == 0, result.exception
    assert "refusal f1" in result.output
    page = (tmp_path / "a" / "report.html").read_text("utf-8")
    assert "Risk over coverage" in page
    assert "Reliability of the confidence" in page
    found = json.loads((tmp_path / "a" / "results.json").read_text("utf-8"))
    assert found["facts"]["Library snapshot"] == "abc"
    assert found["kinds"]["all"]["n_failed"] == 1
    assert found["kinds"]["all"]["measures"]["refusal_f1"]["value"] == 1.0
    assert found["risk_coverage"]["points"][-1][0] == 0.5


def test_two_runs_are_compared_and_what_they_are_is_told(tmp_path):
    ran(tmp_path / "a", [SEVEN, SEVEN, SILENT, SEVEN])
    ran(tmp_path / "b", [SILENT, SEVEN, SEVEN, SEVEN])
    out = tmp_path / "comparison.json"
    result = invoke("compare", tmp_path / "a", tmp_path / "b", "--out", out)
    assert result.exit_code == 0, result.exception
    assert "Library snapshot" not in result.output  # the same in both
    (row,) = [d for d in json.loads(out.read_text())["differences"] if d["name"] == "abstained"]
    assert (row["first"], row["second"]) == (1.0, 0.0)


def test_no_run_is_a_clear_mistake(tmp_path):
    for words in (("report", tmp_path), ("compare", tmp_path, tmp_path)):
        assert isinstance(invoke(*words).exception, NotFoundError)


def test_help_loads_no_model_library():
    code = (
        "import sys; from typer.testing import CliRunner; from eval.cli import app;"
        "assert CliRunner().invoke(app, ['run', '--help']).exit_code == 0;"
        "heavy = {'torch', 'chromadb', 'sentence_transformers', 'llama_index', 'gradio'};"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
