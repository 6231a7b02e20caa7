"""An article as HTML for the reader beside the conversation, with one sentence marked. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from index.schema import Article
from rag.schema import Citation
from rag.standing import Standing
from ui import render
from ui.escape import esc, link
from ui.render_standing import note

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_BACK = '<button type="button" class="dl-back" data-do="back">Back to the answer</button>'
_BREAK = re.compile(r"\n\s*\n")


def render_standing(standing: Standing) -> str:
    """Return what a citation points at: its article as it is now, with what became of it."""
    article, citation, told = standing.article, standing.citation, note(standing)
    is_gone = standing.span is None
    warning = _warning(told, citation.quote if is_gone else "") if told else ""
    if article is None:
        return (
            f'<article class="dl-article" aria-label="Article">{_BACK}'
            f"{_head_of_citation(citation)}{warning}</article>"
        )
    return render_article(article, *(standing.span or (0, 0)), warning=warning)


def render_article(article: Article, start: int, end: int, *, warning: str = "") -> str:
    """Return the article's clean text with ``text[start:end]`` marked.

    Args:
        article: The article to show.
        start: First character of the cited sentence, 0-based.
        end: One past its last character; a span outside the text marks what lies inside.
        warning: HTML to be put where it is seen with the mark, or at the top without one.
    """
    start, end = max(0, start), min(len(article.text), end)
    paragraphs = [
        f'<p dir="auto">{_marked(article.text, first, last, span=(start, end))}</p>'
        for first, last in _paragraphs(article.text)
    ]
    at = next((n for n, paragraph in enumerate(paragraphs) if "<mark" in paragraph), 0)
    body = "".join((*paragraphs[:at], warning, *paragraphs[at:]))
    page = article.page_of(start) if start < end else None
    language = article.language or ""
    lang = f' lang="{language}"' if _LANGUAGE.fullmatch(language) else ""
    return (
        f'<article class="dl-article" aria-label="Article">'
        f'{_BACK}{_head(article, page)}<div class="dl-body"{lang}>{body}</div></article>'
    )


def render_missing(message: str) -> str:
    """Return what the reader shows when an article cannot be opened."""
    return f'<div class="dl-empty"><p class="dl-error" role="alert">{esc(message)}</p></div>'


def _warning(told: str, quote: str) -> str:
    quoted = f' <q dir="auto">{esc(render.one_line(quote))}</q>' if quote else ""
    return (
        f'<p class="dl-notice dl-outdated-note" role="status" tabindex="-1">{esc(told)}{quoted}</p>'
    )


def _head(article: Article, page: int | None) -> str:
    paged = f"page {page} of {len(article.pages)}" if page is not None else ""
    authors = ", ".join(render.one_line(author) for author in article.authors)
    where = (esc(render.one_line(article.name)), paged, link(article.url))
    return _header(article, article.name, where=where, authors=authors)


def _head_of_citation(citation: Citation) -> str:
    where = (esc(render.place(citation)), link(citation.url))
    return _header(citation, citation.article, where=where, authors="")


def _header(told: Article | Citation, name: str, *, where: Iterable[str], authors: str) -> str:
    """Draw outlet, date, headline, authors, and where the article stands (as HTML)."""
    read_from = render.provenance_label(told.published_from) if told.published else ""
    outlet = render.one_line(told.source) or render.OUTLET_UNKNOWN
    dated = f'<span class="{"dl-date" if told.published else "dl-date dl-undated"}">'
    lines = [
        f'<span class="dl-source">{esc(outlet)}</span>',
        f"{dated}{esc(render.date_label(told.published))}</span>",
        f'<span class="dl-note">{esc(read_from)}</span>' if read_from else "",
    ]
    title = render.one_line(told.title) or render.one_line(name)
    return (
        f'<header class="dl-article-head"><p class="dl-card-top">{"".join(lines)}</p>'
        f'<h2 class="dl-title" dir="auto">{esc(title)}</h2>'
        + (f'<p class="dl-authors">By {esc(authors)}</p>' if authors else "")
        + f'<p class="dl-file">{" · ".join(filter(None, where))}</p></header>'
    )


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each paragraph; offsets refer to the article's text."""
    at = 0
    for gap in _BREAK.finditer(text):
        if gap.start() > at:
            yield at, gap.start()
        at = gap.end()
    if at < len(text):
        yield at, len(text)


def _marked(text: str, first: int, last: int, *, span: tuple[int, int]) -> str:
    start, end = max(first, span[0]), min(last, span[1])
    if start >= end:
        return _lines(text[first:last])
    return (
        f'{_lines(text[first:start])}<mark tabindex="-1">{_lines(text[start:end])}</mark>'
        f"{_lines(text[end:last])}"
    )


def _lines(text: str) -> str:
    return esc(text).replace("\n", "<br>")
