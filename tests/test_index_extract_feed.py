from xml.sax.saxutils import escape

import pytest

from index.errors import ReadError
from index.extract import feed, read
from index.schema import Extracted, Failure

STORY = "<p>Ferries stay in port on Monday &amp; Tuesday.</p><p>The union called it.</p>"
CLEAN = "Ferries stay in port on Monday & Tuesday.\n\nThe union called it."
LONG = "The crew of the ferry Selma told the harbour board that it will not sail again. " * 8
SPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"'
    ' xmlns:wp="http://wordpress.org/export/1.2/"'
)
ITEM = (
    "<item><title>Ferries &amp;#8216;stay&amp;#8217;</title><link>https://post.example/a</link>"
    "<guid isPermaLink='false'>post-17</guid><dc:creator>Ana Roe</dc:creator>"
    "<pubDate>Thu, 09 Mar 2023 23:30:00 -0500</pubDate><category>Islands</category>"
    "<category>Sea</category><media:title>A picture</media:title><description>Short.</description>"
    f"<content:encoded><![CDATA[{STORY}]]></content:encoded></item>"
)


def rss(*items):
    channel = "<title>The Harbour Post</title><language>en-GB</language>"
    return f'<rss version="2.0" {SPACES}><channel>{channel}{"".join(items)}</channel></rss>'


def atom(*entries):
    return (
        '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">'
        f"<title>The Harbour Post</title>{''.join(entries)}</feed>"
    )


def item(content="", description="", rest=""):
    return (
        f"<item><content:encoded>{escape(content)}</content:encoded>"
        f"<description>{escape(description)}</description>{rest}</item>"
    )


def written(tmp_path, content, name="feed.rss"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def reason(path):
    with pytest.raises(ReadError) as caught:
        list(read(path))
    return caught.value.reason


EXPECTED = Extracted(
    text=CLEAN,
    title="Ferries ‘stay’",
    source="The Harbour Post",
    authors=("Ana Roe",),
    section="Islands",
    published="2023-03-09",
    published_from="field",
    url="https://post.example/a",
    language="en-gb",
    record="post-17",
    provenance=tuple(
        (name, "field") for name in ("title", "source", "authors", "section", "language", "url")
    ),
)


@pytest.mark.parametrize("name", ["feed.rss", "feed.xml"])
def test_an_item_with_its_text_becomes_an_article(tmp_path, name):
    assert list(read(written(tmp_path, rss(ITEM), name))) == [EXPECTED]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_feed_is_decoded_by_its_mark(tmp_path, encoding):
    assert list(read(written(tmp_path, rss(ITEM).encode(encoding)))) == [EXPECTED]


def test_a_feed_is_decoded_as_it_declares(tmp_path):
    body = rss(item("Паромы стоят в порту весь день."))
    page = f'<?xml version="1.0" encoding="windows-1251"?>{body}'
    (article,) = read(written(tmp_path, page.encode("cp1251")))
    assert article.text == "Паромы стоят в порту весь день."


@pytest.mark.parametrize(
    "content",
    [
        f'<content type="html">{escape(STORY)}</content>',
        f'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{STORY}</div></content>',
        '<content type="xhtml"><h:div xmlns:h="http://www.w3.org/1999/xhtml">'
        f"{STORY.replace('<p', '<h:p').replace('</p', '</h:p')}</h:div></content>",
    ],
    ids=["html", "xhtml", "prefixed"],
)
def test_an_entry_of_atom_becomes_an_article(tmp_path, content):
    entry = (
        "<entry><title type='html'>Ferries &amp;lt;i&amp;gt;stay&amp;lt;/i&amp;gt;</title>"
        "<id>tag:post.example,2023:17</id><link rel='self' href='https://post.example/self'/>"
        "<link href='https://post.example/a'/><published>2023-03-09T10:00:00Z</published>"
        "<updated>2023-03-11T10:00:00Z</updated><category term='isl' label='Islands'/>"
        "<author><name>Ana Roe</name><email>a@post.example</email></author>"
        f"<author><name>Bo Lind</name></author><summary>Short.</summary>{content}</entry>"
    )
    (article,) = read(written(tmp_path, atom(entry), "feed.atom"))
    assert article.text == CLEAN
    assert article.authors == ("Ana Roe", "Bo Lind")
    assert (article.source, article.section) == ("The Harbour Post", "Islands")
    assert (article.published, article.updated) == ("2023-03-09", "2023-03-11")
    assert (article.url, article.record) == ("https://post.example/a", "tag:post.example,2023:17")
    assert article.language == "en"


def test_rdf_is_read(tmp_path):
    page = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        f' xmlns="http://purl.org/rss/1.0/" {SPACES}><channel><title>The Post</title></channel>'
        "<item><title>Ferries</title><dc:date>2023-03-09T10:00:00Z</dc:date>"
        f"<content:encoded>{escape(STORY)}</content:encoded></item></rdf:RDF>"
    )
    (article,) = read(written(tmp_path, page, "feed.xml"))
    assert (article.source, article.published, article.text) == ("The Post", "2023-03-09", CLEAN)


