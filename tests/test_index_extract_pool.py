"""Reading in child processes: what a reader may do to itself, and what it may not do to us."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from itertools import count, islice
from pathlib import Path

import pytest

from index.errors import DatelineError, ReadError
from index.extract import parse_map, read
from index.extract.messages import (
    MAX_REASON_CHARACTERS,
    Done,
    Reached,
    Refused,
    Request,
    answer_line,
    parse_answer,
    parse_request,
    request_line,
)
from index.extract.pool import Limits, Pool, Task
from index.extract.worker import AHEAD
from index.schema import Extracted, Failure

STORY = "Ferries stay in port on Monday. The union of deck hands called the strike last week."
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")

READER = """
import os, signal, socket, subprocess, sys, time
from index.errors import ReadError
from index.extract import child
from index.schema import Extracted, Failure

child.MAX_FILES = 20

def spin(_):
    while True:
        pass

def eat(_):
    held = []
    while True:
        held.append(bytearray(10_000_000))

def noise(_):
    print("not an answer", flush=True)
    os.write(1, b"nor this\\n")
    os.write(2, b"nor that\\n" * 50_000)

def garble(what):
    for descriptor in range(3, 8):
        try:
            os.write(descriptor, what.encode() + b"\\n")
        except OSError:
            pass

def limit(name):
    import resource
    raise ReadError("", str(resource.getrlimit(getattr(resource, name))))

DO = {
    "spin": spin, "eat": eat, "noise": noise, "garble": garble, "limit": limit,
    "sleep": lambda _: time.sleep(100),
    "crash": lambda _: signal.raise_signal(signal.SIGSEGV),
    "exit": lambda code: os._exit(int(code)),
    "fault": lambda _: [][1],
    "fork": lambda _: os.fork(),
    "run": lambda _: subprocess.run(["true"]),
    "connect": lambda _: socket.create_connection(("127.0.0.1", 9)),
    "remove": os.remove,
    "write": lambda name: open(name, "w"),
    "overwrite": lambda name: os.open(name, os.O_RDONLY | os.O_TRUNC),
    "deep": lambda _: "[" * 10 ** 6,
}

def read(path, *, root=None, fields=None, told=None):
    for line in path.read_text("utf-8").splitlines():
        word, _, rest = line.partition(" ")
        if word == "say":
            yield Extracted(text=rest)
        elif word == "many":
            yield from (Extracted(text=f"{n} " + 1000 * "x") for n in range(int(rest)))
        elif word == "reach":
            told(float(rest))
        elif word == "fail":
            yield Failure("?", rest)
        elif word == "lie":
            yield Extracted(**({"text": "a text"} | eval(rest)))
        elif word == "refuse":
            raise ReadError("?", rest)
        elif word == "who":
            yield Extracted(text=str(os.getpid()))
        elif word == "network":
            yield Extracted(text=os.readlink("/proc/self/ns/net"))
        else:
            DO[word](rest)

child.main(read)
"""


@pytest.fixture(scope="session")
def reader(tmp_path_factory):
    """The command of a child that does to itself what the file says."""
    script = tmp_path_factory.mktemp("reader") / "reader.py"
    script.write_text(READER, "utf-8")
    return [sys.executable, str(script)]


@pytest.fixture
def told(tmp_path, reader):
    """Read files made of these contents; what came of each, a reason as text at its end."""

    def told(*contents, workers=1, **limits):
        tasks = [Task(write(tmp_path, n, content)) for n, content in enumerate(contents)]
        with Pool(workers, Limits(**limits), command=reader) as pool:
            return [outcome(items) for _, items in pool.read(tasks)]

    return told


def write(folder, name, content):
    path = folder / (name if isinstance(name, str) else f"{name:04}.txt")
    path.write_text(content, "utf-8")
    return path


def outcome(items):
    found = []
    try:
        for item in items:
            found.append(item.text if isinstance(item, Extracted) else f"({item.reason})")
    except ReadError as error:
        found.append(f"[{error.reason}]")
    return found


def is_gone(pid):
    """Tell whether a process ends; one that does not is waited for until the test's own limit."""
    while Path(f"/proc/{pid}").exists() and "Z (zombie)" not in status_of(pid):
        time.sleep(0.02)
    return True


