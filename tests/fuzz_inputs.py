"""Files for the fuzzer: made-up articles of each format, cut up, put together wrongly and"
" damaged.

An input is drawn from a seeded ``random.Random`` alone. A format's seeds are valid files, as the
bytes that are worth changing: a DOCX's parts, not its zip file. Those are restructured (so that
what is nested stays nested, and the harm gets behind the parser), mutated piece by piece, packed
into the file, and now and then the file itself is damaged.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from random import Random

import test_index_extract_docx as docx
import test_index_extract_feed as feed
import test_index_extract_html as page
import test_index_extract_mail as mail
import test_index_extract_markdown as markdown
import test_index_extract_mhtml as mhtml
import test_index_extract_pdf as print_
import test_index_extract_text as text
from hostile import KINDS, LAUGHS, YAML_LAUGHS, paragraphs, record
from lxml import etree
from pdf_made import line, lines, pdf

MAX_BYTES = 200_000  # of an input; what grows faster than its input shows well below that
Change = Callable[[bytes, Random], bytes]


@dataclass(frozen=True)
class Format:
    """What a reader is fed with. ``pack`` makes the file of what was mutated."""

    suffixes: tuple[str, ...]
    seeds: tuple[bytes, ...]
    tokens: tuple[bytes, ...]  # what means something to this reader
    pairs: tuple[tuple[bytes, bytes], ...] = ()  # what opens and closes, to be nested
    restructure: Change | None = None
    pack: Change = lambda inner, random: inner


def draw(kind: str, pool: Sequence[bytes], random: Random) -> tuple[str, bytes, bytes]:
    """Return (suffix, file, what was mutated) of the next input of a format.

    ``pool`` is what earlier inputs were made of, and this one may be made of as well.
    """
    made_from = FORMATS[kind]
    inner = random.choice(pool if pool and random.random() < 0.7 else made_from.seeds)
    if made_from.restructure and random.random() < 0.5:
        inner = made_from.restructure(inner, random)
    if not made_from.restructure or random.random() < 0.6:
        inner = _mutated(inner, made_from, pool, random)
    file = made_from.pack(inner[:MAX_BYTES], random)
    if random.random() < 0.1:
        file = _damaged(file, random)
    suffix = random.choice(made_from.suffixes)
    if kind != "gz" and random.random() < 0.05:
        suffix, file = f"{suffix}.gz", gzip.compress(file, 1)
    return suffix, file, inner


# Pieces that readers may trip over

_CONTROL = "\0 \x01 \x07 \x08 \x0b \x0c \x1b \x1b[31m \x1e \x1f \x7f \x80 \x85 \x9f \r \n \t \r\r\n"
_UNSEEN = (
    "\xad \u034f \u115f \u200b \u200d \u200e \u2028 \u2029 \u202e \u2060 \u2066 \ufe0f \ufeff"
    " \ufff9 \ufffd \ufffe \uffff \U000e0041 \U000e0100 \U0010ffff \u3000 \xa0 \u1680 \u2007"
)
_LETTERS = (
    "ẞ İ ı ŉ ǰ ﬁ ﷺ ｱ Å ① ² ½ Ⅳ ٣ ४ 𝟙 一 の 한 각 ᄀ ᅡ ᆨ e\u0301 \u0301 a"
    + "\u0301" * 60
    + " 👩\u200d👩\u200d👧 🇺🇦 ‘ ’ “ ” « » „ – — … • € \u0130\u0307 ǅ Ω \u2126 \u1fef \u0344"
)
_NUMBERS = (
    "0 -1 00 1e999 -1e-999 NaN Infinity 0x1f 1_000 2147483648 -9223372036854775809 1.2.3 . .."
    " 1..2"
    " 1970 0000 9999 99999 18446744073709551616 0.1e 1e 1,000,000 ٢٠٢١ ²⁰²¹ 1577836800 9999999999"
    " 1577836800123"
)
_DATES = (
    "2021-02-30|0000-00-00|9999-99-99|2021-05-12|2021-05-12T25:61:61+99:99|12 May 2021|31 Feb"
    " 2021"
    "|May 12, 2021|12 May 202112 May 2021|03/04/2021|25/04/2021|03.04.2021|20210512|1 May ٢٠٢١"
    "|Wed, 12 May 2021 10:00:00 +0000|Wed, 99 May 99999 10:00:00 +9999|Mon, 1 Jan 1 00:00:00"
    " -2400"
    "|Published 12 May 2021|Updated 13 May 2021|Published on 12 May 2021 | Updated 1 May 2021"
    "|0001-01-01|9999-12-31|1500-01-01|12 Mai 2021|²/²/2021|١٢ May 2021"
)
_ADDRESSES = (
    "http://|https://post.example/2021/02/30/a|https://post.example/2021/may/12/a|http://[::1|//a"
    "|http://a b|javascript:alert(1)|data:text/html,x|https://é.example/\u202e"
    "|https://u:p@a:99999/"
    "|file:///etc/passwd|http://post.example/%zz?\0#|https://post.example/۲۰۲۱/05/12"
)
_WORDS = (
    "By Ana Roe|By Ana Roe, The Harbour Post|By|by ana|The Harbour Post|Advertisement|Related"
    "|Read more|Share|facebooktwitterwhatsappcopylink|© 2021|Sign up for our newsletter."
    "|Published"
    "|Updated|-- |> |>>>>|--|---|***|On Monday Ana Roe wrote:|From: |Subject: |Date: |http|www."
    "|;|,|\"|'|\\|/|(|)|[|]|{|}|<|>|&|#|%|$|`|*|_|~|=|:|::|\\u0000|\\ud800|\\udfff|%00|\\x00|\\"
)
_ENTITIES = (
    "&amp; &lt; &#0; &#1; &#x80; &#xD800; &#xDFFF; &#x110000; &#99999999999; &#xfffe; &nbsp;"
    " &shy;"
    " &zwnj; &bogus; &amp;amp;lt; &# &#x; & &l11; <![CDATA[ ]]> <!-- --> <!--> <? ?> </ <!DOCTYPE"
)
_BYTES = (
    b"\xff",
    b"\xfe\xff",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\xc0\x80",
    b"\xf4\x90\x80\x80",
    b"\xe2",
)
ANYWHERE: tuple[bytes, ...] = (
    *(one.encode() for one in _CONTROL.split(" ")),
    *(one.encode() for text in (_UNSEEN, _LETTERS, _NUMBERS, _ENTITIES) for one in text.split()),
    *(one.encode() for text in (_DATES, _ADDRESSES, _WORDS) for one in text.split("|")),
    *_BYTES,
    b"9" * 5000,
    b"0" * 400 + b"1",
    b"-" * 300,
    b"a" * 3000,
    b"a." * 500,
    "\u0301".encode() * 3000,
    b" " * 3000,
    b"\n" * 300,
    b"(" * 300,
    b'"' * 301,
)
ENCODINGS = "utf-8 utf-16 utf-32 utf-7 cp1252 latin-1 koi8-r shift_jis gb18030 iso-2022-jp big5"
_CHARSETS = (
    *ENCODINGS.split(),
    *"us-ascii utf8 UTF8 cp1251 iso-8859-15 unicode_escape raw_unicode_escape idna".split(),
    *"punycode undefined rot13 hex zip base64 utf-8-sig hz mbcs unknown-8bit x cp65001".split(),
)


def _unicode(random: Random) -> bytes:
    """Return some characters from anywhere in Unicode, halves of surrogate pairs included."""
    below = random.choice((0x80, 0x250, 0x800, 0x3000, 0x10000, 0x110000))
    made = "".join(chr(random.randrange(below)) for _ in range(random.randint(1, 12)))
    return made.encode("utf-8", "surrogatepass")


def _token(own: Sequence[bytes], random: Random) -> bytes:
    choice = random.random()
    if choice < 0.1:
        return _unicode(random)
    return random.choice(own if own and choice < 0.6 else ANYWHERE)


# Mutations of bytes

_PIECES = re.compile(rb"<[^<>]{0,200}>|\w+|\s+|[^\w\s]")
_LINES = re.compile(rb"[^\n]*\n|[^\n]+")
_DIGITS = re.compile(rb"\d+")


def _mutated(inner: bytes, made_from: Format, pool: Sequence[bytes], random: Random) -> bytes:
    for _ in range(random.choice((1, 1, 2, 3, 5, 9))):
        cut = random.choice((_PIECES, _PIECES, _LINES))
        pieces = cut.findall(inner[:MAX_BYTES]) or [b""]
        change = random.choice(_CHANGES)
        inner = b"".join(change(pieces, made_from, pool, random))[:MAX_BYTES]
    if random.random() < 0.08:
        inner = _recoded(inner, random)
    return inner


Pieces = list[bytes]


def _range(pieces: Pieces, random: Random) -> tuple[int, int]:
    start = random.randrange(len(pieces))
    n = random.choice((1, 1, 1, 2, 3, 5, 10, 30, len(pieces)))
    return start, min(len(pieces), start + n)


def _delete(pieces: Pieces, made_from: Format, pool: Sequence[bytes], random: Random) -> Pieces:
    start, end = _range(pieces, random)
    return pieces[:start] + pieces[end:]


def _truncate(pieces: Pieces, made_from: Format, pool: Sequence[bytes], random: Random) -> Pieces:
    return pieces[: random.randrange(len(pieces))]


def _insert(pieces: Pieces, made_from: Format, pool: Sequence[bytes], random: Random) -> Pieces:
    at = random.randrange(len(pieces) + 1)
    return [*pieces[:at], _token(made_from.tokens, random), *pieces[at:]]


def _replace(pieces: Pieces, made_from: Format, pool: Sequence[bytes], random: Random) -> Pieces:
    start, end = _range(pieces, random)
    return [*pieces[:start], _token(made_from.tokens, random), *pieces[end:]]


def _swap(pieces: Pieces, made_from: Format, pool: Sequence[bytes], random: Random) -> Pieces:
    a, b = random.randrange(len(pieces)), random.randrange(len(pieces))
    pieces[a], pieces[b] = pieces[b], pieces[a]
    return pieces


def _move(pieces: Pieces, made_from: Format, pool: Sequence[bytes], random: Random) -> Pieces:
    start, end = _range(pieces, random)
    moved, rest = pieces[start:end], pieces[:start] + pieces[end:]
    at = random.randrange(len(rest) + 1)
    return rest[:at] + moved + rest[at:]


def _repeat(pieces: Pieces, made_from: Format, pool: Sequence[bytes], random: Random) -> Pieces:
    start, end = _range(pieces, random)
    repeated = b"".join(pieces[start:end])
    n = min(random.choice((2, 2, 3, 10, 100, 3000)), 1 + MAX_BYTES // (len(repeated) + 1))
    return [*pieces[:start], repeated * n, *pieces[end:]]


def _repeat_token(
    pieces: Pieces, made_from: Format, pool: Sequence[bytes], random: Random
) -> Pieces:
    at = random.randrange(len(pieces) + 1)
    token = _token(made_from.tokens, random)
    n = random.choice((2, 3, 10, 100, 1000, 20_000))
    return [*pieces[:at], token * min(n, 1 + MAX_BYTES // max(1, 2 * len(token))), *pieces[at:]]


def _splice(pieces: Pieces, made_from: Format, pool: Sequence[bytes], random: Random) -> Pieces:
    other = _PIECES.findall(random.choice([*made_from.seeds, *pool])) or [b""]
    start, end = _range(other, random)
    at = random.randrange(len(pieces) + 1)
    return pieces[:at] + other[start:end] + pieces[at:]


def _nest(pieces: Pieces, made_from: Format, pool: Sequence[bytes], random: Random) -> Pieces:
    opens, closes = random.choice(made_from.pairs or ((b"<p>", b"</p>"), (b"[", b"]")))
    start, end = _range(pieces, random)
    n = random.choice((1, 2, 5, 30, 300, 5000))
    closed = random.choice((n, n, 0, n // 2))
    return [*pieces[:start], opens * n, *pieces[start:end], closes * closed, *pieces[end:]]


def _number(pieces: Pieces, made_from: Format, pool: Sequence[bytes], random: Random) -> Pieces:
    able = [at for at, piece in enumerate(pieces) if _DIGITS.search(piece)]
    if able:
        at = random.choice(able)
        number = random.choice(_NUMBERS.split()).encode()
        pieces[at] = _DIGITS.sub(lambda _: number, pieces[at], count=1)
    return pieces


def _flip(pieces: Pieces, made_from: Format, pool: Sequence[bytes], random: Random) -> Pieces:
    return [_flipped(b"".join(pieces), random)]


def _case(pieces: Pieces, made_from: Format, pool: Sequence[bytes], random: Random) -> Pieces:
    at = random.randrange(len(pieces))
    pieces[at] = random.choice((bytes.upper, bytes.lower, bytes.title))(pieces[at])
    return pieces


def _line_ends(pieces: Pieces, made_from: Format, pool: Sequence[bytes], random: Random) -> Pieces:
    end = random.choice((b"\r\n", b"\r", b"\n\n", b"\n ", b" \n", "\u2028".encode(), b"\x0b"))
    return [piece.replace(b"\n", end) for piece in pieces]


_CHANGES = (
    *(_delete, _truncate, _insert, _insert, _insert, _replace, _replace, _replace, _swap, _move),
    *(_repeat, _repeat_token, _splice, _splice, _nest, _number, _flip, _case, _line_ends),
)


def _flipped(raw: bytes, random: Random) -> bytes:
    changed = bytearray(raw)
    for _ in range(random.choice((1, 1, 4, 30)) if changed else 0):
        at = random.randrange(len(changed))
        changed[at] = random.choice((changed[at] ^ (1 << random.randrange(8)), 0, 255, 60, 0x80))
    return bytes(changed)


def _damaged(file: bytes, random: Random) -> bytes:
    """Return a file as a bad disk or a broken transfer leaves it."""
    at = random.randrange(len(file) + 1)
    return random.choice(
        (
            lambda: file[:at],
            lambda: file[at:],
            lambda: _flipped(file, random),
            lambda: file[:at] + bytes(random.randrange(1, 600)) + file[at:],
            lambda: file + random.randbytes(50),
            lambda: random.randbytes(50) + file,
            lambda: file + file,
        )
    )()


def _recoded(inner: bytes, random: Random) -> bytes:
    """Return a text in another encoding than the one that it may say it has."""
    encoding = random.choice(ENCODINGS.split())
    return inner.decode("utf-8", "replace").encode(encoding, "ignore")


# Restructuring of trees

_ODD_TEXTS = (*ANYWHERE, b"", b"x", b"\n\n", *(" ".join(paragraphs(n)).encode() for n in range(2)))


def _odd_text(random: Random) -> str:
    """Return a text that XML can hold."""
    odd = random.choice(_ODD_TEXTS) if random.random() < 0.8 else _unicode(random)
    return re.sub(
        "[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", odd.decode("utf-8", "ignore")
    )


def _in_tree(tokens: Sequence[str], attributes: Sequence[str], *, is_html: bool) -> Change:
    """Return a change of an XML or HTML document as a tree, by these names and attributes."""

    def restructured(inner: bytes, random: Random) -> bytes:
        parser = etree.HTMLParser() if is_html else etree.XMLParser(recover=True)
        try:
            tree = etree.fromstring(inner, parser)
        except (etree.LxmlError, ValueError):
            return inner
        if tree is None:
            return inner
        for _ in range(random.choice((1, 2, 4, 8))):
            _change_tree(tree, tokens, attributes, random)
        method = "html" if is_html else "xml"
        try:
            return etree.tostring(tree, method=method)
        except etree.SerialisationError:  # it was read in an encoding that cannot be written
            return etree.tostring(tree, method=method, encoding="utf-8")

    return restructured


def _change_tree(
    tree: etree._Element, names: Sequence[str], attributes: Sequence[str], random: Random
) -> None:
    elements = list(tree.iter(etree.Element))
    one, other = random.choice(elements), random.choice(elements)
    choice = random.randrange(9)
    if choice == 0 and one.getparent() is not None:
        one.getparent().remove(one)
    elif choice == 1 and one not in other.iter() and one.getparent() is not None:
        other.insert(random.randint(0, len(other)), deepcopy(one))
    elif choice == 2 and one is not other and one not in other.iterancestors():
        other.append(one)
    elif choice == 3:
        one.tag = random.choice(names)
    elif choice == 4:
        one.set(random.choice(attributes), _odd_text(random))
    elif choice == 5:
        one.text = _odd_text(random)
    elif choice == 6:
        one.tail = _odd_text(random)
    elif choice == 7:
        etree.SubElement(one, random.choice(names)).text = _odd_text(random)
    else:
        inner = one
        for _ in range(random.choice((3, 30, 200))):
            inner = etree.SubElement(inner, random.choice(names))
        inner.text = _odd_text(random)


def _in_json(inner: bytes, random: Random) -> bytes:
    """Change JSON as values, one document a line or in all."""
    try:
        values = [json.loads(inner)]
    except (ValueError, RecursionError):
        values = [_value_of(row) for row in inner.split(b"\n") if row.strip()]
    for _ in range(random.choice((1, 2, 4))):
        at = random.randrange(len(values) or 1)
        values[at : at + 1] = [_changed_value(value, random) for value in values[at : at + 1]]
    if random.random() < 0.2:
        values *= 3
    ascii_only = random.random() < 0.5
    written = (json.dumps(value, ensure_ascii=ascii_only) for value in values)
    return "\n".join(written).encode("utf-8", "surrogatepass")


def _value_of(row: bytes) -> object:
    try:
        return json.loads(row)
    except (ValueError, RecursionError):
        return row.decode("utf-8", "replace")


NAMES = (
    "id title headline source authors byline section language published date pubDate updated url"
    " link text body content name value rendered _source _id hits docs response #text $date @id"
    " publisher creator category 0 @type articleBody datePublished \0 é text.0"
).split()


def _changed_value(value: object, random: Random, depth: int = 0) -> object:
    """Return a JSON value with something in it that its reader may not expect."""
    if isinstance(value, dict) and value and random.random() < 0.85:
        changed = dict(value)
        name = random.choice(list(changed))
        how = random.random()
        if how < 0.5:
            changed[name] = _changed_value(changed[name], random, depth + 1)
        elif how < 0.6:
            del changed[name]
        elif how < 0.8:
            changed[random.choice(NAMES)] = changed.pop(name)
        else:
            changed[random.choice(NAMES)] = _odd_value(random)
        return changed
    if isinstance(value, list) and value and random.random() < 0.85:
        items = list(value)
        at = random.randrange(len(items))
        items[at] = _changed_value(items[at], random, depth + 1)
        return items * random.choice((1, 1, 1, 2, 0))
    how = random.random()
    if how < 0.2:
        return [value] * random.choice((1, 2))
    if how < 0.4:
        return {random.choice(NAMES): value}
    if isinstance(value, str) and how < 0.7:
        at = random.randint(0, len(value))
        return value[:at] + _odd_string(random) + value[at:]
    return _odd_value(random)


def _odd_string(random: Random) -> str:
    return _token((*HTML_TOKENS, b"\n\n"), random).decode(
        "utf-8", random.choice(("surrogateescape", "replace"))
    )


def _odd_value(random: Random) -> object:
    nested: object = random.choice(("x", None, [], {}))
    for _ in range(random.choice((1, 3, 50, 200))):
        nested = random.choice(([nested], {random.choice(NAMES): nested}))
    return random.choice(
        (
            *(None, True, False, 0, -1, 10**400, 1e308, float("nan"), float("inf"), 1577836800),
            *("", " ", [], {}, [[]], [None], ["", "x"], {"name": None}, {"$date": 10**18}, nested),
            *(
                "<p>" + "x " * 200,
                _odd_string(random),
                [_odd_string(random), " ".join(paragraphs(7))],
            ),
        )
    )


# Formats

HTML_NAMES = (
    "p div span a h1 h2 h3 article main section header footer nav aside figure figcaption img"
    " ul ol"
    " li table thead tbody tr td th br hr blockquote q pre code b i em strong script style"
    " noscript"
    " template svg math iframe form input select option textarea button time title head body html"
    " meta link base dl dt dd center font sup sub ruby rt o:p x-y frameset plaintext dialog"
    " caption"
).split()
HTML_ATTRIBUTES = (
    "class id style hidden aria-hidden lang xml:lang href src rel type property name itemprop"
    " content datetime pubdate role colspan rowspan http-equiv title alt"
).split()
_STYLES = (
    "color:rgb(1.2.3,.,...)|color:rgb(999,-1,1e9)|color:#12345|background:#fff;color:#fffffe"
    "|color:white"
    "|background:url(x) white;color:white|font-size:0|font-size:.|opacity:0|left:-9999px"
    "|clip:rect(0"
    "|display:none|visibility:hidden|text-indent:-999em|color:rgba(255,255,255,٣)|:::;;{}"
    "|color:rgb("
    "|background-color:rgb(0 0);color:rgb(0 0)|margin-left:-" + "9" * 300
)
_SHEETS = (
    "p{display:none}|.body{color:#fff;background:#fff}|@media print{p{display:none}}|}{|{{{|/*|*/"
    "|p{}}}|@media screen{@media all{p{color:red}}}|p,.a.b,#c{opacity:0}|p{color:rgb(1.2.3)}"
    "|" + "a{" * 300 + "|" + ".x" * 500 + "{display:none}"
)
_LD = (
    '{"@type":"NewsArticle","headline":["a",{"@value":1}],"datePublished":[[]],"author":{"@id":{}}}',
    '{"@type":["NewsArticle",null,{}],"author":[[],[{"name":[{}]}]],"publisher":[null]}',
    '{"@type":"NewsArticle","articleBody":"' + "ferry " * 300 + '","articleSection":{"@id":[1]}}',
    '{"@type":"NewsArticle","url":"http://[","mainEntityOfPage":[{"@id":5}],"inLanguage":[{}]}',
    '{"@graph":[{"@type":"NewsArticle","@id":{"a":[]},"author":{"@id":"x"}},{"@id":"x","name":[1]}]}',
    "[" * 3000,
    '{"@type":"NewsArticle","headline":"\\ud800","author":"\\udfff \\u0000"}',
    '{"datePublished":1e999,"@type":"NewsArticle","dateModified":{"@value":"2021-05-12"}}',
)
HTML_TOKENS: tuple[bytes, ...] = tuple(
    one.encode()
    for one in (
        *(f"<{name}>" for name in HTML_NAMES),
        *(f"</{name}>" for name in HTML_NAMES[:30]),
        *(f'<p style="{style}">' for style in _STYLES.split("|")),
        *(f"<style>{sheet}</style>" for sheet in _SHEETS.split("|")),
        *(f'<script type="application/ld+json">{ld}</script>' for ld in _LD),
        *(f'<meta charset="{name}">' for name in _CHARSETS),
        *(f'<meta property="article:published_time" content="{day}">' for day in _DATES.split("|")),
        *(f'<link rel="canonical" href="{url}">' for url in _ADDRESSES.split("|")),
        *(f'<meta property="og:url" content="{url}">' for url in _ADDRESSES.split("|")),
        *('<div class="ad">', "<div hidden>", '<span aria-hidden="true">', '<p class="sr-only">'),
        *('<meta name="author" content="">', '<html lang="x-\0">', '<base href="http://[">'),
        *('<td colspan="99999" rowspan="0">', '<ol start="-1" reversed>', '<img src="data:,">'),
        *('<meta property="og:site_name" content="\u202e">', '<meta name="title" content="&#0;">'),
        *('<time itemprop="datePublished" datetime="x">', "<h1>\u200b</h1>", "<title></title>"),
        LAUGHS,
    )
)
_HTML_PAIRS = tuple(
    (f"<{name}>".encode(), f"</{name}>".encode())
    for name in "div p span b blockquote table ul li a article figure figcaption font td".split()
)

_WORD = f"{{{docx.W}}}"
WORD_NAMES = tuple(
    _WORD + name
    for name in (
        "p r t tab br cr tbl tr tc sdt sdtContent ins del moveFrom moveTo customXml hyperlink rt"
        " ruby txbxContent pPr rPr pStyle rStyle vanish sz color shd highlight style name basedOn"
        " styles body document noBreakHyphen ptab fldSimple instrText pict drawing"
    ).split()
)
WORD_ATTRIBUTES = (_WORD + "val", _WORD + "styleId", "Target", "Type", "{http://x}y")

_CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
_ATOM = "{http://www.w3.org/2005/Atom}"
FEED_NAMES = (
    *"rss channel item title link guid description pubDate author category source language".split(),
    *(
        _ATOM + name
        for name in "feed entry title content summary link author name id updated".split()
    ),
    *(_CONTENT + "encoded", "{http://purl.org/dc/elements/1.1/}creator", "{http://w}status"),
    "{http://wordpress.org/export/1.2/}status",
)
FEED_ATTRIBUTES = (
    *"href rel term label type isPermaLink url src xmlns_x".split(),
    "{http://www.w3.org/XML/1998/namespace}lang",
)
XML_TOKENS = (
    *(f'<?xml version="1.0" encoding="{name}"?>'.encode() for name in _CHARSETS),
    *(LAUGHS.encode(), b"<item>", b"</item>", b"<entry>", b"<content type='xhtml'><div>", b"<a:b>"),
    *(
        b"<!DOCTYPE rss [<!ENTITY l11 'ha <b>ha</b>'>]>",
        b"<content:encoded>",
        b"</content:encoded>",
    ),
    *(b"<![CDATA[<p>x</p>]]>", b"<?pi ?>", b"<!-- -->", b"xmlns='http://purl.org/x'", b"&l11;"),
)

_MAIL_FIELDS = (
    *(f"Content-Type: text/html; charset={name}\n" for name in _CHARSETS),
    *(f"Content-Type: text/plain; charset={name}\n" for name in _CHARSETS),
    *(f"Subject: =?{name}?B?RmVycmllcw==?=\n" for name in _CHARSETS),
    *(f"Subject: =?{name}?Q?=ff=00=E9?= =?utf-8?Q?x\n" for name in _CHARSETS[:12]),
    *(f"Date: {day}\n" for day in _DATES.split("|")),
    *(f"Snapshot-Content-Location: {url}\n" for url in _ADDRESSES.split("|")),
    *(f"Content-Location: {url}\n" for url in _ADDRESSES.split("|")),
)
_MAIL_OTHERS = (
    "Content-Type: multipart/mixed; boundary=x\n|Content-Type: multipart/related\n"
    "|Content-Type: /\n"
    "|Content-Type: message/rfc822\n|Content-Type: text/html; charset*0=utf; charset*1=-8\n"
    "|Content-Type: text/plain; charset*=utf-8''%FF%00\n|Content-Type: text/plain;"
    ' charset="\0"\n'
    "|Content-Type: text/html; charset\n|Content-Type: message/delivery-status\n|Content-Type:\n"
    "|Content-Transfer-Encoding: base64\n|Content-Transfer-Encoding: quoted-printable\n"
    "|Content-Transfer-Encoding: x-uuencode\n|Content-Transfer-Encoding: \xff\n|--=frontier\n"
    "|--=frontier--\n|--=edge\n|--=edge--\n|Content-Disposition: attachment\n"
    "|Content-Disposition: ;\n"
    "|Content-Disposition: inline; filename*=x''%\n|From: \"Ana Roe\" <a@post.example>\n|From: \n"
    "|From: <@>,;:\\\n|From: =?utf-8?b?/w==?= <a@[x]>\n|Subject: Fwd: Re: AW: [2]: x\n"
    "|Subject: Fwd:\n"
    '|Content-ID: <x>\n|start="<x>"; |type="text/html"; |; format=flowed|; start*=x\'\'y|\n\n|\n'
    "|---------- Forwarded message ---------\n|Begin forwarded message:\n|-----Original"
    " Message-----\n"
    "|begin 644 x\n#0V%T\n`\nend\n|=FF=00=\n|=|=\n|AAAA\n|====\n|MIME-Version: 1.0\n|From x\n"
    "|: \n| \n\n"
    "|From: a\nSent: b\nSubject: c\n\n|> From: a\n> Date: 1 May 2021\n> Subject: c\n>\n> \n"
)
MAIL_TOKENS = (
    *(one.encode() for one in (*_MAIL_FIELDS, *_MAIL_OTHERS.split("|"))),
    *HTML_TOKENS[:60],
)

_MARKDOWN_TOKENS = (
    "---\n|...\n|# |## |====\n|----\n|* * *\n|```\n|> |- |1. |\\* |** |*|_|__|~~|[x](|](|)"
    "|![](|[^1]"
    "|[x]: http://x\n|| a | b |\n|---|---\n|title: |title: [|title: {|title:"
    " !!python/object:os.x\n"
    "|date: 2021-05-12\n|date: 2021-13-45\n|date: 0001-01-01 00:00:00 +99:99\n|author: [[],"
    " [[]]]\n"
    "|author: {name: {name: x}}\n|? [a]\n: b\n|a: &a [*a]\n|title: *a\n|title: &t {title: *t}\n"
    "|<<: *a\n|text: x\n|title: 0x" + "f" * 5000 + "\n|title: 190:20:30.15\n|title: 1e999\n|\t"
    "|  \n"
    "|id: !!binary /w==\n|title: !!set {a}\n|title: ~\n|date: 9999-12-31T23:59:59-23:59\n|url:"
    " //x\n"
    '|title: "\\ud800\\x00\\e"\n|' + YAML_LAUGHS + "|" + YAML_LAUGHS.replace("[ha, ha]", "[[], []]")
)

PDF_TOKENS = tuple(
    one.encode("latin-1")
    for one in (
        "BT |ET |Tj |TJ |Tf |Td |Tm |Tr |3 Tr |7 Tr |cm |q |Q |rg |1 1 1 rg |g |Do |W n |BI ID"
        " EI |0 0 0 0 0 0"
        " Tm |1e9 0 0 1e9 0 0 cm |0 0 0 0 0 0 cm |0 1 -1 0 300 300 Tm |.7 .7 -.7 .7 9 9 Tm |[("
        " )-9999]TJ |( )"
        "|(\\377\\000\\ud800) Tj |<feff d800 dfff> Tj |<|>|<<|>>|[|]|/F1 1e9 Tf |/F1 0 Tf |/F1"
        " -11 Tf |/F9 9 "
        "Tf |/Type |/Page |/Pages |/Kids [3 0 R] |/Count 999999 |/Count -1 |/Rotate 90 "
        "|/Rotate 45 |/MediaBox"
        " [0 0 0 0] |/MediaBox [-1e9 -1e9 1e9 1e9] |/CropBox [5 5 4 4] |/Parent 2 0 R "
        "|/Contents 2 0 R |6 0 R"
        "|/Encrypt 1 0 R |/Filter /ASCIIHexDecode |/Filter [/FlateDecode /FlateDecode] "
        "|/Length 0 |/Length 9"
        "9999 |/Encoding /Identity-H |/ToUnicode 4 0 R |/Subtype /Type3 |/Subtype /Type0 "
        "|/Differences [1 /f"
        "i /ffi /zero /uD800 /u110000] |/Title (\\376\\377\\330\\000) |/Author (x) |/UserUnit"
        " 1e9 |/Annots [3 0 R]"
        "|1 0 obj|endobj|stream\n|endstream|xref|trailer|startxref|%%EOF|/Prev 0 |/ObjStm "
        "|/XObject << /X 7 0 R >>"
        "|/X Do |/Resources 2 0 R |/Font << >> |/Group |/OCProperties |/Info 3 0 R |/Lang (en)"
        " |/S /Transparency"
    ).split("|")
)

TABLE_TOKENS = tuple(
    one.encode()
    for one in (
        '"|""|,|;|\t|\\"|\\|\n|\r|\r\n|,,,,|"\n"|\0|id|title|text|date|author|text,text'
        '|,"a""b",|"a"b"c"'
        '|,<p>x</p>,|=1+1|\'|["a", "b"]|[\'a\']|sep=;\n|;;;|\x1c|\x0c|\x85'
    ).split("|")
)


def _encoded(*seeds: str | bytes) -> tuple[bytes, ...]:
    return tuple(seed.encode() if isinstance(seed, str) else seed for seed in seeds)


_PART = b"\x1e"


def _parts_of(file: bytes) -> bytes:
    """Return the parts of a zip file as one, for ``_zipped``."""
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        return _PART.join(name.encode() + b"\n" + archive.read(name) for name in archive.namelist())


def _zipped(inner: bytes, random: Random) -> bytes:
    """Pack parts that stand behind one another, each below its name."""
    how = random.choice(
        (zipfile.ZIP_DEFLATED,) * 6 + (zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as archive:
        written: set[str] = set()
        for part in inner.split(_PART):
            name, _, content = part.partition(b"\n")
            known = name[:60].decode("latin-1").replace("\0", "")
            if known and known not in written:
                written.add(known)
                archive.writestr(known, content)
    return file.getvalue()


def _in_parts(change: Change) -> Change:
    """Return the change of one part of a zip file, mostly of the document."""

    def restructured(inner: bytes, random: Random) -> bytes:
        parts = inner.split(_PART)
        able = [at for at, part in enumerate(parts) if part.startswith(b"word/document.xml")]
        at = able[0] if able and random.random() < 0.7 else random.randrange(len(parts))
        name, mark, content = parts[at].partition(b"\n")
        parts[at] = name + mark + change(content, random)
        return _PART.join(parts)

    return restructured


def _printed(inner: bytes, random: Random) -> bytes:
    """Pack the streams of a PDF now and then; PDFium finds its objects again by itself."""
    if random.random() < 0.7:
        return inner

    def packed(match: re.Match[bytes]) -> bytes:
        content = zlib.compress(match[1])
        head = b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(content)
        return head + content + b"\nendstream"

    return re.sub(rb"<<[^<>]*>>\s*stream\n(.*?)\nendstream", packed, inner, flags=re.DOTALL)


def _pages(*contents: bytes) -> bytes:
    return pdf(contents, info={"Title": print_.HEADLINE, "Author": "Ana Roe"}, compress=False)


def _gzipped(inner: bytes, random: Random) -> bytes:
    """Pack a file as gzip, and then mostly damage that."""
    file = gzip.compress(inner, random.choice((0, 1, 9)))
    how = random.random()
    if how < 0.3:
        return file
    if how < 0.5:
        return file + gzip.compress(inner[: random.randrange(len(inner) + 1)])
    if how < 0.6:
        head = bytearray(file)
        head[random.randrange(10)] = random.randrange(256)
        return bytes(head)
    return _damaged(file, random)


_RICH_PAGE = page.page(
    head=page.ld(page.JSON_LD)
    + '<meta property="og:site_name" content="The Harbour Post"><meta name="author"'
    ' content="Ana Roe">'
    '<link rel="canonical" href="https://harbourpost.example/2023/03/09/ferries">'
    "<style>.note{display:none} p.x{color:#fff;background:white} @media"
    " print{p{display:none}}</style>",
    header='<p class="by">By Ana Roe, The Harbour Post</p>'
    '<time datetime="2023-03-09">9 March 2023</time>',
    after=f"<figure><img><figcaption>{page.CAPTION}</figcaption></figure><table><tr><th>Town</th>"
    "<th>Boats</th></tr><tr><td>Orle</td><td>31</td></tr></table><ul><li>One boat"
    " sails.</li></ul>"
    '<blockquote><p>We will not sail.</p></blockquote><p class="note">Hidden.</p>',
)
_PLAIN_PAGE = "<div>" + "<br><br>".join(page.PARAGRAPHS) + "</div>"
_TABLE = "id,title,date,author,url,text\n" + "".join(
    f'r{n},"Ferry ""{n}""",2021-03-0{n + 1},"Ana Roe, Bo Lind",https://a.example/{n},'
    f'"{" ".join(paragraphs(n))}"\n'
    for n in range(3)
)
_RECORD = {
    **record(1),
    "author": [{"name": "Ana Roe"}, "Bo Lind"],
    "url": "https://a.example/2021/03/04/x",
    "section": "Islands",
    "language": "en",
    "updated": "2021-03-05T10:00:00Z",
    "text": "".join(f"<p>{one} &amp; more</p>" for one in paragraphs(1)),
}
_FORWARDED = f"Content-Type: message/rfc822\n\n{mail.TOP}{mail.PLAIN}{mail.LEDE}\n"

