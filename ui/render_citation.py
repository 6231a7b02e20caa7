"""A citation as HTML: the marker in the text, the quote below it. Pure.

Both carry the citation itself, so that the page can ask how it stands when it is opened.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from rag.ranking import Why
from rag.schema import Citation
from ui import render
from ui.escape import esc


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation, in a few words what became of it since (nothing, mostly), and why it is here."""

    citation: Citation
    fate: str = ""
    why: Why | None = None


Numbered = Mapping[int, Cited]


def marker(cited: Cited) -> str:
    """Return the [n] that opens the cited sentence in its article."""
    citation = cited.citation
    fate = f" {cited.fate[:1].upper()}{cited.fate[1:]}." if cited.fate else ""
    label = (
        f"Source {citation.n}: {render.origin(citation)}.{fate} Show the sentence in its article."
    )
    return (
        f'<button type="button" class="dl-cite{" dl-outdated" * bool(fate)}" {_target(cited)} '
        f'aria-label="{esc(label)}">[{citation.n}]</button>'
    )


def quotes(heading: str, shown: Iterable[Cited]) -> str:
    """Return the quotes below their heading; nothing where there is none."""
    cards = "".join(map(_card, shown))
    return (
        f'<h3 class="dl-heading">{heading}</h3><ol class="dl-quotes">{cards}</ol>' if cards else ""
    )


def folded(heading: str, shown: Iterable[Cited]) -> str:
    """Return quotes that are seen only when their heading is clicked."""
    cards = [_card(cited) for cited in shown]
    return (
        f'<details class="dl-fold"><summary>{heading} ({len(cards)})</summary>'
        f'<ol class="dl-quotes">{"".join(cards)}</ol></details>'
        if cards
        else ""
    )


def _card(cited: Cited) -> str:
    citation = cited.citation
    outlet = render.one_line(citation.source) or render.OUTLET_UNKNOWN
    note = render.provenance_label(citation.published_from) if citation.published else ""
    return (
        f'<li class="dl-card"><button type="button" class="dl-card-open" {_target(cited)}>'
        f'<span class="dl-card-top"><span class="dl-n">{citation.n}</span>'
        f'<span class="dl-source">{esc(outlet)}</span>'
        f'<span class="dl-date{" dl-undated" * (not citation.published)}">'
        f"{esc(render.date_label(citation.published))}</span>"
        + (f'<span class="dl-note">{esc(note)}</span>' if note else "")
        + (f'<span class="dl-note">{esc(render.also_in(citation))}</span>' * bool(citation.also))
        + (f'<span class="dl-fate">{esc(cited.fate)}</span>' if cited.fate else "")
        + f'</span><span class="dl-quote" dir="auto">{esc(render.one_line(citation.quote))}</span>'
        f'<span class="dl-card-foot"><span class="dl-card-title" dir="auto">'
        f"{esc(render.one_line(citation.title))}</span>"
        f'<span class="dl-file">{esc(render.place(citation))}</span></span>'
        f"</button>{_why(cited.why) if cited.why else ''}</li>"
    )


def _why(why: Why) -> str:
    """Return why a sentence was found, seen only when it is asked for."""
    rows = "".join(
        f'<div><dt>{label}</dt><dd><meter min="0" max="1" value="{value:.2f}" '
        f'aria-label="{label}"></meter> {value:.2f}</dd></div>'
        for label, value in render.reasons(why)
    )
    return (
        f'<details class="dl-fold dl-reasons"><summary>Why this sentence</summary>'
        f"<dl>{rows}</dl></details>"
    )


def _target(cited: Cited) -> str:
    """Return the attributes that a click and the tooltip read."""
    citation = cited.citation
    told = " · ".join(filter(None, (render.origin(citation), cited.fate)))
    # JSON in ASCII, so that a character which ``esc`` would drop comes back: quotes stay exact.
    return (
        f'data-do="cite" data-citation="{esc(json.dumps(asdict(citation)))}" '
        f'data-from="{esc(told)}" data-quote="{esc(render.shorten(citation.quote, 400))}"'
    )
