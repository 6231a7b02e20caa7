"""Write docs/screenshots/{light,dark}-{wide,narrow}.png: the chat after a click on a citation.

    python docs/screenshots.py --scripted
    python docs/screenshots.py --home ~/.local/share/dateline --question "How many ...?"

Needs Chromium on the PATH and the ``dev`` extra. With ``--home``, the library there answers, by
the local model when its weights are there, else in quotes only.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from ui.web_chat import Assistant

ROOT = Path(__file__).resolve().parents[1]
SIZES = {"wide": (1280, 860), "narrow": (390, 844)}
SCRIPTED_QUESTION = "How many seafarers walked out?"
EXAMPLES = (
    SCRIPTED_QUESTION,
    "How did the ferry strike affect the islands?",
    "What did the mayor say about the strike?",
)


def main() -> None:
    """Serve the chat, ask in every size and scheme, and save what is seen."""
    options = _options()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("No chromium on the PATH: install it first (Debian: apt-get install chromium).")
    options.out.mkdir(parents=True, exist_ok=True)
    # Gradio reads both when it is first imported.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GRADIO_TEMP_DIR"] = folder
        with _served(options) as url:
            _photograph(url, chromium, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    library = parser.add_mutually_exclusive_group(required=True)
    library.add_argument("--scripted", action="store_true", help="a made-up library and answers")
    library.add_argument("--home", type=Path, help="the home folder of an indexed library")
    parser.add_argument("--question", help="asked on the page; needed with --home")
    parser.add_argument("--cite", type=int, default=1, help="which marker is clicked, from 1")
    parser.add_argument("--extractive", action="store_true", help="quotes only, no model")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "screenshots")
    options = parser.parse_args()
    if options.home and not options.question:
        parser.error("--home needs a --question that its articles answer")
    options.question = options.question or SCRIPTED_QUESTION
    return options


@contextmanager
def _served(options: argparse.Namespace) -> Iterator[str]:
    """Serve the chat on a free port of this machine and yield its address."""
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    from ui import web

    assistant = _scripted() if options.scripted else _open(options)
    examples = EXAMPLES if options.scripted else (options.question,)
    page = web.build(assistant, examples=examples)
    try:
        _, url, _ = page.launch(**web.launch_options())
        yield url
    finally:
        page.close(verbose=False)
        assistant.close()


def _scripted() -> Assistant:
    from scripted import ScriptedAssistant

    return ScriptedAssistant()


def _open(options: argparse.Namespace) -> Assistant:
    from index.settings import IndexSettings
    from rag.assistant import open_assistant
    from rag.settings import RagSettings

    settings = RagSettings(extractive=options.extractive)
    return open_assistant(IndexSettings(home=options.home.expanduser().absolute()), settings)


def _photograph(url: str, chromium: str, options: argparse.Namespace) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            for name, (width, height) in SIZES.items():
                context = browser.new_context(
                    viewport={"width": width, "height": height},
                    color_scheme=scheme,
                    reduced_motion="reduce",
                )
                page = context.new_page()
                page.set_default_timeout(120_000)  # the first answer waits for the model to load
                page.goto(url)
                _ask_and_cite(page, options)
                path = options.out / f"{scheme}-{name}.png"
                page.screenshot(path=path)
                print(path)
                context.close()
        browser.close()


def _ask_and_cite(page: Page, options: argparse.Namespace) -> None:
    page.get_by_role("textbox", name="Your question").fill(options.question)
    page.keyboard.press("Enter")
    page.locator("#dl-live [data-progress=finished]").wait_for()
    # An abstention has no markers: its nearest sentences open the same way.
    cited = page.locator("#dl-live .dl-cite")
    cited = cited if cited.count() else page.locator("#dl-live .dl-card-open")
    cited.nth(min(options.cite, cited.count()) - 1).click()
    page.locator("#dl-reader mark").first.wait_for()
    page.wait_for_function("document.activeElement.tagName === 'MARK'")
    # On a narrow screen the article lies below the answer: show it from its headline on.
    if page.viewport_size["width"] < SIZES["wide"][0]:
        page.evaluate("document.querySelector('#dl-reader').scrollIntoView()")


if __name__ == "__main__":
    main()
