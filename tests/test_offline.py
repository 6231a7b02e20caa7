"""From article files to a cited answer, in processes that can reach nothing but this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from eval.gate import SAMPLES

# Python runs a `sitecustomize` before anything else, in the children of the child too. Whatever
# is tried is also written down: a library that shrugs off the refusal has still tried.
BLOCK = """
import os
import socket

def check(what, address):
    if not isinstance(address, tuple):
        return  # a path: a socket of this machine
    host = str(address[0] or "localhost")
    if host in {"localhost", "::1", "::", "0.0.0.0"} or host.startswith("127."):
        return
    with open(os.environ["ATTEMPTS"], "a") as log:
        log.write(f"{what} {host}\\n")
    raise OSError(f"blocked: {what} {host}")

class Guarded(socket.socket):
    def connect(self, address):
        check("connect", address)
        return super().connect(address)

    def connect_ex(self, address):
        check("connect_ex", address)
        return super().connect_ex(address)

    def sendto(self, *args):
        check("sendto", args[-1])
        return super().sendto(*args)

def guarded(name):
    look_up = getattr(socket, name)
    def checked(host, *args, **options):
        check(name, (host,))
        return look_up(host, *args, **options)
    return checked

for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr"):
    setattr(socket, name, guarded(name))
socket.socket = Guarded
"""
WAY = """
import sys
from ui.cli import main

for words in {commands!r}:
    sys.argv = ["dateline", *words]
    try:
        main()
    except SystemExit as ended:
        assert not ended.code, ended.code
"""


@pytest.fixture
def blocked(tmp_path):
    """Return a function that runs Python code behind the block, and what it tried to reach."""
    (tmp_path / "sitecustomize.py").write_text(BLOCK)
    attempts = tmp_path / "attempts"

    def run(code):
        attempts.write_text("")
        env = {**os.environ, "PYTHONPATH": str(tmp_path), "ATTEMPTS": str(attempts)}
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        return done, attempts.read_text()

    return run


@pytest.mark.parametrize(
    ("attempt", "named"),
    [
        ("socket.create_connection(('192.0.2.1', 80), 1)", "192.0.2.1"),
        ("socket.socket().connect(('192.0.2.1', 80))", "192.0.2.1"),
        ("socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))", "192.0.2.1"),
        ("socket.getaddrinfo('news.example', 80)", "news.example"),
        (
            "subprocess.run([sys.executable, '-c', 'import socket;"
            'socket.getaddrinfo("news.example", 80)\'], check=True)',
            "news.example",
        ),
    ],
)
def test_the_block_bites(blocked, attempt, named):
    done, attempts = blocked(f"import socket, subprocess, sys; {attempt}")
    assert done.returncode != 0
    assert "blocked: " in done.stderr
    assert named in attempts


def test_the_block_lets_this_machine_through(blocked):
    done, attempts = blocked(
        "import socket; listening = socket.create_server(('127.0.0.1', 0));"
        "socket.create_connection(listening.getsockname()).close()"
    )
    assert (done.returncode, attempts) == (0, ""), done.stderr


@pytest.mark.model
@pytest.mark.timeout(600)
def test_from_files_to_a_cited_answer_without_a_network(blocked, tmp_path, weights_home):
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(weights_home / "models", target_is_directory=True)
    question = "How many Russians entered Kazakhstan?"
    commands = [
        ["models", "--home", str(home)],
        ["index", str(SAMPLES), "--home", str(home)],
        ["ask", question, "--json", "--home", str(home)],
    ]
    done, attempts = blocked(WAY.format(commands=commands))
    assert done.returncode == 0, done.stderr
    assert attempts == ""
    answer = json.loads(done.stdout[done.stdout.index("\n{") :])
    assert answer["writer"] == "local"
    assert answer["notices"] == []
    assert "98,000" in answer["answer"]
    assert answer["claims"]
    assert all(claim["citations"] for claim in answer["claims"])
