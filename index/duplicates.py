"""Two texts -> are they copies? Signatures and bands to find candidates, an exact score to judge.

``signature`` and ``bands`` are what a ledger keeps of each article: any two articles that share a
band are candidates, and ``compare`` decides. A wire story printed by five papers is one text: under
another headline or dateline, cut from the end, with a local paragraph. Two desks that report the
same event are not copies, though they share quotations.

Measured on 10,452 web pages of three outlets (``eval.bench.duplicates`` repeats it). Of the pairs
of two outlets none reached 0.7, and only two transcripts of one speech 0.45. Within one outlet,
columns, templates and page furniture score up to 0.94: this year's list of dates must not count as
a copy of last year's. A copy cut to 30 % was found by 65 % of signatures of the whole text alone,
and by 96 % or more where half of a signature is of the opening, which a cut from the end leaves.

Knows nothing of databases: texts and articles in, bytes and numbers out.
"""

from __future__ import annotations

import re
import zlib
from functools import cache
from hashlib import blake2b
from unicodedata import normalize
from urllib.parse import parse_qsl, urlencode, urlsplit

import numpy as np
from datasketch import MinHash
from numpy.typing import NDArray

from index.schema import Article, CopyKind

SHINGLE_WORDS = 5  # short enough for 99 % of copies with 5 % of their words changed
LEAD_WORDS = 150  # the opening that is signed apart
NEAR = 0.7  # least similarity of a near copy; with 5 % of the words changed copies score .79
# Pairs of one outlet at two addresses, judged by their titles: all 8 above (and not exact) are one
# article twice; of 18 at .9 to .95 at least 9 are not, and of 26 looked at from .7 to .9, 15.
NEAR_WITHIN_OUTLET = 0.95
# Of two texts at one address: 514 real pairs score above .2, 34 with a failed capture under .1.
VERSION = 0.15
SMALLEST_SHARE = 0.25  # a text below this share of another is not taken for a cut copy of it

# The found share of pairs with Jaccard similarity s is 1 - (1 - s^3)^21 for whole texts: .007 at
# .07, .44 at .3, .94 at .5, .9998 at .7; and 1 - (1 - s^4)^16 for openings: .12 at .3, .64 at .5,
# .99 at .7. Of 20,000 random pairs the mean was .0002 and one in a thousand above .006; bands of
# 10,452 articles gave 7,301 candidate pairs in all, most of them pages of boilerplate alone.
PART_HASHES = 64
WHOLE_BANDS, WHOLE_ROWS = 21, 3
LEAD_BANDS, LEAD_ROWS = 16, 4
SIGNATURE_BYTES = 2 * PART_HASHES * 4

MOST_IN_BAND = 64
"""How many articles of one band to look at. A band that more share is boilerplate, or copies that
other members link to: it must not make the millionth article read thousands of texts."""

_SCHEME = "affine32"  # datasketch's; named, because signatures outlive its default
_AT_ONCE = 10_000  # shingles hashed in one step: 2.5 MB
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+")

_HOST_PREFIX = re.compile(r"\A(?:(?:www\d?|m|mobile|amp)\.)+(?=[^.]+\.)")
_AMP_OR_INDEX = re.compile(r"(?:/amp|\.amp(?=\.html?\Z|\Z)|/index\.html?|/)+(?:\Z|(?=\.html?\Z))")
_TRACKING = re.compile(
    r"\A(?:utm_.*|at_.*|ns_.*|mc_[ce]id|[a-z]{1,2}clid|msclkid|igshid|_ga|ref|ref_src|ocid|cmp|"
    r"cmpid|smid|smtyp|ftag|ito|amp|outputtype)\Z",
    re.IGNORECASE,
)

Shingles = NDArray[np.uint64]


def signature(text: str) -> bytes:
    """Return SIGNATURE_BYTES bytes: MinHash of the text, then of its opening, little-endian uint32.

    The same on every system. Raises ValueError for a text without a visible character.
    """
    words = _words(text)
    parts = (_shingles(words), _shingles(words[:LEAD_WORDS]))
    return b"".join(_minhash(part).astype("<u4").tobytes() for part in parts)


def bands(signature: bytes) -> tuple[int, ...]:
    """Return a signature's 37 bands, signed 64-bit: articles that share one are candidates.

    The band's place is part of its number, so that all can lie in one indexed column.
    Raises ValueError where the bytes are no signature.
    """
    if len(signature) != SIGNATURE_BYTES:
        raise ValueError(
            f"a signature has {SIGNATURE_BYTES} bytes, got {len(signature)}; "
            f"sign the text anew with signature()"
        )
    half = len(signature) // 2
    whole = _cut(signature[:half], WHOLE_BANDS, WHOLE_ROWS)
    lead = _cut(signature[half:], LEAD_BANDS, LEAD_ROWS)
    return tuple(_signed(n, band) for n, band in enumerate(whole + lead))


