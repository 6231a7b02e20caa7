"""Claims and texts from a file, verdicts to a file: one JSON object a line, resumable.

Each verdict is flushed as it is ready; a run that was stopped goes on with the lines that have
none yet. Knows nothing of how a claim is checked.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from index.errors import InputError
from rag.verify import Check
from ui.render import clean

_GZIP = b"\x1f\x8b"


class Judge(Protocol):
    """What checking pairs needs of the verifier."""

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Check]:
        """Return the check of each (claim, text)."""
        ...


@dataclass(frozen=True, slots=True)
class PairLine:
    """One line of a file of pairs: does ``premise`` say ``claim``?"""

    id: str
    premise: str
    claim: str


def load_pairs(path: Path) -> tuple[PairLine, ...]:
    """Read a JSONL file of {"id", "premise", "claim"}, gzipped or not; no id: the line's number.

    Raises InputError that names the first line it cannot read.
    """
    try:
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if raw.startswith(_GZIP) else raw).decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as exc:
        raise InputError(f"The file of pairs {path} cannot be read ({exc}).") from exc
    found: dict[str, PairLine] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            pair = _pair(f"{path}, line {number}", line, str(number))
            if pair.id in found:
                raise InputError(f"{path}, line {number}: the id {pair.id!r} occurs twice.")
            found[pair.id] = pair
    if not found:
        raise InputError(f"{path} holds no pair. Write one JSON object a line.")
    return tuple(found.values())


def judge_pairs(
    judge: Judge, pairs: Sequence[PairLine], out: Path, *, done: Callable[[int], None]
) -> None:
    """Append {"id", "support", "verdict", "reason"} to ``out`` for every pair, in order.

    ``done`` is called with the number of pairs judged so far.
    """
    with out.open("a", encoding="utf-8", newline="\n") as file:
        for n, pair in enumerate(pairs, start=1):
            (found,) = judge.judge([(pair.claim, pair.premise)])
            record = {
                "id": pair.id,
                "support": round(found.support, 4),
                "verdict": found.verdict,
                "reason": found.reason,
            }
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
            file.flush()
            done(n)


def _pair(where: str, line: str, number: str) -> PairLine:
    try:
        values = json.loads(line)
    except (ValueError, RecursionError) as exc:
        raise InputError(f"{where} is not JSON ({exc}).") from exc
    if not isinstance(values, dict):
        raise InputError(f"{where} is no JSON object.")
    for name in ("premise", "claim"):
        if not isinstance(values.get(name), str):
            raise InputError(
                f'{where} has no "{name}". Write {{"premise": "...", "claim": "..."}}.'
            )
    return PairLine(clean(str(values.get("id", number))), values["premise"], values["claim"])
