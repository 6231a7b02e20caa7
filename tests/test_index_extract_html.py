import json
import socket

import pytest

from index.errors import ReadError
from index.extract import read

PARAGRAPHS = [
    "Ferries to the northern islands stayed in port on Monday after deck hands walked out over "
    "rest days, the company that runs the line said in a statement.",
    "“We were promised two rest days a week and were given none,” said Mia Holm, who speaks for "
    "the union of deck hands on the islands.",
    "About 4,000 passengers had booked a crossing for the day, and the coast guard counted sixty "
    "fishing boats that carried some of them to the mainland instead.",
    "The transport ministry said that it would send a navy ship with food and post if the strike "
    "lasted beyond Friday, the day on which talks are to begin.",
]
CAPTION = "Passengers wait beside the closed ticket office in Northport on Monday morning."
JSON_LD = {
    "@context": "https://schema.org",
    "@graph": [
        {"@type": "WebSite", "name": "Another name"},
        {
            "@type": "NewsArticle",
            "headline": "Fish prices rise again",
            "datePublished": "2021-01-01",
            "author": {"name": "Not This One"},
        },
        {
            "@type": ["NewsArticle"],
            "headline": "Ferries stay in port as deck hands strike",
            "datePublished": "2023-03-09T08:15:00+01:00",
            "author": [{"@type": "Person", "name": "Ana Roe"}, {"name": "Bo Lind"}],
            "publisher": {"@type": "Organization", "name": "The Harbour Post"},
        },
    ],
}


def page(body=None, head="", before="", after="", header=""):
    text = body if body is not None else "".join(f"<p>{x}</p>\n" for x in PARAGRAPHS)
    return f"""<!DOCTYPE html>
<html lang="en-GB"><head><title>Ferries stay in port as deck hands strike | The Harbour Post</title>
{head}</head><body>
<header><nav><ul><li><a href="/n">News</a></li><li><a href="/s">Sport</a></li></ul></nav></header>
{before}
<main><article><h1>Ferries stay in port as deck hands strike</h1>{header}
<div class="body">{text}</div></article></main>
{after}
<aside><h2>Most read</h2><ul><li><a href="/a">Mayor opens a new pier</a></li>
<li><a href="/b">Why fish is dear</a></li></ul></aside>
<footer><p>© 2025 The Harbour Post. We use cookies.</p></footer></body></html>"""


def article(tmp_path, text):
    path = tmp_path / "a.html"
    path.write_text(text, "utf-8")
    (found,) = read(path)
    return found


def paragraphs(tmp_path, text):
    return article(tmp_path, text).text.split("\n\n")


def ld(data):
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def test_the_text_is_the_body_alone(tmp_path):
    assert paragraphs(tmp_path, page()) == PARAGRAPHS


def test_structured_data_of_this_article_is_believed_and_not_of_one_it_links_to(tmp_path):
    found = article(tmp_path, page(head=ld(JSON_LD)))
    assert found.title == "Ferries stay in port as deck hands strike"
    assert found.source == "The Harbour Post"
    assert found.authors == ("Ana Roe", "Bo Lind")
    assert (found.published, found.published_from) == ("2023-03-09", "json-ld")
    assert found.language == "en"


META = '<meta property="article:published_time" content="2023-03-08T10:00:00Z">'
CANONICAL = '<link rel="canonical" href="https://harbourpost.example/2023/03/07/ferries">'
DATE_LINE = "<p>Published on <time>6 March 2023</time></p>"


@pytest.mark.parametrize(
    ("head", "header", "expected"),
    [
        (ld(JSON_LD) + META + CANONICAL, DATE_LINE, ("2023-03-09", "json-ld")),
        (META + CANONICAL, DATE_LINE, ("2023-03-08", "meta")),
        (CANONICAL, DATE_LINE, ("2023-03-07", "url")),
        ("", DATE_LINE, ("2023-03-06", "byline")),
        ("", "", (None, "unknown")),
        ('<meta name="date" content="2999-01-01">', "", (None, "unknown")),
        ('<meta property="article:modified_time" content="2023-03-08">', "", (None, "unknown")),
    ],
    ids=["json-ld", "meta", "url", "byline", "nowhere", "in the future", "only modified"],
)
def test_dates_are_believed_in_order_of_trust(tmp_path, head, header, expected):
    found = article(tmp_path, page(head=head, header=header))
    assert (found.published, found.published_from) == expected


def test_the_printed_date_line_is_kept_in_the_text(tmp_path):
    header = f"<div><span>By Ana Roe</span> <span>|</span> {DATE_LINE}</div>"
    assert paragraphs(tmp_path, page(header=header))[0] == "Published on 6 March 2023"


