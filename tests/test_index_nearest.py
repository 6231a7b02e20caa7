"""Filtered search finds what comparing every vector finds, whatever the filter."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from fakes import HashEmbedder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_index_library import article

from index import matrix, nearest
from index.library import Library
from index.nearest import Nearest, named
from index.prepare import prepare
from index.schema import Scope
from index.store import Store
from index.vectors import VectorStore

DATES = (None, "2021-03-04", "2022-01-01", "2022-01-31", "2022-09-28")
SOURCES = ("", "Post", "Мост", "post")
AUTHORS = ((), ("Ada Roe",), ("Bo Lund", "Ada Roe"), ("Ása Bö",))
LANGUAGES = (None, "en", "en-GB", "eng")
PATHS = ("/news/a/1", "/news/a/b/2", "/news/ab/3", "/other/4")
NAMES = "harbour goat bridge lamp baker strike council storm ferry sheep".split()


def made(n, seed=0):
    """Articles that have all values of every kind, in all sorts of combinations."""
    rng = np.random.default_rng(seed)
    for number in range(n):
        words = rng.choice(NAMES, size=int(rng.integers(5, 90)))
        kinds = (SOURCES, AUTHORS, LANGUAGES, PATHS, DATES)
        source, authors, language, path, published = (
            kind[int(rng.integers(len(kind)))] for kind in kinds
        )
        yield article(
            f"{seed}-{number}",
            " ".join(words).capitalize() + ".",
            source=source,
            authors=authors,
            language=language,
            path=f"{path}/{number}.html",
            published=published,
        )


def fits(a, scope):
    """What a scope means, said once more in plain words."""
    dated = a.published is not None
    return all(
        (
            scope.date_from is None or (dated and a.published >= scope.date_from),
            scope.date_to is None or (dated and a.published <= scope.date_to),
            scope.until is None or not dated or a.published <= scope.until,
            not scope.sources or a.source.lower() in [s.lower() for s in scope.sources],
            not scope.authors
            or any(w.lower() == x.lower() for w in scope.authors for x in a.authors),
            not scope.languages
            or any((a.language or "").lower() in (w, w.lower()) or
                   (a.language or "").lower().startswith(w.lower() + "-")
                   for w in scope.languages),
            not scope.folders
            or any(Path(f) in (Path(a.path), *Path(a.path).parents) for f in scope.folders),
        )
    )  # fmt: skip


def by_hand(library, vector, scope):
    """(chunk id, cosine) of all that a scope lets through, best first: no index, no cache."""
    scored = []
    for entry in library.entries(library.ids()):
        if fits(entry.article, scope):
            rows = entry.chunk_vectors.astype(np.float32)
            rows /= np.linalg.norm(rows, axis=1, keepdims=True)
            scored += zip([c.id for c in entry.chunks], (rows @ vector).tolist(), strict=True)
    return sorted(scored, key=lambda pair: (-pair[1], pair[0]))


def same(found, expected, n):
    """Ids may change places only where their cosines are alike to the last digits."""
    assert [score for _, score in found] == pytest.approx([s for _, s in expected[:n]], abs=2e-6)
    cosines = dict(expected)
    assert len({i for i, _ in found}) == len(found)
    assert all(score == pytest.approx(cosines[i], abs=2e-6) for i, score in found)


class Desk:
    """A library with its store, for searching and writing."""

    def __init__(self, folder):
        self.folder = folder
        Library(folder, create=True).close()

    def put(self, articles):
        with closing(Store(self.folder)) as store:
            store.put(prepare(list(articles), HashEmbedder, 20)[0])

    def remove(self, articles):
        with closing(Store(self.folder)) as store:
            store.remove([a.id for a in articles])

    def open(self):
        self.library = Library(self.folder)
        self.store = VectorStore(self.folder)
        return Nearest(self.library, self.store)

    def close(self):
        self.store.close()
        self.library.close()


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    made_desk = Desk(tmp_path_factory.mktemp("nearest") / "library")
    made_desk.put(made(160))
    return made_desk


@pytest.fixture(scope="module")
def searched(desk):
    opened = desk.open()
    yield opened
    desk.close()


def some(values):
    return st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)


def maybe(values):
    return st.none() | st.sampled_from([v for v in values if v])


SCOPES = st.builds(
    Scope,
    date_from=maybe((*DATES, "2030-01-01")),
    date_to=maybe((*DATES, "2000-01-01")),
    until=maybe((*DATES, "2000-01-01")),
    sources=some(("POST", "мост", "nobody")),
    authors=some(("ada roe", "ÁSA BÖ", "Lund")),
    languages=some(("EN", "en-gb", "e")),
    folders=some(("/news", "/news/a", "/news/a/1/", "/news/a/b/2/9.html", "/x")),
)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(scope=SCOPES, asked=st.lists(st.sampled_from(NAMES), min_size=1, max_size=4))
def test_every_filter_and_combination_finds_what_comparing_all_finds(desk, searched, scope, asked):
    vector = HashEmbedder().embed_query(" ".join(asked))
    found = searched.nearest(vector, 20, scope)
    same(found, by_hand(desk.library, vector, scope), 20)
    lexical = {i for i, _ in desk.library.search_text(asked, 10_000, scope)}
    allowed = {i for i, _ in by_hand(desk.library, vector, scope)}
    assert desk.library.view.columns.count(scope) == len(allowed)
    everywhere = {i for i, _ in desk.library.search_text(asked, 10_000, Scope())}
    assert lexical == everywhere & allowed


@pytest.mark.parametrize("spare", [1.5, 0])
def test_many_are_fetched_and_checked_or_compared_where_too_few_fit(
    desk, searched, monkeypatch, spare
):
    monkeypatch.setattr(nearest, "ROWS_A_SEARCH", 0)
    monkeypatch.setattr(nearest, "ROWS_A_NEIGHBOUR", 0)
    monkeypatch.setattr(nearest, "SPARE", spare)
    monkeypatch.setattr(nearest, "BLOCK", 50)
    for word, until in product(NAMES, DATES[1:]):
        scope = Scope(until=until)
        vector = HashEmbedder().embed_query(word)
        same(searched.nearest(vector, 20, scope), by_hand(desk.library, vector, scope), 20)


def test_a_scope_that_lets_all_through_asks_for_no_mask_and_no_matrix(desk):
    searched = desk.open()
    for scope in (Scope(), Scope(until="2022-09-28"), Scope(folders=("/news", "/other"))):
        assert desk.library.view.columns.mask(scope) is None
        assert len(searched.nearest(HashEmbedder().embed_query("goat"), 5, scope)) == 5
    assert searched._matrix is None
    desk.close()


def test_no_more_are_found_than_asked_for_and_none_where_none_fit(searched):
    vector = HashEmbedder().embed_query("goat")
    assert len(searched.nearest(vector, 3, Scope(sources=("Post",)))) == 3
    assert searched.nearest(vector, 0, Scope(sources=("Post",))) == []
    assert searched.nearest(vector, 5, Scope(sources=("nobody",))) == []


def test_an_empty_library_finds_nothing(tmp_path):
    desk = Desk(tmp_path / "library")
    searched = desk.open()
    vector = HashEmbedder().embed_query("goat")
    assert searched.nearest(vector, 5, Scope(until="2022-01-01")) == []
    assert searched.nearest(vector, 5, Scope(sources=("Post",))) == []
    desk.close()


WRITE = """
import json, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from test_index_nearest import Desk, made
desk = Desk(Path(sys.argv[2]))
articles = list(made(40, seed=7))
desk.remove(articles[:9])
desk.put(articles[30:] + list(made(15, seed=8)))
"""


def test_what_another_process_changes_and_removes_is_seen(tmp_path):
    desk = Desk(tmp_path / "library")
    desk.put(made(40, seed=7))
    searched = desk.open()
    scope, vector = Scope(languages=("en",)), HashEmbedder().embed_query("goat lamp")
    same(searched.nearest(vector, 30, scope), by_hand(desk.library, vector, scope), 30)
    args = [sys.executable, "-c", WRITE, str(Path(__file__).parent), str(desk.folder)]
    subprocess.run(args, check=True)
    searched.reopen()
    same(searched.nearest(vector, 30, scope), by_hand(desk.library, vector, scope), 30)
    desk.close()


def test_a_row_that_comes_to_hold_another_chunk_of_the_same_text_is_written_again(tmp_path):
    desk = Desk(tmp_path / "library")
    long = article("long", "Goat bridge lamp harbour. " * 4 + "Sheep storm ferry council. " * 9)
    other = article("other", "Baker strike council.", source="Post")
    scope, vector = Scope(sources=("",)), HashEmbedder().embed_query("sheep")
    for articles in ([long], [other, long]):
        desk.remove([long])
        desk.put(articles)
        searched = desk.open()
        same(searched.nearest(vector, 9, scope), by_hand(desk.library, vector, scope), 9)
        desk.close()


def cut(path):
    path.write_bytes(path.read_bytes()[:-100])


def scribble(path):
    path.write_bytes(b"\x11" * path.stat().st_size)


DAMAGES = {
    "rows missing": lambda folder: (folder / matrix.ROWS).unlink(),
    "stamps missing": lambda folder: (folder / matrix.STAMPS).unlink(),
    "rows cut": lambda folder: cut(folder / matrix.ROWS),
    "rows scribbled on": lambda folder: scribble(folder / matrix.ROWS),
    "rows empty": lambda folder: (folder / matrix.ROWS).write_bytes(b""),
    "stamps cut": lambda folder: cut(folder / matrix.STAMPS),
    "stamps scribbled on": lambda folder: scribble(folder / matrix.STAMPS),
    "stamps empty": lambda folder: (folder / matrix.STAMPS).write_bytes(b""),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=list(DAMAGES))
def test_a_damaged_or_missing_cache_is_written_again(desk, damage):
    scope, vector = Scope(sources=("post",)), HashEmbedder().embed_query("goat lamp")
    desk.open().nearest(vector, 5, scope)
    desk.close()
    damage(desk.folder / matrix.FOLDER)
    searched = desk.open()
    same(searched.nearest(vector, 20, scope), by_hand(desk.library, vector, scope), 20)
    desk.close()


def test_where_nothing_can_be_written_the_rows_are_kept_in_memory(tmp_path):
    desk = Desk(tmp_path / "library")
    desk.put(made(20))
    (desk.folder / matrix.FOLDER).write_text("a file in the way")
    searched = desk.open()
    scope, vector = Scope(sources=("post",)), HashEmbedder().embed_query("goat lamp")
    same(searched.nearest(vector, 20, scope), by_hand(desk.library, vector, scope), 20)
    assert not isinstance(searched._matrix[1].rows, np.memmap)
    desk.close()


@pytest.mark.parametrize("n_gone", [5, 20])
def test_articles_that_go_while_the_cache_is_written_are_no_error(tmp_path, n_gone):
    desk = Desk(tmp_path / "library")
    articles = list(made(20))
    desk.put(articles)
    searched = desk.open()
    scope, vector = Scope(sources=("post",)), HashEmbedder().embed_query("goat lamp")
    assert desk.library.view.columns.n_chunks
    desk.remove(articles[-n_gone:])
    view = desk.library._view
    found = searched._exact(view, vector, 20, np.flatnonzero(view.columns.mask(scope)))
    same(named(view, found), by_hand(desk.library, vector, scope), 20)
    desk.close()


def test_only_what_changed_is_read_again(tmp_path, monkeypatch):
    desk = Desk(tmp_path / "library")
    desk.put(made(30))
    scope, vector = Scope(sources=("post",)), HashEmbedder().embed_query("goat")
    desk.open().nearest(vector, 5, scope)
    desk.close()
    read = []
    whole = matrix.Matrix._read

    def counted(self, articles):
        read.extend(self._columns.ids[place] for place in articles)
        return whole(self, articles)

    monkeypatch.setattr(matrix.Matrix, "_read", counted)
    desk.open().nearest(vector, 5, scope)
    desk.close()
    assert read == []
    new = list(made(3, seed=5))
    desk.put(new)
    desk.open().nearest(vector, 5, scope)
    desk.close()
    assert sorted(read) == sorted(a.id for a in new)


def test_equal_vectors_come_in_the_order_of_their_ids(tmp_path):
    desk = Desk(tmp_path / "library")
    desk.put([article(name, "Goat and lamp.", source="Post") for name in "fbdaec"])
    searched = desk.open()
    desk.put([article("z", "Bridge.", source="Echo")])
    found = searched.nearest(HashEmbedder().embed_query("goat"), 9, Scope(sources=("Post",)))
    assert [i for i, _ in found] == sorted(i for i, _ in found)
    assert len(found) == 6
    desk.close()


def test_candidates_are_right_to_three_digits():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(500, 384))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16)
    vector = rows[7].astype(np.float32)
    vector /= np.linalg.norm(vector)
    rough, exact = nearest.dots(rows, vector), nearest.exact_cosines(rows, vector)
    assert np.abs(rough - exact).max() < 2e-3
    assert exact[7] == pytest.approx(1.0, abs=1e-5)


def test_a_zero_row_is_no_error():
    rows = np.zeros((2, 4), dtype=np.float16)
    assert nearest.exact_cosines(rows, np.ones(4, dtype=np.float32) / 2).tolist() == [0.0, 0.0]


def test_versions_part_chunks_and_texts():
    class Two:
        passage_hashes = ("00000001" + "0" * 56, "00000002" + "0" * 56)
        first, n, n_rows = np.array([1, 4]), np.array([2, 2]), 6
        article = np.array([-1, 0, 0, -1, 1, 1])

    found = matrix.versions(Two())
    assert len({int(v) for v in found[[1, 2, 4, 5]]}) == 4
    assert (found > 0).all()
    assert (found < 2**32).all()
    assert json.dumps(found[[1, 4]].tolist()) == "[1, 2]"
