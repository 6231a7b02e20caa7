import pytest
from lxml import html

from index.extract.inline import plain_quotes, plain_sentences
from index.extract.visible import drop_foreign, drop_hidden, parse, visible_text

HIDDEN = "The strike never began."
SHOWN = ["Ferries stayed in port.", "Talks begin on Friday.", "The navy sends a ship with post."]


def seen(body, style=""):
    rest = "".join(f"<p>{text}</p>" for text in SHOWN)
    tree = parse(
        f"<html><head><style>{style}</style></head><body><h1>Strike</h1>{body}{rest}</body></html>"
    )
    drop_hidden(tree)
    return " ".join(tree.find("body").text_content().split())


ALL = " ".join(["Strike", *SHOWN]).replace(". ", ".").replace("Strike ", "Strike")


@pytest.mark.parametrize(
    ("style", "markup"),
    [
        (".x{display:none}", '<p class="a x">{}</p>'),
        ("/* .y{} */ p.x , .z { color:red; DISPLAY : NONE }", '<p class="x">{}</p>'),
        ("#note{visibility:hidden}", '<p id="note">{}</p>'),
        ("p#note.x{font-size:0px}", '<p class="x" id="note">{}</p>'),
        (".x{color:#fefefe;background:#fff}", '<p class="x">{}</p>'),
        (".box{background-color:rgb(0, 0, 0)} .x{color:black}",
         '<div class="box"><p class="x">{}</p></div>'),
        ("@media screen{.x{display:none}}", '<p class="x">{}</p>'),
        (".x{display:none} .x{color:red}", '<p class="x">{}</p>'),
        (".x{position:absolute;left:-9999px}", '<p class="x">{}</p>'),
        (".x.y{display:none} .x{display:block}", '<p class="x y">{}</p>'),
        ("", '<p style="color:white">{}</p>'),
        ("", '<p style="font-size:.0em">{}</p>'),
        ("", '<p style="background:#000;color:rgba(0,0,0,1)">{}</p>'),
    ],
)  # fmt: skip
def test_what_a_style_sheet_hides_is_dropped(style, markup):
    assert seen(markup.format(HIDDEN), style) == ALL


@pytest.mark.parametrize(
    ("style", "markup"),
    [
        (".x{display:none}", "<p>{}</p>"),
        (".x .y{display:none}", '<p class="y">{}</p>'),
        (".x:hover{display:none}", '<p class="x">{}</p>'),
        ("@media print{.x{display:none}}", '<p class="x">{}</p>'),
        ("@media (max-width: 600px){.x{display:none}} .y{color:red}", '<p class="x">{}</p>'),
        ("@keyframes k{from{display:none}}", '<p class="x">{}</p>'),
        (".x{display:none} .x.open{display:block}", '<p class="x open">{}</p>'),
        (".x{display:none}", '<p class="x" style="display:block">{}</p>'),
        (".x{display:block !important} .x{display:none}", '<p class="x">{}</p>'),
        (".x{opacity:0}", '<p class="x">{}</p>'),
        (".x{margin-left:-100%}", '<p class="x">{}</p>'),
        (".x{color:#fff}", '<p class="x">{}</p>'),
        ("", '<div style="background:#036"><p style="color:#fff">{}</p></div>'),
        ("", '<div style="background:url(a.png) #fff"><p style="color:#fff">{}</p></div>'),
        ("", '<p style="font-size:medium">{}</p>'),
        ("", '<p style="font-size:inherit;color:#333">{}</p>'),
        (".x{display:none", '<p class="y">{}</p>'),
        ("}}} .x{", '<p class="x">{}</p>'),
    ],
)
def test_what_a_style_sheet_does_not_hide_stays(style, markup):
    assert HIDDEN in seen(markup.format(HIDDEN), style)


def test_the_main_part_stays_whatever_a_sheet_or_an_open_dialog_says_of_it():
    body = f'<main class="m" aria-hidden="true"><h1>Strike</h1><p>{HIDDEN}</p></main>'
    assert HIDDEN in seen(body, ".m{display:none}")
    assert HIDDEN not in seen(body.replace("aria-hidden", "hidden aria-hidden"))


def test_the_part_that_a_page_hides_itself_is_dropped_however_large():
    assert seen(f'<div style="display:none"><h1>Strike</h1><p>{HIDDEN * 50}</p></div>') == ALL


def plain(markup):
    tree = html.fragment_fromstring(markup, create_parent="body")
    drop_foreign(tree)
    plain_sentences(tree)
    plain_quotes(tree)
    return tree


def test_a_sentence_keeps_the_words_of_its_links_and_spans():
    tree = plain(
        "<p>The mayor <span class='link'><a href='/x'>told the council</a></span> that ships "
        "would <span class='related'>sail</span> again.</p>"
    )
    assert tree.text_content() == "The mayor told the council that ships would sail again."
    assert [element.tag for element in tree.find("p")] == ["a"]


def test_a_card_that_opens_over_a_name_leaves_the_name():
    card = (
        "<span><a href='/p'>Mia Holm</a><span class='card'><a href='/p'>Mia Holm</a>"
        "<a href='/1'>Deck hands walk out over rest days</a>"
        "<a href='/2'>Union elects its first woman</a></span></span>"
    )
    assert plain(f"<p>“No,” said {card} on Monday.</p>").text_content() == (
        "“No,” said Mia Holm on Monday."
    )


def test_links_with_words_between_them_are_no_card():
    text = "<span><a>the harbour master of Northport</a>, <a>the mayor of the isles</a></span>"
    assert "harbour master" in plain(f"<p>So said {text}.</p>").text_content()


def test_a_quoted_post_loses_the_names_that_make_it_look_like_a_share_bar():
    tree = plain(
        "<div class='page'><p>They wrote:</p><div class='social-embed'><blockquote class='post'>"
        "<p>No ship sails today.</p></blockquote></div></div>"
    )
    assert tree.find(".//blockquote").attrib == {}
    assert tree.find(".//blockquote").getparent().attrib == {}
    assert tree.find("div").get("class") == "page"


@pytest.mark.parametrize(
    "odd",
    [
        "\x01",
        "\x0b",
        "\x0c",
        "\x1b",
        "\ufffe",
        "\ud800",
        "&#1;",
        "&#0012;",
        "&#x1B;",
        "&#xffff",
        "&#14",
    ],
)
@pytest.mark.parametrize("place", ["text", "tail"])
def test_characters_that_no_page_shows_do_not_stop_its_reading(odd, place):
    markup = f"<p>Ferries {odd} sail.</p>" if place == "text" else f"<i>Ferries</i> {odd} sail.<br>"
    text = visible_text(f"{markup}<span hidden>Hidden</span> {odd} All of them.")
    assert text.split() == "Ferries sail. All of them.".split()


def test_references_to_other_characters_stay():
    text = visible_text("a&#9;b&#10;c&#111;d&#x1f6a2;e&#x1b0;f&#65533;")
    assert text == "a\tb\nc\x6fd\U0001f6a2e\u01b0f\ufffd"


@pytest.mark.parametrize(
    "colour", ["rgb(1.2.3, ., ...)", "rgb(" + "9" * 400 + ",0,0)", "rgb(,,)", "#1234"]
)
def test_a_colour_that_is_none_hides_nothing(colour):
    assert (
        seen(f'<p style="color:{colour}">Ships.</p>') == f"StrikeShips.{ALL.removeprefix('Strike')}"
    )
