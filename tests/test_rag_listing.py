"""Which of the ranked hits a list shows."""

from __future__ import annotations

from rag.listing import one_of_each, spread
from rag.schema import Hit


def hit(chunk, score):
    return Hit(chunk, chunk.split(":")[0], 0, 9, score, 0.5, 1.0)


HITS = [
    hit("a:1", 0.9),
    hit("a:2", 0.8),
    hit("b:1", 0.7),
    hit("a:3", 0.6),
    hit("c:1", 0.5),
    hit("b:2", 0.4),
]


OUTLETS = {"a": "North Wire", "b": "Orle Gazette", "c": "North Wire"}


def ids(hits):
    return [hit.chunk_id for hit in hits]


def test_one_article_does_not_fill_the_list():
    assert ids(spread(HITS, 1, 3)) == ["a:1", "b:1", "c:1"]
    assert ids(spread(HITS, 2, 4)) == ["a:1", "a:2", "b:1", "c:1"]


def test_where_there_are_no_others_it_may_and_the_order_is_by_score():
    assert ids(spread(HITS, 1, 5)) == ["a:1", "a:2", "b:1", "a:3", "c:1"]
    assert ids(spread(HITS, 1, 99)) == ids(HITS)
    assert spread([], 1, 3) == []


def test_a_copy_stands_behind_the_better_one_which_names_it():
    shown = one_of_each(HITS, {"a": "a", "b": "a", "c": "c"}, OUTLETS)
    assert ids(shown) == ["a:1", "a:2", "a:3", "c:1"]
    assert {hit.copies for hit in shown if hit.article_id == "a"} == {("b",)}
    assert shown[-1].copies == ()


def test_the_best_ranked_of_a_group_is_the_one_shown_whatever_its_id():
    shown = one_of_each(HITS[2:], {"a": "a", "b": "a", "c": "c"}, OUTLETS)
    assert ids(shown) == ["b:1", "c:1", "b:2"]
    assert shown[0].copies == ("a",)


def test_copies_within_one_outlet_stay_and_are_not_named_as_others():
    group = dict.fromkeys("abc", "a")
    shown = one_of_each(HITS, group, OUTLETS)
    assert ids(shown) == ["a:1", "a:2", "a:3", "c:1"]
    assert [hit.copies for hit in shown] == [("b",), ("b",), ("b",), ()]


def test_of_outlets_that_nobody_knows_none_is_the_same():
    shown = one_of_each(HITS, {"a": "a", "b": "a", "c": "c"}, {"a": "", "b": "", "c": ""})
    assert "b" not in {hit.article_id for hit in shown}
