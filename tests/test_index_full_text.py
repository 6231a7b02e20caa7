"""Our BM25 is SQLite's own, to the digit that a float32 holds."""

from __future__ import annotations

import numpy as np
import pytest
from test_index_library import article, library, put, store  # noqa: F401  # fixtures

from index import full_text
from index.full_text import FullText, lengths
from index.schema import Scope

WORDS = (
    "ferry bridge bridges strike baker café mayor the of U.S. covid-19 don't 1,200 людей 🚢"
).split()


def made(seed, n_articles=60):
    rng = np.random.default_rng(seed)
    shares = 1 / np.arange(1, len(WORDS) + 1)
    for number in range(n_articles):
        drawn = rng.choice(WORDS, size=int(rng.integers(3, 300)), p=shares / shares.sum())
        yield article(f"{seed}-{number}", " ".join(drawn), title=" ".join(drawn[:3]))


def by_sqlite(opened, words):
    """FTS5's own scores by chunk id."""
    query = " OR ".join('"' + word + '"' for word in words)
    sql = (
        "SELECT c.id, -bm25(chunk_text) FROM chunk_text JOIN chunks c "
        "ON c.rowid = chunk_text.rowid WHERE chunk_text MATCH ?"
    )
    return dict(opened.db.rows(sql, (query,)))


@pytest.mark.parametrize(
    "words",
    [["ferry"], ["bridge", "mayor"], ["u.s.", "covid-19", "CAFE"], ["don't", "1,200"], WORDS],
    ids=" ".join,
)
def test_scores_are_those_of_sqlite(library, words):  # noqa: F811
    put(library, *made(1))
    own = by_sqlite(library, words)
    assert dict(library.search_text(words, 10_000, Scope())) == pytest.approx(own, rel=1e-5)
    best = sorted(own.values(), reverse=True)[:5]
    found = library.search_text(words, 5, Scope())
    assert [score for _, score in found] == pytest.approx(best, rel=1e-5)


def test_a_word_counts_as_often_as_it_is_asked_for(library):  # noqa: F811
    put(library, *made(2))
    own = by_sqlite(library, ["ferry", "ferry"])
    assert dict(library.search_text(["ferry"] * 2, 999, Scope())) == pytest.approx(own, rel=1e-5)


def test_scores_follow_what_another_connection_changes(library, store):  # noqa: F811
    put(library, *made(3))
    before = library.search_text(["ferry"], 999, Scope())
    gone = [chunk_id.split(":")[0] for chunk_id, _ in before[:5]]
    store.remove(sorted(set(gone)))
    put(library, *made(4, 5))
    after = dict(library.search_text(["ferry"], 999, Scope()))
    assert after == pytest.approx(by_sqlite(library, ["ferry"]), rel=1e-5)
    assert after.keys() != dict(before).keys()


def test_words_asked_for_long_ago_are_read_again(library, monkeypatch):  # noqa: F811
    monkeypatch.setattr(full_text, "MAX_POSTINGS", 10)
    put(library, *made(5))
    index = FullText(library.db)
    first = [index.postings(word).rows.tolist() for word in WORDS]
    assert len(index._postings) < len(WORDS)
    assert [index.postings(word).rows.tolist() for word in WORDS] == first


@pytest.mark.parametrize(
    "numbers", [[], [[0, 0]], [[1, 127]], [[3, 128], [0, 16_383], [2, 16_384], [70_000, 1]]]
)
def test_lengths_are_read_from_sqlite_s_integers(numbers):
    def written(number):
        groups = [number & 127]
        while number := number >> 7:
            groups.append(number & 127 | 128)
        return bytes(reversed(groups))

    blobs = [b"".join(map(written, pair)) for pair in numbers]
    assert lengths(blobs).tolist() == [sum(pair) for pair in numbers]