def files_open():
    """Count by name what this process holds open; what other tests left may close at any time."""
    found = Counter()
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # closed since it was listed
            found[str(entry.readlink())] += 1
    return found


def status_of(pid):
    try:
        return Path(f"/proc/{pid}/status").read_text("ascii")
    except OSError:
        return "Z (zombie)"


# Reading


def test_the_pool_reads_what_reading_here_reads(tmp_path):
    records = [{"id": n, "title": f"No. {n}", "date": "2021-03-04", "text": STORY} for n in "abc"]
    paths = [
        write(tmp_path, "a.txt", STORY),
        write(tmp_path, "b.jsonl", "".join(json.dumps(r) + "\nx\n" for r in records)),
        write(tmp_path, "c.html", "<p>Too little.</p>"),
        write(tmp_path, "d.md", f"---\ntitle: A café 🍵\nauthor: [Ana Roe]\n---\n{STORY}"),
        tmp_path / "missing.txt",
        write(tmp_path, "e.xyz", STORY),
    ]
    with Pool(2) as pool:
        for (task, items), path in zip(pool.read(map(Task, paths)), paths, strict=True):
            assert task.path == path
            assert caught(items) == caught(read(path))
        assert 10_000_000 < pool.peak_bytes < 300_000_000
        assert 0 < pool.longest_s < 20


def caught(items):
    found = []
    try:
        found.extend(items)
    except ReadError as error:
        found.append((error.path, error.reason))
    return found


def test_map_and_folder_are_passed_on(tmp_path):
    line = json.dumps({"id": 1, "headline_1": "Ferries", "wording": STORY})
    export = write(tmp_path, "a.jsonl", line)
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link.jsonl").symlink_to(export)
    fields = parse_map("title=headline_1,text=wording")
    with Pool(1) as pool:
        tasks = [Task(export, tmp_path), Task(inside / "link.jsonl", inside)]
        (_, first), (_, second) = ((task, caught(i)) for task, i in pool.read(tasks, fields))
    assert [(article.title, article.text) for article in first] == [("Ferries", STORY)]
    assert "leads out" in second[0][1]


@pytest.mark.parametrize(
    "name", ["a\nb.txt", "a'\"\\ .txt", "ä ☃.txt", os.fsdecode(b"\xff\xfe.txt")]
)
def test_any_name_of_a_file_arrives(tmp_path, name):
    try:
        path = write(tmp_path, name, STORY)
    except OSError:
        pytest.skip("this file system does not take such a name")
    with Pool(1) as pool:
        ((task, found),) = ((task, caught(items)) for task, items in pool.read([Task(path)]))
    assert task.path == path
    assert [article.text for article in found] == [STORY]


def test_files_come_in_order_from_several_children(told):
    contents = [f"say {n}" for n in range(60)]
    assert told(*contents, workers=3) == [[str(n)] for n in range(60)]


def test_records_that_cannot_be_read_do_not_end_a_file(told):
    assert told("say 1\nfail no text\nsay 2\nrefuse cut short") == [
        ["1", "(no text)", "2", "[cut short]"]
    ]


# What a reader may do to itself

HARM = [
    ("spin", "took longer than 0.5 s"),
    ("sleep", "took longer than 0.5 s"),
    ("eat", "needed more than 0.3 GB of memory"),
    ("crash", "the reader crashed (signal 11)"),
    ("exit 3", "the reader crashed (exit code 3)"),
    ("exit 0", "the reader crashed (exit code 0)"),
    ("fault", "the reader failed (IndexError: list index out of range); please report it"),
]


@pytest.mark.parametrize(("deed", "reason"), HARM, ids=[deed for deed, _ in HARM])
def test_harm_costs_one_file_and_no_other(told, deed, reason):
    limits = {"seconds": 0.5, "memory_bytes": 300_000_000}
    if deed == "eat":
        limits["seconds"] = 20
    got = told("say a", f"say b\n{deed}", deed, "say d", "say e", **limits)
    assert got == [["a"], ["b", f"[{reason}]"], [f"[{reason}]"], ["d"], ["e"]]


