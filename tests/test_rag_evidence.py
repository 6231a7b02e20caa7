"""Ranked chunks -> sentences, with what they hold and what they lean on."""

from __future__ import annotations

import pytest
from fakes import HashEmbedder
from made import TODAY, Archive, article

from index.library import Library
from index.split import sentences
from index.vectors import VectorStore
from rag.evidence import NEIGHBOUR_SHARE, Weighing, choose, coverage
from rag.question import understand
from rag.retrieve import Retriever
from rag.schema import Filters

REPEATED = "The ferry Selma sank near Norby after a long and cold night at sea."
RECORDS = (
    {
        "id": "one",
        "title": "Ferry sinks",
        "source": "North Wire",
        "date": "2021-03-04",
        "text": f"{REPEATED} Its captain, Bo Lind, was saved by a fishing boat from Vell.\n\n"
        "He said that all 85 sheep had swum ashore before the morning came.\n\n"
        "Rescuers searched the water until noon, and then they went back home.",
    },
    {
        "id": "two",
        "title": "Selma lost",
        "source": "Orle Gazette",
        "date": "2021-03-05",
        "text": f"{REPEATED}\n\nThe owner had sold it twice in the same year to the same buyer.",
    },
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    made = Archive(tmp_path_factory.mktemp("evidence"))
    made.index(RECORDS)
    return made


def chosen(archive, text, **options):
    library = Library(archive.settings.library_dir)
    vectors = VectorStore(archive.settings.library_dir)
    retriever = Retriever(library, vectors, HashEmbedder())
    try:
        question = understand(text, (), Filters(), TODAY)
        return choose(library, retriever.retrieve(question), **options)
    finally:
        vectors.close()
        library.close()


def test_the_sentence_that_shares_most_words_comes_first(archive):
    found = chosen(archive, "Which boat saved captain Bo Lind?")
    assert found[0].text == "Its captain, Bo Lind, was saved by a fishing boat from Vell."


def test_evidence_is_best_first_and_verbatim(archive):
    found = chosen(archive, "How many sheep swam ashore?")
    assert [e.score for e in found] == sorted((e.score for e in found), reverse=True)
    for e in found:
        assert e.article.text[e.start : e.end] == e.text
        spans = sentences(e.article.text)
        assert (spans[e.n].start, spans[e.n].end) == (e.start, e.end)
        assert 0 <= e.coverage <= 1
        assert -1 <= e.dense <= 1.001


def test_the_same_words_from_two_articles_count_once(archive):
    texts = [e.text for e in chosen(archive, "Where did the ferry Selma sink?")]
    assert texts.count(REPEATED) == 1


def test_the_other_outlet_of_the_same_words_is_named(archive):
    (found,) = [e for e in chosen(archive, "Where did the ferry sink?") if e.text == REPEATED]
    assert {found.article.source, *found.also} == {"North Wire", "Orle Gazette"}


STORY = (
    "The harbour of Vell was closed on Friday after an oil slick reached its breakwater. "
    "Divers found a crack of two metres in the hull of the tanker Brisa, the harbour master said. "
    "He said the slick covered about 12 hectares and was drifting south with the evening tide. "
    "Fishing boats were kept inside, and the ferry to Norby was sent to the naval quay instead. "
    "The owner of the tanker, a company in Calder, said it would pay for the cleaning in full. "
    "A barrier of 900 metres was laid out before dark by volunteers and the coast guard."
)
OUTLETS = ("North Wire", "Orle Gazette", "Calder Ledger", "Harbour Courier", "Vell Post")


def wire_copies():
    """One wire story in five papers: other headlines, a dateline, a cut, a local paragraph."""
    sentences_of = STORY.split(". ")
    texts = [
        STORY,
        f"VELL (North Wire) - {STORY}",
        ". ".join(sentences_of[:5]) + ".",
        f"{STORY}\n\nThe mayor of Calder will visit the harbour on Monday morning.",
        STORY.replace("about 12 hectares", "some 12 hectares"),
    ]
    return tuple(
        {
            "id": f"copy-{n}",
            "title": f"Headline number {n} of {outlet}",
            "source": outlet,
            "date": f"2021-03-0{n + 1}",
            "text": text,
        }
        for n, (outlet, text) in enumerate(zip(OUTLETS, texts, strict=True))
    )


def test_wire_copies_of_one_story_count_once_and_are_named(tmp_path):
    made = Archive(tmp_path)
    other = {
        "id": "other",
        "title": "Slick seen from the air",
        "source": "Island Radio",
        "date": "2021-03-04",
        "text": "A pilot of the island service said the slick at Vell covered 14 hectares by noon. "
        "She had flown over the harbour twice and taken photographs of the tanker.",
    }
    made.index((*wire_copies(), other))
    found = chosen(made, "How many hectares did the oil slick at Vell cover?", n=8)
    wire = {e.article.name for e in found if e.article.source in OUTLETS}
    assert len(wire) == 1
    assert any(e.article.name == "other" for e in found)
    (figure,) = [e for e in found if "12 hectares" in e.text]
    assert {figure.article.source, *figure.also} == set(OUTLETS)


def test_no_more_than_asked_for_are_kept(archive):
    assert len(chosen(archive, "Where did the ferry Selma sink?", n=2)) == 2


def test_a_sentence_carries_what_it_leans_on(archive):
    by_text = {e.text: e for e in chosen(archive, "Who said that the sheep swam?")}
    saved = by_text["Its captain, Bo Lind, was saved by a fishing boat from Vell."]
    assert saved.before == REPEATED  # the one before it in its paragraph
    said = by_text["He said that all 85 sheep had swum ashore before the morning came."]
    assert said.before == f"{REPEATED} {saved.text}"  # "he" leans on the paragraph before
    idle = by_text["Rescuers searched the water until noon, and then they went back home."]
    assert idle.before == ""  # a paragraph of its own that leans on nothing


@pytest.mark.parametrize(
    ("weights", "n", "expected"),
    [
        pytest.param({"dam": 2.0, "goat": 2.0}, 0, 0.5, id="one of two in the sentence"),
        pytest.param({"dam": 3.0, "goat": 1.0}, 0, 0.75, id="by weight"),
        pytest.param({"bridge": 1.0}, 0, NEIGHBOUR_SHARE, id="in the next sentence"),
        pytest.param({"dam": 1.0}, 1, NEIGHBOUR_SHARE, id="in the one before"),
        pytest.param({"dam": 1.0}, 2, 0.0, id="two sentences away"),
        pytest.param({"orle": 1.0}, 2, NEIGHBOUR_SHARE, id="in the title"),
        pytest.param({"wire": 1.0}, 2, NEIGHBOUR_SHARE, id="in the outlet"),
        pytest.param({"dam": 1.0, "bridge": 1.0}, 0, (1 + NEIGHBOUR_SHARE) / 2, id="both"),
        pytest.param({}, 0, 0.0, id="no words"),
        pytest.param({"dam": 0.0}, 0, 0.0, id="words without weight"),
    ],
)
def test_coverage(weights, n, expected):
    home = article(
        "The dam broke under ice today.\n\nThe bridge held firm all night.\n\n"
        "Nobody slept before morning came.",
        title="Night in Orle",
        source="North Wire",
    )
    spans = [(sentence.start, sentence.end) for sentence in sentences(home.text)]
    assert len(spans) == 3
    asked = Weighing(weights, HashEmbedder().embed_query("dam"))
    assert coverage(asked, home, spans, [n])[n] == pytest.approx(expected)
