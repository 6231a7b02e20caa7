"""One question and one checked answer: plain frozen data, no library but our own.

``Answer.to_dict`` is the one shape of an answer: API, ``--json``, batch files, export.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from index.schema import Article
from rag.ranking import NO_SHARES, Shares, Why

Status = Literal["answered", "partial", "conflicting", "abstained"]
Verdict = Literal["supported", "partly", "unsupported"]
WriterName = Literal["local", "remote", "extractive"]
AsOfFrom = Literal["asked", "today", "newest article"]
RewrittenBy = Literal["nobody", "rules", "model", "reader"]
Firmness = Literal["none", "loose", "firm"]
DateRange = tuple[str | None, str | None]
"""First and last day, ISO, both inclusive; None where it is open. Never None on both sides."""

REPORTED_WITHIN = 7  # days in which most of what is written about an event appears


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange of the conversation."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Filters:
    """Hard limits on what may be retrieved. Dates are ISO, both ends inclusive.

    Names are matched without regard to case; of several of one kind, any will do.
    """

    date_from: str | None = None
    date_to: str | None = None
    sources: tuple[str, ...] = ()  # outlet names
    authors: tuple[str, ...] = ()  # full names; one of an article's authors is enough
    languages: tuple[str, ...] = ()  # codes; "en" takes in "en-GB"
    folders: tuple[str, ...] = ()  # absolute paths of folders with all below them, or of files


@dataclass(frozen=True, slots=True)
class When:
    """What a question says about time, resolved against its as-of day.

    ``start`` and ``end`` are the days that its words name (when it happened), inclusive ISO days.
    ``firmness``: "firm" where the words name days ("last week", "in May 2024", "in 2010"), "loose"
    where they only lean to some ("recently", "in the past few months"), "none" without a range.
    """

    words: tuple[str, ...] = ()  # the expressions, verbatim, in order
    start: str | None = None
    end: str | None = None
    firmness: Firmness = "none"
    now: bool = False  # asks for the latest state of things: "now", "latest", "currently"
    of_publication: bool = False  # the days are those of the articles: "published last week"
    event: str = ""  # an event without a known date that time is counted from: "the announcement"

    @property
    def range(self) -> DateRange | None:
        """The days named; None where the words name none."""
        return None if self.start is None and self.end is None else (self.start, self.end)

    def published(self, as_of: str, within: int = REPORTED_WITHIN) -> DateRange | None:
        """Return when articles about those days are likely to have appeared; a wider range.

        What happened is reported on the day and up to ``within`` days after the last one. What is
        still to come on the as-of day was announced at any time before it. Never later than
        ``as_of``; None where no days are named.
        """
        if self.range is None or self.of_publication:
            return self.range
        if self.start is not None and self.start > as_of:
            return (None, as_of)
        if self.end is None:
            return (self.start, None)
        left = date.max - date.fromisoformat(self.end)
        last = date.fromisoformat(self.end) + min(timedelta(days=within), left)
        return (self.start, min(last.isoformat(), as_of))


@dataclass(frozen=True, slots=True)
class Preference:
    """Outlets and authors that a question names, as the library writes them: a wish, no limit."""

    sources: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question as asked, and as understood (``standalone`` is what is searched for)."""

    text: str
    standalone: str
    as_of: str
    history: tuple[Turn, ...] = ()
    filters: Filters = Filters()
    context: str = ""  # what else helps to find it: the question before, or the whole question
    when: When = When()
    prefers: Preference = Preference()
    as_of_from: AsOfFrom = "asked"
    rewritten_by: RewrittenBy = "nobody"

    @property
    def date_range(self) -> DateRange | None:
        """The days that the question's own words name; filters are apart from it."""
        return self.when.range

    @property
    def limits(self) -> DateRange | None:
        """The days that the question names, or else those that were asked for as limits."""
        limits = (self.filters.date_from, self.filters.date_to)
        return self.date_range or (limits if any(limits) else None)


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk found for a question, with why. ``score`` is in [0, 1], higher is better."""

    chunk_id: str
    article_id: str
    start: int
    end: int
    score: float
    dense: float  # cosine in [-1, 1]
    lexical: float  # BM25, higher is better; 0 where only the dense side found it
    shares: Shares = NO_SHARES  # what ``score`` is made of
    rerank: float = math.nan  # a reranking model's score in [0, 1]; nan without one
    copies: tuple[str, ...] = ()  # articles that print the same, best first, by id


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sentence that may answer, with why it was chosen.

    ``score`` is higher for better; its parts are ``dense`` (cosine to the question, [-1, 1]) and
    ``coverage`` (share of the question's word weight that it holds, [0, 1]). ``before`` is what
    it leans on in the article: it says who "he" is.
    """

    article: Article
    n: int  # the sentence's number in its article
    start: int
    end: int
    score: float
    dense: float
    coverage: float
    before: str = ""
    also: tuple[str, ...] = ()  # other outlets that print the same words

    @property
    def text(self) -> str:
        """The sentence, verbatim."""
        return self.article.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered evidence sentence: ``article.text[start:end] == quote``, always."""

    n: int
    article: str  # file name or record id
    title: str
    source: str
    published: str | None
    url: str | None
    start: int
    end: int
    quote: str
    article_id: str = ""
    published_from: str = "unknown"
    also: tuple[str, ...] = ()  # other outlets that print the same words
    content_hash: str = ""  # the version of the article that was cited: Article.content_hash
    page: int | None = None  # on which the sentence begins, from 1; None where there are no pages


@dataclass(frozen=True, slots=True)
class Claim:
    """A checked sentence of the answer: ``answer[start:end] == text`` (marker excluded).

    ``support`` is in [0, 1], higher is better. ``citations`` are citation numbers.
    """

    text: str
    start: int
    end: int
    verdict: Verdict
    support: float
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Removed:
    """A drafted sentence that was not shown, and why."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Side:
    """One value of a figure that articles disagree about, with who says so."""

    value: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Articles give different values for the same thing."""

    about: str
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One checked answer. Abstaining is a ``status``, never an exception."""

    id: str
    question: str
    standalone_question: str
    as_of: str
    date_range: DateRange | None  # that the question names, or else that was asked for as limits
    status: Status
    answer: str
    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    conflicts: tuple[Conflict, ...]
    near_misses: tuple[Citation, ...]
    removed: tuple[Removed, ...]
    retrieved: tuple[str, ...]
    writer: WriterName
    snapshot: str
    timings: dict[str, float] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    as_of_from: AsOfFrom = "asked"
    rewritten_by: RewrittenBy = "nobody"
    when: When = When()
    prefers: Preference = Preference()
    why: tuple[Why, ...] = ()  # of every citation and near miss
    confidence: float = 0.0  # that what was found answers, in [0, 1]; of several parts the highest
    refusal: float | None = None  # how likely the model is to find no answer in it, where one told

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON-ready form; tuples become lists, field names stay."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Understood:
    """First event: the question as it will be searched for."""

    question: Question


@dataclass(frozen=True, slots=True)
class Found:
    """Second event: the evidence, numbered, before anything is written."""

    evidence: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Wrote:
    """A sentence that passed its check; sent as soon as it has."""

    claim: Claim


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the reader must know, such as a restarted language model."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """Last event: the whole answer."""

    answer: Answer


Event = Understood | Found | Wrote | Notice | Finished
