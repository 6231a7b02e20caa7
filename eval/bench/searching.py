"""One library under questions: how long each way of searching takes, and what it finds.

Measured for ``eval.bench.retrieval``, in a process of its own.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.bench.scale import peak_gib
from index.embed import Embedder, SentenceTransformerEmbedder
from index.library import Library
from index.matrix import Matrix
from index.nearest import Nearest
from index.vectors import VectorStore
from rag.evidence import choose
from rag.question import understand
from rag.retrieve import Retriever, scope_of
from rag.schema import Filters, Question
from rag.terms import content_words

DAYS = 30
N_BEST = 10  # of recall
N_EXACT = 50  # candidates that the plain scan returns, as many as retrieval takes

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the benchmark, and the day that its month ends on, where it has one."""

    text: str
    day: str = ""


def measure(folder: Path, model: Path, asked: Sequence[Asked]) -> Figures:
    """Return the figures of one library: seconds in ms, peak memory in GiB, disk in GB."""
    embedder = SentenceTransformerEmbedder(model)
    with closing(Library(folder)) as library, closing(VectorStore(folder)) as store:
        retriever = Retriever(library, store, embedder)
        newest = str(library.db.rows("SELECT max(published) FROM articles")[0][0])
        pairs = [(ask(a, newest, month=False), ask(a, newest, month=True)) for a in asked]
        _, first, _ = timed(lambda: evidence(retriever, pairs[0][0]))
        for pair in pairs[::2]:
            for question in pair:
                evidence(retriever, question)
        figures: Figures = {
            "n_chunks": float(library.n_chunks()),
            "first_ms": first,
            "resident_gib": peak_gib(resource.RUSAGE_SELF),
        }
        vectors = all_vectors(folder, library)
        ways: dict[str, list[tuple[float, float]]] = {"exact": [], "all": [], "month": []}
        for whole, month in pairs[1::2]:
            ways["exact"].append(timed(partial(scan, embedder, vectors, whole))[1:])
            ways["all"].append(timed(partial(evidence, retriever, whole))[1:])
            ways["month"].append(timed(partial(evidence, retriever, month))[1:])
        figures |= summary(ways)
        nearest = Nearest(library, store)
        for at, name in enumerate(("all", "month")):
            questions = [pair[at] for pair in pairs[1::2]]
            figures[f"{name}_recall"] = recall(library, nearest, embedder, vectors, questions)
        figures |= stages(retriever, library, nearest, embedder, pairs[1::2])
        return figures | disk(folder) | opening(folder)


def ask(asked: Asked, newest: str, *, month: bool) -> Question:
    """Return a question as retrieval takes it."""
    try:
        last = date.fromisoformat(asked.day.replace("/", "-"))
    except ValueError:
        last = date.fromisoformat(newest)
    first = last - timedelta(days=DAYS)
    filters = Filters(first.isoformat(), last.isoformat()) if month else Filters()
    return understand(asked.text, (), filters, date.today().isoformat())


def evidence(retriever: Retriever, question: Question) -> None:
    """Go from a question to its evidence."""
    choose(retriever.library, retriever.retrieve(question))


def scan(embedder: Embedder, vectors: NDArray[np.float32], question: Question) -> None:
    """Encode a question and find its nearest vectors by comparing all."""
    scores = vectors @ embedder.embed_query(question.standalone)
    best = np.argpartition(-scores, N_EXACT)[:N_EXACT]
    best[np.argsort(-scores[best])]


def timed(job: Callable[[], Any]) -> tuple[Any, float, float]:
    """Return what a job returns, its milliseconds on the clock, and those of the processor."""
    began, worked = time.perf_counter(), time.process_time()
    done = job()
    ended, rested = time.perf_counter(), time.process_time()
    return done, 1000 * (ended - began), 1000 * (rested - worked)


def all_vectors(folder: Path, library: Library) -> NDArray[np.float32]:
    """Return the vectors of all chunks at their rows, (n_rows, dim), unit length."""
    columns = library.view.columns
    rows = np.array(Matrix(folder, library.db, columns).rows, dtype=np.float32)
    rows[columns.article < 0] = 0
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return rows


