"""Made-up pairs of sentences: which disagree, and which only seem to."""

from __future__ import annotations

import pytest
from made import article, asked, evidence

from rag.conflict import sides
from rag.values import in_words

LEFT = "How many people left Orle?"
HURT = "How many people were hurt in Norby?"
MAYOR = "Who is the mayor of Orle?"
WON = "Who won the Orle Cup in 2019?"
OPENED = "When was the Calder bridge opened?"
WHERE = "Where is the Selma ferry based?"
FELL = "Did the Calder bridge collapse?"
QUIT = "Has Anna Pell resigned?"
QUEUE = "How long is the queue to Calder?"

DIFFER = [
    (
        LEFT,
        ["1,200 people left Orle.", "1,450 people left Orle."],
        ["1,200 people", "1,450 people"],
    ),
    (LEFT, ["About 1,200 people left Orle.", "Some 3,000 people left Orle."], None),
    (LEFT, ["More than 5,000 people left Orle.", "About 3,600 people left Orle."], None),
    (LEFT, ["More than 5,000 people left Orle.", "About 9,000 people left Orle."], None),
    (LEFT, ["Two hundred people left Orle.", "300 people left Orle."], None),
    (LEFT, ["1,200 people left Orle.", "1,450 left Orle.", "2,000 people left Orle."], None),
    (HURT, ["Seven people were hurt in Norby.", "Police: 12 people were hurt in Norby."], None),
    (QUEUE, ["The queue to Calder is 10 km long.", "The queue to Calder is 10 miles long."], None),
    (
        QUEUE,
        ["The queue to Calder is 5 km long.", "The queue to Calder is about 9 miles long."],
        None,
    ),
    (
        "How much does the dam of Orle cost?",
        ["The dam of Orle will cost $40 million.", "The dam of Orle will cost $55 million."],
        ["$40 million", "$55 million"],
    ),
    (
        "What percentage of Orle's homes were flooded?",
        ["In Orle 40 percent of homes were flooded.", "In Orle 65% of homes were flooded."],
        None,
    ),
    (
        MAYOR,
        ["The mayor of Orle is Anna Pell.", "Bo Lund, the mayor of Orle, opened a school."],
        ["Anna Pell", "Bo Lund"],
    ),
    (
        WON,
        ["Ada Holm won the Orle Cup in 2019.", "Bea Lund won the Orle Cup in 2019."],
        ["Ada Holm", "Bea Lund"],
    ),
    (
        WON,
        [
            "Ada Holm beat Cy Dorn to win the 2019 Orle Cup.",
            "The 2019 Orle Cup was won by Bea Lund.",
        ],
        ["Ada Holm", "Bea Lund"],
    ),
    (
        "Who directed the film Grey Harbour?",
        ["Grey Harbour was directed by Ivo Tamm.", "Grey Harbour, directed by Una Reyes, opens."],
        ["Ivo Tamm", "Una Reyes"],
    ),
    (
        "Which country won the Norby Regatta?",
        ["Iceland won the Norby Regatta.", "Malta won the Norby Regatta after a protest."],
        ["Iceland", "Malta"],
    ),
    (
        OPENED,
        ["The Calder bridge was opened in 1956.", "The Calder bridge was opened in 1965."],
        ["1956", "1965"],
    ),
    (
        OPENED,
        ["The Calder bridge was opened on 3 May 1956.", "The Calder bridge opened on 5 May 1956."],
        ["3 May 1956", "5 May 1956"],
    ),
    (
        OPENED,
        ["The Calder bridge opened on May 3, 1956.", "The Calder bridge opened in 1957."],
        None,
    ),
    (
        "When did Anna Pell die?",
        ["Anna Pell died on 3 May 2014.", "Anna Pell died in June 2014."],
        ["3 May 2014", "June 2014"],
    ),
    (
        WHERE,
        ["The Selma ferry is based in Norby.", "The Selma ferry is based in Tarn."],
        ["Norby", "Tarn"],
    ),
    (
        FELL,
        [
            "The Calder bridge collapsed at dawn.",
            "The Calder bridge did not collapse, police said.",
        ],
        ["yes", "no"],
    ),
    (
        FELL,
        [
            "The council denied that the Calder bridge had collapsed.",
            "The Calder bridge collapsed.",
        ],
        ["no", "yes"],
    ),
    (
        FELL,
        ["Reports that the Calder bridge collapsed are false.", "The Calder bridge collapsed."],
        ["no", "yes"],
    ),
    (
        QUIT,
        ["Anna Pell resigned on Monday.", "Anna Pell has not resigned, she said."],
        ["yes", "no"],
    ),
    (QUIT, ["Anna Pell denies having resigned.", "Anna Pell resigned, her office said."], None),
    (
        "Was Bo Lund arrested?",
        ["Bo Lund was arrested in Tarn.", "Bo Lund was never arrested, the police chief said."],
        ["yes", "no"],
    ),
]

