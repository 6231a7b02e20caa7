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

An abstained answer is read as "not in the articles", whatever its wording: a set says by that
alternative that abstaining is right too (a question with a false premise). A question that
failed is a miss in every measure, never an abstention.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

from eval.cases import Case, Gold
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
    """One answer's marks; None where a measure does not apply to the question."""

    right: bool
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
    missing = tuple(group[0] for group in case.must if not any(contains(said, w) for w in group))
    barred = tuple(words for words in case.must_not if contains(said, words))
    right = response.abstained if case.to_refuse else not missing and not barred
    recall, on_gold, unproven = _evidence(case, response.cited, texts)
    return Mark(
        right=right,
        abstained=response.abstained,
        evidence_recall=recall,
        on_gold=on_gold,
        missing_words=() if case.to_refuse else missing,
        barred_words=barred,
        missing_evidence=unproven,
        n_cited=len(response.cited),
        n_spans=response.n_spans,
        broken=response.broken,
    )


def failed(case: Case) -> Mark:
    """Return the marks of a question whose answer never came: a miss in every measure."""
    share = 0.0 if case.evidence else None
    return Mark(False, False, evidence_recall=share, on_gold=share, failed=True)


def covers(citation: Citation, gold: Gold, texts: Mapping[str, str]) -> bool:
    """Return whether a citation shares a character with the gold quote in the same article."""
    # An index may have been built one folder higher: "seeds/a.txt" is the set's "a.txt".
    if citation.article != gold.article and not citation.article.endswith("/" + gold.article):
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
