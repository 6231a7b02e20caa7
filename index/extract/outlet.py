"""The name of an outlet: of those that a page gives, the one to show; and headlines without it.

Judges names by what they are (a name before an address, no slogan) and by the page's own host;
knows no outlet by name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.extract.clean import clean_line, key, n_words

_TITLE_END = re.compile(r"^(?P<title>.{8,})\s+(?:[|–—·»-]|::)\s+(?P<site>[^|]{2,60})$")
_SLOGAN = re.compile(r"\s+[|–—-]\s+|:\s+")
_ADDRESS = re.compile(r"(?:www\.)?[a-z0-9-]+(?:\.[a-z]{2,})+")  # "Space.com" is a name
MAX_WORDS = 6
MIN_LETTERS = 3  # of a name that a host can bear out; two stand in any host by accident


def best_outlet(named: Sequence[tuple[str, str]], host: str) -> tuple[str, str]:
    """Return the best of (name, where it was read), or ("", "").

    A name is better than an address or a word in small letters, and one that the page's host
    bears out better than one it does not; otherwise the earlier wins.
    """
    bare = [(_without_slogan(name), where) for name, where in named]
    address = squeezed(host.removeprefix("www."))

    def rank(pair: tuple[str, str]) -> tuple[bool, bool]:
        name = pair[0]
        is_address = bool(_ADDRESS.fullmatch(name)) or (name.isascii() and name.islower())
        bare = squeezed(name.lower().removeprefix("the "))
        return is_address, len(bare) < MIN_LETTERS or bare not in address

    return min((pair for pair in bare if pair[0]), key=rank, default=("", ""))


def site_of(page_title: str) -> str:
    """Return the last part of "Headline | Outlet", or ""."""
    parts = re.split(r"\s+[|–—-]\s+", page_title)
    return parts[-1] if len(parts) > 1 and n_words(parts[-1]) < MAX_WORDS else ""


def without_site(title: str, source: str) -> str:
    """Return a headline without the outlet's name behind it, as in "Headline | Outlet"."""
    match = _TITLE_END.match(title)
    if not match or not source:
        return title
    site, outlet = squeezed(match["site"]), squeezed(source)
    is_site = site in outlet or (outlet in site and 2 * len(outlet) >= len(site))
    return match["title"] if site and is_site else title


def squeezed(name: str) -> str:
    """Return the letters and digits of a name: those of "CBS Sports" are in "cbssports.com"."""
    return key(name).replace(" ", "").replace("_", "")


def _without_slogan(name: str) -> str:
    """Return a name without the slogan behind it; "" for an address of a page or a sentence."""
    name = _SLOGAN.split(clean_line(name))[0].strip(" .|")
    return "" if "://" in name or "@" in name or n_words(name) > MAX_WORDS else name