def test_a_byline_in_the_body_is_kept_and_a_date_line_beside_it_not_repeated(tmp_path):
    body = "<p>By Ana Roe</p><p>Published 6 March 2023</p>"
    found = article(tmp_path, page(body + "".join(f"<p>{x}</p>" for x in PARAGRAPHS)))
    assert found.authors == ("Ana Roe",)
    assert (found.published, found.published_from) == ("2023-03-06", "byline")
    assert sorted(found.text.split("\n\n")[:2]) == ["By Ana Roe", "Published 6 March 2023"]
    assert found.text.split("\n\n")[2:] == PARAGRAPHS


def test_the_date_of_a_teaser_or_footer_is_not_taken(tmp_path):
    after = "<section><h2>Related</h2><p>Published on 2 February 2022</p></section>"
    assert article(tmp_path, page(after=after)).published is None


def test_outlet_and_title_are_read_from_the_page_title_where_nothing_names_them(tmp_path):
    found = article(tmp_path, page())
    assert found.title == "Ferries stay in port as deck hands strike"
    assert found.source == "The Harbour Post"


def test_site_name_canonical_address_and_author_come_from_meta_tags(tmp_path):
    head = (
        '<meta property="og:site_name" content="Harbour&nbsp;Post">'
        '<meta name="author" content="By Ana Roe and Bo Lind">'
        '<link rel="canonical" href="https://harbourpost.example/ferries">'
    )
    found = article(tmp_path, page(head=head))
    assert found.source == "Harbour Post"
    assert found.authors == ("Ana Roe", "Bo Lind")
    assert found.url == "https://harbourpost.example/ferries"


def test_captions_stand_where_their_pictures_do(tmp_path):
    figure = f'<figure><img src="x.jpg"><figcaption>{CAPTION}</figcaption></figure>'
    body = f"<p>{PARAGRAPHS[0]}</p>{figure}" + "".join(f"<p>{x}</p>" for x in PARAGRAPHS[1:])
    assert paragraphs(tmp_path, page(body)) == [PARAGRAPHS[0], CAPTION, *PARAGRAPHS[1:]]


HIDDEN = "The strike never began and the company gave every passenger ten thousand pounds in cash."


@pytest.mark.parametrize(
    "markup",
    [
        '<p style="display:none">{}</p>',
        '<p style="color:red; VISIBILITY : hidden">{}</p>',
        "<p hidden>{}</p>",
        '<p aria-hidden="true">{}</p>',
        '<p style="font-size:0;color:#fff">{}</p>',
        '<p style="opacity:0">{}</p>',
        '<p style="position:absolute;left:-9999px">{}</p>',
        '<p style="text-indent:-9999px">{}</p>',
        '<p class="note sr-only">{}</p>',
        '<div style="display:none"><div><p>{}</p></div></div>',
        "<noscript><p>{}</p></noscript>",
        "<template><p>{}</p></template>",
        "<!-- <p>{}</p> -->",
        "<script>var x = '<p>{}</p>'</script>",
    ],
)
def test_hidden_text_is_never_kept(tmp_path, markup):
    body = f"<p>{PARAGRAPHS[0]}</p>{markup.format(HIDDEN)}" + "".join(
        f"<p>{x}</p>" for x in PARAGRAPHS[1:]
    )
    assert paragraphs(tmp_path, page(body)) == PARAGRAPHS


@pytest.mark.parametrize(
    "style", ["font-size:0.9em", "opacity:0.8", "left:-5px", "display:block", "opacity:01"]
)
def test_a_style_that_does_not_hide_keeps_its_text(tmp_path, style):
    body = f'<p style="{style}">{PARAGRAPHS[0]}</p>' + "".join(
        f"<p>{x}</p>" for x in PARAGRAPHS[1:]
    )
    expected = PARAGRAPHS[1:] if style == "opacity:01" else PARAGRAPHS
    assert paragraphs(tmp_path, page(body))[-len(expected) :] == expected


