"""When what was found is doubted: it appeared before the days that are asked about."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made import article, evidence

from rag.find import N_NEAREST, TOO_EARLY, is_too_early
from rag.question import understand
from rag.schema import Filters, When

AS_OF = "2021-06-10"


def sentence(day):
    text = "The mayor of Orle opened a bridge."
    return evidence(text, within=replace(article(text, name=str(day)), published=day))


def asked(start, end=AS_OF, firmness="firm"):
    question = understand("What did the mayor of Orle open?", (), Filters(), AS_OF)
    return replace(question, when=When(("then",), start, end, firmness))


WEEK = asked("2021-06-07")


def test_what_appeared_well_before_the_days_asked_about_cannot_report_of_them():
    assert is_too_early(WEEK, [sentence("2019-03-01"), sentence("2021-05-01")])


@pytest.mark.parametrize(
    ("question", "days"),
    [
        pytest.param(WEEK, ["2019-03-01", "2021-06-08"], id="one of the days"),
        pytest.param(WEEK, ["2021-05-30"], id="shortly before"),
        pytest.param(WEEK, ["2019-03-01", None], id="one without a date"),
        pytest.param(asked("2004-12-26", "2004-12-26"), ["2019-03-01"], id="after the days"),
        pytest.param(asked("2021-07-01", "2021-07-31"), ["2019-03-01"], id="still to come"),
        pytest.param(asked("2021-06-07", firmness="loose"), ["2019-03-01"], id="loose words"),
        pytest.param(asked(None), ["2019-03-01"], id="open at the beginning"),
        pytest.param(asked(None, None, "none"), ["2019-03-01"], id="no days"),
    ],
)
def test_otherwise_it_may(question, days):
    assert not is_too_early(question, [sentence(day) for day in days])


def test_only_the_nearest_are_looked_at():
    early = [sentence("2019-03-01")] * N_NEAREST
    assert is_too_early(WEEK, [*early, sentence("2021-06-08")])
    assert TOO_EARLY > 7  # a day reported late, or a week that begins on another day
