"""Copies and versions are found as articles are written, and forgotten with them."""

from __future__ import annotations

import random

import pytest
from test_index_sync import Desk

from index import copies
from index.duplicates import MOST_IN_BAND

WORDS = [f"{a}{b}{c}" for a in "bdfgk" for b in ("ar", "el", "im", "os") for c in ("", "ta", "nu")]


def prose(seed, n_words=240):
    rng = random.Random(seed)
    words = [rng.choice(WORDS) for _ in range(n_words)]
    lines = [" ".join(words[at : at + 12]).capitalize() + "." for at in range(0, n_words, 12)]
    return "\n\n".join(" ".join(lines[at : at + 4]) for at in range(0, len(lines), 4))


WIRE = prose(1)
LOCAL = prose(2, 24)


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def record(key, text, **fields):
    return {"id": key, "text": text, "title": f"Story {key}", **fields}


def write(desk, *records):
    import json

    desk.write("all.jsonl", "\n".join(map(json.dumps, records)))
    desk.sync()
    return desk.library()


def by_name(library):
    return {article.name: i for i, article in library.articles(library.ids()).items()}


def named_groups(library, **options):
    names = {i: article.name for i, article in library.articles(library.ids()).items()}
    return [sorted(names[i] for i in group) for group in copies.groups(library.db, **options)]


def test_copies_are_grouped_with_their_similarity_and_others_left_alone(desk):
    library = write(
        desk,
        record("wire", WIRE, source="Wire"),
        record("exact", WIRE, source="Herald"),
        record("longer", f"{WIRE}\n\n{LOCAL}", source="Post"),
        record("other", prose(3), source="Post"),
    )
    ids = by_name(library)
    assert named_groups(library) == [["exact", "longer", "wire"]]
    groups = copies.groups_of(library.db, [ids["wire"], ids["longer"], ids["other"]])
    assert (
        groups[ids["wire"]]
        == groups[ids["longer"]]
        == min(ids[n] for n in ("exact", "longer", "wire"))
    )
    assert groups[ids["other"]] == ids["other"]
    found = {
        copy.article_id: copy for copy in copies.copies_of(library.db, [ids["wire"]])[ids["wire"]]
    }
    assert found[ids["exact"]].kind == "exact"
    assert found[ids["longer"]].kind == "near"
    assert 0.9 < found[ids["longer"]].similarity <= 1.0
    assert library.status().n_copies == 2
    assert library.status().n_articles == 4


def test_it_does_not_matter_which_copy_comes_first(desk, tmp_path):
    records = [record("a", WIRE), record("b", f"{WIRE}\n\n{LOCAL}"), record("c", prose(3))]
    first = write(desk, *records)
    (tmp_path / "other").mkdir()
    other = Desk(tmp_path / "other")
    for one in reversed(records):
        other.write_records("all.jsonl")
        write(other, *[r for r in records if records.index(r) >= records.index(one)])
    second = other.library()
    assert named_groups(first) == named_groups(second) == [["a", "b"]]


def test_versions_of_a_page_are_linked_and_stay_apart(desk):
    url = "https://gazette.example/story"
    changed = "\n\n".join([*WIRE.split("\n\n")[:2], prose(5)])
    library = write(
        desk,
        record("monday", WIRE, url=url, date="2022-05-02"),
        record("friday", changed, url=f"{url}?utm_source=mail", date="2022-05-06"),
    )
    ids = by_name(library)
    assert named_groups(library) == []
    assert named_groups(library, versions=True) == [["friday", "monday"]]
    (copy,) = copies.copies_of(library.db, [ids["monday"]])[ids["monday"]]
    assert (copy.article_id, copy.kind) == (ids["friday"], "version")
    assert set(copies.groups_of(library.db, list(ids.values())).values()) == set(ids.values())
    assert library.status().n_copies == 0


def test_a_copy_that_changes_or_goes_leaves_its_group(desk):
    library = write(desk, record("a", WIRE), record("b", WIRE), record("c", WIRE))
    assert named_groups(library) == [["a", "b", "c"]]
    library = write(desk, record("a", WIRE), record("b", prose(4)), record("c", WIRE))
    assert named_groups(library) == [["a", "c"]]
    library = write(desk, record("a", WIRE))
    assert named_groups(library) == []
    assert library.db.rows("SELECT DISTINCT article_id FROM marks") == [(by_name(library)["a"],)]
    assert library.db.rows("SELECT * FROM copies") == []


def test_two_articles_that_only_a_third_ties_together_part_without_it(desk):
    # Two copies cut so that each shares most of the middle one and too little of the other.
    pieces = WIRE.split("\n\n")
    middle = WIRE
    left, right = "\n\n".join(pieces[:3]), "\n\n".join(pieces[2:])
    library = write(desk, record("left", left), record("mid", middle), record("right", right))
    assert named_groups(library) == [["left", "mid", "right"]]
    library = write(desk, record("left", left), record("right", right))
    assert named_groups(library) == []


def test_boilerplate_in_very_many_articles_is_compared_with_a_few(desk):
    library = write(desk, *(record(f"r{n}", WIRE) for n in range(2 * MOST_IN_BAND)))
    (group,) = named_groups(library)
    assert len(group) == 2 * MOST_IN_BAND
    ((n_pairs,),) = library.db.rows("SELECT count(*) FROM copies")
    n_marks = len(copies.marks(library.article(library.ids()[0])))
    assert n_pairs <= 2 * MOST_IN_BAND * MOST_IN_BAND
    assert n_marks == 37


def test_a_rebuilt_library_has_the_same_groups(desk):
    from index.rebuild import rebuild

    before = named_groups(write(desk, record("a", WIRE), record("b", WIRE), record("c", prose(3))))
    desk.sync()
    rebuild(desk.settings, desk.root / "model", load=lambda folder: desk.embedder)
    assert named_groups(desk.library()) == before == [["a", "b"]]
