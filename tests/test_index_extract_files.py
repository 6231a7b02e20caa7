import pytest

from index.errors import ReadError
from index.extract import SUPPORTED, is_supported, read
from index.extract.clean import clean_characters, clean_line, join_paragraphs
from index.extract.files import MAX_BYTES

STORY = "Ferries stay in port on Monday. The union of deck hands called the strike last week."


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


@pytest.mark.parametrize("suffix", sorted(SUPPORTED - {".jsonl"}))
@pytest.mark.parametrize(
    "content",
    [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" * 20, b"\x01\x02\x03\x04" * 100],
    ids=["NUL bytes", "control characters"],
)
def test_a_binary_file_is_refused(tmp_path, suffix, content):
    assert "binary" in reason(write(tmp_path, f"a{suffix}", content))


def test_a_file_of_another_kind_is_refused_with_the_kinds_that_are_read(tmp_path):
    path = write(tmp_path, "a.xyz", STORY)
    assert not is_supported(path)
    assert ".html" in reason(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    (tmp_path / "b.txt").mkdir()
    assert "no such file" in reason(tmp_path / "a.txt")
    assert "not a regular file" in reason(tmp_path / "b.txt")


def test_a_file_too_large_for_one_article_is_refused_unread(tmp_path):
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
