"""One question from asking to answer, over a library on disk and a scripted model."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date

import pytest
from made import RECORDS, TODAY, Archive, ScriptedWriter

from index.errors import InputError, NotFoundError, WriterError
from rag.compose import NOT_FOUND
from rag.question import MAX_CHARACTERS
from rag.schema import Answer, Filters, Finished, Found, Notice, Turn, Understood, Wrote
from rag.settings import RagSettings

LEFT = "How many people left Orle?"
SHEEP = "How many sheep did the ferry Selma carry to Norby?"
CARRIED = "The captain said the ferry Selma carried 85 sheep to Norby"


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    made = Archive(tmp_path_factory.mktemp("assistant"))
    made.index()
    return made


@pytest.fixture
def ask(archive):
    """Return a function that asks one question of an assistant whose model says some pieces."""

    def ask(question, *pieces, error="", **options) -> list:
        with closing(archive.assistant(*pieces, error=error)) as assistant:
            return list(assistant.ask(question, **{"as_of": TODAY, **options}))

    return ask


def kinds(events):
    return [type(event) for event in events]


def last(events) -> Answer:
    assert isinstance(events[-1], Finished)
    return events[-1].answer


def assert_whole(archive, answer):
    """Check what must hold of every answer, whatever was asked and written."""
    with closing(archive.assistant()) as assistant:
        for citation in (*answer.citations, *answer.near_misses):
            text = assistant.article(citation.article_id).text
            assert text[citation.start : citation.end] == citation.quote
    for claim in answer.claims:
        assert answer.answer[claim.start : claim.end] == claim.text
        assert claim.citations
    used = {n for claim in answer.claims for n in claim.citations}
    used |= {n for c in answer.conflicts for side in c.sides for n in side.citations}
    assert {c.n for c in answer.citations} == used
    assert (answer.status == "abstained") == (not answer.claims)


def test_events_come_in_order(ask, archive):
    events = ask(SHEEP, f"{CARRIED} [1].")
    assert kinds(events) == [Understood, Found, Wrote, Finished]
    answer = last(events)
    assert events[0].question.standalone == SHEEP
    assert answer.answer == f"{CARRIED}. [1]"
    assert answer.status == "answered"
    assert answer.writer == "local"
    assert [c.article for c in answer.citations] == ["courier-ferry"]
    assert_whole(archive, answer)


def test_what_is_found_is_shown_before_the_model_is_asked(archive):
    writer = ScriptedWriter(f"{CARRIED} [1].")
    with closing(archive.assistant_with(writer)) as assistant:
        events = assistant.ask(SHEEP, as_of=TODAY)
        assert kinds([next(events), next(events)]) == [Understood, Found]
        assert writer.prompts == []
        assert writer.n_said == 0


def test_each_sentence_is_shown_before_the_next_is_written(archive):
    writer = ScriptedWriter(f"{CARRIED} [1]. ", "The captain ", "said it [1].")
    with closing(archive.assistant_with(writer)) as assistant:
        events = assistant.ask(SHEEP, as_of=TODAY)
        assert kinds([next(events) for _ in range(3)]) == [Understood, Found, Wrote]
        assert writer.n_said == 1


def test_closing_the_answer_closes_the_model_s_stream(archive):
    writer = ScriptedWriter(f"{CARRIED} [1]. ", "The captain ", "said it [1].")
    with closing(archive.assistant_with(writer)) as assistant:
        events = assistant.ask(SHEEP, as_of=TODAY)
        for _ in range(3):
            next(events)
        assert writer.n_open == 1
        events.close()
        assert writer.n_open == 0


def test_what_is_written_in_the_events_is_what_the_answer_says(ask):
    events = ask(LEFT, "The service said 1,450 people had left Orle by Tuesday [1]. ", "So it is.")
    written = [event.claim for event in events if isinstance(event, Wrote)]
    assert list(last(events).claims) == written


def test_an_answer_is_what_asking_ends_with(archive):
    with closing(archive.assistant(f"{CARRIED} [1].")) as assistant:
        asked = last(list(assistant.ask(SHEEP, as_of=TODAY)))
        answered = assistant.answer(SHEEP, as_of=TODAY)
    assert answered.id != asked.id
    assert replace(answered, id="", timings={}) == replace(asked, id="", timings={})


@pytest.mark.parametrize("by_setting", [True, False], ids=["setting", "option"])
def test_without_a_model_the_evidence_is_quoted(archive, by_setting):
    writer = ScriptedWriter("Never said.")
    with closing(archive.assistant_with(writer, extractive=by_setting)) as assistant:
        answer = assistant.answer(SHEEP, as_of=TODAY, extractive=not by_setting)
    assert writer.prompts == []
    assert answer.writer == "extractive"
    assert answer.claims[0].text.startswith("The ferry Selma carried 85 sheep to Norby")
    assert [claim.text for claim in answer.claims] == [
        " ".join(c.quote.split()) for c in answer.citations
    ]
    assert_whole(archive, answer)


def test_outlets_that_disagree_are_both_reported(ask, archive):
    answer = last(ask(LEFT, extractive=True))
    assert answer.status == "conflicting"
    assert [side.value for side in answer.conflicts[0].sides] in (
        ["1,450 people", "more than 1,200 people"],
        ["more than 1,200 people", "1,450 people"],
    )
    assert {"gazette-dam", "wire-count"} <= {c.article for c in answer.citations}
    assert_whole(archive, answer)


def test_a_side_that_the_model_leaves_out_is_quoted_behind_it(ask, archive):
    events = ask(LEFT, "The rescue service said 1,450 people had left Orle by Tuesday.")
    answer = last(events)
    assert answer.status == "conflicting"
    assert {"gazette-dam", "wire-count"} <= {c.article for c in answer.citations}
    assert any("1,200" in claim.text for claim in answer.claims)
    assert_whole(archive, answer)


def test_kilometres_and_miles_that_agree_are_no_disagreement(ask, archive):
    answer = last(ask("How long was the queue of cars on the road to Calder?", extractive=True))
    assert answer.status == "answered"
    assert answer.conflicts == ()
    assert {"courier-queue", "wire-queue"} <= {c.article for c in answer.citations}
    assert_whole(archive, answer)


def test_a_model_that_fails_at_once_leaves_quotes_and_a_notice(ask, archive):
    events = ask(SHEEP, error="The model cannot be reached.")
    assert kinds(events) == [Understood, Found, Notice, Wrote, Finished]
    answer = last(events)
    assert "cannot be reached" in answer.notices[0]
    assert "quotes" in answer.notices[0]
    assert answer.writer == "extractive"
    assert_whole(archive, answer)


def test_a_model_that_fails_in_mid_answer_is_replaced_by_quotes(ask, archive):
    events = ask(SHEEP, f"{CARRIED} [1]. ", "The cap", error="The model is gone.")
    assert kinds(events) == [Understood, Found, Wrote, Notice, Wrote, Finished]
    answer = last(events)
    assert [claim.text for claim in answer.claims] == [events[4].claim.text]
    assert answer.writer == "extractive"
    assert answer.removed == ()
    assert_whole(archive, answer)


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param(("NOT FOUND",), id="refusal"),
        pytest.param((), id="nothing"),
        pytest.param(("9,000 sheep went to Vell [1].",), id="all removed"),
        pytest.param(("```json\n{}\n```",), id="no sentence"),
        pytest.param(("[1][2][3]",), id="marks alone"),
    ],
)
def test_a_figure_that_the_evidence_gives_is_quoted_whatever_the_model_says(ask, archive, pieces):
    answer = last(ask(SHEEP, *pieces))
    assert any("85 sheep" in claim.text for claim in answer.claims)
    assert "9,000" not in answer.answer
    assert_whole(archive, answer)


WRONG = "9,000 sheep went to Vell [1]."
BETTER = f"{CARRIED} [1]."


def test_a_sentence_that_fails_is_asked_for_once_more_from_one_sentence(archive):
    writer = ScriptedWriter(WRONG, later=(BETTER, " And", " more [1]."))
    with closing(archive.assistant_with(writer)) as assistant:
        answer = assistant.answer(SHEEP, as_of=TODAY)
    first, again = (prompt[-1]["content"] for prompt in writer.prompts)
    assert again.startswith(first)
    assert "9,000 sheep" in again
    assert writer.n_said == 3  # of what comes after its first sentence nothing is waited for
    assert writer.n_open == 0
    assert answer.claims[0].text == f"{CARRIED}."
    assert [removed.text for removed in answer.removed] == [WRONG.removesuffix(" [1].") + "."]
    assert answer.timings["verify_s"] <= answer.timings["total_s"]
    assert_whole(archive, answer)


def test_a_model_that_fails_when_asked_once_more_loses_that_sentence_alone(archive):
    writer = ScriptedWriter(f"{CARRIED} [1]. ", WRONG, later=(), later_error="It is gone.")
    with closing(archive.assistant_with(writer)) as assistant:
        answer = assistant.answer(SHEEP, as_of=TODAY)
    assert answer.writer == "local"
    assert any(CARRIED in claim.text for claim in answer.claims)
    assert_whole(archive, answer)


def test_a_model_that_refuses_an_open_question_makes_the_answer_abstain(ask, archive):
    answer = last(ask("Why did the dam above Orle break?", "NOT FOUND"))
    assert answer.status == "abstained"
    assert answer.near_misses
    assert_whole(archive, answer)


@pytest.mark.parametrize(
    ("question", "named"),
    [
        pytest.param("How many people left Orle for Tarn?", "Tarn", id="name missing"),
        pytest.param("How old is Anna Pell?", "figure", id="no figure"),
        pytest.param("Zyx qwv kjh?", "", id="nothing near"),
    ],
)
def test_where_no_article_says_it_the_answer_abstains(archive, question, named):
    writer = ScriptedWriter("Nine [1].")
    with closing(archive.assistant_with(writer)) as assistant:
        events = list(assistant.ask(question, as_of=TODAY))
    answer = last(events)
    assert answer.status == "abstained"
    assert writer.prompts == []
    assert not any(isinstance(event, Found | Wrote) for event in events)
    assert named in answer.answer
    assert 0 < len(answer.near_misses) <= 3
    assert answer.citations == ()
    assert_whole(archive, answer)


def test_only_the_outlets_asked_for_are_cited(ask, archive):
    answer = last(ask(LEFT, filters=Filters(sources=("NORTH WIRE",)), extractive=True))
    assert {c.source for c in answer.citations} == {"North Wire"}
    assert answer.status == "answered"
    assert_whole(archive, answer)


def test_only_the_days_asked_for_are_cited(ask, archive):
    answer = last(ask(LEFT, filters=Filters(date_to="2021-03-04"), extractive=True))
    assert {c.article for c in answer.citations} == {"gazette-dam"}
    assert answer.date_range == (None, "2021-03-04")
    assert_whole(archive, answer)


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        pytest.param(Filters(sources=("Moon Times",)), "Moon Times", id="unknown outlet"),
        pytest.param(
            Filters(sources=("North Wire", "Moon Times")), "Moon Times", id="one of two is unknown"
        ),
        pytest.param(Filters(date_from="2021-05-01"), "within the limits", id="no such days"),
        pytest.param(Filters("2021-04-01", "2021-03-01"), "within the limits", id="turned over"),
    ],
)
def test_limits_that_leave_something_out_are_told(ask, filters, said):
    events = ask(LEFT, filters=filters, extractive=True)
    notices = [event.text for event in events if isinstance(event, Notice)]
    assert any(said in notice for notice in notices)
    assert said in " ".join(last(events).notices)


def test_what_was_published_after_the_day_asked_as_of_is_not_seen(ask, archive):
    answer = last(ask(LEFT, as_of="2021-03-04", extractive=True))
    assert {c.article for c in answer.citations} == {"gazette-dam"}
    assert answer.as_of == "2021-03-04"
    published = {c.published for c in (*answer.citations, *answer.near_misses)}
    assert all(day is None or day <= "2021-03-04" for day in published)


def test_a_follow_up_is_understood_from_the_conversation(ask, archive):
    history = [Turn("How many people fled to Orle?", "Nobody knows.")]
    events = ask("And to Calder?", history=history, extractive=True)
    assert events[0].question.standalone == "How many people fled to Calder?"
    answer = last(events)
    assert answer.question == "And to Calder?"
    assert answer.standalone_question == "How many people fled to Calder?"
    assert any("300 people" in claim.text for claim in answer.claims)
    assert_whole(archive, answer)


def test_a_reader_s_wording_replaces_ours_and_the_question_stays(ask, archive):
    history = [Turn("How many people fled to Orle?", "Nobody knows.")]
    events = ask("And to Calder?", history=history, standalone=SHEEP, extractive=True)
    answer = last(events)
    assert (answer.question, answer.standalone_question) == ("And to Calder?", SHEEP)
    assert answer.rewritten_by == "reader"
    assert any("85 sheep" in claim.text for claim in answer.claims)
    assert_whole(archive, answer)


def test_a_follow_up_that_no_rule_is_sure_of_is_worded_by_the_model(archive):
    worded = "Who counted the people who left Orle?"
    history = [Turn("How many people left Orle?", "1,450 people.")]
    writer = ScriptedWriter(worded)
    settings = RagSettings(reword_s=30)
    with closing(archive.assistant_with(writer, settings=settings)) as assistant:
        understood = next(assistant.ask("Who counted that?", history=history, as_of=TODAY)).question
        assert (understood.standalone, understood.rewritten_by) == (worded, "model")
        assert understood.text == "Who counted that?"
        n_asked = len(writer.prompts)
        next(assistant.ask("And Calder?", history=history, as_of=TODAY))
        next(assistant.ask("Who counted that?", history=history, as_of=TODAY, standalone=SHEEP))
        next(assistant.ask("Who counted that?", as_of=TODAY))
        next(assistant.ask("Who counted that?", history=history, as_of=TODAY, extractive=True))
        assert len(writer.prompts) == n_asked


def test_without_a_setting_only_a_remote_model_words_a_follow_up():
    assert RagSettings().rewords_within_s == 0
    assert RagSettings(llm_url="https://llm.example/v1").rewords_within_s > 0
    assert RagSettings(llm_url="https://llm.example/v1", extractive=True).rewords_within_s == 0
    assert RagSettings(reword_s=3.0).rewords_within_s == 3.0


def test_a_reader_s_wording_must_be_one(archive):
    with closing(archive.assistant()) as assistant, pytest.raises(InputError, match="empty"):
        next(assistant.ask("And to Calder?", as_of=TODAY, standalone=" "))


def test_an_old_archive_is_asked_as_of_its_newest_article(ask):
    answer = last(ask("How many people left Orle in the past month?", as_of=None, extractive=True))
    assert (answer.as_of, answer.as_of_from) == ("2021-04-02", "newest article")
    assert answer.date_range == ("2021-03-02", "2021-04-02")
    assert last(ask(LEFT, extractive=True)).as_of_from == "asked"


def test_a_living_archive_is_asked_as_of_today(tmp_path):
    archive = Archive(tmp_path)
    today = date.today().isoformat()
    archive.index([{**RECORDS[0], "date": today}])
    with closing(archive.assistant()) as assistant:
        answer = assistant.answer(LEFT, extractive=True)
        assert answer.as_of in {today, date.today().isoformat()}  # the run may go past midnight
        assert answer.as_of_from == "today"
        archive.index([{**RECORDS[0], "date": "2021-03-04"}])
        answer = assistant.answer(LEFT, extractive=True)
        assert (answer.as_of, answer.as_of_from) == ("2021-03-04", "newest article")


def test_outlets_asked_to_be_heard_are_preferred_and_others_are_still_found(ask):
    answer = last(ask("How many people left Orle, according to North Wire?", extractive=True))
    assert answer.prefers.sources == ("North Wire",)
    assert len(answer.retrieved) > 1


def test_the_prompt_holds_no_number_or_control_token_of_an_article(archive):
    writer = ScriptedWriter("NOT FOUND")
    with closing(archive.assistant_with(writer)) as assistant:
        assistant.answer("What did the ferry crew of the ferry Selma sing?", as_of=TODAY)
    shown = writer.prompts[0][-1]["content"]
    assert "<|im_" not in shown
    lines = shown.split("\n\nQuestion:")[0].splitlines()
    assert [line.split("]")[0] for line in lines] == [f"[{n + 1}" for n in range(len(lines))]
    assert sum(line.count("[") for line in lines) == len(lines)


def test_a_number_inside_a_quote_adds_no_citation(ask, archive):
    answer = last(ask(SHEEP, extractive=True))
    assert "Norby [1]" in answer.answer  # verbatim
    claim = answer.claims[0]
    assert answer.answer[claim.end :].startswith(" [1]")
    assert_whole(archive, answer)


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("How many meals did the café 🍵 in Łódź serve?", id="emoji and accents"),
        pytest.param("Cafe\u0301 in Łódź: how many meals?", id="decomposed accent"),
        pytest.param("日本で何人が去りましたか？", id="another script"),
        pytest.param("How many\u202e people\u0000 left Orle?", id="control characters"),
        pytest.param("\ud800 how many people left Orle?", id="lone surrogate"),
        pytest.param(("left Orle " * MAX_CHARACTERS)[:MAX_CHARACTERS], id="the longest"),
        pytest.param('"left" OR NOT (Orle', id="search syntax"),
    ],
)
def test_any_text_is_answered_or_abstained_from(ask, archive, question):
    assert_whole(archive, last(ask(question, extractive=True)))


@pytest.mark.parametrize(
    "question", ["", " \n", "?!", "x" * (MAX_CHARACTERS + 1), "x " * 3_000_000]
)
def test_a_question_that_makes_no_sense_is_refused_before_anything_is_searched(archive, question):
    with closing(archive.assistant()) as assistant, pytest.raises(InputError):
        next(assistant.ask(question, as_of=TODAY))


def test_a_day_that_is_none_is_refused(archive):
    with closing(archive.assistant()) as assistant, pytest.raises(InputError, match="as-of"):
        next(assistant.ask(LEFT, as_of="yesterday"))


def test_an_article_that_changes_between_two_questions_is_quoted_as_it_is_now(tmp_path):
    archive = Archive(tmp_path)
    archive.index()
    with closing(archive.assistant()) as assistant:
        before = assistant.answer(SHEEP, as_of=TODAY, extractive=True)
        changed = [
            {**r, "text": r["text"].replace("85 sheep", "97 sheep")} for r in archive.records
        ]
        archive.index(changed)
        after = assistant.answer(SHEEP, as_of=TODAY, extractive=True)
    assert "85 sheep" in before.answer
    assert "97 sheep" in after.answer
    assert "85 sheep" not in after.answer
    assert before.snapshot != after.snapshot
    assert_whole(archive, after)


def test_an_article_that_is_removed_is_no_longer_found(tmp_path):
    archive = Archive(tmp_path)
    archive.index()
    with closing(archive.assistant()) as assistant:
        assert assistant.answer(SHEEP, as_of=TODAY, extractive=True).status == "answered"
        archive.index([r for r in RECORDS if r["id"] != "courier-ferry"])
        after = assistant.answer(SHEEP, as_of=TODAY, extractive=True)
    assert after.status == "abstained"
    assert_whole(archive, after)


def test_a_library_without_articles_abstains(tmp_path):
    archive = Archive(tmp_path)
    archive.index(RECORDS[:1])
    (tmp_path / "articles" / "all.jsonl").unlink()
    archive.sync()
    with closing(archive.assistant("Nine [1].")) as assistant:
        events = list(assistant.ask(LEFT, as_of=TODAY))
        assert assistant.sources() == ()
    answer = last(events)
    assert answer.status == "abstained"
    assert answer.near_misses == ()
    assert answer.retrieved == ()
    assert answer.answer


def test_articles_and_outlets_can_be_looked_up(archive):
    with closing(archive.assistant()) as assistant:
        cited = assistant.answer(SHEEP, as_of=TODAY, extractive=True).citations[0]
        found = assistant.article(cited.article_id)
        assert (found.name, found.source) == ("courier-ferry", "Harbour Courier")
        with pytest.raises(NotFoundError, match="nowhere"):
            assistant.article("nowhere")
        assert assistant.sources() == tuple(sorted({r["source"] for r in RECORDS} - {""}))


def test_warming_up_reads_what_every_prompt_begins_with(archive):
    writer = ScriptedWriter(f"{CARRIED} [1].")
    with closing(archive.assistant_with(writer)) as assistant:
        assistant.warm()
        assistant.answer(SHEEP, as_of=TODAY)
    assert writer.warmed[0][:-1] == writer.prompts[0][:-1]


def test_warming_up_says_why_it_cannot_and_needs_no_model_for_quotes(archive):
    writer = ScriptedWriter(error="The model is not there.")
    assistant = archive.assistant_with(writer)
    with closing(assistant), pytest.raises(WriterError, match="not there"):
        assistant.warm()
    quoting = ScriptedWriter(error="The model is not there.")
    with closing(archive.assistant_with(quoting, extractive=True)) as assistant:
        assistant.warm()
    assert quoting.warmed == []


def test_closing_the_assistant_stops_the_model(archive):
    writer = ScriptedWriter()
    archive.assistant_with(writer).close()
    assert writer.is_closed


def test_a_model_that_is_sure_to_refuse_is_asked_to_write_nothing(archive):
    writer = ScriptedWriter("Snow melted above Orle, and the dam broke [1].")
    writer.refusal = 1.0
    with closing(archive.assistant_with(writer)) as assistant:
        answer = assistant.answer("What did guests eat in the café?", as_of=TODAY)
    ((messages, word),) = writer.weighed
    assert NOT_FOUND.startswith(word)
    assert "café" in messages[-1]["content"]
    assert answer.refusal == 1.0
    assert answer.status == "abstained"
    assert writer.prompts == []
    assert_whole(archive, answer)


def test_a_model_that_fails_before_it_is_weighed_leaves_quotes_and_a_notice(archive):
    class Gone(ScriptedWriter):
        def begins(self, messages, word):
            raise WriterError("The model is gone.")

    with closing(archive.assistant_with(Gone("NOT FOUND"))) as assistant:
        answer = assistant.answer(SHEEP, as_of=TODAY)
    assert answer.writer == "extractive"
    assert "is gone" in answer.notices[0]
    assert answer.claims
    assert_whole(archive, answer)


GENRE = "What is the genre of the film Orle Days?"
COMEDY = tuple(
    f"The genre of the film Orle Days is comedy, {who} said."
    for who in ("the cook", "the maid", "a page", "an aunt", "the vicar")  # more than are chosen
)
WESTERN = "The genre of the film Orle Days, made in Tarn, is western."


@pytest.mark.parametrize("extractive", [False, True], ids=["by a model", "quotes only"])
def test_a_second_thing_of_one_name_is_answered_from_its_own_article(tmp_path, extractive):
    archive = Archive(tmp_path)
    first = {"id": "old", "title": "Orle Days", "text": "\n\n".join(COMEDY), "date": "2021-03-01"}
    archive.index([first, {**first, "id": "new", "text": WESTERN}])
    with closing(archive.assistant(f"{COMEDY[0]} [1]", extractive=extractive)) as assistant:
        answer = last(list(assistant.ask(GENRE, as_of=TODAY)))
    assert WESTERN in [claim.text for claim in answer.claims]
    assert_whole(archive, answer)
