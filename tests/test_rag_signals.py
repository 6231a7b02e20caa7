"""What speaks for and against a claim in a text, and where in it to look."""

from __future__ import annotations

import pytest

from rag.signals import MAX_WINDOW, N_WINDOWS, Text, signals, split

DAM = "The old dam above Orle broke on Monday night."
RAIN = "It had rained in the valley for nine days."
SHEEP = "The ferry Selma carried 85 sheep to Norby."
QUEUE = "The queue of cars on the road to Calder was long."
FILLER = tuple(f"Nobody sang song number {n} in the old town hall." for n in range(200, 260))


def test_a_sentence_of_the_text_holds_all_of_itself():
    found = signals(SHEEP, Text((DAM, SHEEP, RAIN)))
    assert (found.words, found.near, found.pairs) == (pytest.approx(1), pytest.approx(1), 1.0)
    assert (found.rarest, found.new_figures, found.new_names, found.flaws) == (0, 0, 0, 0)
    assert found.windows[0].text == SHEEP


def test_the_sentence_that_matters_is_found_in_a_long_text():
    text = (*FILLER[:40], SHEEP, *FILLER[40:])
    best = signals("The Selma took sheep to Norby.", Text(text)).windows[0]
    assert (best.first, best.last) == (40, 40)


def test_a_claim_from_two_sentences_is_looked_for_in_both():
    best = signals(
        "The dam broke because it rained for nine days.", Text((DAM, RAIN, SHEEP))
    ).windows[0]
    assert best.text == f"{DAM} {RAIN}"


def test_windows_do_not_overlap_and_are_few():
    found = signals(
        "The dam at Orle broke and sheep sailed.", Text((*FILLER, DAM, SHEEP, RAIN))
    ).windows
    assert len(found) <= N_WINDOWS
    covered = [n for w in found for n in range(w.first, w.last + 1)]
    assert len(covered) == len(set(covered))
    assert all(w.last - w.first < MAX_WINDOW for w in found)


@pytest.mark.parametrize(
    ("claim", "signal"),
    [
        pytest.param("The ferry Selma carried 58 sheep to Norby.", "new_figures", id="figure"),
        pytest.param("The ferry Selma carried 85 sheep to Tarn.", "new_names", id="name"),
        pytest.param("The ferry Selma did not carry 85 sheep.", "flaws", id="negation"),
        pytest.param("The ferry Selma carried 85 llamas to Norby.", "rarest", id="word"),
    ],
)
def test_what_the_text_lacks_speaks_against_a_claim(claim, signal):
    assert getattr(signals(claim, Text((DAM, SHEEP))), signal) > 0
    assert getattr(signals(SHEEP, Text((DAM, SHEEP))), signal) == 0


def test_words_far_apart_count_less_than_words_together():
    apart = signals("The dam on the road to Calder broke.", Text((DAM, *FILLER, QUEUE)))
    assert apart.near < apart.words


def test_an_empty_text_or_claim_has_no_signals():
    assert signals(SHEEP, Text(())).windows == ()
    assert signals("", Text((DAM,))).words == 0.0
    assert split("") == ()
