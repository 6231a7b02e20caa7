"""An answer as plain text for a terminal, and as Markdown for a file. Pure.

Article text is somebody else's: every function here removes what could steer a terminal or hide
in a page (``clean``), and Markdown is escaped so that an article cannot plant a link or an image.
``ui/render_html.py`` draws the same parts for the page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date

from rag.ranking import Why
from rag.schema import Answer, Citation, Conflict, Removed

STATUS_LABELS = {
    "answered": "Answered",
    "partial": "Partly answered",
    "conflicting": "Articles disagree",
    "abstained": "Not in these articles",
}
WRITER_LABELS = {
    "local": "written by the local model",
    "remote": "written by a remote model",
    "extractive": "quotes only",
}
ABSTAINED = "No article in this folder says this."
DATE_UNKNOWN = "date unknown"
OUTLET_UNKNOWN = "unknown outlet"

# Dates that a page states about itself need no comment; the other sources are worth knowing.
_PROVENANCE = {
    "json-ld": "",
    "meta": "",
    "url": "date from the address",
    "byline": "date from the text",
    "field": "date from the record",
    "front-matter": "date from the file's header",
    "header": "date from the e-mail",
    "unknown": "",
}
_SHARES = {
    "dense": "Meaning of its passage",
    "lexical": "Words of its passage",
    "sentence": "Its nearest sentence",
    "article": "Words of the whole article",
    "title": "Headline",
    "lead": "Headline and opening",
    "centre": "Nearest passage of the article",
    "date": "Day of publication",
    "prefers": "Outlet or author that you named",
}
# Controls (terminal escapes among them), direction overrides, zero-width and tag characters: they
# hide text or reorder it. Zero-width joiners stay, since Persian and Hindi are misspelt without.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff"
    "\U000e0000-\U000e007f]"
)
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#!|~&])")


def clean(text: str) -> str:
    """Return the text without characters that a reader cannot see; tabs and newlines stay."""
    return _UNSEEN.sub("", text.encode("utf-8", "replace").decode("utf-8"))


def json_text(value: object, indent: int | None = None) -> str:
    """Return a value as JSON that is exact and safe to show: what cannot be seen is escaped."""
    written = json.dumps(value, ensure_ascii=False, indent=indent)
    return _UNSEEN.sub(_escaped, written)


def one_line(text: str) -> str:
    """Return cleaned text with every run of white space as one space."""
    return " ".join(clean(text).split())


def shorten(text: str, limit: int = 300) -> str:
    """Return at most ``limit`` characters on one line, with an ellipsis where text is missing."""
    line = one_line(text[: limit * 4])
    return line if len(line) <= limit and len(text) <= limit * 4 else f"{line[: limit - 1]}…"


def date_label(published: str | None) -> str:
    """Return an ISO date as a reader writes it (28 September 2022), or that it is unknown."""
    if not published:
        return DATE_UNKNOWN
    try:
        day = date.fromisoformat(published)
    except ValueError:
        return clean(published)
    return f"{day.day} {day:%B %Y}"


def provenance_label(published_from: str) -> str:
    """Return where a date was read, or nothing where the page itself states it."""
    return _PROVENANCE.get(published_from, f"date from {clean(published_from)}")


def reasons(why: Why) -> list[tuple[str, float]]:
    """Return why a sentence was found, as (what counted, how much in [0, 1]); zeros left out."""
    shares = asdict(why.passage)
    told = [
        ("Meaning of the sentence", why.dense),
        ("Words of the question in it", why.coverage),
        *((label, shares[name]) for name, label in _SHARES.items()),
        ("Its passage in all", why.score),
    ]
    return [(label, min(1.0, value)) for label, value in told if value > 0]


def source_label(citation: Citation) -> str:
    """Return the outlet, or the file's name where no outlet is known."""
    return one_line(citation.source) or one_line(citation.article) or OUTLET_UNKNOWN


def origin(citation: Citation) -> str:
    """Return who said it and when: ``Harbour Post, 3 May 2024 (date from the text)``."""
    note = provenance_label(citation.published_from) if citation.published else ""
    told = f"{source_label(citation)}, {date_label(citation.published)}{f' ({note})' * bool(note)}"
    return f"{told}; {also_in(citation)}" if citation.also else told


def also_in(citation: Citation) -> str:
    """Return which other outlets print the same words; "" where none does."""
    return f"also in {one_line(', '.join(citation.also))}" if citation.also else ""


def place(citation: Citation) -> str:
    """Return where the sentence stands: the file's name, and the page where it has pages."""
    name = one_line(citation.article)
    return name if citation.page is None else f"{name}, page {citation.page}"


