"""Evidence -> drafted sentences, by a language model or by quoting.

The model sees a few numbered sentences with outlet and date, and nothing else; what it writes is
cut into sentences as it streams, each with the numbers it cites. Nothing here is checked yet:
that is ``rag.verify``'s work. Knows nothing of retrieval.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass

from rag.figures import figures
from rag.llm import Writer, neutralise
from rag.llm_client import Message
from rag.schema import Evidence
from rag.terms import content_words, holds, stem, stems

NOT_FOUND = "NOT FOUND"
MIN_WORDS = 5  # of a drafted sentence that holds no figure
MAX_SENTENCE = 420  # characters of an evidence sentence in the prompt: 60 tokens a second are read

_SYSTEM = (
    "You answer a journalist's question using only the numbered sentences from news articles. "
    "Write one to three short sentences. End every sentence with the number of the sentence it "
    "comes from, like [2]. Copy names, figures and dates exactly as they stand. When sentences "
    "give different figures, report each with who says it. When the sentences do not say what is "
    f"asked, write only: {NOT_FOUND}"
)
_AGAIN = (
    "“{failed}” says what the sentence does not say. Answer in one sentence with the words of the "
    "sentence alone."
)
_EXAMPLES = (
    (
        "[1] Northgate Wire, 2021-03-03: Some 1,200 people left the flooded valley on Monday, the "
        "mayor of Orsk said.\n"
        "[2] Harbour Courier, 2021-03-04: The rescue service put the number of evacuated "
        "residents at 1,450.\n"
        "[3] Harbour Courier, 2021-03-04: Two schools in the valley stay closed until Friday.\n\n"
        "Question: How many people left the valley?",
        "The mayor of Orsk said some 1,200 people left the valley [1]. The rescue service put "
        "the number at 1,450 [2].",
    ),
    (
        "[1] Harbour Courier, 2021-03-04: Two schools in the valley stay closed until Friday, the "
        "council announced.\n"
        "[2] Northgate Wire, 2021-03-03: Rescuers said the water was still rising.\n\n"
        "Question: How many people died in the flood?",
        NOT_FOUND,
    ),
    (
        "[1] Harbour Courier, 2021-03-04: Two schools in the valley stay closed until Friday, the "
        "council announced.\n"
        "[2] Northgate Wire, 2021-03-03: Rescuers said the water was still rising.\n\n"
        "Question: Until when are the schools closed?",
        "The two schools stay closed until Friday, the council announced [1].",
    ),
)
_CITED = re.compile(r"[\[【]{1,2}\s*(\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*)\s*[\]】]{1,2}")
_END = re.compile(
    r"""(?<=[.!?])["'”’)]*(?:\s*(?:[\[【]+[\d,;\s–-]+[\]】]+))*(?=\s+["'“‘(]?[A-Z0-9À-Þ$€£]|\s*\n)"""
    r"""|[\]】]\s*[.!?]["'”’)]*(?=\s)|(?<=[\w\]】])\s*\n"""
)
_BEHIND_THE_END = re.compile(r"(?<=[.!?])\s*[,;:/|*_][.,;:/|*_\s]*$")  # added when all is said
_GIVES_ANSWERS = re.compile(
    r"(?:^|[.,;:!?]\s)\W*(?:is|are|am|was|were|do|does|did|has|have|had|will|would|can|could|should"
    r"|may|might|must)(?:n['’]t)?\b|\bor\b|\bwhether\b",
    re.IGNORECASE,
)
_ABBREVIATED = re.compile(
    r"\b(?:(?:[A-Z]\.)*[A-Z]|Mr|Mrs|Ms|Dr|Prof|Gen|Col|Lt|Sgt|Capt|Sen|Rep|Gov|Pres|St|No|Jr|Sr"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.$"
)


@dataclass(frozen=True, slots=True)
class Draft:
    """One drafted sentence without its marks; ``cited`` are numbers as written, in range or not."""

    text: str
    cited: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """A drafted sentence that was removed, and the evidence that comes nearest to saying it."""

    text: str
    reason: str
    n: int
    evidence: Evidence
    partly: bool  # it says that, and more


def prefix() -> list[Message]:
    """Return the messages that every prompt begins with: a server reads them only once."""
    messages = [{"role": "system", "content": _SYSTEM}]
    for asked, answered in _EXAMPLES:
        messages.append({"role": "user", "content": asked})
        messages.append({"role": "assistant", "content": answered})
    return messages


def prompt(question: str, evidence: Sequence[Evidence]) -> list[Message]:
    """Return the messages that ask a model to answer from the evidence, numbered from 1."""
    lines = [_line(n, e) for n, e in enumerate(evidence, start=1)]
    content = "\n".join(lines) + f"\n\nQuestion: {neutralise(question)}"
    return [*prefix(), {"role": "user", "content": content}]


