"""Articles -> ledger entries and chunk vectors: split, chunk, encode. Stores nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.embed import Embedder, Passage, fingerprint
from index.rows import Entry, Manifest
from index.schema import Article, Chunk, Sentence
from index.settings import IndexSettings
from index.split import SPLITTER_VERSION, chunks, sentences


def manifest(settings: IndexSettings, model: Path) -> Manifest:
    """Return what a library made with these settings and this model folder is built with."""
    return Manifest(
        embed_model=model.name,
        embed_fingerprint=fingerprint(model),
        splitter=SPLITTER_VERSION,
        chunk_words=settings.chunk_words,
    )


def prepare(
    articles: Sequence[Article], embedder: Embedder, chunk_words: int
) -> tuple[list[Entry], NDArray[np.float32]]:
    """Return an entry for each article, and the vectors (n_chunks, dim) of all their chunks.

    The title is read by the model before each chunk, so that a passage knows its subject.
    """
    parts = [sentences(article.text) for article in articles]
    runs = [
        chunks(article.id, article.text, own, chunk_words)
        for article, own in zip(articles, parts, strict=True)
    ]
    passages = [
        _passage(article, own, chunk)
        for article, own, run in zip(articles, parts, runs, strict=True)
        for chunk in run
    ]
    encoded = dict(embedder.embed_passages(passages))
    vectors = np.stack([encoded[i].vector for i in range(len(passages))])
    entries, at = [], 0
    for article, own, run in zip(articles, parts, runs, strict=True):
        rows = [encoded[i].span_vectors for i in range(at, at + len(run))]
        entries.append(Entry(article, own, run, np.concatenate(rows)))
        at += len(run)
    return entries, vectors


def _passage(article: Article, own: Sequence[Sentence], chunk: Chunk) -> Passage:
    spans = [
        (s.start - chunk.start, s.end - chunk.start) for s in own[chunk.first : chunk.last + 1]
    ]
    return Passage(article.text[chunk.start : chunk.end], tuple(spans), article.title)
