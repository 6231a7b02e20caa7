"""The benchmark of retrieval: what it grows is a library, and what it plots is what it measured."""

from __future__ import annotations

import json
import re
from contextlib import closing

import numpy as np
import pytest
from made import RECORDS, Archive

from eval.bench import grow, retrieval
from eval.bench.chart import Chart, page
from eval.bench.searching import Asked, ask, summary
from index.errors import InputError
from index.health import audit
from index.library import Library
from index.schema import Scope


@pytest.fixture
def grown(tmp_path):
    archive = Archive(tmp_path)
    archive.index(RECORDS)
    folder = archive.settings.library_dir
    grow.add_made(folder, 120)
    return folder


def test_a_library_grows_to_the_size_and_goes_on_where_it_stopped(grown):
    grow.add_made(grown, 120)
    grow.add_made(grown, 205)
    with closing(Library(grown)) as library:
        assert library.n_chunks() == 205
        assert library.n_pending() == 0
        made = [a for a in library.articles(library.ids()).values() if a.path.startswith("made/")]
        assert len({a.published for a in made}) > 1
        assert library.search_text(["ferry"], 500, Scope())[0][1] > 0
        for entry in library.entries([a.id for a in made]):
            text = entry.article.text
            for chunk in entry.chunks:
                inside = entry.sentences[chunk.first : chunk.last + 1]
                assert (inside[0].start, inside[-1].end) == (chunk.start, chunk.end)
                assert len(text[chunk.start : chunk.end].split()) == grow.WORDS_EACH
    assert audit(grown) == 0


def test_made_vectors_lie_as_near_to_a_real_one_as_said():
    rng = np.random.default_rng(0)
    real = rng.normal(size=(5, 64)).astype(np.float32)
    real /= np.linalg.norm(real, axis=1, keepdims=True)
    rows = grow.drawn_vectors(real, 200, rng)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1.0, abs=1e-5)
    nearest = (rows @ real.T).max(1)
    assert nearest.min() > grow.FARTHEST - 1e-4
    assert nearest.max() < grow.NEAREST + 1e-4


def test_nothing_can_be_drawn_around_an_empty_library(tmp_path):
    Library(tmp_path / "library", create=True).close()
    with pytest.raises(InputError, match="real ones"):
        grow.add_made(tmp_path / "library", 10)


def test_a_month_ends_on_the_question_s_day_or_with_the_archive():
    day = ask(Asked("Who left Orle?", "2021/03/31"), "2022-01-01", month=True)
    assert (day.filters.date_from, day.filters.date_to) == ("2021-03-01", "2021-03-31")
    undated = ask(Asked("Who left Orle?"), "2022-01-31", month=True)
    assert (undated.filters.date_from, undated.filters.date_to) == ("2022-01-01", "2022-01-31")
    assert ask(Asked("Who left Orle?"), "2022-01-31", month=False).filters.date_from is None


def test_ratios_are_of_medians():
    ways = {
        "exact": [(10.0, 1.0)] * 3,
        "all": [(12.0, 2.0), (12.0, 2.0), (90.0, 9.0)],
        "month": [(6.0, 3.0)] * 3,
    }
    found = summary(ways)
    assert (found["all_over_exact"], found["month_over_all"]) == (1.2, 0.5)
    assert (found["all_over_exact_cpu"], found["month_over_all_cpu"]) == (2.0, 1.5)


GOOD = dict.fromkeys([name for name, _, _ in retrieval.MOST], 1.0)
GOOD |= {"n_chunks": 70_000.0, "all_recall": 1.0, "month_recall": 0.99}


@pytest.mark.parametrize(
    ("change", "missed"),
    [
        ({}, []),
        ({"all_p50_ms": 41.0}, ["all_p50_ms"]),
        ({"all_p50_ms": 41.0, "n_chunks": 300_000.0}, []),
        ({"all_p95_ms": 251.0, "n_chunks": 300_000.0}, ["all_p95_ms"]),
        ({"month_recall": 0.9}, ["month_recall"]),
    ],
)
def test_a_floor_that_is_missed_is_named(change, missed):
    lines = retrieval.missed_floors(GOOD | change)
    assert [line.split()[2] for line in lines] == missed


@pytest.mark.parametrize("text", ["", "{", '{"id": 1}\n' * 9])
def test_a_file_without_questions_is_told(tmp_path, text):
    (tmp_path / "q.jsonl").write_text(text)
    with pytest.raises(InputError, match="questions"):
        retrieval.read_questions(tmp_path / "q.jsonl", 4)


def test_questions_come_from_all_over_the_file(tmp_path):
    rows = [json.dumps({"question": f"Q{n}", "date": "2021-03-04"}) for n in range(10)]
    (tmp_path / "q.jsonl").write_text("\n".join(rows))
    found = retrieval.read_questions(tmp_path / "q.jsonl", 4)
    assert [asked.text for asked in found] == ["Q0", "Q3", "Q6", "Q9"]


def test_a_chart_shows_every_point_and_escapes_names():
    chart = Chart("<Time>", [10, 1000], {"a&b": [1.0, 2.0], "c": [float("nan"), 4.0]})
    drawn = page("P", [chart])
    assert drawn.count("<circle") == 3
    assert "&lt;Time&gt;" in drawn
    assert "a&amp;b" in drawn
    places = [float(y) for y in re.findall(r'cy="([\d.]+)"', drawn)]
    assert places == sorted(places, reverse=True)
    assert "<script" not in drawn
