"""Questions from a file, answers to a file: one JSON object a line, resumable.

Each answer is flushed as it is ready; a run that was stopped goes on with the questions that
have no line yet. A question that fails stops nothing: its line carries the error instead. Knows
nothing of how answers are found.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from index.errors import DatelineError, InputError
from rag.question import check_date
from rag.schema import Answer, Filters, Turn
from ui.render import clean

LINE_START = b'{"id": '  # of every line: tells a half one from a file of something else


class Answers(Protocol):
    """What a batch needs of the assistant."""

    def answer(
        self, question: str, *, history: Sequence[Turn], filters: Filters, as_of: str | None
    ) -> Answer:
        """Return the answer. Raises DatelineError."""
        ...


class Numbered(Protocol):
    """A line of a file that gets a line of the answers, found again by its id."""

    @property
    def id(self) -> str:
        """The line's id."""
        ...


Line = TypeVar("Line", bound=Numbered)


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of a question file."""

    id: str
    question: str
    history: tuple[Turn, ...] = ()
    as_of: str | None = None


def load_questions(path: Path, *, as_of: str | None = None) -> tuple[Asked, ...]:
    """Read a question file; ``as_of`` is the day of the lines that name none.

    Raises InputError that names the first line it cannot read.
    """
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as exc:
        raise InputError(f"The question file {path} cannot be read ({_reason(exc)}).") from exc
    found: dict[str, Asked] = {}
    for number, line in enumerate(lines, start=1):
        if line.strip():
            asked = _asked(f"{path}, line {number}", line, as_of)
            if asked.id in found:
                raise InputError(f"{path}, line {number}: the id {asked.id!r} occurs twice.")
            found[asked.id] = asked
    if not found:
        raise InputError(f"{path} holds no question. Write one JSON object a line.")
    return tuple(found.values())


def remaining(questions: Sequence[Line], out: Path) -> tuple[Line, ...]:
    """Return the lines that have no line in ``out`` yet; a line left half is cut off.

    Raises InputError when ``out`` cannot be written, or holds something else than answers.
    """
    try:
        out.open("ab").close()
        # Only a file can hold an earlier run; a pipe or a terminal would be waited for.
        answered = _answered(out) if out.is_file() else set()
    except (OSError, UnicodeDecodeError) as exc:
        raise InputError(
            f"The answers cannot be written to {out} ({_reason(exc)}). Name another --out."
        ) from exc
    return tuple(asked for asked in questions if asked.id not in answered)


def run_batch(
    assistant: Answers,
    questions: Sequence[Asked],
    out: Path,
    *,
    filters: Filters,
    done: Callable[[int], None],
) -> int:
    """Append an answer to ``out`` for every question; return how many failed.

    ``done`` is called with the number of questions answered so far.
    """

    def answered(asked: Asked) -> dict[str, Any]:
        answer = assistant.answer(
            asked.question, history=asked.history, filters=filters, as_of=asked.as_of
        )
        return answer.to_dict()

    return write_each(questions, out, answered, done=done)


def write_each(
    questions: Sequence[Asked],
    out: Path,
    told: Callable[[Asked], dict[str, Any]],
    *,
    done: Callable[[int], None],
) -> int:
    """Append what is told of every question to ``out``, a line each; return how many failed.

    A DatelineError that ``told`` raises becomes the question's line.
    """
    n_failed = 0
    with out.open("a", encoding="utf-8", newline="\n") as file:
        for n, asked in enumerate(questions, start=1):
            record = _record(asked, told)
            n_failed += "error" in record
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
            file.flush()
            done(n)
    return n_failed


def _asked(where: str, line: str, as_of: str | None) -> Asked:
    try:
        values = json.loads(line)
    except (ValueError, RecursionError) as exc:
        raise InputError(f"{where} is not JSON ({exc}).") from exc
    if not isinstance(values, dict) or not isinstance(values.get("question"), str):
        raise InputError(f'{where} has no "question". Write {{"id": "1", "question": "..."}}.')
    if not isinstance(values.get("id"), str | int):
        raise InputError(f'{where} has no "id", which its answer would carry.')
    day = values.get("as_of") or None
    return Asked(
        id=clean(str(values["id"])),
        question=clean(values["question"]),
        history=tuple(_turns(where, values.get("history") or [])),
        as_of=check_date(str(day), f"as_of ({where})") if day else as_of,
    )


def _turns(where: str, history: Any) -> Iterator[Turn]:  # noqa: ANN401 - whatever JSON held
    if not isinstance(history, list):
        raise InputError(f'{where}: "history" must be a list of [question, answer].')
    for pair in history:
        if not isinstance(pair, list) or len(pair) != 2:
            raise InputError(f'{where}: "history" must be a list of [question, answer].')
        yield Turn(clean(str(pair[0])), clean(str(pair[1])))


def _answered(out: Path) -> set[str]:
    """Return the ids that have a line; a line that a stopped run left half is cut off."""
    whole = out.read_bytes()
    length = whole.rfind(b"\n") + 1
    # Not splitlines: an answer may quote characters that it takes for the end of a line.
    lines = whole[:length].decode("utf-8").split("\n")[:-1]
    found = {_id_of(line, f"{out}, line {n}") for n, line in enumerate(lines, start=1)}
    if half := whole[length:]:
        if not half.startswith(LINE_START[: len(half)]):
            raise _strange(f"{out}, line {len(lines) + 1}")
        os.truncate(out, length)
    return found


def _id_of(line: str, where: str) -> str:
    try:
        return str(json.loads(line)["id"])
    except (ValueError, KeyError, TypeError, RecursionError) as exc:
        raise _strange(where) from exc


def _strange(where: str) -> InputError:
    return InputError(
        f"{where} is no answer of an earlier run. Name another --out, or remove the file."
    )


def _record(asked: Asked, told: Callable[[Asked], dict[str, Any]]) -> dict[str, Any]:
    began = time.monotonic()
    try:
        record = {**told(asked), "id": asked.id}
    except DatelineError as exc:
        record = {"question": asked.question, "error": str(exc)}
    return {"id": asked.id, **record, "seconds": round(time.monotonic() - began, 3)}


def _reason(exc: OSError | UnicodeDecodeError) -> str:
    return (exc.strerror if isinstance(exc, OSError) else f"no UTF-8: {exc.reason}") or str(exc)
