"""The calibrated score: which features it is made of, and that they are of the right claim."""

from __future__ import annotations

import math

import pytest

from rag.entailment import Reading
from rag.support import PLAIN, READ, Calibration, load_calibration, measure, measure_all

DAM = "The old dam above Orle broke on Monday night."
SHEEP = "The ferry Selma carried 85 sheep to Norby."


class WordReader:
    """Says yes where every word of the claim stands in the text. Satisfies ``Reader``."""

    name = "words"

    def __init__(self):
        self.pairs = []

    def read(self, pairs):
        self.pairs += pairs
        return [Reading(*((0.9, 0.05) if c.rstrip(".") in t else (0.1, 0.6))) for t, c in pairs]


def test_support_is_the_logistic_of_the_weighted_features():
    fitted = Calibration({"words": 2.0, "flaws": -1.0}, bias=0.5, threshold=0.5)
    score = fitted.support({"words": 0.5, "flaws": 1.0, "near": 9.0})
    assert score == pytest.approx(1 / (1 + math.exp(-0.5)))


def test_what_ships_weighs_the_features_that_are_measured():
    fitted = load_calibration(with_reader=False)
    assert set(fitted.weights) == set(PLAIN)
    assert fitted.threshold == 0.5
    with_reader = load_calibration(with_reader=True)
    assert set(with_reader.weights) <= {*PLAIN, *READ}


def test_a_reader_without_a_calibration_is_taken_at_its_word(tmp_path):
    fitted = load_calibration(tmp_path / "calibration.json", with_reader=True)
    measured = measure("It rained.", "It rained.", WordReader())
    assert fitted.support(measured.features) == pytest.approx(0.9)


def test_without_a_reader_its_features_are_not_there():
    assert set(measure(SHEEP, f"{DAM} {SHEEP}", None).features) == set(PLAIN)


def test_the_best_window_speaks_for_a_claim():
    said = measure(SHEEP, f"{DAM} {SHEEP}", WordReader()).features
    unsaid = measure("The ferry Selma sank.", f"{DAM} {SHEEP}", WordReader()).features
    assert said["says"] > 0 > unsaid["says"]
    assert said["denies"] < unsaid["denies"]


def test_the_weakest_sentence_of_a_claim_is_kept():
    found = measure(f"{SHEEP} The ferry Selma sank at noon.", f"{DAM} {SHEEP}", WordReader())
    assert found.features["least_says"] < found.features["says"]


def test_all_windows_of_many_pairs_are_read_in_one_go():
    reader = WordReader()
    pairs = [(SHEEP, f"{DAM} {SHEEP}"), ("", ""), (DAM, SHEEP)]
    together = measure_all(pairs, reader)
    n_read = len(reader.pairs)
    apart = [measure(claim, text, WordReader()) for claim, text in pairs]
    assert together == apart
    assert n_read >= 2
