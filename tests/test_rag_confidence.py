"""How likely what was found answers: what speaks for it, and what the fit makes of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from made import article, asked, evidence

from rag.confidence import FEATURES, confidence, features, scale
from rag.retrieve import Retrieved

WHY = "Why did the dam above Orle break?"
FOUND = Retrieved((), np.zeros(2, np.float32), {"dam": 3.0, "orle": 4.0, "break": 2.0}, 100)
DAM = article("The dam above Orle broke because snow melted.", name="dam")
NEAR = evidence("The dam above Orle broke because snow melted.", within=DAM, dense=0.8)
FAR = evidence("The dam above Orle broke because snow melted.", within=DAM, dense=0.2)


def test_what_is_measured_of_the_evidence():
    other = article("Goats were sold on Monday.", name="goats")
    goats = evidence("Goats were sold on Monday.", within=other, dense=0.1)
    found = features(asked(WHY), [NEAR, goats], FOUND)
    assert set(found) == set(FEATURES)
    assert found["dense"] == 0.8
    assert found["mean"] < found["nearness"]
    assert found["held"] + found["lacks"] > 0
    assert features(asked(WHY), [goats], FOUND)["held"] == 0.0
    assert features(asked(WHY), [goats], FOUND)["lacks"] == 1.0


def test_nearer_is_surer_and_nothing_is_not_sure_at_all():
    near, far = (confidence(asked(WHY), [e], FOUND) for e in (NEAR, FAR))
    assert 0.0 < far < near < 1.0
    assert confidence(asked(WHY), [], FOUND) == 0.0


def test_in_a_larger_archive_something_near_says_less():
    small, large = (
        confidence(asked(WHY), [NEAR], replace(FOUND, n_chunks=n)) for n in (40, 40_000)
    )
    assert large < small
    assert features(asked(WHY), [NEAR], replace(FOUND, n_chunks=0))["size"] == 0.0


def test_the_shipped_fit_weighs_what_is_measured():
    assert set(scale().weights) == set(FEATURES)


def test_the_likelier_a_refusal_the_less_sure_and_nothing_found_is_never_sure():
    told = [scale().with_refusal(0.6, refusal) for refusal in (0.0, 1e-5, 0.01, 0.5, 1.0)]
    assert told == sorted(told, reverse=True)
    assert told[0] == told[1]  # below that, likelihoods tell nothing apart
    assert scale().with_refusal(0.2, 0.01) < scale().with_refusal(0.8, 0.01)
    assert scale().with_refusal(0.0, 0.0) < 0.01
    assert scale().with_refusal(1.0, 1.0) <= 1.0
