"""The retriever inside a plain LlamaIndex program, over a library on disk."""

from __future__ import annotations

import pytest
from fakes import HashEmbedder, readers
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine

from index.library import Library
from index.settings import IndexSettings
from index.sync import sync
from index.vectors import VectorStore
from rag.llamaindex import DatelineRetriever
from rag.retrieve import Retriever

HARBOUR = "Harbour closed\n\nPublished 3 May 2021\n\nThe harbour of Vell stays closed until Friday."
BRIDGE = "Bridge opens\n\nPublished 9 May 2021\n\nThe bridge over the Orne opened to lorries today."


@pytest.fixture
def library(tmp_path):
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "harbour.txt").write_text(HARBOUR, "utf-8")
    (folder / "bridge.txt").write_text(BRIDGE, "utf-8")
    settings = IndexSettings(home=tmp_path / "home")
    model = tmp_path / "model"
    model.mkdir()
    sync([folder], settings, model, load=HashEmbedder, pool=readers())
    library = Library(settings.library_dir)
    vectors = VectorStore(settings.library_dir)
    yield library, Retriever(library, vectors, HashEmbedder())
    vectors.close()
    library.close()


def test_nodes_carry_our_ids_and_offsets_best_first(library):
    ledger, _ = library
    found = DatelineRetriever(*library, as_of="2022-01-01").retrieve("When is the harbour closed?")
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
    node = found[0].node
    article = ledger.article(node.metadata["article_id"])
    assert article.name == "harbour.txt"
    assert article.text[node.start_char_idx : node.end_char_idx] == node.text
    assert node.node_id in ledger.chunk_ids([article.id])


def test_what_was_published_later_is_not_found(library):
    found = DatelineRetriever(*library, as_of="2021-05-05").retrieve("Is the bridge open?")
    assert {hit.node.metadata["article"] for hit in found} == {"harbour.txt"}


def test_llamaindex_s_own_query_engine_runs_over_it(library):
    engine = RetrieverQueryEngine.from_args(
        DatelineRetriever(*library, as_of="2022-01-01", top_k=1), llm=MockLLM()
    )
    answer = engine.query("When is the harbour closed?")
    assert "stays closed until Friday" in str(answer)
    assert [source.node.metadata["article"] for source in answer.source_nodes] == ["harbour.txt"]
