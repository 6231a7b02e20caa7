"""F1 of extracted article text on the Article Extraction Benchmark's pages, beside trafilatura's.

Run from the project's folder, over the benchmark's layout (``html/*.html.gz`` and
``ground-truth.json``):

    python -m eval.bench.extraction --data FOLDER

The measure is the benchmark's own: runs of four words are compared as multisets; each page's
hits, extras and misses are divided by their sum, precision and recall are means over pages, and
F1 is made from these means. Every system reads the same decoded page in the same run. Exits 1
below the floor, or where plain trafilatura is not beaten.

Source of the measure: github.com/scrapinghub/article-extraction-benchmark, ``evaluate.py``.
"""

from __future__ import annotations

import gzip
import json
import logging
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import trafilatura
import typer

from eval.report import aligned
from eval.summary import percentile
from index.errors import InputError, ReadError
from index.extract.decode import decode
from index.extract.html import read_html
from index.schema import Extracted

FLOOR = 0.965  # the issue's
OURS = "dateline"
PLAIN = "trafilatura"
RUN = 4  # words in a run
N_RESAMPLES = 2_000
_WORD = re.compile(r"\w+")

Reader = Callable[[str], str]
"""A page's markup in, its article's text out; "" where none was found."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page, the text that people took for its article's, and the benchmark's name for it."""

    name: str
    markup: str
    gold: str


@dataclass(frozen=True, slots=True)
class Match:
    """Precision and recall of one page, each in [0, 1]."""

    precision: float
    recall: float


def main(
    data: Annotated[
        Path | None,
        typer.Option(envvar="DATELINE_EVAL_DATA", help="The pages' folder, or the one above it."),
    ] = None,
    floor: Annotated[float, typer.Option(help="Exit 1 where our F1 is below.")] = FLOOR,
    worst: Annotated[int, typer.Option(min=0, help="Pages to name, our worst first.")] = 0,
) -> None:
    """Read every page with every system and print a table of precision, recall and F1."""
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    pages = list(load(data))
    matches = {name: [match(p.gold, read(p.markup)) for p in pages] for name, read in readers()}
    print(table(matches))
    low, high = difference_interval(matches[OURS], matches[PLAIN])
    ours, plain = f1(matches[OURS]), f1(matches[PLAIN])
    print(
        f"\n{OURS} - {PLAIN}: {ours - plain:+.4f} (95 % of {N_RESAMPLES} paired resamples: ", end=""
    )
    print(f"{low:+.4f} to {high:+.4f}; n = {len(pages)} pages)")
    ranked = sorted(zip(pages, matches[OURS], strict=True), key=lambda pair: f1([pair[1]]))
    for page, found in ranked[:worst]:
        print(f"{f1([found]):.3f}  P {found.precision:.3f}  R {found.recall:.3f}  {page.name}")
    if ours < floor or ours <= plain:
        print(f"\nbelow the floor: {ours:.4f}; at least {floor} and above {plain:.4f} is wanted")
        raise typer.Exit(1)


def load(data: Path | None) -> Iterator[Page]:
    """Yield the benchmark's pages in the order of their names. Raises InputError.

    ``data`` is the benchmark's folder, or the folder that holds it as ``article-extraction``.
    """
    if data is None:
        raise InputError("no pages: name their folder by --data, or set DATELINE_EVAL_DATA")
    folder = data / "article-extraction" if (data / "article-extraction").is_dir() else data
    truth = folder / "ground-truth.json"
    if not truth.is_file():
        raise InputError(f"no ground-truth.json in {folder}; name the benchmark's folder: --data")
    for name, entry in sorted(json.loads(truth.read_text("utf-8")).items()):
        raw = gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes())
        yield Page(name, decode(raw), entry["articleBody"])


def readers() -> tuple[tuple[str, Reader], ...]:
    """Return the systems that are compared, with their names in the table."""
    plain = partial(_plain_trafilatura, {})
    without = partial(_plain_trafilatura, {"include_comments": False})
    precise = partial(_plain_trafilatura, {"favor_precision": True})
    return (
        (OURS, ours),
        (PLAIN, plain),
        (f"{PLAIN}, no comments", without),
        (f"{PLAIN}, favor_precision", precise),
    )


def ours(markup: str) -> str:
    """Return the text that Dateline reads from a page, "" where it refuses it."""
    try:
        (found,) = read_html(Path("page.html"), markup)
    except ReadError:
        return ""
    return found.text if isinstance(found, Extracted) else ""


def match(gold: str, found: str) -> Match:
    """Return precision and recall of a text's runs of words against those of the gold text."""
    wanted, given = _runs(gold), _runs(found)
    n_hits = (wanted & given).total()
    precision = n_hits / given.total() if given else float(not wanted)
    return Match(precision, n_hits / wanted.total() if wanted else 1.0)


def f1(matches: Sequence[Match]) -> float:
    """Return the harmonic mean of mean precision and mean recall, in [0, 1]."""
    precision, recall = _means(matches)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def difference_interval(
    first: Sequence[Match], second: Sequence[Match], *, seed: int = 0
) -> tuple[float, float]:
    """Return the ends of the 95 % interval of F1(first) - F1(second), pages drawn in pairs."""
    draw = random.Random(seed)
    numbers = range(len(first))
    differences = []
    for _ in range(N_RESAMPLES):
        drawn = draw.choices(numbers, k=len(first))
        differences.append(f1([first[n] for n in drawn]) - f1([second[n] for n in drawn]))
    differences.sort()
    return percentile(differences, 2.5), percentile(differences, 97.5)


def table(matches: Mapping[str, Sequence[Match]]) -> str:
    """Return one row a system: pages, mean precision, mean recall, F1."""
    rows = [["system", "n", "precision", "recall", "F1"]]
    for name, found in matches.items():
        figures = [f"{value:.4f}" for value in (*_means(found), f1(found))]
        rows.append([name, str(len(found)), *figures])
    return aligned(rows)


def _plain_trafilatura(options: Mapping[str, bool], markup: str) -> str:
    return trafilatura.extract(markup, **options) or ""


def _runs(text: str) -> Counter[tuple[str, ...]]:
    """Return the text's runs of words with their counts; a shorter text is one run."""
    words = _WORD.findall(text)
    runs = (tuple(words[at : at + RUN]) for at in range(max(1, len(words) - RUN + 1)))
    return Counter(run for run in runs if run)


def _means(matches: Sequence[Match]) -> tuple[float, float]:
    n = max(1, len(matches))
    return sum(m.precision for m in matches) / n, sum(m.recall for m in matches) / n


if __name__ == "__main__":
    try:
        typer.run(main)
    except InputError as error:
        raise SystemExit(str(error)) from error