def cited(answer: Answer) -> tuple[Citation, ...]:
    """Return the citations that a claim or a side of a conflict points at, in number order."""
    numbers = {n for claim in answer.claims for n in claim.citations}
    numbers |= {n for conflict in answer.conflicts for s in conflict.sides for n in s.citations}
    return tuple(sorted((c for c in answer.citations if c.n in numbers), key=lambda c: c.n))


def uncited(answer: Answer) -> tuple[Citation, ...]:
    """Return the evidence that was found and not used, in number order."""
    used = {citation.n for citation in cited(answer)}
    return tuple(sorted((c for c in answer.citations if c.n not in used), key=lambda c: c.n))


def facts(answer: Answer) -> str:
    """Return how the answer came about: writer, articles searched, seconds."""
    written = answer.status != "abstained"
    parts = [WRITER_LABELS.get(answer.writer, answer.writer)] if written else []
    if answer.retrieved:
        n = len(set(answer.retrieved))
        parts.append(f"{n} article{'s' * (n != 1)} found")
    if "total_s" in answer.timings:
        parts.append(f"{answer.timings['total_s']:.1f} s")
    return " · ".join(parts)


def render_text(answer: Answer) -> str:
    """Return the answer for a terminal: prose with [n], then the numbered quotes."""
    prose = ABSTAINED if answer.status == "abstained" else clean(answer.answer)
    about = facts(answer)
    blocks = [f"{STATUS_LABELS[answer.status]}{f' ({about})' * bool(about)}", prose]
    blocks += [f"Note: {one_line(notice)}" for notice in answer.notices]
    blocks += [_conflict_text(conflict, answer.citations) for conflict in answer.conflicts]
    if quotes := cited(answer):
        blocks.append("\n".join(["Quotes", *(quote_text(c) for c in quotes)]))
    if answer.near_misses:
        blocks.append(
            "\n".join(["Nearest sentences", *(quote_text(c) for c in answer.near_misses)])
        )
    if answer.removed:
        blocks.append("\n".join(["Removed, since the check failed", *_removed(answer.removed)]))
    return "\n\n".join(blocks) + "\n"


def render_markdown(answer: Answer) -> str:
    """Return the answer as a Markdown page; nothing in it can load or link to another host."""
    prose = ABSTAINED if answer.status == "abstained" else clean(answer.answer)
    stated = (STATUS_LABELS[answer.status], facts(answer), f"as of {_md(answer.as_of)}")
    blocks = [
        f"# {_md(answer.question)}",
        "*" + "; ".join(filter(None, stated)) + "*",
        *(_md(paragraph) for paragraph in prose.split("\n\n")),
    ]
    blocks += [f"**Note:** {_md(notice)}" for notice in answer.notices]
    for conflict in answer.conflicts:
        sides = _conflict_text(conflict, answer.citations).splitlines()
        blocks += [f"**{_md(sides[0])}**", "\n".join(f"- {_md(side)}" for side in sides[1:])]
    for heading, quotes in (("Quotes", cited(answer)), ("Nearest sentences", answer.near_misses)):
        if quotes:
            blocks.append(f"## {heading}")
            blocks += [_quote_markdown(citation) for citation in quotes]
    if answer.removed:
        removed = "\n".join(f"- {_md(line)}" for line in _removed(answer.removed))
        blocks += ["## Removed, since the check failed", removed]
    return "\n\n".join(blocks) + "\n"


def _escaped(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _conflict_text(conflict: Conflict, citations: Iterable[Citation]) -> str:
    by_number = {citation.n: citation for citation in citations}
    lines = [f"Articles disagree: {one_line(conflict.about)}"]
    for side in conflict.sides:
        says = [f"{origin(by_number[n])} [{n}]" for n in side.citations if n in by_number]
        lines.append(f"  {one_line(side.value)}: {'; '.join(says)}")
    return "\n".join(lines)


def quote_text(citation: Citation) -> str:
    """Return a citation as two lines: number, origin and place; then the quote."""
    where = " · ".join(filter(None, (one_line(citation.title), place(citation))))
    return f'[{citation.n}] {origin(citation)} · {where}\n    "{one_line(citation.quote)}"'


def _quote_markdown(citation: Citation) -> str:
    where = ", ".join(filter(None, (one_line(citation.title), place(citation))))
    return (
        f"> {_md(citation.quote)}\n\n\\[{citation.n}\\] {_md(origin(citation))}; {_md(where)}; "
        f"characters {citation.start} to {citation.end}"
    )


def _removed(removed: Iterable[Removed]) -> list[str]:
    return [f"- {one_line(each.text)} ({one_line(each.reason)})" for each in removed]


def _md(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", one_line(text))
