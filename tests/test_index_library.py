"""The ledger gives back exactly what was written, shows only what is ready, and never mixes."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest
from fakes import HashEmbedder, MemoryVectors
from test_index_split import generated

from index.errors import LibraryError, MismatchError, NoLibraryError, NotFoundError
from index.library import Library
from index.prepare import prepare
from index.rows import Manifest
from index.schema import Article, Failure, LibraryStatus, Scope, digest
from index.store import Store

FERRY = "The night ferry to Olm was cancelled on Tuesday after a fire in its engine room."
BRIDGE = "Engineers found cracks in the old bridge at Tarn and closed it to lorries at once."
STRIKE_LONG = "Bakers in the capital walked out on Friday. " * 30
MANIFEST = Manifest("hash", "hash-512", "1", 120)


def article(name, text, **fields):
    known = Article(
        id=digest(name)[:20],
        path=f"/news/{name}",
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
    return replace(known, **fields)


def put(library, *articles):
    entries, _ = prepare(articles, HashEmbedder, 40)
    store = Store(library.folder, MemoryVectors())
    store.put(entries)
    store.close()
    return entries


@pytest.fixture
def library(tmp_path):
    opened = Library(tmp_path / "library", create=True)
    yield opened
    opened.close()


@pytest.fixture
def store(library):
    opened = Store(library.folder, MemoryVectors())
    yield opened
    opened.close()


def found(library, *terms, scope=Scope()):  # noqa: B008  # frozen
    return [chunk_id for chunk_id, _ in library.search_text(terms, 50, scope)]


def test_an_article_comes_back_as_it_was_written(library):
    written = article(
        "a.html",
        f"{FERRY}\n\n{BRIDGE}",
        title="Ferry “Olm”",
        source="Мост",
        authors=("Ada Roe", "Bo | Lund"),
        published="2022-09-28",
        published_from="json-ld",
        url="https://post.example/a?b=c&d",
        language="en",
    )
    put(library, written)
    assert library.article(written.id) == written
    assert library.articles([written.id, "nobody"]) == {written.id: written}


@pytest.mark.parametrize("seed", range(25))
def test_spans_are_exact_after_the_round_trip(tmp_path, seed):
    text = generated(seed).strip()
    library = Library(tmp_path / "library", create=True)
    (entry,) = put(library, article("a", text))
    library.close()
    again = Library(tmp_path / "library")
    stored = again.article(entry.article.id).text
    assert stored == text
    spans, vectors = again.sentences(entry.article.id)
    assert spans == [(sentence.start, sentence.end) for sentence in entry.sentences]
    assert vectors.shape == (len(spans), HashEmbedder().dim)
    chunks = again.chunks(again.chunk_ids([entry.article.id]))
    assert sorted(chunks.values(), key=lambda c: c.n) == list(entry.chunks)
    for chunk in chunks.values():
        inside = spans[chunk.first : chunk.last + 1]
        assert (inside[0][0], inside[-1][1]) == (chunk.start, chunk.end)
    again.close()


def test_sentence_vectors_keep_their_direction(library):
    (entry,) = put(library, article("a", f"{FERRY} {BRIDGE}"))
    _, vectors = library.sentences(entry.article.id)
    assert vectors.dtype == np.float16
    assert np.sum(vectors.astype(np.float32) * entry.span_vectors, axis=1) == pytest.approx(
        1.0, abs=1e-3
    )


def test_the_vectors_follow_the_ledger_and_what_is_left_is_settled_later(library):
    class Full(MemoryVectors):
        def upsert(self, *args):
            raise LibraryError("disk full")

    kept, hurt = article("a", FERRY), article("b", BRIDGE)
    entries, _ = prepare([kept, hurt], HashEmbedder, 40)
    stopped = Store(library.folder, Full())
    with pytest.raises(LibraryError, match="disk full"):
        stopped.put(entries)
    stopped.close()
    assert library.status().n_pending == 2
    assert found(library, "bridge", "ferry") != []
    vectors = MemoryVectors()
    store = Store(library.folder, vectors)
    assert store.settle() == 2
    assert store.settle() == 0
    assert sorted(text for _, text in vectors.rows.values()) == sorted([FERRY, BRIDGE])
    for entry in entries:
        np.testing.assert_array_equal(
            vectors.rows[entry.chunks[0].id][0], entry.chunk_vectors[0].astype(np.float32)
        )
    assert library.status().n_pending == 0
    store.close()


def test_a_replaced_and_a_removed_article_leave_no_vector(library):
    vectors = MemoryVectors()
    store = Store(library.folder, vectors)
    for text in (f"{FERRY} " * 20, BRIDGE):
        store.put(prepare([article("a", text)], HashEmbedder, 40)[0])
    assert [text for _, text in vectors.rows.values()] == [BRIDGE]
    store.remove([digest("a")[:20]])
    assert vectors.rows == {}
    store.close()


def test_what_became_of_an_article_is_remembered_without_its_text(library, store):
    first = article("a", FERRY, title="Fire", source="Post", published="2022-09-28")
    put(library, first)
    assert library.past(first.id) == ()
    put(library, replace(first, text=BRIDGE))
    (past,) = library.past(first.id)
    assert (past.content_hash, past.how, past.successor) == (first.content_hash, "changed", None)
    assert (past.title, past.source, past.published) == ("Fire", "Post", "2022-09-28")
    assert store.remove([first.id]) == {first.id: None}
    assert {past.how for past in library.past(first.id)} == {"changed", "removed"}
    with pytest.raises(NotFoundError, match="'a' was removed on 20"):
        library.article(first.id)


def test_an_article_that_stands_elsewhere_is_moved(library, store):
    put(library, article("a", FERRY), article("b", FERRY))
    assert store.remove([digest("a")[:20]]) == {digest("a")[:20]: digest("b")[:20]}
    (past,) = library.past(digest("a")[:20])
    assert (past.how, past.successor) == ("moved", digest("b")[:20])


def test_an_entry_comes_back_whole(library):
    written = put(library, article("a", f"{FERRY} {BRIDGE} " * 9), article("b", STRIKE_LONG))
    for made, back in zip(written, library.entries([e.article.id for e in written]), strict=True):
        assert (back.article, back.sentences, back.chunks) == (
            made.article,
            made.sentences,
            made.chunks,
        )
        np.testing.assert_array_equal(back.chunk_vectors, made.chunk_vectors)
        np.testing.assert_array_equal(back.span_vectors, made.span_vectors)


def test_writing_an_article_again_replaces_all_of_it(library):
    put(library, article("a", f"{FERRY} " * 20))
    put(library, article("a", BRIDGE))
    assert library.n_chunks() == 1
    assert found(library, "ferry") == []
    assert found(library, "bridge") == [f"{digest('a')[:20]}:0000"]


def test_a_removed_article_leaves_nothing(library, store):
    kept, gone = article("a", FERRY), article("b", BRIDGE)
    put(library, kept, gone)
    store.remove([gone.id])
    assert found(library, "bridge", "ferry") == [f"{kept.id}:0000"]
    assert len(library.view.full_text.postings("bridge").rows) == 0
    assert library.chunk_ids([gone.id]) == []
    with pytest.raises(NotFoundError, match="removed"):
        library.sentences(gone.id)


def test_any_number_of_ids_can_be_asked_for(library):
    many = [article(f"{n}", f"{FERRY} Case {n}.") for n in range(1000)]
    put(library, *many)
    ids = [a.id for a in many]
    assert set(library.articles(ids)) == set(ids)
    assert len(library.chunks(library.chunk_ids(ids))) == 1000


def test_full_text_ranks_best_first_and_knows_word_forms(library):
    put(library, article("a", FERRY), article("b", f"{BRIDGE} The bridges were old bridges."))
    put(library, article("c", f"{FERRY} A bridge is near the harbour of the island."))
    scored = library.search_text(["bridge"], 50, Scope())
    assert [i.split(":")[0] for i, _ in scored] == [digest("b")[:20], digest("c")[:20]]
    assert scored[0][1] > scored[1][1]
    assert len(library.view.full_text.postings("bridge").rows) == 2


def test_the_title_is_searched_too(library):
    put(library, article("a", FERRY, title="Smoke on board"))
    assert found(library, "smoke") == [f"{digest('a')[:20]}:0000"]


def test_equally_good_chunks_come_in_one_order(tmp_path):
    orders = []
    for names in ("abcdef", "fdbeca"):
        library = Library(tmp_path / names, create=True)
        for name in names:
            put(library, article(name, FERRY))
        orders.append([i for i, _ in library.search_text(["ferry"], 3, Scope())])
        library.close()
    assert orders[0] == orders[1]


@pytest.mark.parametrize(
    "term",
    ['"', "'", "*", "AND", "NEAR(", "title:", "a OR b", "^", "-", "{", "ferry*", 'x" OR "y', "🚢"],
)
def test_nothing_in_a_question_is_query_syntax(library, term):
    put(library, article("a", FERRY))
    assert found(library, term, "ferry") == [f"{digest('a')[:20]}:0000"]
    assert len(library.view.full_text.postings(term).rows) >= 0


@pytest.mark.parametrize("term", ["", "\x00", "fer\x00ry", "\ud83d"])
def test_a_term_that_no_text_can_hold_finds_nothing_and_breaks_nothing(library, term):
    put(library, article("a", FERRY))
    assert found(library, term, "ferry") == [f"{digest('a')[:20]}:0000"]


def test_no_term_finds_nothing(library):
    put(library, article("a", FERRY))
    assert library.search_text([], 50, Scope()) == []


@pytest.mark.parametrize(
    ("scope", "names"),
    [
        (Scope(), "old new undated"),
        (Scope(date_from="2022-01-01"), "new"),
        (Scope(date_to="2022-01-01"), "old"),
        (Scope(date_from="2021-05-04", date_to="2021-05-04"), "old"),
        (Scope(until="2022-01-01"), "old undated"),
        (Scope(until="2021-05-04"), "old undated"),
        (Scope(sources=("POST",)), "old"),
        (Scope(sources=("мост", "post")), "old new"),
        (Scope(sources=("nobody",)), ""),
    ],
)
def test_a_scope_limits_what_is_seen(library, scope, names):
    put(
        library,
        article("old", FERRY, published="2021-05-04", source="Post"),
        article("new", FERRY, published="2022-09-28", source="Мост"),
        article("undated", FERRY),
    )
    expected = {f"{digest(name)[:20]}:0000" for name in names.split()}
    assert set(found(library, "ferry", scope=scope)) == expected


def test_status_counts_what_is_there(library, store):
    put(
        library,
        article("a", f"{FERRY} {BRIDGE}", published="2022-09-28", source="Post"),
        article("b", FERRY, published="2021-05-04", source="Post"),
        article("c", FERRY, source="Echo"),
    )
    store.put_file("/news/x.txt", "00", [Failure("x.txt", "empty file")])
    assert library.status() == LibraryStatus(
        n_articles=3,
        n_sentences=4,
        n_chunks=3,
        n_undated=1,
        earliest="2021-05-04",
        latest="2022-09-28",
        outlets=(("Post", 2), ("Echo", 1)),
        failures=(Failure("x.txt", "empty file"),),
        n_copies=1,
    )


def test_an_empty_library_has_a_status(library):
    assert library.status() == LibraryStatus(0, 0, 0, 0, None, None, (), ())
    assert library.sources() == ()


def test_files_are_remembered_and_forgotten(library, store):
    store.put_file("/news/a.txt", "aa", [])
    store.put_file("/news/b.txt", "bb", [Failure("b.txt", "binary")])
    store.put_file("/news/a.txt", "cc", [])
    put(library, article("begun.txt", FERRY))
    assert library.files() == {"/news/a.txt": "cc", "/news/b.txt": "bb"}
    assert library.paths() == {"/news/a.txt", "/news/b.txt", "/news/begun.txt"}
    store.drop_file("/news/b.txt")
    assert library.files() == {"/news/a.txt": "cc"}
    assert library.failures() == ()


def test_the_snapshot_names_the_articles_and_not_their_order(tmp_path):
    one, two = Library(tmp_path / "1", create=True), Library(tmp_path / "2", create=True)
    put(one, article("a", FERRY))
    put(one, article("b", BRIDGE))
    put(two, article("b", BRIDGE), article("a", FERRY))
    assert one.snapshot() == two.snapshot()
    put(two, article("a", f"{FERRY} It burnt for hours."))
    assert one.snapshot() != two.snapshot()
    assert len(one.snapshot()) == 16


def test_the_generation_grows_when_readers_must_look_again(library, store):
    before = library.generation
    put(library, article("a", FERRY))
    assert library.generation == before + 1
    store.remove([digest("a")[:20]])
    assert library.generation == before + 2


def test_the_manifest_is_kept_and_another_is_refused(tmp_path):
    library = Library(tmp_path, create=True)
    assert library.manifest is None
    library.claim(MANIFEST)
    library.claim(MANIFEST)
    library.close()
    again = Library(tmp_path)
    assert again.manifest == MANIFEST
    for change in ({"embed_fingerprint": "x"}, {"splitter": "2"}, {"chunk_words": 60}):
        other = replace(MANIFEST, **change)
        with pytest.raises(MismatchError, match="was built with") as caught:
            again.claim(other)
        assert str(MANIFEST) in str(caught.value)
        assert str(other) in str(caught.value)
    again.close()


def test_nothing_is_created_for_a_reader(tmp_path):
    with pytest.raises(NoLibraryError, match="dateline index"):
        Library(tmp_path / "library")
    assert not (tmp_path / "library").exists()


LAYOUT_1 = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE articles(
    id TEXT PRIMARY KEY, path TEXT NOT NULL, title TEXT NOT NULL, published TEXT,
    content_hash TEXT NOT NULL, text TEXT NOT NULL);
CREATE INDEX articles_path ON articles(path);
INSERT INTO meta VALUES ('schema', '1');
INSERT INTO articles VALUES ('a', '/a.txt', 'Ferry', NULL, 'h', 'The ferry was cancelled.');
"""
LAYOUT_99 = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL, since TEXT);
CREATE TABLE stories(id TEXT PRIMARY KEY, text TEXT NOT NULL);
INSERT INTO meta VALUES ('schema', '99', 'later');
INSERT INTO stories VALUES ('a', 'The ferry was cancelled.');
"""


@pytest.mark.parametrize(("number", "layout"), [("1", LAYOUT_1), ("99", LAYOUT_99)])
@pytest.mark.parametrize("create", [True, False], ids=["writer", "reader"])
def test_a_ledger_of_another_layout_is_refused_unharmed(tmp_path, number, layout, create):
    """By who writes and by who only reads; an older one lacks columns that indexes are made on."""
    path = tmp_path / "ledger.sqlite3"

    def dump():
        with closing(sqlite3.connect(path)) as db:
            return list(db.iterdump())

    with closing(sqlite3.connect(path)) as db:
        db.executescript(layout)
    before = dump()
    with pytest.raises(MismatchError, match=f"has layout {number}.*--home"):
        Library(tmp_path, create=create)
    assert dump() == before


def test_a_ledger_that_is_no_database_is_refused_unharmed(tmp_path):
    path = tmp_path / "ledger.sqlite3"
    path.write_bytes(b"not a database at all " * 100)
    before = path.read_bytes()
    with pytest.raises(LibraryError, match="cannot be opened"):
        Library(tmp_path)
    assert path.read_bytes() == before


def test_a_write_that_fails_stores_nothing(library, store):
    good, bad = article("a", FERRY), article("b", BRIDGE)
    entries, _ = prepare([good, bad], HashEmbedder, 40)
    twice = replace(entries[1], chunks=entries[1].chunks * 2)
    with pytest.raises(LibraryError, match="safe"):
        store.put([entries[0], twice])
    assert library.hashes(good.path) == {}
    assert library.n_chunks() == 0


def test_threads_can_share_a_library(library):
    put(library, *[article(f"{n}", f"{FERRY} Case {n}.") for n in range(30)])
    results, ids = [], [digest(f"{n}")[:20] for n in range(30)]

    def read():
        for i in ids:
            results.append((library.article(i).id == i, len(found(library, "ferry")) == 30))

    threads = [threading.Thread(target=read) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [(True, True)] * 180
