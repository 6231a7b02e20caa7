"""A drafted sentence against what it cites."""

from __future__ import annotations

import pytest
from made import article, evidence

from rag.checks import cited as source_of
from rag.checks import word_overlap
from rag.verify import FULL_OVERLAP, MIN_OVERLAP, check

DAM = "More than 1,200 people left Orle on Monday after the dam broke, the mayor said."


def verdict(draft, *cited):
    return check(draft, [evidence(text) for text in cited]).verdict


@pytest.mark.parametrize(
    ("draft", "cited"),
    [
        pytest.param(DAM, DAM, id="the same words"),
        pytest.param("The mayor said more than 1,200 people left Orle.", DAM, id="other order"),
        pytest.param("Some 1,200 people left Orle, the mayor said.", DAM, id="a looser bound"),
        pytest.param("A man, 34, sat there.", "A 34-year-old man sat there.", id="age"),
        pytest.param("Twelve old boats left Orle.", "12 old boats left Orle.", id="in words"),
        pytest.param("Finland let them in.", "Finnish guards let them in.", id="alias of a name"),
        pytest.param("It broke on 4 March.", "It broke on March 4.", id="day in another form"),
        pytest.param("Orle was not flooded.", "Orle was not flooded.", id="negation kept"),
        pytest.param("Orle did not let them in.", "Orle refused to let them in.", id="refusal"),
        pytest.param("Pell said “nobody was hurt”.", "Pell: “Nobody was hurt.”", id="quotation"),
        pytest.param('She called it "a miracle".', "She called it “a miracle”.", id="other marks"),
    ],
)
def test_supported(draft, cited):
    assert verdict(draft, cited) == "supported"


@pytest.mark.parametrize(
    ("draft", "cited"),
    [
        pytest.param("1.2 thousand people left Orle on Monday.", DAM, id="other spelling"),
        pytest.param(
            "About 1,200 boats left Orle.", "1,214 boats left Orle.", id="said to be round"
        ),
    ],
)
def test_a_figure_may_be_written_anew(draft, cited):
    assert verdict(draft, cited) in {"supported", "partly"}


@pytest.mark.parametrize(
    ("draft", "cited", "reason"),
    [
        pytest.param("More than 1,300 people left Orle.", DAM, "1,300", id="another figure"),
        pytest.param("Up to 1,200 people left Orle.", DAM, "more than", id="bound turned over"),
        pytest.param(
            "More than 80 boats sank.", "Up to 80 boats sank.", "up to", id="bound turned under"
        ),
        pytest.param(
            "1,300 people left Orle.",
            "Some 1,200 people left Orle.",
            "1,300",
            id="not round",
        ),
        pytest.param(
            "The queue is 40 miles long.", "The queue is 40 km long.", "40 miles", id="other unit"
        ),
        pytest.param("A seat costs €40.", "A seat costs $40.", "€40", id="another currency"),
        pytest.param("In 2020 people left Orle.", DAM, "2020", id="year added"),
        pytest.param("People left Orle on 4 March.", DAM, "4/3", id="day added"),
        pytest.param("People left Orle on Tuesday.", DAM, "Tuesday", id="another weekday"),
        pytest.param("People left Orle for Norby.", DAM, "Norby", id="name added"),
        pytest.param(
            "The mayor, Bo Pell, left Orle.",
            "The mayor, Anna Pell, left Orle.",
            "Bo Pell",
            id="another first name",
        ),
        pytest.param("The mayor said “people fled Orle”.", DAM, "quotation", id="words never said"),
        pytest.param("People did not leave Orle.", "People leave Orle.", "denies", id="not added"),
        pytest.param("Orle was flooded.", "Orle was not flooded.", "denies", id="not lost"),
        pytest.param("In Orle nobody left.", "People left Orle.", "denies", id="nobody added"),
        pytest.param("The sheep drink cold water.", DAM, "something else", id="another matter"),
    ],
)
def test_unsupported(draft, cited, reason):
    found = check(draft, [evidence(cited)])
    assert found.verdict == "unsupported"
    assert reason in found.reason


def test_a_draft_that_cites_nothing_is_unsupported():
    found = check(DAM, [])
    assert (found.verdict, found.support) == ("unsupported", 0.0)
    assert found.reason


def test_a_draft_without_words_is_unsupported():
    assert verdict("", DAM) == "unsupported"
    assert verdict("It is.", DAM) == "unsupported"


def test_what_two_sentences_say_together_is_supported():
    draft = "1,200 people left Orle and 85 sheep sailed to Norby."
    one, other = "1,200 people left Orle.", "85 sheep sailed to Norby."
    assert verdict(draft, one, other) == "supported"
    assert verdict(draft, one) == "unsupported"


def test_half_the_words_are_part_of_support():
    cited = [evidence("The dam broke under thick ice.")]
    assert word_overlap("The dam broke loudly.", source_of(cited)) == pytest.approx(2 / 3)
    found = check("The dam broke loudly.", cited)
    assert MIN_OVERLAP <= found.support < FULL_OVERLAP
    assert found.verdict == "partly"


@pytest.mark.parametrize(
    ("title", "source", "before"),
    [
        pytest.param("Dam at Orle", "", "", id="headline"),
        pytest.param("", "Orle Gazette", "", id="outlet"),
        pytest.param("", "", "The dam is at Orle.", id="what stands before"),
    ],
)
def test_a_name_may_stand_around_the_cited_sentence(title, source, before):
    text = "The dam broke."
    cited = evidence(text, within=article(text, title=title, source=source), before=before)
    assert check("The Orle dam broke.", [cited]).verdict == "supported"


def test_a_figure_must_stand_in_the_sentence_itself():
    text = "The boats sank."
    cited = evidence(text, within=article(text, title="80 boats sink"), before="80 boats sailed.")
    assert check("80 boats sank.", [cited]).verdict == "unsupported"


def test_the_publication_date_may_give_the_year():
    text = "The dam broke."
    dated = evidence(text, within=article(text, published="2021-03-04"))
    assert check("The dam broke in 2021.", [dated]).verdict != "unsupported"
    assert check("The dam broke in 2020.", [dated]).verdict == "unsupported"


def test_a_word_denied_once_and_affirmed_elsewhere_may_be_said():
    cited = "The old bridge was not flooded, but the new bridge was flooded."
    assert verdict("The new bridge was flooded.", cited) == "supported"


def test_attribution_is_kept_as_written():
    said = "The mayor said the dam was old."
    assert verdict("The mayor said the dam was old.", said) == "supported"
    assert verdict("Anna Pell said the dam was old.", said) == "unsupported"


def test_a_name_may_be_shortened_to_its_initials():
    cited = "The United Nations said the dam broke."
    assert verdict("The UN said the dam broke.", cited) != "unsupported"
    assert verdict("The EU said the dam broke.", cited) == "unsupported"
