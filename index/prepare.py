"""Articles -> ledger entries and chunk vectors: split, chunk, encode. Stores nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from index.embed import Embedder, Passage, fingerprint
from index.rows import Entry, Manifest
from index.schema import Article, Chunk, Sentence
from index.settings import IndexSettings
from index.split import SPLITTER_VERSION, chunk_id, chunks, sentences


def manifest(settings: IndexSettings, model: Path) -> Manifest:
    """Return what a library made with these settings and this model folder is built with."""
    return Manifest(
        embed_model=model.name,
        embed_fingerprint=fingerprint(model),
        splitter=SPLITTER_VERSION,
        chunk_words=settings.chunk_words,
    )


def prepare(
    articles: Sequence[Article],
    load: Callable[[], Embedder],
    chunk_words: int,
    known: Callable[[str], Entry | None] = lambda passage_hash: None,
) -> tuple[list[Entry], int]:
    """Return an entry for each article, and how many chunks had to be encoded for them.

    The title is read by the model before each chunk, so that a passage knows its subject.
    Articles of the same title and text are encoded once; ``known`` gives an entry by
    ``Article.passage_hash`` where the library has one. ``load`` is called only when something is
    left to encode.
    """
    made: dict[str, Entry] = {}
    fresh: dict[str, Article] = {}
    for article in articles:
        passage_hash = article.passage_hash
        if passage_hash not in made and passage_hash not in fresh:
            twin = known(passage_hash)
            if twin is None:
                fresh[passage_hash] = article
            else:
                made[passage_hash] = twin
    made |= zip(fresh, _encoded(list(fresh.values()), load, chunk_words), strict=True)
    n_encoded = sum(len(made[passage_hash].chunks) for passage_hash in fresh)
    return [_of(article, made[article.passage_hash]) for article in articles], n_encoded


def _encoded(
    articles: Sequence[Article], load: Callable[[], Embedder], chunk_words: int
) -> list[Entry]:
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
    encoded = dict(load().embed_passages(passages)) if passages else {}
    entries, at = [], 0
    for article, own, run in zip(articles, parts, runs, strict=True):
        rows = [encoded[i] for i in range(at, at + len(run))]
        whole = np.stack([row.vector for row in rows]).astype(np.float16)
        spans = np.concatenate([row.span_vectors for row in rows]).astype(np.float16)
        entries.append(Entry(article, own, run, whole, spans))
        at += len(run)
    return entries


def _of(article: Article, entry: Entry) -> Entry:
    """Return the entry as another article's of the same title and text."""
    if entry.article.id == article.id:
        return replace(entry, article=article)
    own = tuple(
        replace(chunk, id=chunk_id(article.id, chunk.n), article_id=article.id)
        for chunk in entry.chunks
    )
    return replace(entry, article=article, chunks=own)


def _passage(article: Article, own: Sequence[Sentence], chunk: Chunk) -> Passage:
    spans = [
        (s.start - chunk.start, s.end - chunk.start) for s in own[chunk.first : chunk.last + 1]
    ]
    return Passage(article.text[chunk.start : chunk.end], tuple(spans), article.title)
