"""Retrieval measures on hand-made lists, sets read from files, and a whole run on a made set."""

from __future__ import annotations

import json
import math

import pytest
from fakes import HashEmbedder
from made import Archive, evidence

from eval.cases import Gold
from eval.collections import Collection, Query, load_collection
from eval.retrieval import (
    evidence_recall,
    main_measure,
    measure,
    ndcg,
    paired_interval,
    ranked_measures,
    rankings,
    recall,
)
from eval.retrieval_report import record, table
from index.errors import InputError, NotFoundError
from index.library import Library
from index.vectors import VectorStore
from rag.opening import Opened
from rag.schema import Turn


def test_ndcg_of_known_lists():
    assert ndcg([1, 0, 0], {"a": 1}) == 1
    assert ndcg([0, 1], {"a": 1}) == pytest.approx(1 / math.log2(3))
    assert ndcg([1, 1], {"a": 1, "b": 1}) == 1
    assert ndcg([1], {"a": 1, "b": 1}) == pytest.approx(1 / (1 + 1 / math.log2(3)))
    assert ndcg([], {"a": 1}) == 0
    assert ndcg([1, 2], {"a": 2, "b": 1}) < ndcg([2, 1], {"a": 2, "b": 1}) == 1
    assert ndcg([0], {}) == 0


def test_hits_and_rank():
    found = ranked_measures(["x", "y", "gold", "z"], {"gold": 1})
    assert found["hit@1"] == 0
    assert found["hit@5"] == found["hit@10"] == 1
    assert found["MRR"] == pytest.approx(1 / 3)
    nothing = ranked_measures(["x"], {"gold": 1})
    assert set(nothing.values()) == {0.0}


def test_recall():
    assert recall(["a", "x", "b"], {"a": 1, "b": 1, "c": 1}) == pytest.approx(2 / 3)
    assert recall([], {"a": 1}) == 0


def test_evidence_recall_counts_groups_of_which_one_quote_is_touched():
    told = evidence("The dam broke at noon.")
    name = told.article.name
    groups = (
        (Gold(name, "never said"), Gold(name, "broke at noon")),
        (Gold("elsewhere.txt", "broke at noon"),),
    )
    assert evidence_recall([told], Query("1", "When?", {}, groups)) == 0.5
    assert evidence_recall([], Query("1", "When?", {}, groups)) == 0
    below = Query("1", "When?", {}, ((Gold(name.removeprefix("x/"), "The dam"),),))
    assert evidence_recall([told], below) == 1


def test_paired_differences_are_of_the_same_questions():
    one = [0.0, 1.0, 0.0, 1.0]
    change, low, high = paired_interval(one, [x + 0.25 for x in one])
    assert (change, low, high) == (0.25, 0.25, 0.25)
    change, low, high = paired_interval(one, one[::-1])
    assert change == 0
    assert low < 0 < high


def test_rows_build_on_rows_that_are_there():
    for dated in (False, True):
        parts = rankings(dated)
        labels = [part.label for part in parts]
        assert len(set(labels)) == len(labels)
        assert {part.before for part in parts if part.before} <= set(labels)


