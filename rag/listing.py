"""Which of the ranked hits a list shows: one of each group of copies, not too many of one article.

Pure functions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rag.schema import Hit


def spread(hits: Sequence[Hit], most_of_one: int, n: int) -> list[Hit]:
    """Return ``n`` hits, best first, of one article at most ``most_of_one``.

    More of one only where there are too few others: a small archive is shown whole.
    """
    taken: list[Hit] = []
    left: list[Hit] = []
    counts: dict[str, int] = {}
    for hit in hits:
        counts[hit.article_id] = counts.get(hit.article_id, 0) + 1
        (taken if counts[hit.article_id] <= most_of_one else left).append(hit)
    taken = taken[:n] + left[: max(0, n - len(taken))]
    return sorted(taken, key=lambda hit: (-hit.score, hit.chunk_id))


def one_of_each(hits: Sequence[Hit], group_of: Mapping[str, str]) -> list[Hit]:
    """Leave out the chunks of an article whose copy ranks better; the copy names it."""
    members: dict[str, list[str]] = {}
    for hit in hits:
        own = members.setdefault(group_of[hit.article_id], [])
        if hit.article_id not in own:
            own.append(hit.article_id)
    kept = []
    for hit in hits:
        first, *others = members[group_of[hit.article_id]]
        if hit.article_id == first:
            kept.append(replace(hit, copies=tuple(others)))
    return kept
