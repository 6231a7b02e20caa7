"""What a chunk's score is made of."""

from __future__ import annotations

import pytest

from index.candidates import Worded
from rag.ranking import (
    Ranking,
    Shares,
    article_shares,
    from_least,
    min_max,
    of_best,
    opening_share,
)

ALL = Shares(dense=1, lexical=1, article=1, lead=1, centre=1, date=1, prefers=1)


def test_a_score_lies_between_0_and_1():
    assert Ranking().score(Shares(), date_strength=1, prefers_any=True) == 0
    assert Ranking().score(ALL, date_strength=1, prefers_any=True) == pytest.approx(1)


@pytest.mark.parametrize("share", ["dense", "lexical", "article", "lead", "centre", "date"])
def test_a_share_of_weight_0_counts_for_nothing(share):
    only = Shares(**{share: 1.0})
    kept = Ranking().score(only, date_strength=1, prefers_any=False)
    left_out = Ranking(**{share: 0.0}).score(only, date_strength=1, prefers_any=False)
    assert kept > 0
    assert left_out == 0


def test_what_is_not_asked_for_takes_no_part():
    dated = Shares(dense=0.5, date=1.0, prefers=1.0)
    undated = Shares(dense=0.5)
    asked = {"date_strength": 0.0, "prefers_any": False}
    assert Ranking().score(dated, **asked) == Ranking().score(undated, **asked)


def test_a_weaker_date_counts_less():
    dated = Shares(date=1.0)
    scores = [Ranking().score(dated, date_strength=s, prefers_any=False) for s in (0, 0.5, 1)]
    assert scores == sorted(scores)
    assert scores[0] == 0 < scores[1]


def test_without_any_weight_nothing_is_divided_by_0():
    nothing = Ranking(0, 0, 0, 0, 0, 0, 0)
    assert nothing.score(ALL, date_strength=1, prefers_any=True) == 0


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        pytest.param({}, {}, id="none"),
        pytest.param({"a": 3.0}, {"a": 1.0}, id="one"),
        pytest.param({"a": 2.0, "b": 2.0}, {"a": 1.0, "b": 1.0}, id="all alike"),
        pytest.param({"a": 1.0, "b": 2.0, "c": 5.0}, {"a": 0.0, "b": 0.25, "c": 1.0}, id="three"),
    ],
)
def test_min_max(scores, expected):
    assert min_max(scores) == expected


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        pytest.param({}, {}, id="none"),
        pytest.param({"a": 0.0}, {"a": 0.0}, id="none above 0"),
        pytest.param({"a": 1.0, "b": 4.0, "c": -1.0}, {"a": 0.25, "b": 1.0, "c": 0.0}, id="three"),
    ],
)
def test_shares_of_the_best(scores, expected):
    assert of_best(scores) == expected


def test_what_dense_search_did_not_give_starts_at_the_least_that_it_gave():
    found = from_least({"far": 0.1, "least": 0.2, "best": 0.6}, 0.2)
    assert found == {"far": 0.0, "least": 0.0, "best": pytest.approx(1.0)}
    assert from_least({"only": 0.3}, 0.3) == {"only": 1.0}
    assert from_least({}, 0.0) == {}


def worded(**sums):
    return Worded(sums, frozenset())


def test_an_article_that_holds_both_words_is_better_than_one_that_repeats_one():
    where = {"dam": worded(one=4.0, both=2.0), "ice": worded(both=2.0)}
    weights = {"dam": 2.0, "ice": 2.0}
    shares = article_shares(where, weights, weights, {"one": 1.0, "both": 1.0, "none": 1.0})
    assert shares["both"] == 1.0
    assert 0 < shares["one"] < 1
    assert shares["none"] == 0


def test_the_same_words_say_more_of_a_short_article():
    where = {"dam": worded(short=2.0, long=2.0)}
    shares = article_shares(where, {"dam": 2.0}, {"dam": 2.0}, {"short": 0.5, "long": 3.0})
    assert shares["short"] == 1.0 > shares["long"] > 0


def test_a_word_of_every_chunk_tells_no_articles_apart():
    where = {"the": worded(a=5.0)}
    assert article_shares(where, {"the": 0.0}, {"the": 0.0}, {"a": 1.0}) == {"a": 0.0}


def test_the_opening_s_share_is_by_weight():
    where = {"dam": Worded({}, frozenset({"a"})), "ice": Worded({}, frozenset())}
    weights = {"dam": 3.0, "ice": 1.0}
    assert opening_share(where, weights, "a") == 0.75
    assert opening_share(where, weights, "b") == 0
    assert opening_share({}, {}, "a") == 0