def write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def test_sets_become_articles_and_queries(tmp_path):
    data = tmp_path / "data"
    write(
        data / "realtimeqa-2022" / "questions.jsonl",
        [
            {"question_id": "1", "question": "Who?", "date": "2022/06/16", "gold_doc_ids": ["g"]},
            {"question_id": "2", "question": "What?", "date": "2022/06/16", "gold_doc_ids": []},
        ],
    )
    found = load_collection("realtimeqa-2022", data, tmp_path / "scratch")
    (query,) = found.queries
    assert (query.id, query.as_of, dict(query.relevant)) == ("1", "2022-06-16", {"g": 1})
    write(data / "time" / "queries.jsonl", [{"_id": "q", "text": "Dam"}, {"_id": "r", "text": "?"}])
    (data / "time" / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq\t7\t1\nq\t9\t2\n")
    (query,) = load_collection("time", data, tmp_path / "scratch").queries
    assert dict(query.relevant) == {"7": 1, "9": 2}


def test_passages_inside_questions_are_written_once(tmp_path):
    said = [
        {"speaker": "user", "text": "Who broke the dam?"},
        {"speaker": "agent", "text": "Ice did."},
        {"speaker": "user", "text": "When?"},
    ]
    context = {"document_id": "d", "title": "Dam", "text": "The dam broke at noon on Friday."}
    write(
        tmp_path / "mtrag.jsonl",
        [
            {"task_id": "t1", "contexts": [context], "input": said[:1]},
            {"task_id": "t2", "contexts": [context], "input": said},
            {"task_id": "t3", "contexts": [], "input": said},
        ],
    )
    found = load_collection("mtrag", tmp_path, tmp_path / "scratch")
    (query,) = found.queries
    assert (query.question, query.history) == ("When?", (Turn("Who broke the dam?", "Ice did."),))
    (path,) = found.paths
    assert [json.loads(line)["id"] for line in path.read_text("utf-8").splitlines()] == ["d"]
    before = path.stat().st_mtime_ns
    load_collection("mtrag", tmp_path, tmp_path / "scratch")
    assert path.stat().st_mtime_ns == before


def test_a_set_that_is_not_there_is_named(tmp_path):
    with pytest.raises(NotFoundError, match="realtimeqa-2022"):
        load_collection("moon", tmp_path, tmp_path)
    with pytest.raises(NotFoundError, match="--data"):
        load_collection("time", tmp_path, tmp_path)
    write(tmp_path / "mtrag.jsonl", [{"task": 1}])
    with pytest.raises(InputError, match="mtrag"):
        load_collection("mtrag", tmp_path, tmp_path)


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    archive = Archive(tmp_path_factory.mktemp("retrieval"))
    archive.index()
    folder = archive.settings.library_dir
    made = Opened(Library(folder), VectorStore(folder), HashEmbedder())
    yield made
    made.vectors.close()
    made.library.close()


QUERIES = (
    Query(
        "1", "How many sheep did the ferry Selma carry?", {"courier-ferry": 1}, as_of="2021-06-01"
    ),
    Query("2", "How long is the queue to Calder?", {"wire-queue": 1}, as_of="2021-06-01"),
)


def test_a_run_measures_every_part_and_shows_it(opened):
    collection = Collection("made", (), QUERIES)
    told = []
    rows = measure(collection, opened, told.append)
    assert told == [row.label for row in rows] == [part.label for part in rankings(True)]
    for row in rows:
        assert all(len(values) == 2 for values in row.values.values())
        assert all(0 <= v <= 1 for values in row.values.values() for v in values)
    assert rows[-1].values["hit@1"][0] == 1
    shown = table(collection, rows)
    assert "as served" in shown
    assert "nDCG@10" in shown
    told = json.loads(json.dumps(record(collection, rows)))
    assert told["questions"] == ["1", "2"]
    assert told["rows"][0]["label"] == rows[0].label


def test_evidence_sets_are_compared_by_evidence(opened):
    quotes = ((Gold("courier-ferry", "carried 85 sheep"),),)
    query = Query("1", "How many sheep did the ferry carry?", {"courier-ferry": 1}, quotes)
    rows = measure(Collection("made", (), (query,), by_evidence=True), opened)
    assert main_measure(rows[0].values) == "evidence@8"
    assert rows[-1].values["evidence@8"] == [1.0]


def test_turns_are_asked_three_ways(opened):
    query = Query(
        "1",
        "And how many sheep did it carry?",
        {"courier-ferry": 1},
        history=(Turn("Where did the ferry Selma go?", "To Norby."),),
    )
    rows = measure(Collection("made", (), (query,), in_turns=True), opened)
    assert [row.label for row in rows] == ["as asked", "whole conversation", "rewritten"]
    assert main_measure(rows[0].values) == "recall@5"
