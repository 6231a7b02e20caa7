"""Copies found and missed: made copies, real near pairs by exhaustive search, and what it costs.

Run from the project's folder, with an export of articles as JSONL (``title``, ``text``, ``url``):

    python -m eval.bench.duplicates --articles FILE [--pairs OUT.tsv] [--model FOLDER]

- made copies: articles cut, lengthened or reworded by code; how many share a band with their
  original, and how many ``compare`` then calls copies;
- real pairs: every pair that has a run of five words in common is scored, without signatures, and
  the share of those at or above the threshold that bands find is told. ``--pairs`` writes the
  pairs around the threshold, to be looked at by eye;
- cost: microseconds an article for a signature with its bands, beside the time of encoding it.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from statistics import mean, median
from typing import Annotated, Any

import typer

from eval.bench.indexing import first_records
from eval.report import aligned
from index.duplicates import MOST_IN_BAND, NEAR, bands, signature, similarity
from index.embed import Passage, SentenceTransformerEmbedder
from index.errors import DatelineError, InputError
from index.settings import IndexSettings
from index.split import chunks, sentences

Pair = tuple[int, int]
COSTED = 50  # articles that are encoded, for the comparison
COMMON = 50  # a run of words in more articles than these is boilerplate, and makes no pair
AROUND = (0.4, 0.95)  # similarities of the pairs to look at


def main(
    articles: Annotated[Path, typer.Option(help="JSONL, plain or .gz.")],
    n: Annotated[int, typer.Option(min=100, help="Articles to read.")] = 20_000,
    n_made: Annotated[int, typer.Option(min=1, help="Originals of made copies.")] = 300,
    pairs: Annotated[Path | None, typer.Option(help="Write pairs near the threshold.")] = None,
    model: Annotated[Path | None, typer.Option(help="A sentence-transformers folder.")] = None,
) -> None:
    """Print all figures."""
    records = [record for record in first_records(articles, n) if record["text"].strip()]
    texts = [record["text"] for record in records]
    long = [text for text in texts if len(text.split()) >= 150]
    if not long:
        raise InputError(f"{articles} has no article of 150 words to make copies of.")
    print(made_table(random.Random(5).sample(long, min(n_made, len(long))), texts))
    marked = [bands(signature(text)) for text in texts]
    scores = {(i, j): similarity(texts[i], texts[j]) for i, j in likely_pairs(texts)}
    print(f"\n{real_table(scores, set(candidates(marked)))}")
    if pairs:
        write_pairs(pairs, scores, records)
    print(f"\nsignature and bands: {signing_cost(texts[:500]):.0f} µs an article")
    if model:
        print(f"encoding: {encoding_cost(texts[:COSTED], model):.0f} µs an article")
        print(f"signature and bands of these: {signing_cost(texts[:COSTED]):.0f} µs an article")


def edits(filler: Sequence[str], rng: random.Random) -> dict[str, Callable[[str], str]]:
    """Return what is done to made copies; ``filler`` are paragraphs of other articles."""
    words = [word for paragraph in filler for word in paragraph.split()]

    def cut(text: str, share: float) -> str:
        kept = text.split(" ")
        return " ".join(kept[: int(len(kept) * share)])

    def added(text: str, times: int) -> str:
        parts = text.split("\n\n")
        for _ in range(times):
            parts.insert(rng.randint(0, len(parts)), rng.choice(filler))
        return "\n\n".join(parts)

    def opened(text: str) -> str:
        return "\n\n".join([rng.choice(filler), *text.split("\n\n")[1:]])

    def reworded(text: str) -> str:
        return " ".join(rng.choice(words) if rng.random() < 0.05 else w for w in text.split(" "))

    return {
        "cut to 30 %": lambda text: cut(text, 0.3),
        "cut to 50 %": lambda text: cut(text, 0.5),
        "cut to 70 %": lambda text: cut(text, 0.7),
        "1 paragraph added": lambda text: added(text, 1),
        "3 paragraphs added": lambda text: added(text, 3),
        "5 % of words changed": reworded,
        "first paragraph changed": opened,
        "cut to 50 %, 1 added": lambda text: added(cut(text, 0.5), 1),
    }


def made_table(originals: Sequence[str], texts: Sequence[str]) -> str:
    """Return a line for each edit: share found by bands, share found and judged a copy."""
    rng = random.Random(11)
    filler = [p for text in texts for p in text.split("\n\n") if 25 <= len(p.split()) <= 80]
    rows = [["made copies", "share a band", "and similar", "mean similarity", "n"]]
    marked = [set(bands(signature(text))) for text in originals]
    for name, edit in edits(filler or list(texts), rng).items():
        copies = [edit(text) or text for text in originals]
        found = [bool(m & set(bands(signature(c)))) for m, c in zip(marked, copies, strict=True)]
        scores = [similarity(a, b) for a, b in zip(originals, copies, strict=True)]
        both = [f and s >= NEAR for f, s in zip(found, scores, strict=True)]
        figures = [f"{mean(found):.1%}", f"{mean(both):.1%}", f"{mean(scores):.2f}"]
        rows.append([name, *figures, str(len(copies))])
    return aligned(rows)


def likely_pairs(texts: Sequence[str]) -> Iterator[Pair]:
    """Yield each pair that shares at least a twentieth of the shorter text's runs of words."""
    runs = []
    for text in texts:
        words = text.casefold().split()
        runs.append({hash(tuple(words[at : at + 5])) for at in range(max(1, len(words) - 4))})
    holders: dict[int, list[int]] = defaultdict(list)
    for i, own in enumerate(runs):
        for run in own:
            holders[run].append(i)
    shared: Counter[Pair] = Counter()
    for held in holders.values():
        if 1 < len(held) <= COMMON:
            shared.update(combinations(held, 2))
    for (i, j), n_shared in shared.items():
        if n_shared >= 0.05 * min(len(runs[i]), len(runs[j])):
            yield i, j


