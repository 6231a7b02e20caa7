"""Feeds every reader with damaged files: ``python tests/fuzz.py --seconds 60 --reader html``.

Whatever is in a file, ``index.extract.read`` gives articles and failures that keep their promises,
or raises ReadError, soon. Each reader is fuzzed in a child process, so that a crash or a hang is
found as well. What breaks the promise is kept; ``python tests/fuzz.py --replay FILE`` reads it
again. Exit code 1 when something did.
"""

from __future__ import annotations

import argparse
import faulthandler
import gc
import hashlib
import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from random import Random

from index.dates import is_plausible
from index.errors import ReadError
from index.extract import read
from index.extract.clean import clean_line, join_paragraphs
from index.extract.messages import Done, Refused, answer_line, parse_answer
from index.schema import Extracted, Failure
from index.split import sentences

MAX_SECONDS = 10  # of processor time for one input; the pool allows 20 for a whole article
MAX_BYTES = 1_000_000_000  # of address space, as the pool has it
MAX_INPUTS = 20_000  # of one child: as in the pool, libraries leak
MAX_POOL = 300  # inputs that led to something new, and are mutated further
MAX_KEPT = 20  # inputs kept of one reader
ROOT = Path(__file__).resolve().parents[1]
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
KNOWN_FIELDS = {"title", "source", "authors", "section", "language", "url", "updated"}


@dataclass
class Found:
    """What fuzzing one reader came to."""

    reader: str
    n_inputs: int = 0
    n_articles: int = 0
    n_outcomes: int = 0  # different ones
    slowest_s: float = 0.0  # of processor time
    broken: list[str] = field(default_factory=list)  # how, and with which file


@dataclass(frozen=True)
class Plan:
    """How to fuzz, and what starts a child: the arguments of one are appended."""

    seconds: float  # of processor time for each reader, so that a busy machine changes nothing
    seed: int
    jobs: int  # readers at a time
    keep: Path  # where what breaks a promise is kept
    patience: float = 3.0  # seconds on the clock for one of processor time, at most
    command: tuple[str, ...] = (sys.executable, __file__)


class BrokenError(AssertionError):
    """A promise of the readers is broken."""


# The property


def outcome(path: Path) -> list[str]:
    """Read a file and return what it led to, roughly. Raises what the reader does."""
    said = []
    try:
        for item in read(path, root=path.parent):
            said.append(_checked_failure(item) if isinstance(item, Failure) else checked(item))
    except ReadError as error:
        _require(error.path == str(path), f"an error about {error.path!r}")
        said.append(f"error: {_checked_reason(error.reason)}")
    _require(bool(said), "neither an article nor a reason")
    return said


def checked(article: object) -> str:
    """Return the kind of an article. Raises BrokenError where it breaks a promise."""
    if not isinstance(article, Extracted):
        raise BrokenError(f"a {type(article).__name__} came out")
    _require(parse_answer(answer_line(article)) == article, "changed on the way to the parent")
    _check_text(article)
    _check_fields(article)
    _check_dates(article)
    for sentence in sentences(article.text):
        words = article.text[sentence.start : sentence.end]
        _require(bool(words) and words == words.strip(), f"a sentence {words!r}")
    filled = [one.name for one in fields(article) if getattr(article, one.name)]
    n = article.text.count("\n\n")
    return f"article: {filled} {article.published_from} {dict(article.provenance)} {min(n, 3)}"


def _check_text(article: Extracted) -> None:
    text, title = article.text, article.title
    paragraphs = text.split("\n\n")
    _require(text != "", "an article without text")
    _require(all(clean_line(one) == one != "" for one in paragraphs), f"unclean text {text!r}")
    _require(join_paragraphs(paragraphs, title) == text, f"the title {title!r} stands in {text!r}")
    text.encode("utf-8")
    pages = article.pages
    _require(all(0 <= at <= len(text) for at in pages), f"pages {pages} of {len(text)} characters")
    _require(list(pages) == sorted(pages), f"pages {pages}")
    _require(not pages or pages[0] == 0, f"the first of the pages {pages} begins late")


def _check_fields(article: Extracted) -> None:
    lines = (article.title, article.source, article.section, *article.authors)
    lines += tuple(one or "" for one in (article.language, article.url, article.record))
    _require(all(clean_line(one) == one for one in lines), f"unclean fields {lines!r}")
    _require(all(article.authors), f"authors {article.authors!r}")
    _require("" not in (article.url, article.language, article.record), 'a field "" for None')
    url = article.url or "x"
    is_address = not re.search(r"\s", url) and not re.match(r"(?!https?:)\w+:", url, re.IGNORECASE)
    _require(is_address, f"the address {url!r}")
    told = dict(article.provenance)
    _require(len(told) == len(article.provenance), f"told twice: {article.provenance}")
    _require(told.keys() <= KNOWN_FIELDS, f"provenance {told}")
    filled = {name for name in KNOWN_FIELDS if getattr(article, name)}
    _require(told.keys() == filled, f"provenance of {sorted(told)} for {sorted(filled)}")
    _require(all(told.values()), f"provenance {told}")


