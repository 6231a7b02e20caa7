import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest

from index.errors import ReadError
from index.extract import SUPPORTED, is_export, is_supported, read, suffix_of
from index.extract.clean import clean_characters, clean_line, join_paragraphs
from index.extract.files import MAX_BYTES, MAX_FAILURES, RECORD_READERS, TEXT_READERS
from index.schema import Extracted, Failure

STORY = "Ferries stay in port on Monday. The union of deck hands called the strike last week."
ONE_A_LINE = {".jsonl", ".ndjson"}  # a broken line is a Failure there, and the rest goes on


def write(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def reason(path, **options):
    with pytest.raises(ReadError) as caught:
        list(read(path, **options))
    assert str(path) in str(caught.value)
    return caught.value.reason


@pytest.mark.parametrize("suffix", sorted(SUPPORTED))
@pytest.mark.parametrize("content", [b"", b" \n\t\n"], ids=["no bytes", "only spaces"])
def test_an_empty_file_is_refused(tmp_path, suffix, content):
    assert reason(write(tmp_path, f"a{suffix}", content)) == "empty file"


@pytest.mark.parametrize("suffix", sorted(SUPPORTED))
@pytest.mark.parametrize("content", [b"", b" \n\t\n"], ids=["no bytes", "only spaces"])
def test_an_empty_packed_file_is_refused(tmp_path, suffix, content):
    path = write(tmp_path, f"a{suffix}.gz", gzip.compress(content))
    assert reason(path) == "empty file"


@pytest.mark.parametrize("suffix", sorted({*TEXT_READERS, *RECORD_READERS} - ONE_A_LINE))
@pytest.mark.parametrize(
    "content",
    [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" * 20, b"\x01\x02\x03\x04" * 100],
    ids=["NUL bytes", "control characters"],
)
def test_a_binary_file_is_refused(tmp_path, suffix, content):
    assert "binary" in reason(write(tmp_path, f"a{suffix}", content))


@pytest.mark.parametrize(
    ("name", "suffix", "supported", "export"),
    [
        ("a.html", ".html", True, False),
        ("a.HTML.GZ", ".html.gz", True, False),
        ("a.b.csv.gz", ".csv.gz", True, True),
        ("a.jsonl", ".jsonl", True, True),
        ("a.pdf", ".pdf", True, False),
        ("a.tar.gz", ".tar.gz", False, False),
        ("a.gz", ".gz", False, False),
        ("a.html.gz.gz", ".gz.gz", False, False),
        (".gz", "", False, False),
        ("a", "", False, False),
    ],
)
def test_a_suffix_tells_the_kind_of_a_file(name, suffix, supported, export):
    path = Path(name)
    assert (suffix_of(path), is_supported(path), is_export(path)) == (suffix, supported, export)


def test_a_packed_file_is_read_like_the_file_in_it(tmp_path):
    plain = write(tmp_path, "a.txt", STORY)
    packed = write(tmp_path, "a.txt.gz", gzip.compress(STORY.encode()))
    assert list(read(packed)) == list(read(plain))


@pytest.mark.parametrize("suffix", [".txt", ".jsonl", ".csv", ".json", ".rss"])
def test_what_is_no_gzip_is_refused(tmp_path, suffix):
    assert "gzip" in reason(write(tmp_path, f"a{suffix}.gz", STORY))


@pytest.mark.parametrize("suffix", [".txt", ".json", ".rss"])
def test_a_cut_gzip_is_refused(tmp_path, suffix):
    packed = gzip.compress(os.urandom(5000).hex().encode())
    assert "cut gzip" in reason(write(tmp_path, f"a{suffix}.gz", packed[: len(packed) // 2]))


def test_an_export_that_is_cut_gives_what_comes_before_and_says_so(tmp_path):
    lines = "".join(
        f'{{"id": {n}, "text": "{STORY}", "x": "{os.urandom(900).hex()}"}}\n' for n in range(200)
    )
    packed = gzip.compress(lines.encode())
    items = read(write(tmp_path, "a.jsonl.gz", packed[: len(packed) // 2]))
    got = []
    with pytest.raises(ReadError, match="cut gzip"):
        got.extend(items)
    assert 20 < len(got) < 200
    assert all(isinstance(item, Extracted) for item in got)


def test_a_gzip_with_a_wrong_checksum_is_refused(tmp_path):
    packed = bytearray(gzip.compress(STORY.encode()))
    packed[-8] ^= 255
    assert "CRC" in reason(write(tmp_path, "a.txt.gz", bytes(packed)))


def test_an_article_that_unpacks_to_too_much_is_refused(tmp_path):
    packed = gzip.compress(b"<p>" * (MAX_BYTES // 3 + 10))
    assert "too large" in reason(write(tmp_path, "a.html.gz", packed))


@pytest.mark.parametrize("suffix", [".jsonl", ".json", ".csv", ".xml"])
def test_a_bomb_in_an_export_is_refused(tmp_path, suffix, monkeypatch):
    monkeypatch.setattr("index.extract.opening.FREE_BYTES", 1_000_000)
    start = {".json": b"[", ".csv": b"title,text\n", ".xml": b"<rss>"}.get(suffix, b"")
    path = write(tmp_path, f"a{suffix}.gz", gzip.compress(start + b" \n" * 5_000_000))
    assert "gzip bomb" in reason(path)


def test_an_export_of_nothing_but_broken_records_is_given_up(tmp_path):
    path = write(tmp_path, "a.jsonl", "x\n" * (MAX_FAILURES + 50))
    got = []
    with pytest.raises(ReadError, match="none of the first"):
        got.extend(read(path))
    assert len(got) == MAX_FAILURES


def test_broken_records_after_a_good_one_are_all_told(tmp_path):
    lines = "x\n" + f'{{"text": "{STORY}"}}\n' + "x\n" * (MAX_FAILURES + 50)
    items = list(read(write(tmp_path, "a.jsonl", lines)))
    assert sum(isinstance(item, Failure) for item in items) == MAX_FAILURES + 51


def test_libraries_of_rare_formats_are_not_imported_for_a_text_file(tmp_path):
    path = write(tmp_path, "a.txt", STORY)
    rare = sorted({f"index.extract.{kind}" for kind in ("pdf",)})
    code = (
        "import sys\nfrom pathlib import Path\nfrom index.extract import read\n"
        f"list(read(Path({str(path)!r})))\nsys.exit(any(m in sys.modules for m in {rare!r}))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
@pytest.mark.parametrize("name", ["a.txt", "a.jsonl", "a.csv.gz"])
def test_a_pipe_is_refused_without_waiting(tmp_path, name):
    os.mkfifo(tmp_path / name)
    assert reason(tmp_path / name) == "not a regular file"


def test_a_link_to_a_device_is_refused(tmp_path):
    (tmp_path / "a.txt").symlink_to("/dev/zero")
    assert reason(tmp_path / "a.txt") == "not a regular file"


def test_links_that_lead_nowhere_are_refused(tmp_path):
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nothing.txt")
    assert "itself" in reason(tmp_path / "loop.txt")
    assert "not there" in reason(tmp_path / "gone.txt")


def test_a_name_that_no_file_can_have_is_refused():
    assert "not the name of a file" in reason(Path("a\0.txt"))


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(tmp_path):
    path = write(tmp_path, "a.txt", STORY)
    path.chmod(0)
    assert "ermission" in reason(path)


def test_a_file_of_another_kind_is_refused_with_the_kinds_that_are_read(tmp_path):
    path = write(tmp_path, "a.xyz", STORY)
    assert not is_supported(path)
    assert ".html" in reason(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    (tmp_path / "b.txt").mkdir()
    assert "no such file" in reason(tmp_path / "a.txt")
    assert "not a regular file" in reason(tmp_path / "b.txt")


def test_a_file_too_large_for_one_article_is_refused(tmp_path):
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    assert "too large" in reason(path)


def test_a_link_out_of_the_folder_is_refused(tmp_path):
    outside = write(tmp_path, "outside.txt", STORY)
    root = tmp_path / "articles"
    root.mkdir()
    (root / "link.txt").symlink_to(outside)
    assert "leads out" in reason(root / "link.txt", root=root)
    assert len(list(read(root / "link.txt"))) == 1


def test_suffixes_are_read_in_any_case(tmp_path):
    (article,) = read(write(tmp_path, "A.TXT", STORY))
    assert article.text == STORY


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"], ids=lambda encoding: encoding
)
def test_text_is_decoded_whatever_its_encoding(tmp_path, encoding):
    story = (
        "“Café owners” said on Monday that the naïve plan for the harbour – cost £5 – had failed."
    )
    (article,) = read(write(tmp_path, "a.txt", story.encode(encoding)))
    assert article.text == story


def test_a_page_is_decoded_as_it_declares(tmp_path):
    body = "Паромы остаются в порту до понедельника, сообщил профсоюз моряков острова. " * 4
    page = f'<html><head><meta charset="windows-1251"></head><body><p>{body}</p></body></html>'
    (article,) = read(write(tmp_path, "a.html", page.encode("cp1251")))
    assert article.text.startswith("Паромы остаются в порту")


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html"])
@pytest.mark.parametrize(
    "unit", ["<", "word ", "x", "[", "(", "*a ", "a | ", '"', "By A\n", "• a\n"]
)
def test_a_megabyte_of_one_thing_ends(tmp_path, suffix, unit):
    path = write(
        tmp_path, f"a{suffix}", unit * (1_000_000 // len(unit) // (20 if "\n" in unit else 1))
    )
    try:
        articles = list(read(path))
    except ReadError:
        articles = []
    assert len(articles) <= 1


def test_invisible_characters_and_odd_spaces_are_cleaned():
    assert clean_line("\u200bA\u00adcafe\u0301\u00a0  costs\t£5\u202e\ufeff") == "Acafé costs £5"
    assert clean_characters("a\r\nb\rc\u2028d") == "a\nb\nc\nd"


def test_cleaning_clean_text_changes_nothing():
    once = join_paragraphs(["  A\u00a0b  c ", "", "e\u0301\u200d f"], "")
    assert once == "A b c\n\né f"
    assert join_paragraphs(once.split("\n\n"), "") == once


def test_the_headline_is_not_repeated_in_the_text():
    assert (
        join_paragraphs(["FERRIES stay, in port", "A body."], "Ferries stay in port") == "A body."
    )
