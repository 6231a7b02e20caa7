"""The command line as its users meet it: what each command takes, prints and exits with."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass

import pytest
from fakes import HashEmbedder, readers
from rich.console import Console

from index import models as weights
from index.schema import Failure, LibraryStatus, Progress
from index.settings import IndexSettings
from index.sync import sync
from ui import render, terminal
from ui.cli import main

OPTIONS = {
    "models": {"--home", "--embed-model", "--llm-path", "--verify"},
    "index": {"--home", "--embed-model", "--retry", "--max-failures", "--watch", "--map"},
    "status": {"--home", "--json"},
    "extract": {"--jsonl", "--map"},
    "quarantine": {"--home", "--json"},
    "copies": {"--home", "--json"},
    "check": {"--home", "--json"},
    "doctor": {"--home", "--json"},
    "repair": {"--home"},
    "rebuild": {"--home", "--embed-model"},
    "backup": {"--home"},
    "restore": {"--home", "--replace"},
    "ask": {
        *("--json", "--extractive", "--as-of", "--from", "--to", "--source", "--batch", "--out"),
        *("--author", "--language", "--folder"),
        *("--llm-url", "--llm-model", "--llm-path", "--embed-model", "--home"),
    },
    "chat": {
        *("--port", "--host", "--no-browser", "--extractive"),
        *("--llm-url", "--llm-model", "--llm-path", "--embed-model", "--home"),
    },
}
ARTICLES = {
    "mill.txt": (
        "Fire at the paper mill\n\nBy Dana Orsi, Valley Post\n3 May 2024\n\n"
        "A fire destroyed the paper mill at Orsel on Thursday night. "
        "The fire brigade needed 11 hours to put it out. "
        "Two workers were taken to hospital with burns, the brigade's chief said."
    ),
    "letter.txt": (
        "Ferries to the island of Hallo carry no lorries since the spring. "
        "The pier's planks were found to be rotten in 14 places."
    ),
    "records.jsonl": (
        '{"id": "bridge", "title": "Bridge at Arden to close", "source": "Arden Courier",'
        ' "published": "2024-05-06", "text": "The bridge at Arden will be closed for 14 weeks'
        ' from June. The repairs cost 3 million crowns, the county said on Monday."}\n'
        "{broken\n"
        '{"id": "pool", "title": "Pool reopens", "source": "Arden Courier",'
        ' "published": "2024-05-07", "text": "The swimming pool in Arden opens again on Saturday'
        ' after two years. A ticket costs 6 crowns."}\n'
    ),
    "empty.md": "",
}
FIRE = "How long did the fire brigade need to put out the fire at the paper mill?"
ANSWER = {
    *("id", "question", "standalone_question", "as_of", "date_range", "status", "answer"),
    *("claims", "citations", "conflicts", "near_misses", "removed", "retrieved", "writer"),
    *("snapshot", "timings", "notices", "as_of_from", "when", "prefers", "rewritten_by"),
    *("why", "confidence", "refusal"),
}
CLAIM = {"text", "start", "end", "verdict", "support", "citations"}
CITATION = {
    *("n", "article", "title", "source", "published", "url", "start", "end", "quote"),
    *("article_id", "published_from", "content_hash", "page", "also"),
}
EXTRACTED = "file title source authors published published_from updated language url text".split()


@dataclass
class Done:
    """How a command ended and what it printed."""

    code: object
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """The one line of an error."""
        assert self.out == ""
        (line,) = self.err.splitlines()
        assert line.startswith("dateline: ")
        return line


@pytest.fixture(scope="module")
def keep_environment():
    """Take back what the command line tells libraries through the environment."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def dateline(keep_environment, capsys, monkeypatch):
    """Return a function that runs a command in this process, as the script does."""

    def run(*words, stdin=None):
        monkeypatch.setattr(sys, "argv", ["dateline", *map(str, words)])
        monkeypatch.setattr(sys, "stdin", stdin or io.StringIO())
        code = 0
        try:
            main()
        except SystemExit as ended:
            code = ended.code
        return Done(code, *capsys.readouterr())

    return run


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder of articles, good and bad."""
    folder = tmp_path_factory.mktemp("articles")
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, "utf-8")
    (folder / "picture.html").write_bytes(bytes(range(256)) * 20)
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory, weights_home):
    """Return a home that shares the weights and nothing else."""
    home = tmp_path_factory.mktemp("home")
    (home / "models").symlink_to(weights_home / "models", target_is_directory=True)
    return home


@pytest.fixture
def library(dateline, folder, home):
    """Return a home in which the folder is indexed."""
    if not (home / "library").exists():
        assert dateline("index", folder, "--home", home).code == 3
    return home


@pytest.mark.parametrize("command", OPTIONS)
def test_help_names_every_option_and_fits_a_terminal(dateline, command):
    done = dateline(command, "--help")
    assert done.code == 0
    named = {word.strip(",") for word in done.out.split() if word.startswith("--")}
    assert named >= OPTIONS[command]
    assert max(map(len, done.out.splitlines())) <= 80


def test_help_names_every_command_eval_included(dateline):
    assert all(f"\n  {command} " in dateline("--help").out for command in [*OPTIONS, "eval"])


def test_the_version_is_shown(dateline):
    done = dateline("--version")
    assert done.code == 0
    assert done.out.startswith("dateline ")


@pytest.mark.parametrize(
    "words", [("ask", "--colour", "x"), ("answer",), ("index",), ("chat", "--port", "many")]
)
def test_what_there_is_not_is_refused_with_2(dateline, words):
    done = dateline(*words)
    assert done.code == 2
    assert "Error: " in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ask",), 'dateline ask "your question"'),
        (("ask", "  ?  "), "The question is empty"),
        (("ask", "Who?", "--as-of", "soon"), "'soon'"),
        (("ask", "Who?", "--from", "2024-02-30"), "'2024-02-30'"),
        (("ask", "Who?", "--to", "May"), "'May'"),
        (("ask", "Who?", "--from", "2024-02-02", "--to", "2024-02-01"), "no day is left"),
        (("ask", "--batch", "questions.jsonl"), "--out FILE"),
        (("ask", "Who?", "--batch", "a.jsonl", "--out", "b.jsonl"), "no question beside it"),
        (("ask", "--batch", "a.jsonl", "--out", "./a.jsonl"), "itself"),
        (("ask", "--batch", "nowhere.jsonl", "--out", "b.jsonl"), "nowhere.jsonl"),
        (("ask", "Who?", "--out", "b.jsonl"), "--batch"),
        (("ask", "Who left?", "--llm-url", "gopher"), "dateline index"),
        (("ask", "Who left?"), "dateline index FOLDER"),
        (("chat", "--no-browser"), "dateline index FOLDER"),
        (("status",), "dateline index FOLDER"),
        (("quarantine",), "dateline index FOLDER"),
        (("check", "nowhere.jsonl"), "nowhere.jsonl"),
        (("doctor",), "dateline index FOLDER"),
        (("repair",), "dateline index FOLDER"),
        (("rebuild",), "dateline index FOLDER"),
        (("backup", "b.dateline"), "dateline index FOLDER"),
        (("restore", "nowhere.dateline"), "nowhere.dateline"),
        (("index", "."), "dateline models"),
        (("models", "--verify"), "dateline models"),
        (("models", "--embed-model", "."), "modules.json"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else "",
)
def test_a_mistake_is_one_line_that_says_what_to_do(dateline, words, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = dateline(*words)
    assert done.code == 1
    assert said in done.complaint


def test_what_is_read_from_a_file_is_shown_without_indexing_it(dateline, folder):
    words = ("extract", folder / "mill.txt", folder / "empty.md", folder / "records.jsonl")
    done = dateline(*words, "--jsonl")
    assert done.code == 3
    mill, empty, bridge, broken, pool = map(json.loads, done.out.splitlines())
    assert [list(each) for each in (mill, bridge, pool)] == [EXTRACTED] * 3
    assert [list(each) for each in (empty, broken)] == [["file", "error"]] * 2
    assert "line 2" in broken["error"]
    assert mill["file"] == str(folder / "mill.txt")
    assert mill["title"] == "Fire at the paper mill"
    assert (mill["published"], mill["published_from"]) == ("2024-05-03", "byline")
    assert mill["authors"] == ["Dana Orsi"]
    assert "paper mill at Orsel" in mill["text"]
    shown = dateline("extract", folder / "mill.txt")
    assert shown.code == 0
    assert "published: 2024-05-03 (byline)" in shown.out
    assert "'colour'" in dateline("extract", folder / "mill.txt", "--map", "colour=x").complaint


def test_a_question_of_5_mb_is_refused_before_a_model_is_loaded(dateline):
    done = dateline("ask", "-", stdin=io.StringIO("Who left? " * 500_000))
    assert done.code == 1
    assert "characters" in done.complaint
    assert len(done.err) < 500


@pytest.mark.parametrize("command", ["ask", "search"])
def test_a_command_without_a_question_says_how_to_ask_one(dateline, command):
    done = dateline(command)
    assert done.code == 1
    assert f'dateline {command} "your question"' in done.complaint


def test_standard_input_that_is_no_text_is_refused(dateline):
    binary = io.TextIOWrapper(io.BytesIO(b"\x93\x00\xff"), encoding="utf-8")
    done = dateline("ask", "-", stdin=binary)
    assert done.code == 1
    assert "UTF-8" in done.complaint


def test_an_interrupt_says_that_nothing_is_lost(dateline):
    class Interrupted(io.StringIO):
        def read(self, size=-1):
            raise KeyboardInterrupt

    done = dateline("ask", "-", stdin=Interrupted())
    assert done.code == 130
    assert "kept" in done.complaint


def test_weights_with_a_wrong_digest_are_refused_with_the_file_named(dateline, tmp_path):
    folder = tmp_path / "home" / "models" / weights.EMBEDDING.folder
    for file in weights.EMBEDDING.files:
        (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / file.path).write_bytes(b"not these")
    for words in (("index", tmp_path), ("models",), ("models", "--verify")):
        complaint = dateline(*words).complaint
        assert "SHA-256" in complaint
        assert str(folder) in complaint


@pytest.mark.parametrize("command", ["index", "models"])
def test_a_home_that_cannot_be_written_is_one_line(dateline, tmp_path, command, request):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    words = [command, "--home", blocked / "home"]
    if command == "index":
        given = request.getfixturevalue("weights_home") / "models" / weights.EMBEDDING.folder
        words += ["--embed-model", given, tmp_path]
    done = dateline(*words)
    assert done.code == 1
    assert "DATELINE_HOME" in done.complaint


def test_help_loads_no_heavy_library():
    code = (
        "import sys; sys.argv = ['dateline', '--help']\n"
        "from ui.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'chromadb', 'sentence_transformers', 'gradio', 'openai'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_printed_text_cannot_steer_the_terminal_or_become_an_emoji(capsys):
    terminal.say("at :100: \x1b[2J\x9b31m[red]km[/red]\u202e")
    terminal.complain("lost\nin :car: \x1b[2J[bold]x[/bold]")
    out, err = capsys.readouterr()
    assert out == "at :100: [2J31m[red]km[/red]\n"
    assert err == "dateline: lost in :car: [2J[bold]x[/bold]\n"


def test_printed_json_is_exact_and_steers_no_terminal():
    value = {"text": "zero\u200bwidth \x7f \x9b31m \U000e0041 naïve"}
    written = render.json_text(value)
    assert json.loads(written) == value
    assert render.clean(written) == written
    assert "naïve" in written


def test_a_long_list_of_failures_is_cut_where_another_command_lists_all(capsys):
    failures = [Failure(f"{n:02}.txt", "empty file") for n in reversed(range(30))]
    terminal.print_failures(failures, most=20)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "30 could not be read:"
    assert lines[1] == "  00.txt: empty file"
    assert lines[-1] == "  ... and 10 more: `dateline quarantine` lists them all."
    assert len(lines) == 22
    terminal.print_failures(failures)
    assert len(capsys.readouterr().out.splitlines()) == 31


def test_a_status_tells_of_articles_that_wait_and_cuts_a_long_list_of_outlets(capsys, tmp_path):
    outlets = tuple((f"Post {n}", 1) for n in range(25))
    found = LibraryStatus(25, 50, 25, 0, "2024-05-01", "2024-05-02", outlets, (), n_pending=7)
    terminal.print_status(IndexSettings(home=tmp_path), found, "hash", {"hash": False})
    out = capsys.readouterr().out
    assert "Waiting    7 of them" in out
    assert out.count("Outlet ") == 20
    assert "... and 5 more" in out
    assert "not fetched: run `dateline models`" in out


def test_a_folder_and_a_file_without_a_suffix_are_not_extracted_but_told(dateline, tmp_path):
    (tmp_path / "notes").write_text("x")
    done = dateline("extract", tmp_path, tmp_path / "notes", "--jsonl")
    folder, notes = map(json.loads, done.out.splitlines())
    assert done.code == 3
    assert folder["error"] == "a folder, not a file"
    assert "no suffix" in notes["error"]


STEPS = [
    (Progress(0, 1, 0), "Indexing"),
    (Progress(0, 1, 1, 0.1), "Indexing, 1 article, 0.1/s"),
    (Progress(3, 1200, 45, 0.1), "Indexing, 3 of 1,200 files, 45 articles, 4.5/s"),
    (Progress(0, 1, 12_345, 0.5), "Indexing, 12,345 articles, 1,234/s"),
]


@pytest.mark.parametrize(("progress", "said"), STEPS, ids=range(len(STEPS)))
def test_the_bar_says_what_was_done_and_how_fast(progress, said):
    assert terminal.index_line(progress, 10.0) == said


def test_the_bar_shows_share_and_time_left_in_mid_file_and_is_gone_in_the_end(monkeypatch):
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=100)
    monkeypatch.setattr(terminal, "_err", console)
    with terminal.IndexBar() as bar:
        for n in range(5):
            bar.show(Progress(0, 1, 20 * n, n / 10))
            bar.refresh()
    shown = screen.getvalue()
    assert "80 articles" in shown
    assert "40%" in shown
    assert re.search(r"0:0\d:\d\d", shown)
    assert shown.endswith("\x1b[2K")  # the line is wiped


def test_where_nobody_watches_the_bar_is_silent(monkeypatch):
    screen = io.StringIO()
    monkeypatch.setattr(terminal, "_err", Console(file=screen))
    with terminal.IndexBar() as bar:
        for n in range(1000):
            bar.show(Progress(n, 1000, n, n / 1000))
    assert screen.getvalue() == ""


@pytest.mark.model
class TestWithALibrary:
    def test_what_cannot_be_read_is_listed_and_the_rest_is_indexed(self, dateline, folder, home):
        done = dateline("index", folder, "--home", home)
        assert done.code == 3
        assert "4 added" in done.out
        assert done.err == ""  # nobody watches: no bar
        listed = [line.split(":")[0].strip() for line in done.out.splitlines()[2:]]
        assert listed == ["empty.md", "picture.html", "records.jsonl"]
        assert "line 2" in done.out
        again = dateline("index", folder, "--home", home)
        assert "0 chunks embedded" in again.out
        assert "4 unchanged" in again.out

    def test_a_folder_without_an_article_is_a_clear_line(self, dateline, library, tmp_path):
        (tmp_path / "report.odt").write_text("x")
        done = dateline("index", tmp_path, "--home", library)
        assert done.code == 1
        assert str(tmp_path) in done.complaint
        assert ".html" in done.complaint

    @pytest.mark.parametrize("option", ["--reranker", "--checker"])
    def test_a_folder_that_holds_no_cross_encoder_is_named(
        self, dateline, library, tmp_path, option
    ):
        asked = ("ask", "Who walked out?", "--extractive", "--home", library)
        done = dateline(*asked, option, tmp_path)
        assert done.code == 1
        assert str(tmp_path) in done.complaint
        assert dateline(*asked).code == 0

    def test_a_missing_folder_changes_nothing(self, dateline, library, tmp_path):
        before = dateline("status", "--home", library).out
        done = dateline("index", tmp_path / "nowhere", "--home", library)
        assert done.code == 1
        assert str(tmp_path / "nowhere") in done.complaint
        assert dateline("status", "--home", library).out == before

    def test_status_counts_undated_articles_and_lists_what_was_not_read(self, dateline, library):
        text = dateline("status", "--home", library).out
        assert "4 (1 without a date)" in text
        assert "Arden Courier (2)" in text
        assert "empty.md" in text
        found = json.loads(dateline("status", "--json", "--home", library).out)
        assert (found["n_articles"], found["n_undated"]) == (4, 1)
        assert found["manifest"]["embed_model"] == weights.EMBEDDING.name

    def test_an_answer_is_text_with_numbered_quotes(self, dateline, library):
        done = dateline("ask", "--extractive", FIRE, "--home", library)
        assert done.code == 0
        prose, quotes = done.out.split("\nQuotes\n")
        assert "11 hours" in prose
        assert "[1]" in prose
        assert "[1] Valley Post, 3 May 2024" in quotes

    def test_an_undated_article_says_that_its_date_is_unknown(self, dateline, library):
        done = dateline("ask", "--extractive", "Where were planks found rotten?", "--home", library)
        assert "date unknown" in done.out

    def test_json_has_exactly_the_documented_shape(self, dateline, library):
        found = json.loads(
            dateline("ask", "--json", "--extractive", FIRE, "--home", library).out,
        )
        assert set(found) == ANSWER
        assert found["question"] == FIRE
        assert found["claims"]
        assert all(set(claim) == CLAIM for claim in found["claims"])
        assert all(set(citation) == CITATION for citation in found["citations"])
        assert set(found["timings"]) == {"retrieve_s", "first_sentence_s", "total_s"}
        for claim in found["claims"]:
            assert found["answer"][claim["start"] : claim["end"]] == claim["text"]

    def test_an_abstention_is_no_error_and_shows_what_comes_nearest(self, dateline, library):
        asked = "Who won the chess tournament in Reykjavik?"
        done = dateline("ask", "--json", "--extractive", asked, "--home", library)
        found = json.loads(done.out)
        assert done.code == 0
        assert found["status"] == "abstained"
        assert found["claims"] == []
        assert all(set(citation) == CITATION for citation in found["near_misses"])

    @pytest.mark.parametrize(
        ("limits", "names"),
        [
            (("--to", "2024-05-03"), {"mill.txt"}),
            (("--from", "2024-05-07"), {"pool"}),
            (("--source", "arden courier"), {"bridge", "pool"}),
            (("--as-of", "2024-05-06"), {"mill.txt", "bridge", "letter.txt"}),
            (("--author", "dana orsi"), {"mill.txt"}),
            (("--folder", "{articles}/records.jsonl"), {"bridge", "pool"}),
            (("--source", "Arden Courier", "--from", "2024-05-07"), {"pool"}),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
    )
    def test_limits_hold_for_everything_found(self, dateline, library, folder, limits, names):
        asked = "What was closed, and what does it cost?"
        limits = [part.format(articles=folder) for part in limits]
        done = dateline("ask", "--json", "--extractive", asked, *limits, "--home", library)
        found = json.loads(done.out)
        seen = {each["article"] for each in (*found["citations"], *found["near_misses"])}
        assert seen
        assert seen <= names

    def test_an_unknown_outlet_is_told(self, dateline, library):
        done = dateline("ask", "--extractive", FIRE, "--source", "Moon Mail", "--home", library)
        assert done.code == 0
        assert "Moon Mail" in done.err
        assert "dateline status" in done.err

    def test_an_endpoint_that_cannot_be_reached_is_told_and_quotes_answer(self, dateline, library):
        url = "http://127.0.0.1:9/v1"  # the port that discards, where nothing listens
        done = dateline("ask", FIRE, "--llm-url", url, "--llm-model", "m", "--home", library)
        assert done.code == 0
        assert "127.0.0.1" in done.err
        day, told = done.err.splitlines()
        assert day.startswith("as of 7 May 2024")
        assert "127.0.0.1" in told
        assert "11 hours" in done.out

    @pytest.mark.parametrize("url", ["gopher://x", "localhost:8000", ""])
    def test_an_address_that_is_none_is_refused(self, dateline, library, url):
        done = dateline("ask", FIRE, "--llm-url", url, "--home", library)
        assert done.code == 1
        assert "https://host/v1" in done.complaint

    def test_a_batch_answers_every_line_and_goes_on_after_a_cut(self, dateline, library, tmp_path):
        questions, out = tmp_path / "questions.jsonl", tmp_path / "answers.jsonl"
        lines = [
            {"id": "fire", "question": FIRE},
            {"id": "long", "question": "Who left? " * 500_000},
            {"id": "before", "question": "What does a ticket to the pool cost?",
             "as_of": "2024-05-06"},
        ]  # fmt: skip
        questions.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
        words = ("ask", "--extractive", "--batch", questions, "--out", out, "--home", library)
        done = dateline(*words)
        assert done.code == 1
        assert "3 questions asked, 1 failed" in done.out
        fire, long, before = (json.loads(line) for line in out.read_text("utf-8").splitlines())
        assert set(fire) == {*ANSWER, "seconds"}
        assert fire["id"] == "fire"
        assert "characters" in long["error"]
        assert before["as_of"] == "2024-05-06"
        assert all(citation["article"] != "pool" for citation in before["citations"])
        with out.open("rb+") as file:
            file.truncate(out.stat().st_size - 40)
        again = dateline(*words)
        assert again.code == 0
        assert "1 question asked, 0 failed, 2 answered before" in again.out
        ids = [json.loads(line)["id"] for line in out.read_text("utf-8").splitlines()]
        assert ids == ["fire", "long", "before"]


@pytest.mark.model
class TestOldAnswers:
    """What was cited yesterday, after the articles have changed."""

    ASKED = (
        {"id": "fire", "question": FIRE},
        {"id": "planks", "question": "In how many places were planks found to be rotten?"},
        {"id": "pool", "question": "What does a ticket to the pool cost?"},
    )

    @pytest.fixture
    def desk(self, dateline, folder, home, tmp_path):
        """Return a library of its own, its folder, and the answers that it gave."""
        own = tmp_path / "own"
        own.mkdir()
        (own / "models").symlink_to(home / "models", target_is_directory=True)
        news = shutil.copytree(folder, tmp_path / "news")
        assert dateline("index", news, "--home", own).code == 3
        questions, answers = tmp_path / "questions.jsonl", tmp_path / "answers.jsonl"
        questions.write_text("".join(json.dumps(line) + "\n" for line in self.ASKED), "utf-8")
        words = ("--batch", questions, "--out", answers, "--extractive", "--home", own)
        assert dateline("ask", *words).code == 0
        return own, news, answers

    def test_they_stand_while_nothing_has_changed(self, dateline, desk):
        own, _, answers = desk
        done = dateline("check", answers, "--home", own)
        assert done.code == 0
        (line,) = done.out.splitlines()
        n = sum(len(json.loads(each)["citations"]) for each in answers.read_text().splitlines())
        assert line == f"{n} citations in 3 answers: {n} stand."

    def test_each_is_told_as_changed_moved_or_withdrawn(self, dateline, desk):
        own, news, answers = desk
        mill = news / "mill.txt"
        mill.write_text(mill.read_text("utf-8").replace("11 hours", "9 hours"), "utf-8")
        (news / "letter.txt").rename(news / "readers.txt")
        lines = (news / "records.jsonl").read_text("utf-8").splitlines()
        (news / "records.jsonl").write_text("\n".join(lines[:2]), "utf-8")
        assert dateline("index", news, "--home", own).code == 3
        done = dateline("check", answers, "--home", own)
        assert done.code == 3
        assert "the sentence is gone (noticed on " in done.out
        assert "moved to readers.txt" in done.out
        assert "withdrawn: the article is gone" in done.out
        found = json.loads(dateline("check", answers, "--home", own, "--json").out)
        fates = {(each["id"], each["article"], each["fate"]) for each in found["citations"]}
        assert fates >= {
            ("fire", "mill.txt", "changed"),
            ("planks", "letter.txt", "moved"),
            ("pool", "pool", "withdrawn"),
        }
        moved = next(each for each in found["citations"] if each["fate"] == "moved")
        assert moved["stands"]
        assert moved["now"]["article"] == "readers.txt"
        assert all(each["since"] for each in found["citations"] if each["fate"] != "same")

    def test_moved_articles_alone_are_no_failure(self, dateline, desk):
        own, news, answers = desk
        (news / "letter.txt").rename(news / "readers.txt")
        assert dateline("index", news, "--home", own).code == 3
        done = dateline("check", answers, "--home", own)
        assert done.code == 0
        assert "moved to readers.txt" in done.out
        assert done.out.splitlines()[-1].endswith("stand.")


def test_what_could_not_be_read_is_listed_and_stops_a_run_that_says_so(dateline, library, folder):
    listed = dateline("quarantine", "--home", library)
    assert listed.code == 0
    for name in ("records.jsonl", "empty.md", "picture.html"):
        assert name in listed.out
    assert "--retry" in listed.out
    lines = dateline("quarantine", "--home", library, "--json").out.splitlines()
    assert {"file", "error"} == set(json.loads(lines[0]))
    stopped = dateline("index", folder, "--home", library, "--retry", "--max-failures", "1")
    assert stopped.code == 1
    assert "--max-failures 1" in stopped.complaint


def test_a_damaged_library_is_told_and_mended(dateline, library):
    well = dateline("doctor", "--home", library).out.splitlines()
    assert well == ["0 differences between ledger and vectors.", "The library is whole."]
    assert json.loads(dateline("doctor", "--home", library, "--json").out)["differences"] == 0
    shutil.rmtree(library / "library" / "chroma")
    told = dateline("doctor", "--home", library)
    assert told.code == 1
    assert "dateline repair" in told.out
    assert json.loads(dateline("doctor", "--home", library, "--json").out)["damage"]
    mended = dateline("repair", "--home", library)
    assert mended.code == 0
    assert "whole" in mended.out
    assert dateline("doctor", "--home", library).code == 0


def test_a_backup_is_restored_elsewhere(dateline, library, tmp_path):
    written = dateline("backup", tmp_path / "b.dateline", "--home", library)
    assert written.code == 0
    assert re.search(r"^4 articles in .*b\.dateline \(\d.*B\)\.$", written.out)
    read = dateline("restore", tmp_path / "b.dateline", "--home", tmp_path / "other")
    assert read.code == 0
    kept = json.loads(dateline("status", "--json", "--home", library).out)
    found = json.loads(dateline("status", "--json", "--home", tmp_path / "other").out)
    assert found["n_chunks"] == kept["n_chunks"]
    assert dateline("restore", tmp_path / "b.dateline", "--home", library).code == 1


def test_copies_are_listed_with_who_printed_them_and_when(dateline, tmp_path):
    story = (
        "The night ferry to Olm was cancelled on Tuesday after a fire in its engine room, the "
        "harbour office said. About 200 people waited on the pier until the morning bus came."
    )
    rows = [
        {"id": "wire", "text": story, "source": "Northgate", "published": "2024-05-03"},
        {"id": "copy", "text": story, "source": "Herald", "published": "2024-05-04"},
        {"id": "else", "text": "Bakers in the capital walked out on Friday over their night pay."},
    ]
    home, folder = tmp_path / "home", tmp_path / "news"
    folder.mkdir()
    (folder / "all.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    settings = IndexSettings(home=home)
    sync([folder], settings, tmp_path / "model", load=HashEmbedder, pool=readers())
    lines = dateline("copies", "--home", home).out.splitlines()
    assert lines[0].startswith("2 copies:")
    assert lines[1:] == [
        "  wire, Northgate, 2024-05-03 (100% alike)",
        "  copy, Herald, 2024-05-04 (100% alike)",
    ]
    found = json.loads(dateline("copies", "--home", home, "--json").out)
    assert [row["article"] for row in found["articles"]] == ["wire", "copy"]
    assert "1 of these say again" in dateline("status", "--home", home).out
