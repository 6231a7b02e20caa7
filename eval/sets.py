"""Other people's question sets: each becomes cases, and the articles that they are asked of.

A set is found by its family's name and asked of a library of its own. Families whose questions
have documents of their own (RAMDocs, RGB) share one library: each question's documents are one
file of it, and the question is limited to that file. Knows nothing of how answers are marked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

from eval.cases import Case, Gold
from eval.exports import Row, rows, turns, write_export
from index.errors import InputError, NotFoundError

UNDATED_DAY = "2100-01-01"  # asked of passages without dates: any day sees them all


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """What to ask, what to index first, and the files that both are from."""

    name: str
    cases: tuple[Case, ...]
    articles: tuple[Path, ...]
    files: tuple[Path, ...]


Adapter = Callable[[str, Path, Path], QuestionSet]
"""The set's name, the folder of sets, a folder for articles that must be written -> the set."""


def adapter_of(name: str) -> Adapter | None:
    """Return what reads a set, by the beginning of its name; None where no family has it."""
    return next((read for family, read in _FAMILIES.items() if name.startswith(family)), None)


def load_set(name: str, data: Path, scratch: Path) -> QuestionSet:
    """Return a set by name.

    Raises NotFoundError when there is no such set, or its files are not in ``data``; InputError
    when they are not what the set should be.
    """
    read = adapter_of(name)
    if read is None:
        raise NotFoundError(f"No set {name!r}; families of sets are {', '.join(_FAMILIES)}.")
    try:
        return read(name, data, scratch)
    except FileNotFoundError as exc:
        raise NotFoundError(
            f"The set {name} needs {exc.filename}. Name the folder of sets with --data or "
            f"DATELINE_EVAL_DATA."
        ) from exc
    except (KeyError, TypeError, ValueError, IndexError) as exc:
        raise InputError(f"The files of the set {name} are not as expected ({exc!r}).") from exc


def _realtimeqa(name: str, data: Path, _: Path) -> QuestionSet:
    """Questions that some article is known for, asked on their day. "All except" is left out."""
    questions = data / name / "questions.jsonl"
    cases = tuple(
        _quiz(row["question_id"], row, _day(row["date"]))
        for row in rows(questions)
        if row["silver_doc_ids"] or row["gold_doc_ids"]
        if not row["question"].rstrip(" .:?").lower().endswith("except")
    )
    return QuestionSet(name, cases, _archive(data / name), (questions,))


def _realtimeqa_cut(name: str, data: Path, _: Path) -> QuestionSet:
    """Questions asked twice: before the news broke, when none can know, and on their day."""
    folder = data / name.removesuffix(CUT)
    files = folder / "abstain.jsonl", folder / "questions.jsonl"
    asked = {row["question_id"]: row for row in rows(files[1])}
    cases: list[Case] = []
    for row in rows(files[0]):
        key, question = row["question_id"], asked[row["question_id"]]
        cases.append(Case(f"{key}/cut", "unanswerable", row["question"], as_of=row["as_of"]))
        cases.append(_quiz(f"{key}/full", question, _day(question["date"])))
    return QuestionSet(name, tuple(cases), _archive(folder), files)


def _quiz(key: str, row: Row, day: str) -> Case:
    answers = tuple(row["answers"])
    return Case(
        id=key,
        kind="fact",
        question=row["question"],
        answer="; ".join(answers),
        must=tuple((answer,) for answer in answers),
        as_of=day,
        answers=answers,
        gold_articles=tuple(dict.fromkeys((*row["gold_doc_ids"], *row["silver_doc_ids"]))),
    )


def _clapnq(name: str, data: Path, scratch: Path) -> QuestionSet:
    """Every question over the passages of all of them; gold are the selected sentences."""
    files = tuple(data / name / f"{half}.jsonl" for half in ("answerable", "unanswerable"))
    held = [list(rows(path)) for path in files]
    passages = [_passage(row["id"], row["passages"][0]) for row in chain(*held)]
    answerable = [
        Case(
            id=row["id"],
            kind="fact",
            question=row["input"],
            answer=row["output"][0]["answer"],
            evidence=(tuple(Gold(row["id"], s) for s in row["output"][0]["selected_sentences"]),),
            as_of=UNDATED_DAY,
            gold_articles=(row["id"],),
        )
        for row in held[0]
    ]
    unanswerable = [
        Case(row["id"], "unanswerable", row["input"], as_of=UNDATED_DAY) for row in held[1]
    ]
    written = write_export(scratch / f"{name}.jsonl", passages)
    return QuestionSet(name, _in_turns(answerable, unanswerable), (written,), files)


def _mtrag(name: str, data: Path, scratch: Path) -> QuestionSet:
    """The last turn of each conversation, over the passages of all of them."""
    file = data / f"{name}.jsonl"
    tasks = list(rows(file))
    contexts = {c["document_id"]: c for task in tasks for c in task["contexts"]}
    written = write_export(
        scratch / f"{name}.jsonl", (_passage(key, context) for key, context in contexts.items())
    )
    cases = tuple(
        Case(
            id=task["task_id"],
            kind=_conversation_kind(task),
            question=task["input"][-1]["text"],
            answer=task["targets"][0]["text"],
            history=turns(task["input"][:-1]),
            as_of=UNDATED_DAY,
            gold_articles=_known(task),
        )
        for task in tasks
    )
    return QuestionSet(name, cases, (written,), (file,))


