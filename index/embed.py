"""Texts -> unit vectors; the one place that knows sentence-transformers.

A passage is encoded once and yields the passage's vector and one vector for each of its
sentences: the mean over the sentence's own token vectors, each of which has seen the whole
passage ("late chunking", Günther et al. 2024, arXiv 2409.04701). Sentence search therefore costs
no second pass of the encoder. Knows nothing of articles or databases.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

# Tokens; in bfloat16 every new shape of a batch costs time once and memory for good (oneDNN keeps
# what it prepared for it): 8 shapes instead of 256 take a quarter less time and 0.6 GiB less.
HALF_PAD_TO = 32

Vectors = NDArray[np.float32]
Offsets = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Passage:
    """A text to encode: ``text[start:end]`` of each span gets a vector of its own.

    ``prefix`` is read by the model before the text (the article's title) and belongs to no span.
    """

    text: str
    spans: tuple[tuple[int, int], ...]
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Encoded:
    """Unit vectors of one passage: ``vector`` (dim,), ``span_vectors`` (n_spans, dim), float32."""

    vector: Vectors
    span_vectors: Vectors


class Embedder(Protocol):
    """What the library needs of an embedding model."""

    @property
    def name(self) -> str:
        """The model's name, for people."""
        ...

    @property
    def fingerprint(self) -> str:
        """Changes whenever the vectors would; vectors of two fingerprints are never mixed."""
        ...

    @property
    def dim(self) -> int:
        """Length of a vector."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """Return the unit vector (dim,) of a question."""
        ...

    def embed_passages(self, passages: Sequence[Passage]) -> Iterator[tuple[int, Encoded]]:
        """Yield (position in ``passages``, vectors) in the order they are ready."""
        ...


class SentenceTransformerEmbedder:
    """Any sentence-transformers model in a local folder, safetensors only, on the CPU."""

    def __init__(self, folder: Path, *, batch_size: int = 16) -> None:
        """Load the model. Raises ModelError when the folder does not hold one."""
        # Imported here and not above: it takes seconds, which `dateline --help` and errors about
        # arguments should not wait for.
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]

        if not (folder / "modules.json").is_file():
            raise ModelError(
                f"{folder} is not a sentence-transformers model (no modules.json). "
                f"Give a model folder, or run `dateline models` for the shipped one."
            )
        is_half = torch.cpu._is_avx512_bf16_supported()
        dtype = torch.bfloat16 if is_half else torch.float32
        self._pad_to = HALF_PAD_TO if is_half else None
        try:
            self._model: SentenceTransformer = SentenceTransformer(
                str(folder),
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True, "dtype": dtype},
            )
        except (OSError, ValueError, KeyError) as exc:
            raise ModelError(f"{folder}: the model cannot be loaded ({exc})") from exc
        self._torch = torch
        self._lock = threading.Lock()  # the tokenizer cannot be used by two threads at once
        self._folder = folder
        self._batch_size = batch_size
        self._pools_by_mean = _pools_by_mean(self._model)

    @property
    def name(self) -> str:
        """The folder's name."""
        return self._folder.name

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the model's small files and the size of its weights, 16 hex digits."""
        return fingerprint(self._folder)

    @property
    def dim(self) -> int:
        """Length of a vector."""
        size = self._model.get_embedding_dimension()
        assert size is not None
        return int(size)

    def embed_query(self, text: str) -> Vectors:
        """Return the unit vector (dim,) of a question, cut at the model's maximum length.

        On one thread: as fast for a text this short, and twenty times faster than two threads
        that wait for each other while a language model keeps both cores busy.
        """
        with self._lock:
            threads = self._torch.get_num_threads()
            self._torch.set_num_threads(1)
            try:
                vector = self._model.encode_query(
                    text, show_progress_bar=False, normalize_embeddings=True
                )
            finally:
                self._torch.set_num_threads(threads)
        # Half precision leaves a length of 1.001; scores are cosines only at 1.
        return _unit(np.asarray(vector, dtype=np.float32))

    def embed_passages(self, passages: Sequence[Passage]) -> Iterator[tuple[int, Encoded]]:
        """Yield (position, vectors), longest passages first, so that padding is small."""
        order = sorted(range(len(passages)), key=lambda i: -len(passages[i].text))
        for at in range(0, len(order), self._batch_size):
            batch = order[at : at + self._batch_size]
            yield from zip(batch, self._encode([passages[i] for i in batch]), strict=True)

    def _encode(self, passages: Sequence[Passage]) -> list[Encoded]:
        with self._lock:
            features = self._model.tokenizer(
                [_joined(p) for p in passages],
                padding=True,
                pad_to_multiple_of=self._pad_to,
                truncation=True,
                max_length=self._model.max_seq_length,
                return_offsets_mapping=True,
                return_tensors="pt",
            )
        offsets = features.pop("offset_mapping").numpy()
        with self._torch.inference_mode():
            out: dict[str, Any] = self._model.forward(dict(features))
        whole = _unit(out["sentence_embedding"].float().numpy())
        tokens = out["token_embeddings"].float().numpy()
        mask = features["attention_mask"].numpy().astype(bool)
        return [
            Encoded(whole[i], self._spans(p, tokens[i][mask[i]], offsets[i][mask[i]], whole[i]))
            for i, p in enumerate(passages)
        ]

    def _spans(
        self, passage: Passage, tokens: Vectors, offsets: Offsets, whole: Vectors
    ) -> Vectors:
        """Pool the token vectors of each span; a span past the cut gets the passage's vector."""
        shift = len(_joined(passage)) - len(passage.text)
        rows = np.empty((len(passage.spans), whole.shape[0]), dtype=np.float32)
        starts, ends = offsets[:, 0], offsets[:, 1]
        for row, (start, end) in enumerate(passage.spans):
            inside = (starts >= start + shift) & (ends <= end + shift) & (ends > starts)
            usable = self._pools_by_mean and inside.any()
            rows[row] = tokens[inside].mean(axis=0) if usable else whole
        return _unit(rows)


def fingerprint(folder: Path) -> str:
    """Return 16 hex digits that change whenever the model in the folder does.

    Weights are named by size and not re-read: their SHA-256 was checked when they were fetched.
    """
    seen = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*.json") if p.is_file()):
        seen.update(path.relative_to(folder).as_posix().encode())
        seen.update(path.read_bytes())
    for path in sorted(folder.rglob("*.safetensors")):
        seen.update(f"{path.relative_to(folder).as_posix()} {path.stat().st_size}".encode())
    return seen.hexdigest()[:16]


def _joined(passage: Passage) -> str:
    return f"{passage.prefix}\n{passage.text}" if passage.prefix else passage.text


def _unit(rows: Vectors) -> Vectors:
    norms = np.linalg.norm(rows, axis=-1, keepdims=True)
    unit: Vectors = (rows / np.maximum(norms, 1e-12)).astype(np.float32)
    return unit


def _pools_by_mean(model: SentenceTransformer) -> bool:
    """Tell whether token and passage vectors share a space: a mean, with only scaling after."""
    kinds = {type(module).__name__ for module in model}
    by_mean = any("mean" in str(getattr(module, "pooling_mode", "")) for module in model)
    return by_mean and kinds <= {"Transformer", "Pooling", "Normalize"}
