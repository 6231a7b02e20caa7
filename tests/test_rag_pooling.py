"""What is known of the articles that a search came to."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest
from fakes import HashEmbedder
from made import TODAY, Archive

from index.library import Library
from index.schema import Scope
from index.vectors import VectorStore
from rag.dating import Wanted
from rag.pooling import Sought, pooled, ranked
from rag.question import understand
from rag.ranking import ORDINARY
from rag.retrieve import Retriever
from rag.schema import Filters, Preference

NOBODY = Preference()
TEXT = "The goats of {place} slept in the old mill until the morning came, as they always do."


def shares(tmp_path, titles, question, prefers=NOBODY, **fields):
    """Return what is known of each article of these titles, by title."""
    records = tuple(
        {"id": str(n), "title": title, "source": "Post", "date": "2021-03-04", **fields}
        | {"text": TEXT.format(place=f"Norby{n}")}
        for n, title in enumerate(titles)
    )
    archive = Archive(tmp_path, records)
    archive.index()
    folder = archive.settings.library_dir
    with closing(Library(folder)) as library, closing(VectorStore(folder)) as vectors:
        retriever = Retriever(library, vectors, HashEmbedder())
        asked = replace(understand(question, (), Filters(), TODAY), prefers=prefers)
        hits = retriever.retrieve(asked).hits
        articles = library.articles([hit.article_id for hit in hits])
        return {articles[hit.article_id].title: hit.shares for hit in hits}


def test_the_headline_that_holds_the_question_is_told_from_others(tmp_path):
    found = shares(
        tmp_path, ["Goats sleep in a mill", "A mill", "Bread"], "Where did goats sleep in a mill?"
    )
    assert found["Goats sleep in a mill"].title == 1.0
    assert 0 < found["A mill"].title < 1.0
    assert found["Bread"].title == 0.0


def test_no_headline_speaks_neither_for_an_article_nor_against_it(tmp_path):
    found = shares(tmp_path, ["Goats in a mill", "", "Bread"], "Which goats are in a mill?")
    assert found["Bread"].title < found[""].title < found["Goats in a mill"].title


def test_without_any_headline_none_is_compared(tmp_path):
    found = shares(tmp_path, ["", ""], "Which goats are in a mill?")
    assert found[""].title == 0.0


def test_headlines_of_other_matters_are_alike(tmp_path):
    found = shares(tmp_path, ["Bread", "Tea"], "Which goats are in a mill?")
    assert found["Bread"].title == found["Tea"].title


@pytest.mark.parametrize(
    ("prefers", "wanted"),
    [
        pytest.param(Preference(authors=("Ana Roe",)), 1.0, id="author"),
        pytest.param(Preference(sources=("Post",)), 1.0, id="outlet"),
        pytest.param(Preference(authors=("Bo Lind",), sources=("Wire",)), 0.0, id="others"),
        pytest.param(NOBODY, 0.0, id="nobody"),
    ],
)
def test_who_the_question_asks_to_hear_is_preferred(tmp_path, prefers, wanted):
    found = shares(tmp_path, ["A mill"], "Which goats are in a mill?", prefers, author="Ana Roe")
    assert found["A mill"].prefers == wanted


def test_a_row_that_holds_another_article_meanwhile_is_not_taken_for_the_first(tmp_path):
    records = [
        {"id": name, "title": name, "source": "Post", "date": "2021-03-04", "text": text}
        for name, text in (
            ("first", TEXT.format(place="Norby")),
            ("second", TEXT.format(place="Orle")),
            ("third", TEXT.format(place="Tarn")),
        )
    ]
    archive = Archive(tmp_path, tuple(records[:2]))
    archive.index()
    words = ["goats", "mill"]
    weights = np.ones(len(words))
    vector = HashEmbedder().embed_query("goats mill")
    sought = Sought(vector, words, weights, weights, Wanted((None, None), 0.0), NOBODY)
    with closing(Library(archive.settings.library_dir)) as library:
        view = library.view
        lexical = dict(view.search_rows(words, 10, Scope()))
        pool = pooled(view, sought, {}, lexical, ORDINARY)
        assert len(ranked(view, library.db, sought, pool, ORDINARY)[0]) == 2
        archive.index([records[0], records[2]])  # the third takes the second's place
        hits, outlets = ranked(view, library.db, sought, pool, ORDINARY)
        names = [library.article(hit.article_id).name for hit in hits]
    assert names == ["first"]
    assert {hit.article_id for hit in hits} <= set(outlets)
