"""A disk that is full or read-only: one clear line, exit code 1, and nothing acknowledged lost.

As root the disk is a real one of 6 MB in memory. Otherwise no process may write a file of more
than a megabyte, which fails in the middle of a run just the same.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from index.health import audit, examine
from index.library import Library

TESTS = Path(__file__).resolve().parent
SMALL = "6m"  # Chroma alone takes half a megabyte before its first row
LIMIT = 1_000_000  # bytes a file
FERRY = "The night ferry to Olm was cancelled on Tuesday after a fire in its engine room."
QUESTION = "Which ferry was cancelled on Tuesday?"
# The command line itself, with a model that takes no seconds to load.
CODE = """
import index.embed
from fakes import HashEmbedder
index.embed.SentenceTransformerEmbedder = lambda folder, **_: HashEmbedder(folder, dim=64)
from ui.cli import main
main()
"""
DATELINE = (sys.executable, "-c", CODE)
N_RECORDS = 1200  # of 60 words: more than the disk holds, twice


def mounted(folder, size):
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@dataclass
class Disk:
    """A home on a small disk, articles and a model beside it, and commands run over them."""

    root: Path
    is_mounted: bool = False
    limits: dict[int, tuple[int, int]] = field(default_factory=dict)

    @property
    def home(self):
        return self.root / "disk" / "home"

    @property
    def library(self):
        return self.home / "library"

    def write_records(self, name, **texts):
        lines = [json.dumps({"id": i, "text": text}) + "\n" for i, text in texts.items()]
        (self.root / "news" / name).write_text("".join(lines), "utf-8")

    def remount(self, options):
        command = ["mount", "-o", f"remount,{options}", str(self.root / "disk")]
        subprocess.run(command, check=True)

    def fill(self):
        """Let there be less room than the articles need."""
        if not self.is_mounted:
            self.limits = {resource.RLIMIT_FSIZE: (LIMIT, LIMIT)}

    def free(self):
        if self.is_mounted:
            self.remount("size=200m")
        self.limits = {}

    def run(self, command, *words):
        def limit():
            for what, limits in self.limits.items():
                resource.setrlimit(what, limits)

        return subprocess.run(
            [*DATELINE, command, "--home", str(self.home), *map(str, words)],
            env={**os.environ, "PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent}"},
            capture_output=True,
            text=True,
            timeout=280,
            check=False,
            preexec_fn=limit,
        )

    def index(self):
        return self.run("index", self.root / "news", "--embed-model", self.root / "model")

    def ask(self):
        options = ["--extractive", "--embed-model", self.root / "model"]
        return self.run("ask", QUESTION, *options)

    def stored(self):
        with closing(Library(self.library)) as ledger:
            return {i: ledger.content_hash(i) for i in ledger.ids()}


@pytest.fixture
def disk(tmp_path):
    made = Disk(tmp_path)
    for name in ("news", "disk", "model"):
        (tmp_path / name).mkdir()
    (tmp_path / "model" / "modules.json").write_text("[]")
    made.is_mounted = os.geteuid() == 0 and mounted(tmp_path / "disk", SMALL)
    yield made
    if made.is_mounted:
        subprocess.run(["umount", str(tmp_path / "disk")], check=True)


def refused(done):
    """Return the one line that a command ended with."""
    assert done.returncode == 1, (done.returncode, done.stdout, done.stderr)
    lines = [line for line in done.stderr.splitlines() if line.startswith("dateline: ")]
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return lines[0]


@pytest.mark.timeout(900)
def test_a_full_disk_stops_a_run_clearly_and_loses_nothing(disk):
    disk.write_records("a.jsonl", a=FERRY)
    assert disk.index().returncode == 0
    rng = random.Random(1)
    many = {
        f"b{n}": " ".join(f"w{rng.randrange(5000)}" for _ in range(60)) for n in range(N_RECORDS)
    }
    disk.write_records("b.jsonl", **many)
    disk.fill()
    line = refused(disk.index())
    assert "disk" in line
    acknowledged = disk.stored()
    assert 1 <= len(acknowledged) < N_RECORDS + 1
    asked = disk.ask()  # answered, or refused as clearly
    assert "night ferry" in asked.stdout if asked.returncode == 0 else refused(asked)
    refused(disk.index())
    assert acknowledged.items() <= disk.stored().items()
    disk.free()
    done = disk.index()
    assert done.returncode == 0, done.stderr
    found = disk.stored()
    assert len(found) == N_RECORDS + 1
    assert acknowledged.items() <= found.items()
    assert examine(disk.library) == []
    assert audit(disk.library) == 0


@pytest.mark.timeout(900)
def test_a_library_that_cannot_be_written_says_so_and_is_whole_afterwards(disk):
    disk.write_records("a.jsonl", a=FERRY)
    assert disk.index().returncode == 0
    before = disk.stored()
    disk.write_records("b.jsonl", b=f"{FERRY} Again.")
    for folder in (disk.library, disk.home):
        folder.chmod(0o500)
    if disk.is_mounted:
        disk.remount("ro")
    try:
        assert "cannot be written" in refused(disk.index())
        line = refused(disk.ask())
        assert "read-only" in line
        assert "Copy it" in line
        refused(disk.run("doctor"))
    finally:
        if disk.is_mounted:
            disk.remount("rw")
        for folder in (disk.home, disk.library):
            folder.chmod(0o700)
    assert disk.stored() == before
    asked = disk.ask()
    assert asked.returncode == 0, asked.stderr
    assert disk.index().returncode == 0
    assert len(disk.stored()) == 2
    assert examine(disk.library) == []
