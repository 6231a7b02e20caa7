"""The gate as CI holds it: the project's own questions over the samples, with the real model."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from eval import gate
from eval.cli import app

pytestmark = [pytest.mark.model, pytest.mark.timeout(300)]


@pytest.fixture
def held(weights_home):
    """Return a function that runs ``dateline eval gate``."""
    return lambda: CliRunner().invoke(app, ["gate", "--home", str(weights_home)])


def test_the_pinned_floors_are_held(held):
    result = held()
    assert result.exit_code == 0, result.output
    assert "FAILED" not in result.output
    floors = gate.read_floors(gate.FLOORS).floors
    assert {"right", "spans_valid"} <= set(floors)
    assert all(f"\n{name} " in result.output for name in floors)


def test_a_floor_above_what_is_measured_fails_and_names_the_questions(held, tmp_path, monkeypatch):
    floors = json.loads(gate.FLOORS.read_text("utf-8"))
    floors[gate.WRITER]["floors"]["right"] = 1.01
    raised = tmp_path / "floors.json"
    raised.write_text(json.dumps(floors), "utf-8")
    monkeypatch.setattr(gate, "FLOORS", raised)
    result = held()
    assert result.exit_code == 1
    (failed,) = [line for line in result.output.splitlines() if line.endswith("FAILED")]
    assert failed.startswith("right ")
    assert "dateline eval pin" in result.output
