"""The sentence checker against people's judgements: sets of (premise, claim, label), and the fit.

Every set is scored by a calibration that was fitted on the other sets alone, beside the scores of
plain word overlap. What ships is fitted on all of them (``fit``): ten weights and a bias, no
weights of the reader, which has seen none of these sets.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.checker_metrics import (
    Floats,
    Labels,
    balanced_accuracy,
    even_weights,
    fit_logistic,
    roc_auc,
)
from eval.curves import Bin, calibration_error, reliability
from index.errors import InputError, NotFoundError
from rag.entailment import Reader
from rag.support import PLAIN, READ, measure

THRESHOLD = 0.5  # classes weigh the same in the fit, so an even chance is where they part
STRENGTH = 30.0


@dataclass(frozen=True, slots=True)
class Scored:
    """A pair with its label and the features measured of it."""

    set: str
    id: str
    label: bool
    features: dict[str, float]


@dataclass(frozen=True, slots=True)
class SetResult:
    """One set's figures; ``words`` and ``pairs`` are the ROC-AUC of overlap alone."""

    name: str
    n: int
    auc: float
    balanced: float
    words: float
    pairs: float
    shipped_auc: float
    shipped_balanced: float


def sets_in(folder: Path) -> tuple[Path, ...]:
    """Return the scored sets of a folder. Raises NotFoundError when it holds none."""
    found = sorted(p for p in folder.glob("*.jsonl*") if not p.name.startswith("train"))
    if not found:
        raise NotFoundError(f"{folder} holds no .jsonl set of premises, claims and labels.")
    return tuple(found)


def score_sets(
    paths: Iterable[Path], reader: Reader | None, done: Callable[[str], None]
) -> Iterator[Scored]:
    """Yield every pair of the sets with its features."""
    for path in paths:
        name = path.name.split(".")[0]
        done(name)
        for number, record in enumerate(_records(path), start=1):
            features = measure(record["claim"], record["premise"], reader).features
            yield Scored(name, str(record.get("id", number)), bool(record["label"]), features)


def names_of(*, with_reader: bool) -> tuple[str, ...]:
    """Return the names of the features, in the order of the fit."""
    return PLAIN + READ if with_reader else PLAIN


def evaluate(
    scored: Sequence[Scored], names: Sequence[str]
) -> tuple[list[SetResult], tuple[Bin, ...], float]:
    """Return every set's figures, the reliability of the left-out scores, and its error."""
    rows, labels, sets = _arrays(scored, names)
    left_out = np.zeros(len(labels))
    for name in np.unique(sets):
        own = sets == name
        left_out[own] = _support(rows[own], *_fit(rows[~own], labels[~own], sets[~own]))
    shipped = _support(rows, *_fit(rows, labels, sets))
    words = np.array([s.features["words"] for s in scored])
    pairs = np.array([s.features["pairs"] for s in scored])
    results = []
    for name in np.unique(sets):
        own = sets == name
        truth = labels[own]
        results.append(
            SetResult(
                name=str(name),
                n=int(own.sum()),
                auc=roc_auc(truth, left_out[own]),
                balanced=balanced_accuracy(truth, left_out[own], THRESHOLD),
                words=roc_auc(truth, words[own]),
                pairs=roc_auc(truth, pairs[own]),
                shipped_auc=roc_auc(truth, shipped[own]),
                shipped_balanced=balanced_accuracy(truth, shipped[own], THRESHOLD),
            )
        )
    bins = reliability(list(zip(left_out.tolist(), labels.tolist(), strict=True)))
    return results, bins, calibration_error(bins)


def fit(scored: Sequence[Scored], names: Sequence[str]) -> dict[str, object]:
    """Return the calibration over all sets, as ``rag.support`` reads it."""
    coefficients, bias = _fit(*_arrays(scored, names))
    weights = {name: round(float(w), 5) for name, w in zip(names, coefficients, strict=True)}
    return {"weights": weights, "bias": round(bias, 5), "threshold": THRESHOLD}


def report(results: Sequence[SetResult], bins: Sequence[Bin], error: float) -> str:
    """Return the figures as a table: left-one-out first, what ships in brackets."""
    head = f"{'set':24}{'n':>6}{'ROC-AUC':>16}{'balanced':>16}{'words':>8}{'pairs':>8}"
    lines = [head]
    for r in results:
        auc, balanced = (
            f"{r.auc:.3f} ({r.shipped_auc:.3f})",
            f"{r.balanced:.3f} ({r.shipped_balanced:.3f})",
        )
        lines.append(f"{r.name:24}{r.n:>6}{auc:>16}{balanced:>16}{r.words:>8.3f}{r.pairs:>8.3f}")
    means = [float(np.mean([getattr(r, f) for r in results])) for f in ("auc", "balanced")]
    lines.append(f"{'mean':30}{means[0]:>8.3f}{means[1]:>16.3f}")
    lines.append(f"\nReliability of the left-out scores (calibration error {error:.3f}):")
    lines += [f"  support {b.confidence:.2f}: {b.right:.2f} supported, n {b.n}" for b in bins]
    return "\n".join(lines)


def _fit(rows: Floats, labels: Labels, sets: NDArray[np.str_]) -> tuple[Floats, float]:
    return fit_logistic(rows, labels, even_weights(sets, labels), strength=STRENGTH)


def _support(rows: Floats, coefficients: Floats, bias: float) -> Floats:
    return 1 / (1 + np.exp(-np.clip(rows @ coefficients + bias, -30, 30)))


def _arrays(
    scored: Sequence[Scored], names: Sequence[str]
) -> tuple[Floats, Labels, NDArray[np.str_]]:
    rows = np.array([[s.features[name] for name in names] for s in scored])
    return rows, np.array([s.label for s in scored], dtype=bool), np.array([s.set for s in scored])


def _records(path: Path) -> Iterator[dict[str, str]]:
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)
    except (OSError, ValueError) as exc:
        raise InputError(f"{path} cannot be read ({exc}).") from exc
