"""The whole way with the real models: the sample articles in, checked and cited answers out."""

from __future__ import annotations

import os
import signal

import pytest

from eval.gate import SAMPLES
from index import models
from index.embed import SentenceTransformerEmbedder
from index.library import Library
from index.settings import IndexSettings
from index.sync import sync
from index.vectors import VectorStore
from rag.assistant import Assistant, open_assistant
from rag.llm import LocalWriter
from rag.schema import Finished, Found, Notice, Understood, Wrote
from rag.settings import RagSettings

pytestmark = [pytest.mark.model, pytest.mark.timeout(600)]

QUESTION = "How many Russians arrived in Georgia, and how many in Finland?"
PATIENT = RagSettings(llm_timeout_s=300)  # a busy machine is not a dead model
SHORT = RagSettings(max_tokens=48, llm_timeout_s=300)  # long enough to be killed in
NEXT = "How many men waited beside the transport plane at Magadan airport?"
# Menus, adverts, teasers and footers of the two saved pages.
CLUTTER = {
    "baltic-ledger-finland.html": (
        *("Gas storage at 87 per cent", "Cable layer Aurora", "smoked sprats", "Tallinn tram"),
        *("grandmaster Ozols", "Nordlight Insurance", "Editor-in-chief", "Cookie settings"),
        *("48 comments", "Basketball results"),
    ),
    "meridian-post-border-count.html": (
        *("412 partners", "Accept all", "light rain", "Crossword", "Subscribe for 4.90"),
        *("Driftwood mattresses", "Ferry to Tern Island", "Otter moves", "Fjord of Gulls"),
        *("Mayor Lindqvist", "Twelve soups", "Morning Tide", "12 Quay Lane", "Copy link"),
    ),
}
ABOUT_CLUTTER = (
    "Who beat grandmaster Ozols at chess?",
    "Why did Mayor Lindqvist resign?",
    "Why did the otter move into the maritime museum?",
    "How full is the gas storage ahead of winter?",
)


class CutOffWriter(LocalWriter):
    """The local model, killed after its first word whenever ``armed``."""

    armed = False

    def stream(self, messages, **options):
        for piece in super().stream(messages, **options):
            yield piece
            if self.armed:
                self.armed = False
                os.kill(self.pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def settings(tmp_path_factory, weights_home):
    """Return the settings of a home that shares the weights and nothing else."""
    home = tmp_path_factory.mktemp("home")
    (home / "models").symlink_to(weights_home / "models", target_is_directory=True)
    return IndexSettings(home=home)


@pytest.fixture(scope="module")
def report(settings):
    """Index the sample articles and return what that did."""
    return sync([SAMPLES], settings, embedding_model(settings))


@pytest.fixture(scope="module")
def assistant(settings, report):
    """Return an assistant over the samples, as the command line opens it."""
    opened = open_assistant(settings, PATIENT)
    yield opened
    opened.close()


def embedding_model(settings):
    return models.find(models.EMBEDDING, settings.models_dir, None)


def assert_cited(answer, assistant):
    """Every claim is where it says, cites a quote, and every quote stands in its article."""
    assert answer.claims
    numbered = {citation.n: citation for citation in answer.citations}
    for claim in answer.claims:
        assert answer.answer[claim.start : claim.end] == claim.text
        assert claim.citations
        assert set(claim.citations) <= set(numbered)
    for citation in (*answer.citations, *answer.near_misses):
        article = assistant.article(citation.article_id)
        assert article.text[citation.start : citation.end] == citation.quote


def test_all_sample_articles_are_read(report):
    assert (report.added, report.failures) == (10, ())
    assert report.n_chunks_embedded >= 10


def test_a_second_run_embeds_nothing_and_does_not_even_load_the_model(settings, report):
    def load(folder, *, batch_size):
        raise AssertionError("the embedding model was loaded")

    again = sync([SAMPLES], settings, embedding_model(settings), load=load)
    assert (again.unchanged, again.n_chunks_embedded) == (10, 0)


def test_quotes_answer_without_a_language_model(assistant):
    answer = assistant.answer(QUESTION, extractive=True)
    assert answer.writer == "extractive"
    assert "53,000" in answer.answer
    assert "43,000" in answer.answer
    assert_cited(answer, assistant)
    quotes = {" ".join(citation.quote.split()) for citation in answer.citations}
    assert {claim.text for claim in answer.claims} <= quotes


def test_the_local_model_answers_after_the_quotes_are_shown(assistant):
    events = list(assistant.ask(QUESTION))
    kinds = [type(event) for event in events]
    assert kinds[:2] == [Understood, Found]
    assert set(kinds[2:-1]) == {Wrote}
    assert kinds[-1] is Finished
    answer = events[-1].answer
    assert answer.writer == "local"
    assert "53,000" in answer.answer
    assert_cited(answer, assistant)
    written = [event.claim for event in events if isinstance(event, Wrote)]
    assert tuple(written) == answer.claims


def test_a_model_killed_in_mid_answer_is_replaced_by_quotes_and_then_by_a_new_process(
    settings, report
):
    writer = CutOffWriter(SHORT, lambda: models.find(models.LANGUAGE, settings.models_dir, None))
    assistant = Assistant(
        Library(settings.library_dir),
        VectorStore(settings.library_dir),
        SentenceTransformerEmbedder(embedding_model(settings)),
        writer,
        SHORT,
    )
    try:
        assistant.warm()
        killed = writer.pid
        writer.armed = True
        events = list(assistant.ask(QUESTION))
        answer = events[-1].answer
        assert not writer.armed
        assert [event.text for event in events if isinstance(event, Notice)] == [*answer.notices]
        assert "made of quotes instead" in answer.notices[0]
        assert answer.writer == "extractive"
        assert "53,000" in answer.answer
        assert_cited(answer, assistant)

        after = assistant.answer(NEXT)
        assert after.writer == "local"
        assert after.notices == ()
        assert "100" in after.answer
        assert_cited(after, assistant)
        assert writer.pid not in (None, killed)
    finally:
        assistant.close()


@pytest.mark.parametrize("name", CLUTTER)
def test_the_clutter_of_a_page_is_not_in_its_article(assistant, name):
    page = (SAMPLES / name).read_text("utf-8")
    answer = assistant.answer("How long was the line of vehicles at Upper Lars?", extractive=True)
    by_name = {assistant.article(i).name: assistant.article(i) for i in answer.retrieved}
    article = by_name[name]
    assert [text for text in CLUTTER[name] if text not in page] == []
    assert [text for text in CLUTTER[name] if text in article.text + article.title] == []


@pytest.mark.parametrize("question", ABOUT_CLUTTER)
def test_what_only_the_clutter_says_is_not_answered(assistant, question):
    answer = assistant.answer(question, extractive=True)
    assert answer.status == "abstained"
    shown = " ".join(citation.quote for citation in answer.near_misses)
    assert [text for texts in CLUTTER.values() for text in texts if text in shown] == []
