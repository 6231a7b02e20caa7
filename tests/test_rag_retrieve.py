"""Which chunks are found, in which order, and within which limits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from fakes import HashEmbedder
from made import RECORDS, TODAY, Archive

from index.library import Library
from index.vectors import VectorStore
from rag.question import understand
from rag.retrieve import Retriever, idf, scope_of
from rag.schema import Filters, Turn


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    made = Archive(tmp_path_factory.mktemp("retrieve"))
    made.index()
    return made


@pytest.fixture
def retriever(archive):
    library = Library(archive.settings.library_dir)
    vectors = VectorStore(archive.settings.library_dir)
    yield Retriever(library, vectors, HashEmbedder())
    vectors.close()
    library.close()


def found(retriever, text, *, history=(), filters=None, as_of=TODAY, **options):
    question = understand(text, history, filters or Filters(), as_of)
    return retriever.retrieve(question, **options)


def names(archive, retrieved):
    """Return the ids in the file of the articles found, each once, best first."""
    library = Library(archive.settings.library_dir)
    by_id = library.articles([hit.article_id for hit in retrieved.hits])
    library.close()
    return list(dict.fromkeys(by_id[hit.article_id].name for hit in retrieved.hits))


def test_the_chunk_that_shares_most_words_comes_first(archive, retriever):
    hits = found(retriever, "How many sheep did the ferry Selma carry to Norby?")
    assert names(archive, hits)[0] == "courier-ferry"


def test_hits_are_best_first_and_within_0_and_1(retriever):
    scores = [hit.score for hit in found(retriever, "How many people left Orle?").hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_a_hit_says_what_each_side_gave_it(retriever):
    hits = found(retriever, "café guests").hits
    assert hits[0].lexical > 0
    assert all(-1.001 <= hit.dense <= 1.001 for hit in hits)
    assert any(hit.lexical == 0 for hit in hits)


def test_the_same_question_finds_the_same_hits(retriever):
    text = "How long is the queue to Calder?"
    assert found(retriever, text).hits == found(retriever, text).hits


def test_no_more_than_asked_for_are_returned(retriever):
    assert len(found(retriever, "How many people left Orle?", top_k=2).hits) == 2


def test_the_question_s_vector_has_length_one(retriever):
    vector = found(retriever, "How many people left Orle?").vector
    assert float(np.linalg.norm(vector)) == pytest.approx(1.0, abs=1e-5)
    assert vector.dtype == np.float32


def test_a_rare_word_weighs_more_than_a_common_one(retriever):
    weights = found(retriever, "How many sheep saw the dam of Orle?").weights
    assert weights["sheep"] > weights["orle"] > 0


@pytest.mark.parametrize(
    ("filters", "as_of", "expected"),
    [
        pytest.param(
            Filters(sources=("north wire",)), TODAY, {"wire-count", "wire-queue"}, id="outlet"
        ),
        pytest.param(
            Filters(sources=("North Wire", "Calder Ledger")),
            TODAY,
            {"wire-count", "wire-queue", "ledger-repair"},
            id="two outlets",
        ),
        pytest.param(Filters(sources=("Moon Times",)), TODAY, set(), id="unknown outlet"),
        pytest.param(
            Filters(date_from="2021-03-08"), TODAY, {"cafe-łódź", "ledger-repair"}, id="from"
        ),
        pytest.param(
            Filters(date_to="2021-03-05"), TODAY, {"gazette-dam", "wire-count"}, id="to, inclusive"
        ),
        pytest.param(
            Filters("2021-03-05", "2021-03-05"), TODAY, {"wire-count"}, id="one day, no undated"
        ),
        pytest.param(
            Filters(), "2021-03-04", {"gazette-dam", "letter-bridge"}, id="as of keeps undated"
        ),
        pytest.param(Filters(date_from="2021-05-01"), TODAY, set(), id="nothing there"),
        pytest.param(Filters("2021-04-01", "2021-03-01"), TODAY, set(), id="from after to"),
        pytest.param(
            Filters(sources=("north wire",)), "2021-03-05", {"wire-count"}, id="outlet and as of"
        ),
    ],
)
def test_only_what_is_asked_for_is_found(archive, retriever, filters, as_of, expected):
    hits = found(retriever, "How many people left Orle?", filters=filters, as_of=as_of)
    assert set(names(archive, hits)) == expected


def test_without_limits_every_article_may_be_found(archive, retriever):
    everything = {record["id"] for record in RECORDS}
    assert set(names(archive, found(retriever, "How many people left Orle?"))) == everything


def test_a_question_of_small_words_only_is_searched_all_the_same(retriever):
    assert found(retriever, "Who is he?").hits


@pytest.mark.parametrize(
    "text",
    ['"', "left OR NOT (", "NEAR(left, 3)", "title:dam*", "'; DROP TABLE chunks; --x", "🍵 café"],
)
def test_nothing_in_a_question_is_search_syntax(retriever, text):
    if any(c.isalpha() for c in text):
        assert found(retriever, text).hits


def test_a_follow_up_looks_for_the_words_of_the_question_before_too(retriever):
    history = [Turn("How long is the queue of cars on the road to Calder?", "10 km.")]
    weights = found(retriever, "Why was that?", history=history).weights
    assert "queue" in weights
    alone = found(retriever, "How many sheep did Selma carry to Norby?", history=history).weights
    assert "queue" not in alone


def test_idf_falls_with_the_number_of_chunks_and_is_never_negative():
    values = [idf(n, 10) for n in range(11)]
    assert values == sorted(values, reverse=True)
    assert values[-1] > 0


def test_the_scope_holds_filters_and_the_day_the_question_is_asked():
    scope = scope_of(Filters("2021-01-01", "2021-02-01", ("Wire",)), "2021-03-01")
    assert (scope.date_from, scope.date_to) == ("2021-01-01", "2021-02-01")
    assert (scope.until, scope.sources) == ("2021-03-01", ("Wire",))


def test_what_another_writer_adds_is_found_without_opening_anew(tmp_path):
    archive = Archive(tmp_path)
    archive.index(RECORDS[:1])
    library = Library(archive.settings.library_dir)
    vectors = VectorStore(archive.settings.library_dir)
    retriever = Retriever(library, vectors, HashEmbedder())
    assert names(archive, found(retriever, "What did the ferry carry?")) == ["gazette-dam"]
    archive.index(RECORDS)
    hits = found(retriever, "What did the ferry Selma carry to Norby?")
    vectors.close()
    library.close()
    assert names(archive, hits)[0] == "courier-ferry"
    assert not math.isnan(hits.hits[0].dense)
