from datetime import date

import pytest

from index.dates import (
    best_date,
    date_from_url,
    date_line,
    is_labelled,
    later_change,
    parse_date,
    without_doubled_date,
)

TODAY = date(2024, 6, 15)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2023-03-09", "2023-03-09"),
        ("2023/03/09", "2023-03-09"),
        ("2023-03-09T23:30:00-05:00", "2023-03-09"),
        ("20230309", "2023-03-09"),
        ("9 March 2023", "2023-03-09"),
        ("9th of March 2023", "2023-03-09"),
        ("March 9, 2023", "2023-03-09"),
        ("Mar. 9 2023", "2023-03-09"),
        ("Thu, 09 Mar 2023 08:00:00 GMT", "2023-03-09"),
        ("Sept. 28, 2022", "2022-09-28"),
        ("09.03.2023", "2023-03-09"),
        ("25/04/2023", "2023-04-25"),
        ("04/25/2023", "2023-04-25"),
        ("05/05/2023", "2023-05-05"),
    ],
)
def test_a_date_is_read_as_written(written, day):
    assert parse_date(written, today=TODAY) == day


@pytest.mark.parametrize(
    "written",
    [
        "",
        "yesterday",
        "March 2023",
        "2023",
        "03/04/2023",  # the fourth of March or the third of April
        "2023-02-30",
        "31 June 2023",
        "2023-13-01",
        "1 Foo 2023",
        "1678320000",
        "0999-01-01",
        "2024-06-17",  # two days from now
        "2031-01-01",
    ],
)
def test_what_is_not_one_plausible_day_is_no_date(written):
    assert parse_date(written, today=TODAY) is None


def test_tomorrow_is_allowed_because_it_has_begun_elsewhere():
    assert parse_date("2024-06-16", today=TODAY) == "2024-06-16"


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://harbourpost.example/2023/03/09/ferry-strike", "2023-03-09"),
        ("https://harbourpost.example/2023-03-09-ferry-strike", "2023-03-09"),
        ("https://harbourpost.example/news/20230309/ferry", "2023-03-09"),
        ("https://harbourpost.example/world/2023/mar/09/ferry", "2023-03-09"),
        ("https://harbourpost.example/2023/03/ferry", None),
        ("https://harbourpost.example/story/120230309", None),
        ("https://harbourpost.example/?day=2023/03/09", None),
        ("https://harbourpost.example/2023/99/09/ferry", None),
        ("https://harbourpost.example/2031/03/09/ferry", None),
    ],
)
def test_a_url_dates_an_article_only_by_a_whole_day_in_its_path(url, day):
    assert date_from_url(url, today=TODAY) == day


@pytest.mark.parametrize(
    ("line", "day", "updated"),
    [
        ("Published on 9 March 2023", "2023-03-09", False),
        ("PUBLISHED: 10:48, Thu, Mar 9, 2023", "2023-03-09", False),
        ("Posted 9 March 2023 at 7:45 am GMT", "2023-03-09", False),
        ("Last updated: 2023-03-09 14:00 UTC", "2023-03-09", True),
        ("Thursday, March 9, 2023", "2023-03-09", False),
        ("9 March 2023", "2023-03-09", False),
        ("The Harbour Post | 9 March 2023", "2023-03-09", False),
        ("Published On 9 Mar 20239 Mar 2023", "2023-03-09", False),
    ],
)
def test_a_line_that_only_dates_the_article_is_a_date_line(line, day, updated):
    found = date_line(line, today=TODAY)
    assert found is not None
    assert (found.day, found.updated) == (day, updated)


@pytest.mark.parametrize(
    "line",
    [
        "The strike began on 9 March 2023, a union said.",
        "Ferries stopped at all four harbours of the island on 9 March 2023",
        "Updated plans for the harbour were shown to the town council on 9 March 2023 by its mayor",
        "Published by the port authority",
        "9 March",
        "© 2023 The Harbour Post",
        "x" * 500 + " 9 March 2023",
    ],
)
def test_a_line_that_says_anything_else_is_no_date_line(line):
    assert date_line(line, today=TODAY) is None


