import json
import tracemalloc

import pytest

from index.errors import ReadError
from index.extract import json_file, read
from index.schema import Extracted, Failure

TEXT = "Ferries stay in port on Monday.\n\nThe union called the strike last week."
A = {"id": "a", "title": "Ferries stay", "text": TEXT}
B = {"id": "b", "title": "Ferries sail", "text": "The ferries sailed again on Friday at noon."}


def written(tmp_path, content, name="export.json"):
    path = tmp_path / name
    if not isinstance(content, bytes | str):
        content = json.dumps(content)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def reason(path):
    with pytest.raises(ReadError) as caught:
        list(read(path))
    return caught.value.reason


@pytest.mark.parametrize(
    "content",
    [
        [A, B],
        {"articles": [A, B]},
        {"status": "ok", "total": 2, "tags": ["x"], "items": [A, B]},
        {"response": {"numFound": 2, "docs": [A, B]}},
        {"hits": {"hits": [{"_id": "a", "_source": A}, {"_id": "b", "_source": B}]}},
        [{"_id": "a", "_source": {"title": "Ferries stay", "text": TEXT}}, B],
        {"empty": [], "authors": [{"name": "Ana"}], "data": {"rows": [A, B]}},
        {"comments": [{"text": "I like the ferries very much."}], "results": [A, B]},
        f"{json.dumps(A)}\n{json.dumps(B)}\n",
        f"{json.dumps(A, indent=1)}\n{json.dumps(B, indent=1)}",
        b"\xef\xbb\xbf" + json.dumps([A, B]).encode(),
        b"\xef\xbb\xbf" + json.dumps({"articles": [A, B]}).encode(),
    ],
    ids=[
        "list",
        "articles",
        "items",
        "response.docs",
        "hits",
        "list of hits",
        "nested",
        "past comments",
        "one a line",
        "one after another",
        "mark",
        "mark and object",
    ],
)
def test_articles_are_found_wherever_a_file_holds_them(tmp_path, content):
    items = list(read(written(tmp_path, content)))
    assert [item.record for item in items] == ["a", "b"]
    assert [item.title for item in items] == ["Ferries stay", "Ferries sail"]


@pytest.mark.parametrize("around", [{}, {"comments": [{"title": "x", "text": "Well said, Ana."}]}])
def test_one_object_is_one_article(tmp_path, around):
    (article,) = read(written(tmp_path, around | A))
    assert (article.record, article.text) == ("a", TEXT)


def test_paragraphs_of_an_article_are_no_articles(tmp_path):
    page = {"headlines": {"basic": "Ferries stay"}, "elements": [{"id": 1, "content": TEXT}]}
    (failure,) = read(written(tmp_path, page))
    assert "no article text; fields found: headlines, elements" in failure.reason


def test_records_without_known_fields_say_which_they_have(tmp_path):
    (failure,) = read(written(tmp_path, {"rows": [{"hed": "A", "words": TEXT}]}))
    assert "fields found: hed, words" in failure.reason


def test_a_map_names_the_fields_and_so_the_list(tmp_path):
    path = written(tmp_path, {"rows": [{"hed": "A", "source": "Post", "w": {"all": TEXT}}]})
    (article,) = read(path, fields={"text": "w.all", "title": "hed"})
    assert (article.title, article.text) == ("A", TEXT)


def test_a_mapped_field_that_is_nowhere_is_told(tmp_path):
    *articles, failure = read(written(tmp_path, [A, B]), fields={"published": "when"})
    assert len(articles) == 2
    assert "'when'" in failure.reason
    assert "id, title, text" in failure.reason


@pytest.mark.parametrize(
    ("item", "why"),
    [
        (5, "a JSON int"),
        (None, "a JSON NoneType"),
        ([A], "a JSON list"),
        ({"title": "x"}, "no article text; fields found: title"),
        ({"text": "Two words"}, "only 2 words"),
    ],
)
def test_a_bad_record_is_told_by_number_and_the_rest_goes_on(tmp_path, item, why):
    first, failure, last = read(written(tmp_path, [A, item, B]))
    assert isinstance(first, Extracted)
    assert isinstance(failure, Failure)
    assert failure.reason.startswith("record 2: ")
    assert why in failure.reason
    assert last.record == "b"


def test_what_comes_before_broken_json_is_read(tmp_path):
    path = written(tmp_path, f"[{json.dumps(A)}, {json.dumps(B)}, {{x")
    got = []
    with pytest.raises(ReadError, match="not valid JSON after record 2"):
        got.extend(read(path))
    assert [item.record for item in got] == ["a", "b"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("Ferries stay in port.", "begins with 'Ferries stay in port"),
        ("5", "not a JSON list or object"),
        ('"a string"', "not a JSON list or object"),
        ("[]", "an empty list"),
        ("[", "not valid JSON after record 0"),
        ("[" * 100_000, "not valid JSON"),
        ('{"a":' * 100_000, "not valid JSON"),
        ("{" + "[" * 1000, "not valid JSON"),
        ('[{"text": "caf\\ud83d', "not valid JSON"),
        (b'[{"text": "caf\xe9 owners said on Monday"}]', "not valid JSON"),
        (json.dumps([A]).encode("utf-16"), "UTF-16"),
        ('[{"n": ' + "9" * 10_000 + "}]", "not valid JSON"),
    ],
)
def test_what_is_no_json_of_articles_is_refused(tmp_path, content, why):
    assert why in reason(written(tmp_path, content))


@pytest.mark.parametrize(
    "text", ["A lone \\ud83d half of a pair in the text.", "A \\u0000 NUL there, in the text."]
)
def test_odd_characters_do_not_reach_the_text(tmp_path, text):
    (article,) = read(written(tmp_path, f'[{{"text": "{text}"}}]'))
    article.text.encode("utf-8")
    assert "\0" not in article.text


def test_names_with_dots_in_them_are_found(tmp_path):
    items = list(read(written(tmp_path, {"v1.0": {"news.items": [A, B]}})))
    assert [item.record for item in items] == ["a", "b"]


def test_a_record_that_never_ends_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(json_file, "MAX_RECORD_BYTES", 300_000)
    path = written(tmp_path, f'[{json.dumps(A)}, {{"text": "{"x " * 400_000}"}}]')
    got = []
    with pytest.raises(ReadError, match="without the end of a record"):
        got.extend(read(path))
    assert len(got) == 1


def test_a_large_file_is_never_held_as_a_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(json_file, "MAX_RECORD_BYTES", 100_000)
    record = {"title": "Ferries", "text": "Ferries stay in port on Monday. " * 100}
    path = written(tmp_path, {"meta": {"n": 1000}, "articles": [record] * 1000})
    tracemalloc.start()
    n = sum(isinstance(item, Extracted) for item in read(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert n == 1000
    assert peak < path.stat().st_size / 3
