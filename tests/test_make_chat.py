"""``make chat`` as a newcomer runs it: to a question asked in a browser and answered with proof."""

from __future__ import annotations

import os
import queue
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from conftest import missing

from eval.gate import SAMPLES

pytestmark = [pytest.mark.model, pytest.mark.browser, pytest.mark.timeout(600)]

ROOT = Path(__file__).resolve().parents[1]
STARTED_S = 300  # weights checked, samples indexed, page served; on a busy machine
ANSWERED_MS = 240_000
FIRST = "How many Russians entered Kazakhstan?"
SECOND = "How many men waited beside the transport plane at Magadan airport?"
# Notes when the second answer's quotes, first checked sentence and end are first on the page.
WATCH = """() => {
  const live = document.querySelector('#dl-live');
  const marks = {quotes: '.dl-card', sentence: '.dl-claim', end: '[data-progress=finished]'};
  window.seen = {start: performance.now(), order: []};
  const look = () => {
    if (!live.textContent.includes(%r)) return;
    for (const [name, selector] of Object.entries(marks)) {
      if (!(name in window.seen) && live.querySelector(selector)) {
        window.seen[name] = performance.now();
        window.seen.order.push(name);
      }
    }
  };
  new MutationObserver(look).observe(live, {childList: true, subtree: true, attributes: true});
}"""


class Command:
    """A command in a process group of its own, its output read as it comes."""

    def __init__(self, command, env):
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # A shell starts its background jobs with Ctrl-C ignored, and that is inherited.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            text=True,
            start_new_session=True,
        )
        self.output = ""
        self._lines = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_for(self, pattern, timeout):
        """Return the first match in a line of output; fail with all output when there is none."""
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            try:
                line = self._lines.get(timeout=left)
            except queue.Empty:
                break
            if line is None:
                break
            if match := re.search(pattern, line):
                return match
        pytest.fail(f"no line with {pattern!r} in:\n{self.output}", pytrace=False)

    def interrupt(self, timeout):
        """Press Ctrl-C, and return the exit code and everything that was printed."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(timeout)
        self._reader.join(timeout)
        return self.process.returncode, self.output

    def kill(self):
        """End whatever is left of the group."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def _read(self):
        for line in self.process.stdout:
            self.output += line
            self._lines.put(line)
        self._lines.put(None)


@pytest.fixture
def chromium():
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        missing("No chromium on the PATH: install Debian's chromium package, or Chromium.")
    if shutil.which("make") is None:
        missing("No make on the PATH: install it.")
    return found


@pytest.fixture
def home(tmp_path, weights_home):
    """Return a home that shares the weights and nothing else."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(weights_home / "models", target_is_directory=True)
    return home


@pytest.fixture
def corpus(tmp_path):
    """Return the sample articles with a file among them that cannot be read."""
    folder = tmp_path / "articles"
    shutil.copytree(SAMPLES, folder)
    (folder / "unfinished.txt").touch()
    return folder


@pytest.fixture
def making(home, corpus):
    """Run ``make chat`` with the environment that the tests run in: nothing is installed."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = Path(sys.prefix)
    variables = {
        "VENV": environment,
        "HOME_DIR": home,
        "CORPUS": corpus,
        "PORT": port,
        "CHAT_ARGS": "--no-browser",
    }
    stamps = [f"--assume-old={environment / name}.stamp" for name in ("dependencies", "project")]
    command = ["make", "chat", *stamps, *(f"{name}={value}" for name, value in variables.items())]
    running = Command(command, {**os.environ, "CI": ""})
    yield running
    running.kill()


def ask(page, question):
    page.get_by_role("textbox", name="Your question").fill(question)
    page.keyboard.press("Enter")
    page.locator("#dl-live [data-progress=finished]", has_text=question).wait_for()


def left_running(home):
    """Processes that were started for this home: the page's, and the language model's."""
    mark = f"DATELINE_HOME={home}\0".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_bytes())
        except OSError:  # it has ended meanwhile, or is not ours
            continue
    return found


def test_make_chat_serves_answers_whose_citations_open_their_sentence(making, chromium, home):
    sync_api = pytest.importorskip("playwright.sync_api")
    address = making.wait_for(r"http://127\.0\.0\.1:\d+\S*", STARTED_S)[0]
    assert "10 added" in making.output
    assert "unfinished.txt: empty file" in making.output
    assert len(left_running(home)) > 0

    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(ANSWERED_MS)
        page.goto(address)
        ask(page, FIRST)
        live = page.locator("#dl-live")
        assert "98,000" in live.locator(".dl-prose").inner_text()
        assert "local model" in live.locator(".dl-facts").inner_text()

        page.evaluate(WATCH % SECOND)
        ask(page, SECOND)
        seen = page.evaluate("window.seen")
        assert seen["order"] == ["quotes", "sentence", "end"]
        for name in seen["order"]:
            print(f"{name}: {(seen[name] - seen['start']) / 1000:.2f} s")  # noqa: T201

        marker = live.locator(".dl-claim .dl-cite").first
        quote = marker.get_attribute("data-quote")
        marker.click()
        mark = page.locator("#dl-reader mark")
        mark.wait_for()
        assert " ".join(mark.inner_text().split()) == quote
        assert "100 men" in quote
        assert "Pier Radio" in page.locator("#dl-reader .dl-source").inner_text()
        browser.close()

    code, output = making.interrupt(timeout=60)
    assert code != 0, "make reports an interrupt"
    assert "The chat is closed." in output
    assert "Traceback" not in output
    deadline = time.monotonic() + 30
    while (running := left_running(home)) and time.monotonic() < deadline:
        threading.Event().wait(0.2)
    assert running == []
