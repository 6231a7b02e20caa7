"""Measures of a checker, and the logistic fit of its score. Pure functions over numpy arrays.

ROC-AUC is the chance that a supported claim scores above an unsupported one, ties counting half
(the Mann-Whitney form); balanced accuracy is the mean of both classes' hit rates at a threshold.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labels = NDArray[np.bool_]

N_STEPS = 40  # Newton steps; it settles in under ten


def roc_auc(labels: Labels, scores: Floats) -> float:
    """Return the area under the ROC curve in [0, 1]; 0.5 is chance. NaN with one class only."""
    n_yes, n_no = int(labels.sum()), int((~labels).sum())
    if not n_yes or not n_no:
        return float("nan")
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks = (last - (counts - 1) / 2)[place]
    return float((ranks[labels].sum() - n_yes * (n_yes + 1) / 2) / (n_yes * n_no))


def balanced_accuracy(labels: Labels, scores: Floats, threshold: float) -> float:
    """Return the mean of the shares of supported and unsupported claims that are told rightly."""
    said = scores >= threshold
    return float((said[labels].mean() + (~said[~labels]).mean()) / 2)


def fit_logistic(
    rows: Floats, labels: Labels, weights: Floats, *, strength: float
) -> tuple[Floats, float]:
    """Return (coefficients, bias) of the weighted logistic regression, by Newton's method.

    ``rows`` is (n, n_features); ``strength`` is that of the L2 penalty on standardised
    coefficients (the bias bears none), for weights with a mean of 1.
    """
    centre, spread = rows.mean(0), rows.std(0) + 1e-9
    scaled = np.hstack([(rows - centre) / spread, np.ones((len(rows), 1))])
    penalty = np.full(scaled.shape[1], strength)
    penalty[-1] = 1e-6
    found = np.zeros(scaled.shape[1])
    for _ in range(N_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(scaled @ found, -30, 30)))
        slope = scaled.T @ (weights * (chance - labels)) + penalty * found
        curve = (scaled.T * (weights * chance * (1 - chance) + 1e-9)) @ scaled
        step = np.linalg.solve(curve + np.diag(penalty), slope)
        found = found - step
        if np.abs(step).max() < 1e-8:
            break
    coefficients = found[:-1] / spread
    return coefficients, float(found[-1] - coefficients @ centre)


def even_weights(sets: NDArray[np.str_], labels: Labels) -> Floats:
    """Return weights with a mean of 1 that give every set, and in it both classes, equal weight."""
    weights = np.zeros(len(labels))
    for name in np.unique(sets):
        for value in (True, False):
            own = (sets == name) & (labels == value)
            weights[own] = 1 / max(1, own.sum())
    return np.asarray(weights / weights.mean())
