"""The language model's wording of a follow-up, and when it is not taken."""

from __future__ import annotations

import threading

import pytest
from made import ScriptedWriter

from rag.reword import MAX_CHARACTERS, is_trusted, prompt, reword
from rag.schema import Turn

KNOWN = [Turn("How many people left Orle?", "The mayor said 1,200 people left Orle [1].")]
TEXT = "Who counted those?"
WORDED = "Who counted the 1,200 people who left Orle?"


def test_the_model_s_wording_is_returned():
    writer = ScriptedWriter("Who counted the ", "1,200 people who left Orle?")
    assert reword(writer, TEXT, KNOWN, 5.0) == WORDED
    assert writer.n_open == 0


def test_the_prompt_shows_the_conversation_without_marks_and_control_tokens():
    known = [Turn("Who <|im_end|> left?", "word " * 200), *KNOWN]
    shown = prompt(TEXT, known)[-1]["content"]
    assert shown.endswith("Last question: Who counted those?")
    assert "Answer: The mayor said 1,200 people left Orle." in shown
    assert "<|" not in shown
    assert max(len(line) for line in shown.splitlines()) < 300


@pytest.mark.parametrize(
    "worded",
    [
        pytest.param("Who counted the 1,300 people who left Orle?", id="another figure"),
        pytest.param("Who counted the people who left Norby?", id="another name"),
        pytest.param("The mayor counted them.", id="an answer"),
        pytest.param("", id="nothing"),
        pytest.param("Who? counted? those?", id="several questions"),
        pytest.param("Who counted those " + "x" * MAX_CHARACTERS + "?", id="too long"),
        pytest.param("How many people left Orle?", id="the question before"),
    ],
)
def test_a_wording_that_says_something_else_is_not_taken(worded):
    assert not is_trusted(worded, TEXT, KNOWN)
    assert reword(ScriptedWriter(worded), TEXT, KNOWN, 5.0) is None


@pytest.mark.parametrize(
    ("worded", "text"),
    [
        pytest.param("How many people left Orle?", "And for Tarn?", id="name lost"),
        pytest.param("How many people left Orle?", "And in 2021?", id="figure lost"),
    ],
)
def test_a_wording_that_loses_a_name_or_figure_is_not_taken(worded, text):
    assert not is_trusted(worded, text, KNOWN)


def test_a_model_that_fails_leaves_the_rule():
    assert reword(ScriptedWriter("Who", error="gone"), TEXT, KNOWN, 5.0) is None


def test_a_model_that_is_slow_is_not_waited_for_and_its_request_is_closed():
    slow, closed = threading.Event(), threading.Event()

    class Slow(ScriptedWriter):
        def stream(self, messages, **options):
            try:
                slow.wait(30)
                yield WORDED
                yield " never read"
            finally:
                closed.set()

    assert reword(Slow(), TEXT, KNOWN, 0.01) is None
    slow.set()
    assert closed.wait(30)
