"""Question sets: one JSON object a line, read and checked before a single question is asked.

A line holds ``id``, ``kind``, ``question``, ``history`` ([[question, answer], ...]), ``answer``
(for people), ``must`` (groups of alternatives, one of each group must stand in the answer),
``must_not``, ``evidence`` (groups of alternatives {"article", "quote"}, one of each group must
be cited) and, if the question has a day of its own, ``as_of``. Knows nothing of scoring.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from index.errors import InputError, NotFoundError
from rag.schema import Turn

KINDS = (
    "fact",
    "attribution",
    "date",
    "multi",
    "conflict",
    "followup",
    "false_premise",
    "unanswerable",
    "boilerplate",
)
MORE_KINDS = ("partial", "underspecified")
"""Kinds that conversations of other people's sets have: answerable in part, or not clear."""
REFUSED_KINDS = frozenset({"unanswerable", "boilerplate"})
"""Kinds whose right answer is to abstain: nowhere in the articles, or only in a page's clutter."""

EITHER_KINDS = frozenset({"false_premise", "underspecified"})
"""Kinds for which abstaining is neither asked for nor a fault."""

OWN_SETS = Path(__file__).resolve().parent / "data"


@dataclass(frozen=True, slots=True)
class Gold:
    """A passage that supports the answer: words that stand in the text of an article."""

    article: str  # file name or record id, as citations name it
    quote: str


@dataclass(frozen=True, slots=True)
class Case:
    """One question with all that is needed to mark its answer.

    ``answers`` are short gold answers, as people would write them; with them ``must`` is matched
    as question answering sets do (`eval.short_answer`). ``gold_articles`` are names of articles
    that hold the answer. ``within`` are the folders or files that the question is about alone.
    """

    id: str
    kind: str
    question: str
    answer: str = ""
    history: tuple[Turn, ...] = ()
    must: tuple[tuple[str, ...], ...] = ()
    must_not: tuple[str, ...] = ()
    evidence: tuple[tuple[Gold, ...], ...] = ()
    as_of: str | None = None
    answers: tuple[str, ...] = ()
    gold_articles: tuple[str, ...] = ()
    within: tuple[str, ...] = ()

    @property
    def to_refuse(self) -> bool:
        """True when the right answer is to abstain."""
        return self.kind in REFUSED_KINDS

    @property
    def is_marked(self) -> bool:
        """True when there is a rule for what is right: to abstain, or words that must stand."""
        return self.to_refuse or bool(self.must)


def find_set(name: str, data: Path | None) -> Path:
    """Return the file of a question set: a path, one of the project's own, or one in ``data``.

    Raises NotFoundError listing the places looked at.
    """
    places = [Path(name), OWN_SETS / f"{name}.jsonl"]
    places += [data / name, data / f"{name}.jsonl"] if data else []
    for place in places:
        if place.is_file():
            return place
    looked = ", ".join(str(place) for place in places)
    hint = "" if data else " DATELINE_EVAL_DATA or --data can name a folder of sets."
    raise NotFoundError(f"No question set {name!r}; looked at {looked}.{hint}")


def load_cases(path: Path) -> tuple[Case, ...]:
    """Return the questions of a set, in file order.

    Raises NotFoundError when there is no such file, InputError naming the line of the first
    mistake, or when the set is empty or holds an id twice.
    """
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except FileNotFoundError as exc:
        raise NotFoundError(f"No question set at {path}. Give a JSONL file with --set.") from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise InputError(f"{path} cannot be read as UTF-8 text: {exc}.") from exc
    cases: dict[str, Case] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        case = _read_line(line, f"{path}, line {number}")
        if case.id in cases:
            raise InputError(f"{path}, line {number}: the id {case.id!r} is used twice.")
        cases[case.id] = case
    if not cases:
        raise InputError(f"{path} holds no questions: each line is one JSON object.")
    return tuple(cases.values())


def _read_line(line: str, where: str) -> Case:
    try:
        item = json.loads(line)
    except (ValueError, RecursionError) as exc:
        raise InputError(f"{where}: not JSON ({exc}).") from exc
    if not isinstance(item, dict):
        raise InputError(f"{where}: expected an object, found {type(item).__name__}.")
    try:
        return _case(item)
    except _FieldError as exc:
        raise InputError(f"{where}: {exc}") from exc


class _FieldError(ValueError):
    """What is wrong with one field; the caller adds file and line."""


def _case(item: dict[str, Any]) -> Case:
    kind = _text(item, "kind")
    if kind not in KINDS:
        raise _FieldError(f"the kind {kind!r} is none of {', '.join(KINDS)}.")
    case = Case(
        id=_text(item, "id"),
        kind=kind,
        question=_text(item, "question"),
        answer=str(item.get("answer") or ""),
        history=tuple(_turn(pair) for pair in _list(item, "history")),
        must=tuple(_strings(group, "must") for group in _list(item, "must")),
        must_not=_barred(_list(item, "must_not")),
        evidence=tuple(_golds(group) for group in _list(item, "evidence")),
        as_of=_as_of(item.get("as_of")),
    )
    if not case.to_refuse and not case.must:
        raise _FieldError(f"a question of kind {kind} needs at least one group in must.")
    if case.to_refuse and case.evidence:
        raise _FieldError(f"a question of kind {kind} is to be refused, but evidence is listed.")
    return case


def _text(item: dict[str, Any], field: str) -> str:
    value = item.get(field)
    if not isinstance(value, str) or not value.strip():
        raise _FieldError(f"{field} must be text that is not empty, found {value!r}.")
    return value


def _list(item: dict[str, Any], field: str) -> list[Any]:
    value = item.get(field)
    if value is None:
        return []
    if not isinstance(value, list):
        raise _FieldError(f"{field} must be a list, found {value!r}.")
    return value


def _strings(group: object, field: str) -> tuple[str, ...]:
    if not isinstance(group, list) or not group:
        raise _FieldError(f"{field} must hold lists of alternatives, found {group!r}.")
    for text in group:
        if not isinstance(text, str) or not text.strip():
            raise _FieldError(f"an alternative in {field} must be text, found {text!r}.")
    return tuple(group)


def _barred(items: list[Any]) -> tuple[str, ...]:
    # Groups as in `must` mean the same here: none of all these may stand in the answer.
    groups = (item if isinstance(item, list) else [item] for item in items)
    return tuple(text for group in groups for text in _strings(group, "must_not"))


def _turn(pair: object) -> Turn:
    if isinstance(pair, list) and len(pair) == 2 and all(isinstance(t, str) for t in pair):
        return Turn(question=pair[0], answer=pair[1])
    raise _FieldError(f"history must hold pairs [question, answer], found {pair!r}.")


def _golds(group: object) -> tuple[Gold, ...]:
    if not isinstance(group, list) or not group:
        raise _FieldError(f"evidence must hold lists of alternatives, found {group!r}.")
    for item in group:
        if not isinstance(item, dict):
            raise _FieldError(f"evidence must name an article and a quote, found {item!r}.")
    return tuple(Gold(_text(item, "article"), _text(item, "quote")) for item in group)


def _as_of(value: object) -> str | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value if isinstance(value, str) else "").isoformat()
    except ValueError as exc:
        raise _FieldError(f"as_of must be a date like 2022-09-28, found {value!r}.") from exc
