"""The web chat: a Gradio page on loopback. Conversation on the left, the article on the right.

Only lays out and wires: what happens is in ``ui/web_chat.py``, how it looks in ``ui/render*.py``
and ``ui/assets``. The caller sets GRADIO_ANALYTICS_ENABLED and GRADIO_TEMP_DIR before this module
is imported, since Gradio reads them once.
"""

from __future__ import annotations

import os
import threading
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from index.errors import InputError
from ui import web_chat
from ui.escape import esc
from ui.render_html import READER_HINT, render_conversation, render_exchange
from ui.web_chat import Assistant, Conversation, Options
from ui.web_guard import LOOPBACK, Guard
from ui.web_theme import theme

FIRST_PORT = 7860
PARALLEL_QUESTIONS = 4  # a slow answer must not hold up another reader's quotes
WAITING_QUESTIONS = 32  # beyond this a reader is told that the queue is full

Update = dict[str, Any]


def build(assistant: Assistant, *, examples: Sequence[str] = ()) -> gr.Blocks:
    """Return the page. Launch it with ``launch_options``, or use ``serve``."""
    with gr.Blocks(title="Dateline", analytics_enabled=False, fill_width=True) as page:
        conversation = gr.State(())
        _html(_masthead(assistant.sources()), elem_id="dl-masthead")
        with gr.Row(elem_id="dl-main", equal_height=False):
            with gr.Column(elem_id="dl-left", scale=3, min_width=300):
                parts = _conversation_column(assistant.sources(), examples)
            with gr.Column(elem_id="dl-right", scale=2, min_width=300):
                reader = _html(READER_HINT, elem_id="dl-reader", script="reader.js")
        _wire(assistant, conversation, parts=parts, reader=reader)
    page.queue(max_size=WAITING_QUESTIONS, default_concurrency_limit=PARALLEL_QUESTIONS)
    return page


def launch_options(host: str = "127.0.0.1", port: int | None = None) -> dict[str, Any]:
    """Return what ``Blocks.launch`` needs: style, guard, and everything we do not want off."""
    guard = Middleware(Guard, hosts=LOOPBACK if host in LOOPBACK else None)
    return {
        "server_name": host,
        "server_port": port,
        "theme": theme(),
        "head": f"<style>{_asset('chat.css')}</style>",
        "favicon_path": str(files("ui") / "assets" / "icon.svg"),
        "app_kwargs": {"middleware": [guard], "openapi_url": None},
        "footer_links": [],
        "share": False,
        "quiet": True,
        "inbrowser": False,
        "prevent_thread_lock": True,
        "ssr_mode": False,
        "pwa": False,
        "mcp_server": False,
        "enable_monitoring": False,
        "run_history": False,
        "max_file_size": 1,
        "state_session_capacity": 1000,
    }


def serve(
    assistant: Assistant,
    *,
    host: str = "127.0.0.1",
    port: int | None = None,
    open_browser: bool = True,
    examples: Sequence[str] = (),
    announce: Callable[[str], None] = print,
) -> None:
    """Serve the page until interrupted. Without a port: 7860, or the next that is free.

    Raises:
        InputError: When the port is taken or the address is not this machine's.
    """
    page = build(assistant, examples=examples)
    _bypass_proxy_for_loopback()
    try:
        _, url, _ = page.launch(**launch_options(host, port))
    except OSError as error:
        wanted = port if port is not None else f"{FIRST_PORT} and the ports after it"
        raise InputError(
            f"The chat cannot listen on {host}, port {wanted} ({error}): choose another --port."
        ) from error
    try:
        announce(f"The chat is open at {url}  (Ctrl+C ends it)")
        if open_browser:
            webbrowser.open(url)
        # Waiting without a limit cannot be interrupted on Windows.
        while not threading.Event().wait(timeout=3600):
            pass
    except KeyboardInterrupt:
        announce("The chat is closed.")
    finally:
        page.close(verbose=False)


