import json

import pytest

from index.extract.header import author_names, read_header, split_byline
from index.extract.metadata import read_metadata
from index.extract.outlet import best_outlet, without_site
from index.extract.visible import parse

TITLE = "Ferries stay in port as deck hands strike"


def read(head="", body="", lang=""):
    return read_metadata(parse(f"<html{lang}><head>{head}</head><body>{body}</body></html>"))


def ld(**data):
    node = {"@type": "NewsArticle", **data}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def meta(**tags):
    pairs = ((name.replace("__", ":"), value) for name, value in tags.items())
    return "".join(f'<meta property="{name}" content="{value}">' for name, value in pairs)


@pytest.mark.parametrize(
    ("title", "source", "bare"),
    [
        (f"{TITLE} | The Harbour Post", "The Harbour Post", TITLE),
        (f"{TITLE} - Harbour Post News", "Harbour Post", TITLE),
        (f"{TITLE} – Post", "The Harbour Post", TITLE),
        (f"{TITLE} — and they are not happy - Post", "Post", f"{TITLE} — and they are not happy"),
        (f"{TITLE} — and the Post is not happy at all", "Post", None),
        (f"{TITLE} | Opinion", "The Harbour Post", None),
        (f"{TITLE} | The Harbour Post", "", None),
    ],
)
def test_a_headline_loses_the_name_of_its_outlet_and_nothing_else(title, source, bare):
    assert without_site(title, source) == (bare or title)


def test_the_headline_is_not_the_name_of_the_site_in_a_large_heading():
    head = f"<title>{TITLE} | News of the Isles</title>" + meta(
        og__title=TITLE, og__site_name="News of the Isles"
    )
    found = read(head, "<h1>News of the Isles</h1>")
    assert (found.title, found.places["title"]) == (TITLE, "meta")


def test_the_headline_of_another_article_on_the_page_is_not_taken():
    head = f"<title>{TITLE} - Post</title>" + meta(og__title=f"{TITLE} - Post")
    assert read(head, "<h1>Mayor opens a new pier</h1>").title == TITLE


@pytest.mark.parametrize(
    ("named", "host", "outlet"),
    [
        (("The Harbour Post",), "", "The Harbour Post"),
        (("harbourpost", "The Harbour Post"), "www.harbourpost.example", "The Harbour Post"),
        (("harbourpost.example", "Harbour Post"), "harbourpost.example", "Harbour Post"),
        (("Isles", "Harbour Post"), "www.harbourpost.example", "Harbour Post"),
        (("The Isles", "Pier Group"), "harbourpost.example", "The Isles"),
        (("Harbour Post | News, sport and tides",), "", "Harbour Post"),
        (("https://social.example/post", "Post"), "", "Post"),
        (("harbourpost.example",), "", "harbourpost.example"),
        (("We bring you all the news of the northern isles",), "", ""),
        ((), "harbourpost.example", ""),
    ],
)
def test_the_outlet_is_a_name_that_the_host_bears_out(named, host, outlet):
    assert best_outlet([(name, "meta") for name in named], host)[0] == outlet


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("By Ana Roe and Bo Lind", ("Ana Roe", "Bo Lind")),
        ("ANA ROE, Island Correspondent", ("Ana Roe",)),
        ("Ana Roe | Pier Media for HarbourPost.example", ("Ana Roe",)),
        ("Ana Roe, HarbourPost.example", ("Ana Roe",)),
        ("Ana Roe. The Harbour Post", ("Ana Roe",)),
        ("T. J. Roe", ("T. J. Roe",)),
        ("HP Staff, 3 min read", ()),
        ("The Harbour Post", ()),
        ("Harbour Post", ()),
        ("admin", ()),
        ("North Wire", ("North Wire",)),
        ("roe@harbourpost.example", ()),
        ("Ana Roe; Ana Roe", ("Ana Roe",)),
        ("", ()),
    ],
)
def test_authors_are_people_and_agencies_without_roles_or_reading_time(value, names):
    assert author_names([value], "The Harbour Post") == names


