"""A run asks what is served, keeps every question's record, and shows it safely."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from html.parser import HTMLParser

import pytest

from eval.cases import Case, Gold
from eval.report import Provenance, by_kind, html_page, problems, table
from eval.run import EVERYTHING, read_records, run, save_each, summary_of
from index.errors import InputError, NotFoundError, WriterError
from index.schema import Article
from rag.schema import Answer, Citation, Claim, Filters, Turn

EVIL = '<script>alert("x")</script> & <img src=//evil.example onerror=x>'
TEXT = f"The ferry leaves at seven. {EVIL}"


class ScriptedAssistant:
    """Answers from a script; a question whose entry is an error raises it."""

    def __init__(self, script: dict[str, Answer | Exception]) -> None:
        self.script = script
        self.asked: list[tuple[str, tuple[Turn, ...], str | None, bool]] = []

    def answer(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = EVERYTHING,
        as_of: str | None = None,
        extractive: bool = False,
    ) -> Answer:
        self.asked.append((question, tuple(history), as_of, extractive))
        scripted = self.script[question]
        if isinstance(scripted, Exception):
            raise scripted
        return scripted

    def article(self, article_id: str) -> Article:
        if article_id != "id-a":
            raise NotFoundError(f"No article {article_id!r}.")
        return Article(
            id="id-a",
            path="/a.txt",
            name="a.txt",
            title="Ferry",
            source="Pier",
            authors=(),
            published="2022-09-28",
            published_from="byline",
            url=None,
            language="en",
            text=TEXT,
        )


def said(text, quote, *, article_id="id-a", status="answered"):
    """An answer that says ``text`` and cites ``quote``; none of both when it abstains."""
    start = TEXT.find(quote)
    citation = Citation(
        n=1,
        article="a.txt",
        title="Ferry",
        source="Pier",
        published="2022-09-28",
        url=None,
        start=start,
        end=start + len(quote),
        quote=quote,
        article_id=article_id,
    )
    told = status != "abstained"
    return Answer(
        id="x",
        question="q",
        standalone_question="q",
        as_of="2022-09-28",
        date_range=None,
        status=status,
        answer=f"{text} [1]" if told else "",
        claims=(Claim(text, 0, len(text), "supported", 1.0, (1,)),) if told else (),
        citations=(citation,) if told else (),
        conflicts=(),
        near_misses=(),
        removed=(),
        retrieved=("id-a",),
        writer="extractive",
        snapshot="s",
    )


GOLD = ((Gold("a.txt", "leaves at seven"),),)
CASES = (
    Case(id="q1", kind="fact", question="Ferry?", must=(("seven",),), evidence=GOLD),
    Case(
        id="q2",
        kind="followup",
        question="And <b>that</b>?",
        must=(("nine",),),
        evidence=GOLD,
        history=(Turn("Tram?", "Six."),),
        as_of="2022-09-30",
    ),
    Case(id="q3", kind="unanswerable", question="Who?"),
    Case(id="q4", kind="fact", question="Crash?", must=(("x",),), evidence=GOLD),
)


@pytest.fixture
def assistant():
    return ScriptedAssistant(
        {
            "Ferry?": said("The ferry leaves at seven.", "The ferry leaves at seven."),
            "And <b>that</b>?": said(EVIL, EVIL),
            "Who?": said("", "", status="abstained"),
            "Crash?": WriterError("The model died."),
        }
    )


@pytest.fixture
def records(assistant):
    return tuple(run(CASES, assistant, extractive=True))


def test_everything_of_a_question_is_asked(assistant, records):
    assert assistant.asked[1] == ("And <b>that</b>?", (Turn("Tram?", "Six."),), "2022-09-30", True)


def test_a_failed_question_is_a_miss_and_the_run_goes_on(records):
    assert [record.case.id for record in records] == ["q1", "q2", "q3", "q4"]
    assert records[3].error == "WriterError: The model died."
    assert records[3].mark.failed
    assert summary_of(records).n_failed == 1


def test_marks_are_those_of_the_answer(records):
    assert [record.mark.right for record in records] == [True, False, True, False]
    assert [record.mark.evidence_recall for record in records] == [1.0, 0.0, None, 0.0]
    assert all(record.seconds >= 0 for record in records)


def test_a_citation_into_an_article_that_is_gone_points_nowhere():
    assistant = ScriptedAssistant(
        {"Ferry?": said("The ferry leaves at seven.", "The ferry leaves", article_id="gone")}
    )
    (record,) = run(CASES[:1], assistant, extractive=True)
    assert record.mark.evidence_recall == 0.0
    assert "a.txt[0:16] is ''" in record.mark.broken


def test_an_interrupt_is_not_a_failed_question():
    class Interrupted(ScriptedAssistant):
        def answer(self, question, **options):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        next(run(CASES, Interrupted({}), extractive=True))


def test_records_are_saved_as_they_come_and_read_back(records, tmp_path):
    path = tmp_path / "records.jsonl"
    saving = save_each(records, path)
    next(saving)
    assert len(path.read_text("utf-8").splitlines()) == 1
    assert tuple(save_each(records, path)) == records
    back = read_records(path)
    assert [r.mark for r in back] == [r.mark for r in records]
    assert [r.case.history for r in back] == [r.case.history for r in records]
    assert back[0].answer == json.loads(json.dumps(records[0].answer))


@pytest.mark.parametrize("content", ["nonsense", '{"case": 1}', "[]"])
def test_a_file_that_holds_no_records_is_refused(tmp_path, content):
    path = tmp_path / "records.jsonl"
    path.write_text(content, "utf-8")
    with pytest.raises(InputError, match="does not hold records"):
        read_records(path)


def test_the_table_has_a_row_for_all_and_for_each_kind(records):
    lines = table(by_kind(records), label="set").splitlines()
    assert [line.split()[0] for line in lines] == ["set", "all", "fact", "followup", "unanswerable"]
    assert lines[1].split()[1:7] == ["4", "1", "0.500", "0.333", "0.333", "0.333"]
    assert lines[4].split()[4] == "-"


def test_what_is_wrong_is_said_in_words(records):
    assert list(problems(records[0])) == []
    assert list(problems(records[1])) == [
        "Missing in the answer: nine",
        "Evidence not cited: leaves at seven",
    ]
    assert "Failed: WriterError: The model died." in problems(records[3])


def test_answering_and_abstaining_at_the_wrong_time_is_said():
    script = {
        "Ferry?": said("", "", status="abstained"),
        "Who?": said("The ferry leaves at seven.", "The ferry leaves at seven."),
    }
    asked = run((CASES[0], CASES[2]), ScriptedAssistant(script), extractive=True)
    silent, talkative = map(list, map(problems, asked))
    assert "Abstained, though the articles hold an answer." in silent
    assert talkative == ["Answered, though no article does."]


class Collector(HTMLParser):
    """Collects elements and their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"src", "href"}]


def test_the_page_escapes_everything_and_loads_nothing(records):
    page = html_page(records, Provenance("<i>T</i>", (("<u>k</u>", EVIL),)))
    seen = Collector()
    seen.feed(page)
    assert not {"script", "img", "u", "link", "iframe"} & set(seen.tags)
    assert seen.links == []
    assert not re.search(r"url\(|@import", page)
    assert "default-src 'none'" in page


def test_the_page_shows_every_question_its_answer_and_what_is_wrong(records):
    page = html_page(records, Provenance("T"))
    assert page.count("<details") == 4
    assert "And &lt;b&gt;that&lt;/b&gt;?" in page
    assert "Missing in the answer: nine" in page
    assert "Evidence not cited: leaves at seven" in page
    assert "Failed: WriterError: The model died." in page
    assert "Earlier: Tram? – Six." in page
    assert "1 of 4 questions failed" in page


def test_a_page_of_nothing_is_still_a_page():
    assert "0 of 0 questions failed" in html_page((), Provenance("T"))