def candidates(marked: Sequence[Sequence[int]]) -> Iterator[Pair]:
    """Yield the pairs that a ledger would compare: each article with those before it in a band."""
    holders: dict[int, list[int]] = defaultdict(list)
    for i, own in enumerate(marked):
        for band in own:
            yield from ((before, i) for before in holders[band][-MOST_IN_BAND:])
            holders[band].append(i)


def real_table(scores: dict[Pair, float], found: set[Pair]) -> str:
    """Return a line for each tenth of similarity: pairs there are, and the share bands find."""
    rows = [["real pairs", "n", "found by bands"]]
    for tenth in range(1, 10):
        here = [
            pair for pair, score in scores.items() if tenth <= min(score, 0.99) * 10 < tenth + 1
        ]
        share = f"{mean(pair in found for pair in here):.1%}" if here else "-"
        rows.append([f"{tenth / 10:.1f} to {(tenth + 1) / 10:.1f}", str(len(here)), share])
    near = [pair for pair, score in scores.items() if score >= NEAR]
    share = f"{mean(pair in found for pair in near):.1%}" if near else "-"
    rows.append([f"{NEAR} and more", str(len(near)), share])
    return f"{aligned(rows)}\ncandidate pairs to compare: {len(found)}"


def write_pairs(path: Path, scores: dict[Pair, float], records: Sequence[dict[str, Any]]) -> None:
    """Write up to 60 pairs around the threshold, one a line, for a person to judge."""
    inside = [(score, pair) for pair, score in scores.items() if AROUND[0] <= score < AROUND[1]]
    random.Random(3).shuffle(inside)
    lines = []
    for score, pair in sorted(inside[:60]):
        both = (f"{records[i]['url']}\t{records[i]['title']}\t{records[i]['text']!r}" for i in pair)
        lines.append("\t".join([f"{score:.2f}", *both]))
    path.write_text("\n".join(lines), "utf-8")


def signing_cost(texts: Sequence[str]) -> float:
    """Return the microseconds of processor time for a signature and its bands, an article."""
    spent = []
    for _ in range(3):
        began = time.process_time()
        for text in texts:
            bands(signature(text))
        spent.append(time.process_time() - began)
    return median(spent) / len(texts) * 1e6


def encoding_cost(texts: Sequence[str], model: Path) -> float:
    """Return the microseconds on the clock for encoding an article; titles are left out."""
    embedder = SentenceTransformerEmbedder(model)
    passages = [
        Passage(text[chunk.start : chunk.end], ())
        for text in texts
        for chunk in chunks("", text, sentences(text), IndexSettings(Path()).chunk_words)
    ]
    list(embedder.embed_passages(passages[:64]))
    began = time.monotonic()
    list(embedder.embed_passages(passages))
    return (time.monotonic() - began) / len(texts) * 1e6


if __name__ == "__main__":
    try:
        typer.run(main)
    except DatelineError as exc:
        sys.exit(f"duplicates: {exc}")
