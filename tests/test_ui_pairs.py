"""Files of pairs in, files of verdicts out: what is refused and flushed, where a run goes on."""

from __future__ import annotations

import gzip
import json

import pytest
from typer.testing import CliRunner

from index.errors import InputError
from rag.verify import Check
from ui.batch import remaining
from ui.cli import app
from ui.pairs import PairLine, judge_pairs, load_pairs

PAIRS = (
    PairLine("1", "The dam broke.", "The dam broke."),
    PairLine("b", "The dam broke.", "The dam held."),
)


class WatchedJudge:
    """Supports what stands in the text, and notes how many lines the file has each time."""

    def __init__(self, out):
        self.out = out
        self.seen = []

    def judge(self, pairs):
        self.seen.append(self.out.read_bytes().count(b"\n"))
        return [
            Check("supported", 1.0) if claim in text else Check("unsupported", 0.123456, "No.")
            for claim, text in pairs
        ]


def lines(out):
    return [json.loads(line) for line in out.read_text("utf-8").split("\n")[:-1]]


@pytest.mark.parametrize("pack", [False, True], ids=["plain", "gzipped"])
def test_a_file_of_pairs_is_read(tmp_path, pack):
    text = '{"id": 7, "premise": "It\u2028rained.", "claim": "It rained."}\n\n'
    text += '{"premise": "P", "claim": "C", "label": 1}\n'
    path = tmp_path / "pairs.jsonl"
    path.write_bytes(gzip.compress(text.encode()) if pack else text.encode())
    assert load_pairs(path) == (
        PairLine("7", "It\u2028rained.", "It rained."),
        PairLine("3", "P", "C"),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("", "no pair", id="empty"),
        pytest.param("{", "line 1 is not JSON", id="no JSON"),
        pytest.param("[]", "line 1 is no JSON object", id="list"),
        pytest.param('{"claim": "C"}', 'no "premise"', id="no premise"),
        pytest.param('{"premise": "P", "claim": 3}', 'no "claim"', id="claim is no text"),
        pytest.param(
            '{"id": 1, "premise": "P", "claim": "C"}\n{"id": 1, "premise": "P", "claim": "C"}',
            "occurs twice",
            id="same id",
        ),
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path, text, said):
    path = tmp_path / "pairs.jsonl"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=said):
        load_pairs(path)


@pytest.mark.parametrize("raw", [b"\x1f\x8bno gzip", b"\xff\xfe\xfa"], ids=["gzip", "no UTF-8"])
def test_a_file_that_is_no_text_is_refused(tmp_path, raw):
    path = tmp_path / "pairs.jsonl.gz"
    path.write_bytes(raw)
    with pytest.raises(InputError, match="cannot be read"):
        load_pairs(path)


def test_every_verdict_is_flushed_before_the_next_pair(tmp_path):
    out = tmp_path / "out.jsonl"
    out.touch()
    judge, steps = WatchedJudge(out), []
    judge_pairs(judge, PAIRS, out, done=steps.append)
    assert judge.seen == [0, 1]
    assert steps == [1, 2]
    assert lines(out) == [
        {"id": "1", "support": 1.0, "verdict": "supported", "reason": ""},
        {"id": "b", "support": 0.1235, "verdict": "unsupported", "reason": "No."},
    ]


def test_a_run_goes_on_where_it_was_stopped(tmp_path):
    out = tmp_path / "out.jsonl"
    out.write_text('{"id": "1", "support": 1.0, "verdict": "supported", "reason": ""}\n{"id": "b"')
    left = remaining(PAIRS, out)
    assert left == PAIRS[1:]
    judge_pairs(WatchedJudge(out), left, out, done=lambda n: None)
    assert [line["id"] for line in lines(out)] == ["1", "b"]


def test_the_command_judges_pairs(tmp_path):
    pairs, out = tmp_path / "pairs.jsonl", tmp_path / "out.jsonl"
    text = "The ferry Selma carried 85 sheep to Norby, its captain said."
    claims = [text, "The ferry Selma carried 58 llamas to Tarn without any captain."]
    records = [{"premise": text, "claim": claim} for claim in claims]
    pairs.write_text("\n".join(json.dumps(r) for r in records), "utf-8")
    result = CliRunner().invoke(app, ["verify", "--pairs", str(pairs), "--out", str(out)])
    assert result.exit_code == 0, result.output
    true, false = lines(out)
    assert (true["verdict"], true["support"], true["reason"]) == ("supported", 1.0, "")
    assert false["verdict"] == "unsupported"
    assert false["support"] < 0.5
    assert "58" in false["reason"]


def test_the_pairs_are_never_written_over(tmp_path):
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text('{"premise": "P", "claim": "C"}', "utf-8")
    result = CliRunner().invoke(app, ["verify", "--pairs", str(pairs), "--out", str(pairs)])
    assert isinstance(result.exception, InputError)
    assert json.loads(pairs.read_text("utf-8"))["claim"] == "C"
