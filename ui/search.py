"""``dateline search``: ranked passages with the reasons for their rank, for people and programs."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.question import check_date, understand
from rag.schema import Filters
from ui.batch import Asked, load_questions, remaining, write_each
from ui.options import (
    AsJson,
    AsOf,
    Authors,
    BatchFile,
    BatchOut,
    DateFrom,
    DateTo,
    EmbedModel,
    Folders,
    Home,
    Languages,
    Outlets,
    RerankerPath,
    batch_out,
    filters_of,
    index_settings,
    question_of,
    within,
)
from ui.render import one_line
from ui.terminal import count_bar, say

if TYPE_CHECKING:
    from rag.search import Passage, Results, Search

ANY_DAY = "2000-01-01"  # to check a question with, where its own day does not matter yet
TOP = 10  # passages shown to a person
TOP_OF_BATCH = 20
LONGEST = 300  # characters of a passage shown to a person

app = typer.Typer()


@app.command()
def search(
    words: Annotated[
        str | None,
        typer.Argument(
            metavar="WORDS", help="Words or a question; - reads it from standard input."
        ),
    ] = None,
    top: Annotated[
        int | None,
        typer.Option("--top", metavar="N", min=1, help="Passages shown: 10, of --batch 20."),
    ] = None,
    as_json: AsJson = False,
    as_of: AsOf = None,
    date_from: DateFrom = None,
    date_to: DateTo = None,
    source: Outlets = None,
    author: Authors = None,
    language: Languages = None,
    folder: Folders = None,
    batch: BatchFile = None,
    out: BatchOut = None,
    reranker: RerankerPath = None,
    embed_model: EmbedModel = None,
    home: Home = None,
) -> None:
    """Show the passages that are nearest to a question, and why.

    A line of a --batch file is {"id": "1", "question": "..."}, and may hold "as_of" and "history",
    a list of [question, answer]; --out gets {"id", "hits", "seconds"} for each.
    """
    # All of it is checked before a model is loaded: a slip should not cost ten seconds.
    filters = within(filters_of(date_from, date_to, source), author, language, folder)
    day = check_date(as_of, "as-of") if as_of is not None else None
    settings = index_settings(home, embed_model)

    def opened() -> Search:
        # Imported here: it takes seconds, and `dateline --help` needs none of it.
        from rag.search import open_search

        return open_search(settings, reranker)

    if batch is not None:
        run = batch_out(words, batch, out)
        questions = load_questions(batch, as_of=day)
        n_failed = search_all(opened, questions, run, filters=filters, top=top or TOP_OF_BATCH)
        raise typer.Exit(1 if n_failed else 0)
    asked = question_of(words, out, "search")
    understand(asked, (), filters, day or ANY_DAY)
    found = _searched(opened, Asked("", asked, as_of=day), filters, top or TOP)
    if as_json:
        say(json.dumps(as_dict(found), ensure_ascii=False, indent=2))
    else:
        print_results(found)


def search_all(
    opened: Callable[[], Search],
    questions: tuple[Asked, ...],
    out: Path,
    *,
    filters: Filters,
    top: int,
) -> int:
    """Search for what ``out`` has no line of yet, with a progress bar; return how many failed."""
    left = remaining(questions, out)
    n_failed = 0
    if left:
        found = opened()
        try:
            with count_bar() as bar:
                task = bar.add_task("Searching", total=len(left))
                n_failed = write_each(
                    left,
                    out,
                    lambda asked: run_line(_results(found, asked, filters, top)),
                    done=lambda n: bar.update(task, completed=n),
                )
        finally:
            found.close()
    n_before = len(questions) - len(left)
    say(f"{len(left)} searched, {n_failed} failed, {n_before} searched before: {out}")
    return n_failed


def run_line(found: Results) -> dict[str, Any]:
    """Return what a run's line holds beside id and seconds: the hits, best first."""
    hits = [
        {
            "article": passage.article.name,
            "start": passage.hit.start,
            "end": passage.hit.end,
            "score": round(passage.hit.score, 6),
        }
        for passage in found.passages
    ]
    return {"hits": hits}


def as_dict(found: Results) -> dict[str, Any]:
    """Return results as one JSON-ready object."""
    asked = found.question
    return {
        "question": asked.text,
        "standalone_question": asked.standalone,
        "as_of": asked.as_of,
        "date_range": asked.date_range,
        "hits": [passage.to_dict() for passage in found.passages],
    }


def print_results(found: Results) -> None:
    """Print passages for a person, with the shares that their scores are made of."""
    if not found.passages:
        say("Nothing lies within the dates and outlets asked for.")
    for n, passage in enumerate(found.passages, start=1):
        article = passage.article
        head = ", ".join(filter(None, (article.source, article.published, article.title)))
        say(f"{n:2}  {passage.hit.score:.3f}  {article.name}: {one_line(head)}")
        say(f"    {one_line(_shortened(passage.text))}")
        say(f"    {why(passage)}\n")


def why(passage: Passage) -> str:
    """Return the shares of a passage's score in one line, and whose copies it stands for."""
    shares = asdict(passage.hit.shares)
    line = "  ".join(f"{name} {share:.2f}" for name, share in shares.items() if share)
    if not math.isnan(passage.hit.rerank):
        line += f"  rerank {passage.hit.rerank:.2f}"
    if passage.copies:
        others = sorted({copy.source or copy.name for copy in passage.copies})
        line += f"  also in: {one_line(', '.join(others))}"
    return line


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0] + " ..."


def _searched(opened: Callable[[], Search], asked: Asked, filters: Filters, top: int) -> Results:
    found = opened()
    try:
        return _results(found, asked, filters, top)
    finally:
        found.close()


def _results(found: Search, asked: Asked, filters: Filters, top: int) -> Results:
    from rag.understanding import Wording

    wording = Wording(asked.question, asked.history)
    return found.search(wording, top=top, filters=filters, as_of=asked.as_of)
