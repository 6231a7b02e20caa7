"""LlamaIndex's CitationQueryEngine with its defaults, asked the same questions, scored alike.

Run from the project's folder, with the model Dateline answers with (a GGUF file, or an endpoint
by --llm-url) and the records of ``dateline eval run --out``:

    python -m eval.bench.peer_llamaindex --set SET.jsonl --articles FOLDER --embed-model FOLDER
        --gguf FILE --ours OUT/records.jsonl --out OUT-PEER

What it gets that a plain set-up would not have: our clean text (its own readers keep menus and
footers), article metadata beside the embedded text, temperature 0, and CondenseQuestionChatEngine
for questions with a conversation before them. Everything else is its default: chunks of 1,024
tokens, the 2 best retrieved, blocks of 512 tokens to cite.

Its citations are whole blocks: each block an answer names by [n] is scored as one cited span. It
has no status for abstaining, so an answer that says the sources do not tell counts as that.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from eval.cases import Case, load_cases
from eval.metrics import Response, failed, mark
from eval.report import Provenance, by_kind, html_page, table
from eval.run import Record, read_records, save_each, summary_of
from eval.text import markers
from index.errors import InputError
from index.extract import read
from index.files import articles, sources
from index.schema import Article
from rag.llm_server import LocalServer, ServerOptions
from rag.schema import Citation

if TYPE_CHECKING:
    from llama_index.core.base.base_query_engine import BaseQueryEngine
    from llama_index.core.base.response.schema import Response as Reply
    from llama_index.core.chat_engine.types import AgentChatResponse
    from llama_index.core.llms import LLM
    from llama_index.core.schema import NodeWithScore

LONGEST_ANSWER = 512  # tokens; a small model that repeats itself must end some time
# Its prompt asks for "[1]", and a small model also writes "[Source 1]" and "[1, 2]".
NAMED = re.compile(r"\[(?:sources? ?)?(\d{1,3}(?:(?:,| and|, and) (?:source ?)?\d{1,3})*)\]", re.I)
DECLINES = re.compile(
    r"\b(?:do|does|did|is|are|was|were) ?n[o']t (?:\w+ )?"
    r"(?:mention|provide|contain|specif|state|say|include|give|indicate|available|known|name|answer)"
    r"|\b(?:no|without) (?:\w+ )?(?:information|mention|data|details?|answer)\b"
    r"|\b(?:cannot|can't|unable to|not possible to) (?:be )?(?:determine|answer|provide|find|say)"
    r"|\bnone of the (?:\w+ )?sources\b|\bdon't know\b|^empty response$",
    re.IGNORECASE,
)


def main(
    question_set: Annotated[Path, typer.Option("--set", help="The question set, JSONL.")],
    folder: Annotated[Path, typer.Option("--articles", help="The folder of articles.")],
    embed_model: Annotated[Path, typer.Option(help="A sentence-transformers folder.")],
    llm_url: Annotated[str | None, typer.Option(help="OpenAI-compatible endpoint, .../v1")] = None,
    llm_key: Annotated[str, typer.Option(envvar="DATELINE_LLM_KEY")] = "none",
    llm_model: Annotated[str, typer.Option(help="Model name at the endpoint.")] = "local",
    gguf: Annotated[Path | None, typer.Option(help="Serve this file, if no endpoint.")] = None,
    ours: Annotated[Path | None, typer.Option(help="records.jsonl of our own run.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for its records and report.")] = Path(
        "out/peer"
    ),
    limit: Annotated[int | None, typer.Option(min=1)] = None,
) -> None:
    """Index the articles with LlamaIndex, ask every question, print both systems side by side."""
    cases = load_cases(question_set)[:limit]
    found = (item for source in sources([folder]) for item in articles(source, read(source.path)))
    corpus = {item.name: item for item in found if isinstance(item, Article)}
    out.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory(prefix="peer-", ignore_cleanup_errors=True) as scratch,
        served(llm_url, llm_key, gguf) as (url, key),
    ):
        llm = language_model(url, key, llm_model)
        engine = build_engine(tuple(corpus.values()), embed_model, llm, Path(scratch))
        records = tuple(save_each(ask(cases, engine, llm, corpus), out / "records.jsonl"))
    page = html_page(records, Provenance("LlamaIndex CitationQueryEngine", (("Model", llm_model),)))
    (out / "report.html").write_text(page, "utf-8")
    print(table(by_kind(records), label="LlamaIndex by kind"), end="\n\n")
    systems = {"LlamaIndex": records}
    if ours:
        asked = {case.id for case in cases}
        systems["Dateline"] = tuple(r for r in read_records(ours) if r.case.id in asked)
    print(table({name: summary_of(kept) for name, kept in systems.items()}, label="system"))
    for name, kept in systems.items():
        print(f"{name}: median characters a citation {citation_length(kept)}")


@contextmanager
def served(url: str | None, key: str, gguf: Path | None) -> Iterator[tuple[str, str]]:
    """Yield the endpoint and key to use: those given, or of Dateline's own server of a GGUF."""
    if url:
        yield url, key
        return
    if gguf is None:
        raise InputError("No language model named: give --llm-url or --gguf.")
    server = LocalServer(ServerOptions(str(gguf.absolute()), context=8192))
    try:
        server.ensure_alive()
        yield server.url, server.key
    finally:
        server.close()


