"""Answers and articles as HTML for the page. Pure, and safe whatever the articles contain.

Every text goes through ``esc``; no Markdown is interpreted; a link appears only for an http or
https address. A citation marker exists only for a citation that exists.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from rag.schema import Answer, Citation, Claim, Conflict, Question, Removed
from ui import render
from ui.exchange import Exchange
from ui.render_question import facts, to_edit

Numbered = Mapping[int, Citation]

_MARKERS = re.compile(r"^(?:\s*\[\d+\])+")
_VERDICT_NOTES = {"partly": "The quote supports this only in part.", "unsupported": "Not supported"}
READER_HINT = (
    '<div class="dl-empty"><p class="dl-empty-title">The article, where it says so</p>'
    "<p>Choose a number in an answer, or a quote, and the sentence it stands on is shown here "
    "in its article.</p></div>"
)


def esc(text: str) -> str:
    """Return text that is safe between tags and inside a quoted attribute."""
    return html.escape(render.clean(text), quote=True)


def link(url: str | None) -> str:
    """Return a link for an http or https address, and nothing for any other."""
    try:
        parts = urlsplit(render.clean(url or "").strip())
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return ""
    return (
        f'<a class="dl-link" href="{esc(parts.geturl())}" target="_blank" '
        f'rel="noopener noreferrer nofollow">{esc(parts.hostname)}</a>'
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
        parts.append(render_answer(exchange.answer))
    else:
        parts.append(_unfinished(exchange))
    return (
        f'<article class="dl-turn" data-progress="{exchange.progress}">{"".join(parts)}</article>'
    )


def render_answer(answer: Answer) -> str:
    """Return a finished answer: badge, prose, disagreement, quotes, what was left out."""
    numbered = {citation.n: citation for citation in answer.citations}
    return "".join(
        [
            f'<p class="dl-status"><span class="dl-badge dl-{esc(answer.status)}">'
            f"{render.STATUS_LABELS[answer.status]}</span>"
            f'<span class="dl-facts">{esc(render.facts(answer))}</span></p>',
            _notices(answer.notices),
            _prose(answer, numbered),
            *(_conflict(conflict, numbered) for conflict in answer.conflicts),
            _quotes("Quotes", render.cited(answer)),
            _quotes("The nearest sentences", answer.near_misses),
            _folded("Also found, not used", render.uncited(answer)),
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
    numbered = {citation.n: citation for citation in exchange.evidence}
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
            _quotes("Quotes found", exchange.evidence),
        ]
    )


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


def marker(citation: Citation) -> str:
    """Return the [n] that opens the cited sentence in its article."""
    label = f"Source {citation.n}: {render.origin(citation)}. Show the sentence in its article."
    return (
        f'<button type="button" class="dl-cite" {_target(citation)} '
        f'aria-label="{esc(label)}">[{citation.n}]</button>'
    )


def _target(citation: Citation) -> str:
    return (
        f'data-do="cite" data-article="{esc(citation.article_id or citation.article)}" '
        f'data-start="{citation.start}" data-end="{citation.end}" '
        f'data-from="{esc(render.origin(citation))}" '
        f'data-quote="{esc(render.shorten(citation.quote, 400))}"'
    )


def _conflict(conflict: Conflict, numbered: Numbered) -> str:
    rows = "".join(
        f'<tr><th scope="row" dir="auto">{esc(side.value)}</th><td>'
        + "".join(
            f'<span class="dl-says">{esc(render.origin(numbered[n]))} {marker(numbered[n])}</span>'
            for n in side.citations
            if n in numbered
        )
        + "</td></tr>"
        for side in conflict.sides
    )
    return (
        f'<table class="dl-conflict"><caption>Articles disagree: {esc(conflict.about)}</caption>'
        '<thead><tr><th scope="col">Figure</th><th scope="col">Who says so, and when</th></tr>'
        f"</thead><tbody>{rows}</tbody></table>"
    )


def _quotes(heading: str, citations: Iterable[Citation]) -> str:
    cards = "".join(_card(citation) for citation in citations)
    return (
        f'<h3 class="dl-heading">{heading}</h3><ol class="dl-quotes">{cards}</ol>' if cards else ""
    )


def _folded(heading: str, citations: tuple[Citation, ...]) -> str:
    cards = "".join(_card(citation) for citation in citations)
    summary = f"{heading} ({len(citations)})"
    return (
        f'<details class="dl-fold"><summary>{summary}</summary>'
        f'<ol class="dl-quotes">{cards}</ol></details>'
        if cards
        else ""
    )


def _card(citation: Citation) -> str:
    when = render.date_label(citation.published)
    outlet = render.one_line(citation.source) or render.OUTLET_UNKNOWN
    note = render.provenance_label(citation.published_from) if citation.published else ""
    return (
        f'<li class="dl-card"><button type="button" class="dl-card-open" {_target(citation)}>'
        f'<span class="dl-card-top"><span class="dl-n">{citation.n}</span>'
        f'<span class="dl-source">{esc(outlet)}</span>'
        f'<span class="dl-date{" dl-undated" * (not citation.published)}">{esc(when)}</span>'
        + (f'<span class="dl-note">{esc(note)}</span>' if note else "")
        + f'</span><span class="dl-quote" dir="auto">{esc(render.one_line(citation.quote))}</span>'
        f'<span class="dl-card-foot"><span class="dl-card-title" dir="auto">'
        f"{esc(render.one_line(citation.title))}</span>"
        f'<span class="dl-file">{esc(render.one_line(citation.article))}</span></span>'
        "</button></li>"
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
