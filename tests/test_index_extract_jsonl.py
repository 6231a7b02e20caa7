import json

import pytest

from index.errors import ReadError
from index.extract import read
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
