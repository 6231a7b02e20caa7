"""Where a run's figures come from: the questions, the corpus, the models, the commit.

Kept beside the records, so that a stopped run is only continued as what it was.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from eval.report import Provenance
from eval.run import Record
from eval.summary import SEED
from index.errors import InputError, NotFoundError
from index.settings import IndexSettings
from rag.settings import RagSettings

ABOUT = "run.json"
_MAY_DIFFER = frozenset({"Machine", "Started"})


def library_facts(settings: IndexSettings) -> tuple[tuple[str, str], ...]:
    """Return which articles are asked, and the embedding model that they are indexed with."""
    from index.library import Library

    with closing(Library(settings.library_dir)) as library:
        return (
            ("Library snapshot", library.snapshot()),
            ("Library built with", str(library.manifest)),
        )


def writer_facts(settings: RagSettings) -> tuple[tuple[str, str], ...]:
    """Return who writes the answers; an endpoint is not named, only its model."""
    if settings.extractive:
        return (("Language model", "none (extractive)"),)
    if settings.llm_url:
        return (("Language model", f"remote, {settings.llm_model or 'its only model'}"),)
    return (("Language model", settings.llm_path.name if settings.llm_path else "the shipped one"),)


def about(
    name: str, files: Sequence[Path], n_asked: int, facts: Iterable[tuple[str, str]]
) -> Provenance:
    """Return what is known of a run before it begins; ``files`` hold its questions."""
    return Provenance(
        title=f"Dateline evaluation: {name}",
        facts=(
            ("Question set", f"{name}, SHA-256 {_sha256(files)[:16]}"),
            ("Questions to ask", str(n_asked)),
            *facts,
            ("Commit", _commit()),
            ("Dateline", _version()),
            ("Machine", f"{platform.machine()}, {os.cpu_count()} CPUs, {platform.system()}"),
            ("Bootstrap seed", str(SEED)),
            ("Started", datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")),
        ),
    )


def with_answers(provenance: Provenance, records: Iterable[Record]) -> Provenance:
    """Add what only the answers tell: how many there are, and who wrote them."""
    answers = [record.answer for record in records]
    writers = sorted({str(answer.get("writer", "")) for answer in answers if answer})
    added = (
        ("Questions asked", str(len(answers))),
        ("Writer", ", ".join(writers) or "none"),
    )
    return replace(provenance, facts=(*provenance.facts, *added))


def keep(provenance: Provenance, folder: Path) -> None:
    """Write what a run is about beside its records."""
    stored = {"title": provenance.title, "facts": dict(provenance.facts)}
    (folder / ABOUT).write_text(json.dumps(stored, indent=2) + "\n", "utf-8")


def kept(folder: Path) -> Provenance:
    """Return what the run in a folder is about. Raises NotFoundError or InputError."""
    path = folder / ABOUT
    try:
        stored = json.loads(path.read_text("utf-8"))
        return Provenance(str(stored["title"]), tuple(stored["facts"].items()))
    except (FileNotFoundError, NotADirectoryError) as exc:
        raise NotFoundError(f"No run in {folder}: `dateline eval run --out` makes one.") from exc
    except (ValueError, TypeError, KeyError, AttributeError) as exc:
        raise InputError(f"{path} does not say what a run is about ({exc!r}).") from exc


def check_same(now: Provenance, before: Provenance) -> None:
    """Raise InputError when a stopped run cannot be continued as what it was."""
    facts = dict(before.facts)
    for name, value in now.facts:
        if name not in _MAY_DIFFER and facts.get(name) != value:
            raise InputError(
                f"The run to continue has {name} {facts.get(name)!r}, this one {value!r}. "
                f"Name another folder with --out, or leave out --resume to replace it."
            )


def _sha256(files: Sequence[Path]) -> str:
    total = hashlib.sha256()
    for file in files:
        total.update(file.read_bytes())
    return total.hexdigest()


def _commit() -> str:
    """Return the commit that the source is of, with a plus where it was changed since."""
    here = Path(__file__).resolve().parent
    try:
        head = _git(here, "rev-parse", "--short=12", "HEAD")
        changed = _git(here, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.CalledProcessError):
        return "unknown: not run from a checkout"
    return head + ("+" if changed else "")


def _git(folder: Path, *words: str) -> str:
    command = ["git", "-C", str(folder), *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _version() -> str:
    try:
        return metadata.version("dateline")
    except metadata.PackageNotFoundError:
        return "run from source, not installed"
