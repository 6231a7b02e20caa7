"""The learned checker's files, and what it says of plain cases."""

from __future__ import annotations

import hashlib
import json

import pytest
from made import evidence

from index.errors import ModelError
from rag.entailment import SHIPPED, CrossEncoderReader, ShippedReader, check_files
from rag.verify import Verifier

MAX_MB = 25


@pytest.fixture
def copy(tmp_path):
    """The files of a checker and their digests; no model has to be in them."""
    files = {"model.onnx": b"weights", "tokenizer.json": b"{}"}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    (tmp_path / "checker.json").write_text(json.dumps({"sha256": digests}), "utf-8")
    return tmp_path


def test_what_ships_is_small():
    size = sum(file.stat().st_size for file in SHIPPED.iterdir())
    assert size <= MAX_MB * 1_000_000


def test_files_that_are_what_was_shipped_pass(copy):
    check_files(copy)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_file_that_was_changed_is_refused_by_name(copy, name):
    with (copy / name).open("ab") as file:
        file.write(b"x")
    with pytest.raises(ModelError, match=name):
        ShippedReader(copy)


@pytest.mark.parametrize("damage", ["gone", "garbled"])
def test_a_missing_file_or_list_is_told(copy, damage):
    if damage == "gone":
        (copy / "model.onnx").unlink()
    else:
        (copy / "checker.json").write_text("{", "utf-8")
    with pytest.raises(ModelError, match="Install Dateline again"):
        ShippedReader(copy)


def test_a_folder_without_a_cross_encoder_is_refused(tmp_path):
    with pytest.raises(ModelError, match="cross-encoder"):
        CrossEncoderReader(tmp_path)


def test_without_its_files_exact_checks_work_alone_and_it_is_said(tmp_path):
    verifier = Verifier(shipped=tmp_path)
    text = "More than 1,200 people left Orle on Monday, the mayor said."
    assert verifier.check(text, [evidence(text)]).support == 1.0
    found = verifier.check("More than 1,300 people left Orle.", [evidence(text)])
    assert (found.verdict, "1,300" in found.reason) == ("unsupported", True)
    assert "No learned checker comes with this version" in verifier.missing
    (judged,) = verifier.judge([("More than 1,300 people left Orle.", text)])
    assert judged.verdict != "supported"


def test_a_verbatim_quote_costs_no_model(tmp_path):
    verifier = Verifier(tmp_path)  # a folder that holds no model: reading from it would raise
    text = "More than 1,200 people left Orle on Monday, the mayor said."
    assert verifier.check(text, [evidence(text)]).verdict == "supported"
    with pytest.raises(ModelError):
        verifier.check("Over 1,200 people left Orle, said the mayor.", [evidence(text)])
