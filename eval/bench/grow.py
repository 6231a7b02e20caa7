"""A library of any size for benchmarks: real articles first, then made ones drawn around them.

A made chunk's vector has a cosine of .7 to .9 to that of a random real chunk, its words are drawn
from the real chunks' words as often as they stand there, and its article appeared on a random day
of the years before the newest real one. Made articles reach the ledger by the product's own write
path; Chroma is given their ids and vectors alone, without texts and records: no search reads
those, and writing them takes most of the time and of the disk. Growing goes on where it stopped.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.bench.indexing import first_records
from index.embed import Embedder, Encoded, Passage
from index.errors import InputError
from index.library import Library
from index.lock import only_writer
from index.rows import Entry
from index.schema import Article, Chunk, Sentence, digest
from index.settings import IndexSettings
from index.split import chunk_id
from index.store import Store
from index.sync import sync
from index.vectors import VectorStore

REAL_AT_ONCE = 200  # articles synced between two looks at the size
MADE_AT_ONCE = 100  # articles written in one go
CHUNKS_EACH = 10  # of a made article, like the real ones
WORDS_EACH = 110  # of a made chunk, like the real ones
WORDS_A_SENTENCE = 22
N_TITLE = 8  # words of a made title
NEAREST, FARTHEST = 0.9, 0.7  # cosines of a made chunk to its real one
YEARS = 3  # over which made articles are spread
SAMPLE = 20_000  # real chunks that made ones are drawn around


class Bare(VectorStore):
    """A vector store that is given ids and vectors alone."""

    def upsert(
        self,
        ids: Sequence[str],
        vectors: NDArray[np.float32],
        texts: Sequence[str],
        records: Sequence[dict[str, Any]],
    ) -> None:
        """Store chunks without texts and records."""
        step = self._client.get_max_batch_size()
        for at in range(0, len(ids), step):
            part = slice(at, at + step)
            with self._writing():
                self._collection.upsert(ids=list(ids[part]), embeddings=vectors[part])


@dataclass(frozen=True, slots=True)
class Pattern:
    """What made articles are drawn from; ``vectors`` is (n, dim), unit rows."""

    vectors: NDArray[np.float32]
    words: NDArray[np.str_]
    shares: NDArray[np.float64]  # of each word, of all running words; their sum is 1
    outlets: tuple[str, ...]
    newest: date


class Drawn:
    """Stands in for the embedding model: vectors drawn around real ones, at no cost."""

    def __init__(self, pattern: Pattern, seed: int) -> None:
        self._pattern = pattern
        self._rng = np.random.default_rng(seed)
        self.name = "drawn"
        self.fingerprint = "drawn"
        self.dim = pattern.vectors.shape[1]

    def load(self, folder: Path) -> Drawn:
        """Return itself, whatever model is asked for."""
        return self

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Return a drawn vector (dim,)."""
        row: NDArray[np.float32] = drawn_vectors(self._pattern.vectors, 1, self._rng)[0]
        return row

    def embed_passages(self, passages: Sequence[Passage]) -> Iterator[tuple[int, Encoded]]:
        """Yield for each passage a drawn vector, which its sentences share."""
        rows = drawn_vectors(self._pattern.vectors, len(passages), self._rng)
        for i, (passage, row) in enumerate(zip(passages, rows, strict=True)):
            yield i, Encoded(row, row[None, :].repeat(len(passage.spans), axis=0))


def add_real(settings: IndexSettings, model: Path, export: Path, sizes: tuple[int, int]) -> int:
    """Index articles of an export; return how many chunks there are.

    ``sizes`` is (chunks to reach, chunks to encode): real articles past the second get drawn
    vectors. Ends before the first size where the export does.
    """
    n_chunks, n_encoded = sizes
    parts = settings.home / "export"
    parts.mkdir(parents=True, exist_ok=True)
    found = size(settings.library_dir)
    records = first_records(export, 10**9) if found < n_chunks else []
    stand_in: Callable[[Path], Embedder] | None = None
    for at in range(0, len(records), REAL_AT_ONCE):
        part = parts / f"{at:07}.jsonl"
        if found >= n_chunks or part.is_file():
            continue
        lines = [json.dumps(record) for record in records[at : at + REAL_AT_ONCE]]
        part.write_text("\n".join(lines), "utf-8")
        if found >= n_encoded and stand_in is None:
            with closing(Library(settings.library_dir)) as library:
                stand_in = Drawn(pattern_of(library), seed=at).load
        sync([part], settings, model, load=stand_in)
        found = size(settings.library_dir)
    return found


