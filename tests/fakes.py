"""Parts that are too heavy for most tests, in small: they satisfy the real protocols."""

from __future__ import annotations

import atexit
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from index.embed import Encoded, Passage, Vectors
from index.extract.pool import Pool

N_WEAKER = 0.3  # share of the whole passage in a span's vector: late chunking sees context too


@cache
def readers() -> Pool:
    """The real pool of reading processes, shared: starting one takes a second."""
    pool = Pool()
    atexit.register(pool.close)
    return pool


class HashEmbedder:
    """A hashed bag of words: texts that share more words lie nearer. Satisfies ``Embedder``.

    ``n_passages`` counts what was encoded. ``before`` is called with that number before each
    passage; what it raises is what a model that fails in the middle would raise.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        dim: int = 512,
        before: Callable[[int], None] = lambda n: None,
    ) -> None:
        self.folder = folder
        self.n_passages = 0
        self._dim = dim
        self._before = before

    @property
    def name(self) -> str:
        return "hash"

    @property
    def fingerprint(self) -> str:
        return f"hash-{self._dim}"

    @property
    def dim(self) -> int:
        return self._dim

    def embed_query(self, text: str) -> Vectors:
        return self._vector(text)

    def embed_passages(self, passages: Sequence[Passage]) -> Iterator[tuple[int, Encoded]]:
        """Longest first, like the real one: who relies on the order given is found out."""
        for i in sorted(range(len(passages)), key=lambda i: -len(passages[i].text)):
            self._before(self.n_passages)
            self.n_passages += 1
            yield i, self._encode(passages[i])

    def _encode(self, passage: Passage) -> Encoded:
        whole = self._vector(f"{passage.prefix} {passage.text}")
        rows = [
            unit(self._vector(passage.text[start:end]) + N_WEAKER * whole)
            for start, end in passage.spans
        ]
        return Encoded(whole, np.array(rows, dtype=np.float32).reshape(-1, self._dim))

    def _vector(self, text: str) -> Vectors:
        counts = np.zeros(self._dim, dtype=np.float32)
        for word in re.findall(r"\w+", text.lower()) or [""]:
            counts[zlib.crc32(word.encode("utf-8", "surrogatepass")) % self._dim] += 1
        return unit(counts)


def unit(vector: Vectors) -> Vectors:
    """Return the vector at length 1, as float32."""
    scaled: Vectors = (vector / np.linalg.norm(vector)).astype(np.float32)
    return scaled


class MemoryVectors:
    """A vector store that remembers what it was told: chunk id -> (vector, text)."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[Vectors, str]] = {}

    def upsert(self, ids, vectors, texts, records) -> None:
        assert len(ids) == len(vectors) == len(texts) == len(records)
        self.rows |= {i: (v, t) for i, v, t in zip(ids, vectors, texts, strict=True)}

    def delete(self, ids) -> None:
        for i in ids:
            self.rows.pop(i, None)

    def close(self) -> None:
        pass