def test_what_stands_beside_the_date_is_kept_apart():
    found = date_line("Posted: Thu 6:45 PM, Mar 9, 2023 | The Harbour Post", today=TODAY)
    assert found is not None
    assert found.rest == "The Harbour Post"


@pytest.mark.parametrize(
    ("line", "once"),
    [
        ("Published On 9 Mar 20239 Mar 2023", "Published On 9 Mar 2023"),
        ("March 9, 2023 March 9, 2023", "March 9, 2023"),
        ("9 Mar 2023 10 Mar 2023", "9 Mar 2023 10 Mar 2023"),
    ],
)
def test_a_date_printed_twice_is_written_once(line, once):
    assert without_doubled_date(line) == once


def test_the_first_plausible_candidate_wins():
    candidates = [("json-ld", "2031-01-01"), ("meta", None), ("url", "2023-03-09"), ("byline", "x")]
    assert best_date(candidates, today=TODAY) == ("2023-03-09", "url")


def test_without_a_candidate_the_date_is_unknown():
    assert best_date([("json-ld", ""), ("meta", "soon")], today=TODAY) == (None, "unknown")


def test_a_date_is_read_from_a_long_hostile_string_without_delay():
    assert parse_date("1" * 1_000_000, today=TODAY) is None
    assert date_from_url("/2" * 500_000, today=TODAY) is None


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [
        ([("json-ld", "1970-01-01"), ("meta", "1970-01-01")], (None, "unknown")),
        ([("json-ld", "1970-01-01"), ("byline", "9 March 2023")], ("2023-03-09", "byline")),
        ([("meta", "1963-11-23"), ("url", "1963-11-23")], ("1963-11-23", "meta")),
        ([("json-ld", "1963-11-23"), ("byline", "Nov. 23, 1963")], ("1963-11-23", "json-ld")),
        ([("url", "1963-11-23")], (None, "unknown")),
        ([("json-ld", "1991-08-06")], ("1991-08-06", "json-ld")),
    ],
)
def test_a_web_page_is_older_than_the_web_only_where_two_places_agree(candidates, expected):
    assert best_date(candidates, on_web=True, today=TODAY) == expected
    first = best_date(candidates, today=TODAY)
    assert first[1] == candidates[0][0]


@pytest.mark.parametrize(
    ("published", "value", "day"),
    [
        ("2023-03-09", "2023-03-10T08:00:00Z", "2023-03-10"),
        ("2023-03-09", "2023-03-09", "2023-03-09"),
        ("2023-03-09", "2023-03-08", None),
        (None, "11 March 2023", "2023-03-11"),
        (None, "0001-01-01T00:00:00Z", None),
        (None, "1970-01-01", None),
        (None, "2999-01-01", None),
        ("2023-03-09", None, None),
        ("2023-03-09", "soon", None),
    ],
)
def test_a_change_is_not_before_publication(published, value, day):
    assert later_change(published, value) == day


@pytest.mark.parametrize(
    ("line", "day", "changed"),
    [
        ("Published 9 March 2023 | Updated 11 March 2023", "2023-03-09", "2023-03-11"),
        ("Posted: Mar 9, 2023 | Last updated on: Mar 11, 2023", "2023-03-09", "2023-03-11"),
        ("Published 9 March 2023 | Updated 2 hours ago", "2023-03-09", None),
        ("9 March 2023", "2023-03-09", None),
    ],
)
def test_a_line_may_give_the_day_of_a_change_beside_publication(line, day, changed):
    found = date_line(line, today=TODAY)
    assert (found.day, found.updated, found.changed) == (day, False, changed)


@pytest.mark.parametrize(
    ("line", "labelled"), [("Published 9 March 2023", True), ("9 March 2023", False)]
)
def test_a_label_is_told_from_a_bare_date(line, labelled):
    assert is_labelled(line) is labelled
