"""The command line: sets are found, mistakes are one clear line, help needs no model."""

from __future__ import annotations

import subprocess
import sys

import pytest
from test_eval_run import CASES, ScriptedAssistant, said
from typer.testing import CliRunner

from eval import gate
from eval.cases import find_set
from eval.cli import app, ask_all, provenance
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


def test_all_questions_are_asked_and_saved(tmp_path):
    answers = {case.question: said("Seven.", "seven") for case in CASES}
    records = ask_all(CASES, ScriptedAssistant(answers), extractive=True, folder=tmp_path)
    assert len(records) == len(CASES)
    assert len((tmp_path / "records.jsonl").read_text("utf-8").splitlines()) == len(CASES)
    facts = dict(provenance(QUESTIONS, records).facts)
    assert facts["Writer"] == "extractive"
    assert facts["Questions asked"] == str(len(CASES))


def test_help_loads_no_model_library():
    code = (
        "import sys; from typer.testing import CliRunner; from eval.cli import app;"
        "assert CliRunner().invoke(app, ['run', '--help']).exit_code == 0;"
        "heavy = {'torch', 'chromadb', 'sentence_transformers', 'llama_index', 'gradio'};"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
