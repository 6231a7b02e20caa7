"""Indexing speed: Dateline, LlamaIndex's default pipeline, and the model alone, taking turns.

Run from the project's folder, with an export of articles as JSONL (``title`` and ``text``):

    python -m eval.bench.indexing --articles FILE --model FOLDER [--n 300] [--out JSON]

Four jobs on the same articles and weights, each once a round into an empty folder:

- ``dateline``: ``index.sync.sync`` over a JSONL file, to a library that can be searched;
- ``llamaindex``: IngestionPipeline, SentenceSplitter and HuggingFaceEmbedding as they come, into a
  ChromaVectorStore on disk; its documents are in memory before the clock starts;
- ``llamaindex, all``: the same with chunks that fit the model (ALL). The default's have 1,024
  tokens, of which this model reads the first 256: it is fast at what it never embeds;
- ``encode``: ``SentenceTransformer.encode`` of the very passages that Dateline encodes, with the
  same weights, precision and batch size. Nothing is kept.

Loading models and importing is in none of the times. Each ratio is the median of the rounds' own:
jobs that take turns share what else the machine does. Exits 1 where a floor is missed.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from eval.report import aligned
from index.embed import Encoded, Passage, SentenceTransformerEmbedder
from index.errors import DatelineError, InputError
from index.settings import IndexSettings
from index.sync import sync

FASTER_THAN_PEER = 2.5  # floor of llamaindex / dateline
OVER_ENCODING = 1.15  # ceiling of dateline / encode
ALL = {"chunk_size": 200, "chunk_overlap": 0}  # tokens of its tokenizer, fewer than the model's

Job = Callable[[Path], None]  # given an empty folder


@dataclass(frozen=True, slots=True)
class Spent:
    """One run of one job: seconds on the clock, and of all processors at work."""

    wall: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Read:
    """What a system gave its model: texts, word pieces it encoded and words it cut away."""

    n_texts: int
    n_tokens: int
    n_words: int
    n_words_cut: int


class Recording(SentenceTransformerEmbedder):
    """An embedder that remembers what it was asked to encode."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, batch_size=IndexSettings(Path()).batch_size)
        self.texts: list[str] = []

    def embed_passages(self, passages: Sequence[Passage]) -> Iterator[tuple[int, Encoded]]:
        """Encode as ever, and keep the texts."""
        self.texts += [f"{p.prefix}\n{p.text}" if p.prefix else p.text for p in passages]
        return super().embed_passages(passages)


def main(
    articles: Annotated[Path, typer.Option(help="JSONL, plain or .gz.")],
    model: Annotated[Path, typer.Option(help="A sentence-transformers folder.")],
    n: Annotated[int, typer.Option(min=1, help="Articles to index.")] = 300,
    rounds: Annotated[int, typer.Option(min=1)] = 3,
    out: Annotated[Path | None, typer.Option(help="Write the figures here, as JSON.")] = None,
) -> None:
    """Run the jobs in turn; print medians, ratios and what each system read."""
    records = first_records(articles, n)
    ours = Recording(model)
    peers = {"llamaindex": Peer(records, model), "llamaindex, all": Peer(records, model, **ALL)}
    with TemporaryDirectory(prefix="dateline-bench-", ignore_cleanup_errors=True) as scratch:
        index = dateline_job(records, model, ours, Path(scratch))
        index(Path(scratch) / "warm")
        texts, ours.texts = ours.texts, []
        jobs: dict[str, Job] = {"dateline": index, **peers, "encode": encode_job(ours, texts)}
        spent = alternating(jobs, rounds, Path(scratch))
    read = {"dateline": what_was_read(ours, texts)}
    read |= {name: what_was_read(ours, peer.texts()) for name, peer in peers.items()}
    ratios = {
        "llamaindex / dateline": ratio(spent["llamaindex"], spent["dateline"]),
        "llamaindex, all / dateline": ratio(spent["llamaindex, all"], spent["dateline"]),
        "dateline / encode": ratio(spent["dateline"], spent["encode"]),
    }
    print(f"\n{spent_table(spent, len(records))}\n\n{read_table(read)}\n")
    print("\n".join(f"{name}: {value:.3f}" for name, value in ratios.items()))
    print(f"floors: first at least {FASTER_THAN_PEER}, last at most {OVER_ENCODING}")
    if out:
        runs = {name: [asdict(run) for run in runs] for name, runs in spent.items()}
        counts = {name: asdict(what) for name, what in read.items()}
        figures = {"n_articles": len(records), "spent": runs, "read": counts, "ratios": ratios}
        out.write_text(json.dumps(figures, indent=1), "utf-8")
    slower = ratios["llamaindex / dateline"] < FASTER_THAN_PEER
    raise typer.Exit(int(slower or ratios["dateline / encode"] > OVER_ENCODING))


