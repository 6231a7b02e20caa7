"""The figure of a sentence that answers a question."""

from __future__ import annotations

import pytest
from made import asked

from rag.telling import telling_figure

LEFT = "How many people left Orle?"
LIVE = "What is the population of Orle?"


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        pytest.param(
            "How many people came to Georgia?",
            "Georgia said 53,000 people had come, while Kazakhstan said 98,000 people had come.",
            53000,
            id="the clause that names it",
        ),
        pytest.param(
            "How many people came to Kazakhstan?",
            "Georgia said 53,000 people had come, while Kazakhstan said 98,000 people had come.",
            98000,
            id="the other clause",
        ),
        pytest.param(
            "How many people came to Orle?",
            "9,000 people came to Norby, Orle and Tarn.",
            None,
            id="a total over a list",
        ),
        pytest.param(
            "How many people came?",
            "9,000 people came to Norby, Orle and Tarn.",
            9000,
            id="a total is asked for",
        ),
        pytest.param(LIVE, "Orle had 3,559 people on a day in 2010.", 3559, id="people"),
        pytest.param(LIVE, "The population was 459 at the last count.", 459, id="population"),
        pytest.param(LIVE, "Orle lies 10 miles north of Tarn.", None, id="no count of people"),
        pytest.param(LIVE, "Orle has 36.4 people per square mile.", None, id="so many to each"),
        pytest.param(LIVE, "The density of Orle is 88/km2.", None, id="so many to each, in signs"),
        pytest.param(LEFT, "The queue at Orle was 10 km long.", None, id="another measure"),
        pytest.param(LEFT, "The two-lane road to Orle was closed.", None, id="two-lane"),
        pytest.param("How long did it rain?", "It rained 40 years ago.", None, id="ago"),
        pytest.param(
            "How many years ago did it rain?", "It rained 40 years ago.", 40, id="how ago"
        ),
        pytest.param(LEFT, "In 2021 people left Orle.", None, id="a year"),
        pytest.param(LEFT, "People left Orle.", None, id="no figure"),
        pytest.param(LEFT, "", None, id="empty"),
    ],
)
def test_telling_figure(question, text, value):
    figure = telling_figure(asked(question), text)
    assert (figure and figure.value) == value


def test_what_counts_the_thing_asked_for_goes_first_and_strictly_nothing_else():
    text = "40 boats and 1,450 people left Orle."
    for strictly in (True, False):
        figure = telling_figure(asked(LEFT), text, strictly=strictly)
        assert figure is not None
        assert figure.value == 1450
    assert telling_figure(asked(LEFT), "40 boats left Orle.", strictly=True) is None
    assert telling_figure(asked(LEFT), "40 boats left Orle.") is not None
