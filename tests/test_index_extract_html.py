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


@pytest.mark.parametrize("place", ["above the body", "in the body"])
def test_byline_and_date_line_become_fields_and_are_no_part_of_the_text(tmp_path, place):
    lines = "<p>By Ana Roe</p><p>Published 6 March 2023</p>"
    text = "".join(f"<p>{x}</p>" for x in PARAGRAPHS)
    markup = page(header=lines) if place == "above the body" else page(lines + text)
    found = article(tmp_path, markup)
    assert found.authors == ("Ana Roe",)
    assert (found.published, found.published_from) == ("2023-03-06", "byline")
    assert found.text.split("\n\n") == PARAGRAPHS


def test_a_date_in_the_prose_of_a_page_is_not_its_date(tmp_path):
    body = "<p>6 March 2023 was the day on which the first of the nine ferries stayed in port.</p>"
    text = body + "".join(f"<p>{x}</p>" for x in PARAGRAPHS)
    assert article(tmp_path, page(text + "<p>7 March 2023</p>")).published is None


UPDATE = '<meta property="article:modified_time" content="2023-03-10T08:00:00Z">'
PRINTED = "<p>Published 6 March 2023 at 10:00 | Updated 11 March 2023</p>"


@pytest.mark.parametrize(
    ("head", "header", "published", "updated"),
    [
        (ld(JSON_LD) + UPDATE, "", "2023-03-09", ("2023-03-10", "meta")),
        (ld({**JSON_LD["@graph"][2], "dateModified": "2023-03-12"}) + UPDATE, "", "2023-03-09",
         ("2023-03-12", "json-ld")),
        ("", PRINTED, "2023-03-06", ("2023-03-11", "byline")),
        ("", "<p>Updated 11 March 2023</p>", None, ("2023-03-11", "byline")),
        (META + UPDATE.replace("03-10", "02-10"), "", "2023-03-08", (None, None)),
        (META + UPDATE.replace("2023", "2999"), "", "2023-03-08", (None, None)),
    ],
    ids=["meta", "json-ld", "printed", "printed alone", "before publication", "in the future"],
)  # fmt: skip
def test_an_update_is_kept_apart_from_publication(tmp_path, head, header, published, updated):
    found = article(tmp_path, page(head=head, header=header))
    assert found.published == published
    assert (found.updated, dict(found.provenance).get("updated")) == updated


EPOCH = '<meta name="date" content="1970-01-01">' + ld(
    {**JSON_LD["@graph"][2], "datePublished": "1970-01-01"}
)
ARCHIVED = '<link rel="canonical" href="https://harbourpost.example/1963/03/07/ferries">'


@pytest.mark.parametrize(
    ("head", "header", "expected"),
    [
        (EPOCH, "", (None, "unknown")),
        (EPOCH, DATE_LINE, ("2023-03-06", "byline")),
        (ARCHIVED, "", (None, "unknown")),
        (ARCHIVED + META.replace("2023-03-08", "1963-03-07"), "", ("1963-03-07", "meta")),
        (ARCHIVED, "<p>Published March 7, 1963</p>", ("1963-03-07", "url")),
    ],
    ids=["a default", "a default and a date", "the address alone", "both", "address and print"],
)
def test_a_page_is_not_older_than_the_web_unless_two_places_agree(tmp_path, head, header, expected):
    found = article(tmp_path, page(head=head, header=header))
    assert (found.published, found.published_from) == expected


def test_what_a_page_says_carries_where_it_was_read(tmp_path):
    node = {**JSON_LD["@graph"][2], "articleSection": ["Islands"], "inLanguage": "en-GB"}
    found = article(tmp_path, page(head=ld(node) + CANONICAL, header=DATE_LINE))
    assert found.section == "Islands"
    assert dict(found.provenance) == {
        "title": "html",
        "source": "json-ld",
        "authors": "json-ld",
        "section": "json-ld",
        "language": "html",
        "url": "canonical",
    }
    bare = article(tmp_path, page(header="<p>By Ana Roe</p>"))
    assert dict(bare.provenance) == {
        "title": "html", "source": "html", "authors": "byline", "language": "html"
    }  # fmt: skip


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


def test_identical_paragraphs_stay(tmp_path):
    refrain = "“No ship before the moon is full,” they sang from the end of the pier."
    said = [PARAGRAPHS[0], refrain, PARAGRAPHS[1], refrain, *PARAGRAPHS[2:], "He agreed."]
    text = "".join(f"<p>{x}</p>" for x in said)
    assert paragraphs(tmp_path, page(text)) == said