@pytest.mark.parametrize("deed", ["garble nonsense", "lie {'published': '20210304'}"])
def test_what_is_no_article_is_not_taken_for_one(told, deed):
    first, second = told(f"say a\n{deed}\nsay b", "say c")
    assert first[0] == "a"
    assert first[1].startswith("[the reader gave back")
    assert (len(first), second) == (2, ["c"])


def test_what_a_library_prints_is_no_answer(told):
    assert told("noise\nsay a") == [["a"]]


FORBIDDEN = ["fork", "run", "connect", "remove {}", "write {}", "overwrite {}"]


@pytest.mark.parametrize("deed", FORBIDDEN)
def test_a_reader_may_not(told, tmp_path, deed):
    kept = write(tmp_path, "kept", "as it was")
    ((said,),) = told(deed.format(kept))
    assert "PermissionError: a reader may not" in said
    assert kept.read_text("utf-8") == "as it was"


@ON_LINUX
@pytest.mark.parametrize(
    ("name", "value"),
    [("RLIMIT_AS", 400_000_000), ("RLIMIT_CORE", 0), ("RLIMIT_FSIZE", 0), ("RLIMIT_NOFILE", 64)],
)
def test_the_kernel_keeps_the_limits(told, name, value):
    assert told(f"limit {name}", memory_bytes=400_000_000) == [[f"[({value}, {value})]"]]


@ON_LINUX
def test_a_child_of_root_has_no_network(told):
    if os.geteuid() != 0:
        pytest.skip("whether others may leave the network is the system's choice")
    ((own,),) = told("network")
    assert own != str(Path("/proc/self/ns/net").readlink())


def test_reasons_are_one_printable_line(told):
    ((said,),) = told("refuse \x1b[31mred\x07 " + "x" * 5000)
    assert said.startswith("[ [31mred  xx")
    assert len(said) == MAX_REASON_CHARACTERS + 2


# How far it is


def test_how_far_an_export_is_read_is_told_in_steps_and_anew_for_each_file(tmp_path, reader):
    steps = "say a\nreach 0.25\nsay b\nreach 0.2501\nsay c\nreach 1.0\nsay d"
    tasks = [Task(write(tmp_path, n, steps)) for n in range(2)]
    with Pool(1, command=reader) as pool:
        for _, items in pool.read(tasks):
            assert [(item.text, pool.share) for item in items] == [
                ("a", 0.0), ("b", 0.25), ("c", 0.25), ("d", 1.0),
            ]  # fmt: skip


# Children


def test_nothing_is_started_for_nothing():
    with Pool(2) as pool:
        assert list(pool.read([])) == []
        assert pool.pids == ()


def test_only_as_many_children_as_files(tmp_path, reader):
    with Pool(4, command=reader) as pool:
        assert [outcome(i) for _, i in pool.read([Task(write(tmp_path, 1, "say a"))])] == [["a"]]
        assert len(pool.pids) == 1


def test_a_child_is_replaced_after_some_files_and_none_is_lost(told):
    pids = [pid for (pid,) in told(*["who"] * 50)]
    assert [pids.count(pid) for pid in dict.fromkeys(pids)] == [20, 20, 10]


def test_tasks_are_only_taken_as_far_as_is_read_ahead(tmp_path, reader):
    path = write(tmp_path, 1, "say a")
    n_taken = 0

    def tasks():
        nonlocal n_taken
        for _ in count():
            n_taken += 1
            yield Task(path)

    with Pool(2, command=reader) as pool:
        for n, (_, items) in enumerate(islice(pool.read(tasks()), 40), start=1):
            assert outcome(items) == ["a"]
            assert n_taken <= n + 2 * AHEAD
    assert n_taken < 40 + 2 * AHEAD