def _check_dates(article: Extracted) -> None:
    has_day = article.published is not None
    _require(has_day == (article.published_from != "unknown"), f"from {article.published_from}")
    for day in filter(None, (article.published, article.updated)):
        _require(is_plausible(date.fromisoformat(day)), f"the day {day}")
    if article.published and article.updated:
        _require(article.published <= article.updated, "updated before it was published")


def _checked_failure(failure: Failure) -> str:
    return f"failure: {_checked_reason(failure.reason)}"


def _checked_reason(reason: str) -> str:
    """Return a reason without what is the file's own in it."""
    _require(bool(reason.strip()), "an empty reason")
    for answer in (Refused(reason), Done(0, 0.0, reason)):
        back = parse_answer(answer_line(answer))
        said = back.reason if isinstance(back, Refused) else back.error
        _require(bool(said and said.isprintable()), f"the reason {reason!r} came back as {said!r}")
    return re.sub(r"'.*'|\".*\"|\(.*\)|\d+|:.*", "#", reason)[:80]


def _require(is_so: bool, what: str) -> None:
    if not is_so:
        raise BrokenError(what[:2000])


# In the child


class Watch:
    """Notes what a reader does that no reader may do, while it is reading."""

    def __init__(self) -> None:
        self.is_on = False
        self.seen: list[str] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.is_on:
            return
        if event == "open":
            flags = arguments[2]
            if isinstance(flags, int) and flags & WRITING:
                self.seen.append(f"writes {arguments[0]!r}")
        elif event.startswith(("socket.", "subprocess.", "shutil.", "tempfile.", "os.system")):
            self.seen.append(event)


def guarded(path: Path, watch: Watch) -> list[str]:
    """Read a file with a limit on time. Raises BrokenError and whatever the reader raises."""
    watch.seen.clear()
    signal.setitimer(signal.ITIMER_PROF, MAX_SECONDS)
    watch.is_on = True
    try:
        return outcome(path)
    finally:
        watch.is_on = False
        signal.setitimer(signal.ITIMER_PROF, 0)
        _require(not watch.seen, f"the reader {watch.seen[:3]}")


