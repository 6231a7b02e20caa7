"""Does a sentence say that what a question asks about happened, that it did not, or neither?

For questions answered by yes or no ("Did the bridge collapse?"). What may happen, is demanded or
is only asked after is neither. Pure.
"""

from __future__ import annotations

import re
from typing import Literal

from rag.asked import Asked, subject_stems
from rag.terms import holds, stem, stems

Stance = Literal["yes", "no"]
SHARE = 0.6  # of the words that say what is asked, for a sentence to take a stance on it
WINDOW = 45  # characters before the act in which a word denies or leaves it open

_YES_NO = re.compile(
    r"^\W*(?:did|does|do|is|are|was|were|has|have|had)\s+(?!not\b|n['’]t)(?=\w)", re.IGNORECASE
)
_NOT = re.compile(
    r"\b(?:not|never|neither|nor|no(?:body| one|t a)?|without|false(?:ly)?|untrue|fake)\b"
    r"|n['’]t\b|\bden(?:y|ies|ied|ying|ials?)\b|\breject(?:s|ed|ing)?\b|\bdismiss(?:es|ed)?\b"
    r"|\brefut(?:e|es|ed)\b|\bfail(?:s|ed)? to\b|\brul(?:ed|es) out\b|\bdebunk\w*\b|\bdisput\w+\b",
    re.IGNORECASE,
)
_DENIED_AFTER = re.compile(
    r"\b(?:is|are|was|were) (?:false|untrue|fake|a hoax|unfounded|baseless|denied|not true)\b",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"\b(?:may|might|could|would|will|shall|should|if|whether|unless|plans?|planned|expected"
    r"|likely|possibl[ey]|about to|threat\w*|call(?:s|ed|ing)? (?:for|on)|demand\w*|urg\w+|wants?"
    r"|unclear|rumou?rs?|alleged\w*|suspect\w*|fears?|feared|ask\w*|consider\w*|propos\w*)\b|\?",
    re.IGNORECASE,
)


def is_yes_no(question: str) -> bool:
    """Tell whether a question wants yes or no."""
    return bool(_YES_NO.match(question)) and " or " not in question


def stance(asked: Asked, text: str, *, may_be_open: bool = False) -> Stance | None:
    """Return what a sentence says to a yes-no question; None where it leaves it open.

    ``may_be_open``: what may, would or should happen counts as if it did.
    """
    subject = subject_stems(asked)
    act = _act(text, subject)
    inside = set(stems(text))
    held = sum(holds(inside, word) for word in subject)
    if act is None or held < SHARE * len(subject):
        return None
    before = text[max(0, act[0] - WINDOW) : act[1]].rpartition(";")[2]
    denials = len(_NOT.findall(before)) + bool(_DENIED_AFTER.search(text, act[1]))
    if denials:
        return "no" if denials % 2 else None  # "did not deny that" is not "it happened"
    if text.rstrip().endswith("?") or (_OPEN.search(before) and not may_be_open):
        return None
    return "yes"


def _act(text: str, subject: set[str]) -> tuple[int, int] | None:
    """Return where the first and the last of the words asked about begin; None without any."""
    starts = [
        match.start()
        for match in re.finditer(r"[^\W\d_]+", text)
        if any(holds({stem(match.group().lower())}, word) for word in subject)
    ]
    return (starts[0], starts[-1]) if starts else None
