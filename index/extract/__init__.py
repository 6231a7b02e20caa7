"""Article files -> clean text with title, outlet, authors and date; one module per format.

Knows nothing of libraries, sentences or questions, and fetches nothing.
"""

from index.extract.fields import parse_map
from index.extract.files import READER_VERSION, SUPPORTED, is_export, is_supported, read, suffix_of

__all__ = [
    "READER_VERSION",
    "SUPPORTED",
    "is_export",
    "is_supported",
    "parse_map",
    "read",
    "suffix_of",
]
