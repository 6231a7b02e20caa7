"""What the ledger's tables are, and how articles go in and out of rows. Pure data, no database.

Sentences and their vectors are kept as one blob per article, because they are only ever read
together: int32 (start, end) pairs, and float16 unit vectors, half the size at a cosine error
below 0.001.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.database import Row
from index.schema import Article, Chunk, Scope, Sentence

SCHEMA_VERSION = "1"

TABLES = """
CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS files(
    path TEXT PRIMARY KEY, content_hash TEXT NOT NULL, failures TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS articles(
    id TEXT PRIMARY KEY, path TEXT NOT NULL, name TEXT NOT NULL, title TEXT NOT NULL,
    source TEXT NOT NULL, authors TEXT NOT NULL, published TEXT, published_from TEXT NOT NULL,
    url TEXT, language TEXT, text TEXT NOT NULL, content_hash TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'ready')),
    spans BLOB NOT NULL, span_vectors BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS articles_path ON articles(path);
CREATE INDEX IF NOT EXISTS articles_published ON articles(published);
CREATE TABLE IF NOT EXISTS chunks(
    rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, article_id TEXT NOT NULL,
    n INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
    first INTEGER NOT NULL, last INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS chunks_article ON chunks(article_id);
CREATE VIRTUAL TABLE IF NOT EXISTS chunk_text USING fts5(title, body, tokenize='porter unicode61');
"""

ARTICLE_COLUMNS = (
    "id, path, name, title, source, authors, published, published_from, url, language, text"
)
CHUNK_COLUMNS = "id, article_id, n, start, end, first, last"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a library was built with; vectors and offsets of two manifests are never mixed."""

    embed_model: str
    embed_fingerprint: str
    splitter: str
    chunk_words: int

    def __str__(self) -> str:
        """Return it as a person would say it."""
        return (
            f"{self.embed_model} ({self.embed_fingerprint}), "
            f"splitter {self.splitter}, {self.chunk_words} words a chunk"
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """One article with everything derived from it; ``span_vectors`` is (n_sentences, dim)."""

    article: Article
    sentences: tuple[Sentence, ...]
    chunks: tuple[Chunk, ...]
    span_vectors: NDArray[np.float32]


def article_row(entry: Entry) -> Row:
    """Return the values of a pending article's row, in the order of the table's columns."""
    a = entry.article
    spans = np.array([(s.start, s.end) for s in entry.sentences], dtype="<i4").tobytes()
    vectors = entry.span_vectors.astype("<f2").tobytes()
    head = (a.id, a.path, a.name, a.title, a.source, json.dumps(a.authors), a.published)
    tail = (a.published_from, a.url, a.language, a.text, a.content_hash, "pending", spans, vectors)
    return head + tail


def to_article(row: Row) -> Article:
    """Build an article from a row of ARTICLE_COLUMNS."""
    fields = list(row)
    fields[5] = tuple(json.loads(row[5]))
    return Article(*fields)


def to_sentences(blob: bytes) -> tuple[Sentence, ...]:
    """Read the sentences back from their blob."""
    pairs = np.frombuffer(blob, dtype="<i4").reshape(-1, 2)
    return tuple(Sentence(n, int(start), int(end)) for n, (start, end) in enumerate(pairs))


def to_vectors(blob: bytes, n_sentences: int) -> NDArray[np.float32]:
    """Read the sentence vectors back: (n_sentences, dim) float32."""
    return np.frombuffer(blob, dtype="<f2").reshape(n_sentences, -1).astype(np.float32)


def condition(scope: Scope) -> tuple[str, list[str]]:
    """Return an SQL condition on ``articles`` (never empty) and its values."""
    parts, values = ["state = 'ready'"], []
    if scope.date_from is not None:
        parts.append("published >= ?")
        values.append(scope.date_from)
    if scope.date_to is not None:
        parts.append("published <= ?")
        values.append(scope.date_to)
    if scope.until is not None:
        parts.append("(published IS NULL OR published <= ?)")
        values.append(scope.until)
    if scope.sources:
        marks = ", ".join("?" for _ in scope.sources)
        parts.append(f"lower(source) IN ({marks})")
        values.extend(source.lower() for source in scope.sources)
    return " AND ".join(parts), values
