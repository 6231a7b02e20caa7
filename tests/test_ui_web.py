"""The web chat without a browser: what is asked, what is refused, and what the server lets in."""

import inspect
import threading
from dataclasses import asdict, replace

import gradio as gr
import httpx
import pytest
import scripted
from scripted import ScriptedAssistant, ScriptedError

from index.errors import InputError
from rag.question import MAX_CHARACTERS
from rag.schema import Filters
from rag.standing import Standing
from ui import web, web_chat
from ui.exchange import Exchange
from ui.web_chat import Options, converse, open_article, refused
from ui.web_guard import MAX_BODY_BYTES


def ask(assistant, text="How many seafarers walked out?", earlier=(), options=None):
    return list(converse(assistant, text, earlier=earlier, options=options or Options()))


def test_an_answer_arrives_in_order_quotes_first():
    states = ask(ScriptedAssistant())
    assert [len(state.claims) for state in states] == [0, 0, 0, 1, 2, 2]
    assert [bool(state.evidence) for state in states] == [False, False, True, True, True, True]
    assert [state.progress for state in states] == ["running"] * 5 + ["finished"]


def test_filters_as_of_history_and_mode_reach_the_assistant():
    assistant = ScriptedAssistant()
    first = ask(assistant)[-1]
    options = Options(("Harbour Post",), "2024-05-01", "2024-05-31", "2024-06-01", extractive=True)
    ask(assistant, "And the islands?", earlier=(first,), options=options)
    question = assistant.asked[-1]
    assert question.filters == Filters("2024-05-01", "2024-05-31", ("Harbour Post",))
    assert question.as_of == "2024-06-01"
    assert [turn.question for turn in question.history] == ["How many seafarers walked out?"]
    assert assistant.extractive == [False, True]


def test_authors_languages_and_a_folder_are_limits_too(tmp_path):
    options = Options(authors="Ana  Roe, , Bo Lind", languages="en,de", folder=f" {tmp_path}/ ")
    limits = options.filters()
    assert limits.authors == ("Ana Roe", "Bo Lind")
    assert limits.languages == ("en", "de")
    assert limits.folders == (str(tmp_path.resolve()),)
    assert Options().filters() == Filters()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (Options(date_from="2024-02-30"), 'Published from is "2024-02-30"'),
        (Options(date_to="soon"), 'Published to is "soon"'),
        (Options(as_of="31/05/2024"), 'As of is "31/05/2024"'),
        (Options(date_from="2024-06-01", date_to="2024-05-01"), "is later than"),
    ],
)
def test_dates_that_make_no_sense_are_refused_in_one_line(options, says):
    exchange = refused("Why?", options)
    assert exchange is not None
    assert says in exchange.error
    assert "\n" not in exchange.error
    assistant = ScriptedAssistant()
    assert ask(assistant, options=options)[-1].progress == "failed"
    assert assistant.asked == []


@pytest.mark.parametrize("n_chars", [MAX_CHARACTERS + 1, 5_000_000])
def test_a_question_that_is_too_long_is_refused_with_both_numbers(n_chars):
    exchange = refused("a" * n_chars, Options())
    assert exchange is not None
    assert f"{n_chars:,}" in exchange.error
    assert f"{MAX_CHARACTERS:,}" in exchange.error
    assert len(exchange.question) <= 200
    assert refused("a" * MAX_CHARACTERS, Options()) is None


def test_a_known_error_is_one_line_and_what_was_found_stays():
    last = ask(ScriptedAssistant(error=ScriptedError("The language model does not answer.")))[-1]
    assert last.error == "The language model does not answer."
    assert last.evidence


def test_a_bug_is_one_line_without_its_inner_text(caplog):
    last = ask(ScriptedAssistant(error=RuntimeError("secret inner text")))[-1]
    assert "RuntimeError" in last.error
    assert "secret" not in last.error
    assert "secret inner text" in caplog.text


def test_closing_the_conversation_closes_the_assistant():
    assistant = ScriptedAssistant()
    states = converse(assistant, "How many?", earlier=(), options=Options())
    for _ in range(3):
        next(states)
    states.close()
    assert assistant.n_stopped == 1


def sent(**changed):
    """Return what the page sends for a citation, with some of it changed."""
    return {**asdict(scripted.citation(1, scripted.FERRY, scripted.JOINED)), **changed}


def test_a_citation_opens_its_sentence():
    shown = open_article(ScriptedAssistant(), sent())
    assert f'<mark tabindex="-1">{scripted.JOINED}</mark>' in shown


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        [],
        "x",
        {},
        sent(start="x"),
        sent(start=-1),
        sent(end=None),
        sent(quote=1),
        sent(n=True),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_citation_that_says_nothing_of_use_is_told(wrong):
    shown = open_article(ScriptedAssistant(), wrong)
    assert "ask again" in shown
    assert 'role="alert"' in shown


@pytest.mark.parametrize("name", ["<gone>", "../../etc/passwd", ""])
def test_a_citation_of_no_article_says_so(name):
    shown = open_article(ScriptedAssistant(), sent(article_id=name))
    assert "never held" in shown
    assert "<gone>" not in shown


def test_a_library_that_cannot_be_read_is_told_in_the_reader_and_stops_no_question():
    class Broken(ScriptedAssistant):
        def standing(self, citation):
            raise ScriptedError("The library could not be read.")

    assert "could not be read" in open_article(Broken(), sent())
    first = ask(Broken())[-1]
    assert web_chat.reviewed(Broken(), (first,)) == (first,)


