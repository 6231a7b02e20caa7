"""A library for another embedding model or splitter, made from the ledger's texts alone.

Built beside the old one, which goes on answering, and put in its place when it is whole. A
rebuild that was stopped goes on where it left off.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from functools import cache, partial
from pathlib import Path

from index.embed import Embedder, SentenceTransformerEmbedder
from index.health import heal
from index.library import Library
from index.lock import only_writer
from index.prepare import manifest, prepare
from index.schema import Progress
from index.settings import IndexSettings
from index.store import Store
from index.switch import beside, switch

BATCH_ARTICLES = 50


def rebuild(
    settings: IndexSettings,
    model: Path,
    *,
    load: Callable[[Path], Embedder] | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> int:
    """Build the library anew with these settings and this model; return how many articles it has.

    Raises:
        NoLibraryError: nothing has been indexed yet.
        BusyError: another process is writing.
        LibraryError: the library cannot be written.
        ModelError: the model cannot be loaded.
    """
    folder = settings.library_dir
    load = load or partial(SentenceTransformerEmbedder, batch_size=settings.batch_size)
    embedder = cache(partial(load, model))
    with only_writer(folder):
        with closing(Library(folder)) as old, closing(_next(settings, model)) as new:
            new.settle()
            done = {i: new.library.content_hash(i) for i in new.library.ids()}
            ids = old.ids()
            todo = [i for i in ids if old.content_hash(i) != done.get(i)]
            for at in range(0, len(todo), BATCH_ARTICLES):
                progress(Progress(len(ids) - len(todo) + at, len(ids), at))
                articles = list(old.articles(todo[at : at + BATCH_ARTICLES]).values())
                new.put(prepare(articles, embedder, settings.chunk_words)[0])
            new.remove(sorted(done.keys() - set(ids)))
            new.take_records(old)
            progress(Progress(len(ids), len(ids), len(todo)))
        switch(folder)
    return len(ids)


def _next(settings: IndexSettings, model: Path) -> Store:
    """Open the library that is being built; one begun with other settings is given up."""
    wanted, folder = manifest(settings, model), beside(settings.library_dir)
    heal(folder)
    store = Store(folder)
    if store.library.manifest not in {None, wanted}:
        store.close()
        shutil.rmtree(folder)
        store = Store(folder)
    store.claim(wanted)
    return store
