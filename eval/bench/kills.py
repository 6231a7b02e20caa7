"""Kill -9 aimed at Chroma's index write, again and again: what was acknowledged must be there.

Run from the project's folder:

    python -m eval.bench.kills [--n 50] [--records 1100]

Each round adds an export of made-up records to a folder, starts ``index.sync.sync`` on it in a
process of its own, and kills that some milliseconds after the index's header changes on disk: in
the middle of the write. Acknowledged is an article that the ledger holds then. The next start,
again in a process of its own, runs to its end; then every acknowledged article must be there with
the text it had, and nothing may be damaged: seal, vectors and ledger agree. Vectors are hashed
bags of words: no model is needed. Prints the figures, and exits 1 where an article is lost, a
library is damaged after the next start, or less than half of the kills hit the write.

A torn index that is opened may grow until the disk is full (docs/decisions.md). That must not
happen; should it, no process here can write a file of more than MAX_FILE bytes.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import numpy as np
import typer

from eval.report import aligned
from index import seal
from index.embed import Encoded, Passage, Vectors
from index.errors import DatelineError
from index.health import audit
from index.library import Library
from index.settings import IndexSettings
from index.sync import sync
from index.vector_check import check
from index.vectors import VectorStore

MAX_FILE = 2 * 2**30  # bytes
DIM = 64
POLL_S = 0.0005
MAX_AFTER_S = 0.03  # from the header's change to the kill: the other files are written by then
KILLS_A_LIBRARY = 10  # then a new one is begun, so that rounds stay equally long


@dataclass(frozen=True, slots=True)
class Round:
    """One kill: whether it hit the write, and what the next start made of it."""

    n_acknowledged: int
    was_writing: bool  # the store's own mark of an unfinished write was there after the kill
    n_lost: int
    damage: tuple[str, ...]
    next_start_s: float


class Words:
    """A hashed bag of words as an embedder. Satisfies ``index.embed.Embedder``."""

    name = "words"
    fingerprint = f"words-{DIM}"
    dim = DIM

    def embed_query(self, text: str) -> Vectors:
        """Return the unit vector of a text: (dim,)."""
        vector = np.full(DIM, 0.01, dtype=np.float32)
        for word in text.split():
            vector += of_word(word)
        unit: Vectors = (vector / np.linalg.norm(vector)).astype(np.float32)
        return unit

    def embed_passages(self, passages: Sequence[Passage]) -> Iterator[tuple[int, Encoded]]:
        """Yield each passage's place and vectors."""
        for i, passage in enumerate(passages):
            rows = [self.embed_query(passage.text[a:b]) for a, b in passage.spans]
            yield i, Encoded(self.embed_query(passage.text), np.array(rows))


@cache
def of_word(word: str) -> Vectors:
    """Return a random vector that is always the same for a word: (dim,)."""
    drawn = np.random.default_rng(zlib.crc32(word.encode())).normal(size=DIM)
    return drawn.astype(np.float32)


def main(
    n: Annotated[int, typer.Option("--n", min=1, help="Kills.")] = 50,
    records: Annotated[int, typer.Option(min=1, help="Records added for each kill.")] = 1100,
) -> None:
    """Kill ``n`` runs in the middle of the index write; print what came of it."""
    import_module("llama_index.core.vector_stores.utils")  # once for all that is forked from here
    for number in range(5000):
        of_word(f"w{number}")
    rounds = []
    with TemporaryDirectory(prefix="dateline-kills-", ignore_cleanup_errors=True) as scratch:
        for at in range(n):
            home = Path(scratch) / f"home{at // KILLS_A_LIBRARY}"
            rounds.append(one_kill(home, at, records))
            print(f"{at + 1}/{n}: {rounds[-1]}", flush=True)
    print(f"\n{table(rounds)}")
    n_bad = sum(r.n_lost for r in rounds) + sum(bool(r.damage) for r in rounds)
    raise typer.Exit(int(n_bad > 0 or 2 * sum(r.was_writing for r in rounds) < n))


