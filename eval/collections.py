"""Retrieval sets: articles to index, questions, and what should be found for each.

Every set becomes the same two things: paths for ``dateline index`` and a list of ``Query``. Sets
whose articles do not lie in files that Dateline reads (passages inside questions) are written as
an export into the folder given. Knows nothing of scoring.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.cases import Gold, load_cases
from eval.exports import rows, turns, write_export
from index.errors import InputError, NotFoundError
from rag.schema import Turn

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Query:
    """A question and what should be found: articles by name, or passages by their words.

    ``relevant`` gives an article's grade (1 or more); ``quotes`` are groups of alternatives, of
    each of which one should be among the evidence.
    """

    id: str
    question: str
    relevant: Mapping[str, int]
    quotes: tuple[tuple[Gold, ...], ...] = ()
    as_of: str | None = None
    history: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class Collection:
    """A set: what to index, what to ask, and what it is scored by."""

    name: str
    paths: tuple[Path, ...]
    queries: tuple[Query, ...]
    by_evidence: bool = False  # scored by gold sentences among the evidence, not by articles
    in_turns: bool = False  # its questions follow others: scored as asked and as understood


def load_collection(name: str, data: Path, scratch: Path) -> Collection:
    """Return a set by name; ``scratch`` is a folder of its own for articles that must be written.

    Raises NotFoundError when there is no such set, or its files are not in ``data``; InputError
    when they are not what the set should be.
    """
    if name not in _SETS:
        raise NotFoundError(f"No retrieval set {name!r}; there are {', '.join(_SETS)}.")
    try:
        return _SETS[name](name, data, scratch)
    except FileNotFoundError as exc:
        raise NotFoundError(
            f"The set {name} needs {exc.filename}; name the folder of sets with --data or "
            f"DATELINE_EVAL_DATA."
        ) from exc
    except (KeyError, TypeError, ValueError) as exc:
        raise InputError(f"The files of the set {name} are not as expected ({exc!r}).") from exc


def _realtimeqa(name: str, data: Path, _: Path) -> Collection:
    """Editor-linked questions alone: the other labels are defined by a date window."""
    folder = data / name
    queries = tuple(
        Query(
            id=row["question_id"],
            question=row["question"],
            relevant=dict.fromkeys(row["gold_doc_ids"], 1),
            as_of=row["date"].replace("/", "-"),
        )
        for row in rows(folder / "questions.jsonl")
        if row["gold_doc_ids"]
    )
    return Collection(name, (folder / "articles.jsonl.gz",), queries)


def _time(name: str, data: Path, _: Path) -> Collection:
    folder = data / name
    relevant: dict[str, dict[str, int]] = {}
    for line in (folder / "qrels.tsv").read_text("utf-8").splitlines():
        query, article, grade = line.split("\t")
        if grade.isdigit():  # BEIR's header is not
            relevant.setdefault(query, {})[article] = int(grade)
    asked = rows(folder / "queries.jsonl")
    queries = tuple(
        Query(row["_id"], row["text"], relevant[row["_id"]])
        for row in asked
        if row["_id"] in relevant
    )
    return Collection(name, (folder / "corpus.jsonl",), queries)


def _clapnq(name: str, data: Path, scratch: Path) -> Collection:
    """All passages of the set, the unanswerable ones too; gold are the selected sentences."""
    answerable = list(rows(data / name / "answerable.jsonl"))
    passages = [
        {"id": row["id"], "title": row["passages"][0]["title"], "text": row["passages"][0]["text"]}
        for row in (*answerable, *rows(data / name / "unanswerable.jsonl"))
    ]
    queries = tuple(
        Query(
            id=row["id"],
            question=row["input"],
            relevant={row["id"]: 1},
            quotes=(tuple(Gold(row["id"], s) for s in row["output"][0]["selected_sentences"]),),
        )
        for row in answerable
    )
    written = write_export(scratch / f"{name}.jsonl", passages)
    return Collection(name, (written,), queries, by_evidence=True)


def _seeds(name: str, data: Path, _: Path) -> Collection:
    articles = data.parent / "corpus" / "seeds"
    if not articles.is_dir():
        raise FileNotFoundError(2, "no such folder", str(articles))
    queries = tuple(
        Query(
            id=case.id,
            question=case.question,
            relevant={gold.article: 1 for group in case.evidence for gold in group},
            quotes=case.evidence,
            as_of=case.as_of,
            history=case.history,
        )
        for case in load_cases(data / f"{name}.jsonl")
        if case.evidence
    )
    return Collection(name, (articles,), queries, by_evidence=True)


def _mtrag(name: str, data: Path, scratch: Path) -> Collection:
    """The contexts of all its tasks as the archive; questions are those of turn 2 and later."""
    tasks = list(rows(data / f"{name}.jsonl"))
    contexts = {c["document_id"]: c for row in tasks for c in row["contexts"]}
    passages = [
        {"id": i, "title": c.get("title") or "", "text": c["text"]} for i, c in contexts.items()
    ]
    queries = tuple(
        Query(
            id=row["task_id"],
            question=row["input"][-1]["text"],
            relevant={c["document_id"]: 1 for c in row["contexts"]},
            history=turns(row["input"][:-1]),
        )
        for row in tasks
        if row["contexts"] and len(row["input"]) > 1
    )
    return Collection(
        name, (write_export(scratch / f"{name}.jsonl", passages),), queries, in_turns=True
    )


_SETS: dict[str, Callable[[str, Path, Path], Collection]] = {
    "realtimeqa-2022": _realtimeqa,
    "realtimeqa-dev": _realtimeqa,
    "time": _time,
    "clapnq": _clapnq,
    "seeds-dev": _seeds,
    "mtrag": _mtrag,
}
