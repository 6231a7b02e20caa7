"""The commands that keep a library whole: what was set aside, what is damaged, copies of it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.filesize import decimal

from index.errors import BusyError
from index.schema import Progress
from index.settings import IndexSettings
from ui.options import AsJson, EmbedModel, Home, index_settings
from ui.render import json_text
from ui.terminal import count, count_bar, print_failures, say

if TYPE_CHECKING:
    from index.library import Library

GROUPS = ("copies", "versions")

app = typer.Typer()


@app.command()
def quarantine(
    home: Home = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List the files, and records of them, that could not be read, and why."""
    from index.library import Library

    with closing(Library(index_settings(home).library_dir)) as library:
        found = library.failures_by_path()
    if as_json:
        for path in sorted(found):
            for failure in found[path]:
                say(json_text({"file": path, "error": failure.reason}))
    elif not found:
        say("Every file that was named could be read.")
    else:
        print_failures([replace(f, path=path) for path in found for f in found[path]])
        say("A file is read again when it changes, or by `dateline index PATH --retry`.")


@app.command()
def copies(home: Home = None, as_json: AsJson = False) -> None:
    """List articles that are copies of one another, and versions of one page.

    Copies stay listed and can be cited, but count once.
    """
    from index.copies import groups
    from index.library import Library

    with closing(Library(index_settings(home).library_dir)) as library:
        found = {kind: groups(library.db, versions=kind == "versions") for kind in GROUPS}
        for kind, listed in found.items():
            for group in listed:
                _print_group(library, kind, group, as_json=as_json)
    if not any(found.values()) and not as_json:
        say("No article is a copy or another version of one.")


def _print_group(library: Library, kind: str, group: Sequence[str], *, as_json: bool) -> None:
    """Print the articles of a group, oldest first, with the similarity to the nearest other."""
    from index.copies import copies_of

    nearest = {i: copies[0].similarity for i, copies in copies_of(library.db, group).items()}
    articles = sorted(library.articles(group).values(), key=lambda a: (a.published or "", a.name))
    rows = [
        {
            "article": a.name,
            "source": a.source,
            "published": a.published,
            "similarity": round(nearest[a.id], 3),
        }
        for a in articles
    ]
    if as_json:
        say(json_text({"kind": kind, "articles": rows}))
        return
    say(f"{len(rows)} {kind}: {articles[0].title or articles[0].name}")
    for row in rows:
        outlet, day = row["source"] or "unknown outlet", row["published"] or "no date"
        say(f"  {row['article']}, {outlet}, {day} ({row['similarity']:.0%} alike)")


@app.command()
def doctor(home: Home = None, as_json: AsJson = False) -> None:
    """Examine the library for damage; change nothing. Exit code 1 when there is some."""
    from index.health import audit, examine
    from index.lock import only_writer

    folder = _library(home)
    n_differing: int | None = None  # not counted where a run is writing, or nothing can be read
    try:
        with only_writer(folder):
            found, writer = examine(folder), None
            if not found:
                n_differing = audit(folder)
    except BusyError as exc:
        found, writer = examine(folder, has_writer=True), exc.pid
    if as_json:
        damage = [asdict(d) for d in found]
        say(json_text({"library": str(folder), "damage": damage, "differences": n_differing}))
    else:
        if writer is not None:
            say(f"Process {writer} is writing: the vectors are only looked at from outside.")
        for one in found:
            say(f"{one.part}: {one.what}")
        if n_differing is not None:
            say(f"{n_differing} differences between ledger and vectors.")
        n = len(found)
        say(f"{count(n, 'fault')}: run `dateline repair`." if n else "The library is whole.")
    if found:
        raise typer.Exit(1)


@app.command()
def repair(home: Home = None) -> None:
    """Mend a damaged library from its ledger; no file is read again."""
    from index import health
    from index.lock import only_writer

    folder = _library(home)
    with only_writer(folder):
        found = health.examine(folder)
        health.repair(folder, found)
        left = health.examine(folder) if found else []
    for damage in found:
        say(f"{damage.part}: {damage.what}")
    for damage in left:
        say(f"still {damage.part}: {damage.what}")
    say("The library is whole." if not left else "Restore a backup: `dateline restore FILE`.")
    if left:
        raise typer.Exit(1)


@app.command()
def rebuild(home: Home = None, embed_model: EmbedModel = None) -> None:
    """Build the library anew from its own texts, for another embedding model or splitter.

    The old one answers until the new one is whole.
    """
    settings = index_settings(home, embed_model)
    _library(home)
    model = _model(settings)
    from index.rebuild import rebuild as build

    with count_bar() as bar:
        task = bar.add_task("Rebuilding", total=None)

        def show(progress: Progress) -> None:
            bar.update(task, completed=progress.n_files_done, total=progress.n_files)

        n_articles = build(settings, model, progress=show)
    say(f"{count(n_articles, 'article')} rebuilt with {model.name}.")


def _library(home: Path | None) -> Path:
    """Return the library's folder. Raises NoLibraryError when there is none."""
    from index.library import LEDGER, require

    folder = index_settings(home).library_dir
    require(folder / LEDGER)
    return folder


def _model(settings: IndexSettings) -> Path:
    from index import models as weights

    return weights.find(weights.EMBEDDING, settings.models_dir, settings.embed_model)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it.")],
    home: Home = None,
) -> None:
    """Write the library to one file; a run may go on meanwhile."""
    from index.backup import backup as write

    n_articles = write(index_settings(home).library_dir, file)
    say(f"{count(n_articles, 'article')} in {file} ({decimal(file.stat().st_size)}).")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `dateline backup` wrote.")],
    home: Home = None,
    give_up: Annotated[
        bool, typer.Option("--replace", help="Give up the library that is there.")
    ] = False,
) -> None:
    """Make the library of a backup."""
    from index.backup import restore as read

    folder = index_settings(home).library_dir
    n_articles = read(file, folder, replace=give_up)
    say(f"{count(n_articles, 'article')} restored to {folder}.")
