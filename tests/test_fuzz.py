"""Every reader is fed with damaged files for a while: see ``fuzz``."""

import os
import sys
from pathlib import Path

import fuzz
import pytest
from fuzz_inputs import FORMATS

from index.errors import ReadError
from index.extract.files import SUPPORTED
from index.schema import Extracted, Failure

IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
SECONDS = float(os.environ.get("DATELINE_FUZZ_SECONDS") or (60 if IN_CI else 3))
SEED = int(os.environ.get("DATELINE_FUZZ_SEED") or 1)
JOBS = 2
GOOD = Extracted("Ferries stay in port.", "A title", provenance=(("title", "meta"),))


@pytest.mark.fuzz
@pytest.mark.timeout(300 + 4 * SECONDS * len(FORMATS) / JOBS)
def test_no_reader_breaks_its_promise_whatever_is_in_a_file(tmp_path_factory):
    plan = fuzz.Plan(SECONDS, SEED, JOBS, keep=tmp_path_factory.mktemp("kept"))
    found = list(fuzz.fuzz_all(list(FORMATS), plan))
    assert [one for each in found for one in each.broken] == []
    assert [each.reader for each in found if not each.n_articles] == []


def test_every_kind_of_file_is_fuzzed():
    fuzzed = {suffix for each in FORMATS.values() for suffix in each.suffixes}
    assert fuzzed >= SUPPORTED


def broken(monkeypatch, tmp_path, *items):
    """What the check says of a reader that gives these."""

    def read(path, *, root):
        for item in items:
            if isinstance(item, Exception):
                raise item
            yield item

    monkeypatch.setattr(fuzz, "read", read)
    with pytest.raises((fuzz.BrokenError, ValueError)) as caught:
        fuzz.outcome(tmp_path / "a.html")
    return str(caught.value)


def other(**fields):
    return Extracted(
        **{"text": GOOD.text, "title": GOOD.title, "provenance": GOOD.provenance} | fields
    )


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (other(text=" Ferries"), "unclean text"),
        (other(text="Ferries\n\n\nstay"), "unclean text"),
        (other(text="Fer\x01ries"), "unclean text"),
        (other(text="e\u0301"), "unclean text"),
        (other(text="A title\n\nFerries"), "stands in"),
        (other(title="A\ntitle"), "unclean fields"),
        (other(title="\ud800"), "an article whose title"),
        (other(url="a b", provenance=(("title", "m"), ("url", "m"))), "the address"),
        (other(url="javascript:x", provenance=(("title", "m"), ("url", "m"))), "the address"),
        (other(pages=(0, 99)), "pages"),
        (other(pages=(0, 5, 3)), "pages"),
        (other(pages=(3,)), "begins late"),
        (other(published="2021-05-12"), "from unknown"),
        (other(published="2999-05-12", published_from="meta"), "the day"),
        (other(provenance=()), "provenance"),
        (other(authors=("",)), "authors"),
        (other(language=""), '"" for None'),
        (Failure("a.html", ""), "an empty reason"),
        (ReadError("b.html", "empty"), "an error about"),
        ("text", "a str came out"),
    ],
)
def test_a_broken_promise_is_noticed(monkeypatch, tmp_path, item, said):
    error = item if isinstance(item, Exception) else None
    assert said in broken(monkeypatch, tmp_path, error or item)


def test_neither_an_article_nor_a_reason_is_noticed(monkeypatch, tmp_path):
    assert broken(monkeypatch, tmp_path) == "neither an article nor a reason"


def test_what_keeps_its_promises_passes(monkeypatch, tmp_path):
    monkeypatch.setattr(
        fuzz, "read", lambda path, root: iter([GOOD, Failure("a", "line 7: no text")])
    )
    article, failure = fuzz.outcome(tmp_path / "a.html")
    assert article.startswith("article: ['text', 'title'")
    assert failure == "failure: line ##"


CRASHES = {
    "hangs": ("while True: pass", "took too long"),
    "crashes": ("os.kill(os.getpid(), 11)", "ended with -11"),
    "raises": ("raise KeyError('x')", "KeyError"),
    "writes": ("open(os.devnull, 'w').close(); yield", "writes '/dev/null'"),
    "takes memory": ("bytearray(2_000_000_000)", "MemoryError"),
}


@pytest.mark.parametrize("how", CRASHES)
def test_what_a_reader_may_not_do_is_found_and_its_input_kept(how, tmp_path):
    code, said = CRASHES[how]
    stub = tmp_path / "stub.py"
    stub.write_text(
        f"import os, sys\nsys.path[0] = {str(Path(fuzz.__file__).parent)!r}\nimport fuzz\n"
        f"def read(path, *, root):\n    {code}\n    yield\n"
        "fuzz.read, fuzz.MAX_SECONDS = read, 0.2\nfuzz.main()\n"
    )
    plan = fuzz.Plan(1, SEED, 1, tmp_path / "kept", command=(sys.executable, str(stub)))
    (found,) = fuzz.fuzz_all(["text"], plan)
    assert found.broken
    assert said in found.broken[0]
    kept = Path(found.broken[0].split("\n")[0])
    assert kept.parent == tmp_path / "kept"
    assert kept.is_file()
