"""Fit what a language model's likelihood of refusing adds to the confidence, on runs that had one.

    python -m eval.fit_refusal RUN [RUN ...] [--write]

RUN is a folder that ``dateline eval run --out`` wrote with the local model. Prints, for each run,
how well questions with an answer and without are told apart by either and by both, with the
weights fitted on the other runs; and what refusing below a level comes to with the weights fitted
on all. Of a run whose questions all have answers, how many would be refused.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from eval.asking import RECORDS
from eval.checker_metrics import Floats, even_weights, fit_logistic, roc_auc
from eval.fit_confidence import refusing_below
from eval.run import Record, read_records
from index.errors import DatelineError, InputError
from rag.confidence import FITTED, LEAST_REFUSAL, logit, scale

STRENGTH = 1.0
LEVELS = (0.2, 0.25, 0.29, 0.35, 0.4)


def row_of(record: Record) -> tuple[float, float] | None:
    """Return (logit of the confidence before the model was heard, -ln of its refusal), or None.

    None where no model was asked. The shipped weights tell the one from the answer's confidence.
    """
    answer = record.answer or {}
    if answer.get("refusal") is None:
        return None
    told = -math.log(max(LEAST_REFUSAL, answer["refusal"]))
    weights = scale().refusal
    before = logit(answer["confidence"]) - weights["bias"] - weights["refusal"] * told
    return before / weights["retrieval"], told


def gathered(folders: Sequence[Path]) -> tuple[Floats, np.ndarray, np.ndarray]:
    """Return rows (n, 2), which of them have an answer (n,), and their runs' names (n,)."""
    rows, labels, runs = [], [], []
    for folder in folders:
        for record in read_records(folder / RECORDS):
            row = row_of(record)
            if row is not None and record.case.kind != "underspecified":
                rows.append(row)
                labels.append(not record.case.to_refuse)
                runs.append(folder.name)
    if len(set(labels)) < 2:
        raise InputError(
            "The runs hold no refusal to learn from: name some with answers and some without, "
            "made with the local model."
        )
    return np.array(rows), np.array(labels), np.array(runs)


def main(
    folders: Annotated[list[Path], typer.Argument(metavar="RUN...")],
    write: Annotated[bool, typer.Option(help="Into rag/confidence.json.")] = False,
) -> None:
    """Fit, print, and write where asked to."""
    rows, labels, runs = gathered(folders)
    found, bias = fit_logistic(rows, labels, even_weights(runs, labels), strength=STRENGTH)
    for name in np.unique(runs):
        own = runs == name
        line = f"{name}: n {own.sum()}, without an answer {(~labels[own]).sum()}"
        if 0 < labels[own].sum() < own.sum() and len(set(labels[~own])) == 2:
            others = even_weights(runs[~own], labels[~own])
            w, b = fit_logistic(rows[~own], labels[~own], others, strength=STRENGTH)
            three = (rows[own, 0], rows[own, 1], rows[own] @ w + b)
            aucs = " / ".join(f"{roc_auc(labels[own], scores):.3f}" for scores in three)
            line += f", ROC-AUC of confidence / refusal / both, left out: {aucs}"
        typer.echo(line)
        for level in LEVELS:
            typer.echo(refusing_below(labels[own], rows[own] @ found + bias, level))
    names = ("retrieval", "refusal")
    shown = {n: round(float(w), 4) for n, w in zip(names, found, strict=True)}
    shown["bias"] = round(bias, 4)
    typer.echo(shown)
    if write:
        kept = json.loads(FITTED.read_text("utf-8")) | {"refusal": shown}
        FITTED.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    try:
        typer.run(main)
    except DatelineError as exc:
        sys.exit(f"fit_refusal: {exc}")