def first_records(path: Path, n: int) -> list[dict[str, Any]]:
    """Return the first ``n`` records of an export. Raises InputError when there are none."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in islice(lines, n)]
    if not records:
        raise InputError(f"{path} holds no record. Give an export with an article a line.")
    return records


def dateline_job(
    records: Sequence[dict[str, Any]], model: Path, embedder: Recording, scratch: Path
) -> Job:
    """Return a job that indexes the records, written to a file first, into a new home."""
    export = scratch / "articles.jsonl"
    export.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")

    def job(folder: Path) -> None:
        report = sync([export], IndexSettings(folder), model, load=lambda _: embedder)
        if report.added + len(report.failures) < len(records):
            raise InputError(f"{len(records)} records gave {report.added} articles: {report}")

    return job


class Peer:
    """LlamaIndex's job, with SentenceSplitter's options; titles are read, as Dateline's are."""

    def __init__(self, records: Sequence[dict[str, Any]], model: Path, **splitter: int) -> None:
        from llama_index.core.node_parser import SentenceSplitter
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding

        self._records = records
        self._steps = [SentenceSplitter(**splitter), HuggingFaceEmbedding(model_name=str(model))]
        self._nodes: Sequence[Any] = ()

    def __call__(self, folder: Path) -> None:
        """Index all records into a new folder."""
        import chromadb
        from llama_index.core import Document
        from llama_index.core.ingestion import IngestionPipeline
        from llama_index.vector_stores.chroma import ChromaVectorStore

        settings = chromadb.Settings(anonymized_telemetry=False)
        client = chromadb.PersistentClient(str(folder), settings=settings)
        store = ChromaVectorStore(chroma_collection=client.create_collection("peer"))
        documents = [
            Document(text=r["text"], id_=str(i), metadata={"title": r.get("title") or ""})
            for i, r in enumerate(self._records)
        ]
        pipeline = IngestionPipeline(transformations=self._steps, vector_store=store)
        self._nodes = pipeline.run(documents=documents)

    def texts(self) -> list[str]:
        """Return what its model was given in the last run."""
        from llama_index.core.schema import MetadataMode

        return [node.get_content(MetadataMode.EMBED) for node in self._nodes]


def encode_job(embedder: SentenceTransformerEmbedder, texts: Sequence[str]) -> Job:
    """Return a job that encodes the passages and drops the vectors; encode() sorts by length."""
    model, batch_size = embedder._model, embedder._batch_size

    def job(_: Path) -> None:
        model.encode(list(texts), batch_size=batch_size, show_progress_bar=False)

    return job


def alternating(jobs: Mapping[str, Job], rounds: int, scratch: Path) -> dict[str, list[Spent]]:
    """Run every job once a round, in turn, each in a folder of its own."""
    spent: dict[str, list[Spent]] = {name: [] for name in jobs}
    for n in range(rounds):
        for name, job in jobs.items():
            began, worked = time.monotonic(), cpu_seconds()
            job(scratch / f"{name}-{n}")
            spent[name].append(Spent(time.monotonic() - began, cpu_seconds() - worked))
            print(f"{name} {n + 1}/{rounds}: {spent[name][-1].wall:.1f} s", flush=True)
    return spent


def cpu_seconds() -> float:
    """Return the processor seconds of this process and of its ended children."""
    t = os.times()
    return t.user + t.system + t.children_user + t.children_system


def ratio(these: Sequence[Spent], those: Sequence[Spent]) -> float:
    """Return the median over the rounds of one job's seconds over the other's."""
    return median(a.wall / b.wall for a, b in zip(these, those, strict=True))


def what_was_read(embedder: SentenceTransformerEmbedder, texts: Sequence[str]) -> Read:
    """Count what the model encodes of the texts, and the words past its longest input."""
    n_tokens = n_words = n_words_cut = 0
    limit = embedder._model.max_seq_length
    for at in range(0, len(texts), 64):
        part = texts[at : at + 64]
        cut = embedder._model.tokenizer(
            part, truncation=True, max_length=limit, return_offsets_mapping=True
        )
        for text, ids, offsets in zip(part, cut["input_ids"], cut["offset_mapping"], strict=True):
            n_tokens += len(ids)
            n_words += len(text.split())
            n_words_cut += len(text[max(end for _, end in offsets) :].split())
    return Read(len(texts), n_tokens, n_words, n_words_cut)


def spent_table(spent: dict[str, list[Spent]], n_articles: int) -> str:
    """Return a table with a line for each job."""
    rows = [["job", "median s", "fastest s", "cpu s", "articles/s", "n"]]
    for name, runs in spent.items():
        wall = median(run.wall for run in runs)
        cpu = median(run.cpu for run in runs)
        figures = [wall, min(run.wall for run in runs), cpu, n_articles / wall]
        rows.append([name, *(f"{figure:.1f}" for figure in figures), str(len(runs))])
    return aligned(rows)


def read_table(read: dict[str, Read]) -> str:
    """Return a table of what each system's model was given."""
    rows = [["system", "texts", "tokens encoded", "words", "words never encoded"]]
    for name, r in read.items():
        share = f"{r.n_words_cut / max(1, r.n_words):.1%}"
        rows.append([name, str(r.n_texts), str(r.n_tokens), str(r.n_words), share])
    return aligned(rows)


if __name__ == "__main__":
    try:
        typer.run(main)
    except DatelineError as exc:
        sys.exit(f"indexing: {exc}")
