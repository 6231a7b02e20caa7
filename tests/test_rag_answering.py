"""One answer in the making: what enters it, with which numbers, and what it says in the end."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made import article, asked, evidence, question

from rag.answering import MAX_REWORDED, N_SHOWN, Answering
from rag.compose import Draft
from rag.conflict import sides
from rag.find import Finding
from rag.quoting import MAX_OTHERWISE, MAX_QUOTES_ADDED
from rag.ranking import Shares
from rag.schema import Answer, Filters, Hit

LEFT = "How many people left Orle?"
WHY = "Why did the dam above Orle break?"
GAZETTE = article(
    "It rained.\n\nSome 1,200 people left Orle, the mayor said.", name="gazette", source="Gazette"
)
WIRE = article("The service said 1,450 people left Orle.", name="wire", source="Wire")
MAYOR = evidence("Some 1,200 people left Orle, the mayor said.", within=GAZETTE)
SERVICE = evidence("The service said 1,450 people left Orle.", within=WIRE)
THAW = evidence("The dam above Orle broke because snow melted.", dense=0.8)
RAIN = evidence("The dam above Orle broke after long rain, farmers said.", dense=0.7)


def finding(text, found, chosen=None, *, lacking=None, hits=()):
    """Return what was found for a question; all of it is chosen unless something is lacking."""
    wants = asked(text)
    if lacking is not None:
        return Finding(wants, hits, tuple(found), lacking, 0.25)
    kept = tuple(found if chosen is None else chosen)
    return Finding(wants, hits, tuple(found), None, 0.75, kept, sides(wants, kept))


def begun(text, found, *, filters=None):
    """Return an answer begun from evidence of which all is chosen."""
    return Answering(question(text, filters), [finding(text, found)])


def finished(run) -> Answer:
    return run.answer("id-1", "snapshot-1")


def assert_whole(answer, found):
    """Check what must hold of every answer: spans, numbers, and quotes."""
    by_id = {e.article.id: e.article for e in found}
    numbers = {c.n for c in answer.citations}
    for claim in answer.claims:
        assert answer.answer[claim.start : claim.end] == claim.text
        marks = "".join(f"[{n}]" for n in claim.citations)
        assert answer.answer[claim.end :].startswith(f" {marks}")
        assert set(claim.citations) <= numbers
    for citation in (*answer.citations, *answer.near_misses):
        text = by_id[citation.article_id].text
        assert text[citation.start : citation.end] == citation.quote
    used = {n for claim in answer.claims for n in claim.citations}
    used |= {n for c in answer.conflicts for side in c.sides for n in side.citations}
    assert numbers == used


def test_why_a_sentence_was_found_is_told_with_its_passage():
    shares = Shares(dense=0.4, date=0.9)
    passage = Hit("g:0", GAZETTE.id, 0, len(GAZETTE.text), 0.7, 0.5, 1.0, shares)
    other = replace(passage, article_id=WIRE.id, score=0.9)
    run = Answering(question(LEFT), [finding(LEFT, [MAYOR, RAIN], [MAYOR], hits=(other, passage))])
    run.consider(Draft(MAYOR.text, (1,)))
    (why,) = finished(run).why
    assert (why.n, why.dense, why.coverage) == (1, MAYOR.dense, MAYOR.coverage)
    assert (why.score, why.passage) == (0.7, shares)


def test_the_surest_part_gives_the_confidence():
    both = [finding(LEFT, [MAYOR]), finding(WHY, [THAW], lacking="nothing said")]
    assert finished(Answering(question(LEFT), both)).confidence == 0.75
    assert finished(Answering(question(WHY), both[1:])).confidence == 0.25


def test_a_checked_draft_becomes_a_claim_with_its_number():
    run = begun(LEFT, [MAYOR])
    claim = run.consider(Draft("The mayor said some 1,200 people left Orle.", (1,)))
    assert claim is not None
    assert (claim.verdict, claim.citations) == ("supported", (1,))
    answer = finished(run)
    assert answer.answer == "The mayor said some 1,200 people left Orle. [1]"
    assert answer.status == "answered"
    assert_whole(answer, [MAYOR])


@pytest.mark.parametrize(
    "cited",
    [
        pytest.param((), id="none"),
        pytest.param((1,), id="the wrong one"),
        pytest.param((0,), id="nought"),
        pytest.param((99,), id="out of range"),
        pytest.param((-1,), id="negative"),
        pytest.param((1, 99), id="wrong and out of range"),
    ],
)
def test_a_draft_is_cited_anew_to_the_sentence_that_says_it(cited):
    run = begun(LEFT, [MAYOR, SERVICE])
    claim = run.consider(Draft("The service said 1,450 people left Orle.", cited))
    assert claim is not None
    assert claim.citations == (2,)


def test_of_two_numbers_both_are_kept_where_both_are_needed():
    run = begun(LEFT, [MAYOR, SERVICE])
    draft = Draft("The mayor said some 1,200 people left Orle, the service said 1,450.", (1, 2))
    claim = run.consider(draft)
    assert claim is not None
    assert claim.citations == (1, 2)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("The mayor said 9,000 people left Orle.", "9,000", id="figure not there"),
        pytest.param("Some 1,200 people left Orle for Tarn.", "Tarn", id="name not there"),
        pytest.param("People left Orle.", "no figure", id="no figure"),
        pytest.param("1,200 goats drank cold milk.", "something else", id="another matter"),
    ],
)
def test_what_fails_its_check_is_removed_with_the_reason(text, reason):
    run = begun(LEFT, [MAYOR])
    assert run.consider(Draft(text, (1,))) is None
    answer = finished(run)
    assert [removed.text for removed in answer.removed] == [text]
    assert reason in answer.removed[0].reason
    assert text not in answer.answer


def test_a_sentence_said_twice_is_shown_once():
    run = begun(LEFT, [MAYOR])
    draft = Draft("The mayor said some 1,200 people left Orle.", (1,))
    assert run.consider(draft) is not None
    assert run.consider(draft) is None
    assert len(finished(run).claims) == 1


def test_the_best_evidence_is_quoted_where_the_draft_leaves_it_out():
    run = begun(WHY, [THAW, RAIN])
    draft = Draft("Farmers said the dam above Orle broke after long rain.", (2,))
    assert run.consider(draft) is not None
    (quote,) = run.quotes(all_chosen=False)
    assert (quote.text, quote.citations) == (THAW.text, (1,))
    assert_whole(finished(run), [THAW, RAIN])


def test_asked_for_a_name_the_nearest_is_quoted_beside_another_that_also_holds_one():
    nearest = evidence("The dam was built by Ari Roe, the archive says.", dense=0.8)
    other = evidence("The mayor, Ada Holm, opened the dam.", dense=0.6)
    run = begun("Who built the dam?", [nearest, other])
    run.consider(Draft("The mayor, Ada Holm, opened the dam.", (2,)))
    run.quotes(all_chosen=False)
    assert [claim.citations for claim in finished(run).claims] == [(2,), (1,)]


def test_the_next_nearest_is_quoted_behind_a_draft_that_cites_the_best():
    run = begun(WHY, [THAW, RAIN])
    run.consider(Draft("The dam above Orle broke because snow melted.", (1,)))
    (quote,) = run.quotes(all_chosen=False)
    assert (quote.text, quote.citations) == (RAIN.text, (2,))
    assert_whole(finished(run), [THAW, RAIN])


def test_few_quotes_are_put_behind_a_draft():
    others = [evidence(f"The dam above Orle broke, said voice {n}.", dense=0.6) for n in "abcd"]
    run = begun(WHY, [THAW, *others])
    run.consider(Draft("The dam above Orle broke because snow melted.", (1,)))
    assert len(run.quotes(all_chosen=False)) == MAX_QUOTES_ADDED


def test_asked_for_a_date_nothing_is_added_to_a_draft_that_cites_the_best():
    nearest = evidence("The dam above Orle broke on 3 March 2021.", dense=0.8)
    other = evidence("The dam above Orle broke on 3 March 2021, farmers said.", dense=0.6)
    run = begun("When did the dam above Orle break?", [nearest, other])
    assert run.consider(Draft("The dam above Orle broke on 3 March 2021.", (1,))) is not None
    assert run.quotes(all_chosen=False) == []


VOS = evidence("The film Orle Days was made by Ida Vos.", dense=0.8)
LUND = evidence("The film Orle Days was made by Ivo Lund.", dense=0.75)
AGAIN = evidence("The film Orle Days was made by Ida Vos, a friend said.", dense=0.7)
MADE = "Who made the film Orle Days?"


@pytest.mark.parametrize("all_chosen", [False, True], ids=["behind a draft", "quotes alone"])
def test_what_another_article_answers_is_quoted_where_it_is_another_answer(all_chosen):
    found = replace(finding(MADE, [VOS, AGAIN, LUND], [VOS]), elsewhere=(VOS, AGAIN, LUND))
    run = Answering(question(MADE), [found])
    if not all_chosen:
        assert run.consider(Draft("The film Orle Days was made by Ida Vos.", (1,))) is not None
    run.quotes(all_chosen=all_chosen)
    assert [claim.text for claim in finished(run).claims] == [VOS.text, LUND.text]
    assert_whole(finished(run), [VOS, AGAIN, LUND])


def test_no_more_than_a_few_other_answers_are_quoted():
    others = [
        evidence(f"The film Orle Days was made by {n} Vos.") for n in ("Bo", "Cy", "Di", "Ed")
    ]
    found = replace(finding(MADE, [VOS, *others], [VOS]), elsewhere=tuple(others))
    assert len(Answering(question(MADE), [found]).quotes(all_chosen=True)) == 1 + MAX_OTHERWISE


def test_a_chosen_sentence_with_another_answer_is_quoted_behind_a_draft():
    born = "When was Ida Vos born?"
    one, other = "Ida Vos was born on 3 May 1920.", "Ida Vos was born on 9 June 1951."
    found = replace(finding(born, [evidence(one, dense=0.8), evidence(other)]), sides=())
    run = Answering(question(born), [found])
    assert run.consider(Draft(one, (1,))) is not None
    assert [claim.text for claim in run.quotes(all_chosen=False)] == [other]


def test_of_several_parts_none_is_answered_elsewhere():
    found = replace(finding(MADE, [VOS, LUND], [VOS]), elsewhere=(LUND,))
    both = [found, finding(LEFT, [MAYOR])]
    run = Answering(question(f"{MADE} {LEFT}"), both)
    assert [claim.text for claim in run.quotes(all_chosen=True)] == [VOS.text, MAYOR.text]


def test_every_side_that_a_draft_leaves_out_is_quoted():
    run = begun(LEFT, [MAYOR, SERVICE])
    run.consider(Draft("The mayor said some 1,200 people left Orle.", (1,)))
    (quote,) = run.quotes(all_chosen=False)
    assert quote.citations == (2,)
    answer = finished(run)
    assert answer.status == "conflicting"
    assert [side.citations for side in answer.conflicts[0].sides] == [(1,), (2,)]
    assert_whole(answer, [MAYOR, SERVICE])


def test_no_side_is_crowded_out_by_the_next_nearest():
    did = "Did the council approve the dam?"
    openings = ("", "On Monday ", "In the end ", "Later ", "At last ")
    yes = [evidence(f"{x}the council approved the dam.".capitalize(), dense=0.9) for x in openings]
    no = evidence("The council did not approve the dam.", dense=0.7)
    found = finding(did, [*yes, no])
    assert len(found.sides) == 2
    run = Answering(question(did), [found])
    run.consider(Draft("The council approved the dam.", (1,)))
    assert [quote.citations for quote in run.quotes(all_chosen=False)] == [(6,)]


def test_a_draft_that_is_removed_leaves_its_side_to_a_quote():
    run = begun(LEFT, [MAYOR, SERVICE])
    run.consider(Draft("The mayor said 1,300 people left Orle.", (1,)))
    assert [quote.citations for quote in run.quotes(all_chosen=False)] == [(1,), (2,)]
    assert_whole(finished(run), [MAYOR, SERVICE])


def test_without_a_model_everything_chosen_is_quoted_in_order():
    run = begun(LEFT, [MAYOR, SERVICE])
    quotes = run.quotes(all_chosen=True)
    assert [(q.text, q.citations, q.support) for q in quotes] == [
        (MAYOR.text, (1,), 1.0),
        (SERVICE.text, (2,), 1.0),
    ]
    answer = finished(run)
    assert answer.answer == f"{MAYOR.text} [1] {SERVICE.text} [2]"
    assert_whole(answer, [MAYOR, SERVICE])


def test_a_quote_over_two_lines_is_one_line_in_the_answer_and_verbatim_in_its_citation():
    broken = evidence("Some 1,200 people\nleft Orle.")
    run = begun(LEFT, [broken])
    run.quotes(all_chosen=True)
    answer = finished(run)
    assert answer.answer == "Some 1,200 people left Orle. [1]"
    assert answer.citations[0].quote == "Some 1,200 people\nleft Orle."
    assert_whole(answer, [broken])


def test_a_citation_names_the_version_and_the_page_that_it_was_read_from():
    paged = replace(GAZETTE, pages=(0, GAZETTE.text.index("Some")))
    run = begun(LEFT, [evidence(MAYOR.text, within=paged), SERVICE])
    run.quotes(all_chosen=True)
    by_article = {citation.article: citation for citation in finished(run).citations}
    assert (by_article["gazette"].page, by_article["wire"].page) == (2, None)
    assert by_article["gazette"].content_hash == paged.content_hash != GAZETTE.content_hash


def test_a_model_that_finds_no_reason_leaves_an_open_question_unanswered():
    run = begun(WHY, [THAW])
    assert run.consider(Draft("NOT FOUND", ())) is None
    assert run.quotes(all_chosen=False) == []
    answer = finished(run)
    assert answer.status == "abstained"
    assert answer.claims == ()
    assert answer.citations == ()
    assert [near.quote for near in answer.near_misses] == [THAW.text]
    assert_whole(answer, [THAW])


def test_a_model_that_finds_no_figure_is_overruled_by_the_one_that_is_there():
    run = begun(LEFT, [MAYOR])
    run.consider(Draft("NOT FOUND", ()))
    assert [quote.text for quote in run.quotes(all_chosen=False)] == [MAYOR.text]
    assert finished(run).status == "partial"


def test_a_draft_without_the_date_that_is_asked_for_gives_way_to_its_source():
    when = "When did the dam above Orle break?"
    dated = evidence("The dam above Orle broke on Monday, farmers said.")
    run = begun(when, [dated])
    assert run.consider(Draft("The dam above Orle broke, farmers said.", (1,))) is None
    assert [claim.text for claim in run.quotes(all_chosen=False)] == [dated.text]
    assert "no date" in finished(run).removed[0].reason


def test_a_refusal_beside_an_answer_makes_it_partial():
    run = begun(WHY, [THAW])
    run.consider(Draft("The dam above Orle broke because snow melted.", (1,)))
    run.consider(Draft("The sentences do not mention any other reason.", ()))
    answer = finished(run)
    assert answer.status == "partial"
    assert len(answer.claims) == 1


def test_what_is_lacking_is_the_answer_where_nothing_was_chosen():
    found = finding(LEFT, [MAYOR, SERVICE, THAW, RAIN], lacking="No sentence found gives a figure.")
    answer = finished(Answering(question(LEFT), [found]))
    assert answer.answer == "No sentence found gives a figure."
    assert answer.status == "abstained"
    assert [near.n for near in answer.near_misses] == [1, 2, 3]
    assert_whole(answer, [MAYOR, SERVICE, THAW, RAIN])


def test_without_any_evidence_the_answer_still_says_something():
    answer = finished(Answering(question(LEFT), [finding(LEFT, [])]))
    assert answer.status == "abstained"
    assert answer.answer
    assert answer.near_misses == ()


def test_starting_over_forgets_what_a_failed_model_wrote_but_not_the_notice():
    run = begun(LEFT, [MAYOR, SERVICE])
    run.consider(Draft("The mayor said some 1,200 people left Orle.", (1,)))
    run.consider(Draft("NOT FOUND", ()))
    run.consider(Draft("The mayor said 9,000 people left Orle.", (1,)))
    assert run.notice("The model is gone.").text == "The model is gone."
    run.start_over()
    run.quotes(all_chosen=True)
    answer = finished(run)
    assert answer.answer.startswith(MAYOR.text)
    assert answer.removed == ()
    assert answer.status == "conflicting"
    assert answer.notices == ("The model is gone.",)
    assert_whole(answer, [MAYOR, SERVICE])


def test_the_chosen_are_numbered_first_and_few_are_kept_beside_them():
    found = [evidence(f"{n} boats left Orle.", dense=0.5) for n in range(40, 60)]
    run = Answering(question(LEFT), [finding(LEFT, found, [found[7]])])
    assert [c.n for c in run.cited([found[7], found[0]])] == [1, 2]
    with pytest.raises(KeyError):
        run.cited([found[N_SHOWN + 1]])


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        pytest.param(Filters(), None, id="none"),
        pytest.param(Filters(sources=("Wire",)), None, id="outlet only"),
        pytest.param(Filters(date_from="2021-03-01"), ("2021-03-01", None), id="from"),
        pytest.param(
            Filters("2021-03-01", "2021-03-09"), ("2021-03-01", "2021-03-09"), id="from and to"
        ),
    ],
)
def test_the_answer_says_which_dates_it_was_limited_to(filters, expected):
    assert finished(begun(LEFT, [MAYOR], filters=filters)).date_range == expected


def test_the_answer_carries_what_it_was_made_from():
    hits = tuple(Hit(f"{i}:0", i, 0, 9, 0.5, 0.5, 1.0) for i in ("b", "a", "b"))
    run = Answering(question(LEFT), [finding(LEFT, [MAYOR], hits=hits)])
    run.timings["retrieve_s"] = 0.12345
    answer = finished(run)
    assert (answer.id, answer.retrieved, answer.snapshot) == ("id-1", ("b", "a"), "snapshot-1")
    assert answer.timings == {"retrieve_s": 0.123}
    assert answer.to_dict()["question"] == LEFT


def test_a_question_of_two_parts_is_answered_for_both():
    text = f"{LEFT} {WHY}"
    run = Answering(question(text), [finding(LEFT, [MAYOR]), finding(WHY, [THAW])])
    run.consider(Draft("Some 1,200 people left Orle, the mayor said.", (1,)))
    (quote,) = run.quotes(all_chosen=False)
    assert quote.text == THAW.text
    answer = finished(run)
    assert answer.status == "answered"
    assert_whole(answer, [MAYOR, THAW])


def test_a_part_that_finds_nothing_is_named_beside_the_answer_to_the_other():
    missing = finding("How many goats drowned?", [RAIN], lacking="No sentence found says it.")
    run = Answering(question(LEFT), [finding(LEFT, [MAYOR]), missing])
    run.quotes(all_chosen=True)
    answer = finished(run)
    assert answer.status == "partial"
    assert answer.notices == ("“How many goats drowned?” No sentence found says it.",)
    assert_whole(answer, [MAYOR, RAIN])


def test_evidence_of_two_parts_is_numbered_once():
    run = Answering(question(LEFT), [finding(LEFT, [MAYOR]), finding(LEFT, [MAYOR, SERVICE])])
    assert run.chosen == (MAYOR, SERVICE)
    assert [c.n for c in run.cited(run.chosen)] == [1, 2]


PARTLY = "The dam above Orle broke loudly as snow thawed."


def test_a_draft_of_which_only_part_is_said_gives_way_to_the_sentence_itself():
    run = begun(WHY, [THAW])
    assert run.consider(Draft(PARTLY, (1,))) is None
    (claim,) = run.quotes(all_chosen=False)
    assert (claim.text, claim.citations) == (THAW.text, (1,))
    answer = finished(run)
    assert [removed.text for removed in answer.removed] == [PARTLY]
    assert_whole(answer, [THAW])


@pytest.mark.parametrize(
    "draft",
    [
        pytest.param(PARTLY, id="partly"),
        pytest.param("The dam above Orle broke in Tarn because snow melted.", id="unsupported"),
    ],
)
def test_a_sentence_that_fails_is_said_once_more_from_what_it_came_nearest_to(draft):
    run = begun(WHY, [RAIN, THAW])
    assert run.consider(Draft(draft, (2,))) is None
    (failed,) = run.to_reword()
    assert (failed.text, failed.n, failed.evidence) == (draft, 2, THAW)
    claim = run.reconsider(2, Draft("The dam broke because snow melted.", (1,)))
    assert claim is not None
    assert (claim.text, claim.citations) == ("The dam broke because snow melted.", (2,))
    assert run.to_reword() == []
    assert THAW.text not in [claim.text for claim in run.quotes(all_chosen=False)]
    answer = finished(run)
    assert [removed.text for removed in answer.removed] == [draft]
    assert_whole(answer, [RAIN, THAW])


def test_what_fails_again_is_removed_too():
    run = begun(WHY, [THAW])
    run.consider(Draft(PARTLY, (1,)))
    again = "The dam above Orle broke at night because snow and ice melted loudly."
    assert run.reconsider(1, Draft(again, (1,))) is None
    assert [claim.text for claim in run.quotes(all_chosen=False)] == [THAW.text]
    answer = finished(run)
    assert [removed.text for removed in answer.removed] == [PARTLY, again]
    assert all(removed.reason for removed in answer.removed)


@pytest.mark.parametrize(
    ("text", "again"),
    [
        pytest.param(WHY, "NOT FOUND", id="refusal"),
        pytest.param(LEFT, "People left Orle, the mayor said.", id="no figure where one is asked"),
    ],
)
def test_a_wording_that_answers_nothing_is_not_taken(text, again):
    run = begun(text, [MAYOR])
    run.consider(Draft("Some 1,200 people left Orle for Tarn.", (1,)))
    assert run.reconsider(1, Draft(again, (1,))) is None


def test_what_is_cited_already_is_not_said_again():
    run = begun(WHY, [THAW])
    run.consider(Draft(PARTLY, (1,)))
    run.consider(Draft(THAW.text, (1,)))
    assert run.to_reword() == []


def test_a_sentence_that_cites_nothing_and_is_near_nothing_is_not_said_again():
    run = begun(WHY, [THAW])
    run.consider(Draft("Goats drank milk.", ()))
    assert run.to_reword() == []


def test_few_sentences_are_said_again():
    found = [evidence(f"The dam number {n} broke because snow melted.") for n in range(5)]
    run = begun(WHY, found)
    for n in range(5):
        run.consider(Draft(f"The dam number {n} broke in Tarn because snow melted.", (n + 1,)))
    assert [failed.n for failed in run.to_reword()] == [1, 2][:MAX_REWORDED]


def test_every_source_of_which_a_draft_said_a_part_is_quoted():
    towns = {"Orle": 1, "Tarn": 2, "Vell": 3, "Norby": 4}
    found = [evidence(f"Some {n},000 people went to {town}.") for town, n in towns.items()]
    run = begun("How many people went to Orle, Tarn, Vell and Norby?", found)
    for town, n in towns.items():
        assert run.consider(Draft(f"{town}: {n},000 loudly.", (n,))) is None
    quoted = [claim.citations for claim in run.quotes(all_chosen=False)]
    assert quoted == [(n,) for n in towns.values()]


def test_a_failed_writer_leaves_nothing_to_say_again():
    run = begun(WHY, [THAW])
    run.consider(Draft(PARTLY, (1,)))
    run.start_over()
    assert run.to_reword() == []


def test_a_question_that_takes_for_granted_what_is_denied_is_told_so():
    found = replace(finding(WHY, [THAW, RAIN]), denied=RAIN)
    run = Answering(question(WHY), [found])
    run.quotes(all_chosen=True)
    answer = finished(run)
    assert answer.notices == ("The question takes for granted what [2] denies.",)
    run.start_over()  # and nothing is cited any more
    assert finished(run).notices == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("After long rain.", "no sentence", id="scrap"),
        pytest.param("The dam above Orle did break.", "no more than", id="the question"),
    ],
)
def test_a_draft_that_tells_nothing_gives_way_to_the_sentence_it_cites(text, reason):
    rain = evidence("The dam above Orle did break after long rain.", dense=0.7)
    run = begun("Why did the dam above Orle break? The dam in Tarn held.", [THAW, rain])
    assert run.consider(Draft(text, (2,))) is None
    assert [claim.citations for claim in run.quotes(all_chosen=False)] == [(2,), (1,)]
    answer = finished(run)
    assert [removed.text for removed in answer.removed] == [text]
    assert reason in answer.removed[0].reason
    run.start_over()
    assert [claim.citations for claim in run.quotes(all_chosen=False)] == [(1,), (2,)]


def test_a_wording_that_tells_nothing_is_removed_with_the_reason():
    run = begun(WHY, [THAW])
    run.consider(Draft(PARTLY, (1,)))
    assert run.reconsider(1, Draft("The dam above Orle did break.", (1,))) is None
    assert "no more than" in finished(run).removed[-1].reason


def test_asked_for_a_figure_the_nearest_is_quoted_beside_another_that_agrees():
    nearest = evidence("Some 1,200 people left Orle.", dense=0.9)
    other = evidence("1,200 people left Orle by bus, the driver said.", dense=0.6)
    run = begun(LEFT, [nearest, other])
    run.consider(Draft("1,200 people left Orle by bus, the driver said.", (2,)))
    assert [claim.citations for claim in run.quotes(all_chosen=False)] == [(1,)]


def test_where_no_draft_stands_everything_chosen_is_quoted():
    found = [evidence(f"{name} opened the dam above Orle.", dense=0.8) for name in "ABCDE"]
    run = begun("Who opened the dam above Orle?", found)
    run.consider(Draft("Goats drank milk in Tarn, Vell and Norby.", (1,)))
    assert [claim.text for claim in run.quotes(all_chosen=False)] == [e.text for e in found]


LIKELY, UNLIKELY = 0.9, 0.0001


def doubtful(text, found, confidence):
    return Answering(question(text), [replace(finding(text, found), confidence=confidence)])


def test_a_model_that_is_likely_to_refuse_what_is_hardly_near_ends_the_answer():
    run = doubtful(WHY, [THAW], 0.5)
    assert run.is_in_vain(LIKELY)
    assert run.quotes(all_chosen=False) == []
    answer = finished(run)
    assert answer.status == "abstained"
    assert answer.refusal == LIKELY
    assert answer.confidence < 0.29
    assert answer.near_misses


def test_what_is_near_enough_is_quoted_though_the_model_refuses():
    run = doubtful(WHY, [THAW], 0.95)
    assert not run.is_in_vain(LIKELY)
    run.consider(Draft("NOT FOUND", ()))
    assert [claim.text for claim in run.quotes(all_chosen=False)] == [THAW.text]
    assert finished(run).status == "partial"


def test_a_model_that_never_thinks_of_refusing_makes_an_answer_surer():
    run = doubtful(WHY, [THAW], 0.5)
    assert not run.is_in_vain(UNLIKELY)
    assert run.confidence > 0.9


def test_a_model_is_not_heard_on_a_date_line():
    published = evidence("Published 3 March 2021")
    run = doubtful("When was the article about Orle published?", [published], 0.2)
    assert not run.is_in_vain(LIKELY)
    assert finished(run).refusal is None
    assert finished(run).confidence == 0.2


def test_an_endpoint_that_cannot_tell_changes_no_confidence():
    run = doubtful(WHY, [THAW], 0.5)
    assert not run.is_in_vain(None)
    assert (run.confidence, finished(run).refusal) == (0.5, None)


def test_the_nearest_to_each_of_three_parts_is_quoted_where_none_is_told():
    towns = ("Orle", "Tarn", "Vell")
    found = [evidence(f"In 2021 a dam broke in {town}.", dense=0.8) for town in towns]
    wants = [
        finding(f"When did the dam in {t} break?", [e]) for t, e in zip(towns, found, strict=True)
    ]
    other = evidence("Snow melted in the hills above.", dense=0.5)
    wants[0] = replace(wants[0], chosen=(*wants[0].chosen, other), evidence=(found[0], other))
    run = Answering(question("When did the dams break?"), wants)
    assert run.consider(Draft("Snow melted in the hills above.", (2,))) is not None
    quoted = [claim.text for claim in run.quotes(all_chosen=False)]
    assert quoted == [e.text for e in found]
