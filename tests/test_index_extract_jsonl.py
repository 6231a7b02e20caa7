import gzip
import json
from itertools import islice

import pytest

from index.errors import ReadError
from index.extract import jsonl, read, values
from index.extract.clean import clean_line
from index.schema import Extracted, Failure

TEXT = "Ferries stay in port on Monday.\n\nThe union called the strike last week."


def written(tmp_path, *lines):
    path = tmp_path / "export.jsonl"
    path.write_text("\n".join(x if isinstance(x, str) else json.dumps(x) for x in lines), "utf-8")
    return path


def test_a_record_becomes_an_article(tmp_path):
    record = {
        "id": "hp-17",
        "url": "https://harbourpost.example/ferries",
        "source": "The Harbour Post",
        "title": "Ferries stay in port",
        "published": "2023/03/09",
        "text": TEXT,
    }
    (article,) = read(written(tmp_path, record))
    assert article == Extracted(
        text=TEXT,
        title="Ferries stay in port",
        source="The Harbour Post",
        published="2023-03-09",
        published_from="field",
        url="https://harbourpost.example/ferries",
        record="hp-17",
        provenance=(("title", "field"), ("source", "field"), ("url", "field")),
    )


def test_common_other_names_of_fields_are_known(tmp_path):
    record = {
        "_id": 5,
        "Headline": "Ferries stay in port",
        "publisher": {"name": "The Harbour Post"},
        "authors": ["By Ana Roe", {"name": "Bo Lind"}],
        "publish-date": "9 March 2023",
        "lang": "EN",
        "body": ["Ferries stay in port on Monday.", "The union called the strike."],
    }
    (article,) = read(written(tmp_path, record))
    assert article.title == "Ferries stay in port"
    assert article.source == "The Harbour Post"
    assert article.authors == ("Ana Roe", "Bo Lind")
    assert (article.published, article.record, article.language) == ("2023-03-09", "5", "en")
    assert article.text == "Ferries stay in port on Monday.\n\nThe union called the strike."


@pytest.mark.parametrize("day", [None, "", "soon", "2999-01-01"])
def test_an_undated_record_is_an_article_without_a_date(tmp_path, day):
    (article,) = read(written(tmp_path, {"text": TEXT, "published": day}))
    assert (article.published, article.published_from) == (None, "unknown")


def test_a_url_dates_a_record_that_has_no_date(tmp_path):
    record = {"text": TEXT, "url": "https://harbourpost.example/2023/03/09/ferries"}
    (article,) = read(written(tmp_path, record))
    assert (article.published, article.published_from) == ("2023-03-09", "url")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"text": "Ferries stay', "not valid JSON"),
        ("[1, 2]", "a JSON list"),
        ("null", "a JSON NoneType"),
        ('{"title": "Ferries"}', "no article text; fields found: title"),
        ('{"text": ""}', "no article text"),
        ('{"text": 5}', "no article text"),
        ('{"text": "Ferries stop."}', "only 2 words"),
        ("[" * 50_000, "nested too deeply"),
        ("\x00\x00", "binary"),
    ],
)
def test_a_broken_line_is_reported_by_number_and_the_rest_goes_on(tmp_path, line, why):
    path = written(tmp_path, {"text": TEXT}, "", line, {"text": TEXT})
    first, failure, last = read(path)
    assert isinstance(first, Extracted)
    assert isinstance(failure, Failure)
    assert failure.reason.startswith("line 3: ")
    assert why in failure.reason
    assert isinstance(last, Extracted)


def test_a_file_of_blank_lines_is_empty(tmp_path):
    with pytest.raises(ReadError, match="empty file"):
        list(read(written(tmp_path, "", "  ", "")))


def test_a_file_of_utf_16_is_refused_with_what_to_do(tmp_path):
    path = tmp_path / "export.jsonl"
    path.write_text(json.dumps({"text": TEXT}), "utf-16")
    with pytest.raises(ReadError, match="save it as UTF-8"):
        list(read(path))


def test_a_byte_order_mark_is_passed_over(tmp_path):
    path = tmp_path / "export.jsonl"
    path.write_text(json.dumps({"text": TEXT}), "utf-8-sig")
    (article,) = read(path)
    assert article.text == TEXT


@pytest.mark.parametrize("name", ["export.ndjson", "export.jsonl.gz", "export.NDJSON.GZ"])
def test_other_names_of_such_files_are_known(tmp_path, name):
    lines = json.dumps({"id": "a", "text": TEXT}).encode() + b"\n"
    path = tmp_path / name
    path.write_bytes(gzip.compress(lines) if name.lower().endswith(".gz") else lines)
    (article,) = read(path)
    assert article.record == "a"


def test_a_map_names_the_fields(tmp_path):
    record = {"hed": "Ferries stay", "meta": {"when": 1678320000}, "words": f"<p>{TEXT}</p>"}
    fields = {"title": "hed", "published": "meta.when", "text": "words", "section": "desk"}
    article, failure = read(written(tmp_path, record), fields=fields)
    assert (article.title, article.published) == ("Ferries stay", "2023-03-09")
    assert "no record has the field 'desk' of the map (section=desk)" in failure.reason
    assert "hed, meta, words" in failure.reason


def test_a_line_too_long_for_a_record_is_told_and_the_rest_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(jsonl, "MAX_LINE_BYTES", 1000)
    path = written(tmp_path, {"text": "word " * 1000}, {"text": TEXT})
    failure, article = read(path)
    assert "line 1: longer than" in failure.reason
    assert article.text == TEXT


def test_a_packed_archive_of_real_articles_is_read(eval_data):
    path = eval_data / "realtimeqa-2022" / "articles.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in islice(lines, 200)]
    articles = list(islice(read(path), 200))
    for record, article in zip(records, articles, strict=True):
        assert (article.record, article.source) == (record["id"], record["source"])
        assert article.published == record["published"].replace("/", "-")
        assert article.published_from == "field"
        told = [clean_line(part) for part in values.paragraphs(record["text"])]
        left_out = set(told) - set(article.text.split("\n\n"))
        assert set(article.text.split("\n\n")) <= set(told)
        assert all(len(part) < 300 for part in left_out)  # "More:..." links to another article
