"""A follow-up that no rule is sure of -> the language model's wording of it, if it can be trusted.

One short prompt, one line back, within a time limit. What comes back is taken only if it keeps
every name and figure of the follow-up, brings in none that the conversation does not hold, and
still asks about the follow-up's own words; otherwise, and when the model fails or is slow, the
rule's wording stays. Knows nothing of articles.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from contextlib import closing

from index.errors import WriterError
from rag.llm import Writer, neutralise
from rag.llm_client import Message
from rag.schema import Turn
from rag.terms import content_words, names, stem, stems

MAX_TOKENS = 60
MAX_CHARACTERS = 300  # of a wording; a longer one is no question any more
N_TURNS = 3  # exchanges that the model is shown
_SHOWN = 240  # characters of each question and answer in the prompt
_LEAST_KEPT = 0.5  # share of the follow-up's own telling words that its wording must hold

_SYSTEM = (
    "Rewrite the last question of a conversation so that it can be understood without the "
    "conversation. Put names in the place of pronouns and of what is left out. Keep its words, "
    "names and figures, add nothing new, and do not answer it. If it is complete already, repeat "
    "it. Write only the question."
)
_EXAMPLES = (
    (
        "Question: How many trams does the town of Orsk run?\n"
        "Answer: Orsk runs 40 trams, the council said.\n"
        "Last question: Who said so, and when?",
        "Who said that Orsk runs 40 trams, and when?",
    ),
    (
        "Question: Who is the mayor of Orsk?\n"
        "Answer: Lena Varga is the mayor of Orsk.\n"
        "Question: How old is she?\n"
        "Answer: She is 52.\n"
        "Last question: And her deputy?",
        "How old is the deputy of Lena Varga, the mayor of Orsk?",
    ),
)
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


def prompt(text: str, known: Sequence[Turn]) -> list[Message]:
    """Return the messages that ask for a question's wording without its conversation."""
    messages = [{"role": "system", "content": _SYSTEM}]
    for asked, worded in _EXAMPLES:
        messages.append({"role": "user", "content": asked})
        messages.append({"role": "assistant", "content": worded})
    lines = [
        f"{kind}: {_shown(said)}"
        for turn in known[-N_TURNS:]
        for kind, said in (("Question", turn.question), ("Answer", turn.answer))
        if said.strip()
    ]
    lines.append(f"Last question: {_shown(text)}")
    return [*messages, {"role": "user", "content": "\n".join(lines)}]


def reword(writer: Writer, text: str, known: Sequence[Turn], limit_s: float) -> str | None:
    """Return the model's wording of a follow-up; None where the rule's has to do.

    Waits at most ``limit_s`` seconds. A request that takes longer is closed at its next piece.
    """
    said: list[str] = []
    is_late = threading.Event()
    done = threading.Event()

    def ask() -> None:
        try:
            pieces = writer.stream(prompt(text, known), max_tokens=MAX_TOKENS, stop=("\n",))
            with closing(pieces):  # type: ignore[type-var]  # stream is a generator
                for piece in pieces:
                    said.append(piece)
                    if is_late.is_set():
                        return
            done.set()
        except WriterError:
            return  # the rule's wording stays; writing the answer will tell what is wrong

    asking = threading.Thread(target=ask, daemon=True, name="reword")
    asking.start()
    asking.join(limit_s)
    is_late.set()
    if not done.is_set():
        return None
    worded = " ".join("".join(said).split()).strip('"“” ')
    return worded if is_trusted(worded, text, known) else None


def is_trusted(worded: str, text: str, known: Sequence[Turn]) -> bool:
    """Tell whether a wording keeps what the follow-up says and says nothing of its own."""
    if not worded.endswith("?") or len(worded) > MAX_CHARACTERS or worded.count("?") > 2:
        return False
    conversation = " ".join([text, *(f"{turn.question} {turn.answer}" for turn in known)])
    inside, kept = set(stems(conversation)), set(stems(worded))
    for name in names(text, in_question=True):
        if not set(stems(name)) <= kept:
            return False
    if not set(_FIGURE.findall(text)) <= set(_FIGURE.findall(worded)):
        return False
    if not set(_FIGURE.findall(worded)) <= set(_FIGURE.findall(conversation)):
        return False
    if any(not set(stems(name)) <= inside for name in names(worded, in_question=True)):
        return False
    own = [stem(word) for word in content_words(text)]
    return sum(word in kept for word in own) >= _LEAST_KEPT * len(own)


def _shown(text: str) -> str:
    """Return a text on one line, cut at a word, with nothing in it that a template would read."""
    line = " ".join(re.sub(r"\s*\[\d+\]", "", neutralise(text)).split())
    return line if len(line) <= _SHOWN else line[:_SHOWN].rsplit(" ", 1)[0] + " ..."
