"""Old citations: how each stands after its article changed, moved or went."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date

import pytest
from made import RECORDS, TODAY, Archive

ASKED = "How many sheep did the ferry Selma carry to Norby?"
CARRIED = "The ferry Selma carried 85 sheep to Norby [1], its captain said."
BEGUN = date.today()


@pytest.fixture
def archive(tmp_path):
    made = Archive(tmp_path)
    made.index()
    return made


@pytest.fixture
def cited(archive):
    with closing(archive.assistant(extractive=True)) as assistant:
        answer = assistant.answer(ASKED, as_of=TODAY)
    (citation,) = [c for c in answer.citations if c.quote == CARRIED]
    return citation


def is_recent(day):
    """Tell whether a day is that of this run, which may go past midnight."""
    return day in {BEGUN.isoformat(), date.today().isoformat()}


def with_ferry(**changed):
    """Return the records with the ferry's changed, or without it."""
    return [
        {**record, **changed} if record["id"] == "courier-ferry" else record
        for record in RECORDS
        if changed or record["id"] != "courier-ferry"
    ]


def ferry_text(text):
    return with_ferry(text=text)


def stands(archive, citation):
    with closing(archive.assistant()) as assistant:
        return assistant.standing(citation)


def test_a_citation_just_made_stands_as_cited(archive, cited):
    now = stands(archive, cited)
    assert (now.fate, now.since, now.span) == ("same", None, (cited.start, cited.end))
    assert now.is_as_cited


def test_a_sentence_that_a_change_left_in_place_still_stands_and_the_change_is_told(archive, cited):
    archive.index(ferry_text(f"{CARRIED} It had rained all day on the way."))
    now = stands(archive, cited)
    assert (now.fate, now.stands) == ("same", True)
    assert is_recent(now.since)
    assert not now.is_as_cited


def test_a_sentence_that_was_changed_is_not_found(archive, cited):
    archive.index(ferry_text("The ferry Selma carried 58 sheep to Norby, its captain said."))
    now = stands(archive, cited)
    assert (now.fate, now.span) == ("changed", None)
    assert is_recent(now.since)
    assert not now.stands
    assert "58 sheep" in now.article.text


def test_a_sentence_that_stands_elsewhere_now_is_found_there(archive, cited):
    archive.index(ferry_text(f"Corrected on Monday by the editors of this paper. {CARRIED}"))
    now = stands(archive, cited)
    assert now.fate == "changed"
    assert now.article.text[slice(*now.span)] == CARRIED


def test_of_two_such_sentences_the_nearer_is_taken(archive, cited):
    archive.index(ferry_text(f"{CARRIED} No. {CARRIED} No. {CARRIED}"))
    now = stands(archive, replace(cited, start=100, end=100 + len(CARRIED)))
    assert now.span[0] == len(CARRIED) + len(" No. ")


def test_a_moved_article_still_stands_and_names_where(archive, cited):
    archive.index(with_ferry(id="courier-ferry-2"))
    now = stands(archive, cited)
    assert (now.fate, now.stands) == ("moved", True)
    assert is_recent(now.since)
    assert now.article.name == "courier-ferry-2"
    assert now.article.id != cited.article_id


def test_an_article_that_is_gone_is_withdrawn(archive, cited):
    archive.index(with_ferry())
    now = stands(archive, cited)
    assert (now.fate, now.article, now.span) == ("withdrawn", None, None)
    assert is_recent(now.since)
    assert not now.stands


def test_a_citation_of_another_library_is_unknown(archive, cited):
    now = stands(archive, replace(cited, article_id="of another library", content_hash="0" * 64))
    assert (now.fate, now.since) == ("unknown", None)


def test_a_quote_that_its_article_never_held_is_told_apart_from_a_change(archive, cited):
    for wrong in (
        replace(cited, quote=CARRIED.replace("85", "850")),
        replace(cited, start=cited.start + 1),
        replace(cited, quote=""),
    ):
        assert stands(archive, wrong).fate == "misquoted"


def test_a_citation_without_a_version_is_judged_by_its_sentence(archive, cited):
    old = replace(cited, content_hash="")
    assert stands(archive, old).is_as_cited
    archive.index(ferry_text("The ferry Selma carried 58 sheep to Norby, its captain said."))
    assert stands(archive, old).fate == "changed"
    archive.index(with_ferry())
    assert stands(archive, old).fate == "withdrawn"
