"""The checker's figures: measures against their definitions, and fits that never see their set."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pytest

from eval import checker_run
from eval.checker import Scored, evaluate, fit, names_of, report, score_sets, sets_in
from eval.checker_metrics import (
    balanced_accuracy,
    even_weights,
    fit_logistic,
    roc_auc,
)
from index.errors import InputError, NotFoundError
from rag.support import PLAIN

RNG = np.random.default_rng(7)


def test_roc_auc_is_the_share_of_pairs_in_order_ties_half():
    labels = RNG.random(60) < 0.4
    scores = RNG.integers(0, 8, 60).astype(float)
    yes, no = scores[labels], scores[~labels]
    wins = [1.0 if a > b else 0.5 if a == b else 0.0 for a in yes for b in no]
    assert roc_auc(labels, scores) == pytest.approx(np.mean(wins))


def test_roc_auc_of_one_class_is_not_a_number():
    assert np.isnan(roc_auc(np.array([True, True]), np.array([0.1, 0.2])))


def test_balanced_accuracy_is_not_moved_by_class_sizes():
    labels = np.array([True] * 90 + [False] * 10)
    assert balanced_accuracy(labels, np.ones(100), 0.5) == 0.5
    assert balanced_accuracy(labels, labels.astype(float), 0.5) == 1.0


def test_the_logistic_fit_finds_the_coefficients_that_made_the_data():
    rows = RNG.normal(size=(4000, 2)) * [1.0, 5.0] + [3.0, 0.0]
    chance = 1 / (1 + np.exp(-(rows @ [1.5, -0.2] - 4.0)))
    labels = RNG.random(4000) < chance
    found, bias = fit_logistic(rows, labels, np.ones(4000), strength=1e-6)
    assert found == pytest.approx([1.5, -0.2], abs=0.15)
    assert bias == pytest.approx(-4.0, abs=0.4)


def test_sets_and_classes_weigh_the_same():
    sets = np.array(["a"] * 10 + ["b"] * 90)
    labels = np.array([True] * 9 + [False] + [True] * 30 + [False] * 60)
    weights = even_weights(sets, labels)
    assert weights.mean() == pytest.approx(1)
    assert weights[:9].sum() == pytest.approx(weights[9])
    assert weights[:10].sum() == pytest.approx(weights[10:].sum())


def scored(name, n, sign):
    """Pairs of a set in which many words found mean support (1) or the contrary (-1)."""
    found = []
    for i in range(n):
        label = i % 2 == 0
        words = 0.5 + 0.3 * sign * (1 if label else -1) + 0.1 * RNG.random()
        found.append(Scored(name, str(i), label, dict.fromkeys(PLAIN, 0.0) | {"words": words}))
    return found


def test_a_set_is_scored_by_a_fit_on_the_others_alone():
    pairs = [*scored("a", 40, 1), *scored("b", 40, 1), *scored("odd", 40, -1)]
    results, bins, error = evaluate(pairs, PLAIN)
    by_name = {r.name: r for r in results}
    assert by_name["odd"].auc == 0.0  # had it been in the fit, it could not be wholly wrong
    assert by_name["odd"].words == 0.0
    assert sum(b.n for b in bins) == 120
    table = report(results, bins, error)
    assert all(name in table for name in ("a", "b", "odd", "mean"))


def test_the_fit_has_a_weight_for_every_feature():
    fitted = fit(scored("a", 40, 1), names_of(with_reader=False))
    assert set(fitted["weights"]) == set(PLAIN)
    assert fitted["weights"]["words"] > 0


def test_sets_are_read_packed_or_not_and_training_pairs_never(tmp_path):
    line = json.dumps({"id": "x", "premise": "The dam broke.", "claim": "A dam broke.", "label": 1})
    (tmp_path / "plain.jsonl").write_text(line + "\n")
    (tmp_path / "packed.jsonl.gz").write_bytes(gzip.compress(line.encode()))
    (tmp_path / "train_pairs.jsonl").write_text(line)
    names = []
    found = list(score_sets(sets_in(tmp_path), None, names.append))
    assert names == ["packed", "plain"]
    assert [(s.set, s.id, s.label) for s in found] == [("packed", "x", True), ("plain", "x", True)]
    assert found[0].features["words"] == 1.0


def test_what_is_no_set_is_refused(tmp_path):
    with pytest.raises(NotFoundError):
        sets_in(tmp_path)
    (tmp_path / "a.jsonl").write_text("{")
    with pytest.raises(InputError, match=r"a\.jsonl"):
        list(score_sets(sets_in(tmp_path), None, lambda name: None))


def test_what_is_served_is_measured_where_no_checker_comes_with_it(tmp_path, monkeypatch):
    monkeypatch.setattr(checker_run, "ships", lambda: False)
    for name in ("one", "two"):
        pairs = [
            ("The dam broke on Monday.", "The dam broke.", 1),
            ("It rained.", "A ship sank.", 0),
        ]
        lines = [json.dumps({"premise": p, "claim": c, "label": y}) for p, c, y in pairs * 3]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines), "utf-8")
    said = "\n".join(checker_run.lines(tmp_path, None, without=False, fit_to=None))
    assert "Reader:" not in said
    assert "Without the reader:" in said
    assert "one " in said
    with pytest.raises(InputError, match="--checker FOLDER"):
        list(checker_run.lines(tmp_path, None, without=False, fit_to=tmp_path / "fit.json"))