class _Parts:
    """The components of the conversation column that events read or change."""

    log: gr.HTML
    live: gr.HTML
    welcome: gr.Column
    examples: list[gr.Button]
    box: gr.Textbox
    ask: gr.Button
    stop: gr.Button
    clear: gr.Button
    options: list[gr.components.Component]


def _conversation_column(sources: Sequence[str], examples: Sequence[str]) -> _Parts:
    parts = _Parts()
    parts.log = _html("", elem_id="dl-log", script="chat.js")
    parts.live = _html("", elem_id="dl-live", script="chat.js")
    with gr.Column(elem_id="dl-welcome", visible=bool(examples)) as parts.welcome:
        _html('<p class="dl-heading">Questions to start with</p>')
        parts.examples = [
            gr.Button(text, size="sm", elem_classes="dl-example", min_width=0) for text in examples
        ]
    with gr.Column(elem_id="dl-composer"):
        with gr.Row(elem_id="dl-ask-row", equal_height=True):
            parts.box = gr.Textbox(
                label="Your question",
                show_label=False,
                placeholder="Ask about these articles",
                lines=1,
                max_lines=6,
                scale=5,
                min_width=120,
                autofocus=True,
                elem_id="dl-question",
                container=False,
            )
            parts.ask = gr.Button("Ask", variant="primary", scale=0, min_width=84, elem_id="dl-ask")
            parts.stop = gr.Button(
                "Stop", variant="stop", scale=0, min_width=84, visible=False, elem_id="dl-stop"
            )
        with gr.Accordion("Filters", open=False, elem_id="dl-filters"):
            parts.options = _filter_row(sources)
        parts.clear = gr.Button(
            "New conversation", size="sm", visible=False, elem_id="dl-clear", min_width=0
        )
    return parts


def _filter_row(sources: Sequence[str]) -> list[gr.components.Component]:
    """Lay out the filters, in the order of the fields of ``Options``."""
    outlets = gr.Dropdown(
        choices=list(sources), multiselect=True, label="Outlets (empty: all of them)"
    )
    with gr.Row():
        dates = [
            gr.Textbox(label=label, placeholder="YYYY-MM-DD", min_width=120, max_lines=1)
            for label in ("Published from", "Published to", "As of")
        ]
    with gr.Row():
        texts = [
            gr.Textbox(label=label, placeholder=example, min_width=120, max_lines=1)
            for label, example in (
                ("Authors", "full names, separated by commas"),
                ("Languages", "en, de"),
                ("Folder", "with all folders below it"),
            )
        ]
    extractive = gr.Checkbox(label="Quotes only, no language model", value=False)
    return [outlets, *dates, *texts, extractive]


def _wire(assistant: Assistant, conversation: gr.State, *, parts: _Parts, reader: gr.HTML) -> None:
    page_parts = [
        conversation, parts.log, parts.live, parts.welcome,
        parts.box, parts.ask, parts.stop, parts.clear,
    ]  # fmt: skip

    def respond(text: str, earlier: Conversation, *fields: object) -> Iterator[list[Any]]:
        yield from _respond(assistant, text, earlier, _options(fields))

    inputs = [parts.box, conversation, *parts.options]
    quiet = {"show_progress": "hidden", "api_visibility": "private"}
    asked = [
        gr.on(
            [parts.box.submit, parts.ask.click], respond, inputs, page_parts,
            concurrency_id="ask", **quiet,
        )
    ]  # fmt: skip
    for button in parts.examples:
        filled = button.click(lambda text=button.value: text, None, parts.box, **quiet)
        asked.append(filled.then(respond, inputs, page_parts, concurrency_id="ask", **quiet))
    parts.stop.click(_stop, conversation, page_parts, cancels=asked, queue=False, **quiet)
    parts.clear.click(_clear, None, [*page_parts, reader], cancels=asked, queue=False, **quiet)

    def open_cited(event: gr.EventData) -> str:
        return web_chat.open_article(assistant, event._data)

    for pane in (parts.log, parts.live):
        pane.cite(open_cited, None, reader, queue=False, trigger_mode="multiple", **quiet)


