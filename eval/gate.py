"""The gate of CI: the extractive writer over the sample articles, against pinned floors.

The floors name the questions and articles that they were measured on; when either changes, the
gate fails until it is pinned anew, so a floor never judges something else. Extractive, because
it needs no language model and gives the same answer twice.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from eval.cases import OWN_SETS
from eval.report import aligned
from eval.summary import MEASURES, Summary
from index.errors import InputError, NotFoundError

QUESTIONS = OWN_SETS / "samples.jsonl"
FLOORS = OWN_SETS / "floors.json"
SAMPLES = Path(__file__).resolve().parents[1] / "samples"
WRITER = "extractive"
EXACT = frozenset({"spans_valid"})  # no slack: one citation that points nowhere is one too many


@dataclass(frozen=True, slots=True)
class Floors:
    """The lowest value each measure may have, and what it was measured on."""

    fingerprint: str
    n: int
    floors: dict[str, float]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One line of the gate: a measure against its floor."""

    name: str
    floor: str
    measured: str
    passed: bool


def fingerprint(questions: Path, articles: Path) -> str:
    """Return 16 hex digits that change with any question or article, but not with line ends.

    Raises NotFoundError when the folder of articles is not there.
    """
    if not articles.is_dir():
        raise NotFoundError(f"No sample articles at {articles}. Name their folder with --samples.")
    total = hashlib.sha256()
    files = sorted(path for path in articles.rglob("*") if path.is_file())
    for path in (questions, *(p for p in files if not p.name.startswith("."))):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        total.update(f"{path.name}\n{len(content)}\n".encode())
        total.update(content)
    return total.hexdigest()[:16]


def read_floors(path: Path, writer: str = WRITER) -> Floors | None:
    """Return the pinned floors of a writer, None when there are none yet.

    Raises InputError when the file does not hold floors.
    """
    if not path.is_file():
        return None
    try:
        stored = json.loads(path.read_text("utf-8"))
        if stored.get(writer) is None:
            return None
        floors = Floors(**stored[writer])
        unknown = set(floors.floors) - set(MEASURES)
    except (ValueError, TypeError, AttributeError) as exc:
        raise InputError(f"{path} does not hold floors ({exc}). Run `dateline eval pin`.") from exc
    if unknown:
        raise InputError(f"{path} names unknown measures: {', '.join(sorted(unknown))}.")
    return floors


def judge(summary: Summary, floors: Floors, seen: str) -> tuple[Verdict, ...]:
    """Return a verdict for every floor, and for what the floors presume.

    A measure that could not be computed fails, as does a question that could not be answered.
    """
    lines = [
        Verdict("articles and questions", floors.fingerprint, seen, floors.fingerprint == seen),
        Verdict("questions", str(floors.n), str(summary.n), floors.n == summary.n),
        Verdict("failed questions", "0", str(summary.n_failed), summary.n_failed == 0),
    ]
    for name, floor in floors.floors.items():
        measure = summary.measures.get(name)
        measured = "-" if measure is None else f"{measure.value:.3f}"
        passed = measure is not None and measure.value >= floor
        lines.append(Verdict(name, f"{floor:.3f}", measured, passed))
    return tuple(lines)


def gate_table(verdicts: Sequence[Verdict]) -> str:
    """Return the verdicts as lines of text, failures marked."""
    rows = [["measure", "floor", "measured", ""]]
    rows += [[v.name, v.floor, v.measured, "ok" if v.passed else "FAILED"] for v in verdicts]
    return aligned(rows)


def floors_of(summary: Summary, seen: str) -> Floors:
    """Return floors that leave each measure room for one question, none where it is exact.

    One question is what another processor's rounding may turn; a real fault turns more.
    """
    floors = {}
    for name in (name for name in MEASURES if name in summary.measures):
        measure = summary.measures[name]
        slack = 0.0 if name in EXACT else 1 / measure.n
        # The small term keeps 0.7 from becoming 0.699 because 0.7 has no exact binary form.
        floors[name] = max(0.0, math.floor((measure.value - slack) * 1000 + 1e-6) / 1000)
    return Floors(seen, summary.n, floors)


def pin(path: Path, new: Floors, *, allow_lower: bool, writer: str = WRITER) -> None:
    """Write floors, keeping those of other writers.

    Raises InputError when a floor would be lower than the one pinned and ``allow_lower`` is
    false: a fault must not disappear by measuring again.
    """
    old = read_floors(path, writer)
    lowered = [
        f"{name} from {floor:.3f} to {new.floors.get(name, 0.0):.3f}"
        for name, floor in (old.floors if old else {}).items()
        if new.floors.get(name, 0.0) < floor
    ]
    if lowered and not allow_lower:
        raise InputError(
            f"Pinning would lower {', '.join(lowered)}. Find out why, or give --allow-lower."
        )
    stored = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    stored[writer] = asdict(new)
    path.write_text(json.dumps(stored, indent=2) + "\n", "utf-8")
