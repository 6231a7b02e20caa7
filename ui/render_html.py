"""Answers and articles as HTML for the page. Pure, and safe whatever the articles contain.

Every text goes through ``esc``; no Markdown is interpreted; a link appears only for an http or
https address. A citation marker exists only for a citation that exists.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from rag.ranking import Why
from rag.schema import Answer, Citation, Claim, Conflict, Question, Removed
from rag.standing import Standing
from ui import render
from ui.escape import esc
from ui.exchange import Exchange
from ui.render_citation import Cited, Numbered, folded, marker, quotes
from ui.render_question import facts, to_edit
from ui.render_standing import label

_MARKERS = re.compile(r"^(?:\s*\[\d+\])+")
_VERDICT_NOTES = {"partly": "The quote supports this only in part.", "unsupported": "Not supported"}
READER_HINT = (
    '<div class="dl-empty"><p class="dl-empty-title">The article, where it says so</p>'
    "<p>Choose a number in an answer, or a quote, and the sentence it stands on is shown here "
    "in its article.</p></div>"
)


def render_conversation(exchanges: Iterable[Exchange]) -> str:
    """Return earlier exchanges, oldest first."""
    return "".join(render_exchange(exchange) for exchange in exchanges)


def render_exchange(exchange: Exchange) -> str:
    """Return one question with its answer, in whatever state it is."""
    parts = [
        f'<h2 class="dl-question" dir="auto">{esc(render.one_line(exchange.question))}</h2>',
        _understood(exchange.understood),
    ]
    if exchange.answer is not None:
        parts.append(render_answer(exchange.answer, exchange.standings))
    else:
        parts.append(_unfinished(exchange))
    return (
        f'<article class="dl-turn" data-progress="{exchange.progress}">{"".join(parts)}</article>'
    )


def render_answer(answer: Answer, standings: Sequence[Standing] = ()) -> str:
    """Return a finished answer: badge, prose, disagreement, quotes, what was left out.

    ``standings`` are of citations that are not what they were when the answer was given.
    """
    numbered = _numbered(answer.citations, standings, answer.why)
    nearest = _numbered(answer.near_misses, standings, answer.why)
    return "".join(
        [
            f'<p class="dl-status"><span class="dl-badge dl-{esc(answer.status)}">'
            f"{render.STATUS_LABELS[answer.status]}</span>"
            f'<span class="dl-facts">{esc(render.facts(answer))}</span></p>',
            _notices((*_outdated(standings), *answer.notices)),
            _prose(answer, numbered),
            *(_conflict(conflict, numbered) for conflict in answer.conflicts),
            quotes("Quotes", (numbered[c.n] for c in render.cited(answer))),
            quotes("The nearest sentences", nearest.values()),
            folded("Also found, not used", (numbered[c.n] for c in render.uncited(answer))),
            _removed(answer.removed),
            _actions(answer),
        ]
    )


def _understood(question: Question | None) -> str:
    if question is None:
        return ""
    parts = [esc(fact) for fact in facts(question)]
    if render.one_line(question.standalone) != render.one_line(question.text):
        text = esc(render.shorten(question.standalone, 600))
        edit = (
            '<button type="button" class="dl-edit" data-do="edit" '
            f'data-text="{esc(to_edit(question))}">Edit</button>'
        )
        parts.insert(0, f"Searched for <q>{text}</q> {edit}")
    return f'<p class="dl-understood">{" · ".join(parts)}</p>'


def _unfinished(exchange: Exchange) -> str:
    numbered = _numbered(exchange.evidence, exchange.standings)
    status = {
        "running": '<span class="dl-busy" role="status">'
        + ("Reading the quotes" if exchange.evidence else "Searching the articles")
        + "</span>",
        "stopped": '<span class="dl-badge dl-stopped">Stopped</span>'
        '<span class="dl-facts">What was checked so far is kept.</span>',
        "failed": '<span class="dl-badge dl-failed">No answer</span>',
        "finished": "",
    }[exchange.progress]
    claims = " ".join(_claim(claim, numbered) for claim in exchange.claims)
    return "".join(
        [
            f'<p class="dl-status">{status}</p>',
            f'<p class="dl-error" role="alert">{esc(exchange.error)}</p>' * bool(exchange.error),
            _notices(exchange.notices),
            f'<div class="dl-prose" aria-live="polite"><p dir="auto">{claims}</p></div>'
            * bool(claims),
            quotes("Quotes found", numbered.values()),
        ]
    )


def _numbered(
    citations: Iterable[Citation], standings: Sequence[Standing], reasons: Iterable[Why] = ()
) -> Numbered:
    fates = {standing.citation.n: label(standing) for standing in standings}
    why = {each.n: each for each in reasons}
    return {c.n: Cited(c, fates.get(c.n, ""), why.get(c.n)) for c in citations}


def _outdated(standings: Sequence[Standing]) -> list[str]:
    """Say how much of what an answer cites does not stand as it did."""
    n = sum(not standing.stands for standing in standings)
    what = "one sentence" if n == 1 else f"{n} sentences"
    told = (
        f"What is cited here has changed since ({what}, see the quotes): ask again to be answered "
        "from the articles as they are now."
    )
    return [told] if n else []


def _notices(notices: Iterable[str]) -> str:
    return "".join(f'<p class="dl-notice" role="status">{esc(text)}</p>' for text in notices)


def _prose(answer: Answer, numbered: Numbered) -> str:
    """Draw the answer from its claims, so that a "[1]" inside a quoted text stays text."""
    if answer.status == "abstained":
        return f'<p class="dl-abstain">{render.ABSTAINED}</p>'
    claims = sorted(answer.claims, key=lambda claim: claim.start)
    pieces, at = [], 0
    for claim in claims:
        if claim.start < at or answer.answer[claim.start : claim.end] != claim.text:
            pieces, at = [" ".join(_claim(each, numbered) for each in claims)], len(answer.answer)
            break
        pieces += [_gap(answer.answer[at : claim.start]), _claim(claim, numbered)]
        at = claim.end
    pieces.append(_gap(answer.answer[at:]))
    prose = "".join(pieces).strip()
    return f'<div class="dl-prose" aria-live="polite"><p dir="auto">{prose}</p></div>'


def _gap(text: str) -> str:
    """Draw what stands between two claims; the markers in it are drawn with their claim."""
    rest = esc(_MARKERS.sub("", text))
    return re.sub(r"\n\s*\n", '</p><p dir="auto">', rest).replace("\n", "<br>")


def _claim(claim: Claim, numbered: Numbered) -> str:
    note = _VERDICT_NOTES.get(claim.verdict, "")
    title = f' title="{note}"' if note else ""
    markers = "".join(marker(numbered[n]) for n in claim.citations if n in numbered)
    text = render.one_line(claim.text)
    # The markers must not be torn from the last word at a line's end.
    start, space, last = text.rpartition(" ") if len(text.split(" ")[-1]) < 24 else (text, "", "")
    return (
        f'<span class="dl-claim" data-verdict="{esc(claim.verdict)}"{title}>{esc(start + space)}'
        f'<span class="dl-end">{esc(last)}{markers}</span></span>'
    )


def _conflict(conflict: Conflict, numbered: Numbered) -> str:
    rows = "".join(
        f'<tr><th scope="row" dir="auto">{esc(side.value)}</th><td>'
        + "".join(
            f'<span class="dl-says">{esc(render.origin(numbered[n].citation))} '
            f"{marker(numbered[n])}</span>"
            for n in side.citations
            if n in numbered
        )
        + "</td></tr>"
        for side in conflict.sides
    )
    return (
        f'<table class="dl-conflict"><caption>Articles disagree: {esc(conflict.about)}</caption>'
        '<thead><tr><th scope="col">Said</th><th scope="col">Who says so, and when</th></tr>'
        f"</thead><tbody>{rows}</tbody></table>"
    )


def _removed(removed: tuple[Removed, ...]) -> str:
    rows = "".join(
        f'<li><s dir="auto">{esc(each.text)}</s> '
        f'<span class="dl-why">{esc(each.reason)}</span></li>'
        for each in removed
    )
    summary = f"Removed, since the check failed ({len(removed)})"
    return (
        f'<details class="dl-fold"><summary>{summary}</summary>'
        f'<ul class="dl-removed">{rows}</ul></details>'
        if rows
        else ""
    )


def _actions(answer: Answer) -> str:
    """Draw the buttons, each with the text it copies or saves: no file is left on the server."""
    stem = re.sub(r"[^A-Za-z0-9-]", "", answer.id)[:40] or "answer"
    exports = (
        ("Copy", "copy", "", "text/plain", render.render_text(answer)),
        ("Save JSON", "save", f"dateline-{stem}.json", "application/json", _json(answer)),
        (
            "Save Markdown",
            "save",
            f"dateline-{stem}.md",
            "text/markdown",
            render.render_markdown(answer),
        ),
    )
    buttons = "".join(
        f'<button type="button" class="dl-action" data-do="{do}" data-name="{name}" '
        f'data-type="{kind}" data-text="{esc(text)}">{label}</button>'
        for label, do, name, kind, text in exports
    )
    return f'<p class="dl-actions">{buttons}</p>'


def _json(answer: Answer) -> str:
    # ASCII, so that a character which ``esc`` would drop reaches the file: quotes stay exact.
    return json.dumps(answer.to_dict(), indent=2) + "\n"
