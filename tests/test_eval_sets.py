"""Other people's sets: each becomes cases and articles to index, on made files of their shape."""

from __future__ import annotations

import gzip
import json

import pytest

from eval.asking import index_set, opened, own_home
from eval.cases import Gold
from eval.run import run, summary_of
from eval.sets import adapter_of, load_set
from index.errors import InputError, NotFoundError
from index.schema import Article
from rag.schema import Turn


def write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def quiz(key, question, answer, day, gold=(), silver=()):
    return {
        "question_id": key,
        "date": day.replace("-", "/"),
        "question": question,
        "answers": [answer],
        "gold_doc_ids": list(gold),
        "silver_doc_ids": list(silver),
    }


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "sets"
    write(
        folder / "realtimeqa-made" / "questions.jsonl",
        [
            quiz("q1", "Which bridge closed?", "“Orla Bridge”", "2022-06-16", ["a"], ["a", "b"]),
            quiz("q2", "Who won the regatta?", "Vard", "2022-06-17", (), ["b"]),
            quiz("q3", "All of these sank except:", "Mira", "2022-06-17", ["a"]),
            quiz("q4", "Nobody knows?", "x", "2022-06-18"),
        ],
    )
    write(
        folder / "realtimeqa-made" / "abstain.jsonl",
        [{"question_id": "q1", "question": "Which bridge closed?", "as_of": "2022-05-20"}],
    )
    articles = [
        {
            "id": "a",
            "source": "pier.example",
            "title": "Bridge closed",
            "published": "2022/06/15",
            "text": "Orla Bridge closed on Tuesday after cracks were found in a pillar.",
        },
        {
            "id": "b",
            "source": "lane.example",
            "title": "Regatta",
            "published": "2022/06/16",
            "text": "Vard won the regatta by two lengths. Orla Bridge stayed shut.",
        },
    ]
    with gzip.open(folder / "realtimeqa-made" / "articles.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(article) + "\n" for article in articles)
    return folder


def test_quiz_questions_are_asked_on_their_day_and_known_articles_are_gold(data, tmp_path):
    found = load_set("realtimeqa-made", data, tmp_path)
    assert [case.id for case in found.cases] == ["q1", "q2"]  # no "except", none without articles
    first = found.cases[0]
    assert (first.as_of, first.gold_articles) == ("2022-06-16", ("a", "b"))
    assert first.answers == ("“Orla Bridge”",)
    assert found.articles == (data / "realtimeqa-made" / "articles.jsonl.gz",)


def test_the_cut_set_asks_each_question_before_and_after(data, tmp_path):
    before, after = load_set("realtimeqa-made-cut", data, tmp_path).cases
    assert (before.id, before.to_refuse, before.as_of) == ("q1/cut", True, "2022-05-20")
    assert (after.id, after.to_refuse, after.as_of) == ("q1/full", False, "2022-06-16")
    assert own_home(tmp_path, "realtimeqa-made-cut") == own_home(tmp_path, "realtimeqa-made")


def clap(key, question, text, answer="", selected=()):
    output = [{"answer": answer, "selected_sentences": list(selected)}]
    return {
        "id": key,
        "input": question,
        "passages": [{"title": "T", "text": text}],
        "output": output,
    }


def test_clapnq_asks_over_all_passages_and_takes_both_kinds_in_turn(tmp_path):
    write(
        tmp_path / "clapnq" / "answerable.jsonl",
        [
            clap("1", "why a", "One. Two.", "One", ["One."]),
            clap("2", "why b", "Three.", "Three", ["Three."]),
        ],
    )
    write(tmp_path / "clapnq" / "unanswerable.jsonl", [clap("3", "why c", "Four.")])
    found = load_set("clapnq", tmp_path, tmp_path / "out")
    assert [(c.id, c.to_refuse) for c in found.cases] == [("1", False), ("3", True), ("2", False)]
    assert found.cases[0].evidence == ((Gold("1", "One."),),)
    assert not found.cases[0].is_marked
    (written,) = found.articles
    assert [json.loads(line)["id"] for line in written.open()] == ["1", "2", "3"]


def test_mtrag_keeps_the_conversation_and_what_kind_of_turn_it_is(tmp_path):
    said = [("user", "Who rows?"), ("agent", "Vard"), ("agent", "does."), ("user", "And sails?")]
    spoken = [{"speaker": speaker, "text": text} for speaker, text in said]
    task = {
        "task_id": "t1",
        "contexts": [{"document_id": "d1", "title": "T", "text": "Mira sails."}],
        "input": spoken,
        "targets": [{"text": "Mira."}],
        "answerability": ["ANSWERABLE"],
    }
    silent = {"contexts": [], "input": spoken[:1], "answerability": ["UNANSWERABLE"]}
    vague = {"task_id": "t3", "answerability": ["UNDERSPECIFIED"]}
    write(tmp_path / "mtrag.jsonl", [task, task | silent | {"task_id": "t2"}, task | vague])
    cases = load_set("mtrag", tmp_path, tmp_path / "out").cases
    assert [case.kind for case in cases] == ["followup", "unanswerable", "underspecified"]
    assert cases[0].history == (Turn("Who rows?", "Vard does."),)
    assert [case.gold_articles for case in cases] == [("d1",), (), ()]


def document(text, kind):
    return {"text": text, "type": kind}


@pytest.fixture
def disputed(tmp_path):
    """RAMDocs' and RGB's shape: every question has documents of its own."""
    write(
        tmp_path / "sets" / "ramdocs.jsonl",
        [
            {
                "question": "How many people live in Kessel?",
                "documents": [
                    document("Kessel in Vard has a population of 3,559 people.", "correct"),
                    document("About 812 people live in Kessel, a hamlet in Orla.", "correct"),
                    document("Kessel has a population of 10,000 people.", "misinfo"),
                ],
                "gold_answers": ["3,559 people", "812 people", "812 people"],
                "wrong_answers": ["10,000 people", "10,000 people"],
            },
            {
                "question": "How many people live in Mira?",
                "documents": [document("A population of 77 people lives in Mira.", "correct")],
                "gold_answers": ["77 people"],
                "wrong_answers": [],
            },
        ],
    )
    write(
        tmp_path / "sets" / "rgb_fact.jsonl",
        [
            {
                "id": 0,
                "query": "How long is the Orla tunnel?",
                "answer": [["12 km", "12 kilometres"]],
                "fakeanswer": "19 km",
                "positive": ["The Orla tunnel is 12 km long, the operator says."],
                "positive_wrong": ["The Orla tunnel is 19 km long, the operator says."],
                "negative": ["Trains through the mountains were late on Friday."],
            }
        ],
    )
    return tmp_path / "sets"


def test_ramdocs_wants_every_right_answer_and_no_wrong_one(disputed, tmp_path):
    first, second = load_set("ramdocs", disputed, tmp_path / "out").cases
    assert first.must == (("3,559 people",), ("812 people",))
    assert first.must_not == ("10,000 people",)
    assert (first.kind, second.kind) == ("conflict", "fact")
    assert first.gold_articles == ("ramdocs-000-0", "ramdocs-000-1")
    assert first.within != second.within


def test_rgb_wants_both_values_and_with_noise_alone_a_refusal(disputed, tmp_path):
    (twins,) = load_set("rgb_fact", disputed, tmp_path / "out").cases
    assert twins.must == (("12 km", "12 kilometres"), ("19 km",))
    (noise,) = load_set("rgb_fact-noise", disputed, tmp_path / "out").cases
    assert noise.to_refuse
    assert len((tmp_path / "out" / "rgb_fact-000.jsonl").read_text().splitlines()) == 2


def test_a_set_that_is_nowhere_or_damaged_is_a_clear_mistake(tmp_path):
    assert adapter_of("samples") is None
    with pytest.raises(NotFoundError, match="realtimeqa"):
        load_set("nonsense", tmp_path, tmp_path)
    for name in ("realtimeqa-x", "realtimeqa-x-cut", "clapnq", "mtrag", "ramdocs", "rgb_fact"):
        with pytest.raises(NotFoundError, match="--data"):
            load_set(name, tmp_path, tmp_path)
    for line in ("[1]\n", '{"question": 3}\n', "nonsense\n"):
        (tmp_path / "ramdocs.jsonl").write_text(line)
        with pytest.raises(InputError, match="ramdocs"):
            load_set("ramdocs", tmp_path, tmp_path)


def test_a_question_is_asked_of_its_own_documents_alone(disputed, tmp_path):
    scope = []

    class Asked:
        def answer(self, question, *, filters, **options):
            scope.append(filters.folders)
            raise RuntimeError("enough")

        def article(self, article_id) -> Article:
            raise AssertionError

    found = load_set("ramdocs", disputed, tmp_path / "out")
    records = list(run(found.cases, Asked(), extractive=True))
    assert scope == [(str(path),) for path in found.articles]
    assert summary_of(records).n_failed == 2


@pytest.mark.model
def test_sets_are_asked_of_libraries_of_their_own(data, disputed, weights_home, tmp_path):
    """Every set's cases run through the served assistant, over what was written for them."""
    from rag.settings import RagSettings

    home = tmp_path / "own"
    home.mkdir()
    (home / "models").symlink_to(weights_home / "models")
    marks = {}
    for name in ("realtimeqa-made-cut", "ramdocs", "rgb_fact"):
        found = load_set(name, data, own_home(home, name) / "articles")
        library = index_set(home, name, found.articles)
        with opened(library, RagSettings(extractive=True)) as assistant:
            for record in run(found.cases, assistant, extractive=True):
                marks[record.case.id] = record.mark
                assert record.error is None
                cited = {c["article"] for c in record.answer["citations"]}
                if record.case.within:
                    assert all(article.startswith(record.case.id) for article in cited)
    assert marks["q1/cut"].abstained
    assert marks["q1/full"].contains
    assert marks["q1/full"].cites_gold
    assert marks["ramdocs-001"].right
    assert marks["rgb_fact-000"].sides == 1.0
