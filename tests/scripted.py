"""An assistant that answers from a script, for tests of the page: no index, no model, no wait.

It satisfies ``ui.web_chat.Assistant``. Quotes are found in its own articles, so spans are true.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from index.errors import DatelineError
from index.schema import Article, DateProvenance
from rag.schema import (
    Answer,
    Citation,
    Claim,
    Conflict,
    Event,
    Filters,
    Finished,
    Found,
    Notice,
    Question,
    Removed,
    Side,
    Status,
    Turn,
    Understood,
    WriterName,
    Wrote,
)
from rag.standing import Standing


def _article(
    name: str,
    title: str,
    text: str,
    *,
    source: str,
    published: str | None,
    published_from: DateProvenance = "meta",
) -> Article:
    return Article(
        id=name.split(".")[0],
        path=f"/articles/{name}",
        name=name,
        title=title,
        source=source,
        authors=("Ines Maro",),
        published=published,
        published_from=published_from,
        url=f"https://{source.split()[0].lower()}.example/{name}" if source else None,
        language="en",
        text=text,
    )


FERRY = _article(
    "ferry-strike.html",
    "Ferry crews walk out at Marlow harbour",
    "Ferry crews at Marlow harbour stopped work at dawn on Monday after talks over night shifts "
    "broke down.\n\n"
    "The union said 340 seafarers had joined the walkout. Four of the six daily crossings to the "
    "islands were cancelled, and travellers queued along the quay with their luggage.\n\n"
    "“Nobody wants to strand the islands,” said Petra Quill, who leads the union. “But a night "
    "shift of fourteen hours is not safe for anyone on board.”\n\n"
    "The harbour authority opened the old customs hall as a waiting room. Bread and fuel for the "
    "islands would be carried by two naval supply boats until Thursday, it said.\n\n"
    "Similar stoppages took place in the spring, when crews protested against a new rota. That "
    "dispute ended after nine days with a promise of talks.\n\n"
    "The company that runs the crossings, Northline, said it regretted the disruption and that "
    "tickets would be refunded within ten working days.",
    source="Harbour Post",
    published="2024-05-13",
)
WIRE = _article(
    "northline-statement.md",
    "Northline puts strike turnout at 210",
    "Northline said on Tuesday that 210 of its seafarers had taken part in the walkout at Marlow "
    "harbour. The company counts only those who were rostered for the day.\n\n"
    "It offered to shorten night shifts to twelve hours from July. The union has not answered.",
    source="Coastal Wire",
    published="2024-05-14",
    published_from="byline",
)
LETTER = _article(
    "island-notes.txt",
    "",
    "On the islands the shops ran out of fresh milk by Tuesday evening. The school stayed open.",
    source="",
    published=None,
    published_from="unknown",
)
ARTICLES = (FERRY, WIRE, LETTER)

JOINED = "The union said 340 seafarers had joined the walkout."
CANCELLED = (
    "Four of the six daily crossings to the islands were cancelled, and travellers queued along "
    "the quay with their luggage."
)
COUNTED = (
    "Northline said on Tuesday that 210 of its seafarers had taken part in the walkout at Marlow "
    "harbour."
)
OFFERED = "It offered to shorten night shifts to twelve hours from July."
MILK = "On the islands the shops ran out of fresh milk by Tuesday evening."
BOATS = (
    "Bread and fuel for the islands would be carried by two naval supply boats until Thursday, "
    "it said."
)


def citation(n: int, article: Article, quote: str) -> Citation:
    """Return a citation whose span is where the quote stands in the article."""
    start = article.text.index(quote)
    return Citation(
        n=n,
        article=article.name,
        title=article.title,
        source=article.source,
        published=article.published,
        url=article.url,
        start=start,
        end=start + len(quote),
        quote=quote,
        article_id=article.id,
        published_from=article.published_from,
        content_hash=article.content_hash,
        page=article.page_of(start),
    )


def answer(
    question: str,
    sentences: Sequence[tuple[str, tuple[int, ...]]],
    citations: Sequence[Citation],
    *,
    status: Status = "answered",
    writer: WriterName = "local",
) -> Answer:
    """Return an answer whose text is the sentences, each followed by its markers."""
    text, claims = "", []
    for sentence, numbers in sentences:
        text += " " * bool(text)
        claims.append(
            Claim(sentence, len(text), len(text) + len(sentence), "supported", 0.97, numbers)
        )
        text += f"{sentence} {''.join(f'[{n}]' for n in numbers)}"
    return Answer(
        id="a1",
        question=question,
        standalone_question=question,
        as_of="2024-05-20",
        date_range=None,
        status=status,
        answer=text,
        claims=tuple(claims),
        citations=tuple(citations),
        conflicts=(),
        near_misses=(),
        removed=(),
        retrieved=("ferry-strike", "northline-statement", "island-notes"),
        writer=writer,
        snapshot="0123abcd",
        timings={"retrieve_s": 0.02, "first_sentence_s": 1.8, "total_s": 4.2},
    )


def scripted(question: str) -> Answer:
    """Return the answer that the script has for a question, by its words."""
    asked = question.lower()
    if "mayor" in asked:
        return replace(
            answer(question, (), (), status="abstained"),
            near_misses=(citation(1, FERRY, BOATS), citation(2, LETTER, MILK)),
        )
    if "how many" in asked:
        sides = (Side("340 seafarers", (1,)), Side("210 seafarers", (2,)))
        return replace(
            answer(
                question,
                (
                    ("The union said 340 seafarers joined the walkout.", (1,)),
                    ("Northline put the number at 210 of its seafarers.", (2,)),
                ),
                (citation(1, FERRY, JOINED), citation(2, WIRE, COUNTED), citation(3, LETTER, MILK)),
                status="conflicting",
            ),
            conflicts=(Conflict("how many seafarers walked out", sides),),
            removed=(
                Removed("Most of the crews were on leave.", "no cited sentence says “leave”"),
            ),
        )
    return answer(
        question,
        (
            ("Four of the six daily crossings to the islands were cancelled.", (1,)),
            ("Two naval supply boats were to carry bread and fuel until Thursday.", (2,)),
            ("By Tuesday evening the islands' shops had no fresh milk left.", (3,)),
        ),
        (
            citation(1, FERRY, CANCELLED),
            citation(2, FERRY, BOATS),
            citation(3, LETTER, MILK),
            citation(4, WIRE, OFFERED),
        ),
    )


@dataclass
class ScriptedAssistant:
    """Answers from ``script``; remembers what it was asked and how often it was closed early.

    ``gates`` are waited for one by one before each checked sentence, so that a test can look at
    the page in mid-answer; ``endless`` repeats the last sentence until closed; ``error`` is
    raised after the quotes were found.
    """

    gates: tuple[threading.Event, ...] = ()
    endless: bool = False
    error: Exception | None = None
    notices: tuple[str, ...] = ()
    prepared: Answer | None = None
    articles: tuple[Article, ...] = ARTICLES
    fates: dict[int, Standing] = field(default_factory=dict)  # by number
    asked: list[Question] = field(default_factory=list)
    extractive: list[bool] = field(default_factory=list)
    n_stopped: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = Filters(),  # noqa: B008  # frozen, so sharing one is safe
        as_of: str | None = None,
        extractive: bool = False,
        standalone: str | None = None,
    ) -> Iterator[Event]:
        """Yield the events of the scripted answer."""
        alone = standalone or (f"{question} (at Marlow harbour)" if history else question)
        asked = Question(question, alone, as_of or "2024-05-20", tuple(history), filters)
        self.asked.append(asked)
        self.extractive.append(extractive)
        done = False
        try:
            yield Understood(asked)
            found = self.prepared or scripted(question)
            yield Found(found.citations or found.near_misses)
            if self.error is not None:
                done = True
                raise self.error
            yield from (Notice(text) for text in self.notices)
            for i, claim in enumerate(found.claims):
                if i < len(self.gates):
                    self.gates[i].wait(timeout=30)
                yield Wrote(claim)
            while self.endless:
                self.stopped.wait(timeout=0.05)  # a model has its pace too
                yield Wrote(found.claims[-1])
            done = True
            yield Finished(replace(found, notices=(*found.notices, *self.notices)))
        finally:
            if not done:
                self.n_stopped += 1
                self.stopped.set()

    def answer(self, question: str, **options: object) -> Answer:
        """Return the whole answer."""
        *_, last = self.ask(question, **options)  # type: ignore[arg-type]
        assert isinstance(last, Finished)
        return last.answer

    def standing(self, citation: Citation) -> Standing:
        """Return how a citation stands: as in ``fates``, or as cited where its article is there."""
        if citation.n in self.fates:
            return replace(self.fates[citation.n], citation=citation)
        for article in self.articles:
            if article.id == citation.article_id:
                return Standing(citation, "same", article, (citation.start, citation.end))
        return Standing(citation, "unknown")

    def sources(self) -> tuple[str, ...]:
        """Return the scripted outlets."""
        return tuple(article.source for article in self.articles if article.source)

    def close(self) -> None:
        """Hold nothing, so close nothing."""


class ScriptedError(DatelineError):
    """An error for the page to show."""
