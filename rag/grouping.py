"""Articles that say the same: near copies among what a search came to, each tied to a group.

A wire story printed by five papers is one source. Versions of one page are no copies: a reader may
want to know what it said before. Knows nothing of questions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from index.duplicates import canonical_url, compare
from index.library import Library
from index.schema import Article

ALIKE = 0.9  # least cosine of two copies' mean vectors; only such pairs are read and compared


def groups(library: Library, centres: Mapping[str, NDArray[np.float32]]) -> dict[str, str]:
    """Return each article's group: the least id among the copies that hang together.

    ``centres`` are the mean vectors (dim,) of the articles, of any length. An article without
    copies is a group of its own.
    """
    group = {i: i for i in centres}
    near = list(_alike(centres))
    articles = library.articles(sorted({i for pair in near for i in pair}))
    for one, other in near:
        if one in articles and other in articles and _are_copies(articles[one], articles[other]):
            low, high = sorted((group[one], group[other]))
            group = {i: low if name == high else name for i, name in group.items()}
    return group


def _alike(centres: Mapping[str, NDArray[np.float32]]) -> Iterator[tuple[str, str]]:
    ids = sorted(centres)
    if len(ids) < 2:
        return
    rows = np.stack([centres[i] for i in ids])
    rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    cosines = rows @ rows.T
    for a, b in combinations(range(len(ids)), 2):
        if cosines[a, b] >= ALIKE:
            yield ids[a], ids[b]


def _are_copies(one: Article, other: Article) -> bool:
    pages = canonical_url(one.url or ""), canonical_url(other.url or "")
    if pages[0] and pages[0] == pages[1]:
        return False
    found = compare(one, other)
    return found is not None and found[0] != "version"
