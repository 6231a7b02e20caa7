"""Questions x assistant -> records: the same ``Assistant.answer`` that is served, one by one.

A question that fails becomes a record with its error: it counts as a miss and the run goes on.
Knows nothing of tables, pages and floors.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from eval.alce import citation_quality, statements_of
from eval.cases import Case
from eval.metrics import Mark, failed, mark, response_of, text_key
from eval.summary import Summary, summarise
from eval.support import evidence_of, supported
from index.errors import InputError, NotFoundError
from index.schema import Article
from rag.schema import Answer, Filters, Turn

EVERYTHING = Filters()


class Answering(Protocol):
    """What an evaluation needs of an assistant."""

    def answer(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = EVERYTHING,
        as_of: str | None = None,
        extractive: bool = False,
    ) -> Answer:
        """Return the checked answer."""
        ...

    def article(self, article_id: str) -> Article:
        """Return an article that an answer cites. Raises NotFoundError."""
        ...


@dataclass(frozen=True, slots=True)
class Record:
    """One question, what was said, and its marks. ``answer`` is the system's own JSON shape."""

    case: Case
    mark: Mark
    seconds: float
    answer: dict[str, Any] | None = None
    error: str | None = None

    @property
    def checking(self) -> float:
        """The seconds that checking its sentences took."""
        timings: dict[str, float] = (self.answer or {}).get("timings", {})
        return timings.get("verify_s", 0.0)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON-ready form."""
        return asdict(self)


def run(cases: Iterable[Case], assistant: Answering, *, extractive: bool) -> Iterator[Record]:
    """Ask every question and yield its record as soon as it is answered, in the given order.

    ``seconds`` is wall-clock time from question to finished answer.
    """
    for case in cases:
        started = time.perf_counter()
        try:
            answer = assistant.answer(
                case.question,
                history=case.history,
                filters=Filters(folders=case.within),
                as_of=case.as_of,
                extractive=extractive,
            )
        except Exception as exc:
            seconds = time.perf_counter() - started
            yield Record(case, failed(case), seconds, error=f"{type(exc).__name__}: {exc}")
            continue
        seconds = time.perf_counter() - started
        yield Record(case, marks_of(case, answer, assistant), seconds, answer=answer.to_dict())


def marks_of(case: Case, answer: Answer, assistant: Answering) -> Mark:
    """Return all marks of an answer, those that need the articles or the checker too."""
    articles = cited_articles(answer, assistant)
    texts = {key: article.text for key, article in articles.items()}
    marks = mark(case, response_of(answer, texts), texts)
    if answer.status == "abstained":
        return marks
    marks = replace(marks, confidence=confidence(answer))
    quality = citation_quality(statements_of(answer), evidence_of(answer, articles), supported)
    if quality is None:
        return marks
    return replace(marks, alce_recall=quality.recall, alce_precision=quality.precision)


def confidence(answer: Answer) -> float:
    """Return how sure an answer is, in [0, 1]: that what was found answers, and supports it all."""
    return answer.confidence * min((claim.support for claim in answer.claims), default=0.0)


def cited_articles(answer: Answer, assistant: Answering) -> dict[str, Article]:
    """Return the articles that an answer's citations point into, by `text_key`.

    One that is not there is left out: its spans then count as pointing nowhere.
    """
    articles: dict[str, Article] = {}
    for citation in (*answer.citations, *answer.near_misses):
        key = text_key(citation)
        if key not in articles:
            try:
                articles[key] = assistant.article(key)
            except NotFoundError:
                continue
    return articles


def summary_of(records: Iterable[Record]) -> Summary:
    """Return the marks and seconds of a run as shares and percentiles."""
    kept = list(records)
    return summarise(
        [(r.case, r.mark) for r in kept], [r.seconds for r in kept], [r.checking for r in kept]
    )


def save_each(records: Iterable[Record], path: Path, *, keep: bool = False) -> Iterator[Record]:
    """Write one JSON object a line and pass each record on.

    An older file is replaced, or continued where ``keep`` is set. Each line is flushed as it
    comes: a run that is stopped keeps what it has.
    """
    with path.open("a" if keep else "w", encoding="utf-8") as file:
        for record in records:
            file.write(json.dumps(record.to_dict(), ensure_ascii=False) + "\n")
            file.flush()
            yield record


def records_so_far(path: Path) -> tuple[Record, ...]:
    """Return the records of a run that may have been stopped, in mid-line too; none of no file.

    What stands behind the last whole line is cut off the file.
    """
    if not path.is_file():
        return ()
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if whole != content:
        path.write_bytes(whole)
    return read_records(path)


def read_records(path: Path) -> tuple[Record, ...]:
    """Return the records of an earlier run. Raises NotFoundError or InputError."""
    try:
        # Not splitlines(): an article may hold U+2028, which JSON leaves as it is.
        lines = [line for line in path.read_text("utf-8").split("\n") if line.strip()]
        return tuple(_record(json.loads(line)) for line in lines)
    except FileNotFoundError as exc:
        raise NotFoundError(f"No records at {path}: run `dateline eval run --out` first.") from exc
    except (ValueError, TypeError, KeyError) as exc:
        raise InputError(f"{path} does not hold records of an evaluation run ({exc}).") from exc


def _record(item: dict[str, Any]) -> Record:
    # Marks are kept, so of the question only what tables and pages show is needed.
    case, marks = item["case"], item["mark"]
    for field in ("missing_words", "barred_words", "missing_evidence", "broken"):
        marks[field] = tuple(marks[field])
    return Record(
        case=Case(
            id=case["id"],
            kind=case["kind"],
            question=case["question"],
            answer=case["answer"],
            history=tuple(Turn(**turn) for turn in case["history"]),
            as_of=case["as_of"],
        ),
        mark=Mark(**marks),
        seconds=float(item["seconds"]),
        answer=item["answer"],
        error=item["error"],
    )
