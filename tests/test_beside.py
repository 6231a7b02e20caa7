"""A run of ``dateline index`` beside a second one, and beside whoever is asking meanwhile."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from chromadb.api.models.Collection import Collection
from made import RECORDS, TODAY, Archive
from test_index_sync import killed_at
from test_make_chat import Command

from index.errors import BusyError
from index.health import audit, examine, recover
from index.lock import only_writer
from index.sync import BATCH_CHUNKS

TESTS = Path(__file__).parent
ENV = {**os.environ, "PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent}"}
STARTED_S = 120  # a process that imports everything, on a busy machine
NEW = {
    "id": "post-lighthouse",
    "title": "Lighthouse at Tarn sold",
    "source": "Tarn Post",
    "date": "2021-05-02",
    "text": "The lighthouse at Tarn was sold for 640,000 crowns to a baker, the notary said.",
}
PRICE = "For how many crowns was the lighthouse at Tarn sold?"
SHEEP = "How many sheep did the ferry Selma carry to Norby?"

# Reads the folder of an archive; before the passage of that number is encoded it says so and waits.
RUN = """
import sys
from pathlib import Path
from fakes import HashEmbedder, readers
from index.settings import IndexSettings
from index.sync import sync

home, nth = Path(sys.argv[1]), int(sys.argv[2])

def before(n):
    if n == nth:
        print("waiting", flush=True)
        sys.stdin.readline()

report = sync([home / "articles"], IndexSettings(home=home), home / "model",
              load=lambda folder: HashEmbedder(before=before), pool=readers())
