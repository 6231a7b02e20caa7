"""The day that a question is asked on, where nobody names one."""

from __future__ import annotations

from datetime import date

import pytest

from rag.as_of import choose_as_of

TODAY = date(2022, 10, 12)


@pytest.mark.parametrize(
    ("named", "newest", "expected"),
    [
        pytest.param("2021-01-01", "2022-10-11", ("2021-01-01", "asked"), id="named"),
        pytest.param("2021-01-01", "2019-10-11", ("2021-01-01", "asked"), id="named, old archive"),
        pytest.param(None, None, ("2022-10-12", "today"), id="no dated article"),
        pytest.param(None, "2022-10-12", ("2022-10-12", "today"), id="new today"),
        pytest.param(None, "2022-10-05", ("2022-10-12", "today"), id="a week old"),
        pytest.param(None, "2022-10-04", ("2022-10-04", "newest article"), id="older"),
    ],
)
def test_today_or_the_newest_articles_day(named, newest, expected):
    assert choose_as_of(named, newest, TODAY) == expected
