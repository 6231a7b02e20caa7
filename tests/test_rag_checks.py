"""The exact checks: a table of drafts with verdict and reason, and each check by itself."""

from __future__ import annotations

from collections import Counter

import pytest
from checked import rows
from made import article, evidence

from rag.checks import Source, is_verbatim, plain
from rag.checks.attribution import attribution_flaw, speakers
from rag.checks.date import date_flaw
from rag.checks.deed import deed_flaw
from rag.checks.direction import OPPOSITES, direction_flaw
from rag.checks.figure import figure_flaw
from rag.checks.kinship import kinship_flaw
from rag.checks.modality import modality_flaw
from rag.checks.name import name_flaw
from rag.checks.negation import negation_flaw
from rag.checks.owner import owner_flaw
from rag.checks.quotation import quotation_flaw
from rag.checks.roles import roles_flaw
from rag.checks.verbs import root
from rag.verify import check

OWN = {
    "figure": figure_flaw,
    "date": date_flaw,
    "name": name_flaw,
    "roles": roles_flaw,
    "negation": negation_flaw,
    "modality": modality_flaw,
    "quotation": quotation_flaw,
    "attribution": attribution_flaw,
    "direction": direction_flaw,
    "deed": deed_flaw,
    "owner": owner_flaw,
    "kinship": kinship_flaw,
}
ROWS = rows()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.kind}: {row.draft}")
def test_a_draft_gets_its_verdict_and_reason(row):
    home = article(row.evidence, title=row.headline, published=row.published)
    found = check(row.draft, [evidence(row.evidence, within=home)])
    assert found.verdict == row.verdict, found
    assert row.reason in found.reason
    assert bool(found.reason) == (row.verdict != "supported")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.kind}: {row.draft}")
def test_the_check_of_that_kind_finds_the_flaw_by_itself(row):
    if row.kind not in OWN:
        return
    published = (row.published,) if row.published else ()
    source = Source(row.evidence, row.headline, published)
    found = OWN[row.kind](row.draft, source)
    assert (found is None) == (row.verdict == "supported")
    if found:
        assert (found.verdict, row.reason in found.reason) == (row.verdict, True)


def test_the_table_is_large_and_covers_every_kind():
    counts = Counter(row.kind for row in ROWS)
    assert len(ROWS) >= 150
    assert all(counts[kind] >= 10 for kind in OWN)
    assert len({(row.draft, row.evidence, row.published) for row in ROWS}) == len(ROWS)


def test_whole_sentences_are_verbatim_and_parts_are_not():
    dam, hurt = "The old dam above Orle broke at night.", "Nobody in the valley was hurt."
    source = plain(f"It rained for nine days, farmers said. {dam} {hurt}")
    assert is_verbatim(f"{dam} {hurt}", source)
    assert is_verbatim("“The old dam above Orle broke at night”", source)
    assert not is_verbatim("It rained for nine days.", source)
    assert not is_verbatim("", source)


def test_a_currency_is_part_of_what_is_verbatim():
    assert not is_verbatim("It costs €40.", plain("It costs $40."))


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        pytest.param("According to Anna Pell, it rained.", {"anna", "pell"}, id="according to"),
        pytest.param("“It rained,” said the old mayor.", {"mayor"}, id="behind the verb"),
        pytest.param("The mayor said it rained.", {"mayor"}, id="before the verb"),
        pytest.param("Pell, the mayor, said it rained.", {"pell", "mayor"}, id="apposition"),
    ],
)
def test_a_speaker_is_found_where_it_stands(text, speaker):
    assert speaker in [set(found) for found in speakers(text)]


def test_a_pronoun_is_no_speaker():
    assert list(speakers("He said it rained.")) == []


def test_the_outlet_may_be_named_as_the_source_of_what_it_reports():
    source = Source("Farmers said the dam leaked.", around="Orle Gazette")
    assert attribution_flaw("The Orle Gazette reported that the dam leaked.", source) is None


def test_opposites_stand_against_each_other():
    assert all(word in OPPOSITES[other] for word, others in OPPOSITES.items() for other in others)
    assert all(word not in others for word, others in OPPOSITES.items())


@pytest.mark.parametrize(
    ("form", "same"), [("left", "leave"), ("rose", "rising"), ("sold", "selling"), ("said", "says")]
)
def test_forms_of_a_verb_have_one_root(form, same):
    assert root(form) == root(same)