def test_a_byline_ends_where_its_date_begins():
    names, outlet = split_byline("By Ana Roe and Bo Lind Monday, March 6, 2023, 8:00 am")
    assert names == ("Ana Roe", "Bo Lind")
    assert split_byline("By Harbour News Weekly 0 Comments") == ((), "")
    assert outlet == ""


def test_structured_data_of_another_article_is_not_taken_though_it_is_the_only_one():
    node = ld(headline="Mayor opens a new pier", datePublished="2021-01-01", author="Bo Lind")
    found = read(f"<title>{TITLE}</title>" + node, f"<h1>{TITLE}</h1>")
    assert (found.title, found.json_ld_date, found.authors) == (TITLE, None, ())


def test_authors_and_publisher_that_are_only_referred_to_are_looked_up():
    graph = [
        {"@type": "NewsArticle", "headline": TITLE, "author": [{"@id": "#ana"}],
         "publisher": {"@id": "#post"}},
        {"@type": "Person", "@id": "#ana", "name": "Ana Roe"},
        {"@type": "Organization", "@id": "#post", "name": "The Harbour Post"},
    ]  # fmt: skip
    data = json.dumps({"@graph": graph})
    found = read(f'<title>{TITLE}</title><script type="application/ld+json">{data}</script>')
    assert (found.authors, found.source) == (("Ana Roe",), "The Harbour Post")


@pytest.mark.parametrize(
    ("lang", "head", "expected"),
    [
        (' lang="en-GB"', ld(headline=TITLE, inLanguage="de"), ("en", "html")),
        ("", f"<title>{TITLE}</title>" + ld(headline=TITLE, inLanguage="de-AT"), ("de", "json-ld")),
        ("", meta(og__locale="pt_BR"), ("pt", "meta")),
        (' lang="klingon"', "", (None, None)),
        ("", "", (None, None)),
    ],
)
def test_the_language_comes_from_the_page_then_its_data_then_its_tags(lang, head, expected):
    found = read(head, lang=lang)
    assert (found.language, found.places.get("language")) == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (f"<title>{TITLE}</title>" + ld(headline=TITLE, articleSection="Isles"),
         ("Isles", "json-ld")),
        (meta(article__section="World"), ("World", "meta")),
        (meta(article__section="Homepage"), ("", None)),
        (meta(article__section="harbourpost.example.org"), ("harbourpost.example.org", "meta")),
        (meta(article__section="post.com"), ("", None)),
    ],
)  # fmt: skip
def test_the_section_is_one_that_an_editor_chose(head, expected):
    found = read(head)
    assert (found.section, found.places.get("section")) == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('<link rel="canonical" href="https://a.example/1">' + meta(og__url="https://a.example/2"),
         ("https://a.example/1", "canonical")),
        (meta(og__url="https://a.example/2"), ("https://a.example/2", "meta")),
        (f"<title>{TITLE}</title>" + ld(headline=TITLE, url="https://a.example/3"),
         ("https://a.example/3", "json-ld")),
        ('<link rel="canonical" href="https://a.example/&#x202e;1">',
         ("https://a.example/1", "canonical")),
        ('<link rel="canonical" href="/relative">', (None, None)),
        ('<link rel="canonical" href="https://[a.example">', ("https://[a.example", "canonical")),
    ],
)  # fmt: skip
def test_the_address_is_the_canonical_one(head, expected):
    found = read(head)
    assert (found.url, found.places.get("url")) == expected


def test_an_update_never_stands_in_for_publication():
    header = read_header(["By Ana Roe", "Updated 11 March 2023"])
    assert (header.published, header.updated) == (None, "2023-03-11")
    header = read_header(["Posted: Fri 6:45 PM, Feb 16, 2018 | Updated: Sat 8:31 PM, Feb 17, 2018"])
    assert (header.published, header.updated) == ("2018-02-16", "2018-02-17")


@pytest.mark.timeout(20)  # it took minutes: each letter was compared with all behind it
def test_a_byline_of_one_word_without_end_is_read_at_once():
    assert split_byline("By Ana " + "<BL>" * 50_000) == (("Ana " + "<BL>" * 50_000,), "")
