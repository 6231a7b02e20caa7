"""What a near copy prints otherwise is told; what it prints alike is not."""

from __future__ import annotations

import pytest
from made import Archive

from rag.twins import tells_otherwise

STORY = (
    "The old dam above the town broke at night after a week of rain. Water ran through the lower "
    "streets until noon and took two bridges with it. The rescue service said {n} people left "
    "Orle in buses and boats. Families slept in the school and in the church by the market. The "
    "council meets on the first day of every month and will speak of the dam. A farmer said that "
    "his goats had climbed the hill an hour before the water came down the valley."
)


@pytest.mark.parametrize(
    ("one", "other", "otherwise"),
    [
        ("1,200 people left Orle.", "1,450 people left Orle.", True),
        ("Ada Holm won the cup.", "Bea Lund won the cup.", True),
        ("It opened on 3 May 1956.", "It opened on 5 May 1956.", True),
        ("1,200 people left Orle.", "People left Orle.", False),
        ("1,200 people left Orle.", "1.2 thousand people left Orle.", False),
        ("Ada Holm won the cup.", "Ada Holm has won the cup.", False),
    ],
)
def test_only_other_figures_dates_and_names_count(one, other, otherwise):
    assert tells_otherwise(one, other) is otherwise
    assert tells_otherwise(other, one) is otherwise


def records(second):
    return [
        {"id": "a", "title": "Dam", "source": "Orle Gazette", "text": STORY.format(n="1,200")},
        {"id": "b", "title": "Dam", "source": "North Wire", "text": STORY.format(n=second)},
    ]


def answer_over(tmp_path, second):
    archive = Archive(tmp_path)
    archive.index(records(second))
    assistant = archive.assistant(extractive=True)
    try:
        return assistant.answer("How many people left Orle?")
    finally:
        assistant.close()


def test_a_copy_with_another_figure_is_another_side(tmp_path):
    found = answer_over(tmp_path, "1,450")
    assert found.status == "conflicting"
    told = {
        side.value: [found.citations[n - 1].source for n in side.citations]
        for side in found.conflicts[0].sides
    }
    assert sorted(told) == ["1,200 people", "1,450 people"]
    assert sorted(outlet for outlets in told.values() for outlet in outlets) == [
        "North Wire",
        "Orle Gazette",
    ]
    assert all(citation.also == () for citation in found.citations)


def test_a_copy_that_prints_the_same_counts_once(tmp_path):
    found = answer_over(tmp_path, "1,200")
    assert found.status == "answered"
    assert found.conflicts == ()
    assert [citation.also for citation in found.citations if "1,200" in citation.quote] != [()]
