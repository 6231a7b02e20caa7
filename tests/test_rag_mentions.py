"""Outlets and authors that a question asks to hear."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.mentions import Bylines
from rag.schema import Preference

KNOWN = Bylines(
    sources=(
        "ORK News",
        "www.plainpost.co.uk",
        "The Week",
        "Harbour Press Agency (HPA)",
        "Northern Star Tribune",
        "World Herald Online",
        "Time",
        "USA Morning",
        "usamorning.com",
    ),
    authors=("Jane Roe", "Bo Lind-Marr", "HPA"),
)


@pytest.mark.parametrize(
    ("question", "sources"),
    [
        ("How many fled according to ORK?", ("ORK News",)),
        ("How many fled according to ORK News?", ("ORK News",)),
        ("how many fled according to ork news?", ("ORK News",)),
        ("What did ORK report about the dam?", ("ORK News",)),
        ("What does Ork's article say about the dam?", ("ORK News",)),
        ("What was reported by the Plain Post?", ("www.plainpost.co.uk",)),
        ("What is on plainpost.co.uk about the dam?", ("www.plainpost.co.uk",)),
        ("What did The Week say about the dam?", ("The Week",)),
        ("What did the Week say about the dam?", ("The Week",)),
        ("What did the HPA count?", ("Harbour Press Agency (HPA)",)),
        ("What did the Harbour Press Agency count?", ("Harbour Press Agency (HPA)",)),
        ("According to the NST, who won?", ("Northern Star Tribune",)),
        ("What do articles in Time say?", ("Time",)),
        ("What did USA Morning write?", ("USA Morning", "usamorning.com")),
        ("What do ORK and The Week say? And what did Time report?", ("The Week", "Time")),
        ("Who owns ORK?", ()),
        ("Who said last week that time is up?", ()),
        ("Did the week say anything of Orle?", ()),
        ("What do outlets other than ORK report?", ()),
        ("What did Norby News report?", ()),
        ("Who says so?", ()),
        ("What did WHO report?", ("World Herald Online",)),
        ("", ()),
    ],
)
def test_an_outlet_asked_to_be_heard_is_preferred(question, sources):
    assert KNOWN.preferred(question).sources == sources


@pytest.mark.parametrize(
    ("question", "authors"),
    [
        ("What does Jane Roe write about the dam?", ("Jane Roe",)),
        ("what does jane roe write about the dam", ("Jane Roe",)),
        ("What is in the article by Bo Lind-Marr?", ("Bo Lind-Marr",)),
        ("Who is Jane Roe?", ()),
        ("What does Jane write?", ()),
        ("What did the HPA count?", ("HPA",)),
    ],
)
def test_an_author_asked_to_be_heard_is_preferred(question, authors):
    assert KNOWN.preferred(question).authors == authors


def test_a_library_without_bylines_has_no_preference():
    assert Bylines().preferred("What did ORK report?") == Preference()


@given(st.text(max_size=120), st.lists(st.text(max_size=20), max_size=4))
def test_any_text_and_any_name_is_read_without_an_error(text, names):
    known = Bylines(names, names)
    assert set(known.preferred(text).sources) <= set(names)