def limit() -> None:
    """Let the system end this process where a reader hangs or takes too much memory."""
    faulthandler.enable()
    faulthandler.register(signal.SIGPROF, chain=True)
    resource.setrlimit(resource.RLIMIT_AS, (MAX_BYTES, MAX_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.dont_write_bytecode = True


def fuzz(reader: str, plan: Plan, folder: Path) -> None:
    """Feed one reader for so long; what is found is printed, a JSON object a line."""
    from fuzz_inputs import draw

    limit()
    watch, random = Watch(), Random(f"{reader} {plan.seed}")
    pool: list[bytes] = []
    known: Counter[str] = Counter()
    broken: set[str] = set()
    n_inputs, n_articles, slowest = 0, 0, 0.0
    ends, until = time.process_time() + plan.seconds, time.monotonic() + _clock_s(plan)
    while time.process_time() < ends and time.monotonic() < until and n_inputs < MAX_INPUTS:
        suffix, file, inner = draw(reader, pool, random)
        path = folder / f"input{suffix}"
        path.write_bytes(file)
        n_inputs += 1
        began = time.process_time()
        try:
            said = guarded(path, watch)
        except Exception as error:  # what readers must not let through, whatever it is
            how = _how(error)
            if how not in broken and len(broken) < MAX_KEPT:
                broken.add(how)
                kept = _kept(path, reader, plan.keep)
                _say(broken=f"{kept}\n{''.join(traceback.format_exception(error)[-12:])}")
            said = [how]
        finally:
            path.unlink()
        slowest = max(slowest, time.process_time() - began)
        n_articles += sum(one.startswith("article") for one in said)
        if any(one not in known for one in said) and len(inner) < 50_000:
            pool.append(inner)
            del pool[: len(pool) - MAX_POOL]
        known.update(said)
        if n_inputs % 50 == 0:
            _say(n_inputs=50, n_articles=n_articles, slowest_s=slowest, n_outcomes=len(known))
            n_articles = 0
        if n_inputs % 500 == 0:
            gc.collect()
            if _held_bytes() > MAX_BYTES // 2:
                break
    _say(n_inputs=n_inputs % 50, n_articles=n_articles, slowest_s=slowest, n_outcomes=len(known))


def _clock_s(plan: Plan) -> float:
    return plan.patience * plan.seconds


def _how(error: BaseException) -> str:
    """Return where an error came from and of which kind it is, to tell it from others."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if f"{os.sep}index{os.sep}" in frame.filename]
    at = (own or frames)[-1]
    said = re.sub(r"'.*'|\d+", "#", str(error))[:40] if isinstance(error, BrokenError) else ""
    return f"{type(error).__name__} at {Path(at.filename).name}:{at.lineno} {said}"


def _kept(path: Path, reader: str, keep: Path) -> Path:
    """Keep a copy of an input and return where."""
    keep.mkdir(parents=True, exist_ok=True)
    content = path.read_bytes()
    suffix = path.name.removeprefix("input")
    kept = keep / f"{reader}-{hashlib.sha256(content).hexdigest()[:12]}{suffix}"
    kept.write_bytes(content)
    return kept


def _held_bytes() -> int:
    return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()


def _say(**what: object) -> None:
    print(json.dumps(what), flush=True)


# In the parent


def fuzz_all(readers: Sequence[str], plan: Plan) -> Iterator[Found]:
    """Fuzz each reader and yield what was found, in their order."""
    with ThreadPoolExecutor(plan.jobs) as threads:
        yield from threads.map(lambda reader: _fuzz_one(reader, plan), readers)


def _fuzz_one(reader: str, plan: Plan) -> Found:
    """Fuzz a reader in child processes: another one where one crashes, or has had enough."""
    found = Found(reader)
    until = time.monotonic() + _clock_s(plan)
    left = plan
    while left.seconds > 0 and time.monotonic() < until:
        with tempfile.TemporaryDirectory() as folder:
            seconds = left.seconds - _one_child(found, left, Path(folder))
        left = replace(left, seconds=seconds - 1, seed=left.seed + 1000)  # no child for a second
    return found


def _one_child(found: Found, plan: Plan, folder: Path) -> float:
    """Let a child fuzz, add what it finds, and return the processor time that it took."""
    options = {"child": folder, "reader": found.reader, "seconds": f"{plan.seconds:.1f}"}
    options |= {"seed": plan.seed, "keep": plan.keep, "patience": plan.patience}
    command = [*plan.command, *(f"--{name}={value}" for name, value in options.items())]
    with tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors)
        assert child.stdout is not None
        for line in child.stdout:
            _add(found, json.loads(line))
        _, status, cost = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        said = errors.read().decode("utf-8", "replace")
    if child.returncode != 0:
        is_late = child.returncode == -signal.SIGPROF
        why = "took too long" if is_late else f"ended with {child.returncode}"
        read_last = [_kept(path, found.reader, plan.keep) for path in folder.glob("input*")]
        found.broken.append(f"{', '.join(map(str, read_last))}\n{why}\n{said[-3000:]}")
    return cost.ru_utime + cost.ru_stime


def _add(found: Found, said: dict[str, object]) -> None:
    if "broken" in said:
        found.broken.append(str(said["broken"]))
        return
    found.n_inputs += int(str(said["n_inputs"]))
    found.n_articles += int(str(said["n_articles"]))
    found.n_outcomes = max(found.n_outcomes, int(str(said["n_outcomes"])))
    found.slowest_s = max(found.slowest_s, float(str(said["slowest_s"])))


def replay(files: Sequence[Path]) -> int:
    """Read files again, with the same limits and checks."""
    limit()
    watch = Watch()
    n_broken = 0
    for path in files:
        began = time.process_time()
        try:
            said = guarded(path.absolute(), watch)
        except Exception:
            traceback.print_exc()
            said = ["BROKEN"]
            n_broken += 1
        print(f"{path}: {time.process_time() - began:.2f} s, {said}")
    return n_broken


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--seconds", type=float, default=60, help="of processor time for each reader (60)"
    )
    parser.add_argument(
        "--patience", type=float, default=1000, help="seconds on the clock for one of those (1000)"
    )
    parser.add_argument("--reader", action="append", help="one or more of them (all)")
    parser.add_argument("--jobs", type=int, default=2, help="readers at a time (2)")
    parser.add_argument(
        "--seed", type=int, default=None, help="of what is drawn (another each time)"
    )
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "dateline-fuzz")
    parser.add_argument("--replay", type=Path, nargs="+", help="files that were kept")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.replay:
        return 1 if replay(given.replay) else 0
    if given.child:
        plan = Plan(given.seconds, given.seed, 1, given.keep, given.patience)
        fuzz(given.reader[0], plan, given.child)
        return 0
    from fuzz_inputs import FORMATS

    seed = given.seed if given.seed is not None else time.time_ns() % 1_000_000
    print(f"seed {seed}; what breaks a promise is kept in {given.keep}", flush=True)
    readers = given.reader or list(FORMATS)
    n_broken = 0
    plan = Plan(given.seconds, seed, given.jobs, given.keep, given.patience)
    for found in fuzz_all(readers, plan):
        n_broken += len(found.broken)
        print(
            f"{found.reader:10} {found.n_inputs:8,} inputs, {found.n_articles:7,} articles, "
            f"{found.n_outcomes:4} outcomes, slowest {found.slowest_s:.2f} s, "
            f"{len(found.broken)} broken",
            flush=True,
        )
        for one in found.broken:
            print(f"  python tests/fuzz.py --replay {one}".replace("\n", "\n    "), flush=True)
    return 1 if n_broken else 0


if __name__ == "__main__":
    sys.exit(main())
