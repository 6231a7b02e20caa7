"""What makes a text safe between HTML tags, and an address safe to click on. Pure."""

from __future__ import annotations

import html
from urllib.parse import urlsplit

from ui.render import clean


def esc(text: str) -> str:
    """Return text that is safe between tags and inside a quoted attribute."""
    return html.escape(clean(text), quote=True)


def link(url: str | None) -> str:
    """Return a link for an http or https address, and nothing for any other."""
    try:
        parts = urlsplit(clean(url or "").strip())
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return ""
    return (
        f'<a class="dl-link" href="{esc(parts.geturl())}" target="_blank" '
        f'rel="noopener noreferrer nofollow">{esc(parts.hostname)}</a>'
    )
