"""The options that several commands share, and the settings that they become.

Knows nothing of what a command does with them.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from index.errors import InputError
from index.files import located
from index.settings import IndexSettings, default_home
from rag.question import check_date
from rag.schema import Filters
from rag.settings import RagSettings
from ui.environment import endpoint_key, prepare
from ui.render import clean

Home = Annotated[
    Path | None,
    typer.Option(
        "--home",
        metavar="FOLDER",
        help="Library, weights and history. Default: DATELINE_HOME, else the user's data folder.",
    ),
]
EmbedModel = Annotated[
    Path | None,
    typer.Option(
        "--embed-model",
        metavar="FOLDER",
        help="A sentence-transformers model instead of the shipped one.",
    ),
]
LlmUrl = Annotated[
    str | None,
    typer.Option(
        "--llm-url",
        metavar="URL",
        help="An OpenAI-compatible endpoint (.../v1); its key in DATELINE_LLM_KEY.",
    ),
]
LlmModel = Annotated[
    str | None,
    typer.Option("--llm-model", metavar="NAME", help="The model's name at that endpoint."),
]
LlmPath = Annotated[
    Path | None,
    typer.Option(
        "--llm-path", metavar="FILE", help="A GGUF model instead of the shipped language model."
    ),
]
Reword = Annotated[
    float | None,
    typer.Option(
        "--reword",
        metavar="SECONDS",
        min=0,
        help="Wait so long for the model's wording of an unclear follow-up; 0: rules alone. "
        "Default: 6 with --llm-url, else 0.",
    ),
]
Extractive = Annotated[
    bool, typer.Option("--extractive", help="Quote the evidence; use no language model.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="Answer as of this day: nothing later is used."),
]
DateFrom = Annotated[
    str | None, typer.Option("--from", metavar="DATE", help="Only what appeared on or after it.")
]
DateTo = Annotated[
    str | None, typer.Option("--to", metavar="DATE", help="Only what appeared on or before it.")
]
Outlets = Annotated[
    list[str] | None,
    typer.Option("--source", metavar="OUTLET", help="Only this outlet; may be repeated."),
]
Authors = Annotated[
    list[str] | None,
    typer.Option("--author", metavar="NAME", help="Only by this author; may be repeated."),
]
Languages = Annotated[
    list[str] | None,
    typer.Option("--language", metavar="CODE", help="Only in this language, such as en."),
]
Folders = Annotated[
    list[Path] | None,
    typer.Option("--folder", metavar="PATH", help="Only from below this folder or export file."),
]

QuestionText = Annotated[
    str | None,
    typer.Argument(metavar="QUESTION", help="In words; - reads it from standard input."),
]
BatchFile = Annotated[
    Path | None,
    typer.Option("--batch", metavar="FILE", help="Ask every question of a JSONL file."),
]
BatchOut = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Where --batch writes; a second run goes on there."),
]
Port = Annotated[
    int | None,
    typer.Option(
        "--port", metavar="N", min=1, max=65535, help="Default: 7860, or the next that is free."
    ),
]
Host = Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Address to listen on.")]
Examples = Annotated[
    list[str] | None,
    typer.Option("--example", help="A question offered on the empty page; may be repeated."),
]
PairsFile = Annotated[
    Path,
    typer.Option(
        "--pairs",
        metavar="FILE",
        help='A JSONL file, gzipped or not: {"id": "1", "premise": "...", "claim": "..."}.',
    ),
]
VerdictsOut = Annotated[
    Path,
    typer.Option("--out", metavar="FILE", help="Where the verdicts go; what stands there is kept."),
]
CheckerPath = Annotated[
    Path | None,
    typer.Option(
        "--checker",
        metavar="FOLDER",
        help="An NLI or grounding cross-encoder instead of the shipped sentence checker.",
    ),
]
RerankerPath = Annotated[
    Path | None,
    typer.Option(
        "--reranker", metavar="FOLDER", help="A cross-encoder that reads the best passages again."
    ),
]
Browser = Annotated[
    bool, typer.Option("--browser/--no-browser", help="Open the page in a browser.")
]

MAX_STDIN = 10_000_000  # characters read of `-`: past any question, and an endless input ends


def index_settings(home: Path | None, embed_model: Path | None = None) -> IndexSettings:
    """Return where the library lies and what it is built with, and keep libraries to that home."""
    folder = home.expanduser().absolute() if home else default_home()
    prepare(folder)
    return IndexSettings(home=folder, embed_model=embed_model)


def rag_settings(
    url: str | None,
    model: str | None,
    path: Path | None,
    extractive: bool,
    reword_s: float | None = None,
    *,
    checker: Path | None = None,
    reranker: Path | None = None,
) -> RagSettings:
    """Return how answers are written; the endpoint's key comes from the environment alone."""
    return RagSettings(
        llm_url=url,
        llm_model=model,
        llm_key=endpoint_key(),
        llm_path=path,
        extractive=extractive,
        reword_s=reword_s,
        checker_path=checker,
        reranker_path=reranker,
    )


def filters_of(date_from: str | None, date_to: str | None, outlets: list[str] | None) -> Filters:
    """Return the limits on what may be retrieved, dates as YYYY-MM-DD.

    Raises InputError when a date is none, or the first day lies after the last.
    """
    first = check_date(date_from, "from") if date_from is not None else None
    last = check_date(date_to, "to") if date_to is not None else None
    if first and last and first > last:
        raise InputError(f"--from {first} lies after --to {last}: no day is left to search.")
    return Filters(first, last, tuple(outlets or ()))


def within(
    filters: Filters,
    authors: list[str] | None,
    languages: list[str] | None,
    folders: list[Path] | None,
) -> Filters:
    """Return the filters with further limits: of each kind that is given, one must hold."""
    return replace(
        filters,
        authors=tuple(authors or ()),
        languages=tuple(languages or ()),
        folders=tuple(str(located(folder.expanduser())) for folder in folders or ()),
    )


def batch_out(question: str | None, batch: Path, out: Path | None) -> Path:
    """Return where a batch writes. Raises InputError when that does not go with the rest."""
    if question is not None or out is None:
        raise InputError("--batch FILE needs --out FILE, and no question beside it.")
    if out.resolve() == batch.resolve():
        raise InputError(f"--out is the question file {batch} itself: name another file.")
    return out


def question_of(question: str | None, out: Path | None, command: str = "ask") -> str:
    """Return the question's text. Raises InputError when there is none."""
    if out is not None:
        raise InputError("--out is where --batch FILE writes; name the questions with --batch.")
    if question is None:
        raise InputError(f'Nothing was asked. Use: dateline {command} "your question"')
    if question != "-":
        return clean(question)
    try:
        return clean(sys.stdin.read(MAX_STDIN))
    except UnicodeDecodeError as exc:
        raise InputError(f"What standard input holds is no UTF-8 text ({exc.reason}).") from exc
