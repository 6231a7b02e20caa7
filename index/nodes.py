"""A chunk as LlamaIndex sees it: a ``TextNode`` with our id and our offsets.

This is what lets a plain LlamaIndex program open the same Chroma collection. Knows nothing of
files, databases or questions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from index.schema import Article, Chunk

if TYPE_CHECKING:
    from llama_index.core.schema import TextNode


def node(article: Article, chunk: Chunk) -> TextNode:
    """Build the node of one chunk; unknown values are left out, never stored as empty text."""
    # Imported here: it takes seconds, and answering a question does not need it.
    from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode

    metadata: dict[str, str | int] = {
        "article_id": article.id,
        "article": article.name,
        "day": day(article.published),
    }
    for key in ("title", "source", "published", "url"):
        if value := getattr(article, key):
            metadata[key] = value
    if article.source:
        metadata["source_key"] = article.source.lower()
    return TextNode(
        id_=chunk.id,
        text=article.text[chunk.start : chunk.end],
        start_char_idx=chunk.start,
        end_char_idx=chunk.end,
        metadata=metadata,
        excluded_embed_metadata_keys=[key for key in metadata if key != "title"],
        excluded_llm_metadata_keys=["article_id", "day", "source_key"],
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=article.id)},
    )


def record(article: Article, chunk: Chunk) -> dict[str, Any]:
    """Return the metadata that LlamaIndex's ``ChromaVectorStore`` reads a node back from."""
    from llama_index.core.vector_stores.utils import node_to_metadata_dict

    found: dict[str, Any] = node_to_metadata_dict(
        node(article, chunk), remove_text=True, flat_metadata=True
    )
    return found


def day(published: str | None) -> int:
    """Return a date as a number that compares like it: 20220928; 0 where it is unknown."""
    return int(published[:10].replace("-", "")) if published else 0
