"""A plain LlamaIndex program opens our collection and finds nodes with our ids and offsets."""

from __future__ import annotations

import json

import chromadb
import pytest
from fakes import HashEmbedder
from llama_index.core.schema import MetadataMode, NodeRelationship
from llama_index.core.vector_stores.types import (
    MetadataFilter,
    MetadataFilters,
    VectorStoreQuery,
)

from index.library import Library
from index.nodes import day, node, record
from index.schema import Article, Chunk
from index.settings import IndexSettings
from index.sync import sync
from index.vectors import COLLECTION, VectorStore

FERRY = "The night ferry to Olm was cancelled on Tuesday after a fire in its engine room."
BRIDGE = "Engineers found cracks in the old bridge at Tarn and closed it to lorries at once."
ARTICLE = Article(
    id="abc",
    path="/news/ferry.txt",
    name="ferry.txt",
    title="Fire on the Olm ferry",
    source="Harbour Post",
    authors=(),
    published="2022-09-28",
    published_from="byline",
    url=None,
    language="en",
    text=f"{FERRY} {FERRY} {BRIDGE}",
)
CHUNK = Chunk("abc:0001", "abc", 1, len(FERRY) + 1, 2 * len(FERRY) + 1, 1, 1)


def test_a_node_carries_our_id_our_offsets_and_the_exact_text():
    made = node(ARTICLE, CHUNK)
    assert made.node_id == CHUNK.id
    assert (made.start_char_idx, made.end_char_idx) == (CHUNK.start, CHUNK.end)
    assert made.text == ARTICLE.text[CHUNK.start : CHUNK.end] == FERRY
    assert made.ref_doc_id == ARTICLE.id
    assert made.relationships[NodeRelationship.SOURCE].node_id == ARTICLE.id


def test_what_is_unknown_is_left_out_and_never_empty_text():
    bare = Article("x", "/x", "x", "", "", (), None, "unknown", None, None, FERRY)
    metadata = node(bare, CHUNK).metadata
    assert metadata == {"article_id": "x", "article": "x", "day": 0}
    assert "url" not in node(ARTICLE, CHUNK).metadata


def test_the_model_reads_what_the_embedder_reads():
    text = node(ARTICLE, CHUNK).get_content(MetadataMode.EMBED)
    assert ARTICLE.title in text
    assert ARTICLE.name not in text
    assert "20220928" not in text


def test_a_record_is_flat_and_holds_the_text_once():
    stored = record(ARTICLE, CHUNK)
    assert all(isinstance(value, str | int | float) for value in stored.values())
    assert stored["source_key"] == "harbour post"
    assert stored["day"] == 20220928
    assert FERRY not in json.dumps(stored)


@pytest.mark.parametrize(
    ("published", "number"), [("2022-09-28", 20220928), ("1999-01-02", 19990102), (None, 0)]
)
def test_days_compare_like_dates(published, number):
    assert day(published) == number


@pytest.fixture
def home(tmp_path):
    """A library of three files, written by our own index run and closed again."""
    news = tmp_path / "news"
    news.mkdir()
    (news / "ferry.txt").write_text(" ".join(f"{FERRY} It was case {n}." for n in range(9)))
    (news / "bridge.txt").write_text(BRIDGE)
    front = "---\nsource: Harbour Post\ndate: 2022-09-28\ntitle: Bread\n---\n"
    (news / "bread.md").write_text(f"{front}Bakers in the capital walked out over their night pay.")
    settings = IndexSettings(home=tmp_path / "home", chunk_words=40)
    sync([news], settings, tmp_path / "model", load=HashEmbedder)
    return settings


@pytest.fixture
def peer(home):
    """What any LlamaIndex program would open: Chroma's client and LlamaIndex's own store."""
    from llama_index.vector_stores.chroma import ChromaVectorStore

    client = chromadb.PersistentClient(str(home.library_dir / "chroma"))
    yield ChromaVectorStore(chroma_collection=client.get_collection(COLLECTION))
    client.close()


def query(text, **options):
    vector = HashEmbedder().embed_query(text).tolist()
    return VectorStoreQuery(query_embedding=vector, similarity_top_k=3, **options)


def test_a_plain_llamaindex_program_finds_our_nodes(home, peer):
    found = peer.query(query("case 5 of the night ferry fire"))
    assert len(found.nodes) == 3
    library = Library(home.library_dir)
    chunks = library.chunks(found.ids)
    for number, text in zip(found.ids, found.nodes, strict=True):
        article = library.article(chunks[number].article_id)
        assert text.node_id == number
        assert (text.start_char_idx, text.end_char_idx) == (
            chunks[number].start,
            chunks[number].end,
        )
        assert article.text[text.start_char_idx : text.end_char_idx] == text.text
        assert text.ref_doc_id == text.metadata["article_id"] == article.id
        assert text.metadata["article"] == article.name
    library.close()


def test_both_ways_in_rank_alike(home, peer):
    asked = "cracks in the bridge"
    store = VectorStore(home.library_dir)
    ours = store.nearest(HashEmbedder().embed_query(asked), 3)
    store.close()
    assert peer.query(query(asked)).ids == [i for i, _ in ours]


def test_a_plain_llamaindex_program_can_filter_by_outlet_and_day(peer):
    for key, value in (("source", "Harbour Post"), ("day", 20220928)):
        filters = MetadataFilters(filters=[MetadataFilter(key=key, value=value)])
        found = peer.query(query("night pay", filters=filters))
        assert [n.metadata["article"] for n in found.nodes] == ["bread.md"]
