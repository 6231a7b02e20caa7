"""Real Chroma: what is stored is found, in any number, in every scope, by every process."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from chromadb.api.models.Collection import Collection
from test_index_sync import killed_at

from index import vectors as vectors_module
from index.errors import LibraryError
from index.vectors import VectorStore, alone, discard

DIM = 32


def unit_rows(n, seed=0):
    rows = np.random.default_rng(seed).normal(size=(n, DIM)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def put(store, ids, vectors, records=None):
    records = records or [{"day": 0}] * len(ids)
    store.upsert(ids, vectors, [f"text of {i}" for i in ids], records)


@pytest.fixture
def store(tmp_path):
    opened = VectorStore(tmp_path)
    yield opened
    opened.close()


def test_an_empty_store_finds_nothing(store):
    assert store.nearest(unit_rows(1)[0], 5) == []
    assert store.count() == 0


def test_nearest_comes_first_with_its_cosine(store):
    vectors = unit_rows(200)
    put(store, [f"a:{n:04d}" for n in range(200)], vectors)
    for n in (0, 77, 199):
        found = store.nearest(vectors[n], 10)
        cosines = vectors @ vectors[n]
        best = np.argsort(-cosines)[:10]
        assert [i for i, _ in found] == [f"a:{m:04d}" for m in best]
        assert [score for _, score in found] == pytest.approx(cosines[best].tolist(), abs=1e-5)


def test_opposite_and_orthogonal_vectors_have_true_cosines(store):
    axes = np.eye(DIM, dtype=np.float32)
    put(store, ["same", "across", "against"], np.stack([axes[0], axes[1], -axes[0]]))
    found = dict(store.nearest(axes[0], 3))
    assert found == pytest.approx({"same": 1.0, "across": 0.0, "against": -1.0}, abs=1e-6)


def test_more_than_there_are_may_be_asked_for(store):
    put(store, ["a", "b"], unit_rows(2))
    assert len(store.nearest(unit_rows(1)[0], 50)) == 2


def test_writing_an_id_again_replaces_its_vector_and_record(store):
    old, new = unit_rows(2)
    put(store, ["a"], old[None, :], [{"day": 20210504}])
    put(store, ["a"], new[None, :], [{"day": 20220928}])
    assert store.count() == 1
    ((_, score),) = store.nearest(new, 5)
    assert score == pytest.approx(1.0, abs=1e-5)


def test_deleted_chunks_are_not_found_and_unknown_ids_are_no_error(store):
    vectors = unit_rows(3)
    put(store, ["a", "b", "c"], vectors)
    store.delete(["b", "nobody"])
    store.delete([])
    assert {i for i, _ in store.nearest(vectors[1], 5)} == {"a", "c"}


def test_twenty_thousand_chunks_go_in_and_out_in_one_call(store, tmp_path):
    ids, vectors = [f"a:{n:05d}" for n in range(20_000)], unit_rows(20_000)
    put(store, ids, vectors)
    assert store.count() == 20_000
    for n in range(0, 20_000, 1999):
        assert store.nearest(vectors[n], 1)[0][0] == ids[n]
    db = sqlite3.connect(tmp_path / "chroma" / "chroma.sqlite3")
    assert db.execute("SELECT count(*) FROM embeddings_queue").fetchone() == (20_000,)
    db.close()
    store.delete(ids[1:])
    assert [i for i, _ in store.nearest(vectors[5], 5)] == ids[:1]


def test_the_log_is_kept_whole(store, tmp_path):
    db = sqlite3.connect(tmp_path / "chroma" / "chroma.sqlite3")
    ((config,),) = db.execute("SELECT config_json_str FROM embeddings_queue_config").fetchall()
    db.close()
    assert json.loads(config)["automatically_purge"] is False


def test_what_was_stored_is_there_after_closing(tmp_path):
    vectors = unit_rows(5)
    store = VectorStore(tmp_path)
    put(store, list("abcde"), vectors)
    store.close()
    store.close()
    again = VectorStore(tmp_path)
    assert again.nearest(vectors[3], 1)[0][0] == "d"
    again.close()


def test_closing_one_store_leaves_another_on_the_same_folder_at_work(tmp_path):
    vectors = unit_rows(3)
    reader, writer = VectorStore(tmp_path), VectorStore(tmp_path)
    put(writer, ["a"], vectors[:1])
    reader.reopen()
    writer.close()
    assert [i for i, _ in reader.nearest(vectors[0], 5)] == ["a"]
    reader.close()


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts open files as Linux does")
def test_opening_anew_leaves_no_files_open(store, tmp_path):
    put(store, ["a"], unit_rows(1))
    for _ in range(10):
        store.reopen()
        assert store.nearest(unit_rows(1)[0], 1)
    assert files_open_under(tmp_path)
    store.close()
    patience = time.monotonic() + 30
    while left := files_open_under(tmp_path):  # Chroma closes its connections in the background
        assert time.monotonic() < patience, left
        time.sleep(0.05)


def files_open_under(folder):
    """List the files below ``folder`` that this process holds open."""
    found = []
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # closed since it was listed
            found.append(entry.readlink())
    return [path for path in found if path.is_relative_to(folder)]


def test_a_store_may_be_opened_anew_while_others_search(store):
    put(store, ["a", "b"], unit_rows(2))
    wrong = []

    def search():
        for _ in range(50):
            try:
                if len(store.nearest(unit_rows(1)[0], 2)) != 2:
                    wrong.append("lost")
            except Exception as exc:
                wrong.append(exc)

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(10):
        store.reopen()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_an_index_is_read_when_it_is_opened_and_never_after(tmp_path):
    """A search that read it first would read it while another process writes it."""
    vectors = unit_rows(1500)
    writer = VectorStore(tmp_path)
    put(writer, [f"a:{n}" for n in range(1500)], vectors)
    writer.close()
    reader = VectorStore(tmp_path)
    for index_file in (tmp_path / "chroma").glob("*/*"):
        index_file.write_bytes(b"torn")
    assert reader.nearest(vectors[7], 1)[0][0] == "a:7"
    reader.close()


@pytest.mark.parametrize("write", [Collection.upsert, Collection.delete], ids=["upsert", "delete"])
def test_a_store_whose_writer_was_stopped_in_mid_write_is_not_opened(tmp_path, write):
    writer = VectorStore(tmp_path)
    put(writer, ["a", "b"], unit_rows(2))
    with killed_at(write):
        put(writer, ["a"], unit_rows(1))
        writer.delete(["b"])
    writer.close()
    with pytest.raises(LibraryError, match="dateline repair"):
        VectorStore(tmp_path)
    discard(tmp_path)
    VectorStore(tmp_path).close()


def test_a_store_is_not_opened_while_another_process_writes_it(tmp_path, monkeypatch):
    monkeypatch.setattr(vectors_module, "GATE_SECONDS", 0.1)
    VectorStore(tmp_path).close()
    with alone(tmp_path), pytest.raises(LibraryError, match="Another process has been writing"):
        VectorStore(tmp_path)
    VectorStore(tmp_path).close()


@pytest.mark.parametrize("damage", ["file in the way", "no database"])
def test_a_store_that_cannot_be_opened_says_so(tmp_path, damage):
    if damage == "file in the way":
        (tmp_path / "chroma").write_text("x")
    else:
        (tmp_path / "chroma").mkdir()
        (tmp_path / "chroma" / "chroma.sqlite3").write_bytes(b"not a database " * 999)
    with pytest.raises(LibraryError, match="ledger"):
        VectorStore(tmp_path)


def test_a_vector_of_another_length_is_refused_and_stores_nothing(store):
    put(store, ["a"], unit_rows(1))
    with pytest.raises(LibraryError, match="cannot be searched"):
        store.nearest(np.ones(DIM + 1, dtype=np.float32), 1)
    with pytest.raises(LibraryError, match="cannot be written"):
        put(store, ["b"], np.ones((1, DIM + 1), dtype=np.float32))
    assert store.count() == 1
