import pytest

from index.errors import ReadError
from index.extract import read

HEADLINE = "Ferries stay in port as deck hands strike"
PROSE = """The strike began on Monday, the union said, and will last all week.

About 4,000 passengers had booked a crossing for the day.

The ministry said that it would send a ship with food and post.
"""


def article(tmp_path, text):
    path = tmp_path / "a.txt"
    path.write_text(text, "utf-8")
    (found,) = read(path)
    return found


PLAIN = """Ferries stay in port as deck hands strike

By Ana Roe and Bo Lind, The Harbour Post
Published 9 March 2023

Ferries to the northern islands stayed in port on Monday after deck hands walked out.

“We were promised rest days,” said Mia Holm, who speaks for the union.

What the union wants

The union asks for two rest days a week. The company offers one.
"""


def test_a_plain_article_gives_title_byline_outlet_date_and_all_its_paragraphs(tmp_path):
    found = article(tmp_path, PLAIN)
    assert found.title == "Ferries stay in port as deck hands strike"
    assert found.authors == ("Ana Roe", "Bo Lind")
    assert found.source == "The Harbour Post"
    assert (found.published, found.published_from) == ("2023-03-09", "byline")
    assert found.text.split("\n\n") == [
        "By Ana Roe and Bo Lind, The Harbour Post",
        "Published 9 March 2023",
        "Ferries to the northern islands stayed in port on Monday after deck hands walked out.",
        "“We were promised rest days,” said Mia Holm, who speaks for the union.",
        "What the union wants",
        "The union asks for two rest days a week. The company offers one.",
    ]


def test_a_date_in_a_sentence_is_not_the_date_of_publication(tmp_path):
    found = article(
        tmp_path,
        "Ferries stay in port\n\nThe strike began on 9 March 2023, the union said.\n\n"
        "It will end on 12 March 2023 at the latest, it added.\n",
    )
    assert (found.published, found.published_from) == (None, "unknown")


def test_a_date_far_below_the_headline_is_not_the_date_of_publication(tmp_path):
    body = "The strike went on for another day, the union said.\n\n" * 12
    found = article(tmp_path, f"Ferries stay in port\n\n{body}9 March 2023\n\n{body}")
    assert found.published is None


def test_publication_is_believed_before_update(tmp_path):
    found = article(
        tmp_path,
        "Ferries stay in port\nUpdated 11 March 2023\nPublished 9 March 2023\n\n"
        "The strike began on Monday, the union said.\n",
    )
    assert (found.published, found.updated) == ("2023-03-09", "2023-03-11")


def test_an_update_alone_is_no_date_of_publication(tmp_path):
    found = article(tmp_path, f"{HEADLINE}\nBy Ana Roe\nUpdated 11 March 2023\n\n{PROSE}")
    assert (found.published, found.published_from) == (None, "unknown")
    assert found.updated == "2023-03-11"
    assert dict(found.provenance)["updated"] == "byline"


def test_a_date_that_heads_a_part_of_a_chronicle_is_not_the_date_of_publication(tmp_path):
    first, *rest = PROSE.split("\n\n")
    parts = "\n\n".join([HEADLINE, first, "March 4, 2021", rest[0], "March 6, 2021", rest[1]])
    assert article(tmp_path, parts).published is None
    dated = parts.replace("March 4, 2021", "By Ana Roe\nMarch 4, 2021", 1)
    assert article(tmp_path, dated).published == "2021-03-04"


@pytest.mark.parametrize(
    "headline",
    [
        "Ferry strike",
        "FERRIES STAY IN PORT",
        "Ferries stay in port as deck hands strike!",
        "Will the ferries sail on Friday?",
        "“We will not sail on Friday”",
        "Ferries to the northern islands stay in port as deck hands strike over rest days that the "
        "company promised them two years ago and never gave to any of them",
    ],
)
def test_the_first_line_of_an_undated_text_is_its_headline_and_no_sentence(tmp_path, headline):
    found = article(tmp_path, f"{headline}\n\n{PROSE}")
    assert found.title == headline
    assert found.text == PROSE.strip()


def test_a_text_that_begins_with_its_first_sentence_has_no_headline(tmp_path):
    assert article(tmp_path, PROSE).title == ""
    assert article(tmp_path, PROSE).text == PROSE.strip()