def test_the_history_is_judged_when_it_is_drawn_again():
    assistant = ScriptedAssistant()
    first = ask(assistant)[-1]
    assert web_chat.reviewed(assistant, (first,)) == (first,)
    assistant.fates[2] = Standing(first.answer.citations[1], "withdrawn", since="2024-05-21")
    (judged,) = web_chat.reviewed(assistant, (first,))
    assert [standing.citation.n for standing in judged.standings] == [2]
    begun = updates(assistant, "And the islands?", (first,))[0]
    assert "withdrawn: the article is gone (noticed on 21 May 2024)" in begun[1]
    stopped = replace(first, answer=None, evidence=first.evidence, progress="stopped")
    assert len(web_chat.reviewed(assistant, (stopped,))[0].standings) == 1


def updates(assistant, text, earlier=(), options=None):
    return list(web._respond(assistant, text, earlier, options or Options()))


def test_while_an_answer_is_being_written_another_question_waits_in_the_box():
    running = (Exchange("first"),)
    assistant = ScriptedAssistant()
    (update,) = updates(assistant, "second", running)
    assert all(each == gr.skip() for each in update)
    assert assistant.asked == []


def test_a_refused_question_stays_in_the_box_and_makes_way_for_the_next():
    (update,) = updates(ScriptedAssistant(), "Why?", (), Options(as_of="never"))
    conversation, box = update[0], update[4]
    assert box == gr.skip()
    assert conversation[-1].refused
    last = updates(ScriptedAssistant(), "Why?", conversation)[-1]
    assert [exchange.progress for exchange in last[0]] == ["finished"]


def test_stopping_keeps_what_was_checked():
    running = replace(Exchange("q"), claims=scripted.scripted("q").claims[:1])
    conversation, _, live, *_ = web._stop((running,))
    assert conversation[-1].progress == "stopped"
    assert running.claims[0].text.split()[0] in live
    assert "Stopped" in live


def test_the_scripted_assistant_keeps_the_interface():
    for name in ("ask", "standing", "sources", "close"):
        wanted = inspect.signature(getattr(web_chat.Assistant, name))
        given = inspect.signature(getattr(ScriptedAssistant, name))
        assert list(given.parameters) == list(wanted.parameters)


@pytest.fixture(scope="module")
def address():
    page = web.build(ScriptedAssistant(), examples=("How many seafarers walked out?",))
    _, url, _ = page.launch(**web.launch_options())
    yield url.rstrip("/")
    page.close(verbose=False)


def test_the_page_carries_a_policy_that_keeps_everything_at_home(address):
    reply = httpx.get(f"{address}/")
    assert reply.status_code == 200
    policy = reply.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http" not in policy
    assert "frame-ancestors 'none'" in policy
    for foreign in ("googleapis", "cdnjs", "huggingface.co/"):
        assert f"//{foreign}" not in reply.text


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file=../../etc/passwd",
        "/gradio_api/file=%2Fetc%2Fpasswd",
        "/gradio_api/file//etc/passwd",
        "/gradio_api/proxy=https://example.com/",
        "/gradio_api/info",
        "/gradio_api/openapi.json",
        "/gradio_api/upload_progress?upload_id=1",
        "/docs",
        "/openapi.json",
    ],
)
def test_files_proxies_and_descriptions_are_not_served(address, path):
    assert httpx.get(f"{address}{path}").status_code in {403, 404}


def test_nothing_can_be_uploaded(address):
    reply = httpx.post(f"{address}/gradio_api/upload", files={"files": ("a.txt", b"x")})
    assert reply.status_code == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_not_served(address, method):
    assert httpx.request(method, f"{address}/gradio_api/queue/join").status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Host": "evil.example"},
        {"Host": "evil.example:7860", "Origin": "http://evil.example:7860"},
    ],
    ids=str,
)
def test_other_pages_and_other_names_are_refused(address, headers):
    for path in ("/gradio_api/queue/join", "/gradio_api/run/predict", "/gradio_api/cancel"):
        reply = httpx.post(f"{address}{path}", headers=headers, json={"data": []})
        assert reply.status_code == 403


def test_a_request_past_the_limit_is_refused_before_it_is_read(address):
    url = f"{address}/gradio_api/queue/join"
    assert httpx.post(url, content=b"x" * (MAX_BODY_BYTES + 1)).status_code == 413


def test_a_request_of_unknown_length_is_refused(address):
    reply = httpx.post(f"{address}/gradio_api/queue/join", content=iter([b"{}"]))
    assert reply.status_code == 411


def test_a_taken_port_is_one_clear_line(address):
    port = int(address.rsplit(":", 1)[1])
    with pytest.raises(InputError, match=f"port {port}.*--port"):
        web.serve(ScriptedAssistant(), port=port, open_browser=False, announce=lambda _: None)


def test_an_interrupt_closes_the_chat_and_frees_its_port():
    said = []

    def interrupt(line):
        said.append(line)
        if len(said) == 1:
            raise KeyboardInterrupt

    web.serve(ScriptedAssistant(), open_browser=False, announce=interrupt)
    url = said[0].split()[5]
    assert said[1] == "The chat is closed."
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_no_event_can_be_called_through_the_client_interface():
    page = web.build(ScriptedAssistant(), examples=("Why?",))
    assert {fn.api_visibility for fn in page.fns.values()} == {"private"}


def test_questions_of_two_readers_are_answered_at_the_same_time():
    first, second = threading.Event(), threading.Event()
    one = converse(ScriptedAssistant(gates=(first,)), "How many?", earlier=(), options=Options())
    two = converse(ScriptedAssistant(gates=(second,)), "How many?", earlier=(), options=Options())
    second.set()
    next(one)
    assert list(two)[-1].progress == "finished"
    one.close()
    assert web.PARALLEL_QUESTIONS > 1
