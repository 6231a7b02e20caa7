"""A backup taken at any time restores to the same library; a broken one is refused."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import replace

import pytest
from chromadb.api.models.Collection import Collection
from fakes import HashEmbedder
from test_index_sync import BRIDGE, FERRY, STRIKE, Desk, killed_at, long_text

from index import switch
from index.backup import backup, restore
from index.errors import InputError, LibraryError, MismatchError
from index.health import examine
from index.library import Library
from index.rebuild import rebuild
from index.vectors import VectorStore


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path)
    made.write("a.txt", long_text(3, 40))
    made.write("b.txt", FERRY)
    made.write_records("wire.jsonl", x=BRIDGE, y=STRIKE)
    made.sync()
    return made


def test_a_restored_library_is_the_same(desk, tmp_path):
    assert backup(desk.settings.library_dir, tmp_path / "b.dateline") == 4
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b.dateline", "home", "news"]
    other = desk.elsewhere("other")
    assert restore(tmp_path / "b.dateline", other.settings.library_dir) == 4
    assert other.state() == desk.state()
    assert examine(other.settings.library_dir) == []
    assert other.sync().unchanged == 4


def test_a_backup_taken_while_a_run_writes_is_whole(desk, tmp_path):
    desk.write("c.txt", f"{BRIDGE} Twice.")
    taken = []

    def during(n):
        taken.append(backup(desk.settings.library_dir, tmp_path / "b.dateline"))

    assert desk.sync(before=during).added == 1
    assert taken == [4]
    other = desk.elsewhere("other")
    restore(tmp_path / "b.dateline", other.settings.library_dir)
    assert other.sync().added == 1
    assert other.state() == desk.state()


@pytest.mark.parametrize(
    "hurt",
    [
        lambda raw: raw[: len(raw) // 2],
        lambda raw: raw[:-10],
        lambda raw: b"",
        lambda raw: b"PK" + b"x" * 500,
        lambda raw: raw[:2000] + bytes(400) + raw[2400:],
    ],
    ids=["half", "short", "empty", "other", "zeros inside"],
)
def test_a_broken_backup_is_refused_and_nothing_is_changed(desk, tmp_path, hurt):
    file = tmp_path / "b.dateline"
    backup(desk.settings.library_dir, file)
    file.write_bytes(hurt(file.read_bytes()))
    before = desk.state()
    with pytest.raises(InputError, match="no whole Dateline backup"):
        restore(file, desk.settings.library_dir, replace=True)
    assert desk.state() == before
    assert sorted(p.name for p in (tmp_path / "home").iterdir()) == ["library", "library.lock"]


def test_a_library_in_place_is_only_given_up_when_asked(desk, tmp_path):
    file = tmp_path / "b.dateline"
    backup(desk.settings.library_dir, file)
    desk.write("c.txt", f"{BRIDGE} Twice.")
    desk.sync()
    with pytest.raises(LibraryError, match="--replace"):
        restore(file, desk.settings.library_dir)
    assert desk.library().status().n_articles == 5
    assert restore(file, desk.settings.library_dir, replace=True) == 4
    assert desk.library().status().n_articles == 4


def test_a_backup_never_overwrites(desk, tmp_path):
    (tmp_path / "b").write_text("mine")
    with pytest.raises(InputError, match="already"):
        backup(desk.settings.library_dir, tmp_path / "b")
    assert (tmp_path / "b").read_text() == "mine"


def test_a_rebuild_serves_the_old_until_the_new_is_whole(desk):
    settings = replace(desk.settings, chunk_words=60)
    model = desk.root / "model"
    old = Library(settings.library_dir)
    n_before, seen = old.n_chunks(), []

    def during(n):
        seen.append((old.is_replaced, old.status().n_articles))

    rebuild(settings, model, load=lambda folder: HashEmbedder(before=during))
    assert set(seen) == {(False, 4)}
    assert old.is_replaced
    old.reopen()
    assert not old.is_replaced
    assert old.manifest.chunk_words == 60
    assert old.n_chunks() < n_before
    old.close()
    assert examine(settings.library_dir) == []
    with pytest.raises(MismatchError, match="dateline rebuild"):
        desk.sync()
    desk.settings = settings
    assert desk.sync().unchanged == 4


def test_a_rebuild_that_is_stopped_goes_on(desk):
    settings = replace(desk.settings, chunk_words=60)
    with killed_at(switch.switch):
        rebuild(settings, desk.root / "model", load=lambda folder: HashEmbedder())
    assert desk.sync().unchanged == 4  # the old one is untouched
    again = HashEmbedder()
    assert rebuild(settings, desk.root / "model", load=lambda folder: again) == 4
    assert again.n_passages == 0


def test_a_rebuild_that_is_stopped_in_mid_write_never_opens_what_it_left(desk):
    settings = replace(desk.settings, chunk_words=60)

    def build():
        return rebuild(settings, desk.root / "model", load=lambda folder: HashEmbedder())

    with killed_at(Collection.upsert):
        build()
    with pytest.raises(LibraryError, match="stopped while it wrote"):
        VectorStore(switch.beside(settings.library_dir))
    assert build() == 4
    assert examine(settings.library_dir) == []


def test_a_switch_that_is_stopped_is_finished_by_the_next_run(desk):
    folder = desk.settings.library_dir
    shutil.copytree(folder, switch.beside(folder))
    folder.rename(folder.with_name("library.old"))
    assert desk.sync().unchanged == 4
    assert sorted(p.name for p in folder.parent.iterdir()) == ["library", "library.lock"]


def test_vectors_are_rounded_once_so_that_a_restored_store_searches_alike(desk, tmp_path):
    backup(desk.settings.library_dir, tmp_path / "b")
    other = desk.elsewhere("other")
    restore(tmp_path / "b", other.settings.library_dir)
    query = HashEmbedder().embed_query("cracks in the bridge")
    found = []
    for folder in (desk.settings.library_dir, other.settings.library_dir):
        with closing(VectorStore(folder)) as store:
            found.append([score for _, score in store.nearest(query, 50)])
    assert found[0] == found[1]
