"""What is asked in words that no article uses: a model that reads what was found may answer it."""

from __future__ import annotations

from contextlib import closing

import pytest
from made import RECORDS, TODAY, Archive, ScriptedWriter, asked, evidence, question

from index.errors import WriterError
from rag.answering import DOUBTFUL, Answering
from rag.compose import Draft
from rag.find import MAX_REFUSAL, MAX_REFUSAL_OF_OPEN, Finding
from rag.schema import Finished, Found, Wrote

BILL = "What bill do taxpayers face for the repair of the barrage?"
COST = "Repairing the dam will cost $40 million, the council of Orle said."
SURE, UNSURE = 1e-4, 0.6  # how likely a model is to find no answer


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    made = Archive(tmp_path_factory.mktemp("doubtful"))
    made.index(RECORDS)
    return made


def events_of(archive, refusal, *pieces, text=BILL, **options):
    """Return what happens when a model that is so likely to refuse is asked, and the model."""
    writer = ScriptedWriter(*pieces)
    writer.refusal = refusal
    with closing(archive.assistant_with(writer)) as assistant:
        return list(assistant.ask(text, as_of=TODAY, **options)), writer


def test_a_model_that_finds_the_answer_is_believed(archive):
    told = "The council of Orle said repairing the dam will cost $40 million"
    events, writer = events_of(archive, SURE, f"{told} [1].")
    assert isinstance(events[-1], Finished)
    answer = events[-1].answer
    assert answer.status == "answered"
    assert answer.notices == (DOUBTFUL,)
    assert [claim.text for claim in answer.claims] == [f"{told}."]
    assert COST in answer.citations[0].quote
    assert len(writer.weighed) == 1
    assert sum(isinstance(event, Found) for event in events) == 1


@pytest.mark.parametrize("refusal", [UNSURE, None], ids=["unsure", "cannot tell"])
def test_a_model_that_is_not_sure_writes_nothing(archive, refusal):
    events, writer = events_of(archive, refusal, "Repairing the dam will cost $40 million [1].")
    answer = events[-1].answer
    assert answer.status == "abstained"
    assert answer.near_misses
    assert answer.answer.startswith("Nothing in the articles is near enough")
    assert writer.prompts == []
    assert not any(isinstance(event, Found | Wrote) for event in events)


def test_quotes_alone_answer_nothing_that_is_doubtful(archive):
    events, writer = events_of(archive, SURE, "It costs $40 million [1].", extractive=True)
    assert events[-1].answer.status == "abstained"
    assert (writer.weighed, writer.prompts) == ([], [])


def test_where_the_model_fails_nothing_is_quoted_but_a_notice_says_so(archive):
    class Gone(ScriptedWriter):
        def begins(self, messages, word):
            raise WriterError("The model is gone.")

    with closing(archive.assistant_with(Gone())) as assistant:
        answer = assistant.answer(BILL, as_of=TODAY)
    assert answer.status == "abstained"
    assert "is gone" in answer.notices[0]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("What does mending the dam cost in Tarn?", id="a name is missing"),
        pytest.param("Zyx qwv kjh?", id="nothing is near"),
    ],
)
def test_what_no_article_can_answer_is_not_read(archive, text):
    events, writer = events_of(archive, SURE, "Repairing it will cost $40 million [1].", text=text)
    assert events[-1].answer.status == "abstained"
    assert writer.weighed == []


def archive_of(folder, *texts):
    made = Archive(folder)
    made.index([{"id": f"a{n}", "title": "", "text": text} for n, text in enumerate(texts)])
    return made


def test_what_is_told_of_another_is_not_read(tmp_path):
    other = "Vell Coaches made a profit of $85 million in spring, its owners said."
    mine = "Norby Ferries painted its ships in spring and had a good season."
    text = "How much profit did Norby Ferries make in spring?"
    made = archive_of(tmp_path, other, mine)
    _, writer = events_of(made, SURE, "It made $85 million [1].", text=text)
    ((messages, _),) = writer.weighed
    assert mine in messages[-1]["content"]
    assert other not in messages[-1]["content"]


@pytest.mark.parametrize("extractive", [False, True], ids=["by a model", "quotes only"])
def test_a_denial_answers_what_no_figure_can(tmp_path, extractive):
    denial = "Women are not conscripted in Orle, the mayor said."
    made = archive_of(tmp_path, denial, "The school in Norby opens at nine.")
    text = "How many women have been conscripted in Orle?"
    events, _ = events_of(made, SURE, text=text, extractive=extractive)
    answer = events[-1].answer
    assert [claim.text for claim in answer.claims] == [denial]
    assert answer.notices == ("The question takes for granted what [1] denies.",)


# One answer in the making

BREAK = evidence("The dam above Orle broke because snow melted.", dense=0.4)
RAIN = evidence("It rained in the hills all night.", dense=0.3)
WHY = "What lay behind the disaster?"


def begun():
    wants = asked(WHY)
    found = Finding(wants, (), (BREAK, RAIN), "Nothing is near.", 0.2, doubtful=(BREAK, RAIN))
    return Answering(question(WHY), [found])


def test_only_what_the_model_wrote_from_is_quoted_where_its_words_fail():
    run = begun()
    assert not run.is_in_vain(SURE)
    assert run.consider(Draft("Engineers blamed Tarn for the melted snow.", (1,))) is None
    assert [claim.text for claim in run.quotes(all_chosen=False)] == [BREAK.text]
    assert run.answer("a", "s").status == "answered"


def test_a_figure_that_the_model_passes_over_is_quoted():
    wants = asked("How far did he walk before he made it over the frontier?")
    walked = evidence("At last he finished his journey of 90 km.", dense=0.4)
    found = Finding(wants, (), (RAIN, walked), "No figure.", 0.4, doubtful=(RAIN, walked))
    run = Answering(question(wants.text), [found])
    assert not run.is_in_vain(SURE)
    assert run.consider(Draft("It rained in the hills at one point.", (1,))) is None
    assert [claim.text for claim in run.quotes(all_chosen=False)] == [walked.text]


def test_nothing_is_quoted_where_it_wrote_nothing():
    run = begun()
    assert not run.is_in_vain(SURE)
    run.consider(Draft("NOT FOUND", ()))
    assert run.quotes(all_chosen=False) == []
    answer = run.answer("a", "s")
    assert (answer.status, answer.answer) == ("abstained", "Nothing is near.")
    assert answer.notices == ()


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        pytest.param("How many boats sank?", MAX_REFUSAL, id="a figure"),
        pytest.param("Which ferry sank?", MAX_REFUSAL, id="one of a kind"),
        pytest.param("How do ferries sink?", MAX_REFUSAL_OF_OPEN, id="anything"),
    ],
)
def test_a_model_must_be_surer_where_no_kind_of_answer_is_asked_for(text, limit):
    found = Finding(asked(text), (), (BREAK,), "Nothing is near.", 0.2, doubtful=(BREAK,))
    assert not Answering(question(text), [found]).is_in_vain(limit)
    assert Answering(question(text), [found]).is_in_vain(limit + 0.001)
