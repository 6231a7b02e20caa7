"""What a chunk's score is made of."""

from __future__ import annotations

import numpy as np
import pytest

from index.candidates import Worded
from rag.ranking import (
    ORDINARY,
    SHARES,
    Ranking,
    article_shares,
    from_least,
    min_max,
    of_best,
    opening_shares,
    weighted,
)


def share(**own):
    """Shares of one chunk."""
    return {name: np.array([value]) for name, value in {"dense": 0.0, **own}.items()}


def score(shares, ranking=ORDINARY, *, date_strength=1.0, prefers_any=False):
    (found,) = weighted(
        shares, ranking.weights(date_strength=date_strength, prefers_any=prefers_any)
    )
    return found


ALL = share(**dict.fromkeys(SHARES, 1.0))


def test_a_score_lies_between_0_and_1():
    assert score(share(), prefers_any=True) == 0
    assert score(ALL, prefers_any=True) == pytest.approx(1)


@pytest.mark.parametrize(
    "name", ["dense", "lexical", "article", "lead", "centre", "date", "title", "sentence"]
)
def test_a_share_of_weight_0_counts_for_nothing(name):
    only = share(**{name: 1.0})
    assert score(only) > 0
    assert score(only, Ranking(**{name: 0.0})) == 0


def test_what_is_not_asked_for_takes_no_part():
    dated = share(dense=0.5, date=1.0, prefers=1.0)
    assert score(dated, date_strength=0.0) == score(share(dense=0.5), date_strength=0.0)


def test_a_weaker_date_counts_less():
    scores = [score(share(date=1.0), date_strength=strength) for strength in (0, 0.5, 1)]
    assert scores == sorted(scores)
    assert scores[0] == 0 < scores[1]


def test_without_any_weight_nothing_is_divided_by_0():
    assert score(ALL, Ranking(0, 0, 0, 0, 0, 0, 0, 0, 0), prefers_any=True) == 0


def test_every_chunk_has_its_own_score():
    shares = {"dense": np.array([0.0, 1.0, 0.5]), "date": np.array([1.0, 0.0, 0.5])}
    weights = Ranking().weights(date_strength=1, prefers_any=False)
    low, mid, high = sorted(weighted(shares, weights))
    assert low < mid < high


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        pytest.param([], [], id="none"),
        pytest.param([3.0], [1.0], id="one"),
        pytest.param([2.0, 2.0], [1.0, 1.0], id="all alike"),
        pytest.param([1.0, 2.0, 5.0], [0.0, 0.25, 1.0], id="three"),
    ],
)
def test_min_max(scores, expected):
    assert min_max(np.array(scores)).tolist() == expected


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        pytest.param([], [], id="none"),
        pytest.param([0.0], [0.0], id="none above 0"),
        pytest.param([1.0, 4.0, -1.0], [0.25, 1.0, 0.0], id="three"),
    ],
)
def test_shares_of_the_best(scores, expected):
    assert of_best(np.array(scores)).tolist() == expected


def test_what_dense_search_did_not_give_starts_at_the_least_that_it_gave():
    far, least, best = from_least(np.array([0.1, 0.2, 0.6]), 0.2)
    assert (far, least, best) == (0.0, 0.0, pytest.approx(1.0))
    assert from_least(np.array([0.3]), 0.3).tolist() == [1.0]
    assert from_least(np.array([]), 0.0).tolist() == []


def worded(*sums, opening=False):
    """Words by articles."""
    found = np.array(sums, dtype=np.float64)
    return Worded(found, np.full(found.shape, opening))


ALIKE = np.ones(3)


def test_an_article_that_holds_both_words_is_better_than_one_that_repeats_one():
    weights = np.array([2.0, 2.0])
    found = worded([4.0, 2.0, 0.0], [0.0, 2.0, 0.0])
    repeats, both, none = article_shares(found, weights, weights, ALIKE)
    assert both == 1.0
    assert 0 < repeats < 1
    assert none == 0


def test_the_same_words_say_more_of_a_short_article():
    weights = np.array([2.0])
    short, long = article_shares(worded([2.0, 2.0]), weights, weights, np.array([0.5, 3.0]))
    assert short == 1.0 > long > 0


def test_a_word_of_every_chunk_tells_no_articles_apart():
    nothing = np.array([0.0])
    assert article_shares(worded([5.0]), nothing, nothing, np.ones(1)).tolist() == [0.0]


def test_the_opening_s_share_is_by_weight():
    found = Worded(np.zeros((2, 2)), np.array([[True, False], [False, False]]))
    assert opening_shares(found, np.array([3.0, 1.0])).tolist() == [0.75, 0.0]
    assert opening_shares(worded([0.0]), np.array([0.0])).tolist() == [0.0]
