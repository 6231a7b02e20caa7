"""How questions are answered. Built once at the entry point and passed down."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RagSettings:
    """Every choice that shapes an answer, with its unit and reason."""

    llm_url: str | None = None  # an OpenAI-compatible endpoint (".../v1"); None: the local model
    llm_model: str | None = None  # the model's name at that endpoint
    llm_key: str | None = None  # from DATELINE_LLM_KEY; never a flag, so never in `ps`
    llm_path: Path | None = None  # a GGUF file; None: the shipped model
    llm_threads: int = 0  # CPU threads of the local model; 0: all cores
    llm_context: int = 4096  # tokens; the prompt is about 700, history included
    llm_timeout_s: float = 60.0  # silence after which the endpoint counts as dead
    reword_s: float | None = None  # longest wait for the model's wording of a follow-up; 0: never
    max_tokens: int = 160  # longest draft; about 13 s at 12 tokens/s
    checker_path: Path | None = None  # another cross-encoder's folder; None: the shipped checker
    reranker_path: Path | None = None  # a cross-encoder's folder; None: passages are read once
    extractive: bool = False  # True: quote, never write

    @property
    def rewords_within_s(self) -> float:
        """Seconds that a model's wording of an unsure follow-up is waited for.

        By default only a remote model is asked: the local one has room for one prompt, and would
        read the head of its answer prompt anew for every wording (about 9 s on two cores).
        """
        if self.extractive:
            return 0.0
        if self.reword_s is not None:
            return self.reword_s
        return 6.0 if self.llm_url else 0.0