def refusal(writer: Writer, question: str, evidence: Sequence[Evidence]) -> float | None:
    """Return how likely the model is to find no answer in the evidence, in [0, 1].

    None where its endpoint cannot tell. Raises WriterError.
    """
    return writer.begins(prompt(question, evidence), NOT_FOUND.split()[0])


def grammar(n_evidence: int) -> str:
    """Return the grammar (GBNF) of an answer: one line, and in brackets only numbers of evidence.

    No list and no heading, then, and no number that no evidence has. It asks for no number, no
    words and no full stop: a model that has said all it wants and is not let go fills the line
    with rubbish, and not every script parts words.
    """
    numbers = " | ".join(f'"[{n}]"' for n in range(1, n_evidence + 1))
    # Each text can be read in one way only: where it could in many, the sampler tries them all.
    return f"root ::= (sign | number)+\nsign ::= [^\\r\\n\\[\\]]\nnumber ::= {numbers}\n"


def write(
    writer: Writer, question: str, evidence: Sequence[Evidence], max_tokens: int
) -> Generator[Draft, None, None]:
    """Yield the model's sentences as each is finished. Raises WriterError in between."""
    messages = prompt(question, evidence)
    yield from _sentences(writer, messages, max_tokens, grammar(len(evidence)))


def _sentences(
    writer: Writer, messages: list[Message], max_tokens: int, form: str
) -> Generator[Draft, None, None]:
    waiting = ""
    for piece in writer.stream(messages, max_tokens=max_tokens, grammar=form):
        waiting += piece
        while end := _first_end(waiting):
            yield draft(waiting[:end])
            waiting = waiting[end:]
    if re.search(r"\w", waiting):
        yield draft(waiting)


def reword(
    writer: Writer, question: str, evidence: Evidence, failed: str, max_tokens: int
) -> Draft | None:
    """Return a sentence that failed as the model says it anew, from one evidence sentence alone.

    None where it writes nothing. Raises WriterError.
    """
    asked = prompt(question, [evidence])
    asked[-1]["content"] += f"\n\n{_AGAIN.format(failed=neutralise(failed))}"
    with closing(_sentences(writer, asked, max_tokens, grammar(1))) as drafts:
        return next(drafts, None)


def _first_end(text: str) -> int:
    """Return where the first sentence of a text ends; 0 while none does."""
    for match in _END.finditer(text):
        if match.group() or not _ABBREVIATED.search(text, 0, match.start()):
            return match.end()
    return 0


def draft(text: str) -> Draft:
    """Split a sentence into its words and the numbers it cites, however they are written."""
    cited: list[int] = []
    for match in _CITED.finditer(text):
        cited.extend(int(n) for n in re.findall(r"\d+", match.group(1)))
    bare = _CITED.sub("", text)
    bare = re.sub(r"[\[【][\d,;\s]*$", "", bare)  # a mark that the stream cut off
    bare = re.sub(r"\s+([.,;:!?])", r"\1", " ".join(bare.split()))
    bare = _BEHIND_THE_END.sub("", bare)
    return Draft(bare.strip(" \t*#`>-"), tuple(dict.fromkeys(cited)))


def is_refusal(text: str) -> bool:
    """Tell whether a drafted sentence says that the evidence does not answer."""
    lowered = text.lower()
    return NOT_FOUND.lower() in lowered or bool(
        re.search(
            r"(?:\b(?:not|no|cannot)|n['’]t)\b.{0,40}\b(?:mention|state|specif|provide|contain|say|information)"
            r".{0,60}$",
            lowered,
        )
        and re.search(r"\b(?:sentence|article|text|source|information|provided)s?\b", lowered)
    )


def emptiness(text: str, question: str) -> str | None:
    """Return why a drafted sentence tells nothing, however true it is; None where it does.

    A few words without a figure are no sentence that one could check or quote (where a script
    without capitals parts its words, nobody here knows); and who asks what, who or why is not told
    by the question's own words. Yes or no, and one of two, are.
    """
    if len(text.split()) < MIN_WORDS and text.lower() != text.upper() and not figures(text):
        return "It is no sentence."
    if _GIVES_ANSWERS.search(question):
        return None
    inside = set(stems(question))
    if all(holds(inside, stem(word)) for word in content_words(text)):
        return "It says no more than the question does."
    return None


def _line(n: int, evidence: Evidence) -> str:
    head = ", ".join(x for x in (evidence.article.source, evidence.article.published) if x)
    text = _shown(evidence.text)
    if len(text) > MAX_SENTENCE:
        text = text[:MAX_SENTENCE].rsplit(" ", 1)[0] + " ..."
    return f"[{n}] {_shown(head)}: {text}" if head else f"[{n}] {text}"


def _shown(text: str) -> str:
    """Return an article's words on one line, with no mark in them that could pass for ours."""
    return _CITED.sub(r"(\1)", " ".join(neutralise(text).split()))
