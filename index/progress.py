"""How far a run over many files is, as a share that grows as evenly as the work is done.

Files are no measure: one may hold one article or ten thousand. So a file counts as the articles
that its size lets expect; nothing of it has to be read for that.
"""

from __future__ import annotations

from collections.abc import Sequence

from index.extract import is_export, suffix_of
from index.files import Source

# Means of 13,000 news articles exported as JSONL, packed and not: what goes with the text is in it.
ARTICLE_BYTES = 9_000
PACKED_ARTICLE_BYTES = 3_500


class Course:
    """Takes note of what is read, and tells how much of the work is done.

    ``n_finished`` of ``n_files`` files were read to their end.
    """

    def __init__(self, sources: Sequence[Source]) -> None:
        self._weights = {source.key: _expected_articles(source) for source in sources}
        self.n_files, self.n_finished = len(sources), 0
        self._whole = sum(self._weights.values())
        self._read = 0.0  # in expected articles, of files that were read to their end
        self._share = 0.0

    def finish(self, key: str) -> None:
        """Note that a file was read to its end."""
        self._read += self._weights.pop(key, 0.0)
        self.n_finished += 1

    def share(self, key: str, part: float, n_waiting: int) -> float:
        """Return how much is done, in [0, 1]; never less than before.

        Args:
            key: the file that is being read, or "".
            part: how much of it has been read, in [0, 1].
            n_waiting: articles that were read and have still to be written, which takes longer.
        """
        read = self._read + part * self._weights.get(key, 0.0)
        if self._whole:
            self._share = max(self._share, min(1.0, (read - n_waiting) / self._whole))
        return self._share


def _expected_articles(source: Source) -> float:
    if not is_export(source.path):
        return 1.0
    try:
        n_bytes = source.path.stat().st_size
    except OSError:  # reading it will tell
        return 1.0
    is_packed = suffix_of(source.path).endswith(".gz")
    return max(1.0, n_bytes / (PACKED_ARTICLE_BYTES if is_packed else ARTICLE_BYTES))
