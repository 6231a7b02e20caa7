"""Which articles of a library are copies or versions of one another, found while they are written.

``index.duplicates`` judges two articles; here is what the ledger keeps of it: the marks by which
candidates are found, and the pairs that are copies. A group is what copies, exact and near, tie
together; versions of one page are linked and stay apart. Functions of an open ledger.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b

from index.database import Connection, Database
from index.duplicates import MOST_IN_BAND, bands, canonical_url, compare, signature
from index.rows import ARTICLE_COLUMNS, to_article
from index.schema import Article, Copy

Pair = tuple[str, str]


def marks(article: Article) -> tuple[int, ...]:
    """Return signed 64-bit numbers: articles that share one are candidates to be compared.

    They are the bands of the text's signature, and one for the page's address.
    """
    own = bands(signature(article.text))
    page = canonical_url(article.url or "")
    if not page:
        return own
    hashed = blake2b(page.encode("utf-8", "surrogatepass"), digest_size=8, person=b"address")
    return (*own, int.from_bytes(hashed.digest(), "little", signed=True))


def link(db: Connection, article: Article, own: Iterable[int]) -> None:
    """Keep an article's marks, and the copies of it that are in the ledger already."""
    candidates: set[str] = set()
    for mark in own:
        candidates.update(
            i
            for (i,) in db.execute(
                "SELECT article_id FROM marks WHERE mark = ? LIMIT ?", (mark, MOST_IN_BAND)
            )
        )
        db.execute("INSERT OR IGNORE INTO marks VALUES (?, ?)", (mark, article.id))
    candidates.discard(article.id)
    for candidate in sorted(candidates):
        row = db.execute(
            f"SELECT {ARTICLE_COLUMNS} FROM articles WHERE id = ?", (candidate,)
        ).fetchone()
        if row is not None and (found := compare(article, to_article(row))) is not None:
            one, other = sorted((article.id, candidate))
            db.execute("REPLACE INTO copies VALUES (?, ?, ?, ?)", (one, other, *found))


def unlink(db: Connection, article_id: str) -> None:
    """Forget an article's marks and copies."""
    db.execute("DELETE FROM marks WHERE article_id = ?", (article_id,))
    db.execute("DELETE FROM copies WHERE one = ? OR other = ?", (article_id, article_id))


def copies_of(db: Database, article_ids: Sequence[str]) -> dict[str, tuple[Copy, ...]]:
    """Return for each article that has any the copies and versions of it, most similar first."""
    found: dict[str, list[Copy]] = defaultdict(list)
    for mine, its in (("one", "other"), ("other", "one")):
        sql = f"SELECT {mine}, {its}, kind, similarity FROM copies WHERE {mine} IN "
        for article_id, *copy in db.rows_among(sql, article_ids):
            found[article_id].append(Copy(*copy))
    return {
        article_id: tuple(sorted(of, key=lambda copy: (-copy.similarity, copy.article_id)))
        for article_id, of in found.items()
    }


def groups_of(db: Database, article_ids: Sequence[str]) -> dict[str, str]:
    """Return the group of each article: the least id among the copies that hang together.

    An article without copies is a group of its own. Versions of a page are not in one group.
    """
    pairs: set[Pair] = set()
    seen: set[str] = set()
    fresh = set(article_ids)
    while fresh:
        seen |= fresh
        reached = _pairs(db, sorted(fresh))
        pairs |= reached
        fresh = {i for pair in reached for i in pair} - seen
    named = _named(pairs)
    return {i: named.get(i, i) for i in article_ids}


def groups(db: Database, *, versions: bool = False) -> list[tuple[str, ...]]:
    """Return all groups of two articles or more, each in order of id, largest first.

    With ``versions`` those of one page at several times instead.
    """
    pairs = db.rows("SELECT one, other FROM copies WHERE (kind = 'version') = ?", (versions,))
    members: dict[str, list[str]] = defaultdict(list)
    for article_id, name in _named(pairs).items():
        members[name].append(article_id)
    found = [tuple(sorted(ids)) for ids in members.values()]
    return sorted(found, key=lambda ids: (-len(ids), ids))


def _pairs(db: Database, article_ids: Sequence[str]) -> set[Pair]:
    found: set[Pair] = set()
    for mine in ("one", "other"):
        sql = f"SELECT one, other FROM copies WHERE kind != 'version' AND {mine} IN "
        found.update((one, other) for one, other in db.rows_among(sql, article_ids))
    return found


def _named(pairs: Iterable[Sequence[str]]) -> Mapping[str, str]:
    """Return for each article in a pair the least id that it is tied to (union by least id)."""
    parent: dict[str, str] = {}

    def root(i: str) -> str:
        parent.setdefault(i, i)
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for one, other in pairs:
        low, high = sorted((root(one), root(other)))
        parent[high] = low
    return {i: root(i) for i in list(parent)}