def test_a_file_without_end_is_streamed(tmp_path, reader):
    tasks = [Task(write(tmp_path, 1, f"many {10**12}")), Task(write(tmp_path, 2, "say b"))]
    with Pool(1, command=reader) as pool:
        reading = pool.read(tasks)
        _, items = next(reading)
        assert [item.text.split()[0] for item in islice(items, 5000)][-1] == "4999"
        _, after = next(reading)  # drops the first
        assert list(items) == []
        assert outcome(after) == ["b"]


def test_waiting_for_us_is_not_held_against_a_reader(tmp_path, reader):
    n = 3000  # more than a pipe holds
    task = Task(write(tmp_path, 1, f"many {n}"))
    with Pool(1, Limits(seconds=0.3), command=reader) as pool:
        for _, items in pool.read([task]):
            assert next(items).text.startswith("0 ")
            time.sleep(1.5)
            assert len(outcome(items)) == n - 1


@ON_LINUX
@pytest.mark.parametrize("deed", ["spin", "many 1000000000", "say a"])
def test_leaving_early_leaves_nothing_behind(tmp_path, reader, deed):
    open_before = files_open()
    tasks = [Task(write(tmp_path, n, f"say first\n{deed}")) for n in range(5)]
    pool = Pool(2, command=reader)
    for _, items in pool.read(tasks):
        assert next(items).text == "first"
        pids = pool.pids
        break
    assert len(pids) == 2
    assert pool.pids == ()
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
    assert files_open() <= open_before


def test_an_error_of_ours_ends_the_children(tmp_path, reader):
    def interrupted():
        with Pool(1, command=reader) as pool:
            pools.append(pool)
            for _, items in pool.read([Task(write(tmp_path, 1, "say a\nspin"))]):
                next(items)
                raise KeyboardInterrupt

    pools = []
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert pools[0].pids == ()


def test_articles_end_with_the_reading(tmp_path, reader):
    with Pool(1, command=reader) as pool:
        reading = pool.read([Task(write(tmp_path, 1, "say a"))])
        _, items = next(reading)
        reading.close()
        assert list(items) == []


def test_a_pool_reads_again_once_it_is_through(tmp_path, reader):
    tasks = [Task(write(tmp_path, 1, "who"))]
    with Pool(1, command=reader) as pool:
        first, second = ([outcome(items) for _, items in pool.read(tasks)] for _ in range(2))
        assert first == second
        reading = pool.read(tasks)
        next(reading)
        with pytest.raises(RuntimeError, match="one read at a time"):
            next(pool.read(tasks))


def test_an_item_not_asked_for_is_not_waited_for(tmp_path, reader):
    tasks = [Task(write(tmp_path, n, deed)) for n, deed in enumerate(["spin", "say b"])]
    with Pool(1, command=reader) as pool:
        assert [task.path.name for task, _ in pool.read(tasks)] == ["0000.txt", "0001.txt"]


PARENT = """
import sys
from pathlib import Path
from index.extract.pool import Pool, Task
with Pool(1, command=sys.argv[2:]) as pool:
    for _, items in pool.read([Task(Path(sys.argv[1]))]):
        for item in items:
            print(item.text, flush=True)
"""


@ON_LINUX
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("deed", ["spin", "sleep"])
def test_children_die_with_their_parent(tmp_path, reader, how, deed):
    path = write(tmp_path, 1, f"who\n{deed}")
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(path), *reader],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    pid = int(parent.stdout.readline())
    assert not Path(f"/proc/{pid}/status").read_text("ascii").startswith("Z")
    parent.send_signal(how)
    parent.communicate()
    assert is_gone(pid)


def test_children_that_do_not_start_end_the_run(tmp_path):
    command = [sys.executable, "-c", "raise SystemExit('there is no reader here')"]
    with Pool(1, command=command) as pool:
        reading = pool.read([Task(write(tmp_path, 1, "x"))])
        _, items = next(reading)
        with pytest.raises(DatelineError, match="does not start: it said 'there is no") as caught:
            next(items)
    assert not isinstance(caught.value, ReadError)  # no file is to blame


