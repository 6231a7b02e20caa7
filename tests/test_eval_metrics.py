"""Marks: what must score does, what must not does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eval.cases import Case, Gold
from eval.metrics import Response, check_spans, cited, failed, mark, response_of
from rag.schema import Answer, Citation, Claim, Conflict, Side

TEXT = "The tram runs at six. The ferry leaves at seven. A ticket costs 4 marks."
TEXTS = {"id-a": TEXT, "id-b": "The ferry goes at 7 a.m. daily."}


def citation(n, quote, article="a.txt", article_id="id-a"):
    start = TEXTS[article_id].index(quote)
    return Citation(
        n=n,
        article=article,
        title="",
        source="",
        published=None,
        url=None,
        start=start,
        end=start + len(quote),
        quote=quote,
        article_id=article_id,
    )


TRAM = citation(1, "The tram runs at six.")
FERRY = citation(2, "The ferry leaves at seven.")
TICKET = citation(3, "A ticket costs 4 marks.")
FERRY_B = citation(4, "The ferry goes at 7 a.m. daily.", "b.txt", "id-b")

CASE = Case(
    id="q",
    kind="fact",
    question="When do the tram and the ferry leave?",
    must=(("six", "6"), ("seven", "7 a.m.")),
    must_not=("eight",),
    evidence=(
        (Gold("a.txt", "tram runs at six"),),
        (Gold("a.txt", "ferry leaves at seven"), Gold("b.txt", "at 7 a.m.")),
    ),
)
UNANSWERABLE = Case(id="u", kind="unanswerable", question="Who drives the tram?")
FALSE_PREMISE = Case(
    id="f", kind="false_premise", question="Why is it free?", must=(("4 marks", "not in the"),)
)


def answer(text, claims, citations, **fields):
    return Answer(
        id="x",
        question="q",
        standalone_question="q",
        as_of="2022-09-28",
        date_range=None,
        status=fields.pop("status", "answered"),
        answer=text,
        claims=tuple(claims),
        citations=tuple(citations),
        conflicts=fields.pop("conflicts", ()),
        near_misses=fields.pop("near_misses", ()),
        removed=(),
        retrieved=(),
        writer="extractive",
        snapshot="s",
    )


GOOD = answer(
    "The tram runs at six. [1] The ferry leaves at seven. [2]",
    [
        Claim("The tram runs at six.", 0, 21, "supported", 1.0, (1,)),
        Claim("The ferry leaves at seven.", 26, 52, "supported", 1.0, (2,)),
    ],
    [TRAM, FERRY],
)


def test_a_right_and_proven_answer_gets_full_marks():
    marks = mark(CASE, response_of(GOOD, TEXTS), TEXTS)
    assert marks.right
    assert marks.evidence_recall == 1.0
    assert marks.on_gold == 1.0
    assert marks.broken == ()
    assert marks.n_spans == 12


def test_a_missing_group_is_named_and_wrong():
    marks = mark(CASE, Response("At six. [7]", False), TEXTS)
    assert not marks.right
    assert marks.missing_words == ("seven",)


def test_words_that_must_not_stand_make_it_wrong():
    marks = mark(CASE, Response("At six and seven, or eight.", False), TEXTS)
    assert not marks.right
    assert marks.barred_words == ("eight",)


def test_an_answer_without_citations_proves_nothing():
    marks = mark(CASE, Response("At six and at seven.", False), TEXTS)
    assert (marks.right, marks.evidence_recall, marks.on_gold) == (True, 0.0, 0.0)
    assert marks.missing_evidence == ("tram runs at six", "ferry leaves at seven")


def test_one_alternative_of_a_group_is_enough_and_other_citations_dilute():
    marks = mark(CASE, Response("Six, seven.", False, (FERRY_B, TICKET)), TEXTS)
    assert marks.evidence_recall == 0.5
    assert marks.on_gold == 0.5


def test_the_right_span_of_the_wrong_article_is_no_evidence():
    elsewhere = replace(TRAM, article="c.txt")
    assert mark(CASE, Response("Six.", False, (elsewhere,)), TEXTS).evidence_recall == 0.0


def test_an_index_built_one_folder_higher_names_the_same_article():
    higher = replace(TRAM, article="news/a.txt")
    assert mark(CASE, Response("Six.", False, (higher,)), TEXTS).evidence_recall == 0.5
    other = replace(TRAM, article="newsa.txt")
    assert mark(CASE, Response("Six.", False, (other,)), TEXTS).evidence_recall == 0.0


def test_shuffled_citations_collapse():
    shuffled = (replace(TRAM, start=FERRY_B.start, end=3), replace(FERRY, start=50, end=60))
    marks = mark(CASE, Response("Six, seven.", False, shuffled), TEXTS)
    assert marks.on_gold == 0.0


def test_a_block_that_holds_the_quote_counts_as_citing_it():
    whole = replace(TRAM, start=0, end=len(TEXT), quote=TEXT)
    assert mark(CASE, Response("Six.", False, (whole,)), TEXTS).evidence_recall == 1.0


def test_abstaining_is_right_only_where_no_article_tells():
    silent = Response("Nothing here says so.", True)
    assert mark(UNANSWERABLE, silent, TEXTS).right
    assert not mark(CASE, silent, TEXTS).right
    assert not mark(UNANSWERABLE, Response("Mr Berg.", False), TEXTS).right


def test_a_false_premise_may_be_refused_where_the_set_says_so():
    assert mark(FALSE_PREMISE, Response("", True), TEXTS).right
    assert mark(FALSE_PREMISE, Response("It costs 4 marks.", False), TEXTS).right
    assert not mark(replace(FALSE_PREMISE, must=(("4 marks",),)), Response("", True), TEXTS).right


def test_a_question_that_failed_is_a_miss_everywhere():
    assert failed(CASE).evidence_recall == 0.0
    assert not failed(UNANSWERABLE).right
    assert not failed(UNANSWERABLE).abstained


def test_a_citation_that_nothing_points_at_is_not_cited():
    assert cited(replace(GOOD, citations=(TRAM, FERRY, TICKET))) == (TRAM, FERRY)


def test_a_side_of_a_conflict_cites():
    sides = (Side("six", (1,)), Side("4", (3,)))
    both = replace(GOOD, citations=(TRAM, FERRY, TICKET), conflicts=(Conflict("when", sides),))
    assert cited(both) == (TRAM, FERRY, TICKET)


BROKEN = {
    "a quote that is not there": (
        replace(GOOD, citations=(replace(TRAM, start=1), FERRY)),
        "a.txt[1:21]",
    ),
    "an article that is not there": (
        replace(GOOD, citations=(replace(TRAM, article_id="gone"), FERRY)),
        "a.txt[0:21] is ''",
    ),
    "a near miss that is not there": (
        replace(GOOD, near_misses=(replace(TICKET, end=99),)),
        "a.txt[49:99]",
    ),
    "a claim at the wrong place": (
        replace(GOOD, claims=(replace(GOOD.claims[0], start=1), GOOD.claims[1])),
        "answer[1:21]",
    ),
    "a claim without a citation": (
        replace(GOOD, claims=(replace(GOOD.claims[0], citations=()), GOOD.claims[1])),
        "no citation for 'The tram runs at six.'",
    ),
    "a marker that stands for nothing": (
        replace(GOOD, answer=GOOD.answer + " [3]"),
        "[3] stands for 0 citations",
    ),
    "a number given twice": (
        replace(GOOD, citations=(TRAM, replace(FERRY, n=1))),
        "[1] stands for 2 citations",
    ),
}


@pytest.mark.parametrize(("wrong", "words"), BROKEN.values(), ids=BROKEN)
def test_what_points_nowhere_is_counted_and_named(wrong, words):
    n_spans, broken = check_spans(wrong, TEXTS)
    assert n_spans >= len(broken) > 0
    assert any(words in line for line in broken)


def test_an_empty_quote_is_no_citation():
    _, broken = check_spans(replace(GOOD, citations=(replace(TRAM, end=0, quote=""), FERRY)), TEXTS)
    assert broken == ("a.txt[0:0] is an empty quote",)
