import pytest

from index.errors import ReadError
from index.extract import read


def article(tmp_path, text):
    path = tmp_path / "a.md"
    path.write_text(text, "utf-8")
    (found,) = read(path)
    return found


FRONT_MATTER = """---
title: "Ferries stay in port"
author: Ana Roe
date: 2023-03-09
source: The Harbour Post
url: https://harbourpost.example/ferries
lang: en
---

# Ferries stay in port

The strike began on Monday.
It will last a week.
"""


def test_front_matter_gives_what_the_article_says_about_itself(tmp_path):
    found = article(tmp_path, FRONT_MATTER)
    assert found.title == "Ferries stay in port"
    assert found.authors == ("Ana Roe",)
    assert (found.published, found.published_from) == ("2023-03-09", "front-matter")
    assert found.source == "The Harbour Post"
    assert found.url == "https://harbourpost.example/ferries"
    assert found.language == "en"
    assert found.text == "The strike began on Monday. It will last a week."


def test_without_front_matter_the_first_heading_is_the_title(tmp_path):
    found = article(tmp_path, "# Ferries *stay* in port #\n\nThe strike began on Monday.\n")
    assert found.title == "Ferries stay in port"
    assert found.text == "The strike began on Monday."
    assert found.published is None


def test_an_underlined_heading_is_a_heading(tmp_path):
    found = article(tmp_path, "Ferries stay in port\n====\n\nThe strike began on Monday.\n")
    assert (found.title, found.text) == ("Ferries stay in port", "The strike began on Monday.")


def test_byline_and_date_line_below_the_heading_are_read_and_kept(tmp_path):
    found = article(
        tmp_path,
        "# Ferries stay in port\n\n*By Ana Roe, The Harbour Post*\n\nPublished 9 March 2023\n\n"
        "The strike began on Monday.\n",
    )
    assert found.authors == ("Ana Roe",)
    assert found.source == "The Harbour Post"
    assert (found.published, found.published_from) == ("2023-03-09", "byline")
    assert "Published 9 March 2023" in found.text.split("\n\n")


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("The **mayor** of _Port_ said *no*.", "The mayor of Port said no."),
        ("A [plan](https://x.example/a_(b)) was read to them.", "A plan was read to them."),
        ("A [plan][1] was read to them.\n\n[1]: https://x.example", "A plan was read to them."),
        ("![a ship](ship.jpg)The ship sailed at noon.", "The ship sailed at noon."),
        ("The cost[^1] was `£5` on the day.", "The cost was £5 on the day."),
        ("> She said it would end.", "She said it would end."),
        (
            "- One boat sailed at noon.\n- Two boats did not.",
            "One boat sailed at noon.|Two boats did not.",
        ),
        ("1. One boat sailed at noon.", "One boat sailed at noon."),
        ("Five \\* three boats were lost.", "Five * three boats were lost."),
        ("Above the rule of law.\n\n---\n\nBelow it.", "Above the rule of law.|Below it."),
        (
            "snake_case_names and 2*3*4 stay as they are.",
            "snake_case_names and 2*3*4 stay as they are.",
        ),
        (
            "The mayor <b>said</b> so &amp; left town.<!-- never -->",
            "The mayor said so & left town.",
        ),
        (
            'Boats sailed at noon today. <span style="display:none">never</span>',
            "Boats sailed at noon today.",
        ),
        (
            "| Boat | Crew |\n|---|---|\n| Gull of the North | 12 men |",
            "Boat, Crew|Gull of the North, 12 men",
        ),
    ],
)
def test_markup_is_removed_and_words_stay(tmp_path, marked, plain):
    assert article(tmp_path, marked).text == plain.replace("|", "\n\n")


def test_text_hidden_across_paragraphs_is_dropped(tmp_path):
    found = article(
        tmp_path,
        "The strike began on Monday.\n\n<div hidden>\n\nIt never began.\n\n</div>\n\nIt goes on.",
    )
    assert found.text == "The strike began on Monday.\n\nIt goes on."


@pytest.mark.parametrize("yaml", ["title: [", "a: b: c", "title: !!python/object:os.system x"])
def test_broken_front_matter_is_an_error_that_says_so(tmp_path, yaml):
    with pytest.raises(ReadError, match="front matter is not valid YAML"):
        article(tmp_path, f"---\n{yaml}\n---\n\nThe strike began on Monday.\n")


def test_a_rule_at_the_top_is_no_front_matter(tmp_path):
    found = article(tmp_path, "---\nThe strike began on Monday.\n\n---\n\nIt goes on.\n")
    assert "The strike began on Monday." in found.text


def test_front_matter_alone_is_no_article(tmp_path):
    with pytest.raises(ReadError, match="only 0 words"):
        article(tmp_path, "---\ntitle: Ferries\n---\n")


def test_the_first_heading_is_a_clean_title(tmp_path):
    found = article(tmp_path, "# Ferries\u00a0 \u200bstay in port\n\nThe strike began on Monday.\n")
    assert found.title == "Ferries stay in port"


def bomb(link):
    """Front matter of a few lines that stands for millions of values."""
    return "".join(
        f"b{n}: &b{n} {link.format(', '.join([f'*b{n - 1}'] * 9))}\n" for n in range(1, 12)
    )


@pytest.mark.parametrize(
    "front",
    ["b0: &b0 []\n" + bomb("[{}]"), "b0: &b0 {a: x}\n" + bomb("{{<<: [{}]}}")],
    ids=["lists", "merges"],
)
def test_front_matter_that_multiplies_is_refused(tmp_path, front):
    path = tmp_path / "a.md"
    path.write_text(f"---\n{front}title: *b11\n---\nThe strike began on Monday.\n", "utf-8")
    with pytest.raises(ReadError, match="more than 20 aliases"):
        list(read(path))


def test_a_few_aliases_are_read(tmp_path):
    front = "name: &n Ana Roe\nauthor: *n\nbase: &b {title: Ferries}\n<<: *b\n"
    found = article(tmp_path, f"---\n{front}---\nThe strike began on Monday.\n")
    assert found.authors == ("Ana Roe",)
