"""The learned checker's files, and what it says of plain cases."""

from __future__ import annotations

import hashlib
import json
import shutil

import pytest
from made import evidence

from index.errors import ModelError
from rag.entailment import SHIPPED, CrossEncoderReader, ShippedReader, check_files
from rag.verify import Verifier

MAX_MB = 25
ships = pytest.mark.skipif(
    not (SHIPPED / "model.onnx").is_file(), reason="the learned checker's weights are not there"
)


@pytest.fixture(scope="module")
def reader():
    return ShippedReader()


@pytest.fixture
def copy(tmp_path):
    return shutil.copytree(SHIPPED, tmp_path / "checker")


def test_what_ships_is_small():
    size = sum(file.stat().st_size for file in SHIPPED.iterdir())
    assert size <= MAX_MB * 1_000_000


@ships
def test_what_ships_is_what_its_manifest_lists():
    check_files(SHIPPED)
    listed = json.loads((SHIPPED / "checker.json").read_text("utf-8"))["sha256"]
    assert set(listed) == {"model.onnx", "tokenizer.json"}
    for name, expected in listed.items():
        assert hashlib.sha256((SHIPPED / name).read_bytes()).hexdigest() == expected


@ships
@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_file_that_was_changed_is_refused_by_name(copy, name):
    with (copy / name).open("ab") as file:
        file.write(b"x")
    with pytest.raises(ModelError, match=name):
        ShippedReader(copy)


@ships
@pytest.mark.parametrize("name", ["model.onnx", "checker.json"])
def test_a_missing_file_is_told(copy, name):
    (copy / name).unlink()
    with pytest.raises(ModelError, match="Install Dateline again"):
        ShippedReader(copy)


@ships
@pytest.mark.parametrize(
    ("text", "true", "false"),
    [
        pytest.param(
            "Corvo Foods bought the Lumen bakery for $40 million.",
            "The Lumen bakery was bought by Corvo Foods.",
            "Corvo Foods sold the Lumen bakery.",
            id="buyer and seller",
        ),
        pytest.param(
            "The mayor of Orle rejected the plan for a new bridge on Friday.",
            "The plan for a bridge was rejected by the mayor.",
            "The mayor of Orle approved the plan for a new bridge.",
            id="approved",
        ),
        pytest.param(
            "Twelve people were killed when a bus fell into the river near Tarn.",
            "Twelve people were killed near Tarn.",
            "Nobody was killed near Tarn.",
            id="nobody",
        ),
        pytest.param(
            "Unemployment in Norby fell to 4.1 percent in March.",
            "The jobless rate in Norby was 4.1 percent in March.",
            "Unemployment in Norby rose to 4.1 percent in March.",
            id="rose",
        ),
    ],
)
def test_it_tells_a_retold_sentence_from_a_false_one(reader, text, true, false):
    said, denied = reader.read([(text, true), (text, false)])
    assert said.says > denied.says
    assert denied.denies > said.denies


@ships
def test_readings_are_probabilities_in_the_order_of_the_pairs(reader):
    pairs = [("It rained in Orle all day. " * n, "It rained in Orle.") for n in (30, 1, 9)]
    together = reader.read(pairs)
    for pair, found in zip(pairs, together, strict=True):
        (alone,) = reader.read([pair])
        assert 0 <= found.says <= 1
        assert 0 <= found.denies <= 1
        assert found.says + found.denies <= 1.0001
        assert found.says == pytest.approx(alone.says, abs=0.1)  # eight bits, scaled by the batch


@ships
def test_a_very_long_claim_is_read(reader):
    (found,) = reader.read([("It rained.", "ein wort " * 4000)])
    assert 0 <= found.says <= 1
    assert reader.read([]) == []


def test_a_folder_without_a_cross_encoder_is_refused(tmp_path):
    with pytest.raises(ModelError, match="cross-encoder"):
        CrossEncoderReader(tmp_path)


def test_without_its_files_exact_checks_work_alone_and_it_is_said(tmp_path):
    verifier = Verifier(shipped=tmp_path)
    text = "More than 1,200 people left Orle on Monday, the mayor said."
    assert verifier.check(text, [evidence(text)]).support == 1.0
    found = verifier.check("More than 1,300 people left Orle.", [evidence(text)])
    assert (found.verdict, "1,300" in found.reason) == ("unsupported", True)
    assert "Install Dateline again" in verifier.missing
    (judged,) = verifier.judge([("More than 1,300 people left Orle.", text)])
    assert judged.verdict != "supported"


def test_a_verbatim_quote_costs_no_model(tmp_path):
    verifier = Verifier(tmp_path)  # a folder that holds no model: reading from it would raise
    text = "More than 1,200 people left Orle on Monday, the mayor said."
    assert verifier.check(text, [evidence(text)]).verdict == "supported"
    with pytest.raises(ModelError):
        verifier.check("Over 1,200 people left Orle, said the mayor.", [evidence(text)])
