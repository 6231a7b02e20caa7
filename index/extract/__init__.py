"""Article files -> clean text with title, outlet, authors and date; one module per format.

Knows nothing of libraries, sentences or questions, and fetches nothing.
"""

from index.extract.files import SUPPORTED, is_supported, read

__all__ = ["SUPPORTED", "is_supported", "read"]
