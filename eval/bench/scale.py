"""A whole archive, indexed and then indexed again unchanged: memory, seconds, embeddings.

Run from the project's folder, with an export of articles as JSONL, plain or .gz:

    python -m eval.bench.scale --articles FILE --model FOLDER [--n 10452]

Memory is the highest resident size of this process, which does what ``dateline index`` does and
nothing else; its children are counted apart. Exits 1 where a floor is missed.
"""

from __future__ import annotations

import json
import resource
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from eval.bench.indexing import first_records
from index.embed import SentenceTransformerEmbedder
from index.errors import DatelineError, InputError
from index.schema import Progress, SyncReport
from index.settings import IndexSettings
from index.sync import sync

MOST_GIB = 2.0
MOST_SECONDS_AGAIN = 15.0


def main(
    articles: Annotated[Path, typer.Option(help="JSONL, plain or .gz.")],
    model: Annotated[Path, typer.Option(help="A sentence-transformers folder.")],
    n: Annotated[int, typer.Option(min=1, help="Articles to index.")] = 1_000_000,
    files: Annotated[bool, typer.Option(help="A file for each article, not one export.")] = False,
    max_tokens: Annotated[
        int | None, typer.Option(min=8, help="Encode only so much of each chunk, to save hours.")
    ] = None,
) -> None:
    """Index twice; print what each run did and the memory it took."""
    with TemporaryDirectory(prefix="dateline-bench-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch) / "articles"
        n_written = write_articles(first_export(articles, n), folder, apart=files)
        settings = IndexSettings(Path(scratch) / "home")
        load = None if max_tokens is None else partial(short_embedder, max_tokens)
        first = sync([folder], settings, model, load=load, progress=tell)
        again = sync([folder], settings, model)
    print()
    for name, report in (("first", first), ("again", again)):
        print(told(name, report))
    gib = peak_gib(resource.RUSAGE_SELF)
    print(f"peak memory: {gib:.2f} GiB, of any one child {peak_gib(resource.RUSAGE_CHILDREN):.2f}")
    print(f"floors: {MOST_GIB} GiB, again {MOST_SECONDS_AGAIN} s and 0 embeddings")
    if first.added + len(first.failures) < n_written:
        raise InputError(f"{n_written} articles gave {first.added}; look at the failures above.")
    if gib > MOST_GIB or again.seconds > MOST_SECONDS_AGAIN or again.n_chunks_embedded:
        raise typer.Exit(1)


def short_embedder(max_tokens: int, folder: Path) -> SentenceTransformerEmbedder:
    """Return the embedder, reading only the beginning of each chunk: the same number of vectors.

    Activations of full batches are then not in the peak; a run of fewer articles shows them.
    """
    embedder = SentenceTransformerEmbedder(folder)
    embedder._model.max_seq_length = max_tokens
    return embedder


def first_export(path: Path, n: int) -> list[str]:
    """Return the first ``n`` records as lines of JSON."""
    return [json.dumps(record) for record in first_records(path, n)]


def write_articles(lines: list[str], folder: Path, *, apart: bool) -> int:
    """Write the records below the folder and return how many; the list is emptied."""
    folder.mkdir()
    n_written = len(lines)
    if apart:
        for number, line in enumerate(lines):
            (folder / f"{number:06}.jsonl").write_text(f"{line}\n", "utf-8")
    else:
        (folder / "articles.jsonl").write_text("\n".join(lines), "utf-8")
    lines.clear()
    return n_written


def tell(progress: Progress) -> None:
    """Show how far the run is, on one line."""
    gib = peak_gib(resource.RUSAGE_SELF)
    print(f"\r{progress.n_articles} articles, {gib:.2f} GiB", end="", file=sys.stderr, flush=True)


def told(name: str, report: SyncReport) -> str:
    """Return a run in a line."""
    return (
        f"{name}: {report.seconds:.1f} s, {report.added} added, {report.unchanged} unchanged, "
        f"{len(report.failures)} failed, {report.n_chunks_embedded} chunks embedded"
    )


def peak_gib(who: int) -> float:
    """Return the highest resident size so far, in GiB; macOS counts in bytes, Linux in KiB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(who).ru_maxrss * unit / 2**30


if __name__ == "__main__":
    try:
        typer.run(main)
    except DatelineError as exc:
        sys.exit(f"scale: {exc}")
