"""The commands that read article files: into the library, or only to show what is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from index.errors import NotFoundError, ReadError
from index.schema import Extracted, Failure, SyncReport
from index.settings import IndexSettings
from ui.options import EmbedModel, Home, index_settings
from ui.terminal import IndexBar, print_extracted, print_report, say

if TYPE_CHECKING:
    from index.sync import SyncOptions

Map = Annotated[
    str | None,
    typer.Option(
        "--map",
        metavar="OURS=THEIRS,...",
        help="Fields of an export, such as title=headline,published=publish_date.",
    ),
]

app = typer.Typer()


@app.command()
def index(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH", help="Folders and files of articles.")
    ],
    home: Home = None,
    embed_model: EmbedModel = None,
    retry: Annotated[
        bool, typer.Option("--retry", help="Read again what could not be read before.")
    ] = False,
    max_failures: Annotated[
        int | None,
        typer.Option(
            "--max-failures", metavar="N", min=0, help="Stop when more files cannot be read."
        ),
    ] = None,
    field_map: Map = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Follow the folders until Ctrl-C.")
    ] = False,
) -> None:
    """Read articles into the library.

    Only what is new or has changed is embedded; articles whose files are gone are removed.
    """
    settings = index_settings(home, embed_model)
    from index import models as weights
    from index.extract import parse_map
    from index.sync import SyncOptions

    model = weights.find(weights.EMBEDDING, settings.models_dir, embed_model)
    fields = parse_map(field_map) if field_map is not None else None
    options = SyncOptions(retry=retry, max_failures=max_failures, fields=fields)
    report = _index_once(paths, settings, model, options)
    if watch:
        from index.watch import changes

        say("Watching for changes; Ctrl-C ends it.")
        for _ in changes(paths):
            report = _index_once(paths, settings, model, replace(options, retry=False))
    if report.failures:
        raise typer.Exit(3)


def _index_once(
    paths: list[Path], settings: IndexSettings, model: Path, options: SyncOptions
) -> SyncReport:
    """Run once over the folders, with a bar, and say what was done."""
    from index.sync import sync

    with IndexBar() as bar:
        report = sync(paths, settings, model, options=options, progress=bar.show)
    _refuse_nothing(paths, report)
    print_report(report)
    return report


@app.command()
def extract(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Files of articles.")],
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a line.")] = False,
    field_map: Map = None,
) -> None:
    """Show what is read from files, without indexing it. Exit code 3: some could not be read."""
    from index.extract import parse_map
    from index.extract.pool import Pool, Task

    fields = parse_map(field_map) if field_map is not None else None
    n_failed = 0
    with Pool() as pool:
        # Children start elsewhere: a relative path would be looked for there.
        for (_, items), file in zip(
            pool.read((Task(file.absolute()) for file in files), fields), files, strict=True
        ):
            n_failed += _show(file, items, jsonl=jsonl)
    if n_failed:
        raise typer.Exit(3)


def _show(file: Path, items: Iterable[Extracted | Failure], *, jsonl: bool) -> int:
    """Print what is read from a file; return how much of it could not be."""
    n_failed = 0
    try:
        for item in items:
            n_failed += isinstance(item, Failure)
            print_extracted(file, item, jsonl=jsonl)
    except ReadError as exc:
        n_failed += 1
        print_extracted(file, Failure(str(file), exc.reason), jsonl=jsonl)
    return n_failed


def _refuse_nothing(paths: list[Path], report: SyncReport) -> None:
    """Raise NotFoundError when there was neither an article to read nor one to remove."""
    if report == replace(SyncReport(), seconds=report.seconds):
        from index.extract import SUPPORTED

        raise NotFoundError(
            f"No article in {', '.join(map(str, paths))}: no file there ends in "
            f"{', '.join(sorted(SUPPORTED))}. Name the folder that holds the articles."
        )
