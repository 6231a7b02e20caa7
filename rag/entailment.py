"""The learned checker: does a stretch of text say a claim, deny it, or neither?

``eval.ship_checker`` writes one in eight bits, run by onnxruntime on the CPU; its files' SHA-256
are checked when it is loaded. None comes with this version, because the first did not pay
(docs/decisions.md). Any sentence-transformers CrossEncoder in a folder can be named instead.
Knows nothing of articles or of what is done with its scores.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelError

SHIPPED = Path(__file__).parent / "checker"
BATCH = 16
MAX_TOKENS = 128  # of evidence and claim together; only the evidence is cut

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Reading:
    """Probabilities in [0, 1] that a stretch of text says a claim, and that it denies it."""

    says: float
    denies: float


class Reader(Protocol):
    """What a checker needs of a cross-encoder."""

    name: str

    def read(self, pairs: Sequence[tuple[str, str]]) -> list[Reading]:
        """Return the reading of each (text, claim)."""
        ...


class ShippedReader:
    """A cross-encoder as ``eval.ship_checker`` writes it."""

    name = "dateline-checker"

    def __init__(self, folder: Path = SHIPPED) -> None:
        """Load it. Raises ModelError when a file is missing or is not what was shipped."""
        # Imported here: it takes a second, which a command that checks nothing should not wait for.
        from onnxruntime import InferenceSession, SessionOptions
        from tokenizers import Tokenizer

        check_files(folder)
        options = SessionOptions()
        options.intra_op_num_threads = 1  # two threads are slower where a language model runs too
        options.log_severity_level = 3
        self._session = InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS, strategy="only_first")
        self._tokenizer.enable_padding()

    def read(self, pairs: Sequence[tuple[str, str]]) -> list[Reading]:
        """Return the reading of each (text, claim); like lengths are read together."""
        order = sorted(range(len(pairs)), key=lambda i: len(pairs[i][0]) + len(pairs[i][1]))
        found: dict[int, Reading] = {}
        for start in range(0, len(order), BATCH):
            part = order[start : start + BATCH]
            logits = self._logits([_cut(pairs[i]) for i in part])
            for i, row in zip(part, _softmax(logits), strict=True):
                found[i] = Reading(float(row[0]), float(row[2]))
        return [found[i] for i in range(len(pairs))]

    def _logits(self, pairs: list[tuple[str, str]]) -> Scores:
        encoded = self._tokenizer.encode_batch(pairs)
        inputs = {
            "input_ids": np.array([e.ids for e in encoded], dtype=np.int64),
            "attention_mask": np.array([e.attention_mask for e in encoded], dtype=np.int64),
            "token_type_ids": np.array([e.type_ids for e in encoded], dtype=np.int64),
        }
        return np.asarray(self._session.run(["logits"], inputs)[0], dtype=np.float32)


class CrossEncoderReader:
    """Any NLI or grounding cross-encoder in a local folder, safetensors only, on the CPU."""

    def __init__(self, folder: Path) -> None:
        """Load it. Raises ModelError when the folder does not hold one."""
        from sentence_transformers import CrossEncoder

        self.name = folder.name
        try:
            self._model: Any = CrossEncoder(
                str(folder),
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
        except (OSError, ValueError, KeyError) as exc:
            raise ModelError(f"{folder}: the cross-encoder cannot be loaded ({exc})") from exc
        labels = {str(v).lower(): int(k) for k, v in self._model.config.id2label.items()}
        self._says = _place(labels, ("entail", "support", "consistent"))
        self._denies = _place(labels, ("contra", "refut"))
        if len(labels) > 1 and self._says is None:
            raise ModelError(
                f"{folder}: none of its labels says entailment ({', '.join(sorted(labels))}). "
                f"Name the labels in its config.json (id2label)."
            )

    def read(self, pairs: Sequence[tuple[str, str]]) -> list[Reading]:
        """Return the reading of each (text, claim)."""
        from torch.nn import Identity

        logits = self._model.predict(
            list(pairs), batch_size=BATCH, activation_fn=Identity(), show_progress_bar=False
        )
        rows = np.asarray(logits, dtype=np.float32).reshape(len(pairs), -1)
        if rows.shape[1] == 1:  # one score: how well the text supports the claim
            return [Reading(float(1 / (1 + np.exp(-row[0]))), 0.0) for row in rows]
        says, denies = self._says or 0, self._denies
        return [
            Reading(float(row[says]), float(row[denies]) if denies is not None else 0.0)
            for row in _softmax(rows)
        ]


def ships(folder: Path = SHIPPED) -> bool:
    """Tell whether there is a learned checker in a folder; what it is worth, loading it tells."""
    return (folder / "checker.json").is_file()


def check_files(folder: Path) -> None:
    """Compare the files with what was shipped. Raises ModelError that names one that differs."""
    manifest = folder / "checker.json"
    if not ships(folder):
        raise ModelError(
            "No learned checker comes with this version of Dateline: exact checks and words "
            "decide. A cross-encoder can be named with --checker FOLDER."
        )
    try:
        listed: dict[str, str] = json.loads(manifest.read_text("utf-8"))["sha256"]
    except (OSError, ValueError, KeyError) as exc:
        raise ModelError(
            f"{manifest} cannot be read ({type(exc).__name__}). Install Dateline again; until then "
            f"exact checks and words alone decide."
        ) from exc
    for name, expected in listed.items():
        file = folder / name
        if not file.is_file() or _sha256(file) != expected:
            raise ModelError(
                f"{file} is missing or is not the file that was shipped. Install Dateline again."
            )


def _cut(pair: tuple[str, str]) -> tuple[str, str]:
    """Return a pair whose claim leaves room: the tokenizer cuts the evidence alone."""
    return pair[0], " ".join(pair[1].split()[: MAX_TOKENS // 2])[: MAX_TOKENS * 3]


def _place(labels: dict[str, int], stems: tuple[str, ...]) -> int | None:
    return next((n for name, n in labels.items() if name.startswith(stems)), None)


def _softmax(logits: Scores) -> Scores:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float32)


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
