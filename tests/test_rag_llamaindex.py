"""The retriever inside a plain LlamaIndex program, over a library on disk."""

from __future__ import annotations

import chromadb
import pytest
from fakes import HashEmbedder, readers
from llama_index.core import VectorStoreIndex
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.vector_stores.chroma import ChromaVectorStore

from index.library import Library
from index.settings import IndexSettings
from index.sync import sync
from index.vectors import COLLECTION, FOLDER, VectorStore
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


class Embedding(BaseEmbedding):
    """The test's embedding model as LlamaIndex takes one."""

    def _get_query_embedding(self, query: str) -> list[float]:
        return [float(x) for x in HashEmbedder().embed_query(query)]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_query_embedding(text)


def test_a_plain_llamaindex_program_opens_the_same_collection(library):
    ledger, _ = library
    client = chromadb.PersistentClient(path=str(ledger.folder / FOLDER))
    store = ChromaVectorStore(chroma_collection=client.get_collection(COLLECTION))
    index = VectorStoreIndex.from_vector_store(store, embed_model=Embedding())
    engine = index.as_query_engine(llm=MockLLM(), similarity_top_k=1)
    answer = engine.query("When is the harbour closed?")
    assert "stays closed until Friday" in str(answer)
    (source,) = answer.source_nodes
    article = ledger.article(source.node.metadata["article_id"])
    assert article.text[source.node.start_char_idx : source.node.end_char_idx] == source.node.text


def test_our_ranking_runs_under_llamaindex_s_own_engines(library):
    found = DatelineRetriever(*library, as_of="2022-01-01", top_k=2)
    assert isinstance(found, BaseRetriever)
    engine = RetrieverQueryEngine.from_args(found, llm=MockLLM())
    assert len(engine.query("Is the bridge open?").source_nodes) == 2


def test_llamaindex_s_own_query_engine_runs_over_it(library):
    engine = RetrieverQueryEngine.from_args(
        DatelineRetriever(*library, as_of="2022-01-01", top_k=1), llm=MockLLM()
    )
    answer = engine.query("When is the harbour closed?")
    assert "stays closed until Friday" in str(answer)
    assert [source.node.metadata["article"] for source in answer.source_nodes] == ["harbour.txt"]
