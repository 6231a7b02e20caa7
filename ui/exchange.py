"""One question of a conversation and what has come back so far, built up event by event.

Knows nothing of Gradio or HTML: the page draws an ``Exchange``, whatever state it is in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from rag.schema import (
    Answer,
    Citation,
    Claim,
    Event,
    Finished,
    Found,
    Notice,
    Question,
    Turn,
    Understood,
    Wrote,
)
from rag.standing import Standing

Progress = Literal["running", "finished", "stopped", "failed"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question with everything that has arrived for it. ``answer`` is set when finished."""

    question: str
    progress: Progress = "running"
    understood: Question | None = None
    evidence: tuple[Citation, ...] = ()
    claims: tuple[Claim, ...] = ()
    notices: tuple[str, ...] = ()
    answer: Answer | None = None
    error: str = ""
    standings: tuple[Standing, ...] = ()  # of what is cited, as far as it is not as cited

    def after(self, event: Event) -> Exchange:
        """Return this exchange with one more event taken in."""
        match event:
            case Understood(question):
                return replace(self, understood=question)
            case Found(evidence):
                return replace(self, evidence=evidence)
            case Wrote(claim):
                return replace(self, claims=(*self.claims, claim))
            case Notice(text):
                return replace(self, notices=(*self.notices, text))
            case Finished(answer):
                return replace(self, answer=answer, progress="finished")

    def stop(self) -> Exchange:
        """Return it as the reader stopped it: what was checked so far stays."""
        return replace(self, progress="stopped") if self.progress == "running" else self

    def fail(self, error: str) -> Exchange:
        """Return it with the one line that says why it went no further."""
        return replace(self, progress="failed", error=error)

    @property
    def cited(self) -> tuple[Citation, ...]:
        """The citations that it shows, each with a number of its own."""
        if self.answer is not None:
            return (*self.answer.citations, *self.answer.near_misses)
        return self.evidence

    @property
    def refused(self) -> bool:
        """Whether it was turned down before anything was searched for."""
        return self.progress == "failed" and self.understood is None

    @property
    def turn(self) -> Turn | None:
        """What a follow-up question may lean on; None where nothing was answered.

        Its question is the one that was searched for, a reader's own wording included.
        """
        alone = self.understood.standalone if self.understood else self.question
        if self.answer is not None:
            return Turn(alone, self.answer.answer)
        if self.claims:
            return Turn(alone, " ".join(claim.text for claim in self.claims))
        return None


def turns(conversation: Iterable[Exchange]) -> tuple[Turn, ...]:
    """Return the history that a follow-up question is understood with, oldest first."""
    return tuple(turn for exchange in conversation if (turn := exchange.turn) is not None)