def summary(ways: dict[str, list[tuple[float, float]]]) -> Figures:
    """Return medians and 95th percentiles of each way, and the ratios of the medians."""
    found: Figures = {}
    for name, spent in ways.items():
        for unit, column in (("ms", 0), ("cpu_ms", 1)):
            values = [pair[column] for pair in spent]
            for share in (50, 95):
                found[f"{name}_p{share}_{unit}"] = float(np.percentile(values, share))
    for unit, end in (("ms", ""), ("cpu_ms", "_cpu")):
        every = found[f"all_p50_{unit}"]
        found[f"all_over_exact{end}"] = every / found[f"exact_p50_{unit}"]
        found[f"month_over_all{end}"] = found[f"month_p50_{unit}"] / every
    return found


def recall(
    library: Library,
    nearest: Nearest,
    embedder: Embedder,
    vectors: NDArray[np.float32],
    questions: Sequence[Question],
) -> float:
    """Return the share of the ten nearest by comparing all that are found, in [0, 1].

    Another chunk that is just as near counts as found. Questions without any chunk in their
    scope do not count.
    """
    shares = []
    for question in questions:
        scope = scope_of(question.filters, question.as_of)
        vector = embedder.embed_query(question.standalone)
        mask = library.view.columns.mask(scope)
        cosines = vectors @ vector
        if mask is not None:
            cosines[~mask] = -2
        best = np.sort(cosines)[::-1][:N_BEST]
        best = best[best > -2]
        if len(best):
            found = nearest.nearest(vector, len(best), scope)
            n_right = sum(score >= best[-1] - 1e-5 for _, score in found)
            shares.append(n_right / len(best))
    return float(np.mean(shares)) if shares else float("nan")


def stages(
    retriever: Retriever,
    library: Library,
    nearest: Nearest,
    embedder: Embedder,
    pairs: Sequence[tuple[Question, Question]],
) -> Figures:
    """Return the median processor milliseconds of what a question without filter consists of."""
    spent: dict[str, list[float]] = {}
    for question, _ in pairs:
        text, scope = question.standalone, scope_of(question.filters, question.as_of)
        vector = embedder.embed_query(text)
        retrieved = retriever.retrieve(question)
        jobs: dict[str, Callable[[], Any]] = {
            "encode": partial(embedder.embed_query, text),
            "dense": partial(nearest.nearest, vector, N_EXACT, scope),
            "lexical": partial(library.search_text, content_words(text), N_EXACT, scope),
            "retrieve": partial(retriever.retrieve, question),
            "choose": partial(choose, library, retrieved),
        }
        for name, job in jobs.items():
            spent.setdefault(name, []).append(timed(job)[2])
    return {f"{name}_cpu_ms": float(np.median(values)) for name, values in spent.items()}


def opening(folder: Path) -> Figures:
    """Return how long the parts of a library take to open and to be searched for the first time."""
    library, ledger, _ = timed(lambda: Library(folder))
    _, columns, _ = timed(lambda: library.view.columns)
    _, full_text, _ = timed(lambda: library.view.full_text)
    _, matrix, _ = timed(lambda: Matrix(folder, library.db, library.view.columns))
    store, chroma, _ = timed(lambda: VectorStore(folder))
    vector = np.ones(library.entries(library.ids()[:1])[0].chunk_vectors.shape[1], np.float32)
    _, first, _ = timed(lambda: store.nearest(vector / np.linalg.norm(vector), 1))
    store.close()
    library.close()
    return {
        "open_ledger_ms": ledger,
        "open_columns_ms": columns,
        "open_full_text_ms": full_text,
        "open_matrix_ms": matrix,
        "open_chroma_ms": chroma + first,
    }


def disk(folder: Path) -> Figures:
    """Return the gigabytes of each part of a library on disk."""
    sizes: Figures = {}
    for path in folder.rglob("*"):
        if path.is_file():
            part = path.relative_to(folder).parts[0].split(".")[0]
            sizes[f"{part}_gb"] = sizes.get(f"{part}_gb", 0.0) + path.stat().st_size / 1e9
    return sizes
