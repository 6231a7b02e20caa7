"""Marks of one answer. Pure functions: no model, no judge, no randomness.

Shares are in [0, 1], higher is better. `eval.summary` says what they mean over many answers.

right            of a question with an answer: every group in ``must`` has an alternative in the
                 answer, and nothing in ``must_not`` stands there; of the others: it abstained
evidence_recall  the share of the groups in ``evidence`` of which one alternative's quote, where
                 it stands in the article's text, shares a character with a cited span of that
                 same article
on_gold          the share of citations that overlap a listed quote; an answer that cites nothing
                 scores 0, as in ALCE (Gao et al. 2023)
broken           spans, markers and citation numbers that do not point where they say
contains, f1     against short gold answers: whether all of them stand in the answer; token F1 of
                 the answer and all of them joined (RealTimeQA)
cites_gold       a citation is of an article known to hold the answer; needs no judge
sides            of a conflict: the share of the sides that stand in the answer

With short gold answers, ``must`` and ``must_not`` are compared in their normalisation, so that
``right`` is the exact match of RAMDocs: all right answers, no wrong one.

An abstained answer is read as "not in the articles", whatever its wording: a set says by that
alternative that abstaining is right too (a question with a false premise). A question that
failed is a miss in every measure, never an abstention.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

from eval.cases import Case, Gold
from eval.short_answer import contains_answer, token_f1
from eval.text import contains, locate, markers, overlap, without_markers
from rag.schema import Answer, Citation

ABSTAINED_TEXT = "not in the articles"


@dataclass(frozen=True, slots=True)
class Response:
    """What any system, ours or another, said: all that is marked.

    ``cited`` are the spans it offers as proof; ``n_spans`` is how many things that point were
    looked at, ``broken`` names those that point nowhere.
    """

    text: str
    abstained: bool
    cited: tuple[Citation, ...] = ()
    n_spans: int = 0
    broken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """One answer's marks; None where a measure does not apply to the question.

    ``alce_recall`` and ``alce_precision`` need a checker, so `eval.run` adds them: `eval.alce`.
    ``confidence`` is that of an answer given, in [0, 1], higher is surer.
    """

    right: bool | None
    abstained: bool
    evidence_recall: float | None = None
    on_gold: float | None = None
    missing_words: tuple[str, ...] = ()
    barred_words: tuple[str, ...] = ()
    missing_evidence: tuple[str, ...] = ()
    n_cited: int = 0
    n_spans: int = 0
    broken: tuple[str, ...] = ()
    failed: bool = False
    contains: bool | None = None
    f1: float | None = None
    cites_gold: bool | None = None
    sides: float | None = None
    alce_recall: float | None = None
    alce_precision: float | None = None
    confidence: float | None = None


def cited(answer: Answer) -> tuple[Citation, ...]:
    """Return the citations that a claim or a side of a conflict points at.

    A citation that is merely listed proves nothing and would inflate evidence recall.
    """
    used = {n for claim in answer.claims for n in claim.citations}
    used.update(
        n for conflict in answer.conflicts for side in conflict.sides for n in side.citations
    )
    return tuple(citation for citation in answer.citations if citation.n in used)


def response_of(answer: Answer, texts: Mapping[str, str]) -> Response:
    """Return an answer of ours as what is marked. ``texts`` maps article ids to clean texts."""
    n_spans, broken = check_spans(answer, texts)
    abstained = answer.status == "abstained"
    return Response(answer.answer, abstained, cited(answer), n_spans, broken)


def check_spans(answer: Answer, texts: Mapping[str, str]) -> tuple[int, tuple[str, ...]]:
    """Return how many pointers an answer holds, and a line for each that is wrong."""
    numbers = [citation.n for citation in answer.citations]
    checks: list[tuple[bool, str]] = []
    for c in (*answer.citations, *answer.near_misses):
        found = texts.get(text_key(c), "")[c.start : c.end]
        # A slice that runs over the end of the text is cut short without a word.
        good = found == c.quote and c.end - c.start == len(c.quote)
        checks.append((good, f"{c.article}[{c.start}:{c.end}] is {found!r}"))
        checks.append((bool(c.quote), f"{c.article}[{c.start}:{c.end}] is an empty quote"))
    for claim in answer.claims:
        found = answer.answer[claim.start : claim.end]
        checks.append((found == claim.text, f"answer[{claim.start}:{claim.end}] is {found!r}"))
        checks.append((bool(claim.citations), f"no citation for {claim.text!r}"))
    pointing = [n for claim in answer.claims for n in claim.citations]
    pointing += [n for conflict in answer.conflicts for s in conflict.sides for n in s.citations]
    for n in (*pointing, *markers(answer.answer)):
        checks.append((numbers.count(n) == 1, f"[{n}] stands for {numbers.count(n)} citations"))
    return len(checks), tuple(line for good, line in checks if not good)


def text_key(citation: Citation) -> str:
    """Return what an article's text is kept under: its id, or its name where it has none."""
    return citation.article_id or citation.article


