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


def one_of_each(
    hits: Sequence[Hit], group_of: Mapping[str, str], outlet_of: Mapping[str, str]
) -> list[Hit]:
    """Leave out articles that another outlet's better ranked copy stands for; it names them.

    Copies within one outlet stay: they are one page at two times, or at two addresses of it.
    """
    members: dict[str, list[str]] = {}
    for hit in hits:
        own = members.setdefault(group_of[hit.article_id], [])
        if hit.article_id not in own:
            own.append(hit.article_id)
    stands_for: dict[str, tuple[str, ...]] = {}
    for first, *others in members.values():
        own_outlet = outlet_of[first]
        kept = [i for i in others if own_outlet and outlet_of[i] == own_outlet]
        stands_for[first] = tuple(i for i in others if i not in kept)
        stands_for |= dict.fromkeys(kept, ())
    return [
        replace(hit, copies=copies) if (copies := stands_for[hit.article_id]) else hit
        for hit in hits
        if hit.article_id in stands_for
    ]
