"""Cold start of ``dateline ask --extractive``, as a ratio to importing sentence-transformers alone.

Run from the project's folder, over a home that holds a library and the embedding model:

    python -m eval.bench.start --question "How many people crossed the border?" --home FOLDER

Seconds depend on the machine and on what else it does; a ratio of two commands that take turns
hardly does. Each run is a process of its own, so imports are cold and files are as warm as the
run before left them: one round that does not count comes first. Exits 1 above the ceiling.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Annotated

import typer

from eval.report import aligned
from index.errors import DatelineError, InputError
from index.settings import default_home

CEILING = 1.5  # the floor: our own part of a start is at most half of the library's
BASELINE = [sys.executable, "-c", "import sentence_transformers"]


def main(
    question: Annotated[str, typer.Option(help="A question that the library answers.")],
    home: Annotated[Path | None, typer.Option(help="Default: DATELINE_HOME.")] = None,
    rounds: Annotated[int, typer.Option("-n", min=1, help="Runs of each command.")] = 5,
    ceiling: Annotated[float, typer.Option(help="Exit 1 above this ratio.")] = CEILING,
) -> None:
    """Time both commands in turn, and print their medians and the ratio of these."""
    dateline = Path(sys.executable).with_name("dateline")
    ask = [str(dateline), "ask", "--extractive", "--home", str(home or default_home()), question]
    measured = alternating({"import sentence_transformers": BASELINE, "dateline ask": ask}, rounds)
    print(seconds_table(measured))
    baseline, ours = map(median, measured.values())
    ratio = ours / baseline
    print(f"\nratio of the medians: {ratio:.2f} (ceiling {ceiling:.2f})")
    if ratio > ceiling:
        raise typer.Exit(1)


def alternating(commands: dict[str, list[str]], rounds: int) -> dict[str, list[float]]:
    """Return the wall-clock seconds of each command's runs, after one round that warms the disk.

    Raises InputError when a command fails: the time of a failure says nothing.
    """
    measured: dict[str, list[float]] = {name: [] for name in commands}
    for n in range(rounds + 1):
        for name, command in commands.items():
            seconds = timed(command)
            if n:
                measured[name].append(seconds)
    return measured


def timed(command: list[str]) -> float:
    """Run a command to its end and return its wall-clock seconds. Raises InputError."""
    began = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - began
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["nothing"])[-1]
        raise InputError(f"{' '.join(command)} ended with {done.returncode} and said: {said}")
    return seconds


def seconds_table(measured: dict[str, list[float]]) -> str:
    """Return a table with a line for each command: median, fastest, slowest, runs."""
    rows = [["command", "median s", "fastest s", "slowest s", "n"]]
    for name, runs in measured.items():
        figures = [f"{value:.2f}" for value in (median(runs), min(runs), max(runs))]
        rows.append([name, *figures, str(len(runs))])
    return aligned(rows)


if __name__ == "__main__":
    try:
        typer.run(main)
    except DatelineError as exc:
        sys.exit(f"start: {exc}")
