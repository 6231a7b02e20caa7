"""Expressions of time -> days, seen from Wednesday, 12 October 2022."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.schema import When
from rag.when.days import SEASONS, month, season_of, shift, week, weekly, year
from rag.when.reading import when

AS_OF = "2022-10-12"


def read(text: str, as_of: str = AS_OF) -> str:
    """Return "first..last" of the days, "" for an open end, "-" where there are none."""
    found = when(text, as_of)
    if found.range is None:
        return "-"
    first, last = found.start or "", found.end or ""
    return first if first == last else f"{first}..{last}"


RANGES = [
    # Days by name
    ("Who resigned yesterday?", "2022-10-11"),
    ("Who spoke the day before yesterday?", "2022-10-10"),
    ("What is open today?", "2022-10-12"),
    ("What is on tonight?", "2022-10-12"),
    ("What did she announce this morning?", "2022-10-12"),
    ("Where did shells fall last night?", "2022-10-11"),
    ("Where did shells fall overnight?", "2022-10-11..2022-10-12"),
    ("Who will speak tomorrow?", "2022-10-13"),
    ("Who will speak the day after tomorrow?", "2022-10-14"),
    ("Whom did he meet the other day?", "2022-10-05..2022-10-11"),
    ("What did yesterday's report say?", "2022-10-11"),
    # Weekdays
    ("Who met on Tuesday?", "2022-10-11"),
    ("Who met on Wednesday?", "2022-10-12"),
    ("Who met on Thursday?", "2022-10-06"),
    ("Who met last Wednesday?", "2022-10-05"),
    ("Who met last Friday?", "2022-10-07"),
    ("Who met this Friday?", "2022-10-14"),
    ("Who meets next Friday?", "2022-10-14"),
    ("Who will meet on Friday?", "2022-10-14"),
    ("What is due on Monday?", "2022-10-17"),
    ("Who met on Tuesday last week?", "2022-10-04"),
    ("Who met last week on Tuesday?", "2022-10-04"),
    ("What was said at Monday's meeting?", "2022-10-10"),
    ("who met on monday", "2022-10-10"),
    ("Who crossed from Monday to Wednesday?", "2022-10-10..2022-10-12"),
    ("Who crossed between Thursday and Sunday?", "2022-10-06..2022-10-09"),
    ("What has burned since Sunday?", "2022-10-09.."),
    ("Which roads were closed until Friday?", "..2022-10-07"),
    ("Which roads will be closed until Friday?", "..2022-10-14"),
    # Weeks, weekends, months, years
    ("What happened last week?", "2022-10-03..2022-10-09"),
    ("What happened this week?", "2022-10-10..2022-10-16"),
    ("What is planned for next week?", "2022-10-17..2022-10-23"),
    ("What happened over the weekend?", "2022-10-08..2022-10-09"),
    ("What happened at the weekend?", "2022-10-08..2022-10-09"),
    ("What happened last weekend?", "2022-10-08..2022-10-09"),
    ("What is on this weekend?", "2022-10-15..2022-10-16"),
    ("What was decided this month?", "2022-10-01..2022-10-31"),
    ("What was decided last month?", "2022-09-01..2022-09-30"),
    ("What was decided earlier this month?", "2022-10-01..2022-10-12"),
    ("What is planned later this month?", "2022-10-12..2022-10-31"),
    ("How many were born last year?", "2021-01-01..2021-12-31"),
    ("How many were born so far this year?", "2022-01-01..2022-10-12"),
    ("What opens next year?", "2023-01-01..2023-12-31"),
    ("How were sales last quarter?", "2022-07-01..2022-09-30"),
    # Counted from the as-of day
    ("How many fled in the past three days?", "2022-10-09..2022-10-12"),
    ("How many fled in the last 10 days?", "2022-10-02..2022-10-12"),
    ("How many fled over the past week?", "2022-10-05..2022-10-12"),
    ("How many fled in the last two weeks?", "2022-09-28..2022-10-12"),
    ("How many fled in the last couple of weeks?", "2022-09-28..2022-10-12"),
    ("How many fled within the last 48 hours?", "2022-10-10..2022-10-12"),
    ("How many fled in the past few days?", "2022-10-05..2022-10-12"),
    ("How many fled in recent days?", "2022-10-05..2022-10-12"),
    ("How many fled in recent weeks?", "2022-09-11..2022-10-12"),
    ("Who has fled recently?", "2022-09-12..2022-10-12"),
    ("What is expected in the next two weeks?", "2022-10-12..2022-10-26"),
    ("Who fled three days ago?", "2022-10-09"),
    ("Who fled a week ago?", "2022-10-03..2022-10-09"),
    ("Who fled two weeks ago?", "2022-09-26..2022-10-02"),
    ("Who ruled a month ago?", "2022-09-01..2022-09-30"),
    ("Who ruled three years ago?", "2019-01-01..2019-12-31"),
    ("Who called two hours ago?", "2022-10-11..2022-10-12"),
    ("What opens in two weeks' time?", "2022-10-24..2022-10-30"),
    ("What opens three days from now?", "2022-10-15"),
    # Full dates
    ("What burned on 28 September 2022?", "2022-09-28"),
    ("What burned on September 28, 2022?", "2022-09-28"),
    ("What burned on Sept. 28, 2022?", "2022-09-28"),
    ("What burned on the 28th of September 2022?", "2022-09-28"),
    ("What burned on Wednesday, 28 September 2022?", "2022-09-28"),
    ("What burned on 2022-09-28?", "2022-09-28"),
    ("What burned on 9/28/2022?", "2022-09-28"),
    ("What burned on 28/9/2022?", "2022-09-28"),
    ("What burned on 28.9.2022?", "2022-09-28"),
    ("What burned on 9/28/22?", "2022-09-28"),
    ("What burned on 3/4/2022?", "2022-03-04..2022-04-03"),
    ("What burned on 4/4/2022?", "2022-04-04"),
    ("What burned on 10/12/2022?", "2022-10-12"),
    ("What burned on 28 September?", "2022-09-28"),
    ("What burned on 28 October?", "2021-10-28"),
    ("What will open on 28 October?", "2022-10-28"),
    ("What burned on March 20?", "2022-03-20"),
    ("What burned on 29 February?", "2020-02-29"),
    ("What burned on the 28th?", "2022-09-28"),
    ("What burned on 31 February 2022?", "2022-02-01..2022-02-28"),
    ("What burned on 3 May '21?", "2021-05-03"),
    ("Who was held between 3 and 10 March?", "2022-03-03..2022-03-10"),
    ("Who was held from 3 to 10 March 2021?", "2021-03-03..2021-03-10"),
    ("Who was held on March 3-10, 2021?", "2021-03-03..2021-03-10"),
    ("Who was held between March 3 and April 10?", "2022-03-03..2022-04-10"),
    ("Who was held from 30 December to 2 January?", "2021-12-30..2022-01-02"),
    ("What was open on Christmas Day 2021?", "2021-12-25"),
    ("What was open on New Year's Eve?", "2021-12-31"),
    # Months, seasons, quarters
    ("What was agreed in September 2022?", "2022-09-01..2022-09-30"),
    ("What was agreed in September?", "2022-09-01..2022-09-30"),
    ("What was agreed in November?", "2021-11-01..2021-11-30"),
    ("What will be agreed in November?", "2022-11-01..2022-11-30"),
    ("What was agreed last September?", "2022-09-01..2022-09-30"),
    ("What was agreed last October?", "2021-10-01..2021-10-31"),
    ("What was agreed in September of last year?", "2021-09-01..2021-09-30"),
    ("What was agreed in May?", "2022-05-01..2022-05-31"),
    ("what was agreed in march", "2022-03-01..2022-03-31"),
    ("What was agreed at the September summit?", "2022-09-01..2022-09-30"),
    ("What was agreed at the May 2022 summit?", "2022-05-01..2022-05-31"),
    ("What was signed in early October?", "2022-10-01..2022-10-10"),
    ("What was signed in mid-September?", "2022-09-11..2022-09-20"),
    ("What was signed in late 2021?", "2021-09-01..2021-12-31"),
    ("What was signed at the end of September?", "2022-09-24..2022-09-30"),
    ("What was signed at the beginning of 2022?", "2022-01-01..2022-01-31"),
    ("What was signed in the first week of September?", "2022-09-01..2022-09-07"),
    ("What was signed in the last week of September?", "2022-09-24..2022-09-30"),
    ("What was signed in the last three days of May 2021?", "2021-05-29..2021-05-31"),
    ("How were sales in the first half of 2022?", "2022-01-01..2022-06-30"),
    ("How were sales in the second quarter of 2021?", "2021-04-01..2021-06-30"),
    ("How were sales in Q3 2022?", "2022-07-01..2022-09-30"),
    ("How were sales in Q1?", "2022-01-01..2022-03-31"),
    ("How were sales in H1 2021?", "2021-01-01..2021-06-30"),
    ("What burned in the summer of 2022?", "2022-06-01..2022-08-31"),
    ("What burned last summer?", "2022-06-01..2022-08-31"),
    ("What flooded in the spring?", "2022-03-01..2022-05-31"),
    ("What froze in winter 2020-21?", "2020-12-01..2021-02-28"),
    ("What froze in the winter of 2022?", "2021-12-01..2022-02-28"),
    ("What burned from June to August 2022?", "2022-06-01..2022-08-31"),
    ("What burned between June and August?", "2022-06-01..2022-08-31"),
    ("What burned from November to February?", "2021-11-01..2022-02-28"),
    ("What burned from November 2020 to February?", "2020-11-01..2021-02-28"),
    # Years and longer
    ("How many moved in 2021?", "2021-01-01..2021-12-31"),
    ("How many moved between 2019 and 2021?", "2019-01-01..2021-12-31"),
    ("How many moved in 2019-2021?", "2019-01-01..2021-12-31"),
    ("How many moved from 2019 to 2021?", "2019-01-01..2021-12-31"),
    ("Who ruled in the 1990s?", "1990-01-01..1999-12-31"),
    ("Who ruled in the early 1990s?", "1990-01-01..1993-04-30"),
    ("Who ruled in the nineties?", "1990-01-01..1999-12-31"),
    ("Who ruled in the 19th century?", "1801-01-01..1900-12-31"),
    # Open ends
    ("What has changed since the election of May 2024?", "2024-05-01.."),
    ("What has changed since Russia invaded in February 2022?", "2022-02-01.."),
    ("What has changed since May?", "2022-05-01.."),
    ("What has changed since 2019?", "2019-01-01.."),
    ("What has changed since the 2020 election?", "2020-01-01.."),
    ("What has changed since the beginning of 2022?", "2022-01-01.."),
    ("What happened from May 2021 onwards?", "2021-05-01.."),
    ("How many crossed from 21 September until now?", "2022-09-21.."),
    ("Who ruled before May 2021?", "..2021-04-30"),
    ("Who ruled before the end of 2021?", "..2021-12-31"),
    ("Who ruled after 12 May?", "2022-05-13.."),
    ("What did he say after the vote on 12 May?", "2022-05-12.."),
    ("What did he say before the debate on Tuesday?", "..2022-10-11"),
    ("How many had left by the end of 2021?", "..2021-12-31"),
    ("How many had left by Friday?", "..2022-10-07"),
    ("How many are missing as of 12 May?", "..2022-05-12"),
    ("What is to be built by 2030?", "..2030-12-31"),
    # Several together
    ("What was said in May 2021 and in July 2021?", "2021-05-01..2021-07-31"),
    ("What has happened since 2020, and on 3 May 2021?", "2021-05-03"),
]

NO_DAYS = [
    "What did May say about the treaty?",
    "Who was criticised by May?",
    "What may happen?",
    "Who led the March on Washington?",
    "Why did they march in the capital?",
    "How fast did she run in seconds?",
    "Who fought in the Second World War?",
    "How old is the 28-year-old gunman?",
    "Who is aged 19?",
    "How many people in their 20s moved?",
    "Which day had temperatures in the 90s?",
    "Was it $2,022 or €2022?",
    "Did it cost 2022 euros?",
    "Did they win 21-19?",
    "Was the score 3-10?",
    "Who won Euro 2024?",
    "Who won the 2022 World Cup?",
    "What happened at Tokyo 2020?",
    "What does the Class of 2022 say?",
    "What does the Act of 1998 say?",
    "Why did 1945 people leave?",
    "In 1500 homes, what was found?",
    "Who ran the 1500 metres?",
    "Who was hit in the September 11 attacks?",
    "What did the Sunday Times report?",
    "What does USA Today report?",
    "Who hosts the Tonight Show?",
    "Who owns 20th Century Foods?",
    "Who starred in the film of a 1960s series?",
    "Who won on Super Tuesday?",
    "What did Black Friday bring?",
    "What does Fridays for Future want?",
    "Who is April Jones?",
    "What was the October Revolution?",
    "What came of the Arab Spring?",
    "What did they win at the fall of the wall?",
    "Who said “we will win in 2024”?",
    'Who wrote "1984"?',
    "Were there more fires than in 2021?",
    "How much did prices rise compared to 2021?",
    "Who was at Apollo 11?",
    "What does Article 5 say?",
    "Where does the 24/7 shop stand?",
    "How long is the Boeing 737?",
    "How many days did it last?",
    "How long did the three days of talks last?",
    "Who spoke for two weeks?",
    "What was the last week of the war like?",
    "What was decided that day?",
    "When did the dam break?",
    "In which year did it open?",
    "On what date did 99/99/2022 fall?",
    "What happened on the 45th?",
    "Who lives on the 28th floor?",
    "Who has a second home?",
    "What is 3.5.1?",
    "Did he march in time?",
    "",
]


@pytest.mark.parametrize(("text", "expected"), RANGES, ids=[text for text, _ in RANGES])
def test_an_expression_names_its_days(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize("text", NO_DAYS)
def test_what_only_looks_like_time_names_none(text):
    assert read(text) == "-"
    assert when(text, AS_OF).firmness == "none"


@pytest.mark.parametrize(
    ("text", "firmness"),
    [
        ("What was agreed in May 2021?", "firm"),
        ("Who met on Tuesday?", "firm"),
        ("How many fled in the past three days?", "firm"),
        ("Who has fled recently?", "loose"),
        ("What burned last summer?", "loose"),
        ("How many fled in recent weeks?", "loose"),
        ("What burned on 3/4/2022?", "loose"),
        ("What was agreed at the September summit?", "loose"),
        ("Who fled two weeks ago?", "loose"),
        ("What was said in May 2021 and in July 2021?", "loose"),
        ("What has changed since the 2020 election?", "loose"),
        ("What did he say after the vote on 12 May?", "loose"),
        ("What has changed since the vote on 12 May?", "firm"),
    ],
)
def test_words_that_only_lean_to_some_days_are_loose(text, firmness):
    assert when(text, AS_OF).firmness == firmness


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("What was known before the announcement?", "the announcement"),
        ("What did she say after the attack?", "the attack"),
        ("What has changed since the invasion began?", "the invasion"),
        ("What was decided ahead of the party congress vote?", "the party congress vote"),
        ("Who spoke during his trial?", "his trial"),
        ("What did he say after the vote on 12 May?", ""),
        ("Rebuilding after the war will cost how much?", "the war"),
        ("Who stood before the judge?", ""),
        ("What happened last week?", ""),
    ],
)
def test_an_event_without_a_date_is_told_and_is_no_range(text, event):
    found = when(text, AS_OF)
    assert found.event == event
    assert (found.range is None) or not event


@pytest.mark.parametrize(
    ("text", "now"),
    [
        ("What is the latest on the strike?", True),
        ("Who is president now?", True),
        ("Is he still in hospital?", True),
        ("Who is the current mayor?", True),
        ("What has been found so far?", True),
        ("What is the most recent count?", True),
        ("Latest count of the missing?", True),
        ("Who made Apocalypse Now?", False),
        ("Must it be paid by Friday at the latest?", False),
        ("Who knows him?", False),
        ("What happened last week?", False),
    ],
)
def test_a_question_for_the_latest_state_of_things_is_told(text, now):
    assert when(text, AS_OF).now is now


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Which articles published last week mention Norby?", True),
        ("What do stories from September say of Norby?", True),
        ("What happened in Norby last week?", False),
        ("What was published in Norby? And who left last week?", False),
    ],
)
def test_days_of_the_articles_themselves_are_told_from_days_of_events(text, expected):
    assert when(text, AS_OF).of_publication is expected


def test_the_words_are_kept_as_they_stand():
    found = when("Who has left since the election of May 2021, and who left last week?", AS_OF)
    assert found.words == ("since the election of May 2021", "last week")


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2024-03-01", "2024-02-19..2024-02-25"),
        ("2021-01-03", "2020-12-21..2020-12-27"),
        ("2021-01-04", "2020-12-28..2021-01-03"),
        ("0001-01-01", "0001-01-01..0001-01-07"),
        ("9999-12-31", "9999-12-20..9999-12-26"),
    ],
)
def test_a_week_runs_from_monday_to_sunday_and_stays_within_what_a_date_can_be(as_of, expected):
    assert read("What happened last week?", as_of) == expected


def test_there_is_a_table_of_at_least_120_expressions():
    assert len({text for text, _ in RANGES}) + len(NO_DAYS) >= 120


WORDS = st.sampled_from(
    "since before until from to between and of in on the last next this past few 3 28th 2021 '21 "
    "2022-10-01 9/28/2022 May March september tuesday weekend week day years ago early end first "
    "summer Q3 1990s 19th century now yesterday by after election “ ” ? , - attack 31 February "
    "9999 99999 0 000 christmas decade hours couple recently will".split()
)


@given(st.lists(WORDS, max_size=14), st.dates())
def test_any_words_are_read_without_an_error_and_no_range_is_turned_over(words, as_of):
    text = " ".join(words)
    found = when(text, as_of.isoformat())
    assert found.start is None or found.end is None or found.start <= found.end
    assert (found.range is None) == (found.firmness == "none")
    assert all(said in text for said in found.words)


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error(text):
    assert isinstance(when(text, AS_OF), When)


@given(st.dates(min_value=date(1, 1, 10), max_value=date(9999, 12, 20)), st.integers(0, 6))
def test_a_weekday_that_has_begun_lies_within_the_last_seven_days(day, weekday):
    latest = weekly(weekday).placed(day)
    assert latest is not None
    assert latest.start.weekday() == weekday
    assert timedelta(0) <= day - latest.start < timedelta(7)


@given(st.dates(), st.integers(-(10**7), 10**7))
def test_no_day_lies_outside_what_a_date_can_be(day, n):
    assert date.min <= shift(day, n) <= date.max
    assert month(day, n).start <= month(day, n).end
    assert week(day, n).start <= week(day, n).end
    assert year(n).start <= year(n).end


def test_seasons_follow_on_one_another():
    spans = [season_of(name, 2021) for name in SEASONS if name != "fall"]
    starts = [span.start for span in spans]
    assert starts == [shift(span.end, 1) for span in (season_of("winter", 2020), *spans[:3])]
    assert re.fullmatch(r"2022-02-28", spans[-1].end.isoformat())
