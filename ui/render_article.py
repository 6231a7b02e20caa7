"""An article as HTML for the reader beside the conversation, with one sentence marked. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.schema import Article
from ui import render
from ui.render_html import esc, link

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_BREAK = re.compile(r"\n\s*\n")


def render_article(article: Article, start: int, end: int) -> str:
    """Return the article's clean text with ``text[start:end]`` marked.

    Args:
        article: The article to show.
        start: First character of the cited sentence, 0-based.
        end: One past its last character; a span outside the text marks what lies inside.
    """
    start, end = max(0, start), min(len(article.text), end)
    body = "".join(
        f'<p dir="auto">{_marked(article.text, first, last, span=(start, end))}</p>'
        for first, last in _paragraphs(article.text)
    )
    language = article.language or ""
    lang = f' lang="{language}"' if _LANGUAGE.fullmatch(language) else ""
    return (
        f'<article class="dl-article" data-shown="{esc(article.id)}:{start}:{end}"'
        ' aria-label="Article">'
        '<button type="button" class="dl-back" data-do="back">Back to the answer</button>'
        f'{_head(article, article.page_of(start))}<div class="dl-body"{lang}>{body}</div></article>'
    )


def render_missing(message: str) -> str:
    """Return what the reader shows when an article cannot be opened."""
    return f'<div class="dl-empty"><p class="dl-error" role="alert">{esc(message)}</p></div>'


def _head(article: Article, page: int | None) -> str:
    note = render.provenance_label(article.published_from) if article.published else ""
    dated = f'<span class="{"dl-date" if article.published else "dl-date dl-undated"}">'
    outlet = render.one_line(article.source) or render.OUTLET_UNKNOWN
    title = render.one_line(article.title) or render.one_line(article.name)
    lines = [
        f'<span class="dl-source">{esc(outlet)}</span>',
        f"{dated}{esc(render.date_label(article.published))}</span>",
        f'<span class="dl-note">{esc(note)}</span>' if note else "",
    ]
    authors = ", ".join(render.one_line(author) for author in article.authors)
    paged = f"page {page} of {len(article.pages)}" if page is not None else ""
    where = (esc(render.one_line(article.name)), paged, link(article.url))
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