def _options(fields: Sequence[Any]) -> Options:
    """Return the filter row's values, in the order in which ``_filter_row`` lays them out."""
    outlets, first, last, as_of, authors, languages, folder, extractive = fields
    outlets = tuple(outlets or ())
    return Options(outlets, first, last, as_of, authors, languages, folder, bool(extractive))


def _respond(
    assistant: Assistant, text: str, earlier: Conversation, options: Options
) -> Iterator[list[Any]]:
    """Yield updates of (conversation, log, live, welcome, box, ask, stop, clear)."""
    if not text.strip() or (earlier and earlier[-1].progress == "running"):
        yield [gr.skip()] * 8
        return
    earlier = tuple(each for each in earlier if not each.refused)
    log = render_conversation(web_chat.reviewed(assistant, earlier))
    refusal = web_chat.refused(text, options)
    if refusal is not None:
        yield [(*earlier, refusal), log, render_exchange(refusal), *_idle(keep_text=True)]
        return
    started = False
    for exchange in web_chat.converse(assistant, text, earlier=earlier, options=options):
        shown: list[Any] = [(*earlier, exchange), gr.skip(), render_exchange(exchange)]
        if not started:
            shown[1] = log
            yield [*shown, *_running()]
            started = True
        elif exchange.progress == "running":
            yield [*shown, *[gr.skip()] * 5]
        else:
            yield [*shown, *_idle(keep_text=True)]


def _running() -> list[Update]:
    """Updates of (welcome, box, ask, stop, clear) while an answer is being written."""
    hide, show = gr.update(visible=False), gr.update(visible=True)
    return [hide, gr.update(value=""), hide, show, hide]


def _idle(*, keep_text: bool) -> list[Update]:
    hide, show = gr.update(visible=False), gr.update(visible=True)
    return [hide, gr.skip() if keep_text else gr.update(value=""), show, hide, show]


def _stop(conversation: Conversation) -> list[Any]:
    if not conversation:
        return [gr.skip()] * 8
    stopped = (*conversation[:-1], conversation[-1].stop())
    return [stopped, gr.skip(), render_exchange(stopped[-1]), *_idle(keep_text=True)]


def _clear() -> list[Any]:
    show, hide = gr.update(visible=True), gr.update(visible=False)
    return [(), "", "", show, gr.update(value=""), show, hide, hide, READER_HINT]


def _masthead(sources: Sequence[str]) -> str:
    n = len(sources)
    outlets = f"{n} outlet{'s' * (n != 1)}: {', '.join(sources[:6])}{'…' * (n > 6)}" if n else ""
    return (
        '<header class="dl-masthead"><h1>Dateline</h1>'
        "<p>Every sentence of an answer cites the sentence that says so, and was checked "
        f'against it.</p><p class="dl-outlets">{esc(outlets)}</p></header>'
    )


def _html(value: str, *, elem_id: str | None = None, script: str | None = None) -> gr.HTML:
    """Return a pane that our own style sheet styles alone, with a script that runs once in it."""
    return gr.HTML(
        value,
        elem_id=elem_id,
        js_on_load=_asset(script) if script else None,
        apply_default_css=False,
    )


def _asset(name: str) -> str:
    return (files("ui") / "assets" / name).read_text("utf-8")


def _bypass_proxy_for_loopback() -> None:
    """Gradio asks its own address whether it is up; a proxy in the environment cannot answer."""
    for name in ("NO_PROXY", "no_proxy"):
        hosts = [*filter(None, os.environ.get(name, "").split(",")), "127.0.0.1", "localhost"]
        os.environ[name] = ",".join(dict.fromkeys(hosts))
