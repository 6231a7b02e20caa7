"""1,000 files, 50 of them made to do harm: every article is indexed, every other file listed."""

import json
import re
import sys
from dataclasses import dataclass

import pytest
from fakes import HashEmbedder
from hostile import N_ARTICLES, N_HOSTILE, Expected, make_archive

from index.extract.messages import CLOCK_FACTOR
from index.extract.pool import Limits, Pool
from index.library import Library
from index.schema import Article, SyncReport
from index.settings import IndexSettings
from index.sync import sync
from ui.cli import main

# Fewer seconds than usual, so that the test is quick; processor time, so that a busy machine
# changes nothing.
LIMITS = Limits(seconds=8)


@dataclass
class Run:
    """What indexing the archive did, and what it cost."""

    archive: Expected
    settings: IndexSettings
    report: SyncReport
    peak_bytes: int
    longest_s: float

    def library(self) -> Library:
        return Library(self.settings.library_dir)

    def articles(self, path) -> list[Article]:
        library = self.library()
        return list(library.articles(list(library.hashes(str(path)))).values())

    def again(self, embedder: HashEmbedder) -> SyncReport:
        with Pool(limits=LIMITS) as pool:
            return indexed(self.archive, self.settings, pool, embedder)


def indexed(archive, settings, pool, embedder) -> SyncReport:
    model = settings.home / "model"
    model.mkdir(exist_ok=True, parents=True)
    return sync([archive.root], settings, model, load=lambda folder: embedder, pool=pool)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    archive = make_archive(tmp_path_factory.mktemp("hostile"))
    settings = IndexSettings(home=tmp_path_factory.mktemp("home"))
    with Pool(limits=LIMITS) as pool:
        report = indexed(archive, settings, pool, HashEmbedder())
        return Run(archive, settings, report, pool.peak_bytes, pool.longest_s)


def test_every_article_is_indexed(run):
    assert run.report.added == N_ARTICLES
    assert run.library().status().n_articles == N_ARTICLES
    wrong = {}
    for n, path in enumerate(run.archive.articles):
        texts = [article.text for article in run.articles(path)]
        if len(texts) != 1 or f"Ferry number {n} stayed in the harbour" not in texts[0]:
            wrong[path.name] = texts
    assert wrong == {}


def test_every_hostile_file_is_listed_with_its_reason(run):
    assert len(run.report.failures) == len(run.archive.hostile) == N_HOSTILE
    listed = {failure.path: failure.reason for failure in run.report.failures}
    wrong = {
        path.name: listed.get(path.name)
        for path, expected in run.archive.hostile.items()
        if not re.search(expected, listed.get(path.name) or "not listed")
    }
    assert wrong == {}


def test_no_reader_fails_or_crashes(run):
    reasons = [failure.reason for failure in run.report.failures]
    assert [reason for reason in reasons if reason.startswith("the reader")] == []


def test_no_child_goes_over_its_limits(run):
    assert 0 < run.peak_bytes <= LIMITS.memory_bytes
    assert 0 < run.longest_s <= CLOCK_FACTOR * LIMITS.seconds


def test_nothing_outside_the_archive_is_read_or_written(run):
    root = run.archive.root
    assert {path.name for path in root.parent.iterdir()} == {"archive", "outside.txt"}
    assert {path.name for path in root.iterdir()} == {path.name for path in run.archive.files}
    library = run.library()
    texts = [article.text for article in library.articles(library.ids()).values()]
    assert not [text for text in texts if "root:" in text]


def test_what_was_put_aside_is_shown(run, capsys, monkeypatch):
    monkeypatch.setattr(
        sys, "argv", ["dateline", "quarantine", "--json", "--home", str(run.settings.home)]
    )
    with pytest.raises(SystemExit, match="0"):
        main()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert sorted(line["file"] for line in lines) == sorted(map(str, run.archive.hostile))
    assert all(line["error"] for line in lines)


def test_a_second_run_finds_nothing_to_do(run):
    embedder = HashEmbedder()
    again = run.again(embedder)
    counts = (again.added, again.changed, again.moved, again.removed, again.unchanged)
    assert counts == (0, 0, 0, 0, N_ARTICLES)
    assert (again.n_chunks_embedded, embedder.n_passages) == (0, 0)
    assert sorted(again.failures, key=str) == sorted(run.report.failures, key=str)
