"""Pairs to train the checker on: edits that make a sentence false, and where they stand."""

from __future__ import annotations

import gzip
import itertools
import json
import random

import pytest

from eval.checker_edits import Lexicon, propose, replaced, reworded, shortened
from eval.checker_news import EVENTS, events, told, values
from eval.checker_pairs import (
    CONTRADICTED,
    NOT_STATED,
    SUPPORTED,
    addresses,
    edited,
    lexicon,
    news,
    snli,
)

SPEECH = tuple(
    f"In {year}, more than {n} workers from Ohio and Texas built the new road before winter."
    for n, year in enumerate(range(1950, 1980), start=200)
)
WORDS = Lexicon(names=("Iowa", "Nevada", "Utah", "Maine", "Idaho"))


def test_two_names_can_change_places():
    assert replaced("Ada beat Bo.", (("Ada", "Bo"), ("Bo", "Ada"))) == "Bo beat Ada."


def test_only_whole_words_are_replaced():
    assert replaced("more moreover", (("more", "less"),)) == "less moreover"


@pytest.mark.parametrize("seed", range(40))
def test_an_edit_changes_the_text_and_leaves_the_rest(seed):
    rng = random.Random(seed)
    changes = propose(SPEECH[0], WORDS, rng)
    changed = replaced(SPEECH[0], changes)
    assert changed != SPEECH[0]
    assert len(set(changed.split()) - set(SPEECH[0].split())) <= 3


def test_what_can_be_left_out_is_left_out():
    text = "But in 1994, the bridge, a gift of the town, was opened."
    cut = {shortened(text, random.Random(seed)) for seed in range(20)}
    assert "In 1994, the bridge, a gift of the town, was opened." in cut
    assert shortened("It rained.", random.Random(1)) == "It rained."


def test_a_rewording_keeps_figures():
    assert "3 million" in {
        reworded("3,000,000 people came.", random.Random(s))[:9] for s in range(9)
    }


def test_edited_pairs_name_the_words_that_are_wrong():
    pairs = list(itertools.islice(edited([SPEECH], WORDS, random.Random(3)), 400))
    assert {pair.label for pair in pairs} == {SUPPORTED, NOT_STATED, CONTRADICTED}
    for pair in pairs:
        assert all(word in pair.claim for word in pair.wrong)
        assert pair.wrong or pair.label != CONTRADICTED


def test_an_edit_on_both_sides_is_true_again():
    pairs = list(itertools.islice(edited([SPEECH], WORDS, random.Random(3)), 400))
    twins = [
        (one, other)
        for one, other in itertools.pairwise(pairs)
        if one.evidence == other.evidence
        and one.claim != other.claim
        and (one.label, other.label) == (CONTRADICTED, SUPPORTED)
    ]
    assert twins


def test_news_forms_fit_their_slots():
    rng = random.Random(5)
    for event in events():
        assert event.true
        assert event.false
        for form in (*event.true, *event.false, *event.open):
            assert "{" not in told(form, values(rng))
        assert not set(event.true) & set(event.false)


def test_made_up_news_is_seeded():
    first = list(itertools.islice(news(random.Random(9)), 50))
    assert first == list(itertools.islice(news(random.Random(9)), 50))
    assert {pair.label for pair in first} == {SUPPORTED, NOT_STATED, CONTRADICTED}
    assert EVENTS.is_file()


def test_only_snli_is_read_of_the_training_pairs(tmp_path):
    path = tmp_path / "pairs.jsonl.gz"
    records = [
        {"set": "snli", "premise": "A dog runs. ", "claim": "It runs.", "label3": "entailment"},
        {"set": "sick", "premise": "A", "claim": "B", "label3": "neutral"},
        {"set": "covidfact", "premise": "A", "claim": "B", "label": 0},
    ]
    path.write_bytes(gzip.compress("\n".join(json.dumps(r) for r in records).encode()))
    (pair,) = snli(path)
    assert (pair.evidence, pair.claim, pair.label) == ("A dog runs.", "It runs.", SUPPORTED)


def test_addresses_before_1950_are_left_out(tmp_path):
    text = "The people of this union have built roads and schools this year."
    for name in ("1949_a_d.txt", "1962_b_r.txt"):
        (tmp_path / name).write_text(text, "utf-8")
    assert addresses(tmp_path) == [[text]]


def test_wordnet_gives_antonyms_and_sisters(tmp_path):
    (tmp_path / "cntlist.rev").write_text(
        "wet%3:00:00:: 1 9\ndry%3:00:00:: 1 9\nhorse%1:05:00:: 1 9\nmule%1:05:00:: 1 9\n"
        "rare%1:05:00:: 1 2\n"
    )
    (tmp_path / "data.adj").write_text(
        "00000001 00 a 01 wet 0 001 ! 00000002 a 0101 | damp\n"
        "00000002 00 a 01 dry 0 001 ! 00000001 a 0101 | not wet\n"
    )
    (tmp_path / "data.noun").write_text(
        "00000010 05 n 01 horse 0 001 @ 00000099 n 0000 | rides\n"
        "00000011 05 n 01 mule 0 001 @ 00000099 n 0000 | carries\n"
        "00000012 05 n 01 rare 0 001 @ 00000099 n 0000 | seldom\n"
    )
    found = lexicon(tmp_path, [SPEECH], random.Random(1))
    assert found.opposites == {"wet": ["dry"], "dry": ["wet"]}
    assert found.sisters == {"horse": ["mule"], "mule": ["horse"]}
    assert "Texas" in found.names
