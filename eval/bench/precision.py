"""What the lower precision costs in ranking: nDCG@10 of served vectors and of float32 ones.

Run from the project's folder, over a set in BEIR layout (corpus, queries, qrels):

    python -m eval.bench.precision --set FOLDER --model FOLDER

Served vectors are those that Dateline stores; the others come from sentence-transformers in
float32, for the same passages and queries. Articles rank by their best passage's cosine. Exits 1
where the difference is not under the ceiling.
"""

from __future__ import annotations

import json
import math
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from index.embed import Passage, SentenceTransformerEmbedder
from index.errors import DatelineError
from index.settings import IndexSettings
from index.split import chunks, sentences

CEILING = 0.002

Vectors = NDArray[np.float32]
Judged = Mapping[str, Mapping[str, int]]  # query -> article -> relevance


def main(
    folder: Annotated[Path, typer.Option("--set", help="corpus.jsonl, queries.jsonl, qrels.tsv")],
    model: Annotated[Path, typer.Option(help="A sentence-transformers folder.")],
    half: Annotated[
        bool, typer.Option("--bfloat16", help="Encode so on a CPU, too, that is slow at it.")
    ] = False,
) -> None:
    """Rank with both kinds of vectors and print nDCG@10 of each."""
    texts, queries = jsonl(folder / "corpus.jsonl"), jsonl(folder / "queries.jsonl")
    judged = qrels(folder / "qrels.tsv")
    queries = {name: text for name, text in queries.items() if name in judged}
    owners, passages = passages_of(texts)
    embedder = SentenceTransformerEmbedder(model)
    if half:
        embedder._model.bfloat16()
    served = by_dateline(embedder, passages, list(queries.values()))
    exact = in_float32(model, passages, list(queries.values()))
    scores = [ndcg(queries, owners, vectors, judged) for vectors in (served, exact)]
    print(f"{len(queries)} queries, {len(texts)} articles, {len(passages)} passages")
    precision = str(next(embedder._model.parameters()).dtype).removeprefix("torch.")
    print(f"nDCG@10 in {precision}, as served: {scores[0]:.4f}, in float32 {scores[1]:.4f}")
    print(f"least cosine of a passage's two vectors: {(served[0] * exact[0]).sum(1).min():.5f}")
    print(f"difference: {abs(scores[0] - scores[1]):.4f} (under {CEILING})")
    if abs(scores[0] - scores[1]) >= CEILING:
        raise typer.Exit(1)


def jsonl(path: Path) -> dict[str, str]:
    """Return the texts of a file by their ids, a title before the text it has."""
    rows = map(json.loads, path.read_text("utf-8").splitlines())
    return {row["_id"]: f"{row.get('title') or ''}\n{row['text']}".strip() for row in rows}


def qrels(path: Path) -> Judged:
    """Return the judgments of a file: query, article, relevance, parted by tabs."""
    judged: dict[str, dict[str, int]] = defaultdict(dict)
    for line in path.read_text("utf-8").splitlines():
        query, article, relevance = line.split("\t")
        if relevance.isdigit():  # BEIR's header is not
            judged[query][article] = int(relevance)
    return judged


def passages_of(texts: Mapping[str, str]) -> tuple[list[str], list[Passage]]:
    """Return each article's chunks as passages, and beside each the article it is of."""
    owners, passages = [], []
    for name, text in texts.items():
        for chunk in chunks(name, text, sentences(text), IndexSettings(Path()).chunk_words):
            owners.append(name)
            passages.append(Passage(text[chunk.start : chunk.end], ()))
    return owners, passages


def by_dateline(
    embedder: SentenceTransformerEmbedder, passages: Sequence[Passage], queries: Sequence[str]
) -> tuple[Vectors, Vectors]:
    """Return the vectors of passages and queries that Dateline works with."""
    encoded = dict(embedder.embed_passages(passages))
    return (
        np.stack([encoded[i].vector for i in range(len(passages))]),
        np.stack([embedder.embed_query(query) for query in queries]),
    )


def in_float32(
    model: Path, passages: Sequence[Passage], queries: Sequence[str]
) -> tuple[Vectors, Vectors]:
    """Return the unit vectors of passages and queries in full precision."""
    import torch
    from sentence_transformers import SentenceTransformer

    plain = SentenceTransformer(str(model), device="cpu", model_kwargs={"dtype": torch.float32})
    texts = [passage.text for passage in passages]
    return (
        plain.encode(texts, normalize_embeddings=True, show_progress_bar=False),
        plain.encode_query(list(queries), normalize_embeddings=True, show_progress_bar=False),
    )


def ndcg(
    queries: Mapping[str, str],
    owners: Sequence[str],
    vectors: tuple[Vectors, Vectors],
    judged: Judged,
) -> float:
    """Return the mean nDCG@10 (Järvelin and Kekäläinen 2002) over the queries, in [0, 1]."""
    total = 0.0
    for query, scores in zip(queries, vectors[1] @ vectors[0].T, strict=True):
        ranked = list(dict.fromkeys(owners[i] for i in np.argsort(-scores, kind="stable")))[:10]
        gains = [judged[query].get(article, 0) for article in ranked]
        best = sorted(judged[query].values(), reverse=True)[:10]
        total += discounted(gains) / (discounted(best) or 1.0)
    return total / len(queries)


def discounted(gains: Sequence[int]) -> float:
    """Return the discounted cumulative gain of relevances in ranked order."""
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


if __name__ == "__main__":
    try:
        typer.run(main)
    except DatelineError as exc:
        sys.exit(f"precision: {exc}")
