"""``dateline search``: what it prints, what a run's file holds, and where a second run goes on."""

from __future__ import annotations

import json

import pytest
from fakes import HashEmbedder
from made import RECORDS, TODAY, Archive

from index.errors import InputError
from index.library import Library
from index.vectors import VectorStore
from rag.opening import Opened
from rag.schema import Filters, Turn
from rag.search import Search
from rag.understanding import Wording
from ui.batch import Asked
from ui.search import as_dict, print_results, run_line, search_all

COPY = {
    **RECORDS[1],
    "id": "ledger-count",
    "source": "Calder Ledger",
    "title": "1,450 people have left",
    "text": RECORDS[1]["text"],
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    made = Archive(tmp_path_factory.mktemp("search"))
    made.index((*RECORDS, COPY))
    return made


@pytest.fixture
def opened(archive):
    made = []

    def open_it():
        folder = archive.settings.library_dir
        made.append(Search(Opened(Library(folder), VectorStore(folder), HashEmbedder())))
        return made[-1]

    yield open_it
    for each in made:
        each.close()


def searched(opened, text, **options):
    return opened().search(Wording(text), top=5, as_of=TODAY, **options)


def test_passages_come_best_first_with_true_spans(opened):
    found = searched(opened, "How many sheep did the ferry Selma carry?")
    scores = [passage.hit.score for passage in found.passages]
    assert scores == sorted(scores, reverse=True)
    assert found.passages[0].article.name == "courier-ferry"
    for passage in found.passages:
        told = passage.to_dict()
        assert passage.article.text[told["start"] : told["end"]] == told["text"]
        assert all(0 <= share <= 1 for share in told["shares"].values())


def test_a_copy_takes_no_place_and_is_named(opened, capsys):
    found = searched(opened, "How many people had left Orle by Tuesday?")
    names = [passage.article.name for passage in found.passages]
    assert len({"wire-count", "ledger-count"} & set(names)) == 1
    (first,) = [p for p in found.passages if p.article.name in {"wire-count", "ledger-count"}]
    assert {first.article.source, *(a.source for a in first.copies)} == {
        "North Wire",
        "Calder Ledger",
    }
    print_results(found)
    shown = capsys.readouterr().out
    assert f"also in: {first.copies[0].source}" in shown
    assert "dense" in shown


def test_no_more_than_asked_for(opened):
    assert len(opened().search(Wording("Orle"), top=2, as_of=TODAY).passages) == 2


def test_filters_hold(opened):
    found = searched(opened, "How many people left?", filters=Filters(sources=("Orle Gazette",)))
    assert {passage.article.source for passage in found.passages} == {"Orle Gazette"}
    nothing = searched(opened, "How many?", filters=Filters(sources=("Moon Times",)))
    assert as_dict(nothing)["hits"] == []


def test_results_as_json_say_how_the_question_was_understood(opened):
    told = json.loads(json.dumps(as_dict(searched(opened, "Who left Orle in March 2021?"))))
    assert told["as_of"] == TODAY
    assert told["date_range"] == ["2021-03-01", "2021-03-31"]
    assert {"article", "start", "end", "score", "shares", "copies"} <= set(told["hits"][0])


def run(opened, questions, out):
    return search_all(opened, questions, out, filters=Filters(), top=3)


QUESTIONS = (
    Asked("1", "How many sheep did the ferry Selma carry?", as_of=TODAY),
    Asked("2", "And to Calder?", (Turn("How many people fled to Orle?", ""),), TODAY),
)


def test_a_run_holds_a_line_for_each_question_and_goes_on(opened, tmp_path, capsys):
    out = tmp_path / "run.jsonl"
    assert run(opened, QUESTIONS[:1], out) == 0
    first = out.read_bytes()
    assert run(opened, QUESTIONS, out) == 0
    assert out.read_bytes().startswith(first)
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [line["id"] for line in lines] == ["1", "2"]
    for line in lines:
        assert set(line) == {"id", "hits", "seconds"}
        assert 0 < len(line["hits"]) <= 3
        assert [set(hit) for hit in line["hits"]] == [
            {"article", "start", "end", "score"} for _ in line["hits"]
        ]
    assert lines[0]["hits"][0]["article"] == "courier-ferry"
    assert "1 searched, 0 failed, 1 searched before" in capsys.readouterr().out


def test_a_finished_run_opens_no_library(opened, tmp_path):
    out = tmp_path / "run.jsonl"
    run(opened, QUESTIONS, out)

    def refuse():
        raise AssertionError("opened for nothing")

    assert search_all(refuse, QUESTIONS, out, filters=Filters(), top=3) == 0


def test_a_question_that_makes_no_sense_becomes_a_line_with_the_reason(opened, tmp_path):
    out = tmp_path / "run.jsonl"
    assert run(opened, (Asked("1", "?!", as_of=TODAY), *QUESTIONS[1:]), out) == 1
    bad, good = (json.loads(line) for line in out.read_text("utf-8").splitlines())
    assert "empty" in bad["error"]
    assert good["hits"]


def test_an_answer_file_of_something_else_is_refused(opened, tmp_path):
    out = tmp_path / "notes.txt"
    out.write_text("my notes\n", "utf-8")
    with pytest.raises(InputError):
        run(opened, QUESTIONS, out)


def test_a_line_s_hits_are_those_of_the_results(opened):
    found = searched(opened, "Orle")
    assert [hit["article"] for hit in run_line(found)["hits"]] == [
        passage.article.name for passage in found.passages
    ]
