"""Words -> ranked passages with the reasons for their rank, without an answer.

The same retrieval that answers are made from. Knows nothing of language models.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from index.schema import Article
from index.settings import IndexSettings
from rag.opening import Opened, open_library
from rag.rerank import Reranker, open_reranker
from rag.retrieve import Retriever
from rag.schema import Filters, Hit, Question
from rag.understanding import Understanding, Wording

EVERYTHING = Filters()


@dataclass(frozen=True, slots=True)
class Passage:
    """A found passage: ``article.text[hit.start:hit.end]``, and the copies it stands for."""

    hit: Hit
    article: Article
    copies: tuple[Article, ...] = ()

    @property
    def text(self) -> str:
        """The passage, verbatim."""
        return self.article.text[self.hit.start : self.hit.end]

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON-ready form; ``article`` is its name, as citations have it."""
        hit = self.hit
        return {
            "article": self.article.name,
            "start": hit.start,
            "end": hit.end,
            "score": round(hit.score, 6),
            "title": self.article.title,
            "source": self.article.source,
            "published": self.article.published,
            "text": self.text,
            "shares": {name: round(share, 4) for name, share in asdict(hit.shares).items()},
            "dense": round(hit.dense, 4),
            "lexical": round(hit.lexical, 4),
            "rerank": None if math.isnan(hit.rerank) else round(hit.rerank, 4),
            "copies": [{"article": a.name, "source": a.source} for a in self.copies],
        }


@dataclass(frozen=True, slots=True)
class Results:
    """A question as understood, and its passages, best first."""

    question: Question
    passages: tuple[Passage, ...]


class Search:
    """Searches one library. Safe to share between threads."""

    def __init__(self, opened: Opened, reranker: Reranker | None = None) -> None:
        self._opened = opened
        self._understanding = Understanding(opened.library)
        self._retriever = Retriever(*opened, reranker=reranker)

    def search(
        self,
        wording: Wording,
        *,
        top: int,
        filters: Filters = EVERYTHING,
        as_of: str | None = None,
    ) -> Results:
        """Return up to ``top`` passages. Raises InputError when question or date make no sense."""
        question = self._understanding.question(wording, filters, as_of)
        hits = self._retriever.retrieve(question, top_k=top).hits
        ids = {i for hit in hits for i in (hit.article_id, *hit.copies)}
        articles = self._opened.library.articles(sorted(ids))
        return Results(
            question,
            tuple(
                Passage(
                    hit,
                    articles[hit.article_id],
                    tuple(articles[i] for i in hit.copies if i in articles),
                )
                for hit in hits
                if hit.article_id in articles
            ),
        )

    def close(self) -> None:
        """Close the library."""
        self._opened.vectors.close()
        self._opened.library.close()


def open_search(settings: IndexSettings, reranker: Path | None = None) -> Search:
    """Open a library for searching, with the reranking model in a folder where one is named.

    Raises what ``open_library`` does.
    """
    model = open_reranker(reranker)
    return Search(open_library(settings), model)
