"""A folder and its library stay equal, whatever is added, changed, removed, broken or killed."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import chromadb
import pytest
from chromadb.config import Settings
from fakes import HashEmbedder, readers
from test_index_embed import tiny_model

from index import prepare as preparing
from index import sync as syncing
from index.errors import (
    BusyError,
    LibraryError,
    MismatchError,
    NoLibraryError,
    NotFoundError,
    TooManyFailuresError,
)
from index.health import audit
from index.library import Library
from index.schema import Scope
from index.settings import IndexSettings
from index.store import Store
from index.sync import SyncOptions, sync
from index.vectors import VectorStore

TESTS = Path(__file__).parent
FERRY = "The night ferry to Olm was cancelled on Tuesday after a fire in its engine room."
BRIDGE = "Engineers found cracks in the old bridge at Tarn and closed it to lorries at once."
STRIKE = "Bakers in the capital walked out on Friday because their night pay had been cut."


class Killed(BaseException):
    """Not an Exception: nothing may catch it and go on, as nothing can after a kill."""


@dataclass
class Desk:
    """A folder of articles, a home, and what a run over them did."""

    root: Path
    settings: IndexSettings = field(init=False)
    embedder: HashEmbedder = field(default_factory=HashEmbedder)

    def __post_init__(self):
        self.settings = IndexSettings(home=self.root / "home", chunk_words=20)
        self.news.mkdir(exist_ok=True)

    @property
    def news(self):
        return self.root / "news"

    def write(self, name, text):
        path = self.news / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def write_records(self, name, **records):
        lines = [json.dumps({"id": key, "text": text}) for key, text in records.items()]
        return self.write(name, "\n".join(lines))

    def sync(self, *paths, **options):
        """Run, with an embedder that counts what this run encodes."""
        self.embedder = HashEmbedder(before=options.pop("before", lambda n: None))
        model, load = self.root / "model", lambda folder: self.embedder
        options.setdefault("pool", readers())
        return sync(paths or [self.news], self.settings, model, load=load, **options)

    def elsewhere(self, name):
        """The same articles, another home."""
        other = Desk(self.root)
        other.settings = replace(self.settings, home=self.root / name)
        return other

    def library(self):
        return Library(self.settings.library_dir)

    def texts(self):
        library = self.library()
        ids = [i for path in library.paths() for i in library.hashes(path)]
        return sorted(article.text for article in library.articles(ids).values())

    def nearest(self, text, n=1):
        store = VectorStore(self.settings.library_dir)
        found = [i for i, _ in store.nearest(self.embedder.embed_query(text), n)]
        store.close()
        return found

    def ledger(self):
        """All rows but the row numbers, which depend on the order of writing."""
        db = sqlite3.connect(self.settings.library_dir / "ledger.sqlite3")
        tables = {
            "files": "SELECT * FROM files ORDER BY path",
            "articles": "SELECT * FROM articles ORDER BY id",
            "chunks": "SELECT id, article_id, n, start, end, first, last FROM chunks ORDER BY id",
            "text": "SELECT c.id, t.title, t.body FROM chunk_text t "
            "LEFT JOIN chunks c ON c.rowid = t.rowid ORDER BY c.id",
        }
        rows = {name: db.execute(sql).fetchall() for name, sql in tables.items()}
        db.close()
        return rows

    def vectors(self):
        client = chromadb.PersistentClient(
            str(self.settings.library_dir / "chroma"), Settings(anonymized_telemetry=False)
        )
        found = client.get_collection("chunks", embedding_function=None).get(
            include=["embeddings", "documents", "metadatas"]
        )
        rows = zip(
            found["ids"],
            found["documents"],
            (json.dumps(metadata, sort_keys=True) for metadata in found["metadatas"]),
            (tuple(vector) for vector in found["embeddings"]),
            strict=True,
        )
        client.close()
        return sorted(rows)

    def state(self):
        return self.ledger(), self.vectors()


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


@contextmanager
def killed_at(function, nth=1):
    """Raise Killed when a function of ours is entered for the nth time; replaces no code."""
    left = nth

    def watch(frame, event, _):
        nonlocal left
        if event == "call" and frame.f_code is function.__code__:
            left -= 1
            if left == 0:
                raise Killed

    sys.setprofile(watch)
    try:
        with pytest.raises(Killed):
            yield
    finally:
        sys.setprofile(None)


def long_text(seed, n_sentences=12):
    return " ".join(
        f"In place {seed} the count of day {n} was {seed * n}." for n in range(n_sentences)
    )


def test_new_articles_are_added_and_found(desk):
    desk.write("ferry.txt", FERRY)
    desk.write("deep/bridge.md", f"# Bridge closed\n\n{BRIDGE}")
    report = desk.sync()
    assert (report.added, report.changed, report.removed, report.unchanged) == (2, 0, 0, 0)
    assert report.n_chunks_embedded == desk.embedder.n_passages == 2
    assert report.failures == ()
    assert desk.texts() == sorted([FERRY, BRIDGE])
    (chunk_id,) = desk.nearest("lorries on a bridge with cracks")
    chunk = desk.library().chunks([chunk_id])[chunk_id]
    article = desk.library().article(chunk.article_id)
    assert article.name == "deep/bridge.md"
    assert article.text[chunk.start : chunk.end] == BRIDGE


def test_a_second_run_embeds_nothing_and_loads_no_model(desk):
    desk.write("ferry.txt", FERRY)
    desk.write_records("wire.jsonl", a=BRIDGE, b=STRIKE)
    desk.sync()
    before = desk.state()

    def load(folder):
        raise AssertionError("nothing is to be embedded")

    report = sync([desk.news], desk.settings, desk.root / "model", load=load)
    assert (report.unchanged, report.n_chunks_embedded) == (3, 0)
    assert (report.added, report.changed, report.removed) == (0, 0, 0)
    assert desk.state() == before


def test_a_file_that_was_only_touched_is_unchanged(desk):
    file = desk.write("ferry.txt", FERRY)
    desk.sync()
    os.utime(file, (1, 1))
    report = desk.sync()
    assert (report.unchanged, desk.embedder.n_passages) == (1, 0)


def test_a_changed_file_replaces_text_vector_and_surplus_chunks(desk):
    desk.write("a.txt", long_text(7))
    desk.write("b.txt", FERRY)
    desk.sync()
    desk.write("a.txt", BRIDGE)
    report = desk.sync()
    assert (report.added, report.changed, report.unchanged) == (0, 1, 1)
    assert desk.embedder.n_passages == 1
    assert desk.texts() == sorted([BRIDGE, FERRY])
    fresh = desk.elsewhere("fresh")
    fresh.sync()
    assert desk.state() == fresh.state()


def test_a_removed_file_is_gone_everywhere(desk):
    desk.write("a.txt", long_text(3))
    file = desk.write("b.txt", BRIDGE)
    desk.sync()
    file.unlink()
    report = desk.sync()
    assert (report.removed, report.unchanged) == (1, 1)
    fresh = desk.elsewhere("fresh")
    fresh.sync()
    assert desk.state() == fresh.state()
    assert desk.library().search_text(["bridge"], 9, Scope()) == []
    assert file not in {Path(path) for path in desk.library().paths()}
    assert audit(desk.settings.library_dir) == 0


def test_a_record_that_left_its_file_is_removed(desk):
    desk.write_records("wire.jsonl", a=FERRY, b=BRIDGE)
    desk.sync()
    desk.write_records("wire.jsonl", b=BRIDGE, c=STRIKE)
    report = desk.sync()
    assert (report.added, report.removed, report.unchanged) == (1, 1, 1)
    assert desk.embedder.n_passages == 1
    assert desk.texts() == sorted([BRIDGE, STRIKE])


def test_indexing_one_folder_leaves_the_articles_of_another(desk):
    desk.write("east/a.txt", FERRY)
    desk.write("west/b.txt", BRIDGE)
    desk.sync()
    (desk.news / "west" / "b.txt").unlink()
    report = desk.sync(desk.news / "east")
    assert (report.removed, report.unchanged) == (0, 1)
    assert desk.texts() == sorted([FERRY, BRIDGE])
    assert desk.sync(desk.news / "west").removed == 1


def test_a_relative_path_names_the_same_articles(desk, monkeypatch):
    desk.write("a.txt", FERRY)
    desk.sync()
    (desk.root / "elsewhere").mkdir()
    monkeypatch.chdir(desk.root / "elsewhere")
    report = desk.sync(Path("../news"))
    assert (report.added, report.unchanged) == (0, 1)


def test_the_same_text_in_two_files_is_kept_twice(desk):
    desk.write("a.txt", FERRY)
    desk.write("b.txt", FERRY)
    desk.sync()
    found = desk.library().chunks(desk.nearest(FERRY, 5))
    names = {desk.library().article(chunk.article_id).name for chunk in found.values()}
    assert names == {"a.txt", "b.txt"}
    (desk.news / "a.txt").unlink()
    desk.sync()
    assert desk.texts() == [FERRY]
    assert len(desk.nearest(FERRY, 5)) == 1


def test_records_without_an_id_are_all_indexed(desk):
    desk.write("x.jsonl", "\n".join(json.dumps({"text": t}) for t in (FERRY, BRIDGE, STRIKE)))
    assert desk.sync().added == 3
    assert desk.sync().unchanged == 3


def test_what_cannot_be_read_is_listed_and_the_rest_goes_on(desk):
    desk.write("empty.txt", "")
    (desk.news / "noise.txt").write_bytes(bytes(range(256)) * 40)
    desk.write("wire.jsonl", f'{{"id": "a", "text": "{FERRY}"}}\n{{broken\n')
    desk.write("good.txt", BRIDGE)
    report = desk.sync()
    assert report.added == 2
    assert [failure.path for failure in report.failures] == ["empty.txt", "noise.txt", "wire.jsonl"]
    assert all(failure.reason for failure in report.failures)
    assert desk.library().failures() == desk.library().status().failures
    assert sorted(desk.library().failures(), key=str) == sorted(report.failures, key=str)


@pytest.mark.parametrize("text", ["\\ud83d", "\\u0000", "\\u200b", "\\uffff", "\\u202e"])
def test_odd_characters_in_a_record_stop_nothing(desk, text):
    desk.write("a.jsonl", f'{{"id": "odd", "text": "{text} {FERRY} {text}", "title": "{text}"}}')
    desk.write("b.jsonl", f'{{"id": "void", "text": "{text}"}}\n{{"id": "b", "text": "{BRIDGE}"}}')
    report = desk.sync()
    assert report.added == 2
    assert [failure.path for failure in report.failures] == ["b.jsonl"]
    for article_text in desk.texts():
        assert article_text.encode("utf-8")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_a_file_name_that_is_not_unicode_is_followed_like_any_other(desk):
    file = desk.news / os.fsdecode(b"caf\xe9.txt")
    file.write_text(FERRY)
    assert desk.sync().added == 1
    assert desk.sync().unchanged == 1
    file.unlink()
    assert desk.sync().removed == 1


def test_a_file_that_can_no_longer_be_read_keeps_its_earlier_version(desk):
    file = desk.write("a.txt", FERRY)
    desk.sync()
    file.write_bytes(b"\x00\x01\xff" * 500)
    report = desk.sync()
    assert [failure.path for failure in report.failures] == ["a.txt"]
    assert (report.removed, report.changed) == (0, 0)
    assert desk.texts() == [FERRY]
    assert [failure.path for failure in desk.library().failures()] == ["a.txt"]
    file.write_text(BRIDGE)
    assert desk.sync().changed == 1
    assert desk.texts() == [BRIDGE]
    assert desk.library().failures() == ()


def test_hidden_files_and_links_out_of_the_folder_are_not_indexed(desk):
    outside = desk.root / "private.txt"
    outside.write_text(BRIDGE)
    desk.write(".hidden.txt", STRIKE)
    desk.write("a.txt", FERRY)
    (desk.news / "link.txt").symlink_to(outside)
    assert desk.sync().added == 1
    assert desk.texts() == [FERRY]


def test_a_moved_file_keeps_its_vectors_and_its_old_citations_know(desk):
    file = desk.write("a.txt", long_text(3))
    desk.sync()
    (old,) = desk.library().ids()
    file.rename(desk.news / "b.txt")
    report = desk.sync()
    assert (report.moved, report.added, report.removed) == (1, 0, 0)
    assert (report.n_chunks_embedded, desk.embedder.n_passages) == (0, 0)
    (new,) = desk.library().ids()
    (past,) = desk.library().past(old)
    assert (past.how, past.successor) == ("moved", new)
    fresh = desk.elsewhere("fresh")
    fresh.sync()
    assert desk.state() == fresh.state()


def test_a_copy_under_another_name_costs_no_embedding(desk):
    desk.write("a.txt", long_text(3))
    desk.write("b.txt", long_text(3))
    report = desk.sync()
    n_chunks = desk.library().n_chunks()
    assert (report.added, report.n_chunks_embedded) == (2, n_chunks // 2)
    desk.write("c.txt", long_text(3))
    report = desk.sync()
    assert (report.added, report.n_chunks_embedded) == (1, 0)


def test_what_cannot_be_read_is_told_by_every_run_and_retried_when_asked(desk, monkeypatch):
    desk.write("a.txt", FERRY)
    bad = desk.write("bad.txt", "")
    (first,) = desk.sync().failures
    assert desk.sync().failures == (first,)
    reads = []
    ours = syncing.identified
    monkeypatch.setattr(
        syncing,
        "identified",
        lambda source, items: reads.append(source.name) or ours(source, items),
    )
    desk.sync()
    assert reads == []
    desk.sync(options=SyncOptions(retry=True))
    assert reads == ["bad.txt"]
    bad.write_text(BRIDGE)
    assert desk.sync().failures == ()


def test_a_run_stops_at_the_failures_it_may_bear_and_keeps_what_it_read(desk):
    desk.write("a.txt", FERRY)
    for name in ("b.txt", "c.txt", "d.txt"):
        desk.write(name, "")
    desk.write("e.txt", BRIDGE)
    with pytest.raises(TooManyFailuresError, match="2 files could not be read") as caught:
        desk.sync(options=SyncOptions(max_failures=1))
    assert caught.value.n_failures == 2
    assert desk.texts() == [FERRY]
    assert desk.sync(options=SyncOptions(max_failures=3)).added == 1


def test_an_emptied_folder_empties_the_library(desk):
    file = desk.write("a.txt", FERRY)
    desk.sync()
    file.unlink()
    assert desk.sync().removed == 1
    assert desk.texts() == []
    assert desk.nearest(FERRY) == []


def test_a_missing_folder_removes_nothing(desk):
    desk.write("a.txt", FERRY)
    desk.sync()
    desk.news.rename(desk.root / "moved")
    with pytest.raises(NotFoundError, match="news"):
        desk.sync()
    assert desk.texts() == [FERRY]


def test_progress_counts_files_and_articles_to_the_end(desk):
    for n in range(3):
        desk.write(f"{n}.txt", f"{FERRY} Case {n}.")
    seen = []
    desk.sync(progress=seen.append)
    assert [p.n_files_done for p in seen] == sorted(p.n_files_done for p in seen)
    assert (seen[0].n_files_done, seen[0].n_articles) == (0, 0)
    assert (seen[-1].n_files_done, seen[-1].n_files, seen[-1].n_articles) == (3, 3, 3)
    assert seen[-1].share == pytest.approx(1)
    seen.clear()
    desk.sync(progress=seen.append)  # unchanged files are work that is done, too
    assert [round(p.share, 2) for p in seen] == [0, 0.33, 0.67, 1, 1]


def test_one_large_file_is_written_in_batches(desk):
    n = syncing.BATCH_CHUNKS + 50
    desk.write_records("wire.jsonl", **{f"r{i}": f"{FERRY} Case {i}." for i in range(n)})
    seen = []
    desk.sync(progress=seen.append)
    written = sorted({p.n_articles for p in seen})
    assert written[0] == 0
    assert written[-1] == n
    assert len(written) > 2
    assert desk.library().status().n_articles == n
    shares = [p.share for p in seen]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)
    assert any(0.2 < p.share < 1 and p.n_files_done == 0 for p in seen)  # in mid-file


def test_the_settings_batch_size_reaches_the_model(desk):
    import torch

    seen = []

    def watch(module, args):
        if args and isinstance(args[0], dict):
            seen.append(len(args[0]["input_ids"]))

    settings = replace(desk.settings, batch_size=5)
    desk.write("a.txt", long_text(3, 30))
    hook = torch.nn.modules.module.register_module_forward_pre_hook(watch)
    try:
        report = sync([desk.news], settings, tiny_model(desk.root))
    finally:
        hook.remove()
    assert report.n_chunks_embedded > 5
    assert max(seen) == 5


# Stopped in the middle


def edition(desk, *, second):
    """Two states of a folder that differ in every way a folder can change."""
    desk.write("kept.txt", FERRY)
    desk.write("longer.txt", long_text(5, 24 if second else 8))
    desk.write("shorter.txt", long_text(6, 8 if second else 24))
    desk.write_records(
        "wire.jsonl", **({"b": BRIDGE, "c": STRIKE} if second else {"a": FERRY, "b": BRIDGE})
    )
    if second:
        (desk.news / "gone.txt").unlink()
        desk.write("new.txt", long_text(9))
    else:
        desk.write_records("wire.jsonl", a=FERRY, b=BRIDGE)
        desk.write("gone.txt", STRIKE)


STEPS = [
    (Store.put, 1),
    (Store.settle, 2),
    (Store.settle, 3),
    (Store.remove, 1),
    (Store.remove, 2),
    (VectorStore.delete, 1),
    (VectorStore.delete, 2),
    (VectorStore.upsert, 1),
    (Store.drop_file, 1),
    (Store.drop_file, 2),
    (Store.put_file, 1),
    (Store.put_file, 4),
    (HashEmbedder._encode, 4),
]
IDS = [f"{function.__qualname__}-{nth}" for function, nth in STEPS]


def edition_one_again(desk):
    (desk.news / "new.txt").unlink()
    edition(desk, second=False)


@pytest.fixture
def uninterrupted(desk):
    """What the library is after both editions when nothing went wrong."""
    whole = desk.elsewhere("whole")
    edition(whole, second=False)
    whole.sync()
    edition(whole, second=True)
    whole.sync()
    edition_one_again(whole)
    return whole.state()


@pytest.mark.parametrize(("function", "nth"), STEPS, ids=IDS)
def test_a_run_that_is_stopped_is_finished_by_the_next(desk, uninterrupted, function, nth):
    desk.sync()
    edition(desk, second=True)
    with killed_at(function, nth):
        desk.sync()
    desk.sync()
    assert desk.state() == uninterrupted


@pytest.mark.parametrize(("function", "nth"), STEPS, ids=IDS)
def test_a_stopped_run_and_a_folder_put_back_leave_the_library_as_it_was(desk, function, nth):
    edition(desk, second=False)
    desk.sync()
    before = desk.state()
    edition(desk, second=True)
    with killed_at(function, nth):
        desk.sync()
    edition_one_again(desk)
    desk.sync()
    assert desk.state() == before


@pytest.mark.parametrize("function", [Store.put_file, Store.settle, VectorStore.upsert])
def test_a_file_that_goes_after_a_stopped_first_run_leaves_nothing(desk, function):
    file = desk.write("a.txt", FERRY)
    with killed_at(function, 2 if function is Store.settle else 1):
        desk.sync()
    file.unlink()
    desk.write("b.txt", BRIDGE)
    desk.sync()
    assert desk.texts() == [BRIDGE]
    assert desk.library().n_chunks() == len(desk.vectors()) == 1


def test_a_stopped_run_keeps_the_batches_it_had_stored(desk):
    n = 2 * syncing.BATCH_CHUNKS
    desk.write_records("wire.jsonl", **{f"r{i}": f"{FERRY} Case {i}." for i in range(n)})
    with killed_at(Store.put, 2):
        desk.sync()
    n_stored = desk.library().status().n_articles
    assert 0 < n_stored < n
    report = desk.sync()
    assert (report.unchanged, report.added) == (n_stored, n - n_stored)


def run_python(desk, code):
    return subprocess.run(
        [sys.executable, "-c", code, str(desk.root)],
        env={**os.environ, "PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent}"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


SYNC_ELSEWHERE = """
import os, signal, sys
from pathlib import Path
from test_index_sync import Desk
desk = Desk(Path(sys.argv[1]))
"""


def test_after_a_kill_the_next_run_is_not_locked_out(desk):
    desk.write("a.txt", FERRY)
    killed = run_python(
        desk, f"{SYNC_ELSEWHERE}desk.sync(before=lambda n: os.kill(os.getpid(), signal.SIGKILL))"
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert desk.settings.library_dir.with_suffix(".pid").is_file()
    assert desk.sync().added == 1


def test_an_open_reader_sees_what_another_process_wrote(desk):
    desk.write("a.txt", FERRY)
    desk.sync()
    library, store = desk.library(), VectorStore(desk.settings.library_dir)
    vector = desk.embedder.embed_query(BRIDGE)
    assert len(store.nearest(vector, 5)) == 1
    generation = library.generation
    desk.write("b.txt", BRIDGE)
    done = run_python(desk, f"{SYNC_ELSEWHERE}assert desk.sync().added == 1")
    assert done.returncode == 0, done.stderr
    assert library.generation > generation
    store.reopen()
    ((best, score), _) = store.nearest(vector, 5)
    assert library.article(library.chunks([best])[best].article_id).text == BRIDGE
    assert score == pytest.approx(1.0, abs=1e-5)


# Refusals


def test_a_second_writer_is_refused_with_the_pid_of_the_first(desk):
    desk.write("a.txt", FERRY)

    def second(n):
        other = Desk(desk.root)
        with pytest.raises(BusyError, match=str(os.getpid())) as caught:
            other.sync()
        assert caught.value.pid == os.getpid()
        raise Killed

    with pytest.raises(Killed):
        desk.sync(before=second)
    assert desk.sync().added == 1


@pytest.mark.parametrize("change", ["model", "splitter", "chunk_words"])
def test_a_library_made_with_another_model_or_splitter_is_refused(desk, monkeypatch, change):
    desk.write("a.txt", FERRY)
    desk.sync()
    before = desk.state()
    if change == "model":
        (desk.root / "model").mkdir()
        (desk.root / "model" / "config.json").write_text("{}")
    elif change == "splitter":
        monkeypatch.setattr(preparing, "SPLITTER_VERSION", "another")
    else:
        desk.settings = replace(desk.settings, chunk_words=60)
    desk.write("b.txt", BRIDGE)
    with pytest.raises(MismatchError, match="was built with"):
        desk.sync()
    assert desk.state() == before


def test_a_home_that_cannot_be_a_folder_is_refused_clearly(desk):
    desk.write("a.txt", FERRY)
    (desk.root / "home").write_text("a file")
    with pytest.raises(LibraryError, match="DATELINE_HOME"):
        desk.sync()


def test_before_the_first_run_there_is_no_library(desk):
    with pytest.raises(NoLibraryError, match="dateline index"):
        desk.library()