_HTML = Format(
    (".html", ".html", ".htm"),
    _encoded(
        _RICH_PAGE,
        page.page(),
        _PLAIN_PAGE,
        KINDS[".html"](1),
        page.page(body="\n".join(page.PARAGRAPHS)),
    ),
    HTML_TOKENS,
    _HTML_PAIRS,
    _in_tree(HTML_NAMES, HTML_ATTRIBUTES, is_html=True),
)
_JSON = Format(
    (".json",),
    _encoded(
        json.dumps([record(1), record(2)]),
        json.dumps({"response": {"docs": [_RECORD, record(2)]}}),
        json.dumps(_RECORD),
        json.dumps({"hits": {"hits": [{"_id": "a", "_source": _RECORD}]}}),
    ),
    tuple(f'"{name}":'.encode() for name in NAMES) + HTML_TOKENS[::7],
    ((b"[", b"]"), (b'{"a":', b"}"), (b'{"text":', b"}"), (b"[[", b"]]")),
    _in_json,
)
FORMATS: dict[str, Format] = {
    "html": _HTML,
    "text": Format(
        (".txt",), _encoded(text.PLAIN, text.SAVED, KINDS[".txt"](1), text.PROSE), HTML_TOKENS[::9]
    ),
    "markdown": Format(
        (".md", ".markdown"),
        _encoded(
            markdown.FRONT_MATTER, KINDS[".md"](1), f"# Ferries\n\n*By Ana Roe*\n\n- {text.PROSE}\n"
        ),
        (*(one.encode() for one in _MARKDOWN_TOKENS.split("|")), *HTML_TOKENS[:20]),
        (
            (b"[", b"]"),
            (b"*", b"*"),
            (b"**", b"**"),
            (b"> ", b""),
            (b"![", b"](x)"),
            (b"`", b"`"),
            (b"_", b"_"),
        ),
    ),
    "pdf": Format(
        (".pdf",),
        (
            _pages(print_.HEAD + lines(print_.BODY, y=640)),
            _pages(print_.two_columns(by_row=False), print_.two_columns(by_row=True)),
            _pages(*(print_.running(n, print_.BODY) for n in (1, 2, 3))),
            _pages(
                lines(print_.BODY) + line("Seen", 72, 400, font="F2") + b"3 Tr " + lines(["unseen"])
            ),
        ),
        PDF_TOKENS,
        (
            (b"[", b"]"),
            (b"<<", b">>"),
            (b"q ", b"Q "),
            (b"(", b")"),
            (b"BT ", b"ET "),
            (b"/X <<", b">>"),
        ),
        pack=_printed,
    ),
    "docx": Format(
        (".docx",),
        (
            _parts_of(docx.WHOLE),
            _parts_of(KINDS[".docx"](1)),
            _parts_of(
                docx.docx(
                    docx.p("Ferries to Norby stay", style="H1"),
                    docx.p("By Ana Roe, The Harbour Post"),
                    docx.p("12 May 2021"),
                    docx.p(
                        docx.LEDE,
                        docx.run("hidden", "<w:vanish/>"),
                        docx.run("small", '<w:sz w:val="1"/>'),
                    ),
                    docx.p(
                        docx.run("white", '<w:color w:val="FFFFFF"/>'),
                        f"<w:ins>{docx.run('x')}</w:ins>",
                    ),
                    docx.p(f"<w:r><w:txbxContent>{docx.p('In a box.')}</w:txbxContent></w:r>"),
                    docx.table((docx.p("Town"), docx.p("Boats")), (docx.p("Orle"), docx.p("31"))),
                    core="<creator>Ana Roe</creator><title>Ferries to Norby stay</title>",
                )
            ),
        ),
        (
            *(f"<w:{name.removeprefix(_WORD)}>".encode() for name in WORD_NAMES),
            *XML_TOKENS[:40],
            _PART,
        ),
        (
            (b"<w:p>", b"</w:p>"),
            (b"<w:tbl><w:tr><w:tc>", b"</w:tc></w:tr></w:tbl>"),
            (b"<w:sdt>", b"</w:sdt>"),
        ),
        _in_parts(_in_tree(WORD_NAMES, WORD_ATTRIBUTES, is_html=False)),
        _zipped,
    ),
    "eml": Format(
        (".eml",),
        _encoded(
            KINDS[".eml"](1),
            mail.TOP + mail.multipart(f"{mail.PLAIN}{mail.LEDE}", mail.html_part(mail.PAGE)),
            mail.TOP + mail.multipart(mail.PLAIN, mail.html_part(_PLAIN_PAGE)),
            *(
                f"{mail.FORWARD_TOP}{mail.PLAIN}{how}{mail.LEDE}\n"
                for how in mail.FORWARDS.values()
            ),
            mail.FORWARD_TOP + mail.multipart(f"{mail.PLAIN}Look.", _FORWARDED, kind="mixed"),
        ),
        MAIL_TOKENS,
        (
            *_HTML_PAIRS[:3],
            (b"> ", b""),
            (b">", b"\n"),
            (b"Content-Type: multipart/mixed; boundary=x\n\n--x\n", b""),
        ),
    ),
    "mhtml": Format(
        (".mhtml", ".mht"),
        _encoded(
            KINDS[".mhtml"](1),
            mhtml.saved(mhtml.part(mhtml.page())),
            mhtml.saved(mhtml.part(_RICH_PAGE, extra="Content-ID: <x>\n"), start='start="<x>"; '),
        ),
        MAIL_TOKENS,
        _HTML_PAIRS,
    ),
    "json": _JSON,
    "jsonl": Format(
        (".jsonl", ".ndjson", ".json"),
        _encoded(
            "\n".join(json.dumps(one) for one in (record(1), _RECORD, record(2))),
            KINDS[".jsonl"](1),
        ),
        _JSON.tokens,
        _JSON.pairs,
        _in_json,
    ),
    "table": Format(
        (".csv", ".tsv"),
        _encoded(
            _TABLE,
            KINDS[".csv"](1),
            KINDS[".tsv"](1),
            _TABLE.replace(",", ";"),
            _TABLE.replace('""', '\\"'),
        ),
        (*TABLE_TOKENS, *HTML_TOKENS[::9]),
        ((b'"', b'"'), (b'""', b'""'), (b"\\", b"")),
    ),
    "feed": Format(
        (".rss", ".atom", ".xml"),
        _encoded(
            feed.rss(feed.ITEM, feed.item(content=feed.STORY, rest="<title>B</title>")),
            feed.rss(feed.item(description=feed.LONG * 2)),
            feed.atom(
                "<entry><title>Ferries</title><id>x</id><link"
                " href='https://a.example/x'/><author>"
                "<name>Ana Roe</name></author><updated>2021-05-12T10:00:00Z</updated><content "
                f"type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>{feed.STORY}</div></content></entry>"
            ),
            KINDS[".rss"](1),
        ),
        (*XML_TOKENS, *HTML_TOKENS[:40]),
        (
            (b"<item>", b"</item>"),
            (b"<content>", b"</content>"),
            (b"<div>", b"</div>"),
            (b"<![CDATA[", b"]]>"),
        ),
        _in_tree(FEED_NAMES, FEED_ATTRIBUTES, is_html=False),
    ),
    "gz": Format(
        (
            ".html.gz",
            ".txt.gz",
            ".jsonl.gz",
            ".json.gz",
            ".csv.gz",
            ".rss.gz",
            ".HTML.GZ",
            ".md.gz",
        ),
        _encoded(
            *(
                KINDS[kind](1)
                for kind in (".html", ".txt", ".jsonl", ".json", ".csv", ".rss", ".md")
            )
        ),
        HTML_TOKENS[::9],
        pack=_gzipped,
    ),
}
"""Reader -> what it is fed with."""
