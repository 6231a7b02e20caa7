"""The figure of a sentence that answers a question. Pure: knows the sentence and the question."""

from __future__ import annotations

import re
from itertools import pairwise

from rag.asked import Asked, counts_same, measures, name_stems
from rag.figures import Figure, figures
from rag.terms import holds, names, stems

_CLAUSE = re.compile(r"[;:]|,? (?:while|whereas|but)\b|, and\b")
_RATE = re.compile(r"\s*(?:[\w-]+ ){0,2}per\b|\s?/\s?(?=[a-z])", re.I)  # behind a figure
_LIST = re.compile(r"(?:[A-ZÀ-Þ]\w+(?: [A-ZÀ-Þ]\w+)*, )+[A-ZÀ-Þ]\w+,? and [A-ZÀ-Þ]\w+")

FOCUS_WORDS = 3  # what the name that matters most weighs, counted in other words


def telling_figure(asked: Asked, text: str, *, strictly: bool = False) -> Figure | None:
    """Return the figure of a sentence that answers: in the clause that holds most of the question.

    "Georgia said 53,000 had come, while Kazakhstan said 98,000": asked about Georgia, 53,000. A
    total over a list of names ("to Finland, Georgia and Kazakhstan") answers for none of them.
    Figures that count the very thing asked for go first; ``strictly``: no other is taken.
    """
    if _is_total(asked, text):
        return None
    told = [f for f in figures(text) if measures(asked, f) and not _is_rate(asked, text, f)]
    exact = [figure for figure in told if counts_same(asked, figure)]
    if exact or strictly:
        told = exact
    elif asked.counted:  # a "two-lane" road counts nothing
        told = [f for f in told if text[f.end : f.end + 1] != "-"]
    best: tuple[int, Figure] | None = None
    for start, end in pairwise([0, *(m.start() for m in _CLAUSE.finditer(text)), len(text)]):
        figure = next((f for f in told if start <= f.start < end), None)
        if figure is None:
            continue
        inside = set(stems(text[start:end]))
        held = sum(holds(inside, word) for word in asked.stems)
        if asked.focus and any(holds(inside, s) for s in name_stems(asked.focus)):
            held += FOCUS_WORDS
        if best is None or held > best[0]:
            best = (held, figure)
    return best[1] if best else None


def _is_rate(asked: Asked, text: str, figure: Figure) -> bool:
    """Tell whether a figure, where things are counted, is so many of them to one of another."""
    is_counted = asked.counted or "count" in asked.kinds
    return bool(is_counted and figure.kind == "count" and _RATE.match(text, figure.end))


def _is_total(asked: Asked, text: str) -> bool:
    if asked.focus is None:
        return False
    wanted = name_stems(asked.focus)
    for match in _LIST.finditer(text):
        listed = [name for name in names(match.group()) if name != asked.focus]
        inside = set(stems(match.group()))
        if len(listed) >= 2 and any(holds(inside, s) for s in wanted):
            return True
    return False
