"""What the articles of a library say about themselves, all taken together: newest day, bylines.

Knows nothing of questions; reads the ledger only.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from index.library import Library


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Outlets and authors by name, and the newest publication date (ISO; None: all undated)."""

    newest: str | None = None
    sources: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()


def catalogue(library: Library, today: str) -> Catalogue:
    """Return the catalogue as of now. A date after ``today`` is an error of its article."""
    newest = library.db.rows("SELECT max(published) FROM articles WHERE published <= ?", (today,))
    stored = library.db.rows("SELECT DISTINCT authors FROM articles WHERE authors != '[]'")
    authors = {name for (names,) in stored for name in json.loads(names)}
    return Catalogue(newest[0][0], library.sources(), tuple(sorted(authors)))
