"""Fit the confidence that found sentences answer a question, on sets whose questions say so.

    python -m eval.fit_confidence --data DATA --home FOLDER [--write rag/confidence.json]

Prints how well questions with an answer and without are told apart, by folds over all questions
and each set by a fit on the others, and what refusing below a level would come to. A set whose
library is not below the home yet is indexed there first.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import typer
from numpy.typing import NDArray

from eval.asking import index_set, own_home
from eval.cases import Case, load_cases
from eval.checker_metrics import Floats, Labels, even_weights, fit_logistic, roc_auc
from eval.sets import load_set
from index import models
from index.settings import IndexSettings
from rag.asked import taken_apart
from rag.confidence import FEATURES, features
from rag.evidence import choose
from rag.opening import open_library
from rag.retrieve import Retriever
from rag.schema import Filters
from rag.understanding import Understanding, Wording

SETS = (
    "clapnq",
    "mtrag",
    "realtimeqa-2022-cut",
)  # rgb_fact: its noise is as near as its answers, AUC .43
LEFT_OUT = frozenset({"underspecified"})  # neither answerable nor not
ROOT = Path(__file__).resolve().parents[1]
STRENGTH = 10.0
N_FOLDS = 5
LEVELS = (0.3, 0.35, 0.4, 0.45, 0.5)  # of confidence, below which an answer could be refused


@dataclass(frozen=True, slots=True)
class Found:
    """One question's features, and whether its articles answer it."""

    set: str
    is_answerable: bool
    features: dict[str, float]


def found_in(settings: IndexSettings, name: str, cases: tuple[Case, ...]) -> Iterator[Found]:
    """Yield the features of every question that finds a sentence at all."""
    opened = open_library(settings)
    with closing(opened.library), closing(opened.vectors):
        understanding, retriever = Understanding(opened.library), Retriever(*opened)
        for case in cases:
            if case.kind in LEFT_OUT:
                continue
            filters = replace(Filters(), folders=case.within)
            wording = Wording(case.question, case.history)
            question = understanding.question(wording, filters, case.as_of)
            retrieved = retriever.retrieve(question)
            asked = taken_apart(question.standalone, retrieved.weights)
            if evidence := choose(opened.library, retrieved):
                measured = features(asked, evidence, retrieved)
                yield Found(name, not case.to_refuse, measured)


def left_out_scores(
    rows: Floats, labels: Labels, parts: NDArray[Any], sets: NDArray[Any]
) -> Floats:
    """Return each row's score by a fit on the rows of all other parts."""
    scores = np.zeros(len(labels))
    for part in np.unique(parts):
        own = parts == part
        weights = even_weights(sets[~own], labels[~own])
        found, bias = fit_logistic(rows[~own], labels[~own], weights, strength=STRENGTH)
        scores[own] = rows[own] @ found + bias
    return scores


def refusing_below(labels: Labels, scores: Floats, level: float) -> str:
    """Return what it would come to if answers below a confidence were refused."""
    refused = scores < np.log(level / (1 - level))
    n_right = int((refused & ~labels).sum())
    precision, recall = n_right / max(1, int(refused.sum())), n_right / max(1, int((~labels).sum()))
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    answered = float((~refused[labels]).mean())
    return (
        f"  below {level}: F1 {f1:.3f} (P {precision:.3f} R {recall:.3f}), answered {answered:.3f}"
    )


def gathered(data: Path, home: Path, seeds: Path | None) -> Iterator[Found]:
    """Yield the features of all sets, their libraries built below the home."""
    weights = models.find(models.EMBEDDING, home / "models", None)
    for name in SETS:
        loaded = load_set(name, data, own_home(home, name) / "articles")
        settings = index_set(home, name, loaded.articles)
        yield from found_in(replace(settings, embed_model=weights), name, loaded.cases)
    settings = index_set(home, "samples", [ROOT / "samples"])
    cases = load_cases(ROOT / "eval" / "data" / "samples.jsonl")
    yield from found_in(replace(settings, embed_model=weights), "samples", cases)
    if seeds:
        settings = index_set(home, "seeds-dev", [seeds])
        cases = load_cases(data / "seeds-dev.jsonl")
        yield from found_in(replace(settings, embed_model=weights), "seeds-dev", cases)


def main() -> None:
    """Read the flags, gather, fit, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--home", type=Path, required=True, help="holds the sets' libraries")
    parser.add_argument("--seeds", type=Path, help="articles of seeds-dev, to fit on it too")
    parser.add_argument("--write", type=Path)
    args = parser.parse_args()
    found = list(gathered(args.data, args.home, args.seeds))
    rows = np.array([[f.features[n] for n in FEATURES] for f in found])
    labels = np.array([f.is_answerable for f in found])
    sets = np.array([f.set for f in found])
    folds = np.random.default_rng(0).permutation(len(labels)) % N_FOLDS
    by_fold = left_out_scores(rows, labels, folds, sets)
    by_set = left_out_scores(rows, labels, sets, sets)
    for name in np.unique(sets):
        own = sets == name
        aucs = [roc_auc(labels[own], scores[own]) for scores in (by_fold, by_set)]
        typer.echo(f"{name}: n {own.sum()}, ROC-AUC by folds {aucs[0]:.3f}, left out {aucs[1]:.3f}")
        typer.echo("\n".join(refusing_below(labels[own], by_set[own], level) for level in LEVELS))
    fitted, bias = fit_logistic(rows, labels, even_weights(sets, labels), strength=STRENGTH)
    values = {n: round(float(w), 4) for n, w in zip(FEATURES, fitted, strict=True)}
    shown = {"weights": values, "bias": round(bias, 4)}
    typer.echo(shown)
    if args.write:
        kept = json.loads(args.write.read_text("utf-8")) if args.write.is_file() else {}
        args.write.write_text(json.dumps(kept | shown, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
