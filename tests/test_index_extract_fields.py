import pytest

from index.errors import InputError
from index.extract import parse_map, values
from index.extract.fields import Records, article_from_fields, known_fields, look_up
from index.schema import Failure

TEXT = "Ferries stay in port on Monday.\n\nThe union called the strike last week."


def article(record, field_map=""):
    return Records("export.jsonl", parse_map(field_map) if field_map else {}).article(record)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("title=headline", {"title": "headline"}),
        (
            " title = headline , published=meta.date ",
            {"title": "headline", "published": "meta.date"},
        ),
        ("id=key,record=key", {"record": "key"}),
        ("authors=byline.0.name", {"authors": "byline.0.name"}),
        ("text=Full text", {"text": "Full text"}),
    ],
)
def test_a_field_map_is_read(value, expected):
    assert parse_map(value) == expected


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("", "''"),
        ("title", "'title'"),
        ("title=", "'title='"),
        ("=headline", "'=headline'"),
        ("title=a,", "''"),
        ("titel=headline", "'titel'"),
        ("title=a,title=b", "two fields for 'title'"),
    ],
)
def test_a_bad_field_map_is_refused_with_what_is_wrong(value, named):
    with pytest.raises(InputError) as caught:
        parse_map(value)
    assert named in str(caught.value)
    assert "published" in str(caught.value) or "two fields" in named


RECORD = {
    "key": 7,
    "meta": {"date": "2023-03-09", "desk": ["Islands", "Sea"]},
    "byline": [{"name": "Ana Roe"}, {"name": "Bo Lind"}],
    "a.b": "dotted",
    "words": TEXT,
}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("key", 7),
        ("meta.date", "2023-03-09"),
        ("byline.1.name", "Bo Lind"),
        ("a.b", "dotted"),
        ("byline.2.name", None),
        ("byline.name", None),
        ("meta.date.x", None),
        ("none", None),
    ],
)
def test_a_path_leads_into_nested_objects_and_lists(name, expected):
    assert look_up(RECORD, name) == expected


def test_mapped_fields_are_read():
    found = article(
        RECORD, "id=key,published=meta.date,section=meta.desk,authors=byline,text=words"
    )
    assert (found.record, found.published, found.section) == ("7", "2023-03-09", "Islands")
    assert found.authors == ("Ana Roe", "Bo Lind")
    assert found.text == TEXT


def test_a_mapped_field_wins_over_the_known_names_and_stands_alone():
    record = {"title": "Clerk", "headline": "Ferries stay", "text": TEXT}
    assert article(record, "title=headline").title == "Ferries stay"
    assert article({"title": "Clerk", "text": TEXT}, "title=headline").title == ""


def test_a_mapped_field_that_no_record_has_is_told_with_the_fields_found():
    records = Records("a.jsonl", {"title": "headline", "published": "meta.day"})
    records.article({"text": TEXT, "headline": "A"})
    records.article({"text": TEXT, "when": "today"})
    (failure,) = records.missing()
    assert isinstance(failure, Failure)
    assert failure.path == "a.jsonl"
    assert "'meta.day'" in failure.reason
    assert "text, headline, when" in failure.reason


def test_a_mapped_field_that_one_record_has_is_not_missing():
    records = Records("a.jsonl", {"title": "headline"})
    records.article({"text": TEXT})
    records.article({"text": TEXT, "headline": ""})
    assert list(records.missing()) == []


def test_a_record_without_text_says_how_to_name_it():
    with pytest.raises(ValueError, match=r"fields found: title, words; .*--map text=FIELD"):
        article({"title": "A", "words": TEXT})


@pytest.mark.parametrize(
    "name", ["publishedAt", "published-at", "Published At", "PUBLISHED_AT", "publishdate"]
)
def test_names_of_fields_are_known_however_they_are_written(name):
    assert known_fields({name: "2023-03-09"})["published"] == "2023-03-09"


def test_updated_section_and_language_are_read_with_their_provenance():
    found = article(
        {
            "text": TEXT,
            "headline": "Ferries stay",
            "date": "2023-03-09",
            "last_modified": "2023-03-11T08:00:00Z",
            "category": "Islands",
            "lang": "EN",
            "link": "https://harbourpost.example/a",
        }
    )
    assert (found.published, found.updated) == ("2023-03-09", "2023-03-11")
    assert (found.section, found.language) == ("Islands", "en")
    assert dict(found.provenance) == dict.fromkeys(
        ("title", "section", "language", "url", "updated"), "field"
    )


@pytest.mark.parametrize("updated", ["2023-03-08", "2999-01-01", "soon", ""])
def test_a_change_before_publication_or_in_the_future_is_none(updated):
    found = article({"text": TEXT, "published": "2023-03-09", "updated": updated})
    assert found.updated is None
    assert "updated" not in dict(found.provenance)


def test_a_change_is_never_taken_for_the_publication():
    found = article({"text": TEXT, "modified": "2023-03-11"})
    assert (found.published, found.published_from) == (None, "unknown")
    assert found.updated == "2023-03-11"


