"""The peer's blocks become spans, and its words for not knowing count as abstaining."""

from __future__ import annotations

import pytest

from eval.bench.peer_llamaindex import DECLINES, served, to_response
from index.errors import InputError
from index.schema import Article

TEXT = "The tram runs at six.\n\nThe ferry leaves at seven. A ticket costs 4 marks."
CORPUS = {
    "a.txt": Article(
        id="id-a",
        path="/a.txt",
        name="a.txt",
        title="",
        source="",
        authors=(),
        published=None,
        published_from="unknown",
        url=None,
        language=None,
        text=TEXT,
    )
}


class Block:
    """What is read of a LlamaIndex node."""

    def __init__(self, text: str) -> None:
        self.metadata = {"article": "a.txt"}
        self.text = text
        self.node = self

    def get_content(self) -> str:
        return self.text


BLOCKS = [
    Block("Source 1:\nThe tram runs at six.\n"),
    Block("Source 2:\nThe ferry leaves at seven. A ticket costs 4 marks.\n"),
]


def test_a_number_cites_its_whole_block_once():
    response = to_response("It leaves at seven [2]. Four marks [2].", BLOCKS, CORPUS)
    (citation,) = response.cited
    assert TEXT[citation.start : citation.end] == citation.quote
    assert citation.quote.startswith("The ferry")
    assert (response.n_spans, response.broken, response.abstained) == (1, (), False)


@pytest.mark.parametrize(
    "marker", ["[1][2]", "[Source 1] [source 2]", "[1, 2]", "[Sources 1 and 2]"]
)
def test_every_way_to_name_its_sources_is_understood(marker):
    response = to_response(f"At six and at seven {marker}.", BLOCKS, CORPUS)
    assert [citation.n for citation in response.cited] == [1, 2]


def test_words_in_brackets_are_no_source():
    assert to_response("He wore a [zinc-lined] coat [in 2022].", BLOCKS, CORPUS).n_spans == 0


def test_a_number_without_a_source_points_nowhere():
    response = to_response("At nine [3] [0].", BLOCKS, CORPUS)
    assert response.cited == ()
    assert response.broken == ("[3] of 2 sources", "[0] of 2 sources")


@pytest.mark.parametrize(
    "text",
    [
        "The provided sources do not mention Armenia.",
        "The sources don't contain any information on this.",
        "There is no information about the price [1].",
        "It is not specified in the sources.",
        "I don't know.",
        "Empty Response",
        "The name cannot be determined from the sources.",
        "None of the provided sources is helpful.",
    ],
)
def test_saying_that_the_sources_do_not_tell_is_abstaining(text):
    assert DECLINES.search(text)


@pytest.mark.parametrize(
    "text",
    ["The ferry leaves at seven [2].", "He did not go home [1].", "No one was hurt [1]."],
)
def test_an_answer_is_not(text):
    assert not DECLINES.search(text)


def test_without_a_model_it_says_what_to_give():
    with pytest.raises(InputError, match="--gguf"), served(None, "none", None):
        pass