def test_subheads_points_and_rows_of_tables_stay(tmp_path):
    first, second, third, fourth = PARAGRAPHS
    text = (
        f"<p>{first}</p><h2>What the union asks</h2><p>{second}</p>"
        "<ul><li>Two rest days a week</li><li>A cook on each ship</li></ul>"
        "<table><tr><th>Line</th><th>Passengers</th></tr><tr><td>North</td><td>2,500</td></tr>"
        f"</table><p>{third}</p><p>{fourth}</p>"
    )
    added = ["Two rest days a week", "A cook on each ship", "Line, Passengers", "North, 2,500"]
    kept = [first, "What the union asks", second, *added, third, fourth]
    assert paragraphs(tmp_path, page(text)) == kept


def test_a_banner_above_the_headline_falls_and_the_picture_there_keeps_its_caption(tmp_path):
    text = "".join(f"<p>{x}</p>" for x in PARAGRAPHS)
    banner = (
        "<p>The new ferry has two decks, nine lounges and a garden that no ship had before.</p>"
    )
    figure = f"<figure><img src='x.jpg'><figcaption>{CAPTION}</figcaption></figure>"
    title = "Ferries stay in port as deck hands strike"
    markup = (
        f"<html><head><title>{title}</title></head><body><div>{banner}{figure}"
        f"<h1>{title}</h1>{text}</div></body></html>"
    )
    assert paragraphs(tmp_path, markup) == [CAPTION, *PARAGRAPHS]


def test_a_body_with_line_breaks_for_paragraphs_keeps_its_first(tmp_path):
    first, *rest = PARAGRAPHS
    body = f"{first}<br><br><img src='x.jpg'><br>" + "".join(f"<p>{x}</p>" for x in rest)
    assert paragraphs(tmp_path, page(body)) == PARAGRAPHS


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
        "<a href='/a'><span>Also on this site</span> <span>Mayor opens a new pier</span></a>",
        "<p>Like this story? Share it with a friend!</p>",
        '<p>Need more islands? Subscribe to our magazine "All About Boats" for the latest.</p>',
        "<p>Have a tip? Ana Roe may be reached at roe@harbourpost.example.</p>",
        "<p>[button link=”/send” type=”big”] Send us YOUR boat [/button]</p>",
        "<p>Updated at 1:23 p.m.</p>",
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
        "teaser between paragraphs",
        "call to share",
        "magazine",
        "call for tips",
        "short code",
        "time of change",
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
    with pytest.raises(ReadError, match=r"article text|not HTML|nested"):
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


def test_tables_without_end_within_one_another_are_refused(tmp_path):
    (tmp_path / "a.html").write_text(page(before="<table>" * 5000), "utf-8")
    with pytest.raises(ReadError, match="tables nested more than 20 deep"):
        list(read(tmp_path / "a.html"))


@pytest.mark.parametrize("name", ["article", "div", "section", "blockquote", "b"])
def test_elements_without_end_within_one_another_are_refused(name, tmp_path):
    (tmp_path / "a.html").write_text(page(before=f"<{name}>" * 2000), "utf-8")
    with pytest.raises(ReadError, match="elements nested more than 256 deep"):
        list(read(tmp_path / "a.html"))


@pytest.mark.timeout(20)  # it took minutes: every paragraph looked at all within it again
def test_paragraphs_and_links_within_one_another_are_looked_at_once(tmp_path):
    nested = "<article><p><time><a href=x>" * 60 + "Sail on " * 900
    text = " ".join(paragraphs(tmp_path, page(before=nested)))
    assert PARAGRAPHS[-1] in text


ENDLESS = "&#" + "9" * 5000 + ";"


def test_a_character_number_without_end_in_the_text_is_refused(tmp_path):
    shown = ENDLESS.replace("&", "&amp;")
    body = "".join(f"<p>{text} {shown}</p>" for text in PARAGRAPHS)
    (tmp_path / "a.html").write_text(page(body), "utf-8")
    with pytest.raises(ReadError, match="no article text found"):
        list(read(tmp_path / "a.html"))


@pytest.mark.parametrize("name", ["headline", "author", "url"])
def test_a_character_number_without_end_in_the_structured_data_harms_nothing(tmp_path, name):
    data = {**JSON_LD["@graph"][2], name: f"Sail on {ENDLESS}"}
    head = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    assert paragraphs(tmp_path, page(head=head)) == PARAGRAPHS


def test_elements_left_open_as_in_old_pages_are_read(tmp_path):
    text = " ".join(paragraphs(tmp_path, page(before="<font size=2>" * 200)))
    assert text == " ".join(PARAGRAPHS)


def test_tables_that_only_arrange_the_page_are_read(tmp_path):
    opens = "<table><tr><td>" * 6
    closes = "</td></tr></table>" * 6
    body = "".join(f"<p>{x}</p>" for x in PARAGRAPHS)
    text = " ".join(paragraphs(tmp_path, page(f"{opens}{body}{closes}")))
    assert text == " ".join(PARAGRAPHS)
