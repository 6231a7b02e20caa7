"""The share of a run that is done: by expected articles, never falling, whole at the end."""

from __future__ import annotations

import pytest

from index.files import Source
from index.progress import ARTICLE_BYTES, Course


@pytest.fixture
def files(tmp_path):
    """Return a function that makes sources of these sizes."""

    def made(**sizes):
        found = []
        for name, n_bytes in sizes.items():
            path = tmp_path / name.replace("_", ".")
            path.write_bytes(b"x" * n_bytes)
            found.append(Source(path, path.name))
        return found

    return made


def test_single_articles_count_alike_whatever_their_size(files):
    small, large = files(a_txt=10, b_pdf=1_000_000)
    course = Course([small, large])
    assert course.share("", 0.0, 0) == 0
    course.finish(large.key)
    assert course.share("", 0.0, 0) == 0.5
    assert (course.n_finished, course.n_files) == (1, 2)


def test_an_export_counts_as_the_articles_that_its_size_lets_expect(files):
    page, export = files(a_html=10, b_jsonl=9 * ARTICLE_BYTES)
    course = Course([page, export])
    course.finish(page.key)
    assert course.share("", 0.0, 0) == pytest.approx(0.1)
    assert course.share(export.key, 0.5, 0) == pytest.approx(0.55)
    course.finish(export.key)
    assert course.share("", 0.0, 0) == 1


def test_a_packed_export_counts_for_more_than_its_bytes(files):
    plain, packed = files(a_jsonl=10 * ARTICLE_BYTES, b_jsonl_gz=10 * ARTICLE_BYTES)
    course = Course([plain, packed])
    course.finish(packed.key)
    assert 0.6 < course.share("", 0.0, 0) < 0.8


def test_what_waits_to_be_written_is_not_done_and_the_share_never_falls(files):
    first, second = files(a_txt=10, b_txt=10)
    course = Course([first, second])
    course.finish(first.key)
    shares = [course.share("", 0.0, n_waiting) for n_waiting in (1, 0, 2)]
    assert shares == [0, 0.5, 0.5]


def test_more_waiting_than_expected_is_no_negative_share(files):
    (export,) = files(a_jsonl=10)
    assert Course([export]).share(export.key, 1.0, 500) == 0


def test_a_file_that_went_away_counts_as_one(tmp_path):
    course = Course([Source(tmp_path / "gone.jsonl", "gone.jsonl")])
    course.finish(str(tmp_path / "gone.jsonl"))
    assert course.share("", 0.0, 0) == 1


def test_nothing_to_read_is_no_share():
    assert Course(()).share("", 0.0, 0) == 0
