"""Every shape of damage is found, and mended from the ledger until every chunk is found again."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from test_index_sync import FERRY, SYNC_ELSEWHERE, TESTS, Desk, long_text

from index.errors import LibraryError
from index.health import audit, examine, heal, repair
from index.library import Library
from index.store import Store

N_RECORDS = 1300  # Chroma writes its index files from 1,000 chunks on


def text(seed):
    """Ten words of their own: nothing else in the library is like it."""
    words = random.Random(seed)
    return " ".join(f"w{words.randrange(5000)}" for _ in range(10)) + "."


def segment(library):
    return next(path for path in (library / "chroma").iterdir() if path.is_dir())


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def scribble(path):
    content = bytearray(path.read_bytes())
    third = len(content) // 3
    content[third : third + 300] = random.Random(1).randbytes(300)
    path.write_bytes(content)


def zero(path):
    path.write_bytes(bytes(path.stat().st_size))


DAMAGE = {
    "pickle missing": lambda s: (s / "index_metadata.pickle").unlink(),
    "pickle cut": lambda s: cut(s / "index_metadata.pickle"),
    "segment folder missing": shutil.rmtree,
    "data cut": lambda s: cut(s / "data_level0.bin"),
    "data scribbled": lambda s: scribble(s / "data_level0.bin"),
    "header zeroed": lambda s: zero(s / "header.bin"),
    "a file missing": lambda s: (s / "length.bin").unlink(),
    "links cut": lambda s: cut(s / "link_lists.bin"),
    "links scribbled": lambda s: scribble(s / "link_lists.bin"),
    "database missing": lambda s: (s.parent / "chroma.sqlite3").unlink(),
    "database empty": lambda s: (s.parent / "chroma.sqlite3").write_bytes(b""),
    "database garbage": lambda s: (s.parent / "chroma.sqlite3").write_bytes(b"garbage" * 999),
    "everything missing": lambda s: shutil.rmtree(s.parent),
}


@pytest.fixture(scope="module")
def indexed(tmp_path_factory):
    """A library with an index on disk, to be copied."""
    desk = Desk(tmp_path_factory.mktemp("indexed"))
    desk.write_records("wire.jsonl", **{f"r{n}": f"Case {text(n)}" for n in range(N_RECORDS)})
    desk.sync()
    return desk.settings.library_dir


@pytest.fixture
def library(indexed, tmp_path):
    return Path(shutil.copytree(indexed, tmp_path / "library"))


def test_a_whole_library_has_no_damage(library):
    assert examine(library) == []
    assert audit(library) == 0


@pytest.mark.parametrize("shape", DAMAGE)
def test_every_shape_of_damage_is_found_and_mended(library, shape):
    DAMAGE[shape](segment(library))
    found = examine(library)
    assert found
    assert {damage.part for damage in found} == {"vectors"}
    repair(library, found)
    assert examine(library) == []
    assert audit(library) == 0


@pytest.mark.parametrize("shape", ["pickle missing", "segment folder missing", "database missing"])
def test_damage_that_chroma_does_not_notice_is_mended_by_the_next_run(library, shape):
    DAMAGE[shape](segment(library))
    assert heal(library)
    assert examine(library) == []


def test_full_text_that_lost_rows_is_found_and_mended(library):
    db = sqlite3.connect(library / "ledger.sqlite3")
    db.execute("DELETE FROM chunk_text WHERE rowid < 100")
    db.commit()
    db.close()
    found = examine(library)
    assert {damage.part for damage in found} == {"full text"}
    repair(library, found)
    assert examine(library) == []
    opened = Library(library)
    assert len(opened.view.full_text.postings("case").rows) == N_RECORDS
    opened.close()


def test_a_damaged_ledger_is_not_guessed_at(library):
    path = library / "ledger.sqlite3"
    content = bytearray(path.read_bytes())
    content[8192:90000] = random.Random(2).randbytes(90000 - 8192)
    path.write_bytes(content)
    found = examine(library)
    assert {damage.part for damage in found} == {"ledger"}
    with pytest.raises(LibraryError, match="restore"):
        repair(library, found)


def test_articles_that_wait_for_their_vectors_are_told(tmp_path):
    desk = Desk(tmp_path)
    desk.write("a.txt", FERRY)
    desk.sync()
    store = Store(desk.settings.library_dir)
    store.await_all()
    store.close()
    (damage,) = examine(desk.settings.library_dir)
    assert "stopped" in damage.what
    assert desk.library().status().n_pending == 1
    assert heal(desk.settings.library_dir) == [damage]
    assert examine(desk.settings.library_dir) == []


@pytest.mark.parametrize("n_kills", [6])
def test_a_kill_while_chroma_writes_its_index_loses_nothing(tmp_path, n_kills):
    """Aimed at the index file: the writer is killed as soon as its header changes."""
    desk = Desk(tmp_path)
    code = f"{SYNC_ELSEWHERE}desk.sync()"
    env = {**os.environ, "PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent}"}
    n_killed = 0
    for n in range(n_kills):
        records = {f"{n}-{i}": text(f"{n}-{i}") for i in range(1100)}
        desk.write_records(f"wire{n}.jsonl", **records)
        writer = subprocess.Popen([sys.executable, "-c", code, str(desk.root)], env=env)
        before = headers(desk)
        while writer.poll() is None and headers(desk) == before:
            time.sleep(0.0005)
        if writer.poll() is None:
            writer.send_signal(signal.SIGKILL)
            n_killed += 1
        writer.wait()
        acknowledged = set(desk.library().ids())
        desk.sync()
        assert acknowledged <= set(desk.library().ids())
        assert examine(desk.settings.library_dir) == []
    assert n_killed > 0
    assert desk.library().status().n_articles == n_kills * 1100


def headers(desk):
    found = desk.settings.library_dir.glob("chroma/*/header.bin")
    return {(path.name, path.stat().st_mtime_ns) for path in found}


def test_a_long_text_is_whole_too(tmp_path):
    desk = Desk(tmp_path)
    desk.write("a.txt", long_text(4, 60))
    desk.sync()
    assert examine(desk.settings.library_dir) == []
