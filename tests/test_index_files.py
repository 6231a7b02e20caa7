"""Which files are read, and what identity their articles get."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from index.errors import NotFoundError
from index.extract import read
from index.files import articles, sources
from index.schema import Failure

BODY = "The lock gates at Tarn were shut on Monday because the water had risen by two metres."
OTHER = "A freight train left the rails near Odd on Friday and nobody on board was hurt at all."


def write(path, text=BODY):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def write_records(path, *records):
    return write(path, "".join(json.dumps(record) + "\n" for record in records))


def names(*paths):
    return [source.name for source in sources(paths)]


def both(source):
    """The articles of a file, and what could not be read."""
    items = list(articles(source, read(source.path, root=source.root)))
    failures = [item for item in items if isinstance(item, Failure)]
    return [item for item in items if not isinstance(item, Failure)], failures


def read_one(folder):
    (source,) = sources([folder])
    return both(source)


def test_articles_of_all_formats_are_found_below_a_folder_in_order(tmp_path):
    for name in ("b.txt", "a.md", "deep/er/c.html", "d.JSONL", "e.odt", "f"):
        write(tmp_path / name)
    assert names(tmp_path) == ["a.md", "b.txt", "d.JSONL", "deep/er/c.html"]


def test_hidden_files_and_folders_are_left_out(tmp_path):
    write(tmp_path / ".draft.txt")
    write(tmp_path / ".git" / "a.txt")
    write(tmp_path / "seen.txt")
    assert names(tmp_path) == ["seen.txt"]


def test_a_folder_that_lies_below_a_hidden_one_can_be_named(tmp_path):
    write(tmp_path / ".archive" / "news" / "a.txt")
    assert names(tmp_path / ".archive" / "news") == ["a.txt"]


def test_a_link_that_leads_nowhere_or_out_of_the_folder_is_named_and_not_read(tmp_path):
    secret = write(tmp_path / "private" / "secret.txt")
    folder = tmp_path / "news"
    inside = write(folder / "a.txt")
    (folder / "out.txt").symlink_to(secret)
    (folder / "whole").symlink_to(secret.parent, target_is_directory=True)
    (folder / "in.txt").symlink_to(inside)
    (folder / "broken.txt").symlink_to(folder / "nowhere.txt")
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    found = {source.name: both(source) for source in sources([folder])}
    assert [name for name, (articles, _) in found.items() if articles] == ["a.txt", "in.txt"]
    reasons = {name: failures[0].reason for name, (_, failures) in found.items() if failures}
    assert reasons.keys() == {"broken.txt", "loop.txt", "out.txt"}
    assert "leads out" in reasons["out.txt"]


def test_what_is_no_regular_file_is_named_and_a_folder_left_out(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "folder.txt").mkdir()
    write(tmp_path / "a.txt")
    assert names(tmp_path) == ["a.txt", "pipe.txt"]
    _, (failure,) = both(sources([tmp_path])[1])
    assert failure.reason == "not a regular file"


def test_a_file_named_twice_is_read_once(tmp_path):
    file = write(tmp_path / "a.txt")
    assert names(file, tmp_path, tmp_path) == ["a.txt"]


def test_one_file_has_one_path_from_wherever_it_is_named(tmp_path, monkeypatch):
    write(tmp_path / "news" / "a.txt")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    ways = [tmp_path / "news", Path("../news"), Path("../news/a.txt"), Path(".././news/../news")]
    assert len({source.path for way in ways for source in sources([way])}) == 1
    assert len({a.id for way in ways for a in read_one(way)[0]}) == 1


@pytest.mark.parametrize("missing", ["nowhere", "nowhere/a.txt"])
def test_a_path_that_is_not_there_is_named(tmp_path, missing):
    with pytest.raises(NotFoundError, match="nowhere"):
        sources([tmp_path / missing])


def test_no_path_at_all_is_refused():
    with pytest.raises(NotFoundError, match="dateline index FOLDER"):
        sources([])


def test_an_empty_folder_holds_nothing(tmp_path):
    assert sources([tmp_path]) == []


def test_an_article_is_named_by_its_path_below_the_folder(tmp_path):
    write(tmp_path / "2022" / "tarn.txt")
    (article,), failures = read_one(tmp_path)
    assert (article.name, failures) == ("2022/tarn.txt", [])
    assert article.path == str(tmp_path / "2022" / "tarn.txt")
    assert article.text == BODY


def test_the_id_depends_on_the_place_and_not_on_the_text(tmp_path):
    file = write(tmp_path / "a.txt")
    ((before,), _) = read_one(tmp_path)
    write(file, OTHER)
    ((after,), _) = read_one(tmp_path)
    assert before.id == after.id
    assert before.content_hash != after.content_hash


def test_records_are_named_by_their_id(tmp_path):
    write_records(tmp_path / "a.jsonl", {"id": "r1", "text": BODY}, {"id": 7, "text": OTHER})
    found, failures = read_one(tmp_path)
    assert [article.name for article in found] == ["r1", "7"]
    assert failures == []


def test_records_without_an_id_are_all_kept(tmp_path):
    write_records(
        tmp_path / "a.jsonl", {"text": BODY}, {"text": OTHER}, {"text": f"{BODY} {OTHER}"}
    )
    found, failures = read_one(tmp_path)
    assert [article.text for article in found] == [BODY, OTHER, f"{BODY} {OTHER}"]
    assert len({article.id for article in found}) == 3
    assert [article.name for article in found] == ["a.jsonl#1", "a.jsonl#2", "a.jsonl#3"]
    assert failures == []


def test_records_without_an_id_keep_theirs_when_others_come_and_go(tmp_path):
    file = write_records(tmp_path / "a.jsonl", {"text": BODY})
    ((alone,), _) = read_one(tmp_path)
    write_records(file, {"text": OTHER}, {"text": BODY})
    assert alone.id in {article.id for article in read_one(tmp_path)[0]}


def test_two_records_of_one_id_are_reported_and_the_first_is_kept(tmp_path):
    write_records(tmp_path / "a.jsonl", {"id": "r1", "text": BODY}, {"id": "r1", "text": OTHER})
    (article,), (failure,) = read_one(tmp_path)
    assert article.text == BODY
    assert failure.path == "a.jsonl"
    assert "'r1'" in failure.reason


def test_a_record_that_stands_twice_alike_is_one_article(tmp_path):
    write_records(tmp_path / "a.jsonl", *[{"id": "r1", "text": BODY}] * 2, *[{"text": OTHER}] * 2)
    found, failures = read_one(tmp_path)
    assert [article.text for article in found] == [BODY, OTHER]
    assert failures == []


def test_a_broken_line_is_listed_and_the_others_are_read(tmp_path):
    file = write_records(tmp_path / "a.jsonl", {"id": "r1", "text": BODY})
    file.write_text(
        f'{file.read_text()}{{"id": "r2", \n{json.dumps({"id": "r3", "text": OTHER})}\n'
    )
    found, (failure,) = read_one(tmp_path)
    assert [article.name for article in found] == ["r1", "r3"]
    assert failure.path == "a.jsonl"
    assert failure.reason.startswith("line 2:")


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.txt", b""), ("a.txt", b"\x00\x01\x02\xff" * 99), ("a.jsonl", b"\n\n"), ("a.csv", b"x,y")],
    ids=["empty", "binary", "no line", "no reader"],
)
def test_a_file_that_is_no_article_is_listed_with_its_reason(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    (source,) = sources([tmp_path / name])
    found, (failure,) = both(source)
    assert found == []
    assert failure.path == name
    assert failure.reason


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_a_name_that_is_not_unicode_can_be_stored(tmp_path):
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_text(BODY)
    (source,) = sources([tmp_path])
    (article,), _ = both(source)
    for text in (source.key, article.path, article.name, article.id):
        assert text.encode("utf-8")
    assert article.name == "caf\\udce9.txt"
