"""A folder that is watched says when it has changed, and only then."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from index.watch import changes

ROOT = Path(__file__).parents[1]
FOLLOW = """
import sys
from pathlib import Path
from index.watch import changes
print("ready", flush=True)
for _ in changes([Path(sys.argv[1])]):
    print("changed", flush=True)
print("ended", flush=True)
"""


def test_a_new_file_is_noticed_once_it_has_come_to_rest(tmp_path):
    writer = threading.Timer(1.0, lambda: (tmp_path / "a.txt").write_text("news"))
    writer.start()
    assert next(changes([tmp_path])) is None
    assert (tmp_path / "a.txt").read_text() == "news"


def test_ctrl_c_ends_the_watch_quietly(tmp_path):
    watching = subprocess.Popen(
        [sys.executable, "-c", FOLLOW, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        # A parent that ignores Ctrl-C hands that on; a shell's own child does not.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert watching.stdout is not None
    assert watching.stdout.readline() == "ready\n"
    lines: list[str] = []
    reader = threading.Thread(target=lambda: lines.append(watching.stdout.readline()))
    reader.start()
    for n in range(50):  # the watch begins a moment after it says so
        (tmp_path / f"{n}.txt").write_text("news")
        reader.join(timeout=2)
        if lines:
            break
    assert lines == ["changed\n"]
    time.sleep(1)  # it watches again a moment after it says so
    watching.send_signal(signal.SIGINT)
    out, err = watching.communicate(timeout=60)
    assert out.endswith("ended\n")
    assert "Traceback" not in err
