"""The five seed articles, two of which are saved pages full of menus: what stays and what falls.

The articles are not the project's to copy, so what is expected of them is written as numbers of
lines (from 1) in their files, marked once by hand by reading them. ``KEPT`` holds the lines of
the headline, of the body and of its captions, byline and date; ``EITHER`` short labels of
pictures, credits and names that neither belong to the body nor disturb it; every other line is
clutter. Each file is named by the first digits of its SHA-256: marks of another text say nothing.
"""

import hashlib
import re

import pytest
from conftest import missing

from index.dates import without_doubled_date
from index.extract import read
from index.extract.clean import clean_line, key

BULLET = re.compile(r"^\s*•\s*")


def lines_of(ranges):
    """Return the numbers in "1, 7-9"."""
    pairs = ([int(end) for end in part.split("-")] for part in ranges.split(",") if part.strip())
    return {number for pair in pairs for number in range(pair[0], pair[-1] + 1)}


SEEDS = {
    "55c52f95f5d9": ("1, 7-40", ""),
    "61fc6ff260b6": ("1-68", ""),
    "d594dbae093e": ("40, 42, 45-49, 57-67, 71-77, 80, 83, 85, 87, 89, 91, 94, 96",
                "44, 79, 82, 84, 86, 88, 90, 93, 95"),
    "85c59efdd1a7": ("4-55", "2"),
    "0d1c402c8fe2": ("1-51", "53"),
}  # fmt: skip


@pytest.fixture(scope="module")
def seeds(eval_data):
    """Return digest -> (the file's lines, what is read from it)."""
    folder = eval_data.parent / "corpus" / "seeds"
    found = {}
    for path in sorted(folder.glob("*.txt")):
        raw = path.read_bytes()
        (article,) = read(path)
        name = hashlib.sha256(raw).hexdigest()[:12]
        found[name] = (raw.decode("utf-8").split("\n"), article)
    if absent := set(SEEDS) - set(found):
        missing(f"Seed articles {', '.join(sorted(absent))} are not in {folder}.")
    return found


def spoken(line):
    return key(without_doubled_date(clean_line(BULLET.sub("", line))))


@pytest.mark.parametrize("name", SEEDS)
def test_every_line_of_the_article_and_its_captions_is_kept(seeds, name):
    lines, article = seeds[name]
    paragraphs = {key(article.title), *map(key, article.text.split("\n\n"))}
    wanted = {at: spoken(lines[at - 1]) for at in lines_of(SEEDS[name][0])}
    assert [at for at, said in wanted.items() if said and said not in paragraphs] == []


@pytest.mark.parametrize("name", SEEDS)
def test_no_line_of_clutter_is_kept(seeds, name):
    lines, article = seeds[name]
    paragraphs = [key(paragraph) for paragraph in article.text.split("\n\n")]
    allowed = lines_of(", ".join(SEEDS[name]))
    own = {spoken(lines[at - 1]) for at in allowed}
    clutter = {at: spoken(line) for at, line in enumerate(lines, 1) if at not in allowed}
    kept = [
        at
        for at, said in clutter.items()
        if said and said not in own and (said in paragraphs or _is_inside(said, paragraphs))
    ]
    assert kept == []


@pytest.mark.parametrize("name", SEEDS)
def test_nothing_but_lines_of_the_file_is_in_the_text(seeds, name):
    lines, article = seeds[name]
    said = {spoken(line) for line in lines}
    assert [p for p in article.text.split("\n\n") if key(p) not in said] == []


def test_the_saved_page_gives_its_own_date_and_the_others_none(seeds):
    dated = {name: article.published for name, (_, article) in seeds.items() if article.published}
    assert dated == {"d594dbae093e": "2022-09-28"}


def _is_inside(said, paragraphs):
    """Tell whether a line long enough to be told from chance stands in a paragraph."""
    return len(said.split()) >= 4 and any(said in paragraph for paragraph in paragraphs)