def test_what_is_read_from_the_byline_says_so():
    found = article({"text": f"By Ana Roe\n\n{TEXT}"})
    assert found.authors == ("Ana Roe",)
    assert found.provenance == (("authors", "byline"),)


def test_a_title_from_outside_the_fields_says_so():
    found = article_from_fields({}, TEXT, provenance="front-matter", title="Ferries stay")
    assert (found.title, found.provenance) == ("Ferries stay", (("title", "text"),))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1678320000, "2023-03-09"),
        (1678406399, "2023-03-09"),
        ("1678320000", "2023-03-09"),
        (1678320000.5, "2023-03-09"),
        (1678320000123, "2023-03-09"),
        ({"$date": "2023-03-09T00:00:00Z"}, "2023-03-09"),
        ({"$date": {"$numberLong": "1678320000123"}}, "2023-03-09"),
        ("2023/03/09", "2023-03-09"),
        ("20230309", "2023-03-09"),
        ("Thu, 09 Mar 2023 23:30:00 -0500", "2023-03-09"),
        (20230309, "2023-03-09"),
        (9_999_999_999, None),  # in the year 2286
        (167832, None),
        (-1678320000, None),
        (True, None),
        (float("nan"), None),
        ("03/04/2023", None),
        (2023, None),
    ],
)
def test_dates_are_read_as_archives_write_them(value, expected):
    found = article({"text": TEXT, "published": value})
    assert found.published == expected
    assert found.published_from == ("field" if expected else "unknown")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "<p>Ferries stay in\nport on Monday.</p><p>The union &amp; crew <b>agreed</b>.</p>",
            "Ferries stay in port on Monday.\n\nThe union & crew agreed.",
        ),
        (
            "Ferries stay in port on Monday.<br><br>The union called it.<br/>Nobody spoke.",
            "Ferries stay in port on Monday.\n\nThe union called it.\n\nNobody spoke.",
        ),
        (
            "Ferries stay in <em>port</em>\non Monday.\n\nThe <a href='x'>union</a> called it.",
            "Ferries stay in port on Monday.\n\nThe union called it.",
        ),
        (
            "Ferries stay in port &mdash; on Monday.\n\nAT&T said so; 2 < 3 and x > y.",
            "Ferries stay in port — on Monday.\n\nAT&T said so; 2 < 3 and x > y.",
        ),
        (
            "<div>Ferries stay<p>On Monday it rained.</p>The union left.</div>",
            "Ferries stay\n\nOn Monday it rained.\n\nThe union left.",
        ),
        (
            "<p>Ferries stay in port on Monday.</p><script>track('x')</script>"
            "<p style='display:none'>Hidden words here.</p><!-- a note -->",
            "Ferries stay in port on Monday.",
        ),
        (
            ["<p>Ferries stay in port.</p>", "The union called it.", 5],
            "Ferries stay in port.\n\nThe union called it.",
        ),
        ({"rendered": "<p>Ferries stay in port on Monday.</p>"}, "Ferries stay in port on Monday."),
    ],
    ids=["p", "br", "inline", "entities", "bare", "hidden", "list", "object"],
)
def test_markup_in_a_body_becomes_paragraphs(body, expected):
    assert article({"text": body}).text == expected


def test_markup_in_a_title_is_removed():
    title = {"rendered": "Ferries &#8216;stay&#8217; in <i>port</i>"}
    assert article({"title": title, "text": TEXT}).title == "Ferries ‘stay’ in port"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("By Ana Roe and Bo Lind", ("Ana Roe", "Bo Lind")),
        ("Ana Roe, Bo Lind", ("Ana Roe", "Bo Lind")),
        ("Ana Roe; Bo Lind", ("Ana Roe", "Bo Lind")),
        ("Ana Roe, Bo Lind and Cy Moe", ("Ana Roe", "Bo Lind", "Cy Moe")),
        ("Roe, Ana", ("Roe, Ana",)),
        ("Sandor Andersson", ("Sandor Andersson",)),
        ("['Ana Roe', \"Bo O'Lind\"]", ("Ana Roe", "Bo O'Lind")),
        ("[]", ()),
        (["By Ana Roe", {"name": "Bo Lind"}, "Ana Roe", None], ("Ana Roe", "Bo Lind")),
        ({"name": "Ana Roe"}, ("Ana Roe",)),
        (None, ()),
        ("", ()),
    ],
)
def test_people_are_told_apart(value, expected):
    assert values.names(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://harbourpost.example/a?b=1&c=2", "https://harbourpost.example/a?b=1&c=2"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("tag:harbourpost.example,2023:a", None),
        ("harbourpost.example/a", "harbourpost.example/a"),
        ("", None),
        (None, None),
    ],
)
def test_only_addresses_of_the_web_are_kept(value, expected):
    assert article({"text": TEXT, "url": value}).url == expected
