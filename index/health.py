"""Whether a library is whole, and making it whole again from the ledger.

``examine`` looks at everything and may take minutes; ``heal`` is what every run begins with: it
costs nothing where the last run ended well. An index that was torn by a kill is never opened:
Chroma may then crash, or write its file of links until the disk is full (709 GB were seen). It is
written anew from the ledger, and what looks whole is examined in a child process. Knows nothing
of article files.
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from index import seal
from index.errors import LibraryError, MismatchError, NoLibraryError
from index.library import LEDGER, Library
from index.lock import only_writer
from index.store import Store
from index.vectors import discard, stored_ids

STOPPED = "the last run was stopped while it wrote"
CHILD_SECONDS = 3600  # for a million chunks; a store that answers no more must not hang for ever


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing that is not as it should be. ``part`` is "ledger", "full text" or "vectors"."""

    part: str
    what: str


def examine(folder: Path, *, has_writer: bool = False) -> list[Damage]:
    """Return all damage of a library folder; nothing is changed.

    Raises NoLibraryError when there is no library. ``has_writer`` is whether a run is writing:
    then vectors that are still to come are no damage.
    """
    try:
        opened = Library(folder)
    except (NoLibraryError, MismatchError):
        raise
    except LibraryError as exc:
        return [Damage("ledger", str(exc))]
    with closing(opened) as library:
        found = _ledger_damage(library)
        if any(damage.part == "ledger" for damage in found):
            return found
        sealed = library.meta(seal.KEY)
        if has_writer:
            return found
        if sealed == seal.OPEN:
            found.append(Damage("vectors", STOPPED))
            return found
        lines = seal.broken(folder, sealed, thorough=True)
    found += [Damage("vectors", line) for line in lines or _vector_damage(folder)]
    return found


def repair(folder: Path, found: list[Damage]) -> None:
    """Mend what ``examine`` found, from the ledger alone. Only for who holds the lock.

    Raises LibraryError when the ledger itself is damaged: only a backup helps then.
    """
    parts = {damage.part for damage in found}
    if "ledger" in parts:
        lines = "; ".join(damage.what for damage in found if damage.part == "ledger")
        raise LibraryError(
            f"The ledger in {folder} is damaged ({lines}). Restore a backup with "
            f"`dateline restore FILE`, or index the articles into another home."
        )
    if "full text" in parts:
        with closing(Store(folder)) as store:
            store.rebuild_full_text()
    if "vectors" in parts:
        _rebuild_vectors(folder)


def heal(folder: Path) -> list[Damage]:
    """Mend what a run that was stopped may have left, or files that were lost since.

    Only for who holds the lock. Returns what was found; an empty list where all was well.
    """
    if not (folder / LEDGER).is_file():
        return []
    with closing(Library(folder)) as library:
        sealed = library.meta(seal.KEY)
    lines = [STOPPED] if sealed == seal.OPEN else seal.broken(folder, sealed)
    if lines:
        _rebuild_vectors(folder)
    return [Damage("vectors", line) for line in lines]


def _rebuild_vectors(folder: Path) -> None:
    """Write the vector store anew from the ledger's vectors."""
    discard(folder)
    with closing(Store(folder)) as store:
        store.await_all()
        store.settle()


def _ledger_damage(library: Library) -> list[Damage]:
    try:
        lines = [row[0] for row in library.db.rows("PRAGMA integrity_check(5)")]
    except LibraryError as exc:
        return [Damage("ledger", str(exc))]
    full_text = [line for line in lines if "chunk_text" in line]
    found = [Damage("ledger", line) for line in lines if line != "ok" and line not in full_text]
    found += [Damage("full text", line) for line in full_text]
    if found:
        return found
    sql = "SELECT (SELECT count(*) FROM chunks), (SELECT count(*) FROM chunk_text_docsize)"
    ((n_chunks, n_indexed),) = library.db.rows(sql)
    if n_chunks != n_indexed:
        found.append(Damage("full text", f"{n_indexed} of {n_chunks} chunks are indexed"))
    return found


def _vector_damage(folder: Path) -> list[str]:
    """Examine the vector store in a process of its own; a crash of it is damage too."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "index.vector_check", str(folder)],
            capture_output=True,
            text=True,
            timeout=CHILD_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return [f"the store gave no answer in {CHILD_SECONDS} s"]
    if done.returncode < 0:
        return [f"opening the store crashed its process (signal {-done.returncode})"]
    try:
        return [str(line) for line in json.loads(done.stdout.splitlines()[-1])]
    except (ValueError, IndexError):
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return [f"the store could not be examined ({last})"]


def audit(folder: Path) -> int:
    """Return in how many chunks the ledger and Chroma's own tables differ; opens no index."""
    with closing(Library(folder)) as library:
        return len(set(library.chunk_ids(library.ids())) ^ stored_ids(folder))


def recover(folder: Path) -> None:
    """Mend what a stopped run left, where nobody is writing; for who is about to read."""
    with suppress(LibraryError), only_writer(folder):
        heal(folder)
