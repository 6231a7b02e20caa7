"""Does the evidence deny what a question takes for granted?

"Why did the harbour close?" takes for granted that it closed. Where a sentence found says that it
did not, and none says that it did, the answer must say so before it quotes anything. A verb that
denies ("Why did the mayor refuse to resign?") turns the question round. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.answerable import names_itself
from rag.asked import Asked, subject_stems
from rag.denial import stance
from rag.schema import Evidence

N_READ = 8  # nearest sentences that may deny it
LEAST_WORDS = 2  # of a question, beside names: one word alone is no act to deny

_TAKES_FOR_GRANTED = re.compile(
    r"^\W*(?:why|when|where|how|(?:how\s+many|which|what)\s+(?:[\w’'-]+\s+){1,4}?)"
    r"\s*\b(?:did|does|do|has|have|had|was|were|is|are)\s+(?!n['’]t|not\b)",
    re.IGNORECASE,
)
_REFUSING = re.compile(
    r"\b(?:refus(?:e|es|ed|ing)|reject(?:s|ed|ing)?|declin(?:e|es|ed|ing)|fail(?:s|ed|ing)?"
    r"|den(?:y|ies|ied|ying)|forb(?:id|ids|ade|idden)|prohibit(?:s|ed)?|ban(?:s|ned|ning)?)\b"
    r"(?:\s+to\b)?",
    re.IGNORECASE,
)
_NOT_TOLD = re.compile(
    r"\b(?:not|never|n['’]t|nor|no)\b.{0,20}\b(?:say|said|tell|told|give|gave|given|explain\w*"
    r"|disclos\w*|comment\w*|know\w*|clear|specif\w*|reason)\b",
    re.IGNORECASE,
)
_IN_PART = re.compile(
    r"(?:\bnot|n['’]t)\b(?:\s+\w+){0,2}?\s+(?:only|just|all|every|both|enough|more|less|fewer)\b",
    re.IGNORECASE,
)  # who did "not get enough votes" got some


def denied(asked: Asked, evidence: Sequence[Evidence]) -> Evidence | None:
    """Return the sentence that denies what a question takes for granted; None without such a one.

    ``evidence`` is in order of nearness. One sentence that bears the question out is enough for
    it to be asked rightly.
    """
    if not _TAKES_FOR_GRANTED.match(asked.text):
        return None
    is_refusal = len(_REFUSING.findall(asked.text)) % 2 == 1
    act = replace(asked, text=_REFUSING.sub("", asked.text)) if is_refusal else asked
    if len(subject_stems(act)) < LEAST_WORDS:
        return None
    told = [(e, _told(act, e, is_refusal)) for e in evidence[:N_READ] if names_itself(asked, e)]
    if any(says == "borne out" for _, says in told):
        return None
    return next((e for e, says in told if says == "denied"), None)


def _told(act: Asked, evidence: Evidence, is_refusal: bool) -> str | None:
    if _NOT_TOLD.search(evidence.text) or _IN_PART.search(evidence.text):
        return None
    # Who "would welcome" them does not refuse to: what is left open is against a refusal.
    says = stance(act, evidence.text, may_be_open=is_refusal)
    if says is None:
        return None
    return "borne out" if (says == "no") == is_refusal else "denied"
