"""Opens a library to be asked: ledger, vectors, and the embedding model it was built with."""

from __future__ import annotations

from typing import NamedTuple

from index import models
from index.embed import Embedder, SentenceTransformerEmbedder
from index.errors import MismatchError
from index.health import recover
from index.library import Library
from index.prepare import manifest
from index.settings import IndexSettings
from index.vectors import VectorStore


class Opened(NamedTuple):
    """What retrieval works with; the first two must be closed."""

    library: Library
    vectors: VectorStore
    embedder: Embedder


def open_library(settings: IndexSettings) -> Opened:
    """Open the library that the settings name, and load its embedding model.

    Raises:
        NoLibraryError: nothing has been indexed yet.
        MismatchError: the library was built with another embedding model or splitter.
        ModelError: the embedding model's weights are not there.
    """
    recover(settings.library_dir)
    library = Library(settings.library_dir)
    folder = models.find(models.EMBEDDING, settings.models_dir, settings.embed_model)
    asked = manifest(settings, folder)
    if library.manifest not in {None, asked}:
        raise MismatchError(
            f"The library was built with {library.manifest}, and you ask with {asked}. "
            f"Ask with the model it was built with, or run `dateline rebuild`."
        )
    embedder = SentenceTransformerEmbedder(folder, batch_size=settings.batch_size)
    return Opened(library, VectorStore(settings.library_dir), embedder)
