"""What a question takes for granted, and a sentence that denies it."""

from __future__ import annotations

import pytest
from made import asked, evidence

from rag.premise import denied

CLOSED = "Why did Norby close its harbour to ferries?"
REFUSED = "Why did Norby refuse to take in ferries from Vell?"


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (CLOSED, "Norby did not close its harbour to ferries, the mayor said."),
        (CLOSED, "Norby never closed the harbour to ferries."),
        (CLOSED, "Norby denied that the harbour had been closed to ferries."),
        (REFUSED, "Norby said that ferries from Vell would be taken in as before."),
        (REFUSED, "Norby has taken in all ferries from Vell since Monday."),
        ("How many ferries did Norby take in?", "Norby did not take in any ferries."),
        ("Which ferries did Norby take in?", "Norby has never taken in ferries."),
        ("When did Norby ban the sale of raw milk?", "Raw milk is on sale again in Norby."),
    ],
)
def test_a_denial_of_what_is_taken_for_granted_is_found(question, text):
    found = evidence(text)
    assert denied(asked(question), [found]) is found


@pytest.mark.parametrize(
    ("question", "text"),
    [
        pytest.param(CLOSED, "Norby closed its harbour to ferries at noon.", id="borne out"),
        pytest.param(CLOSED, "Norby may close its harbour to ferries.", id="left open"),
        pytest.param(CLOSED, "Vell did not close its harbour to ferries.", id="another place"),
        pytest.param(CLOSED, "Norby did not paint the town hall.", id="another act"),
        pytest.param(
            CLOSED, "Norby did not say why it closed its harbour to ferries.", id="not told"
        ),
        pytest.param(
            "How many votes did Norby win at the fair?",
            "Norby did not win enough votes at the fair.",
            id="denied in part",
        ),
        pytest.param(REFUSED, "Norby will not take in ferries from Vell.", id="refused in fact"),
        pytest.param(REFUSED, "Norby rejected ferries from Vell.", id="refused in other words"),
        pytest.param(
            "Did Norby close its harbour to ferries?",
            "Norby did not close its harbour to ferries.",
            id="nothing is taken for granted",
        ),
        pytest.param("Why did Norby close?", "Norby did not close.", id="too little to tell"),
    ],
)
def test_anything_else_is_no_denial(question, text):
    assert denied(asked(question), [evidence(text)]) is None


def test_one_sentence_that_bears_a_question_out_is_enough():
    against = evidence("Norby did not close its harbour to ferries, the mayor said.")
    borne_out = evidence("Norby closed its harbour to ferries, captains said.")
    assert denied(asked(CLOSED), [against, borne_out]) is None


def test_without_evidence_nothing_is_denied():
    assert denied(asked(CLOSED), []) is None
