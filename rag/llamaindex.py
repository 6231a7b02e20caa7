"""The same retrieval as a LlamaIndex ``BaseRetriever``, for programs built on LlamaIndex.

It wraps ``rag.retrieve`` and is not on the way to our own answers: importing LlamaIndex takes
two seconds, which a question should not wait for. Nodes carry our ids and offsets.
"""

from __future__ import annotations

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle

from index.library import Library
from index.nodes import node
from rag.question import understand
from rag.retrieve import Retriever
from rag.schema import Filters

EVERYTHING = Filters()


class DatelineRetriever(BaseRetriever):
    """Finds chunks for LlamaIndex's engines, best first; ``score`` is in [0, 1]."""

    def __init__(
        self,
        library: Library,
        retriever: Retriever,
        *,
        as_of: str,
        filters: Filters = EVERYTHING,
        top_k: int = 10,
    ) -> None:
        """Search as of a day (YYYY-MM-DD): articles published later are not found."""
        super().__init__()
        self._library = library
        self._retriever = retriever
        self._as_of = as_of
        self._filters = filters
        self._top_k = top_k

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        question = understand(query_bundle.query_str, (), self._filters, self._as_of)
        hits = self._retriever.retrieve(question, top_k=self._top_k).hits
        chunks = self._library.chunks([hit.chunk_id for hit in hits])
        articles = self._library.articles(sorted({hit.article_id for hit in hits}))
        return [
            NodeWithScore(
                node=node(articles[hit.article_id], chunks[hit.chunk_id]), score=hit.score
            )
            for hit in hits
        ]
