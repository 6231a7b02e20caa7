"""The exact checks of a drafted sentence, each for one thing that a draft may get wrong.

No model is asked; the reasons are for the reader.
"""

from rag.checks.all import flaw, is_verbatim
from rag.checks.overlap import word_overlap
from rag.checks.source import Flaw, Source, cited, plain

__all__ = ["Flaw", "Source", "cited", "flaw", "is_verbatim", "plain", "word_overlap"]
