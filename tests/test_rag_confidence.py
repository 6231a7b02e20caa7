"""How likely what was found answers: what speaks for it, and what the fit makes of it."""

from __future__ import annotations

from made import article, asked, evidence

from rag.confidence import FEATURES, confidence, features, scale

WHY = "Why did the dam above Orle break?"
WEIGHTS = {"dam": 3.0, "orle": 4.0, "break": 2.0}
DAM = article("The dam above Orle broke because snow melted.", name="dam")
NEAR = evidence("The dam above Orle broke because snow melted.", within=DAM, dense=0.8)
FAR = evidence("The dam above Orle broke because snow melted.", within=DAM, dense=0.2)


def test_what_is_measured_of_the_evidence():
    other = article("Goats were sold on Monday.", name="goats")
    goats = evidence("Goats were sold on Monday.", within=other, dense=0.1)
    found = features(asked(WHY), [NEAR, goats], WEIGHTS)
    assert set(found) == set(FEATURES)
    assert found["dense"] == 0.8
    assert found["mean"] < found["nearness"]
    assert found["held"] + found["lacks"] > 0
    assert features(asked(WHY), [goats], WEIGHTS)["held"] == 0.0
    assert features(asked(WHY), [goats], WEIGHTS)["lacks"] == 1.0


def test_nearer_is_surer_and_nothing_is_not_sure_at_all():
    near, far = (confidence(asked(WHY), [e], WEIGHTS) for e in (NEAR, FAR))
    assert 0.0 < far < near < 1.0
    assert confidence(asked(WHY), [], WEIGHTS) == 0.0


def test_the_shipped_fit_weighs_what_is_measured():
    assert set(scale().weights) == set(FEATURES)