def add_made(folder: Path, n_chunks: int, seed: int = 0) -> None:
    """Grow a library to ``n_chunks`` chunks by made articles."""
    with only_writer(folder):
        bare = Bare(folder)
        with closing(Store(folder, bare)) as store:
            store.settle()
            n = store.library.n_chunks()
            if n >= n_chunks:
                return
            pattern = pattern_of(store.library)
            n_articles = store.library.status().n_articles
            drawn = made_entries(pattern, n_articles, n_chunks - n, seed)
            batch: list[Entry] = []
            for entry in drawn:
                batch.append(entry)
                if len(batch) == MADE_AT_ONCE:
                    store.put(batch)
                    batch = []
            if batch:
                store.put(batch)


def size(folder: Path) -> int:
    """Return the number of chunks of a library, 0 where there is none."""
    with closing(Library(folder, create=True)) as library:
        return library.n_chunks()


def pattern_of(library: Library) -> Pattern:
    """Return what made articles are drawn from. Raises InputError for an empty library."""
    real = [i for (i,) in library.db.rows("SELECT id FROM articles WHERE path NOT LIKE 'made/%'")]
    step = max(1, len(real) * CHUNKS_EACH // SAMPLE)
    entries = library.entries(real[::step])
    if not entries:
        raise InputError("Made articles are drawn around real ones: index some first.")
    counts: Counter[str] = Counter()
    for entry in entries:
        counts.update(entry.article.text.split())
    total = sum(counts.values())
    newest = max(entry.article.published or "" for entry in entries) or date.today().isoformat()
    return Pattern(
        vectors=np.concatenate([e.chunk_vectors for e in entries]).astype(np.float32),
        words=np.array(list(counts)),
        shares=np.fromiter(counts.values(), dtype=np.float64) / total,
        outlets=tuple(sorted({e.article.source for e in entries})),
        newest=date.fromisoformat(newest),
    )


def made_entries(pattern: Pattern, first: int, n_chunks: int, seed: int) -> Iterator[Entry]:
    """Yield made articles with ``n_chunks`` chunks in all, numbered from ``first``."""
    rng = np.random.default_rng([seed, first])
    sums = np.cumsum(pattern.shares)
    number = first
    while n_chunks > 0:
        n = min(CHUNKS_EACH, n_chunks)
        drawn = np.searchsorted(sums, rng.random(N_TITLE + n * WORDS_EACH) * sums[-1])
        words = pattern.words[np.minimum(drawn, len(sums) - 1)].tolist()
        yield made_entry(pattern, number, words, drawn_vectors(pattern.vectors, n, rng))
        number += 1
        n_chunks -= n


def made_entry(
    pattern: Pattern, number: int, words: list[str], vectors: NDArray[np.float32]
) -> Entry:
    """Return one made article, a paragraph a chunk; the first words are its title."""
    name = f"made/{number}"
    text = ""
    spans: list[Sentence] = []
    own: list[tuple[int, int, int, int, int]] = []
    for n, at in enumerate(range(N_TITLE, len(words), WORDS_EACH)):
        run = words[at : at + WORDS_EACH]
        begin, first = len(text), len(spans)
        for i in range(0, WORDS_EACH, WORDS_A_SENTENCE):
            start = len(text)
            text += " ".join(run[i : i + WORDS_A_SENTENCE])
            spans.append(Sentence(len(spans), start, len(text)))
            text += " "
        own.append((n, begin, len(text) - 1, first, len(spans) - 1))
        text = f"{text[:-1]}\n\n"
    days = int(digest(name)[:8], 16) % (365 * YEARS)
    article = Article(
        id=digest(name)[:20],
        path=name,
        name=name,
        title=" ".join(words[:N_TITLE]),
        source=pattern.outlets[number % len(pattern.outlets)],
        authors=(),
        published=(pattern.newest - timedelta(days=days)).isoformat(),
        published_from="field",
        url=None,
        language="en",
        text=text.rstrip(),
    )
    parts = tuple(Chunk(chunk_id(article.id, n), article.id, n, *rest) for n, *rest in own)
    rows = vectors.astype(np.float16)
    return Entry(article, tuple(spans), parts, rows, rows.repeat(len(spans) // len(own), axis=0))


def drawn_vectors(
    real: NDArray[np.float32], n: int, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return ``n`` unit rows, each at a random cosine of FARTHEST to NEAREST to a random real row.

    A direction at right angles to the real row, in the proportion that gives that cosine.
    """
    near = real[rng.integers(len(real), size=n)]
    near = near / np.linalg.norm(near, axis=1, keepdims=True)
    away = rng.normal(size=near.shape)
    away -= (away * near).sum(1, keepdims=True) * near
    away /= np.linalg.norm(away, axis=1, keepdims=True)
    cosine = rng.uniform(FARTHEST, NEAREST, size=(n, 1))
    rows: NDArray[np.float32] = (cosine * near + np.sqrt(1 - cosine**2) * away).astype(np.float32)
    return rows
