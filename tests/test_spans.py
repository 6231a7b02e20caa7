"""Whatever a text is made of and whatever file it comes in, every span of it is exact.

Files of every format are made of difficult text, read as an index run reads them, split, stored
and read back. What is checked holds for every article, so the texts need no known answer.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import textwrap
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from unicodedata import is_normalized
from xml.sax.saxutils import escape

import pytest
import test_index_extract_docx as docx_made
import test_index_extract_mail as mail_made
import test_index_extract_mhtml as mhtml_made
from fakes import HashEmbedder, MemoryVectors
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pdf_made import lines, pdf
from test_index_extract_feed import atom, item, rss

from index.extract import SUPPORTED, read
from index.extract.clean import clean_characters
from index.files import Source, articles
from index.library import Library
from index.prepare import prepare
from index.rows import Entry
from index.schema import Article
from index.split import MAX_SENTENCE
from index.store import Store

CHUNK_WORDS = 40
LEDE = "The ferries between Calder and Norby stayed in port on Tuesday, the harbour master said."
THIRD = "Then the wind turned, and it rained in the hills above Orle for two days and a night."
SECOND = "Nobody could tell the passengers when the boats would sail again, and the hotel was full."

WORDS = [
    *("harbour", "U.S.", "Dr.", "e.g.", "2.5", "1,200", "No.", "it’s", "re‑opened", "half-way"),
    *("cafe\u0301", "A\u030angstro\u0308m", "e\u0323\u0302", "n\u0303\u0330o"),  # combining marks
    *("\U0001d518\U0001d52b", "🚢🌊", "👩🏽\u200d🚀", "\U00020bb7野", "🇳🇴"),  # beyond 16 bits
    *("שָׁלוֹם", "مرحبًا", "\u202bהספינה\u202c", "a\u200eb"),  # right to left
    *("so\u00adap", "zero\u200bwidth", "\ufeffmark", "wo\u2060rd", "fi\ufb01sh"),  # not seen
    *("东京的渡轮停了。", "фунтов", "ĿEĹ", "ß", "ǅ", "²", "½", "…", "—", "–"),
    *("“stay", "home.”", "«Paris»", '"Now,"', "'tis", "(cf.", "9)", "[1]", "said:", "why?!"),
]
GAPS = [" ", "  ", "\u00a0", "\u2009", "\u202f", "\t", "\u3000", " \u200b ", "\u00a0 "]
ENDS = [".", "!", "?", "…", ".”", '."', ".)", "?!", "", " ;", ":", "."]
LINE_ENDS = ["\n", "\r\n", "\r"]

sentence = st.builds(
    lambda words, gap, end: f"{gap.join(words)}{end}",
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=12),
    st.sampled_from(GAPS),
    st.sampled_from(ENDS),
)
unbroken = st.builds(lambda word, n: word * n, st.sampled_from(WORDS), st.integers(80, 700))
paragraph = st.builds(
    lambda parts, gap: gap.join(parts),
    st.lists(sentence | unbroken, min_size=1, max_size=6),
    st.sampled_from([" ", "\u00a0", "  "]),
)


@st.composite
def stories(draw) -> list[str]:
    """Paragraphs, some of them several times; plain ones make every file an article."""
    odd = draw(st.lists(paragraph, min_size=1, max_size=4))
    again = draw(st.lists(st.sampled_from([*odd, LEDE]), max_size=3))
    # The last is plain too: a feed's text that ends in an ellipsis is a teaser.
    return [LEDE, *draw(st.permutations([SECOND, *odd, *again])), THIRD]


def as_lines(story: list[str], end: str) -> bytes:
    return (end * 2).join(story).encode()


def as_markdown(story: list[str], end: str) -> bytes:
    return f"# Ferries stay in port{end * 2}".encode() + as_lines(story, end)


def as_html(story: list[str], end: str) -> bytes:
    return mhtml_made.page(body=end.join(f"<p>{escape(p)}</p>" for p in story)).encode()


def as_pdf(story: list[str], end: str) -> bytes:
    """Lines of a column, in what the made fonts can write, a gap between paragraphs."""
    plain = [p.encode("cp1252", "ignore").decode("cp1252") for p in story]
    rows = [row for p in plain for row in (*textwrap.wrap(p, 80), "")]
    return pdf([lines(rows[at : at + 45]) for at in range(0, len(rows), 45)])


def as_docx(story: list[str], end: str) -> bytes:
    return docx_made.docx(*(docx_made.p(p) for p in story))


def as_mail(story: list[str], end: str) -> bytes:
    return f"{mail_made.TOP}{mail_made.PLAIN}".encode() + as_lines(story, end)


def as_mhtml(story: list[str], end: str) -> bytes:
    return mhtml_made.saved(mhtml_made.part(as_html(story, "\n").decode())).encode()


def as_json(story: list[str], end: str) -> bytes:
    body = (end * 2).join(story)
    return json.dumps([{"id": "a", "text": body}, {"id": "b", "text": f"{body} More."}]).encode()


def as_jsonl(story: list[str], end: str) -> bytes:
    return json.dumps({"id": "a", "text": (end * 2).join(story)}, ensure_ascii=False).encode()


def as_table(story: list[str], end: str, delimiter: str = ",") -> bytes:
    out = io.StringIO()
    rows = csv.writer(out, delimiter=delimiter)
    rows.writerows([("id", "title", "text"), ("a", "Ferries stay", (end * 2).join(story))])
    return out.getvalue().encode()


def as_rss(story: list[str], end: str) -> bytes:
    return rss(item(end.join(f"<p>{escape(p)}</p>" for p in story))).encode()


def as_atom(story: list[str], end: str) -> bytes:
    body = escape(end.join(f"<p>{escape(p)}</p>" for p in story))
    return atom(f'<entry><id>a</id><content type="html">{body}</content></entry>').encode()


WRITERS = {
    ".txt": as_lines,
    ".md": as_markdown,
    ".html": as_html,
    ".pdf": as_pdf,
    ".docx": as_docx,
    ".eml": as_mail,
    ".mhtml": as_mhtml,
    ".json": as_json,
    ".jsonl": as_jsonl,
    ".csv": as_table,
    ".tsv": lambda story, end: as_table(story, end, "\t"),
    ".rss": as_rss,
    ".atom": as_atom,
}
OTHER_NAMES = {".markdown", ".htm", ".mht", ".ndjson", ".xml"}  # of formats that are here already


def test_no_format_is_left_out():
    assert WRITERS.keys() | OTHER_NAMES == SUPPORTED


@dataclass
class Shelf:
    """A folder for files and a library beside it, used by all examples of one format."""

    root: Path

    def read(self, name: str, raw: bytes) -> list[Article]:
        path = self.root / name
        path.write_bytes(raw)
        found = list(articles(Source(path, name), read(path)))
        assert all(isinstance(article, Article) for article in found), found
        return found

    def stored(self, found: list[Article]) -> tuple[list[Entry], MemoryVectors]:
        """Write the articles, and read them back from a ledger that is opened anew."""
        entries, _ = prepare(found, lambda: HashEmbedder(dim=8), CHUNK_WORDS)
        vectors = MemoryVectors()
        store = Store(self.root / "library", vectors)
        store.put(entries)
        store.close()
        library = Library(self.root / "library")
        again = library.entries([article.id for article in found])
        library.close()
        assert [entry.sentences for entry in again] == [entry.sentences for entry in entries]
        return again, vectors


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    return Shelf(tmp_path_factory.mktemp("shelf"))


def check_sentences(entry: Entry) -> None:
    text, spans = entry.article.text, entry.sentences
    assert [span.n for span in spans] == list(range(len(spans)))
    assert all(a.end <= b.start for a, b in pairwise(spans))
    said = [text[span.start : span.end] for span in spans]
    assert all(s == s.strip() != "" and "\n" not in s and len(s) <= MAX_SENTENCE for s in said)
    edges = [0, *(edge for span in spans for edge in (span.start, span.end)), len(text)]
    between = [text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
    assert "".join(between).strip() == ""  # every word stands in a sentence


def check_chunks(entry: Entry, vectors: MemoryVectors) -> None:
    text, spans = entry.article.text, entry.sentences
    held = [n for chunk in entry.chunks for n in range(chunk.first, chunk.last + 1)]
    assert held == list(range(len(spans)))  # whole sentences, each once, in order
    for chunk in entry.chunks:
        assert (chunk.start, chunk.end) == (spans[chunk.first].start, spans[chunk.last].end)
        assert vectors.rows[chunk.id][1] == text[chunk.start : chunk.end]


@pytest.mark.parametrize("suffix", WRITERS)
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],  # a smaller example would be sought for minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(story=stories(), end=st.sampled_from(LINE_ENDS), is_packed=st.booleans())
def test_spans_are_exact_from_the_file_to_the_ledger(shelf, suffix, story, end, is_packed):
    raw = WRITERS[suffix](story, end)
    name = f"a{suffix}.gz" if is_packed else f"a{suffix}"
    found = shelf.read(name, gzip.compress(raw) if is_packed else raw)
    assert found
    entries, vectors = shelf.stored(found)
    for article, entry in zip(found, entries, strict=True):
        assert entry.article == article
        assert "".join(LEDE.split()) in "".join(article.text.split())
        assert is_normalized("NFC", article.text)
        assert clean_characters(article.text) == article.text
        check_sentences(entry)
        check_chunks(entry, vectors)