def test_a_long_description_is_the_text(tmp_path):
    (article,) = read(written(tmp_path, rss(item(description=LONG))))
    assert article.text == LONG.strip()


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (item(description="The ferries stay in port on Monday."), "teaser of 7 words"),
        (item("The ferries stay in port on Monday. […]"), "teaser of 7 words"),
        (
            item("<p>The ferries stay in port</p><a>Continue reading Ferries</a>"),
            "teaser of 8 words",
        ),
        (item(), "only a headline"),
        (item("<p><img src='x'/></p>"), "only a headline"),
        (item("Ferries stay."), "only 2 words"),
        (item(LONG, rest="<wp:status>draft</wp:status>"), "its status is 'draft'"),
    ],
)
def test_an_entry_without_an_article_is_told_and_the_rest_goes_on(tmp_path, entry, why):
    failure, article = read(written(tmp_path, rss(entry, ITEM)))
    assert isinstance(failure, Failure)
    assert failure.reason.startswith("entry 1: ")
    assert why in failure.reason
    assert article == EXPECTED


@pytest.mark.parametrize("end", ["…", " Read more", " [...]"])
def test_a_long_text_may_end_like_a_teaser(tmp_path, end):
    (article,) = read(written(tmp_path, rss(item(LONG + end))))
    assert article.text == (LONG + end).strip().replace("  ", " ")


def test_what_a_blog_appends_is_no_text(tmp_path):
    more = "<p>The post <a href='x'>Ferries stay</a> appeared first on <a>The Post</a>.</p>"
    (article,) = read(written(tmp_path, rss(item(STORY + more))))
    assert article.text == CLEAN


def test_a_published_post_of_a_blog_export_is_read(tmp_path):
    (article,) = read(written(tmp_path, rss(item(STORY, rest="<wp:status>publish</wp:status>"))))
    assert article.text == CLEAN


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("ana@post.example (Ana Roe)", ("Ana Roe",)),
        ("ana@post.example", ()),
        ("Ana Roe", ("Ana Roe",)),
    ],
)
def test_authors_are_names_not_addresses(tmp_path, author, expected):
    (article,) = read(written(tmp_path, rss(item(STORY, rest=f"<author>{author}</author>"))))
    assert article.authors == expected


def test_a_collected_item_keeps_its_outlet(tmp_path):
    rest = "<source url='https://gazette.example/rss'>Orle Gazette</source>"
    (article,) = read(written(tmp_path, rss(item(STORY, rest=rest))))
    assert article.source == "Orle Gazette"


def test_a_map_names_elements(tmp_path):
    told = "Ferries stay in port on Monday."
    path = written(tmp_path, rss(item(STORY, told, "<subject>Sea</subject>")))
    (article,) = read(path, fields={"text": "description", "section": "subject"})
    assert (article.text, article.section) == (told, "Sea")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("<html><body><p>x</p></body></html>", "root element is 'html'"),
        ("<urlset><url/></urlset>", "root element is 'urlset'"),
        ("Ferries stay in port.", "not well-formed XML"),
        (rss(), "a feed without entries"),
        ("<rss>", "not well-formed XML"),
        ("<rss>" + "<a>" * 100_000, "not well-formed XML"),
        ('<?xml version="1.0" encoding="none-8"?><rss/>', "not well-formed XML"),
    ],
)
def test_what_is_no_feed_is_refused(tmp_path, content, why):
    assert why in reason(written(tmp_path, content, "feed.xml"))


@pytest.mark.parametrize("broken", ["<item><title>AT&T</title></item>", "<item><title>cut o"])
def test_what_comes_before_broken_xml_is_read(tmp_path, broken):
    got = []
    with pytest.raises(ReadError, match="not well-formed XML"):
        got.extend(read(written(tmp_path, rss(ITEM, broken))))
    assert got == [EXPECTED]


def test_no_file_is_read_through_an_entity(tmp_path):
    secret = written(tmp_path, "A secret of five words here.", "secret.txt")
    page = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}">]>{rss(item("A"))}'
    page = page.replace("<content:encoded>A", "<content:encoded>Five words and more &x; here")
    try:
        texts = [getattr(found, "text", "") for found in read(written(tmp_path, page))]
    except ReadError:
        texts = []
    assert "secret" not in "".join(texts)


def test_entities_that_multiply_are_refused(tmp_path):
    names = [f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)]
    page = f'<!DOCTYPE rss [<!ENTITY l0 "lol ha">{"".join(names)}]>' + rss(
        "<item><description>&l9;</description></item>"
    )
    assert "amplification" in reason(written(tmp_path, page))


def test_an_entry_that_never_ends_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(feed, "MAX_ENTRY_BYTES", 200_000)
    got = []
    with pytest.raises(ReadError, match="without the end of a record"):
        got.extend(read(written(tmp_path, rss(ITEM, "<item>" + "<a/>" * 200_000))))
    assert got == [EXPECTED]


def test_a_long_feed_is_never_held_as_a_whole(tmp_path):
    path = written(tmp_path, rss(*([item(LONG)] * 300)))
    with path.open("rb") as stream:
        held = [len(entry.getparent()) for entry, _ in feed._entries(path, stream)]
    assert len(held) == 300
    assert max(held) < 100  # what one block of the file holds