def test_limits_that_make_no_sense_are_refused():
    with pytest.raises(ValueError, match="seconds"):
        Limits(seconds=0)
    with pytest.raises(ValueError, match="250 MB"):
        Limits(memory_bytes=100)
    with pytest.raises(ValueError, match="at least one"):
        Pool(0)


# Messages


def test_an_article_survives_the_way():
    article = Extracted(
        text="Łódź 🍵\u2028end",
        title="A title",
        source="Kurier",
        authors=("Ana Roe", "Bo Lind"),
        published="2021-03-04",
        published_from="json-ld",
        url="https://news.example/a",
        language="pl",
        record="7",
        updated="2021-03-05",
        section="World",
        pages=(0, 3, 3),
        provenance=(("title", "meta"), ("url", "page")),
    )
    line = answer_line(article)
    assert line.count(b"\n") == 1
    assert parse_answer(line) == article
    assert parse_answer(answer_line(Refused("no text"))) == Refused("no text")
    assert parse_answer(answer_line(Reached(0.25))) == Reached(0.25)
    assert parse_answer(answer_line(Done(7, 0.5, None))) == Done(7, 0.5, None)


NO_MESSAGES = [
    (b"nonsense", "no message"),
    (b"[]", "no message"),
    (b"{}", "no message"),
    (b"\xff", "no message"),
    (b"[" * 100_000, "no message"),
    (b'{"reached": 1.5}', "unknown kind"),
    (b'{"reached": NaN}', "unknown kind"),
    (b'{"reached": "0.5"}', "unknown kind"),
    (b'{"done": 1}', "unknown kind"),
    (b'{"run": "x"}', "unknown kind"),
    (b'{"refused": 7}', "unknown kind"),
    (b'{"done": [1, 1, 1]}', "no reason"),
    (b'{"done": [-1, 1, null]}', "no cost"),
    (b'{"done": [1, "long", null]}', "no cost"),
    (b'{"article": {"text": "x"}}', "with the fields text"),
    (b'{"article": ["x"]}', "unknown kind"),
]


@pytest.mark.parametrize(("line", "reason"), NO_MESSAGES)
def test_a_line_that_is_no_message_is_refused(line, reason):
    with pytest.raises(ValueError, match=reason) as caught:
        parse_answer(line)
    assert len(str(caught.value)) < 400


NO_ARTICLES = [
    ("published", "20210304"),
    ("published", "2021-02-30"),
    ("published", 20210304),
    ("updated", "yesterday"),
    ("published_from", "a guess"),
    ("published_from", ["meta"]),
    ("text", ""),
    ("text", 5),
    ("title", None),
    ("title", "\ud800"),
    ("url", 7),
    ("authors", "Ana Roe"),
    ("authors", (1,)),
    ("pages", (3, 2)),
    ("pages", (0, 99)),
    ("pages", (True,)),
    ("pages", (-1,)),
    ("provenance", (("title",),)),
    ("provenance", (("title", 3),)),
]


@pytest.mark.parametrize(("field", "value"), NO_ARTICLES)
def test_an_article_with_a_wrong_field_is_refused(field, value):
    line = answer_line(replace(Extracted(text="a text"), **{field: value}))
    with pytest.raises(ValueError, match=f"whose {field}|pages behind its end"):
        parse_answer(line)


def test_a_request_survives_the_way():
    request = Request(Path(os.fsdecode(b"/a\xff\n")), Path("/ä"), {"title": "x y"})
    assert parse_request(request_line(request)) == request
    bare = Request(Path("a"), None, None)
    assert parse_request(request_line(bare)) == bare


def test_an_article_too_large_to_send_is_refused(monkeypatch):
    monkeypatch.setattr("index.extract.messages.MAX_MESSAGE_BYTES", 2_000_000)
    assert parse_answer(answer_line(Extracted(text="x" * 2_000_000))) == Refused(
        "an article of more than 2 MB; split it"
    )


def test_a_failure_names_its_file(tmp_path, reader):
    path = write(tmp_path, 1, "fail no text")
    with Pool(1, command=reader) as pool:
        ((_, found),) = ((task, list(items)) for task, items in pool.read([Task(path)]))
    assert found == [Failure(str(path), "no text")]
