"""Citation recall and precision: what must score does, on made answers of known worth."""

from __future__ import annotations

import pytest
from test_eval_run import said

from eval.alce import (
    CitationQuality,
    Statement,
    citation_quality,
    claims_something,
    statements,
    statements_of,
)
from eval.support import supported
from index.schema import Article
from rag.schema import Evidence

FERRY = "The ferry to Orla leaves the north pier at seven."
TRAM = "A tram ticket in Vard costs four marks."
FIRE = "Three barns burned down near Kessel on Monday."
TEXT = " ".join((FERRY, TRAM, FIRE))


def holds(passages, statement):
    """A checker that knows what its passages say, word by word."""
    said = set(" ".join(passages).lower().replace(".", "").split())
    return set(statement.lower().replace(".", "").split()) <= said


PASSAGES = {1: "ferry leaves", 2: "at seven", 3: "ferry leaves at seven", 4: "tram", 5: "barns"}


def quality(*made):
    return citation_quality([Statement(text, cited) for text, cited in made], PASSAGES, holds)


@pytest.mark.parametrize(
    ("cited", "recall", "precision"),
    [
        ((3,), 1, 1),
        ((1, 2), 1, 1),  # neither alone, both together
        ((3, 4), 1, 0.5),  # the tram adds nothing, and the rest suffices without it
        ((1, 2, 4), 1, 2 / 3),
        ((1, 3), 1, 0.5),
        ((4,), 0, 0),
        ((1,), 0, 0),
        ((), 0, 0),
        ((3, 9), 0, 0),  # out of range: wrong, both of them
        ((0,), 0, 0),
        ((4, 5, 1, 3), 0, 0),  # the fourth is not looked at
        ((3, 4, 5, 1), 1, 1 / 3),
    ],
    ids=str,
)
def test_one_statement(cited, recall, precision):
    assert quality(("Ferry leaves at seven.", cited)) == CitationQuality(
        pytest.approx(recall), pytest.approx(precision)
    )


def test_an_answer_is_the_mean_over_statements_and_over_citations():
    found = quality(("Ferry leaves at seven.", (1, 2)), ("Tram.", (5,)), ("Barns.", ()))
    assert found == CitationQuality(pytest.approx(1 / 3), pytest.approx(2 / 3))


def test_citations_out_of_range_stay_in_the_denominator():
    # ALCE's own program leaves them out, and would give 1.0.
    found = quality(("Ferry leaves at seven.", (3,)), ("Tram.", (4, 99)))
    assert found == CitationQuality(0.5, pytest.approx(1 / 3))


@pytest.mark.parametrize(
    "text", ["The sentences do not say who drives the tram.", "It is so.", "..."]
)
def test_refusals_and_what_claims_nothing_need_no_citation(text):
    assert not claims_something(Statement(text))
    assert quality((text, ())) is None
    assert quality((text, ()), ("Tram.", (4,))) == CitationQuality(1.0, 1.0)


def test_markers_stand_before_or_after_the_full_stop():
    after = statements("The ferry leaves at seven. [1][3] A tram ticket costs four marks. [2]")
    before = statements("The ferry leaves at seven [1][3]. A tram ticket costs four marks [2].")
    assert [s.citations for s in after] == [s.citations for s in before] == [(1, 3), (2,)]
    assert [s.text for s in after] == [
        "The ferry leaves at seven.",
        "A tram ticket costs four marks.",
    ]
    assert statements("No marker at all.") == (Statement("No marker at all."),)


def test_a_claim_stays_whole_and_what_stands_outside_of_claims_is_seen():
    answer = said("It left. Nobody saw it.", "The ferry")
    assert statements_of(answer) == (Statement("It left. Nobody saw it.", (1,)),)
    from dataclasses import replace

    more = replace(answer, answer=answer.answer + " The moon is made of cheese.")
    assert statements_of(more)[1:] == (Statement("The moon is made of cheese."),)


# Sanity answers, marked by the product's own checker


def article():
    return Article(
        id="id-a",
        path="/a.txt",
        name="a.txt",
        title="Notes",
        source="Pier",
        authors=(),
        published="2022-09-28",
        published_from="byline",
        url=None,
        language="en",
        text=TEXT,
    )


def evidence(quote):
    start = TEXT.index(quote)
    return Evidence(article(), 0, start, start + len(quote), 0.0, 0.0, 0.0)


EVIDENCE = {n: evidence(quote) for n, quote in enumerate((FERRY, TRAM, FIRE), start=1)}


@pytest.mark.parametrize(
    ("numbers", "recall", "precision"),
    [
        (((1,), (2,), (3,)), 1.0, 1.0),
        (((2,), (3,), (1,)), 0.0, 0.0),
        (((), (), ()), 0.0, 0.0),
        (((1, 2), (2, 3), (3, 1)), 1.0, 0.5),
    ],
    ids=["copied passages", "shuffled citations", "citations removed", "one too many each"],
)
def test_sanity_answers_score_as_they_must(numbers, recall, precision):
    made = [Statement(s, n) for s, n in zip((FERRY, TRAM, FIRE), numbers, strict=True)]
    found = citation_quality(made, EVIDENCE, supported)
    assert found == CitationQuality(recall, precision)
