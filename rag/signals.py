"""What speaks for and against a claim in a text: words, order of words, figures, names, flaws.

The sentences that matter are found first, so that a long text costs little more than a short one.
No model is asked here; the learned checker's scores of the best windows are added by the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from index.split import sentences
from rag.checks import Source, plain
from rag.checks.date import date_flaw
from rag.checks.direction import direction_flaw
from rag.checks.figure import figure_flaw
from rag.checks.modality import modality_flaw
from rag.checks.name import name_flaw
from rag.checks.negation import negation_flaw
from rag.checks.quotation import quotation_flaw
from rag.checks.roles import roles_flaw
from rag.terms import STOP_WORDS, content_words, stem, stems, words

N_WINDOWS = 2  # stretches of a text that the learned checker reads: a third finds nothing more
MAX_WINDOW = 3  # sentences in a stretch

_AGAINST_THE_TEXT = (quotation_flaw, figure_flaw, date_flaw, name_flaw)
_AGAINST_A_WINDOW = (negation_flaw, direction_flaw, modality_flaw, roles_flaw)


@dataclass(frozen=True, slots=True)
class Window:
    """Sentences ``first`` to ``last`` of a text, and the share of the claim's words they hold."""

    text: str
    first: int
    last: int
    held: float


@dataclass(frozen=True, slots=True)
class Signals:
    """Signals of one claim sentence, each in [0, 1]; ``new_*`` and ``flaws`` speak against it.

    ``windows`` are where to look, best first.
    """

    words: float  # weighted share of its words anywhere in the text
    near: float  # the same in the best window
    pairs: float  # share of its neighbouring words that are neighbours in the text
    order: float  # share of its words that stand in the best window in its order
    rarest: float  # weight of its weightiest word that the text lacks
    new_figures: float  # 1 where a figure, date or quotation of it does not stand in the text
    new_names: float
    flaws: float  # 1 where the best window denies it, turns it round or leaves it open
    windows: tuple[Window, ...]


class Text:
    """A text taken apart once, for all claims that are held against it."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = tuple(sentences)
        self.whole = plain("\n".join(self.sentences))
        self.stems = tuple(frozenset(stems(s)) for s in self.sentences)
        self.neighbours = frozenset(pair for s in self.sentences for pair in pairwise(_bare(s)))


def split(text: str) -> tuple[str, ...]:
    """Return the sentences of a text."""
    return tuple(text[s.start : s.end] for s in sentences(text))


@lru_cache(maxsize=8)
def taken_apart(text: str) -> Text:
    """Return a text taken apart; kept for claims that follow each other about one text."""
    return Text(split(text))


def signals(claim: str, text: Text) -> Signals:
    """Return the signals of one claim sentence in a text."""
    weights = _weights(claim)
    total = sum(weights.values()) or 1.0
    held_by = [weights.keys() & held for held in text.stems]
    anywhere = frozenset().union(*held_by) if held_by else frozenset()
    found = windows(weights, held_by, text.sentences)
    missing = [weight for word, weight in weights.items() if word not in anywhere]
    best = plain(found[0].text if found else "")
    new_figures, new_names = _new(claim, text.whole)
    return Signals(
        words=sum(weights[w] for w in anywhere) / total,
        near=found[0].held if found else 0.0,
        pairs=_pairs(claim, text),
        order=_in_order(words(claim), words(found[0].text)) if found else 0.0,
        rarest=max(missing, default=0.0),
        new_figures=new_figures,
        new_names=new_names,
        flaws=float(any(check(claim, best) is not None for check in _AGAINST_A_WINDOW)),
        windows=found,
    )


def windows(
    weights: dict[str, float], held_by: Sequence[frozenset[str] | set[str]], text: Sequence[str]
) -> tuple[Window, ...]:
    """Return the stretches of up to MAX_WINDOW sentences that hold most, the shortest first."""
    total = sum(weights.values()) or 1.0
    every = []
    for first in range(len(text)):
        held: set[str] = set()
        for last in range(first, min(first + MAX_WINDOW, len(text))):
            held |= held_by[last]
            share = sum(weights[w] for w in held) / total
            every.append((share - 0.04 * (last - first), -first, first, last, share))
    every.sort(reverse=True)
    kept: list[Window] = []
    for _, _, first, last, share in every:
        if all(last < k.first or first > k.last for k in kept):
            kept.append(Window(" ".join(text[first : last + 1]), first, last, share))
        if len(kept) == N_WINDOWS:
            break
    return tuple(kept)


def _weights(claim: str) -> dict[str, float]:
    """Return how much each stem of the claim weighs: names and figures double, long words more."""
    named = {w.lower() for w in claim.split() if w[:1].isupper()}
    found = {}
    for word in content_words(claim):
        weight = 0.5 + min(len(word), 10) / 20
        found[stem(word)] = weight * (1.5 if word in named or word[0].isdigit() else 1.0)
    return found


def _pairs(claim: str, text: Text) -> float:
    wanted = set(pairwise(_bare(claim)))
    return len(wanted & text.neighbours) / len(wanted) if wanted else 0.0


def _in_order(claim: Sequence[str], text: Sequence[str]) -> float:
    """Return the longest common subsequence's share of the claim (ROUGE-L's recall, Lin 2004)."""
    row = [0] * (len(text) + 1)
    for word in claim:
        before = 0
        for j, other in enumerate(text, start=1):
            above = row[j]
            row[j] = before + 1 if word == other else max(above, row[j - 1])
            before = above
    return row[-1] / max(1, len(claim))


def _bare(text: str) -> list[str]:
    return [stem(w) for w in words(text) if w not in STOP_WORDS]


def _new(claim: str, source: Source) -> tuple[float, float]:
    *exact, name = _AGAINST_THE_TEXT
    figures = any((f := check(claim, source)) and f.verdict == "unsupported" for check in exact)
    return float(figures), float(name(claim, source) is not None)
