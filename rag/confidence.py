"""How likely the evidence answers the question at all: one calibrated score from what was found.

A logistic score over how near the best sentences are and how much of the question the nearest
one's article holds, with the weights that ``eval.fit_confidence`` fitted (``confidence.json``).
Knows nothing of language models.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rag.answerable import nearness
from rag.asked import Asked
from rag.retrieve import Retrieved
from rag.schema import Evidence
from rag.terms import holds, stem, stems

FITTED = Path(__file__).with_name("confidence.json")
FEATURES = ("dense", "nearness", "mean", "held", "lacks", "size")
LEAST_REFUSAL = 1e-5  # below it, likelihoods of a refusal tell nothing apart
N_MEAN = 5  # best sentences whose nearness is averaged


@dataclass(frozen=True, slots=True)
class Scale:
    """Weights by feature, fitted as if every other question had no answer."""

    weights: Mapping[str, float]
    bias: float
    refusal: Mapping[str, float]  # "retrieval", "refusal", "bias": see ``with_refusal``

    def confidence(self, features: Mapping[str, float]) -> float:
        """Return the probability in [0, 1] that evidence with these features answers."""
        score = self.bias + sum(w * features[name] for name, w in self.weights.items())
        return _logistic(score)

    def with_refusal(self, confidence: float, refusal: float) -> float:
        """Return a confidence with what a model makes of the evidence, both in [0, 1].

        ``refusal`` is how likely the model is to find no answer in it. Its logarithm tells most:
        a model that is surest of an answer thinks of refusing once in a thousand times.
        """
        weights = self.refusal
        told = -math.log(max(LEAST_REFUSAL, refusal))
        known = weights["retrieval"] * logit(confidence)
        return _logistic(weights["bias"] + known + weights["refusal"] * told)


def confidence(asked: Asked, evidence: Sequence[Evidence], retrieved: Retrieved) -> float:
    """Return the probability in [0, 1] that the evidence answers; 0 without any."""
    return scale().confidence(features(asked, evidence, retrieved)) if evidence else 0.0


@lru_cache(maxsize=1)
def scale(path: Path = FITTED) -> Scale:
    """Return the fitted scale."""
    fitted = json.loads(path.read_text("utf-8"))
    return Scale(fitted["weights"], fitted["bias"], fitted["refusal"])


def features(asked: Asked, evidence: Sequence[Evidence], retrieved: Retrieved) -> dict[str, float]:
    """Return what speaks for an answer; ``evidence`` must hold a sentence.

    ``dense``: the highest cosine of a sentence to the question; ``nearness``: the highest with
    the words it holds; ``mean``: that of the best N_MEAN; ``held``: the share in [0, 1] of the
    question's word weight that the nearest sentence's article holds; ``lacks``: the weightiest
    word that it lacks, over the weightiest of the question. ``size``: log10 of the number of
    chunks searched, for the more there are, the nearer one comes by chance.
    """
    near = sorted((nearness(asked, e) for e in evidence), reverse=True)
    article = max(evidence, key=lambda e: nearness(asked, e)).article
    inside = {*stems(article.text), *stems(article.title)}
    by_stem = {stem(word): weight for word, weight in retrieved.weights.items()}
    missing = [weight for word, weight in by_stem.items() if not holds(inside, word)]
    total = sum(by_stem.values()) or 1.0
    best = near[:N_MEAN]
    return {
        "dense": max(e.dense for e in evidence),
        "nearness": near[0],
        "mean": sum(best) / len(best),
        "held": 1 - sum(missing) / total,
        "lacks": max(missing, default=0.0) / (max(by_stem.values(), default=0.0) or 1.0),
        "size": math.log10(max(1, retrieved.n_chunks)),
    }


def logit(probability: float) -> float:
    """Return ln(p / (1 - p)) of a probability in [0, 1]; the ends are taken for next to them."""
    inside = min(1 - LEAST_REFUSAL, max(LEAST_REFUSAL, probability))
    return math.log(inside / (1 - inside))


def _logistic(score: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
