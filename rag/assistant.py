"""The table of contents: question -> retrieve -> evidence -> compose -> verify -> answer.

``ask`` is a generator of events, so that the page, the command line and the evaluation consume
the same thing. Closing it stops the language model.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

from index import models
from index.embed import Embedder
from index.errors import DatelineError, WriterError
from index.library import Library
from index.schema import Article
from index.settings import IndexSettings
from index.vectors import VectorStore
from rag import compose
from rag.answering import Answering
from rag.find import Finding, find
from rag.llm import Writer, open_writer
from rag.opening import open_library
from rag.question import parts
from rag.rerank import Reranker, open_reranker
from rag.retrieve import Retriever
from rag.schema import (
    Answer,
    Citation,
    Event,
    Filters,
    Finished,
    Found,
    Question,
    Turn,
    Understood,
    Wrote,
)
from rag.settings import RagSettings
from rag.standing import Standing, standing
from rag.understanding import Understanding, Wording
from rag.verify import Verifier

EVERYTHING = Filters()


def open_assistant(index_settings: IndexSettings, rag_settings: RagSettings) -> Assistant:
    """Open the library and load the embedding model; the language model starts at first use.

    Raises:
        NoLibraryError: nothing has been indexed yet.
        MismatchError: the library was built with another embedding model or splitter.
        ModelError: a model's folder holds none.
    """
    reranker = open_reranker(rag_settings.reranker_path)
    verifier = Verifier(rag_settings.checker_path)
    if rag_settings.checker_path is not None:
        verifier.load()  # a slip in its name should not wait for the first answer
    opened = open_library(index_settings)

    def gguf() -> Path:
        return models.find(models.LANGUAGE, index_settings.models_dir, rag_settings.llm_path)

    return Assistant(
        *opened,
        open_writer(rag_settings, gguf=gguf),
        rag_settings,
        verifier=verifier,
        reranker=reranker,
    )


class Assistant:
    """Answers questions about one library."""

    def __init__(
        self,
        library: Library,
        vectors: VectorStore,
        embedder: Embedder,
        writer: Writer,
        settings: RagSettings,
        *,
        verifier: Verifier | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        self._library = library
        self._vectors = vectors
        self._understanding = Understanding(library, writer, settings.rewords_within_s)
        self._retriever = Retriever(library, vectors, embedder, reranker=reranker)
        self._writer = writer
        self._settings = settings
        self._verifier = verifier or Verifier(with_reader=False)

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = EVERYTHING,
        as_of: str | None = None,
        extractive: bool = False,
        standalone: str | None = None,
    ) -> Iterator[Event]:
        """Yield what happens on the way to an answer; the last event is ``Finished``.

        ``as_of`` None: today, or the newest article's day where the archive is older.
        ``standalone``: the reader's own wording of a follow-up, instead of ours.

        Raises InputError when the question or a date makes no sense, LibraryError when the
        library cannot be read. Never raises for a language model that fails: the answer is then
        made of quotes, and a Notice says so.
        """
        began = time.monotonic()
        wording = Wording(question, history, standalone)
        asked = self._understanding.question(wording, filters, as_of, by_model=not extractive)
        yield Understood(asked)
        run = Answering(asked, self._find(asked), self._verifier)
        run.timings["retrieve_s"] = time.monotonic() - began
        if notice := self._empty_scope(asked, bool(run.retrieved)):
            yield run.notice(notice)
        by_quotes = extractive or self._settings.extractive
        if run.chosen and not (by_quotes and run.is_doubtful):
            if not run.is_doubtful:
                yield Found(run.cited(run.chosen))
            yield from self._written(run, by_quotes, began)
        run.timings["total_s"] = time.monotonic() - began
        yield Finished(run.answer(uuid.uuid4().hex, self._library.snapshot()))

    def answer(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = EVERYTHING,
        as_of: str | None = None,
        extractive: bool = False,
        standalone: str | None = None,
    ) -> Answer:
        """Return the answer that ``ask`` ends with."""
        events = self.ask(
            question,
            history=history,
            filters=filters,
            as_of=as_of,
            extractive=extractive,
            standalone=standalone,
        )
        for event in events:
            if isinstance(event, Finished):
                return event.answer
        raise AssertionError("ask ended without an answer")

    def article(self, article_id: str) -> Article:
        """Return an article. Raises NotFoundError when the library has none of that id."""
        return self._library.article(article_id)

    def standing(self, citation: Citation) -> Standing:
        """Return how a citation of an earlier answer stands in the library now."""
        return standing(self._library, citation)

    def sources(self) -> tuple[str, ...]:
        """Return the outlets whose articles are in the library, by name."""
        return self._library.sources()

    def warm(self) -> None:
        """Start the language model and let it read what all prompts share. Raises WriterError."""
        if not self._settings.extractive:
            self._writer.warm(compose.prompt("", ()))

    def warm_in_background(self) -> None:
        """Warm up while the page opens; a model that cannot start is reported when it is asked."""

        def warm() -> None:
            with suppress(DatelineError):
                self.warm()

        threading.Thread(target=warm, daemon=True, name="warm").start()

    def close(self) -> None:
        """Stop the language model and close the library."""
        self._writer.close()
        self._vectors.close()
        self._library.close()

    def _find(self, asked: Question) -> list[Finding]:
        """Look for each part of a question; one that leans on a part without answer has none."""
        found: list[Finding] = []
        whole = parts(asked)
        for part in whole:
            finding = find(self._retriever, part)
            if len(whole) > 1 and part.history and found and found[-1].lacking:
                finding = replace(finding, lacking=found[-1].lacking, chosen=(), sides=())
            found.append(finding)
        return found

    def _written(self, run: Answering, extractive: bool, began: float) -> Iterator[Event]:
        """Write the answer by the model, or by quoting when it is not wanted or has failed."""
        if not extractive:
            run.writer = self._writer.kind
            try:
                yield from self._drafted(run, began)
            except WriterError as exc:
                yield run.notice(f"{exc} The answer is made of quotes instead.")
                run.start_over()
                extractive = True
        if extractive:
            run.writer = "extractive"
        for claim in run.quotes(all_chosen=extractive):
            run.timings.setdefault("first_sentence_s", time.monotonic() - began)
            yield Wrote(claim)

    def _drafted(self, run: Answering, began: float) -> Iterator[Event]:
        asked = run.question.standalone
        if run.is_in_vain(compose.refusal(self._writer, asked, run.chosen)):
            return
        if run.is_doubtful:  # nothing was found, but for the model
            yield Found(run.cited(run.chosen))
        drafts = compose.write(self._writer, asked, run.chosen, self._settings.max_tokens)
        with closing(drafts):
            for draft in drafts:
                if (claim := run.consider(draft)) is not None:
                    run.timings.setdefault("first_sentence_s", time.monotonic() - began)
                    yield Wrote(claim)
        for failed in run.to_reword():
            # The answer stands without it: a model that fails now loses one sentence.
            with suppress(WriterError):
                again = compose.reword(
                    self._writer, asked, failed.evidence, failed.text, self._settings.max_tokens
                )
                if again is not None and (claim := run.reconsider(failed.n, again)) is not None:
                    run.timings.setdefault("first_sentence_s", time.monotonic() - began)
                    yield Wrote(claim)

    def _empty_scope(self, question: Question, anything: bool) -> str | None:
        """Say why nothing was searched, when the filters leave no article."""
        known = {source.lower() for source in self._library.sources()}
        unknown = [s for s in question.filters.sources if s.lower() not in known]
        if unknown:
            return f"No article is from {', '.join(unknown)}. `dateline status` lists the outlets."
        return None if anything else "No article lies within the limits asked for."
