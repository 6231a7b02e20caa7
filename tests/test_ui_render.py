"""Answers as text, Markdown and HTML: complete, exact, and harmless whatever they contain."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
import scripted
from scripted import FERRY, LETTER, WIRE, ScriptedAssistant

from rag.ranking import Shares, Why
from rag.schema import Claim, Found, Notice, Understood
from rag.standing import Standing
from ui import render
from ui.escape import esc, link
from ui.exchange import Exchange, turns
from ui.render_article import render_article, render_standing
from ui.render_html import render_answer, render_conversation, render_exchange
from ui.render_standing import label
from ui.saved import citation_of

DISAGREE = scripted.scripted("How many seafarers walked out?")
ABSTAIN = scripted.scripted("What did the mayor say?")
PLAIN = scripted.scripted("How did the strike affect the islands?")

PAYLOADS = [
    "<script>alert(1)</script>",
    '<img src="https://evil.example/?d=1" srcset="https://evil.example/a 2x">',
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "![pixel](https://evil.example/p.png)",
    "[read][1]\n\n[1]: https://evil.example/r",
    "<https://evil.example/auto>",
    '<iframe src="javascript:alert(1)"></iframe><form action="https://evil.example"></form>',
    '<p style="background:url(https://evil.example/b)">',
    "${alert(1)} {{value}} `${1}`",
]


class Page(HTMLParser):
    """Collects the elements, attributes and text of a piece of HTML, and checks the nesting."""

    VOID = frozenset({"br"})

    def __init__(self, markup):
        super().__init__()
        self.elements, self.text, self.open, self.marked = [], "", [], ""
        self.feed(markup)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data
        if "mark" in self.open:
            self.marked += data

    def all(self, tag, **attrs):
        return [
            found
            for name, found in self.elements
            if name == tag and all(found.get(key.rstrip("_")) == v for key, v in attrs.items())
        ]


def poisoned(payload):
    """An answer with the payload wherever an article or a model could put it."""
    bad = replace(
        DISAGREE.citations[0],
        quote=payload,
        title=payload,
        source=payload,
        article=payload,
        article_id=payload,
        published=payload,
        published_from=payload,
        url=payload,
    )
    return replace(
        DISAGREE,
        id=payload,
        question=payload,
        answer=payload,
        claims=(Claim(payload, 0, len(payload), "supported", 1.0, (1,)),),
        citations=(bad,),
        near_misses=(bad,),
        notices=(payload,),
        conflicts=(
            replace(
                DISAGREE.conflicts[0],
                about=payload,
                sides=tuple(replace(side, value=payload) for side in DISAGREE.conflicts[0].sides),
            ),
        ),
        removed=(replace(DISAGREE.removed[0], text=payload, reason=payload),),
    )


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_becomes_an_element_or_an_attribute(payload):
    answer = poisoned(payload)
    question = next(iter(ScriptedAssistant().ask(payload))).question
    exchange = Exchange(payload).after(Understood(replace(question, standalone=payload + "?")))
    finished = replace(exchange, answer=answer, progress="finished")
    harmless = Page(render_exchange(replace(finished, answer=poisoned("plain"))))
    for shown in (render_exchange(finished), render_exchange(exchange.fail(payload))):
        page = Page(shown)
        assert {tag for tag, _ in page.elements} <= {tag for tag, _ in harmless.elements}
        attributes = {name for _, attrs in page.elements for name in attrs}
        assert not {name for name in attributes if name.startswith("on")}
        assert not attributes & {"src", "srcset", "style", "href", "action", "background"}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_an_article_full_of_payloads_is_text(payload):
    article = replace(FERRY, text=payload, title=payload, source=payload, authors=(payload,))
    page = Page(render_article(replace(article, name=payload, id=payload), 0, len(payload)))
    assert {tag for tag, _ in page.elements} <= {
        "article", "button", "header", "p", "span", "h2", "div", "mark", "br", "a",
    }  # fmt: skip
    assert all("src" not in attrs and "style" not in attrs for _, attrs in page.elements)
    assert page.all("a") == [] or page.all("a")[0]["href"] == FERRY.url


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://news.example/a?b=1&c=2", 'href="https://news.example/a?b=1&amp;c=2"'),
        ("http://news.example/", 'rel="noopener noreferrer nofollow"'),
        ("javascript:alert(1)", None),
        ("java\u200bscript:alert(1)", None),
        ("data:text/html,x", None),
        ("//news.example/a", None),
        ("https://", None),
        ("http://[broken", None),
        ('https://news.example/"onclick="alert(1)', "&quot;onclick=&quot;"),
        (None, None),
    ],
)
def test_only_web_addresses_become_links(url, shown):
    assert (link(url) == "") if shown is None else (shown in link(url))


def test_every_claim_is_followed_by_markers_that_open_its_sentence():
    page = Page(render_answer(PLAIN))
    markers = page.all("button", class_="dl-cite")
    sent = [citation_of(json.loads(button["data-citation"])) for button in markers]
    assert tuple(sent) == PLAIN.citations[:3]
    for claim in PLAIN.claims:
        assert f"{claim.text}[{claim.citations[0]}]" in page.text
    assert markers[0]["data-quote"] == scripted.CANCELLED
    assert markers[0]["aria-label"].startswith("Source 1: Harbour Post, 13 May 2024.")


def test_a_number_that_points_nowhere_is_not_a_marker():
    claim = replace(PLAIN.claims[0], citations=(1, 0, 99))
    page = Page(render_answer(replace(PLAIN, claims=(claim,), answer=f"{claim.text} [1][0][99]")))
    assert len(page.all("button", class_="dl-cite")) == 1
    assert "[99]" not in page.text.split("Copy")[0]


def test_a_bracketed_number_inside_a_quoted_sentence_stays_text():
    text = "The minutes [2] say so."
    answer = replace(
        PLAIN,
        answer=f"{text} [1]",
        claims=(Claim(text, 0, len(text), "supported", 1.0, (1,)),),
    )
    page = Page(render_answer(answer))
    assert "The minutes [2] say so.[1]" in page.text
    assert len(page.all("button", class_="dl-cite")) == 1


def test_claims_whose_offsets_are_wrong_are_shown_all_the_same():
    moved = tuple(replace(claim, start=claim.start + 3) for claim in PLAIN.claims)
    text = Page(render_answer(replace(PLAIN, claims=moved))).text
    assert all(text.count(claim.text) == 1 for claim in PLAIN.claims)


def test_a_paragraph_break_between_claims_is_kept():
    first, second = PLAIN.claims[0], PLAIN.claims[1]
    prose = f"{first.text} [1]\n\n{second.text} [2]"
    start = prose.index(second.text)
    second = replace(second, start=start, end=start + len(second.text))
    shown = render_answer(replace(PLAIN, answer=prose, claims=(first, second)))
    assert len(re.findall(r'<div class="dl-prose"[^>]*>(.*?)</div>', shown)[0].split("</p><p")) == 2


@pytest.mark.parametrize(
    ("answer", "badge"),
    [
        (PLAIN, "Answered"),
        (replace(PLAIN, status="partial"), "Partly answered"),
        (DISAGREE, "Articles disagree"),
        (ABSTAIN, "Not in these articles"),
    ],
)
def test_the_badge_and_the_text_name_the_status(answer, badge):
    assert f">{badge}</span>" in render_answer(answer)
    assert render.render_text(answer).startswith(badge)


def test_a_disagreement_names_each_side_with_who_and_when():
    page = Page(render_answer(DISAGREE))
    rows = page.text[page.text.index("Who says so") :]
    assert "340 seafarersHarbour Post, 13 May 2024 [1]" in rows
    assert "210 seafarersCoastal Wire, 14 May 2024 (date from the text) [2]" in rows
    text = render.render_text(DISAGREE)
    assert "Articles disagree: how many seafarers walked out" in text
    assert "  210 seafarers: Coastal Wire, 14 May 2024 (date from the text) [2]" in text
    assert "Most of the crews were on leave." in text


def test_why_a_sentence_was_found_is_shown_in_the_fold_below_its_quote():
    why = Why(1, 0.62, 0.8, 0.71, Shares(dense=0.5, date=0.93))
    page = Page(render_answer(replace(DISAGREE, why=(why,))))
    assert page.text.count("Why this sentence") == 1
    told = page.text[page.text.index("Why this sentence") :]
    assert "Meaning of the sentence 0.62" in told
    assert "Day of publication 0.93" in told
    assert "Words of its passage" not in told  # it took no part
    assert "Why this sentence" not in render_answer(DISAGREE)


def test_an_abstention_says_so_and_shows_the_nearest_sentences():
    for shown in (render_answer(ABSTAIN), render.render_text(ABSTAIN)):
        assert "No article in this folder says this." in shown
        assert esc(scripted.BOATS) in shown
        assert "local model" not in shown


def test_an_undated_article_of_no_known_outlet_is_named_as_such():
    text = render.render_text(ABSTAIN)
    assert "[2] island-notes.txt, date unknown · island-notes.txt" in text
    shown = render_answer(ABSTAIN)
    assert "unknown outlet" in shown
    assert "date unknown" in shown


def test_notices_are_visible_while_writing_and_after():
    notice = "The language model stopped and was started again."
    running = Exchange("q").after(Found(PLAIN.citations)).after(Notice(notice))
    assert notice in render_exchange(running)
    finished = replace(PLAIN, notices=(notice,))
    assert notice in render_answer(finished)
    assert f"Note: {notice}" in render.render_text(finished)


def test_quotes_are_on_screen_before_anything_is_written():
    shown = Page(render_exchange(Exchange("q").after(Found(PLAIN.citations))))
    assert all(citation.quote in shown.text for citation in PLAIN.citations)
    assert "Reading the quotes" in shown.text


@pytest.mark.parametrize("article", [FERRY, WIRE, LETTER], ids=lambda article: article.id)
def test_the_marked_text_is_the_cited_span(article):
    for quote in re.findall(r"[A-Z][^.]*\.", article.text):
        start = article.text.index(quote)
        page = Page(render_article(article, start, start + len(quote)))
        assert page.marked == quote


def test_a_span_over_a_paragraph_break_is_marked_on_both_sides():
    start = FERRY.text.index("broke down.")
    end = FERRY.text.index("The union said") + len("The union said")
    page = Page(render_article(FERRY, start, end))
    assert page.marked == "broke down.The union said"


def test_the_page_of_a_paginated_file_is_told_wherever_its_sentence_is():
    pages = (0, FERRY.text.index("The union said"), FERRY.text.index("The company"))
    paged = replace(FERRY, name="report.pdf", pages=pages)
    first = scripted.citation(1, paged, "Ferry crews at Marlow harbour stopped work")
    second = scripted.citation(2, paged, scripted.JOINED)
    answer = replace(DISAGREE, citations=(first, second))
    for shown in (render.render_text(answer), Page(render_answer(answer)).text):
        assert "report.pdf, page 1" in shown
        assert "report.pdf, page 2" in shown
    assert "report.pdf, page 2" in render.render_markdown(answer)
    assert answer.to_dict()["citations"][1]["page"] == 2
    assert "report.pdf · page 2 of 3" in Page(render_article(paged, second.start, second.end)).text
    assert "page 2" not in Page(render_article(FERRY, second.start, second.end)).text
    assert scripted.citation(1, FERRY, scripted.JOINED).page is None


@pytest.mark.parametrize("span", [(-5, 3), (10, 5), (10**9, 10**9 + 5), (0, 10**9)])
def test_a_span_outside_the_text_never_breaks_the_article(span):
    page = Page(render_article(FERRY, *span))
    assert "Ferry crews at Marlow harbour" in page.text


def test_text_loses_what_steers_a_terminal_and_what_cannot_be_seen():
    hidden = "red\x1b[31m\x07 tag\U000e0041 zero\u200bwidth \u202eright \ud800end\nnext"
    assert render.clean(hidden) == "red[31m tag zerowidth right ?end\nnext"
    assert render.clean("می\u200cخواهم") == "می\u200cخواهم"


@pytest.mark.parametrize("payload", PAYLOADS)
def test_markdown_can_neither_load_nor_link(payload):
    page = render.render_markdown(poisoned(payload))
    unescaped = re.sub(r"\\.", "", page)
    assert not re.search(r"[<`\[\]~]|!\[", unescaped)


def test_the_saved_json_is_the_answer_to_the_last_character():
    quote = "Zero\u200bwidth and “quotes” & <tags>"
    answer = replace(PLAIN, citations=(replace(PLAIN.citations[0], quote=quote),))
    buttons = [b for b in Page(render_answer(answer)).all("button") if "data-type" in b]
    (text,) = [b["data-text"] for b in buttons if b["data-type"] == "application/json"]
    assert json.loads(text)["citations"][0]["quote"] == quote


def test_history_holds_what_was_answered_and_what_was_stopped_but_no_failures():
    finished = replace(Exchange("first"), answer=PLAIN, progress="finished")
    stopped = replace(Exchange("second"), claims=PLAIN.claims[:1]).stop()
    failed = Exchange("third").fail("The language model cannot be reached.")
    history = turns((finished, stopped, failed))
    assert [turn.question for turn in history] == ["first", "second"]
    assert history[0].answer == PLAIN.answer
    assert history[1].answer == PLAIN.claims[0].text


DAY = "2024-05-21"
OLD = DISAGREE.citations[0]
CHANGED = replace(FERRY, text=f"Corrected. {FERRY.text}")
SHORTENED = replace(FERRY, text=FERRY.text.replace(scripted.JOINED, "The union gave no number."))
FATES = {
    "same": Standing(OLD, "same", FERRY, (OLD.start, OLD.end), DAY),
    "elsewhere": Standing(OLD, "changed", CHANGED, (OLD.start + 11, OLD.end + 11), DAY),
    "changed": Standing(OLD, "changed", SHORTENED, None, DAY),
    "moved": Standing(OLD, "moved", replace(FERRY, name="b.html"), (OLD.start, OLD.end), DAY),
    "misquoted": Standing(OLD, "misquoted", SHORTENED),
    "withdrawn": Standing(OLD, "withdrawn", since=DAY),
    "unknown": Standing(OLD, "unknown"),
}


@pytest.mark.parametrize("fate", FATES)
def test_an_old_citation_is_opened_with_what_became_of_it(fate):
    standing = FATES[fate]
    page = Page(render_standing(standing))
    (note,) = page.all("p", class_="dl-notice dl-outdated-note")
    assert note["role"] == "status"
    assert ("noticed on 21 May 2024" in page.text) is (standing.since is not None)
    assert (page.marked == OLD.quote) is (standing.span is not None)
    assert ("Ferry crews at Marlow harbour" in page.text) is (standing.article is not None)
    assert FERRY.title in page.text
    if standing.span is None:
        assert page.text.count(OLD.quote) == 1  # what was cited is not lost with the article
    else:  # told where the reader looks, not at the top of a long article
        assert re.search(
            r"</p><p class=.dl-notice[^<]*</p><p[^>]*>[^<]*<mark", render_standing(standing)
        )


def test_an_article_as_it_was_cited_comes_without_a_note():
    shown = render_standing(Standing(OLD, "same", FERRY, (OLD.start, OLD.end)))
    assert shown == render_article(FERRY, OLD.start, OLD.end)
    assert "dl-notice" not in shown


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_citation_full_of_payloads_is_text_when_its_article_is_gone(payload):
    bad = poisoned(payload).citations[0]
    for standing in (Standing(bad, "withdrawn", since=DAY), Standing(bad, "changed", FERRY)):
        page = Page(render_standing(replace(standing, citation=bad)))
        assert {tag for tag, _ in page.elements} <= {
            "article", "button", "header", "p", "span", "h2", "div", "q", "a",
        }  # fmt: skip
        assert all({"src", "style", "onload"}.isdisjoint(attrs) for _, attrs in page.elements)


def exchanged(answer, *standings):
    return replace(Exchange("q"), answer=answer, progress="finished", standings=standings)


@pytest.mark.parametrize("fate", FATES)
def test_the_history_says_what_became_of_a_citation_at_its_marker_and_its_quote(fate):
    standing = FATES[fate]
    page = Page(render_conversation([exchanged(DISAGREE, standing)]))
    told = label(standing)
    assert page.text.count(told) == 1
    first, second = page.all("button", class_="dl-cite dl-outdated")  # in the text and its table
    assert told[1:] in first["aria-label"]
    assert told in first["data-from"] == second["data-from"]
    assert ("has changed since (one sentence" in page.text) is (not standing.stands)
    assert all(c.n != 1 for c in map(sent_with, page.all("button", class_="dl-cite")))


def sent_with(button):
    return citation_of(json.loads(button["data-citation"]))


def test_an_answer_whose_citations_stand_is_drawn_as_it_was():
    assert render_conversation([exchanged(DISAGREE)]) == render_exchange(exchanged(DISAGREE))
    assert "dl-outdated" not in render_conversation([exchanged(DISAGREE)])


def test_the_nearest_sentences_of_an_abstention_are_judged_too():
    gone = Standing(ABSTAIN.near_misses[1], "withdrawn", since=DAY)
    assert "withdrawn: the article is gone" in render_conversation([exchanged(ABSTAIN, gone)])