def similarity(a: str, b: str) -> float:
    """Return the share of the shorter text's runs of five words that the other has too, 0 to 1.

    Jaccard similarity would miss a copy that is cut to a third. A text shorter than a quarter of
    the other counts as a quarter of it, so that a round-up does not tie together all the stories
    that it holds.
    """
    return _shared(_words(a), _words(b))


def compare(a: Article, b: Article) -> tuple[CopyKind, float] | None:
    """Return how two articles are copies and how similar, or None where they are not.

    ``exact``: the same words in the same order, whatever case, punctuation, headline or address.
    ``version``: one address, and enough in common to be one article at two times.
    ``near``: the same text, cut, lengthened or changed a little; hardly at all within one outlet.
    """
    words_a, words_b = _words(a.text), _words(b.text)
    if words_a == words_b:
        return "exact", 1.0
    score = _shared(words_a, words_b)
    pages = canonical_url(a.url or ""), canonical_url(b.url or "")
    if pages[0] and pages[0] == pages[1] and score >= VERSION:
        return "version", score
    hosts = [page.partition("/")[0].partition("?")[0] for page in pages]
    one_outlet = _same(*hosts) or _same(a.source.casefold(), b.source.casefold())
    return ("near", score) if score >= (NEAR_WITHIN_OUTLET if one_outlet else NEAR) else None


def _same(a: str, b: str) -> bool:
    """Tell whether two names are equal and known."""
    return bool(a) and a == b


def canonical_url(url: str) -> str:
    """Return what tells one web page from another: host, path and query; "" for any other address.

    Left out: scheme, ``www.`` and the like, user and port, fragment, tracking parameters, AMP,
    ``index.html`` and a slash at the end.
    """
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".")
    except ValueError:  # such as a bracket that is no IPv6 address
        return ""
    if parts.scheme.lower() not in ("http", "https") or not host:
        return ""
    path = parts.path
    if path.startswith("/amp/"):
        path = path.removeprefix("/amp")
    path = _AMP_OR_INDEX.sub("", path)
    kept = [(k, v) for k, v in parse_qsl(parts.query, True) if not _TRACKING.match(k)]
    query = f"?{urlencode(sorted(kept))}" if kept else ""
    return f"{_HOST_PREFIX.sub('', host)}{path}{query}"


def _words(text: str) -> list[str]:
    """Return a text's words, folded; of a text without any, its signs; of Chinese, each sign."""
    return _WORD.findall(normalize("NFKC", text).casefold()) or text.split()


def _shingles(words: list[str]) -> Shingles:
    """Return the distinct hashes of all runs of five words; of a shorter text, one of them all."""
    if not words:
        raise ValueError("an empty text cannot be compared; leave it out before")
    hashes = np.array([zlib.crc32(word.encode("utf-8", "surrogatepass")) for word in words])
    width = min(SHINGLE_WORDS, len(words))
    n_runs = len(words) - width + 1
    runs = np.zeros(n_runs, dtype=np.uint64)
    for at in range(width):  # a polynomial over the run; the overflow is meant
        runs = runs * np.uint64(0x9E3779B97F4A7C15) + hashes[at : at + n_runs].astype(np.uint64)
    return np.unique(runs)


def _minhash(shingles: Shingles) -> NDArray[np.uint32]:
    """Return PART_HASHES minima; the upper half of each hash is the better mixed."""
    found = MinHash(PART_HASHES, scheme=_SCHEME, permutations=_permutations(), hashfunc=int)
    hashes = (shingles >> np.uint64(32)).tolist()
    for at in range(0, len(hashes), _AT_ONCE):
        found.update_batch(hashes[at : at + _AT_ONCE])
    minima: NDArray[np.uint32] = found.hashvalues
    return minima


@cache
def _permutations() -> NDArray[np.uint32]:
    """Return the permutations that all signatures share; making them takes longer than a text."""
    drawn: NDArray[np.uint32] = MinHash(PART_HASHES, seed=1, scheme=_SCHEME).permutations
    return drawn


def _shared(a: list[str], b: list[str]) -> float:
    runs_a, runs_b = _shingles(a), _shingles(b)
    n_shared = len(np.intersect1d(runs_a, runs_b, assume_unique=True))
    small, large = sorted((len(runs_a), len(runs_b)))
    return n_shared / max(small, large * SMALLEST_SHARE)


def _cut(part: bytes, n_bands: int, rows: int) -> list[bytes]:
    return [part[at * rows * 4 : (at + 1) * rows * 4] for at in range(n_bands)]


def _signed(place: int, band: bytes) -> int:
    hashed = blake2b(bytes([place]) + band, digest_size=8).digest()
    return int.from_bytes(hashed, "little", signed=True)
