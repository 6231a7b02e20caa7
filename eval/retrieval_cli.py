"""The command ``dateline eval retrieval``: builds a set's library once, asks it, prints a table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from eval.collections import load_collection
from eval.run_cli import data_folder
from index.errors import InputError, NotFoundError
from index.settings import IndexSettings, default_home

FOLDER = "evaluation"  # of the home: a library for each set, kept and brought up to date

app = typer.Typer()


@app.command("retrieval")
def retrieval(
    question_set: Annotated[
        str, typer.Option("--set", help="realtimeqa-2022, time, clapnq, seeds-dev or mtrag.")
    ],
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder of sets; default: DATELINE_EVAL_DATA.")
    ] = None,
    home: Annotated[
        Path | None, typer.Option("--home", help="Models and libraries; default: DATELINE_HOME.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for SET.json: every question's values.")
    ] = None,
) -> None:
    """Measure what each part of the ranking is worth, with the parts switched off in turn.

    The set's articles are indexed into a library of their own in the home, once.
    """
    folder = data or data_folder()
    if folder is None:
        raise NotFoundError("No folder of sets is named: use --data, or set DATELINE_EVAL_DATA.")
    base = (home or default_home()).expanduser().absolute()
    own = base / FOLDER / question_set
    collection = load_collection(question_set, folder, own / "articles")
    # Imported here: what they load takes seconds, which a wrong option should not wait for.
    from eval.retrieval import measure
    from eval.retrieval_report import record, table
    from index import models
    from index.sync import sync
    from rag.opening import open_library

    model = models.find(models.EMBEDDING, base / "models", None)
    settings = IndexSettings(home=own, embed_model=model)
    report = sync(collection.paths, settings, model)
    if not report.added + report.unchanged + report.changed + report.moved:
        raise InputError(f"No article of {question_set} could be read: {report.failures[:1]}.")
    opened = open_library(settings)
    try:
        rows = measure(collection, opened, lambda label: typer.echo(f"{label} ...", err=True))
    finally:
        opened.vectors.close()
        opened.library.close()
    typer.echo(table(collection, rows))
    if out:
        out.mkdir(parents=True, exist_ok=True)
        path = out / f"{question_set}.json"
        path.write_text(json.dumps(record(collection, rows)), "utf-8")
        typer.echo(f"Written: {path}")