AGREE = [
    (LEFT, ["1,200 people left Orle.", "Orle: 1.2 thousand people left."]),
    (LEFT, ["More than 5,000 people left Orle.", "About 5,300 people left Orle."]),
    (LEFT, ["About 1,200 people left Orle.", "1,230 people left Orle."]),
    (LEFT, ["Up to 1,200 people left Orle.", "1,190 people left Orle."]),
    (LEFT, ["Nearly 1,000 people left Orle.", "A thousand people left Orle."]),
    (LEFT, ["1,200 people left Orle.", "Thousands of people left Orle."]),
    (LEFT, ["1,200 people left Orle.", "In Norby 300 people left their homes."]),
    (LEFT, ["1,200 people left Orle.", "Norby said 300 people left."]),
    (LEFT, ["1,200 people left Orle.", "The Norby coast guard said 430 left in the same days."]),
    (LEFT, ["1,200 people left Orle.", "20 boats left Orle."]),
    (LEFT, ["1,200 people left Orle.", "People left Orle 10 km behind."]),
    (LEFT, ["1,200 people left Orle.", "9,000 people left Norby, Orle and Tarn in a week."]),
    (LEFT, ["In 2019 1,200 people left Orle.", "In 2021 1,450 people left Orle."]),
    ("How many people left Orle in 2019?", ["1,200 left Orle in 2019.", "900 left Orle in 2020."]),
    ("Why did people leave Orle?", ["1,200 people left Orle.", "1,450 people left Orle."]),
    (HURT, ["Seven people were hurt in Norby.", "7 people were hurt in Norby."]),
    (HURT, ["Seven people were hurt in Norby.", "Seven hurt in Norby, where 12 houses burned."]),
    (HURT, ["Seven people were hurt in Norby.", "In Tarn 12 people were hurt."]),
    (QUEUE, ["The queue to Calder is 10 km long.", "The queue to Calder is about 6 miles long."]),
    (QUEUE, ["The queue to Calder is 10 km long.", "The queue to Tarn is 30 km long."]),
    (MAYOR, ["The mayor of Orle is Anna Pell.", "Pell, the mayor of Orle, spoke."]),
    (MAYOR, ["The mayor of Orle is Anna Pell.", "The mayor of Norby is Bo Lund."]),
    (MAYOR, ["The mayor of Orle is Anna Pell.", "The mayor of Orle met Bo Lund on Monday."]),
    (MAYOR, ["The mayor of Orle is Anna Pell.", "Orle votes on Sunday, said Bo Lund."]),
    (
        "Who criticised the Orle Cup?",
        ["Ada Holm criticised the Orle Cup.", "Bo Lund criticised it."],
    ),
    (
        "Who were the guests in Orle?",
        ["Ada Holm was a guest in Orle.", "Bo Lund was a guest in Orle."],
    ),
    (
        "Which countries joined the Orle treaty?",
        ["Iceland joined the Orle treaty.", "Malta joined the Orle treaty."],
    ),
    (WON, ["Ada Holm won the Orle Cup in 2019.", "Bea Lund won the Orle Cup in 2018."]),
    (WON, ["Ada Holm won the 2019 Orle Cup.", "The Orle Cup in 2019 was won by A. Holm."]),
    (
        WON,
        ["Ada Holm beat Bea Lund to win the 2019 Orle Cup.", "Ada Holm won the Orle Cup in 2019."],
    ),
    (
        WON,
        ["Ada Holm won the Orle Cup in 2019.", "Bea Lund lost to Ada Holm in the 2019 Orle Cup."],
    ),
    (OPENED, ["The Calder bridge was opened in 1956.", "The Calder bridge opened on 3 May 1956."]),
    (
        OPENED,
        ["The Calder bridge was opened in May 1956.", "The Calder bridge opened on May 3, 1956."],
    ),
    (OPENED, ["The Calder bridge was opened in 1956.", "The Tarn bridge was opened in 1965."]),
    (OPENED, ["The Calder bridge was opened in 1956.", "The Calder bridge is closed since 2011."]),
    (
        OPENED,
        ["The Calder bridge was opened on Monday.", "The Calder bridge was opened on Tuesday."],
    ),
    (
        WHERE,
        ["The Selma ferry is based in Norby.", "The Selma, a ferry based in the port of Norby."],
    ),
    (WHERE, ["The Selma ferry is based in Norby.", "The Orca ferry is based in Tarn."]),
    (FELL, ["The Calder bridge collapsed.", "The Calder bridge has collapsed, police said."]),
    (FELL, ["The Calder bridge collapsed.", "The Tarn bridge did not collapse."]),
    (
        FELL,
        ["The Calder bridge did not collapse.", "The Calder bridge may collapse, experts fear."],
    ),
    (FELL, ["The Calder bridge did not collapse.", "Will the Calder bridge collapse?"]),
    (
        FELL,
        ["The Calder bridge collapsed.", "The council did not deny the Calder bridge collapsed."],
    ),
    (QUIT, ["Anna Pell has not resigned.", "The opposition demanded that Anna Pell resign."]),
    (QUIT, ["Anna Pell has not resigned.", "Bo Lund resigned on Monday."]),
    (QUIT, ["Anna Pell has not resigned.", "If Anna Pell resigned, the town would vote."]),
]