def one_kill(home: Path, at: int, n_records: int) -> Round:
    """Add records, kill the run that indexes them, and run again to the end."""
    write_export(home / "news" / f"wire{at}.jsonl", at, n_records)
    library = IndexSettings(home).library_dir
    writer = start(index, home)
    before = headers(library)
    while writer.is_alive() and headers(library) == before:
        time.sleep(POLL_S)
    time.sleep(random.Random(at).uniform(0, MAX_AFTER_S))
    writer.kill()
    writer.join()
    was_writing = (library / "chroma" / "unfinished").exists()
    acknowledged = hashes(library)
    began = time.monotonic()
    again = start(index, home)
    again.join()
    if again.exitcode:
        raise DatelineError(f"The run after kill {at + 1} failed: see above.")
    seconds = time.monotonic() - began
    found = hashes(library)
    n_lost = sum(found.get(i) != content for i, content in acknowledged.items())
    return Round(len(acknowledged), was_writing, n_lost, damage(home), seconds)


def index(home: Path) -> None:
    """Bring the library of a home up to date with its folder of exports."""
    sync([home / "news"], IndexSettings(home), home / "model", load=lambda folder: Words())


def damage(home: Path) -> tuple[str, ...]:
    """Return all that a look at everything finds, as ``dateline doctor`` looks."""
    checking = start(write_damage, home)
    checking.join()
    if checking.exitcode:
        return (f"the check ended with {checking.exitcode}",)
    return tuple(json.loads((home / "damage.json").read_text("utf-8")))


def write_damage(home: Path) -> None:
    """Compare ledger, seal and vectors; leave what differs in ``damage.json``."""
    folder = IndexSettings(home).library_dir
    with closing(Library(folder)) as library, closing(VectorStore(folder)) as store:
        found = seal.broken(folder, library.meta(seal.KEY), thorough=True)
        found += check(library, store)
    if n_differing := audit(folder):
        found.append(f"audit: {n_differing} differences")
    (home / "damage.json").write_text(json.dumps(found), "utf-8")


def start(work: Callable[[Path], None], home: Path) -> ForkProcess:
    """Start work in a forked process, which need not import anything anew."""
    process = get_context("fork").Process(target=limited, args=(work, home))
    process.start()
    return process


def limited(work: Callable[[Path], None], home: Path) -> None:
    """Work with no file larger than MAX_FILE allowed."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_FILE, MAX_FILE))
    work(home)


def headers(library: Path) -> set[tuple[str, int]]:
    """Return the index headers on disk with the times they were written."""
    return {
        (path.parent.name, path.stat().st_mtime_ns) for path in library.glob("chroma/*/header.bin")
    }


def hashes(library: Path) -> dict[str, str | None]:
    """Return every article of the ledger with the hash of its content; none before the first."""
    if not library.is_dir():
        return {}
    with closing(Library(library)) as ledger:
        return {i: ledger.content_hash(i) for i in ledger.ids()}


def write_export(path: Path, seed: int, n_records: int) -> None:
    """Write an export of records of ten random words each, none like another."""
    rng = random.Random(seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for i in range(n_records):
            text = " ".join(f"w{rng.randrange(5000)}" for _ in range(10))
            file.write(json.dumps({"id": f"{seed}-{i}", "text": f"{text}."}) + "\n")


def table(rounds: Sequence[Round]) -> str:
    """Return the figures over all kills."""
    n_lost = sum(r.n_lost for r in rounds)
    rows = [
        ["kills", str(len(rounds))],
        ["in the middle of a write", str(sum(r.was_writing for r in rounds))],
        ["acknowledged articles, over all kills", str(sum(r.n_acknowledged for r in rounds))],
        ["of them lost", str(n_lost)],
        ["whole after the next start", str(sum(not r.damage for r in rounds))],
        ["longest next start, s", f"{max(r.next_start_s for r in rounds):.1f}"],
    ]
    return aligned(rows)


if __name__ == "__main__":
    try:
        typer.run(main)
    except DatelineError as exc:
        sys.exit(f"kills: {exc}")
