"""What is known of the articles that a search came to."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest
from fakes import HashEmbedder
from made import TODAY, Archive

from index.library import Library
from index.vectors import VectorStore
from rag.question import understand
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