def test_a_paragraph_without_a_full_stop_is_an_article_and_a_headline_alone_is_none(tmp_path):
    text = "Ferries stay in port as deck hands strike over rest days that they were never given"
    assert article(tmp_path, text).text == text
    with pytest.raises(ReadError, match="no article text"):
        article(tmp_path, "Ferries stay in port")


@pytest.mark.parametrize("line", ["{}", "Source: {}", "Saved from {}"])
def test_the_address_of_a_saved_page_is_read_and_no_part_of_the_text(tmp_path, line):
    url = "https://harbourpost.example/2023/03/07/ferries"
    found = article(tmp_path, f"{line.format(url)}\n\n{HEADLINE}\n\n{PROSE}")
    assert found.text == PROSE.strip()
    assert (found.url, found.published, found.published_from) == (url, "2023-03-07", "url")
    assert dict(found.provenance) == {"title": "text", "url": "text"}


def test_a_saved_page_with_an_address_is_not_older_than_the_web(tmp_path):
    body = f"{HEADLINE}\n1 January 1970\n\n{PROSE}"
    assert article(tmp_path, f"https://harbourpost.example/ferries\n\n{body}").published is None
    assert article(tmp_path, body).published == "1970-01-01"


def test_a_headline_loses_the_outlet_behind_it(tmp_path):
    found = article(tmp_path, f"{HEADLINE} | The Harbour Post\n\n{PROSE}")
    assert (found.title, found.source) == (HEADLINE, "The Harbour Post")
    assert dict(found.provenance) == {"title": "text", "source": "text"}


def test_a_byline_names_people_without_role_or_reading_time(tmp_path):
    found = article(tmp_path, f"{HEADLINE}\nBy HP Staff, 3 min read\n\n{PROSE}")
    assert found.authors == ()
    found = article(tmp_path, f"{HEADLINE}\nBY ANA ROE, Island Correspondent\n\n{PROSE}")
    assert found.authors == ("Ana Roe",)
    assert dict(found.provenance)["authors"] == "byline"


def test_paragraphs_wrapped_at_a_width_are_joined(tmp_path):
    wrapped = (
        "Ferries to the northern islands stayed in port on Monday after\n"
        "deck hands walked out over rest days, the company that runs the\n"
        "line said in a statement.\n\nThe union asks for two rest days a week.\n"
    )
    assert article(tmp_path, wrapped).text == (
        "Ferries to the northern islands stayed in port on Monday after deck hands walked out over "
        "rest days, the company that runs the line said in a statement.\n\n"
        "The union asks for two rest days a week."
    )


def test_lines_that_end_early_are_paragraphs_of_their_own(tmp_path):
    text = "A man sails a small boat.\nA second caption stands here (Bo Lind/Wire Photo)\n"
    assert article(tmp_path, text).text == text.strip().replace("\n", "\n\n")


def test_a_list_of_sentences_in_an_article_is_kept(tmp_path):
    found = article(
        tmp_path,
        "Ferries stay in port\n\nThe company said on Monday what it offers:\n"
        "  • One rest day a week\n  • Free meals on board\n\nThe union refused both points.\n",
    )
    assert "One rest day a week\n\nFree meals on board" in found.text


