"""1,000 files of which 50 are made to do harm: every article is read, every other file is named."""

import re

import pytest
from hostile import N_ARTICLES, N_HOSTILE, make_archive

from index.errors import ReadError
from index.extract.messages import CLOCK_FACTOR
from index.extract.pool import Limits, Pool, Task
from index.schema import Extracted, Failure

# Fewer seconds than usual, so that the test is quick; processor time, so that a busy machine
# changes nothing.
LIMITS = Limits(seconds=8)


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return make_archive(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def outcomes(archive):
    """Path -> (articles, reasons), what the children cost, and the path of each file read."""
    found = {}
    root = archive.files[0].parent
    with Pool(limits=LIMITS) as pool:
        for task, items in pool.read(Task(path, root) for path in archive.files):
            articles, reasons = found.setdefault(task.path, ([], []))
            try:
                for item in items:
                    if isinstance(item, Failure):
                        reasons.append(item.reason)
                    else:
                        articles.append(item)
            except ReadError as error:
                reasons.append(error.reason)
        return found, pool.peak_bytes, pool.longest_s


def test_every_article_is_read(archive, outcomes):
    found, _, _ = outcomes
    wrong = {}
    for n, path in enumerate(archive.articles):
        articles, reasons = found[path]
        texts = [article.text for article in articles if isinstance(article, Extracted)]
        if reasons or len(texts) != 1 or f"Ferry number {n} stayed in the harbour" not in texts[0]:
            wrong[path.name] = (texts, reasons)
    assert wrong == {}
    assert len(archive.articles) == N_ARTICLES


def test_every_hostile_file_is_listed_with_its_reason(archive, outcomes):
    found, _, _ = outcomes
    wrong = {}
    for path, expected in archive.hostile.items():
        articles, reasons = found[path]
        if articles or not reasons or not re.search(expected, reasons[0]):
            wrong[path.name] = (articles, reasons)
    assert wrong == {}
    assert len(archive.hostile) == N_HOSTILE


def test_no_reader_fails_or_crashes(archive, outcomes):
    found, _, _ = outcomes
    said = {path.name: reasons for path, (_, reasons) in found.items() if path in archive.hostile}
    assert {name: r for name, r in said.items() if r and r[0].startswith("the reader")} == {}


def test_no_child_goes_over_its_limits(outcomes):
    _, peak_bytes, longest_s = outcomes
    assert 0 < peak_bytes <= LIMITS.memory_bytes
    assert 0 < longest_s <= CLOCK_FACTOR * LIMITS.seconds


def test_nothing_outside_the_archive_is_read_or_written(archive, outcomes):
    found, _, _ = outcomes
    root = archive.files[0].parent
    assert {path.name for path in root.parent.iterdir()} == {"archive", "outside.txt"}
    assert len(list(root.iterdir())) == len(archive.files)
    texts = [article.text for articles, _ in found.values() for article in articles]
    assert not [text for text in texts if "root:" in text]