def language_model(url: str, key: str, model: str) -> LLM:
    """Return LlamaIndex's client for an OpenAI-compatible endpoint."""
    from llama_index.llms.openai_like import OpenAILike

    return OpenAILike(
        model=model,
        api_base=url,
        api_key=key,
        is_chat_model=True,
        temperature=0,
        max_tokens=LONGEST_ANSWER,
        timeout=600,
        max_retries=0,
    )


def build_engine(
    corpus: Sequence[Article], embed_model: Path, llm: LLM, scratch: Path
) -> BaseQueryEngine:
    """Return a CitationQueryEngine over a Chroma collection of the articles, all defaults."""
    import chromadb
    from llama_index.core import Document, StorageContext, VectorStoreIndex
    from llama_index.core.query_engine import CitationQueryEngine
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.vector_stores.chroma import ChromaVectorStore

    settings = chromadb.Settings(anonymized_telemetry=False)
    client = chromadb.PersistentClient(str(scratch), settings=settings)
    store = ChromaVectorStore(chroma_collection=client.create_collection("peer"))
    documents = [
        Document(
            text=article.text,
            id_=article.name,
            metadata={
                "article": article.name,
                "title": article.title,
                "source": article.source,
                "published": article.published or "",
            },
        )
        for article in corpus
    ]
    index = VectorStoreIndex.from_documents(
        documents,
        storage_context=StorageContext.from_defaults(vector_store=store),
        embed_model=HuggingFaceEmbedding(model_name=str(embed_model)),
    )
    return CitationQueryEngine.from_args(index, llm=llm)


def ask(
    cases: Sequence[Case], engine: BaseQueryEngine, llm: LLM, corpus: Mapping[str, Article]
) -> Iterator[Record]:
    """Ask every question and yield its record; an error is a miss, as in our own runs."""
    texts = {name: article.text for name, article in corpus.items()}
    for number, case in enumerate(cases, start=1):
        started = time.perf_counter()
        try:
            reply = _reply(case, engine, llm)
        except Exception as exc:
            seconds = time.perf_counter() - started
            yield Record(case, failed(case), seconds, error=f"{type(exc).__name__}: {exc}")
            continue
        seconds = time.perf_counter() - started
        response = to_response(str(reply), reply.source_nodes, corpus)
        answer = {
            "answer": response.text,
            "status": "abstained" if response.abstained else "answered",
            "citations": [asdict(citation) for citation in response.cited],
        }
        print(f"{number}/{len(cases)} {case.id} {seconds:.1f} s", flush=True)
        yield Record(case, mark(case, response, texts), seconds, answer=answer)


def _reply(case: Case, engine: BaseQueryEngine, llm: LLM) -> Reply | AgentChatResponse:
    if not case.history:
        return engine.query(case.question)
    from llama_index.core.chat_engine import CondenseQuestionChatEngine
    from llama_index.core.llms import ChatMessage, MessageRole

    said = [
        message
        for turn in case.history
        for message in (
            ChatMessage(role=MessageRole.USER, content=turn.question),
            ChatMessage(role=MessageRole.ASSISTANT, content=turn.answer),
        )
    ]
    chat = CondenseQuestionChatEngine.from_defaults(engine, chat_history=said, llm=llm)
    return chat.chat(case.question)


def to_response(
    text: str, nodes: Sequence[NodeWithScore], corpus: Mapping[str, Article]
) -> Response:
    """Return a reply as what is marked: the blocks its [n] name, as spans of the articles."""
    text = NAMED.sub(lambda m: "".join(f"[{n}]" for n in re.findall(r"\d+", m[1])), text)
    cited: dict[int, Citation] = {}
    broken: list[str] = []
    numbers = markers(text)
    for n in dict.fromkeys(numbers):
        if not 1 <= n <= len(nodes):
            broken.append(f"[{n}] of {len(nodes)} sources")
            continue
        article = corpus[nodes[n - 1].node.metadata["article"]]
        block = re.sub(r"\ASource \d+:\n", "", nodes[n - 1].node.get_content()).strip()
        start = article.text.find(block)
        if start < 0:
            broken.append(f"[{n}] is not in the text of {article.name}")
            continue
        cited[n] = Citation(
            n=n,
            article=article.name,
            title=article.title,
            source=article.source,
            published=article.published,
            url=article.url,
            start=start,
            end=start + len(block),
            quote=block,
        )
    abstained = DECLINES.search(text.strip()) is not None
    return Response(text, abstained, tuple(cited.values()), len(set(numbers)), tuple(broken))


def citation_length(records: Sequence[Record]) -> float:
    """Return the median length in characters of all citations shown; 0 where there are none."""
    lengths = [
        citation["end"] - citation["start"]
        for record in records
        if record.answer
        for citation in record.answer["citations"]
    ]
    return median(lengths) if lengths else 0


if __name__ == "__main__":
    typer.run(main)