BODY = [
    "It took Mia Holm two days to reach the mainland by fishing boat, she said on Tuesday.",
    "The ferry company, which runs nine boats, has cancelled every crossing since Monday morning.",
    "“Nobody told us anything,” said a teacher who had waited at the pier with forty pupils.",
    "Similar delays were seen at two southern ports.",
    "The transport ministry said it would send a navy ship if the strike lasted beyond Friday.",
]
CAPTIONS = [
    "Passengers wait beside the closed ticket office in Northport. [Bo Lind/Wire Photo]",
    "A ferry lies at its berth with its lights off. [Handout: Island Line via Wire Photo]",
]
CLUTTER = [
    "Skip to Content",
    "Island games",
    "Why is the price of fish rising?",
    "facebooktwitterwhatsappcopylink",
    "Advertisement",
    "Navy ship to carry post to the islands",
    "The ministry says letters will arrive within a week of posting.",
    "Mayor opens a new pier after eleven years",
    "A picture shows the mayor cutting a ribbon",
    "Cookie Preferences",
    "Work for us",
    "Sign up for our newsletter and get the day's island news in your inbox.",
    "We use cookies to improve your experience on this site.",
]
SAVED = f"""Skip to Content
Navigation menu
  • News
    • Islands
    • Mainland
  • Island games
  • Opinion
  • Why is the price of fish rising?
play
Live

In Pictures

Photos: Islanders take to fishing boats as ferries stop

More than 4,000 people have left the islands since the strike began, the coast guard says.

Passengers
{CAPTIONS[0]}

By News Agencies

Published On 9 Mar 20239 Mar 2023

Share

facebooktwitterwhatsappcopylink

Save

{BODY[0]}

{BODY[1]}

Advertisement

{BODY[2]}

Related

Navy ship to carry post to the islands

{BODY[3]}

{BODY[4]}

Ferry
{CAPTIONS[1]}

More from Islands

  • Navy ship to carry post to the islands

    The ministry says letters will arrive within a week of posting.

    Published On 2 Mar 20232 Mar 2023
    A grey ship
  • Mayor opens a new pier after eleven years

    A picture shows the mayor cutting a ribbon, children wave flags. (Photo by A. Roe / Wire)

Most read

  • Why is the price of fish rising?

    Fish on a market stall

  • About

    • Work for us
    • Cookie Preferences

Sign up for our newsletter and get the day's island news in your inbox.
We use cookies to improve your experience on this site.

Follow The Harbour Post:

  • facebook
  • rss
The Harbour Post logo
© 2025 The Harbour Post Ltd. All rights reserved
"""


def test_a_saved_page_keeps_every_paragraph_caption_and_its_date_line(tmp_path):
    paragraphs = article(tmp_path, SAVED).text.split("\n\n")
    for line in [*BODY, *CAPTIONS, "Published On 9 Mar 2023", "By News Agencies"]:
        assert line in paragraphs


@pytest.mark.parametrize("line", CLUTTER)
def test_a_saved_page_keeps_no_clutter(tmp_path, line):
    assert line in SAVED
    assert line not in article(tmp_path, SAVED).text


def test_a_saved_page_gives_headline_date_and_outlet(tmp_path):
    found = article(tmp_path, SAVED)
    assert found.title == "Photos: Islanders take to fishing boats as ferries stop"
    assert (found.published, found.published_from) == ("2023-03-09", "byline")
    assert found.source == "The Harbour Post"


def test_the_date_on_a_masthead_is_the_day_of_saving_and_not_believed(tmp_path):
    page = SAVED.replace("Published On 9 Mar 20239 Mar 2023\n", "")
    page = page.replace("Navigation menu\n", "Navigation menu\nFriday, December 5, 2025\n", 1)
    assert article(tmp_path, page).published is None


def test_the_headline_that_the_page_title_repeats_is_the_headline(tmp_path):
    page = "Islanders take to boats - The Harbour Post\n" + SAVED.replace(
        "Photos: Islanders take to fishing boats as ferries stop", "Islanders take to boats"
    )
    assert article(tmp_path, page).title == "Islanders take to boats"


def test_teasers_below_an_article_fall_without_any_heading_above_them(tmp_path):
    teasers = "".join(
        f"\n{name} council meets again\n\nThe {name} council will meet on Thursday.\n"
        for name in ("Northport", "Southport", "Westport")
    )
    text = article(tmp_path, SAVED.split("More from Islands")[0] + teasers + "\nHome\n").text
    assert BODY[-1] in text
    assert "council" not in text


def test_a_paragraph_between_two_insets_is_kept(tmp_path):
    inset = "\nRelated\n\nNavy ship to carry post to the islands\n\n"
    page = SAVED.replace(BODY[4], f"{inset}{BODY[4]}\n{inset}{BODY[0]}\n\n{BODY[1]}\n")
    text = article(tmp_path, page).text
    assert BODY[4] in text
    assert "Navy ship to carry" not in text


def test_a_menu_without_an_article_is_an_error(tmp_path):
    menu = "Home\n\n  • News\n  • Sport\n  • Weather\n\nShare\n\n© 2025 The Harbour Post\n"
    with pytest.raises(ReadError, match="no article text found"):
        article(tmp_path, menu)
