"""A second look at the best passages, by a model of one's own."""

from __future__ import annotations

import math

import pytest
from fakes import HashEmbedder
from made import TODAY, Archive

from index.errors import ModelError
from index.library import Library
from index.vectors import VectorStore
from rag.question import understand
from rag.rerank import CrossEncoderReranker, open_reranker
from rag.retrieve import Retriever
from rag.schema import Filters


class Goats:
    """Likes goats, and notes what it was shown."""

    def __init__(self):
        self.seen = []

    def scores(self, question, passages):
        self.seen = [question, *passages]
        return [1.0 if "goat" in passage else 0.0 for passage in passages]


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    made = Archive(tmp_path_factory.mktemp("rerank"))
    made.index()
    return made


def found(archive, reranker):
    library = Library(archive.settings.library_dir)
    vectors = VectorStore(archive.settings.library_dir)
    try:
        retriever = Retriever(library, vectors, HashEmbedder(), reranker=reranker)
        question = understand("How many people left Orle?", (), Filters(), TODAY)
        return retriever.retrieve(question).hits
    finally:
        vectors.close()
        library.close()


def test_what_the_model_likes_comes_first_with_its_score(archive):
    model = Goats()
    plain, again = found(archive, None), found(archive, model)
    assert all(math.isnan(hit.rerank) for hit in plain)
    assert again[0].rerank == 1.0
    assert again[0].chunk_id != plain[0].chunk_id
    assert {hit.chunk_id for hit in again} == {hit.chunk_id for hit in plain}
    assert [hit.score for hit in again] == sorted((h.score for h in again), reverse=True)
    assert all(0 <= hit.score <= 1 for hit in again)


def test_the_model_reads_the_question_and_title_and_text(archive):
    model = Goats()
    found(archive, model)
    assert model.seen[0] == "How many people left Orle?"
    assert any(text.startswith("Dam breaks above Orle\nMore than 1,200") for text in model.seen)


def test_no_folder_is_no_reranker():
    assert open_reranker(None) is None


def test_a_folder_without_a_model_is_refused_with_what_to_do(tmp_path):
    with pytest.raises(ModelError, match="--reranker"):
        CrossEncoderReranker(tmp_path)
