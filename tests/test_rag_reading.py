"""What the sentences of the best articles say moves the chunks that they stand in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from fakes import HashEmbedder
from made import TODAY, Archive

from index.library import Library
from index.vectors import VectorStore
from rag.dating import Wanted
from rag.pooling import Sought
from rag.question import understand
from rag.ranking import NO_SHARES, ORDINARY
from rag.reading import N_READ, read
from rag.retrieve import Retriever
from rag.schema import Filters, Hit, Preference

ASKED = "dam broke ice"
RECORDS = tuple(
    {"id": name, "title": title, "source": "Post", "date": "2021-03-04", "text": text}
    for name, title, text in (
        ("said", "A night", "Goats slept.\n\nThe dam broke under ice, they said at noon."),
        ("apart", "A dam", "The dam is old.\n\nGlasses broke at the inn.\n\nTea comes with ice."),
        ("other", "A fair", "Bread was sold.\n\nNobody in town slept that night, it was said."),
    )
)


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    archive = Archive(tmp_path_factory.mktemp("reading"), RECORDS)
    archive.index()
    opened = Library(archive.settings.library_dir)
    yield opened
    opened.close()


def sought():
    words = ASKED.split()
    weights = np.ones(len(words))
    vector = HashEmbedder().embed_query(ASKED)
    days = Wanted((None, None), 0.0)
    return Sought(vector, words, weights, weights, days, Preference())


def hits_of(library, score=0.5):
    """One hit a chunk, all alike."""
    found = library.chunks(library.chunk_ids(library.ids()))
    return [
        Hit(c.id, c.article_id, c.start, c.end, score, 0.1, 0.0)
        for c in sorted(found.values(), key=lambda c: c.id)
    ]


def names(library, hits):
    articles = library.articles([hit.article_id for hit in hits])
    return list(dict.fromkeys(articles[hit.article_id].name for hit in hits))


def test_a_sentence_that_holds_all_words_moves_its_chunk_up(library):
    moved = read(library, sought(), hits_of(library), 0.2)
    assert names(library, moved)[0] == "said"
    first = moved[0]
    assert first.shares.sentence == 1.0
    assert first.score == pytest.approx(0.7)
    text = library.article(first.article_id).text[first.start : first.end]
    assert "dam broke under ice" in text


def test_scores_stay_in_order_and_shares_between_0_and_1(library):
    moved = read(library, sought(), hits_of(library), 0.2)
    scores = [hit.score for hit in moved]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= hit.shares.sentence <= 1 for hit in moved)
    assert {hit.chunk_id for hit in moved} == {hit.chunk_id for hit in hits_of(library)}


def test_only_the_best_articles_are_read(library, monkeypatch):
    asked = []
    whole = Library.sentences
    monkeypatch.setattr(Library, "sentences", lambda self, i: asked.append(i) or whole(self, i))
    many = [replace(hits_of(library)[0], article_id=f"gone{n}") for n in range(N_READ)]
    moved = read(library, sought(), [*many, *hits_of(library)], 0.2)
    assert asked == []
    assert all(hit.shares == NO_SHARES for hit in moved)


def test_an_article_that_is_gone_keeps_its_score(library):
    gone = replace(hits_of(library)[0], chunk_id="gone:0", article_id="gone")
    moved = {hit.chunk_id: hit for hit in read(library, sought(), [gone, *hits_of(library)], 0.2)}
    assert moved["gone:0"].score == gone.score


def test_one_article_alone_is_not_compared(library):
    (first, *_) = hits_of(library)
    assert read(library, sought(), [first], 0.2) == [first]


def test_nothing_found_is_nothing_read(library):
    assert read(library, sought(), [], 0.2) == []


def test_without_its_weight_nothing_is_read(library):
    vectors = VectorStore(library.folder)
    question = understand("Who said that the dam broke?", (), Filters(), TODAY)
    try:
        found = [
            Retriever(library, vectors, HashEmbedder(), ranking).retrieve(question).hits
            for ranking in (ORDINARY, replace(ORDINARY, sentence=0))
        ]
    finally:
        vectors.close()
    assert [any(hit.shares.sentence for hit in hits) for hits in found] == [True, False]
