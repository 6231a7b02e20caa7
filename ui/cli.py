"""The command line: one function a command. Options become settings, errors become one line.

Exit codes: 0 done; 1 an error; 2 a command or option that there is not; 3 done, but some files
could not be read or some citations do not stand; 130 interrupted.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from importlib import metadata
from typing import TYPE_CHECKING, Annotated

import typer

from index.errors import DatelineError, InputError
from index.settings import IndexSettings, default_home
from rag.question import check_date, understand
from rag.settings import RagSettings
from ui import check, ingest, search, upkeep
from ui.batch import load_questions
from ui.environment import prepare
from ui.options import (
    AsJson,
    AsOf,
    Authors,
    BatchFile,
    BatchOut,
    Browser,
    CheckerPath,
    DateFrom,
    DateTo,
    EmbedModel,
    Examples,
    Extractive,
    Folders,
    Home,
    Host,
    Languages,
    LlmModel,
    LlmPath,
    LlmUrl,
    Outlets,
    PairsFile,
    Port,
    QuestionText,
    RerankerPath,
    Reword,
    VerdictsOut,
    batch_out,
    filters_of,
    index_settings,
    question_of,
    rag_settings,
    within,
)
from ui.pairs import load_pairs
from ui.render import json_text
from ui.terminal import (
    ask_all,
    ask_aloud,
    bytes_bar,
    complain,
    judge_aloud,
    print_status,
    say,
    tolerate_any_text,
)

if TYPE_CHECKING:
    from rag.assistant import Assistant

ANY_DAY = "2000-01-01"  # to check a question with, where its own day does not matter yet

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(ingest.app)
app.add_typer(search.app)
app.add_typer(upkeep.app)
app.add_typer(check.app)


def main() -> None:
    """Run the command line; a DatelineError is one line on standard error and exit code 1."""
    tolerate_any_text()
    prepare(default_home())
    _plug_in()
    try:
        app(prog_name="dateline")
    except DatelineError as exc:
        complain(str(exc))
        sys.exit(1)
    except SystemExit as exc:
        if exc.code == 130:  # the parser's own code for Ctrl-C, about which it says nothing
            complain("stopped. What was finished is kept; run it again to go on.")
        raise


def _plug_in() -> None:
    """Add the commands of the layers that this one may not import."""
    known = {group.name for group in app.registered_groups}
    for plugin in metadata.entry_points(group="dateline.commands"):
        if plugin.name not in known:
            app.add_typer(plugin.load(), name=plugin.name)


def _show_version(wanted: bool) -> None:
    if wanted:
        say(f"dateline {metadata.version('dateline')}")
        raise typer.Exit


@app.callback()
def dateline(
    version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_show_version, help="Show the version."),
    ] = False,
) -> None:
    """Answer questions about a folder of news articles; every sentence is cited and checked."""


@app.command()
def models(
    home: Home = None,
    embed_model: EmbedModel = None,
    llm_path: LlmPath = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Hash what is there again; fetch nothing.")
    ] = False,
) -> None:
    """Fetch and verify the model weights (about 1.2 GB, once)."""
    settings = index_settings(home, embed_model)
    from index import models as weights

    chosen = ((weights.EMBEDDING, embed_model), (weights.LANGUAGE, llm_path))
    with bytes_bar() as bar:
        for spec, given in chosen:
            task = bar.add_task(spec.name, total=None)

            def show(what: str, done: int, total: int, task: object = task) -> None:
                bar.update(task, description=what, completed=done, total=total)  # type: ignore[arg-type]

            if verify and given is None:
                weights.verify(spec, settings.models_dir, show)
                found = settings.models_dir / spec.folder
            else:
                found = weights.fetch(spec, settings.models_dir, given=given, progress=show)
            bar.remove_task(task)
            say(f"{spec.name}: {found}")


@app.command()
def status(home: Home = None, as_json: AsJson = False) -> None:
    """Show what the library holds."""
    settings = index_settings(home)
    from index import models as weights
    from index.library import Library

    library = Library(settings.library_dir)
    found, manifest = library.status(), library.manifest
    library.close()
    if as_json:
        values = {"library": str(settings.library_dir), **asdict(found)}
        values["models"] = weights.present(settings.models_dir)
        say(json_text({**values, "manifest": asdict(manifest) if manifest else None}))
        return
    print_status(
        settings, found, str(manifest or "nothing yet"), weights.present(settings.models_dir)
    )


@app.command()
def ask(
    question: QuestionText = None,
    as_json: AsJson = False,
    extractive: Extractive = False,
    as_of: AsOf = None,
    date_from: DateFrom = None,
    date_to: DateTo = None,
    source: Outlets = None,
    author: Authors = None,
    language: Languages = None,
    folder: Folders = None,
    batch: BatchFile = None,
    out: BatchOut = None,
    llm_url: LlmUrl = None,
    llm_model: LlmModel = None,
    llm_path: LlmPath = None,
    reword: Reword = None,
    checker: CheckerPath = None,
    reranker: RerankerPath = None,
    embed_model: EmbedModel = None,
    home: Home = None,
) -> None:
    """Answer a question, with the sentences that say so.

    Dates are written YYYY-MM-DD. A line of a --batch file is {"id": "1", "question": "..."}, and
    may hold "as_of" and "history", a list of [question, answer].
    """
    # All of it is checked before a model is loaded: a slip should not cost ten seconds.
    filters = within(filters_of(date_from, date_to, source), author, language, folder)
    day = check_date(as_of, "as-of") if as_of is not None else None
    rag = rag_settings(
        llm_url, llm_model, llm_path, extractive, reword, checker=checker, reranker=reranker
    )
    opened = _assistant(index_settings(home, embed_model), rag)
    if batch is not None:
        answers = batch_out(question, batch, out)
        questions = load_questions(batch, as_of=day)
        raise typer.Exit(1 if ask_all(opened, questions, answers, filters) else 0)
    asked = question_of(question, out)
    understand(asked, (), filters, day or ANY_DAY)
    with opened as assistant:
        if as_json:
            answer = assistant.answer(asked, filters=filters, as_of=day)
            say(json_text(answer.to_dict(), indent=2))
        else:
            ask_aloud(assistant, asked, filters, day)


@app.command()
def verify(pairs: PairsFile, out: VerdictsOut, checker: CheckerPath = None) -> None:
    """Check claims against texts: a line of {"id", "support", "verdict", "reason"} for each.

    Support is in [0, 1], higher is better. A text may be as long as an article. A run that was
    stopped goes on where it was.
    """
    if out.resolve() == pairs.resolve():
        raise InputError(f"--out is the file of pairs {pairs} itself: name another file.")
    lines = load_pairs(pairs)
    # Imported here: it takes seconds, and a slip in an option should not cost them.
    from rag.verify import Verifier

    judge_aloud(Verifier(checker), lines, out)


@app.command()
def chat(
    port: Port = None,
    host: Host = "127.0.0.1",
    browser: Browser = True,
    example: Examples = None,
    extractive: Extractive = False,
    llm_url: LlmUrl = None,
    llm_model: LlmModel = None,
    llm_path: LlmPath = None,
    reword: Reword = None,
    checker: CheckerPath = None,
    reranker: RerankerPath = None,
    embed_model: EmbedModel = None,
    home: Home = None,
) -> None:
    """Open the web chat on this machine."""
    rag = rag_settings(
        llm_url, llm_model, llm_path, extractive, reword, checker=checker, reranker=reranker
    )
    with _assistant(index_settings(home, embed_model), rag) as assistant:
        from ui.web import serve

        assistant.warm_in_background()
        serve(
            assistant,
            host=host,
            port=port,
            open_browser=browser,
            examples=tuple(example or ()),
            announce=say,
        )


@contextmanager
def _assistant(settings: IndexSettings, rag: RagSettings) -> Iterator[Assistant]:
    # Imported here: it takes seconds, and `dateline --help` needs none of it.
    from rag.assistant import open_assistant

    assistant = open_assistant(settings, rag)
    try:
        yield assistant
    finally:
        assistant.close()
