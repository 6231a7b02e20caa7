"""Made-up copies are found and judged; other stories, round-ups and boilerplate are left alone."""

from __future__ import annotations

import random
import subprocess
import sys
from dataclasses import replace

import pytest
from made import article as made_article

from index import duplicates
from index.duplicates import (
    LEAD_WORDS,
    NEAR,
    SIGNATURE_BYTES,
    bands,
    canonical_url,
    compare,
    signature,
    similarity,
)

WORDS = [f"{a}{b}{c}" for a in "bdfgk" for b in ("ar", "el", "im", "os") for c in ("", "ta", "nu")]


def article(text, *, title="", source="", url=None):
    return replace(made_article(text, title=title, source=source), url=url)


def prose(seed, n_words):
    """Return made-up sentences in paragraphs of sixty words."""
    rng = random.Random(seed)
    words = [rng.choice(WORDS) for _ in range(n_words)]
    lines = [" ".join(words[at : at + 12]).capitalize() + "." for at in range(0, n_words, 12)]
    return "\n\n".join(" ".join(lines[at : at + 5]) for at in range(0, len(lines), 5))


STORY = prose(1, 600)
OTHER = prose(2, 600)
LOCAL = prose(3, 60)


def cut(text, share):
    words = text.split(" ")
    return " ".join(words[: int(len(words) * share)])


def reworded(text, share):
    rng = random.Random(7)
    return " ".join("anew" if rng.random() < share else word for word in text.split(" "))


PARAGRAPHS = STORY.split("\n\n")
COPIES = {
    "cut to 30 %": cut(STORY, 0.3),
    "cut to half": cut(STORY, 0.5),
    "one paragraph put in": "\n\n".join([*PARAGRAPHS[:3], LOCAL, *PARAGRAPHS[3:]]),
    "one paragraph at the end": f"{STORY}\n\n{LOCAL}",
    "first paragraph rewritten": "\n\n".join([LOCAL, *PARAGRAPHS[1:]]),
    "cut to half, one paragraph put in": f"{cut(STORY, 0.5)}\n\n{LOCAL}",
    "another dateline": f"PORTO NOVO (Agency) — {STORY}",
    "two words of a hundred changed": reworded(STORY, 0.02),
}


@pytest.mark.parametrize("copy", COPIES.values(), ids=COPIES)
def test_a_copy_is_a_candidate_and_near(copy):
    assert set(bands(signature(STORY))) & set(bands(signature(copy)))
    kind, score = compare(article(text=STORY), article(text=copy))
    assert kind == "near"
    assert NEAR <= score <= 1


def test_other_stories_are_neither_candidates_nor_copies():
    assert not set(bands(signature(STORY))) & set(bands(signature(OTHER)))
    assert compare(article(text=STORY), article(text=OTHER)) is None


def test_two_reports_that_share_quotations_are_no_copies():
    quoted = cut(STORY, 0.2)
    assert compare(article(text=STORY), article(text=f"{quoted}\n\n{OTHER}")) is None


def test_all_cuts_of_one_wire_story_are_near_each_other():
    printed = [STORY, cut(STORY, 0.4), f"{cut(STORY, 0.6)}\n\n{LOCAL}", f"Agency — {STORY}"]
    pairs = [(a, b) for n, a in enumerate(printed) for b in printed[:n]]
    assert all(compare(article(text=a), article(text=b)) for a, b in pairs)


def test_a_round_up_does_not_tie_its_stories_together():
    briefs = [prose(seed, 100) for seed in range(10, 20)]
    round_up = "\n\n".join(briefs)
    assert all(compare(article(text=brief), article(text=round_up)) is None for brief in briefs)


def test_the_same_words_are_an_exact_copy_under_any_headline_case_and_punctuation():
    other = article(text=STORY.upper().replace(".", " …"), title="Another", url="https://b.org/2")
    assert compare(article(text=STORY), other) == ("exact", 1.0)


def test_the_same_words_in_another_order_are_no_exact_copy():
    assert compare(article(text="one two"), article(text="two one")) is None


def test_a_rewritten_page_is_a_version_and_not_merely_near():
    old = article(text=STORY, url="https://www.a.org/news/1?utm_source=x")
    new = article(text=f"{cut(STORY, 0.4)}\n\n{OTHER}", url="http://a.org/news/1/")
    kind, score = compare(old, new)
    assert kind == "version"
    assert score < NEAR


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ({"source": "Orle Gazette"}, {"source": "orle gazette"}),
        ({"url": "https://a.org/2019"}, {"url": "https://www.a.org/2020"}),
        ({"url": "https://a.org?id=1", "source": "A"}, {"url": "https://a.org?id=2"}),
    ],
    ids=["by name", "by address", "by the address of one and both"],
)
def test_a_column_that_one_outlet_fills_anew_is_no_copy_but_a_reprint_is(mine, theirs):
    yearly = f"{cut(STORY, 0.8)}\n\n{prose(4, 120)}"
    assert compare(article(STORY, **mine), article(yearly, **theirs)) is None
    assert compare(article(STORY), article(yearly))[0] == "near"
    printed_again = f"{STORY}\n\nThis story has a new headline."
    assert compare(article(STORY, **mine), article(printed_again, **theirs))[0] == "near"


