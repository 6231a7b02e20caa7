"""Follow-up questions of conversations: does our wording of them find more than the words asked?

Reads MTRAG's tasks (Katsis et al. 2025): conversations whose every turn lists the passages it is
answered from. All passages of the file are the corpus. Each second or later turn that has any
is searched for as asked, in our wording, and with the whole conversation as the query; recall@k
is the share of its passages whose article is among the first k found. Run it by
``python -m eval.followups``; it needs the embedding model, and no language model.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from eval.summary import N_RESAMPLES, SEED, percentile
from index.errors import InputError, NotFoundError
from index.settings import IndexSettings, default_home
from rag.question import MAX_CHARACTERS, understand
from rag.schema import Filters, Question, Turn

TOP_K = 5
DAY = "2100-01-01"  # the passages have no dates, so any day sees them all
VARIANTS = ("as asked", "rewritten", "whole conversation")

Retrieve = Callable[[Question], Sequence[str]]
"""A question -> passage ids, best first; one may come several times."""


@dataclass(frozen=True, slots=True)
class Followup:
    """A later turn: what was said before it, and the ids of the passages it is answered from."""

    id: str
    question: str
    history: tuple[Turn, ...]
    relevant: frozenset[str]
    kind: str  # how MTRAG calls it: "ANSWERABLE", "UNDERSPECIFIED" (it belongs elsewhere), ...


@dataclass(frozen=True, slots=True)
class Compared:
    """Mean recall@k of a way to ask, with its lead over asking as asked.

    ``low`` and ``high`` are the ends of the paired 95 % bootstrap interval of the lead.
    """

    variant: str
    recall: float
    lead: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Table:
    """What was measured over ``n`` follow-ups; ``recalls`` has a row for each, by variant."""

    kind: str
    n: int
    rows: tuple[Compared, ...]

    def text(self) -> str:
        """Return the table as lines of text."""
        lines = [f"{self.kind} (n = {self.n})", f"{'':20} recall@{TOP_K}   lead   95 % interval"]
        lines += [
            f"{row.variant:20} {row.recall:8.3f} {row.lead:+7.3f}   "
            f"{row.low:+.3f} to {row.high:+.3f}"
            for row in self.rows
        ]
        return "\n".join(lines)


def load(path: Path) -> tuple[dict[str, dict[str, str]], tuple[Followup, ...]]:
    """Return the passages by id, as records to index, and the follow-ups.

    Raises NotFoundError when there is no such file, InputError when a line is no task.
    """
    passages: dict[str, dict[str, str]] = {}
    found: list[Followup] = []
    try:
        lines = path.read_text("utf-8").split("\n")
    except FileNotFoundError as exc:
        raise NotFoundError(f"No conversations at {path}. Name the file of MTRAG tasks.") from exc
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            task = json.loads(line)
            passages |= {c["document_id"]: _record(c) for c in task["contexts"]}
            followup = _followup(task)
        except (ValueError, KeyError, TypeError, IndexError) as exc:
            raise InputError(f"{path}, line {number} is no MTRAG task ({exc!r}).") from exc
        if followup.history and followup.relevant:
            found.append(followup)
    return passages, tuple(found)


def variants(followup: Followup) -> dict[str, Question]:
    """Return the three ways to ask a follow-up, by name."""
    said = [text for turn in followup.history for text in (turn.question, turn.answer)]
    whole = " ".join([*said, followup.question])
    texts = {"as asked": followup.question, "whole conversation": whole}
    asked = {name: Question(text, text, DAY) for name, text in texts.items()}
    ours = understand(followup.question[:MAX_CHARACTERS], followup.history, Filters(), DAY)
    return {name: asked.get(name, ours) for name in VARIANTS}


def recall_at(k: int, found: Iterable[str], relevant: frozenset[str]) -> float:
    """Return the share of the relevant ids among the first ``k`` different ones found."""
    first = list(dict.fromkeys(found))[:k]
    return len(relevant & set(first)) / len(relevant)


def measure(asked: Sequence[Followup], retrieve: Retrieve) -> dict[str, dict[str, float]]:
    """Return follow-up id -> variant -> recall@k."""
    return {
        followup.id: {
            name: recall_at(TOP_K, retrieve(question), followup.relevant)
            for name, question in variants(followup).items()
        }
        for followup in asked
    }


def compare(kind: str, recalls: Sequence[dict[str, float]]) -> Table:
    """Return the means of each variant, with paired intervals of the lead over asking as asked."""
    rows = []
    for name in VARIANTS:
        leads = [each[name] - each[VARIANTS[0]] for each in recalls]
        low, high = _interval(leads)
        recall = sum(each[name] for each in recalls) / len(recalls)
        rows.append(Compared(name, recall, sum(leads) / len(leads), low, high))
    return Table(kind, len(recalls), tuple(rows))


def followups(path: Path, retrieve: Retrieve) -> tuple[Table, ...]:
    """Return the table over all follow-ups, and one for each kind of them.

    ``retrieve`` searches a library that holds the passages of ``load(path)``.
    """
    _, asked = load(path)
    recalls = measure(asked, retrieve)
    kinds = sorted({followup.kind for followup in asked})
    groups = [("all", asked), *((k, [f for f in asked if f.kind == k]) for k in kinds)]
    return tuple(compare(kind, [recalls[f.id] for f in group]) for kind, group in groups)


def run(path: Path, settings: IndexSettings) -> tuple[Table, ...]:
    """Index the passages into a library of their own, and return the tables."""
    # Imported here: what they load takes seconds, which a wrong path should not wait for.
    from index import models
    from index.embed import SentenceTransformerEmbedder
    from index.library import Library
    from index.sync import sync
    from index.vectors import VectorStore
    from rag.retrieve import Retriever

    passages, _ = load(path)
    model = models.find(models.EMBEDDING, settings.models_dir, settings.embed_model)
    with TemporaryDirectory(prefix="dateline-followups-", ignore_cleanup_errors=True) as scratch:
        file = Path(scratch) / "passages.jsonl"
        lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in passages.values())
        file.write_text("".join(lines), "utf-8")
        own = IndexSettings(home=Path(scratch) / "home", embed_model=model)
        report = sync([file], own, model)
        if report.failures:
            raise InputError(f"A passage could not be read: {report.failures[0]}.")
        with (
            closing(Library(own.library_dir)) as library,
            closing(VectorStore(own.library_dir)) as vectors,
        ):
            retriever = Retriever(library, vectors, SentenceTransformerEmbedder(model))

            def retrieve(question: Question) -> list[str]:
                hits = retriever.retrieve(question).hits
                found = library.articles(sorted({hit.article_id for hit in hits}))
                return [found[hit.article_id].name for hit in hits]

            return followups(path, retrieve)


def _record(context: dict[str, Any]) -> dict[str, str]:
    title, text = str(context.get("title") or ""), str(context["text"])
    body = text.removeprefix(title).strip() or text
    return {"id": str(context["document_id"]), "title": title, "text": body}


def _followup(task: dict[str, Any]) -> Followup:
    said = task["input"]
    turns: list[Turn] = []
    for message in said[:-1]:
        if message["speaker"] == "user":
            turns.append(Turn(message["text"], ""))
        elif turns:
            turns[-1] = Turn(
                turns[-1].question, " ".join((turns[-1].answer, message["text"])).strip()
            )
    return Followup(
        id=task["task_id"],
        question=said[-1]["text"].strip(),
        history=tuple(turns),
        relevant=frozenset(context["document_id"] for context in task["contexts"]),
        kind=task["answerability"][0],
    )


def _interval(values: Sequence[float]) -> tuple[float, float]:
    draw = random.Random(SEED)
    n = len(values)
    means = sorted(sum(draw.choices(values, k=n)) / n for _ in range(N_RESAMPLES))
    return percentile(means, 2.5), percentile(means, 97.5)


def main(
    path: Annotated[Path, typer.Argument(help="MTRAG tasks, one JSON object a line.")],
    home: Annotated[Path | None, typer.Option(help="Where the models are.")] = None,
) -> None:
    """Print recall of follow-ups as asked, in our wording, and with the whole conversation."""
    for table in run(path, IndexSettings(home=home or default_home())):
        typer.echo(table.text() + "\n")


if __name__ == "__main__":
    typer.run(main)