def mark(case: Case, response: Response, texts: Mapping[str, str]) -> Mark:
    """Return the marks of one answer."""
    said = ABSTAINED_TEXT if response.abstained else without_markers(response.text)
    stands = contains_answer if case.answers else contains
    missing = tuple(group[0] for group in case.must if not any(stands(said, w) for w in group))
    barred = tuple(words for words in case.must_not if stands(said, words))
    right = response.abstained if case.to_refuse else not missing and not barred
    recall, on_gold, unproven = _evidence(case, response.cited, texts)
    to_answer = bool(case.answers) and not case.to_refuse
    return Mark(
        right=right if case.is_marked else None,
        abstained=response.abstained,
        evidence_recall=recall,
        on_gold=on_gold,
        missing_words=() if case.to_refuse else missing,
        barred_words=barred,
        missing_evidence=unproven,
        n_cited=len(response.cited),
        n_spans=response.n_spans,
        broken=response.broken,
        contains=not missing if to_answer else None,
        f1=token_f1(said, " ".join(case.answers)) if to_answer else None,
        cites_gold=_cites_gold(case, response.cited),
        sides=1 - len(missing) / len(case.must) if is_conflict(case) else None,
    )


def is_conflict(case: Case) -> bool:
    """Return whether the right answer gives several values that articles disagree about."""
    return case.kind == "conflict" and bool(case.must)


def _cites_gold(case: Case, cited: Sequence[Citation]) -> bool | None:
    if not case.gold_articles:
        return None
    return any(_is_named(citation, name) for citation in cited for name in case.gold_articles)


def _is_named(citation: Citation, article: str) -> bool:
    # An index may have been built one folder higher: "seeds/a.txt" is the set's "a.txt".
    return citation.article == article or citation.article.endswith("/" + article)


def failed(case: Case) -> Mark:
    """Return the marks of a question whose answer never came: a miss in every measure."""
    share = 0.0 if case.evidence else None
    short = bool(case.answers) and not case.to_refuse
    cites = None if case.to_refuse else 0.0
    return Mark(
        right=False if case.is_marked else None,
        abstained=False,
        evidence_recall=share,
        on_gold=share,
        failed=True,
        contains=False if short else None,
        f1=0.0 if short else None,
        cites_gold=False if case.gold_articles else None,
        sides=0.0 if is_conflict(case) else None,
        alce_recall=cites,
        alce_precision=cites,
    )


def covers(citation: Citation, gold: Gold, texts: Mapping[str, str]) -> bool:
    """Return whether a citation shares a character with the gold quote in the same article."""
    if not _is_named(citation, gold.article):
        return False
    places = locate(gold.quote, texts.get(text_key(citation), ""))
    return any(overlap(place, (citation.start, citation.end)) for place in places)


def _evidence(
    case: Case, cited: Sequence[Citation], texts: Mapping[str, str]
) -> tuple[float | None, float | None, tuple[str, ...]]:
    if not case.evidence:
        return None, None, ()
    golds = [gold for group in case.evidence for gold in group]
    hits = {gold: [covers(citation, gold, texts) for citation in cited] for gold in golds}
    unproven = tuple(
        group[0].quote for group in case.evidence if not any(any(hits[gold]) for gold in group)
    )
    on_gold = [any(hits[gold][i] for gold in golds) for i in range(len(cited))]
    recall = 1 - len(unproven) / len(case.evidence)
    return recall, mean(on_gold) if on_gold else 0.0, unproven
