"""The evidence that an answer is made from: the few sentences that answer, and all sides of them.

From the evidence, those sentences are taken that hold the kind of answer wanted, those that add
words of the question which no sentence taken before holds (a question with four countries gets
the sentences of all four), and one for each side where figures differ. Knows nothing of how an
answer is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from rag.answerable import answers, fits, fitting, names_itself, nearness
from rag.asked import Asked
from rag.conflict import Told
from rag.schema import Evidence
from rag.telling import telling_figure
from rag.terms import holds, stem_weights, stems

MAX_SELECTED = 4  # sentences beside the sides: about 200 prompt tokens, three seconds of reading
FIT_BONUS = 0.25  # for a sentence that holds the kind of answer wanted, beside a score near 1
NAME_BONUS = 0.1  # for one that names something, where one of several is asked for
CLOSE = 0.2  # how far below the best a sentence may score and still be taken
NEW_WORDS = 0.12  # share of the question's word weight that makes a sentence worth adding


def select(
    asked: Asked,
    evidence: Sequence[Evidence],
    weights: dict[str, float],
    sides: Sequence[Sequence[Told]],
) -> tuple[Evidence, ...]:
    """Return the sentences to answer from, the most telling first; none without evidence."""
    if not evidence:
        return ()
    fit = set(fitting(asked, evidence))
    scores = {e: nearness(asked, e) + _bonus(asked, e, e in fit) for e in evidence}
    ranked = sorted(evidence, key=lambda e: -scores[e])
    by_stem = stem_weights(weights)
    total = sum(by_stem.values()) or 1.0
    taken, held = [ranked[0]], _held(ranked[0], by_stem)
    for e in ranked[1:]:
        own = _held(e, by_stem)
        gain = sum(by_stem[word] for word in own - held) / total
        useful = e in fit or asked.wanted == "open"
        close = scores[e] >= scores[ranked[0]] - CLOSE
        if useful and (close or gain >= NEW_WORDS):
            taken.append(e)
            held |= own
        if len(taken) == MAX_SELECTED:
            break
    first_of_sides = [group[0].evidence for group in sides]
    if sides:  # what is told differently is the answer; beside it, only what tells it too
        telling = {told.evidence for group in sides for told in group}
        taken = [e for e in taken if e in telling]
    return tuple(dict.fromkeys([*taken, *_one_for_each_name(asked, ranked), *first_of_sides]))


def elsewhere(asked: Asked, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Return of each article the sentence that answers by itself, about as near as the nearest.

    Two films bear one name, and a week has two such announcements: each article answers, for
    another than its neighbour. None where a question does not ask for a name, figure or date.
    """
    if not evidence or not asked.wants_value:
        return ()
    least = max(nearness(asked, e) for e in evidence) - CLOSE
    found: dict[str, Evidence] = {}
    for e in evidence:
        if nearness(asked, e) >= least and answers(asked, e) and names_itself(asked, e):
            found.setdefault(e.article.id, e)
    return tuple(found.values())


def _bonus(asked: Asked, evidence: Evidence, is_fit: bool) -> float:
    """Return what speaks for a sentence beside its nearness.

    The sentence nearest to "Which airline is to pay its guests?" says no more than the question;
    the one that answers names an airline.
    """
    if is_fit:
        return FIT_BONUS
    by_name = asked.wanted == "open" and asked.noun
    return NAME_BONUS if by_name and fits(asked, evidence) else 0.0


def _one_for_each_name(asked: Asked, ranked: Sequence[Evidence]) -> list[Evidence]:
    """For a question that lists names, return the best sentence with a figure for each."""
    if asked.wanted != "number":
        return []
    found: list[Evidence] = []
    for name in asked.several:
        one = replace(asked, names=(name,), listed=(), focus=name)
        told = (e for e in ranked if names_itself(one, e) and telling_figure(one, e.text))
        found.extend(islice(told, 1))
    return found


def _held(evidence: Evidence, weights: dict[str, float]) -> set[str]:
    inside = set(stems(evidence.text))
    return {word for word in weights if holds(inside, word)}
