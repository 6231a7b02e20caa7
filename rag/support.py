"""One calibrated score for a claim in a text: words, exact checks and the learned reader together.

A logistic score over the signals of ``rag.signals`` and the reader's probabilities, with the
weights and the one threshold that ``eval.checker`` fitted (``rag/checker/calibration.json``).
Without a reader, weights fitted without it are used. Knows nothing of citations.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.entailment import SHIPPED, Reader, Reading
from rag.signals import Signals, signals, split, taken_apart

CALIBRATION = SHIPPED / "calibration.json"
PLAIN = ("words", "near", "pairs", "order", "rarest", "new_figures", "new_names", "flaws")
READ = ("says", "least_says", "denies")
FLOOR = 0.005  # probabilities of the reader nearer to 0 or 1 tell nothing more


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights by feature name, and the support from which a claim counts as supported."""

    weights: dict[str, float]
    bias: float
    threshold: float

    def support(self, features: dict[str, float]) -> float:
        """Return the probability in [0, 1] that a claim with these features is supported."""
        score = self.bias + sum(w * features[name] for name, w in self.weights.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


READER_ALONE = Calibration({"least_says": 1.0}, bias=0.0, threshold=0.5)


@dataclass(frozen=True, slots=True)
class Measured:
    """The features of a claim, and the stretch of text that matters most for it."""

    features: dict[str, float]
    best: str


def load_calibration(path: Path = CALIBRATION, *, with_reader: bool) -> Calibration:
    """Read a calibration, for scores with or without a learned reader.

    A reader for which none was fitted is taken at its word: support is its own probability.
    """
    fitted = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    own = fitted.get("with_reader" if with_reader else "without")
    if own is None:
        return READER_ALONE
    return Calibration(own["weights"], own["bias"], own["threshold"])


def measure(claim: str, text: str, reader: Reader | None) -> Measured:
    """Measure a claim of one or more sentences against a text of any length."""
    return measure_all([(claim, text)], reader)[0]


def measure_all(pairs: Sequence[tuple[str, str]], reader: Reader | None) -> list[Measured]:
    """Measure (claim, text) pairs; the reader reads all of their windows in one go."""
    found = []
    for claim, text in pairs:
        whole = taken_apart(text)
        found.append([(c, signals(c, whole)) for c in split(claim) or (claim,)])
    readings = _read([unit for units in found for unit in units], reader)
    measured, at = [], 0
    for units in found:
        own = readings[at : at + len(units)]
        at += len(units)
        features = _plain([s for _, s in units])
        if reader is not None:
            features |= _reader_features(own)
        weakest = min(units, key=lambda unit: unit[1].near)[1]
        measured.append(Measured(features, weakest.windows[0].text if weakest.windows else ""))
    return measured


def _read(units: Sequence[tuple[str, Signals]], reader: Reader | None) -> list[list[Reading]]:
    """Return the readings of every unit's windows, best window first; none without a reader."""
    if reader is None:
        return [[] for _ in units]
    pairs = [(window.text, claim) for claim, s in units for window in s.windows]
    readings = iter(reader.read(pairs) if pairs else [])
    return [[next(readings) for _ in s.windows] for _, s in units]


def _plain(units: Sequence[Signals]) -> dict[str, float]:
    """Return the mean of what speaks for the claim's sentences and the worst against any."""
    n = len(units)
    return {
        "words": sum(s.words for s in units) / n,
        "near": sum(s.near for s in units) / n,
        "pairs": sum(s.pairs for s in units) / n,
        "order": sum(s.order for s in units) / n,
        "rarest": max(s.rarest for s in units),
        "new_figures": max(s.new_figures for s in units),
        "new_names": max(s.new_names for s in units),
        "flaws": max(s.flaws for s in units),
    }


def _reader_features(units: Sequence[Sequence[Reading]]) -> dict[str, float]:
    """Return log-odds: mean and least over the claim's sentences, each by its best window."""
    says = [max((_odds(r.says) for r in unit), default=_odds(0.0)) for unit in units]
    denies = [_odds(unit[0].denies) if unit else _odds(0.0) for unit in units]
    return {"says": sum(says) / len(says), "least_says": min(says), "denies": max(denies)}


def _odds(probability: float) -> float:
    clipped = min(1 - FLOOR, max(FLOOR, probability))
    return math.log(clipped / (1 - clipped))