def found(question, texts):
    groups = sides(asked(question), [evidence(text, dense=0.7) for text in texts])
    return [in_words(asked(question), group[0].value) for group in groups]


@pytest.mark.parametrize(("question", "texts", "values"), DIFFER)
def test_these_disagree(question, texts, values):
    told = found(question, texts)
    assert len(told) == len(texts) if values is None else told == values


@pytest.mark.parametrize(("question", "texts"), AGREE)
def test_these_do_not(question, texts):
    assert found(question, texts) == []


def reported(text, source, day):
    return evidence(text, within=article(text, name=f"{source}{day}", source=source, published=day))


def test_a_later_report_of_one_outlet_is_an_update():
    first = reported("1,200 people left Orle.", "Orle Gazette", "2021-03-04")
    later = reported("1,450 people left Orle.", "Orle Gazette", "2021-03-06")
    assert sides(asked(LEFT), [first, later]) == []


def test_an_update_is_set_against_another_outlet_and_not_what_it_replaced():
    first = reported("1,200 people left Orle.", "Orle Gazette", "2021-03-04")
    later = reported("1,450 people left Orle.", "Orle Gazette", "2021-03-06")
    other = reported("2,000 people left Orle.", "North Wire", "2021-03-05")
    groups = sides(asked(LEFT), [first, later, other])
    assert [[told.evidence for told in group] for group in groups] == [[later], [other]]


def test_one_outlet_may_disagree_with_itself_on_one_day_or_without_days():
    day = "2021-03-04"
    one = reported("1,200 people left Orle.", "Orle Gazette", day)
    other = evidence(
        "1,450 people left Orle.",
        within=article("1,450 people left Orle.", name="b", source="Orle Gazette", published=day),
    )
    assert len(sides(asked(LEFT), [one, other])) == 2