def test_two_outlets_may_print_one_wire_story():
    mine = article(STORY, source="Gazette", url="https://gazette.org/a")
    theirs = article(cut(STORY, 0.4), source="Courier", url="https://courier.org/a")
    assert compare(mine, theirs)[0] == "near"


def test_wholly_other_texts_at_one_address_are_no_versions():
    url = "https://a.org/live"
    assert compare(article(text=STORY, url=url), article(text=OTHER, url=url)) is None


@pytest.mark.parametrize("url", [None, "", "file:///a"], ids=["none", "empty", "no web page"])
def test_no_address_is_never_the_same_address(url):
    mixed = f"{cut(STORY, 0.4)}\n\n{OTHER}"
    assert compare(article(text=STORY, url=url), article(text=mixed, url=url)) is None


def test_similarity_is_one_for_a_text_and_itself_zero_for_others_and_symmetric():
    assert similarity(STORY, STORY) == 1
    assert similarity(STORY, OTHER) == 0
    half = f"{cut(STORY, 0.5)} {OTHER}"
    assert similarity(STORY, half) == similarity(half, STORY) == pytest.approx(0.5, abs=0.02)


def test_a_signature_is_the_same_in_another_process_and_for_ever():
    code = "import sys; from index.duplicates import signature, bands; s = signature(sys.argv[1])"
    told = f"{code}; print(s.hex(), *bands(s))"
    text = "The ferry leaves at nine. It carries forty cars and one very old piano to the island."
    asked = [sys.executable, "-c", told, text]
    found = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()
    assert found == [signature(text).hex(), *map(str, bands(signature(text)))]
    # Signatures are kept in libraries: a change of these figures must come with a new index.
    assert signature(text)[:8].hex() == "c24d250a7edbc902"
    assert bands(signature(text))[0] == -5932887581917939202


def test_signatures_have_one_size_and_bands_fit_a_column_of_the_ledger():
    for text in (STORY, "Short.", "……", prose(5, LEAD_WORDS)):
        assert len(signature(text)) == SIGNATURE_BYTES
        assert all(-(2**63) <= band < 2**63 for band in bands(signature(text)))
    assert len(set(bands(signature(STORY)))) == len(bands(signature(STORY))) == 37


def test_a_text_longer_than_one_step_of_hashing_is_signed_as_a_whole(monkeypatch):
    long = " ".join(f"word{n}" for n in range(2_500))
    at_once = signature(long)
    monkeypatch.setattr(duplicates, "_AT_ONCE", 1_000)
    assert signature(long) == at_once


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Short.", "short"),
        ("……", "……"),
        ("首相は金曜日に辞任した。", "首相は金曜日に辞任した"),
        ("\ud800", " \ud800"),
        ("ﬁne caﬀe\u0301", "FINE CAFFÉ"),
    ],
    ids=["a word", "no word", "Japanese", "half a surrogate pair", "ligatures and accents"],
)
def test_texts_of_few_or_odd_signs_can_be_compared(one, other):
    assert compare(article(text=one), article(text=other)) == ("exact", 1.0)
    assert bands(signature(one)) == bands(signature(other))


def test_japanese_is_compared_by_its_signs():
    text = "首相は金曜日に辞任を表明した。後任は来週の党大会で選ばれる見通しだ。"
    assert similarity(text, text.replace("来週", "今月")) > 0.6


@pytest.mark.parametrize("text", ["", " \n\t"], ids=["empty", "blank"])
def test_an_empty_text_is_refused(text):
    with pytest.raises(ValueError, match="empty text"):
        signature(text)
    with pytest.raises(ValueError, match="empty text"):
        similarity(text, STORY)


def test_bytes_that_are_no_signature_are_refused():
    with pytest.raises(ValueError, match="512 bytes, got 3"):
        bands(b"abc")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/news/1",
        "http://www.example.org/news/1/",
        "https://m.example.org/news/1#comments",
        "https://amp.example.org/news/1",
        "https://EXAMPLE.org:443/news/1/amp/",
        "https://example.org/amp/news/1",
        "https://example.org/news/1.amp",
        "https://example.org/news/1/index.html?utm_source=mail&fbclid=zz",
        "  https://example.org/news/1?amp=1&outputType=amp\n",
    ],
)
def test_addresses_of_one_page_are_one(url):
    assert canonical_url(url) == "example.org/news/1"


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://example.org/story?id=7&page=2", "example.org/story?id=7&page=2"),
        ("https://example.org/story?page=2&id=7", "example.org/story?id=7&page=2"),
        ("https://example.org/Story", "example.org/Story"),
        ("https://example.org/camp", "example.org/camp"),
        ("https://news.example.org/a.amp.html", "news.example.org/a.html"),
        ("https://www.org/a", "www.org/a"),
        ("https://example.org", "example.org"),
        ("https://example.org/?q=", "example.org?q="),
    ],
)
def test_what_tells_pages_apart_is_kept(url, canonical):
    assert canonical_url(url) == canonical


@pytest.mark.parametrize("url", ["", "a.org/x", "mailto:a@b.org", "https://", "http://[bad/x"])
def test_what_is_no_web_address_gives_none(url):
    assert canonical_url(url) == ""