print("added", report.added, flush=True)
"""


@dataclass
class Run:
    """A run in another process, stopped in the middle until it is let go on."""

    process: subprocess.Popen

    @property
    def pid(self):
        return self.process.pid

    def says(self, word):
        line = self.process.stdout.readline()
        assert line.startswith(word), (line, self.process.stderr.read() if not line else "")
        return line

    def go_on(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()


@contextmanager
def run_elsewhere(home, nth=0):
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(home), str(nth)],
        env=ENV,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Run(process)
    finally:
        process.kill()
        process.communicate()


def add(archive, *records):
    """Write records beside those that are there; nothing is read yet."""
    lines = "".join(json.dumps(record) + "\n" for record in records)
    (archive.home / "articles" / "new.jsonl").write_text(lines, "utf-8")


def many(n):
    """Records of ten words each, none like another."""
    rng = random.Random(n)
    texts = (" ".join(f"w{rng.randrange(5000)}" for _ in range(10)) for _ in range(n))
    return [{"id": f"wire-{i}", "date": "2021-01-02", "text": f"{t}."} for i, t in enumerate(texts)]


@pytest.fixture
def archive(tmp_path):
    made = Archive(tmp_path / "archive")
    made.index()
    return made


def answer(assistant, question):
    return assistant.answer(question, as_of=TODAY, extractive=True)


# Two runs


def test_a_second_run_is_refused_at_once_with_the_pid_of_the_first(archive):
    """The first is still in its middle when the second is back: it did not wait for it."""
    add(archive, NEW)
    with run_elsewhere(archive.home) as first:
        first.says("waiting")
        with pytest.raises(BusyError, match=str(first.pid)) as refused:
            archive.sync()
        assert refused.value.pid == first.pid
        first.go_on()
        assert first.says("added").split() == ["added", "1"]


@pytest.mark.model
def test_the_command_is_refused_in_one_line_with_exit_code_1(archive, weights_home):
    (archive.home / "models").symlink_to(weights_home / "models", target_is_directory=True)
    add(archive, NEW)
    with run_elsewhere(archive.home) as first:
        first.says("waiting")
        done = dateline("index", archive.home / "articles", "--home", archive.home)
        assert done.returncode == 1
        (line,) = done.stderr.splitlines()
        assert f"Another process ({first.pid}) is writing" in line
        assert first.process.poll() is None


def dateline(*words):
    return subprocess.run(
        [sys.executable, "-c", "from ui.cli import main; main()", *map(str, words)],
        env=ENV,
        capture_output=True,
        text=True,
        timeout=STARTED_S,
        check=False,
    )


# A run, and somebody who asks


def test_an_open_assistant_answers_in_mid_run_and_then_from_the_new_articles(archive):
    add(archive, NEW, *many(BATCH_CHUNKS))
    with closing(archive.assistant()) as assistant:
        with run_elsewhere(archive.home, nth=BATCH_CHUNKS) as run:
            assert answer(assistant, PRICE).status == "abstained"
            run.says("waiting")  # the first batch is written, the second is not
            in_the_middle = answer(assistant, SHEEP)
            assert "85 sheep" in in_the_middle.answer
            run.go_on()
            run.says("added")
        after = answer(assistant, PRICE)
    assert "640,000" in after.answer
    assert {citation.article for citation in after.citations} == {NEW["id"]}
    assert audit(archive.settings.library_dir) == 0


def test_questions_asked_all_through_a_run_are_all_answered(archive):
    """By several threads, as the web app asks, while another process writes 600 chunks."""
    add(archive, NEW, *many(600))
    wrong, n_asked = [], 0
    over = threading.Event()

    def keep_asking(assistant):
        nonlocal n_asked
        while not over.is_set():
            try:
                said = answer(assistant, SHEEP)
                n_asked += 1
                if "85 sheep" not in said.answer:
                    wrong.append(said.answer)
            except Exception as exc:
                wrong.append(exc)

    with closing(archive.assistant()) as assistant:
        readers = [threading.Thread(target=keep_asking, args=(assistant,)) for _ in range(2)]
        for reader in readers:
            reader.start()
        with run_elsewhere(archive.home, nth=-1) as run:
            run.says("added")
            assert run.process.wait() == 0
        over.set()
        for reader in readers:
            reader.join()
        assert wrong == []
        assert n_asked > 0
        assert "640,000" in answer(assistant, PRICE).answer
    assert examine(archive.settings.library_dir) == []


def test_a_run_that_is_stopped_in_mid_write_is_mended_by_the_next_question(archive):
    """The index it left may be torn: an assistant that follows the run does not open it."""
    add(archive, *many(BATCH_CHUNKS), NEW)
    with closing(archive.assistant()) as assistant:
        assert answer(assistant, PRICE).status == "abstained"
        with killed_at(Collection.upsert, 2):
            archive.sync()
        assert (archive.settings.library_dir / "chroma" / "unfinished").is_file()
        assert "85 sheep" in answer(assistant, SHEEP).answer
        assert examine(archive.settings.library_dir) == []
        assert "640,000" in answer(assistant, PRICE).answer


def test_a_run_that_is_stopped_in_its_first_write_stops_no_answer(archive):
    """Nothing tells a reader of such a run but the search itself."""
    add(archive, NEW)
    with closing(archive.assistant()) as assistant:
        assert answer(assistant, PRICE).status == "abstained"
        with run_elsewhere(archive.home) as run:
            run.says("waiting")
            mark = archive.settings.library_dir / "chroma" / "unfinished"
            run.go_on()
            while run.process.poll() is None and not mark.exists():
                time.sleep(0.0001)
            run.process.kill()
            run.process.wait()
        assert "85 sheep" in answer(assistant, SHEEP).answer
        assert "640,000" in answer(assistant, PRICE).answer
    recover(archive.settings.library_dir)  # as every start does
    assert examine(archive.settings.library_dir) == []


def test_a_question_does_not_wait_for_a_run_nor_mend_under_it(archive):
    with closing(archive.assistant()) as assistant, only_writer(archive.settings.library_dir):
        assert "85 sheep" in answer(assistant, SHEEP).answer


# The same through the web page's own server


@pytest.mark.model
@pytest.mark.timeout(600)
def test_the_running_chat_answers_during_a_run_and_from_its_articles_after(tmp_path, weights_home):
    home, folder = tmp_path / "site", tmp_path / "articles"
    folder.mkdir()
    home.mkdir()
    (home / "models").symlink_to(weights_home / "models", target_is_directory=True)
    (folder / "old.jsonl").write_text("".join(json.dumps(r) + "\n" for r in RECORDS), "utf-8")
    assert dateline("index", folder, "--home", home).returncode == 0
    words = ["chat", "--extractive", "--no-browser", "--home", str(home)]
    chat = Command([sys.executable, "-c", "from ui.cli import main; main()", *words], ENV)
    try:
        page = Page(chat.wait_for(r"http://127\.0\.0\.1:\d+", STARTED_S)[0])
        assert "640,000" not in page.ask(PRICE)
        (folder / "new.jsonl").write_text(json.dumps(NEW) + "\n", "utf-8")
        more = "".join(json.dumps(record) + "\n" for record in many(200))
        (folder / "more.jsonl").write_text(more, "utf-8")
        words = ["index", str(folder), "--home", str(home)]
        run = Command([sys.executable, "-c", "from ui.cli import main; main()", *words], ENV)
        n_meanwhile = 0
        while run.process.poll() is None:
            assert "85 sheep" in page.ask(SHEEP)
            n_meanwhile += 1
            time.sleep(0.1)
        assert run.process.returncode == 0, run.output
        assert n_meanwhile > 0
        assert "640,000" in page.ask(PRICE)
        code, said = chat.interrupt(60)
        assert (code, "Traceback" in said) == (0, False), said
    finally:
        chat.kill()


class Page:
    """Asks as the page's own script does: joins Gradio's queue, and reads events to the last."""

    def __init__(self, url):
        self.client = httpx.Client(base_url=url, timeout=STARTED_S)
        events = self.client.get("/config").raise_for_status().json()["dependencies"]
        (self.event,) = (e["id"] for e in events if ["submit"] in [t[1:] for t in e["targets"]])
        self.n = 0

    def ask(self, question):
        """Return the exchange as the page draws it."""
        self.n += 1
        session = f"session-{self.n}"
        body = {
            "data": [question, None, [], *[""] * 6, True],
            "fn_index": self.event,
            "session_hash": session,
        }
        self.client.post("/gradio_api/queue/join", json=body).raise_for_status()
        with self.client.stream(
            "GET", "/gradio_api/queue/data", params={"session_hash": session}
        ) as events:
            text = "".join(events.iter_text())
        assert '"process_completed"' in text, text
        assert '"success":true' in text.replace(" ", ""), text
        return text
