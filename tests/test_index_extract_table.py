import csv
import io

import pytest

from index.errors import ReadError
from index.extract import read, table
from index.schema import Extracted, Failure

TEXT = 'Ferries stay in port, they said.\n\nThe "union" called it; a strike.'
HEADER = ("id", "title", "date", "text")
ROWS = [
    ("a", "Ferries stay", "2023-03-09", TEXT),
    ("b", "Ferries; sail, again", "2023-03-11", "The ferries sailed again on Friday at noon."),
]


def table_text(rows=(HEADER, *ROWS), **options):
    out = io.StringIO(newline="")
    csv.writer(out, **options).writerows(rows)
    return out.getvalue()


def written(tmp_path, content, name="export.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def reason(path, **options):
    with pytest.raises(ReadError) as caught:
        list(read(path, **options))
    return caught.value.reason


@pytest.mark.parametrize("name", ["export.csv", "export.tsv"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"delimiter": ";"},
        {"delimiter": "\t"},
        {"delimiter": "|"},
        {"quoting": csv.QUOTE_ALL},
        {"lineterminator": "\n"},
        {"lineterminator": "\r"},
        {"escapechar": "\\", "doublequote": False, "quoting": csv.QUOTE_ALL},
    ],
    ids=["comma", "semicolon", "tab", "bar", "quoted", "LF", "CR", "backslash"],
)
def test_a_table_is_read_however_it_is_written(tmp_path, name, options):
    first, second = read(written(tmp_path, table_text(**options), name))
    assert (first.record, first.title, first.published) == ("a", "Ferries stay", "2023-03-09")
    assert first.text == TEXT
    assert (second.record, second.title) == ("b", "Ferries; sail, again")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_table_is_decoded_whatever_its_encoding(tmp_path, encoding):
    text = "Café owners – all of them – said no to the plan that the harbour board had made."
    rows = [HEADER, ("ä", "Café “Möwe”", "2023-03-09", text)]
    (article,) = read(written(tmp_path, table_text(rows).encode(encoding)))
    assert (article.record, article.title) == ("ä", "Café “Möwe”")
    assert article.text == text


def test_a_cyrillic_table_is_decoded_row_by_row(tmp_path):
    text = "Паромы остаются в порту до понедельника, сообщил профсоюз моряков острова. " * 3
    rows = [("title", "text"), ("Паромы", text)]
    (article,) = read(written(tmp_path, table_text(rows).encode("cp1251")))
    assert article.title == "Паромы"
    assert article.text == text.strip()


@pytest.mark.parametrize("cells", [("c", "only three", TEXT), ("c", "t", "2023-03-10", TEXT, "x")])
def test_a_row_of_another_length_is_told_by_line_and_the_rest_goes_on(tmp_path, cells):
    first, failure, last = read(written(tmp_path, table_text([HEADER, ROWS[0], cells, ROWS[1]])))
    assert first.record == "a"
    assert isinstance(failure, Failure)
    assert failure.reason == f"line 7: {len(cells)} cells where the first row has 4"
    assert last.record == "b"


def test_a_row_without_text_is_told(tmp_path):
    _, failure = read(written(tmp_path, table_text([HEADER, ROWS[0], ("c", "t", "", "")])))
    assert "line 5: no article text" in failure.reason


def test_blank_lines_and_empty_rows_are_passed_over(tmp_path):
    content = "\n\n" + table_text([HEADER, ROWS[0], ("", "", "", ""), ROWS[1]]) + "\n\n"
    assert [item.record for item in read(written(tmp_path, content))] == ["a", "b"]


def test_a_table_without_a_column_of_text_names_its_columns_and_the_map(tmp_path):
    path = written(tmp_path, table_text([("hed", "words"), ("Ferries", TEXT)]))
    assert "hed, words" in reason(path)
    assert "--map text=" in reason(path)
    assert "no column 'wordz'" in reason(path, fields={"text": "wordz"})
    (article,) = read(path, fields={"text": "words", "title": "hed"})
    assert (article.title, article.text) == ("Ferries", TEXT)


def test_a_mapped_column_that_is_not_there_is_told(tmp_path):
    *articles, failure = read(written(tmp_path, table_text()), fields={"section": "desk"})
    assert len(articles) == 2
    assert "'desk'" in failure.reason
    assert "id, title, date, text" in failure.reason


def test_a_table_of_only_text_is_read(tmp_path):
    path = written(tmp_path, "text\nFerries stay in port on Monday.\n")
    (article,) = read(path)
    assert article.text == "Ferries stay in port on Monday."


@pytest.mark.parametrize(
    "content", ["Ferries stay in port on Monday.\n", "{}\n", '"\n' * 50, ",,,\n,,\n"]
)
def test_what_is_no_table_of_articles_is_refused(tmp_path, content):
    assert "no text column" in reason(written(tmp_path, content))


def test_a_header_alone_has_no_article(tmp_path):
    assert "no row" in reason(written(tmp_path, "title,text\n"))


@pytest.mark.parametrize("filler", ["x ", "x\n"], ids=["one line", "an open quote"])
def test_a_row_that_never_ends_is_refused(tmp_path, monkeypatch, filler):
    monkeypatch.setattr(table, "MAX_ROW_BYTES", 500_000)
    content = table_text() + f'c,t,2023-03-10,"{filler * 600_000}'
    got = []
    with pytest.raises(ReadError, match="cannot be read on after line"):
        got.extend(read(written(tmp_path, content)))
    assert [item.record for item in got] == ["a", "b"]


def test_a_long_article_is_read(tmp_path):
    text = "Ferries stay in port on Monday. " * 10_000  # past the limit the csv module comes with
    (article,) = read(written(tmp_path, table_text([("title", "text"), ("Ferries", text)])))
    assert isinstance(article, Extracted)
    assert article.text == text.strip()
