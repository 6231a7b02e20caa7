"""What the ledger's tables are, and how articles go in and out of rows. Pure data, no database.

Sentences and vectors are kept as blobs of their article, because they are only ever read
together: int32 (start, end) pairs, and float16 unit vectors, half the size at a cosine error
below 0.001. An article in ``pending`` has still to reach the vector store.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.database import Row
from index.schema import Article, Chunk, Sentence

SCHEMA_VERSION = "3"

# Long values stand last in a row: SQLite reads past them to reach what comes after.
TABLES = """
CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS files(
    path TEXT PRIMARY KEY, content_hash TEXT NOT NULL, failures TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS articles(
    id TEXT PRIMARY KEY, path TEXT NOT NULL, name TEXT NOT NULL, title TEXT NOT NULL,
    source TEXT NOT NULL, authors TEXT NOT NULL, published TEXT, published_from TEXT NOT NULL,
    url TEXT, language TEXT, updated TEXT, section TEXT NOT NULL, pages TEXT NOT NULL,
    provenance TEXT NOT NULL, content_hash TEXT NOT NULL, passage_hash TEXT NOT NULL,
    text TEXT NOT NULL, spans BLOB NOT NULL, chunk_vectors BLOB NOT NULL,
    span_vectors BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS articles_path ON articles(path);
CREATE INDEX IF NOT EXISTS articles_published ON articles(published);
CREATE INDEX IF NOT EXISTS articles_content ON articles(content_hash);
CREATE INDEX IF NOT EXISTS articles_passage ON articles(passage_hash);
CREATE TABLE IF NOT EXISTS chunks(
    rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, article_id TEXT NOT NULL,
    n INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
    first INTEGER NOT NULL, last INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS chunks_article ON chunks(article_id);
CREATE VIRTUAL TABLE IF NOT EXISTS chunk_text USING fts5(title, body, tokenize='porter unicode61');
CREATE TABLE IF NOT EXISTS pending(article_id TEXT PRIMARY KEY, stale TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS marks(
    mark INTEGER NOT NULL, article_id TEXT NOT NULL, PRIMARY KEY (mark, article_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS marks_article ON marks(article_id);
CREATE TABLE IF NOT EXISTS copies(
    one TEXT NOT NULL, other TEXT NOT NULL, kind TEXT NOT NULL, similarity REAL NOT NULL,
    PRIMARY KEY (one, other)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS copies_other ON copies(other);
CREATE TABLE IF NOT EXISTS past(
    article_id TEXT NOT NULL, content_hash TEXT NOT NULL, name TEXT NOT NULL, title TEXT NOT NULL,
    source TEXT NOT NULL, published TEXT, url TEXT, ended TEXT NOT NULL, how TEXT NOT NULL,
    successor TEXT, PRIMARY KEY (article_id, content_hash));
"""

ARTICLE_COLUMNS = (
    "id, path, name, title, source, authors, published, published_from, url, language, text, "
    "updated, section, pages, provenance"
)
CHUNK_COLUMNS = "id, article_id, n, start, end, first, last"
PAST_COLUMNS = (
    "article_id, content_hash, name, title, source, published, url, ended, how, successor"
)


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
    """One article with everything derived from it; vectors are unit rows, rounded to float16.

    ``chunk_vectors`` is (n_chunks, dim), ``span_vectors`` (n_sentences, dim).
    """

    article: Article
    sentences: tuple[Sentence, ...]
    chunks: tuple[Chunk, ...]
    chunk_vectors: NDArray[np.float16]
    span_vectors: NDArray[np.float16]


def article_row(entry: Entry) -> dict[str, object]:
    """Return the columns of an article's row by name."""
    a = entry.article
    return {
        "id": a.id,
        "path": a.path,
        "name": a.name,
        "title": a.title,
        "source": a.source,
        "authors": json.dumps(a.authors),
        "published": a.published,
        "published_from": a.published_from,
        "url": a.url,
        "language": a.language,
        "updated": a.updated,
        "section": a.section,
        "pages": json.dumps(a.pages),
        "provenance": json.dumps(a.provenance),
        "content_hash": a.content_hash,
        "passage_hash": a.passage_hash,
        "text": a.text,
        "spans": np.array([(s.start, s.end) for s in entry.sentences], dtype="<i4").tobytes(),
        "chunk_vectors": entry.chunk_vectors.astype("<f2").tobytes(),
        "span_vectors": entry.span_vectors.astype("<f2").tobytes(),
    }


def to_article(row: Row) -> Article:
    """Build an article from a row of ARTICLE_COLUMNS."""
    fields = list(row)
    fields[5] = tuple(json.loads(row[5]))
    fields[13] = tuple(json.loads(row[13]))
    fields[14] = tuple((name, where) for name, where in json.loads(row[14]))
    return Article(*fields)


def to_spans(blob: bytes) -> list[tuple[int, int]]:
    """Read the start and the end of every sentence back from their blob."""
    starts, ends = np.frombuffer(blob, dtype="<i4").reshape(-1, 2).T.tolist()
    return list(zip(starts, ends, strict=True))


def to_vectors(blob: bytes, n: int) -> NDArray[np.float16]:
    """Read ``n`` vectors back: (n, dim)."""
    return np.frombuffer(blob, dtype="<f2").reshape(n, -1)