def _conversation_kind(task: Row) -> str:
    kind = str(task["answerability"][0]).lower()
    if kind == "answerable":
        return "followup" if len(task["input"]) > 1 else "fact"
    return kind


def _known(task: Row) -> tuple[str, ...]:
    if task["answerability"][0] not in {"ANSWERABLE", "PARTIAL"}:
        return ()
    return tuple(context["document_id"] for context in task["contexts"])


def _ramdocs(name: str, data: Path, scratch: Path) -> QuestionSet:
    """All right answers and no wrong one, from each question's own documents."""
    file = data / f"{name}.jsonl"
    cases, written = [], []
    for n, row in enumerate(rows(file)):
        key = f"{name}-{n:03}"
        documents = write_export(
            scratch / f"{key}.jsonl", _documents(key, (d["text"] for d in row["documents"]))
        )
        written.append(documents)
        answers = tuple(dict.fromkeys(row["gold_answers"]))
        wrong = tuple(dict.fromkeys(w for w in row["wrong_answers"] if w not in answers))
        right = [d["type"] == "correct" for d in row["documents"]]
        cases.append(
            Case(
                id=key,
                kind="conflict" if len(answers) > 1 else "fact",
                question=row["question"],
                answer="; ".join(answers),
                must=tuple((answer,) for answer in answers),
                must_not=wrong,
                as_of=UNDATED_DAY,
                answers=answers,
                gold_articles=tuple(f"{key}-{i}" for i, is_right in enumerate(right) if is_right),
                within=(str(documents),),
            )
        )
    return QuestionSet(name, tuple(cases), tuple(written), (file,))


def _rgb(name: str, data: Path, scratch: Path) -> QuestionSet:
    """True passages beside their false twins: both values should be shown."""
    return _rgb_with(("positive", "positive_wrong"), name, data, scratch)


def _rgb_noise(name: str, data: Path, scratch: Path) -> QuestionSet:
    """Passages that do not answer, alone: to be refused."""
    return _rgb_with(("negative",), name, data, scratch)


def _rgb_with(parts: Sequence[str], name: str, data: Path, scratch: Path) -> QuestionSet:
    file = data / f"{name.removesuffix(NOISE)}.jsonl"
    cases, written = [], []
    for row in rows(file):
        key = f"{name}-{row['id']:03}"
        texts = chain.from_iterable(row[part] for part in parts)
        documents = write_export(scratch / f"{key}.jsonl", _documents(key, texts))
        written.append(documents)
        cases.append(_rgb_case(key, row, (str(documents),), to_refuse="negative" in parts))
    return QuestionSet(name, tuple(cases), tuple(written), (file,))


def _rgb_case(key: str, row: Row, within: tuple[str, ...], *, to_refuse: bool) -> Case:
    if to_refuse:
        return Case(key, "unanswerable", row["query"], as_of=UNDATED_DAY, within=within)
    # As in RGB's own program: each item is needed, and an item may list ways to write it.
    told = row["answer"] if isinstance(row["answer"], list) else [row["answer"]]
    groups = [tuple(item) if isinstance(item, list) else (item,) for item in told]
    groups.append((row["fakeanswer"],))
    return Case(
        id=key,
        kind="conflict",
        question=row["query"],
        answer=", ".join(group[0] for group in groups[:-1]) + f"; but also: {row['fakeanswer']}",
        must=tuple(groups),
        as_of=UNDATED_DAY,
        answers=tuple(group[0] for group in groups),
        within=within,
    )


CUT, NOISE = "-cut", "-noise"
_FAMILIES: dict[str, Adapter] = {
    "realtimeqa": lambda name, data, scratch: (
        _realtimeqa_cut if name.endswith(CUT) else _realtimeqa
    )(name, data, scratch),
    "clapnq": _clapnq,
    "ramdocs": _ramdocs,
    "rgb": lambda name, data, scratch: (_rgb_noise if name.endswith(NOISE) else _rgb)(
        name, data, scratch
    ),
    "mtrag": _mtrag,
}


def _archive(folder: Path) -> tuple[Path, ...]:
    archive = folder / "articles.jsonl.gz"
    if not archive.is_file():
        raise FileNotFoundError(2, "no such file", str(archive))
    return (archive,)


def _day(written: str) -> str:
    return written.replace("/", "-")


def _passage(key: str, passage: Row) -> dict[str, str]:
    return {"id": key, "title": passage.get("title") or "", "text": passage["text"]}


def _documents(key: str, texts: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Give each document an outlet of its own: two that differ are no updates of one."""
    for i, text in enumerate(texts):
        yield {"id": f"{key}-{i}", "title": "", "source": f"Document {i + 1}", "text": text}


def _in_turns(one: Sequence[Case], other: Sequence[Case]) -> tuple[Case, ...]:
    """Alternate, so that the first few are of both kinds."""
    pairs = zip_longest(one, other)
    return tuple(case for pair in pairs for case in pair if case is not None)
