"""Retrieval as the library grows: time, memory, disk and recall, with a 30-day filter and without.

Run from the project's folder, with an export of articles as JSONL, plain or .gz:

    python -m eval.bench.retrieval --articles FILE --model FOLDER --sizes 10000,70000 --out FOLDER

One library grows from size to size (``eval.bench.grow``); ``--home`` keeps it, and a run that was
stopped goes on with it. At each size a process of its own asks questions: half of them first, to
warm up and to see how much memory it takes, then the others, each in three ways in turn:

- ``exact``: encoding the question, and a NumPy scan of all vectors (float32) for the best 50;
- ``all``: retrieval and choice of evidence, as of today;
- ``month``: the same within the 30 days before the question's date, or before the newest article.

Ways that take turns share what else the machine does: ratios are of the medians of seconds, and
processor time stands beside the clock's. Exits 1 where a floor is missed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import numpy as np
import typer

from eval.bench.chart import Chart, page
from eval.bench.grow import add_made, add_real
from eval.bench.searching import Asked, Figures, measure
from eval.report import aligned
from index.errors import DatelineError, InputError
from index.settings import IndexSettings

# (figure, holds up to this many chunks, at most this)
MOST = (
    ("all_p50_ms", 70_000, 40.0),
    ("all_p95_ms", 70_000, 100.0),
    ("all_over_exact", 70_000, 1.5),
    ("all_p95_ms", 1_000_000, 250.0),
    ("month_over_all", 1_000_000, 1.5),
    ("resident_gib", 1_000_000, 4.0),
)
LEAST_RECALL = 0.98
COLUMNS = {
    "n_chunks": "chunks",
    "exact_p50_ms": "exact p50",
    "all_p50_ms": "all p50",
    "all_p95_ms": "p95",
    "month_p50_ms": "month p50",
    "month_p95_ms": "p95",
    "all_over_exact": "all/exact",
    "month_over_all": "month/all",
    "all_recall": "recall@10",
    "month_recall": "in month",
    "resident_gib": "GiB",
    "chroma_gb": "Chroma GB",
    "ledger_gb": "ledger GB",
    "scan_gb": "scan GB",
}


def main(
    articles: Annotated[Path, typer.Option(help="JSONL, plain or .gz.")],
    model: Annotated[Path, typer.Option(help="A sentence-transformers folder.")],
    sizes: Annotated[str, typer.Option(help="Chunks, parted by commas.")] = "10000,70000",
    out: Annotated[Path, typer.Option(help="Folder for retrieval.json and .html.")] = Path(),
    questions: Annotated[
        Path | None, typer.Option(help="JSONL; default: questions.jsonl beside the articles.")
    ] = None,
    n: Annotated[int, typer.Option(min=4, help="Questions asked.")] = 120,
    encode: Annotated[
        int, typer.Option(help="Real chunks past these get drawn vectors, to save hours.")
    ] = 1_000_000_000,
    home: Annotated[Path | None, typer.Option(help="Grow the library here and keep it.")] = None,
) -> None:
    """Grow, measure at each size, print a table and write JSON and plots."""
    wanted = sorted(int(size) for size in sizes.split(","))
    asked = read_questions(questions or articles.with_name("questions.jsonl"), n)
    out.mkdir(parents=True, exist_ok=True)
    found: list[Figures] = []
    with TemporaryDirectory(prefix="dateline-bench-", ignore_cleanup_errors=True) as scratch:
        settings = IndexSettings(home or Path(scratch))
        for size in wanted:
            add_real(settings, model, articles, (size, encode))
            add_made(settings.library_dir, size, seed=size)
            # A process of its own: its memory is that of searching alone.
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as child:
                found.append(child.submit(measure, settings.library_dir, model, asked).result())
            (out / "retrieval.json").write_text(json.dumps(found, indent=1), "utf-8")
            print(f"{table(found)}\n", flush=True)
    (out / "retrieval.html").write_text(page("Retrieval as the library grows", charts(found)))
    missed = [line for figures in found for line in missed_floors(figures)]
    print("\n".join(missed) or "All floors are held.")
    raise typer.Exit(int(bool(missed)))


def read_questions(path: Path, n: int) -> list[Asked]:
    """Return ``n`` questions from all over the file. Raises InputError when there are too few."""
    try:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        found = [Asked(row["question"], str(row.get("date", ""))) for row in rows]
    except (OSError, ValueError, KeyError) as exc:
        raise InputError(f"{path} holds no questions ({exc}). Name a file: --questions.") from exc
    if len(found) < n:
        raise InputError(f"{path} holds {len(found)} questions, not {n}: give a smaller -n.")
    return [found[i] for i in np.linspace(0, len(found) - 1, n).astype(int)]


def table(found: Sequence[Figures]) -> str:
    """Return a line for each size; milliseconds are the clock's."""
    rows = [list(COLUMNS.values())]
    rows += [[shown(name, figures.get(name)) for name in COLUMNS] for figures in found]
    return aligned(rows)


def shown(name: str, value: float | None) -> str:
    """Return a figure as text, "-" for none."""
    if value is None:
        return "-"
    digits = 0 if name == "n_chunks" else 1 if name.endswith("_ms") else 3
    return f"{value:.{digits}f}"


def missed_floors(figures: Figures) -> list[str]:
    """Return a line for each floor that the figures of one size miss."""
    n = figures["n_chunks"]
    lines = [
        f"{n:.0f} chunks: {name} is {figures[name]:.2f}, more than {most}"
        for name, up_to, most in MOST
        if n <= up_to * 1.1 and figures[name] > most
    ]
    lines += [
        f"{n:.0f} chunks: {name} is {figures[name]:.3f}, less than {LEAST_RECALL}"
        for name in ("all_recall", "month_recall")
        if figures[name] < LEAST_RECALL
    ]
    return lines


def charts(found: Sequence[Figures]) -> list[Chart]:
    """Return what is plotted against the number of chunks."""
    sizes = [figures["n_chunks"] for figures in found]

    def lines(**named: str) -> dict[str, list[float]]:
        return {
            label.replace("_", " "): [figures[name] for figures in found]
            for label, name in named.items()
        }

    latency = lines(
        exact_scan_p50="exact_p50_ms",
        retrieval_p50="all_p50_ms",
        retrieval_p95="all_p95_ms",
        within_a_month_p50="month_p50_ms",
    )
    return [
        Chart("Milliseconds a question", sizes, latency),
        Chart("Peak memory, GiB", sizes, lines(memory="resident_gib")),
        Chart(
            "Recall@10 against exact search",
            sizes,
            lines(all="all_recall", within_a_month="month_recall"),
        ),
    ]


if __name__ == "__main__":
    try:
        typer.run(main)
    except DatelineError as exc:
        sys.exit(f"retrieval: {exc}")