@pytest.mark.parametrize(
    "clutter",
    [
        "<p>Advertisement</p>",
        "<p>Read more: <a href='/a'>Mayor opens a new pier after eleven years</a></p>",
        "<p><a href='/a'>Mayor opens a new pier after eleven years</a></p>",
        "<h3>Related</h3><ul><li><a href='/a'>Mayor opens a pier</a></li>"
        "<li><a href='/b'>Mayor closes a pier</a></li></ul>",
        "<p>Sign up for our newsletter and get the mayor of the week in your inbox.</p>",
        "<div>Facebook Twitter WhatsApp</div>",
        '<div class="ad advertisement"><p>Advertisement</p><p>Win a week at sea for two people who '
        "like fish. Closing date is the last day of May.</p></div>",
        '<div class="newsletter-signup"><p>The five best stories of the day reach twelve thousand '
        "readers at six each morning.</p></div>",
    ],
    ids=[
        "advert",
        "read more",
        "lone link",
        "related list",
        "newsletter",
        "share bar",
        "advert box",
        "box",
    ],
)
@pytest.mark.parametrize("at", [2, 4], ids=["inside", "below"])
def test_teasers_and_controls_in_the_body_are_cut(tmp_path, clutter, at):
    parts = [f"<p>{x}</p>" for x in PARAGRAPHS]
    body = "".join([*parts[:at], clutter, *parts[at:]])
    assert paragraphs(tmp_path, page(body)) == PARAGRAPHS


@pytest.mark.parametrize("name", ["reading", "adaptive", "sponsored", "ad"])
def test_a_class_name_alone_does_not_cost_an_article_its_text(tmp_path, name):
    body = f'<div class="{name}">' + "".join(f"<p>{x} {x} {x}</p>" for x in PARAGRAPHS) + "</div>"
    assert len(paragraphs(tmp_path, page(body))) == len(PARAGRAPHS)


def test_a_body_in_several_containers_is_kept_whole(tmp_path):
    first, second = ("".join(f"<p>{n} {x}</p>" for x in PARAGRAPHS) for n in ("First", "Then"))
    advert = "<div class='ad'>Buy one and get one free</div>"
    body = f"<div class='part'>{first}</div>{advert}<div class='part'>{second}</div>"
    found = paragraphs(tmp_path, page(body))
    assert found == [f"{n} {x}" for n in ("First", "Then") for x in PARAGRAPHS]


def test_a_body_that_extraction_misses_is_found_by_the_structured_data(tmp_path):
    told = {"@type": "NewsArticle", "articleBody": " ".join(PARAGRAPHS)}
    items = "".join(f"<li><div>{x}</div></li>" for x in PARAGRAPHS)
    text = f"<html><head>{ld(told)}</head><body><form><ul>{items}</ul></form></body></html>"
    assert paragraphs(tmp_path, text) == PARAGRAPHS


def test_structured_data_that_the_page_does_not_show_is_not_kept(tmp_path):
    told = {"@type": "NewsArticle", "articleBody": HIDDEN * 20}
    assert paragraphs(tmp_path, page(head=ld(told))) == PARAGRAPHS


@pytest.mark.parametrize(
    "data",
    [
        '{"@type": "NewsArticle", "headline": ',
        "[" * 50_000,
        "null",
        '{"@type": ["NewsArticle"], "author": 7}',
    ],
    ids=["cut", "deep", "null", "wrong types"],
)
def test_broken_structured_data_is_passed_over(tmp_path, data):
    script = f'<script type="application/ld+json">{data}</script>'
    assert paragraphs(tmp_path, page(head=script)) == PARAGRAPHS


@pytest.mark.parametrize(
    "text",
    [
        "<html><body><nav><a href='/a'>News</a></nav></body></html>",
        "<html><body><div id='app'></div><script>load()</script></body></html>",
        "<html><body><p>Loading the story.</p></body></html>",
        "<!-- nothing -->",
        "<div>" * 5_000,
    ],
    ids=["menu", "shell", "too short", "comment", "nesting"],
)
def test_a_page_without_an_article_is_an_error(tmp_path, text):
    with pytest.raises(ReadError, match=r"article text|not HTML"):
        article(tmp_path, text)


def test_a_page_of_more_elements_than_any_article_has_is_refused(tmp_path):
    with pytest.raises(ReadError, match="elements"):
        article(tmp_path, "<p>" * 150_000)


def test_entities_defined_by_the_page_are_not_expanded(tmp_path):
    bomb = '<!DOCTYPE html [<!ENTITY a "ha"><!ENTITY b SYSTEM "file:///etc/hostname">]>'
    text = page("".join(f"<p>{x} &b;</p>" for x in PARAGRAPHS)).replace("<!DOCTYPE html>", bomb)
    assert all("&b;" in line for line in paragraphs(tmp_path, text))


def test_nothing_is_fetched(tmp_path, monkeypatch):
    class NoSocket(socket.socket):
        def connect(self, address):
            raise AssertionError(f"connected to {address}")

    monkeypatch.setattr(socket, "socket", NoSocket)
    head = '<base href="https://harbourpost.example/"><link rel="stylesheet" href="a.css">'
    assert paragraphs(tmp_path, page(head=head)) == PARAGRAPHS
