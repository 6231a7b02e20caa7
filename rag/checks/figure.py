"""Figures: every one of the draft must be given, with its unit, magnitude and bound."""

from __future__ import annotations

from rag.checks.source import Flaw, Source
from rag.figures import Bound, Figure, agree, figures

_WORDS: dict[Bound, str] = {"over": "more than", "under": "up to", "about": "about"}


def figure_flaw(draft: str, source: Source) -> Flaw | None:
    """Return what is wrong with the draft's figures.

    A bound that is turned over is false; one that is left out or added says more than the source.
    """
    partly = None
    for figure in figures(draft):
        same = [g for g in source.figures if _retells(figure, g)]
        if not same:
            return Flaw(f"The figure {figure.text} does not stand in the cited sentence.")
        bounds = {g.bound for g in same}
        if figure.bound in bounds:
            continue
        given_as = f"The cited sentence says {_WORDS.get(same[0].bound, 'exactly')} {figure.text}"
        if bounds <= {"over", "under"} and figure.bound in {"over", "under"}:
            return Flaw(f"{given_as}, not {_WORDS[figure.bound]} it.")
        if figure.bound != "about":  # "about" claims less than any other bound
            partly = partly or Flaw(f"{given_as}.", "partly")
    return partly


def _retells(drafted: Figure, given: Figure) -> bool:
    """Tell whether a drafted figure is the one given; only a draft that says "about" may round."""
    is_measured = drafted.unit and given.unit
    if is_measured and (drafted.kind, drafted.unit) != (given.kind, given.unit):
        return False  # neither miles are km, nor years of age a time of years
    return drafted.value == given.value or bool(drafted.bound and agree(drafted, given))
