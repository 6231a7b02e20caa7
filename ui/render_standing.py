"""How an old citation stands now, in words: for the command line, the quotes and the article. Pure.

``label`` is a few words beside a quote that is shown anyway; ``note`` is a sentence or two above
an article that is not what it was.
"""

from __future__ import annotations

from rag.standing import Standing
from ui.render import date_label, one_line


def label(standing: Standing) -> str:
    """Return what became of a citation, or nothing where it stands as cited."""
    if standing.is_as_cited:
        return ""
    return f"{_label(standing)}{_noticed(standing)}"


def note(standing: Standing) -> str:
    """Return what to know about the article before reading it, or nothing where it is as cited."""
    if standing.is_as_cited:
        return ""
    when = _noticed(standing)
    match standing.fate:
        case "withdrawn":
            return (
                f"This article is in the library no more{when}: it is gone from its folder, and "
                "its text is not kept. It was cited for:"
            )
        case "unknown":
            return "This library has never held the article. It was cited for:"
        case "moved":
            then, now = standing.citation.article, standing.article.name if standing.article else ""
            return f"This article was moved since it was cited{when}: from {then} to {now}."
        case "misquoted":
            return "The article has not changed since it was cited, but it does not say this there:"
        case "same":
            rest = "The cited sentence is still the same."
        case "changed":
            rest = (
                "The cited sentence stands at another place now."
                if standing.span
                else "The cited sentence is in it no more:"
            )
    return f"This article has changed since it was cited{when}. {rest}"


def _label(standing: Standing) -> str:
    match standing.fate:
        case "same":
            return "article changed since, this sentence did not"
        case "moved":
            return f"moved to {one_line(standing.article.name) if standing.article else 'nowhere'}"
        case "changed" if standing.span:
            return "article changed since, the sentence stands at another place"
        case "changed":
            return "article changed since, the sentence is gone"
        case "misquoted":
            return "not what the article says there"
        case "withdrawn":
            return "withdrawn: the article is gone"
        case "unknown":
            return "never in this library"


def _noticed(standing: Standing) -> str:
    return f" (noticed on {date_label(standing.since)})" if standing.since else ""
