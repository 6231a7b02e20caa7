"""An optional second look at the best passages: any cross-encoder that sentence-transformers loads.

Off unless a model's folder is named: none is shipped. Knows nothing of how passages were found.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from index.errors import ModelError
from index.library import Library
from rag.schema import Hit

N_RERANKED = 30  # best passages that are read again: each costs a pass of the model
WEIGHT = 0.5  # of the model's score in the final one, beside the score that it had


class Reranker(Protocol):
    """What retrieval needs of a reranking model."""

    def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        """Return for each passage how well it answers, in [0, 1], higher is better."""
        ...


class CrossEncoderReranker:
    """A sentence-transformers CrossEncoder in a local folder, safetensors only, on the CPU."""

    def __init__(self, folder: Path) -> None:
        """Load the model. Raises ModelError when the folder does not hold one."""
        # Imported here: it takes seconds, and no reranker is the rule.
        from sentence_transformers import CrossEncoder

        if not (folder / "config.json").is_file():
            raise ModelError(
                f"{folder} is no cross-encoder (no config.json). Name the folder of a "
                f"sentence-transformers CrossEncoder, or leave --reranker out."
            )
        try:
            self._model = CrossEncoder(
                str(folder),
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
        except (OSError, ValueError, KeyError) as exc:
            raise ModelError(f"{folder}: the reranker cannot be loaded ({exc})") from exc
        if self._model.config.num_labels != 1:
            raise ModelError(
                f"{folder} tells {self._model.config.num_labels} classes apart; a reranker gives "
                f"one score. Name a model that was trained for ranking."
            )

    def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        """Return the model's scores through the logistic function."""
        from torch import nn

        raw = self._model.predict(
            [(question, passage) for passage in passages],
            activation_fn=nn.Identity(),
            show_progress_bar=False,
        )
        return [_logistic(float(score)) for score in raw]


def reranked(reranker: Reranker, library: Library, question: str, hits: Sequence[Hit]) -> list[Hit]:
    """Return hits in the order that they have once the model has read the best of them."""
    articles = library.articles(sorted({hit.article_id for hit in hits[:N_RERANKED]}))
    best = [hit for hit in hits[:N_RERANKED] if hit.article_id in articles]
    texts = [
        f"{articles[h.article_id].title}\n{articles[h.article_id].text[h.start : h.end]}"
        for h in best
    ]
    scores = reranker.scores(question, texts) if best else []
    mixed = [
        replace(hit, rerank=score, score=(1 - WEIGHT) * hit.score + WEIGHT * score)
        for hit, score in zip(best, scores, strict=True)
    ]
    # The rest was not read: it scores what a passage without merit would.
    rest = [replace(hit, score=(1 - WEIGHT) * hit.score) for hit in hits[N_RERANKED:]]
    return sorted([*mixed, *rest], key=lambda hit: (-hit.score, hit.chunk_id))


def open_reranker(folder: Path | None) -> Reranker | None:
    """Return the reranker in a folder; None where none is named. Raises ModelError."""
    return None if folder is None else CrossEncoderReranker(folder)


def _logistic(x: float) -> float:
    # Far from 0 the exponential would overflow, and the value is 0 or 1 to every digit.
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, x))))
