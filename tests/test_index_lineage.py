"""What became of a version of an article: unchanged, changed, moved, gone, and all of them."""

from __future__ import annotations

import pytest
from fakes import HashEmbedder, MemoryVectors

from index.library import Library
from index.lineage import trace
from index.prepare import prepare
from index.schema import Article, digest
from index.store import Store

FERRY = "The ferry Aster left Vell with 41 passengers. It came back at dusk without one of them."
BRIDGE = "The bridge at Sorn is closed for repairs until the end of the month, the county said."
QUAY = "The quay at Vell was widened by four metres last year, which the fishermen had asked for."


def article(name: str, text: str) -> Article:
    return Article(
        id=digest(name)[:20],
        path=f"/articles/{name}",
        name=name,
        title="",
        source="",
        authors=(),
        published=None,
        published_from="unknown",
        url=None,
        language=None,
        text=text,
    )


A, B, C = (article(name, FERRY) for name in "abc")


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path, MemoryVectors())
    yield store
    store.close()


@pytest.fixture
def put(store):
    """Return a function that writes an article in place of its earlier version."""
    return lambda each: store.put(prepare([each], HashEmbedder, 40)[0])


def found(library: Library, each: Article, content_hash: str | None = None):
    return trace(library, each.id, each.content_hash if content_hash is None else content_hash)


def test_an_unchanged_article_has_no_past(store, put):
    put(A)
    assert found(store.library, A).article == A
    assert found(store.library, A).past is None


def test_a_changed_article_is_found_with_the_end_of_the_version(store, put):
    put(A)
    put(article("a", BRIDGE))
    put(article("a", QUAY))
    there = found(store.library, A)
    assert there.article == article("a", QUAY)
    assert (there.past.how, there.past.content_hash) == ("changed", A.content_hash)


def test_without_a_version_a_change_cannot_be_told(store, put):
    put(A)
    put(article("a", BRIDGE))
    assert found(store.library, A, "").article.text == BRIDGE
    assert found(store.library, A, "").past is None


def test_a_change_that_was_taken_back_is_none(store, put):
    for text in (FERRY, BRIDGE, FERRY):
        put(article("a", text))
    assert found(store.library, A).past is None


def test_a_moved_article_is_found_under_its_new_id_and_from_each_earlier_one(store, put):
    put(A)
    put(B)
    store.remove([A.id])
    put(C)
    store.remove([B.id])
    assert found(store.library, A).article == C
    assert found(store.library, A).past.how == "moved"
    assert found(store.library, A, "").article == C


def test_a_version_is_found_where_it_went_though_another_took_its_place(store, put):
    put(A)
    put(B)
    put(article("a", BRIDGE))
    assert found(store.library, A).article == B


def test_a_moved_article_that_was_changed_then_is_followed(store, put):
    put(A)
    put(B)
    store.remove([A.id])
    put(article("b", BRIDGE))
    there = found(store.library, A)
    assert there.article == article("b", BRIDGE)
    assert (there.past.article_id, there.past.how) == (B.id, "changed")


def test_an_article_that_is_gone_is_known_to_be(store, put):
    put(A)
    put(article("a", BRIDGE))
    store.remove([A.id])
    there = found(store.library, A)
    assert there.article is None
    assert there.past.how == "removed"


def test_an_article_that_moved_and_then_went_is_gone(store, put):
    put(A)
    put(B)
    store.remove([A.id])
    store.remove([B.id])
    there = found(store.library, A)
    assert (there.article, there.past.article_id, there.past.how) == (None, B.id, "removed")


def test_an_article_that_moved_there_and_back_is_found(store, put):
    for there, back in ((A, B), (B, A)):
        put(there)
        put(back)
        store.remove([there.id])
    assert found(store.library, B).article == A
    store.remove([A.id])  # two that name each other as successors are not followed for ever
    assert found(store.library, B, "0" * 64).article is None


def test_what_the_library_never_held_has_neither_article_nor_past(store):
    there = found(store.library, A)
    assert (there.article, there.past) == (None, None)
