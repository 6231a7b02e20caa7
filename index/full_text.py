"""BM25 over the full-text index, from its postings: what FTS5's own ``bm25()`` says, in less time.

FTS5 scores a chunk at a time and looks its length up in a table, for every chunk that holds any
word of the question: 45 ms at 70,000 chunks, growing with them. Here the postings of each word
are read once and kept with their finished scores ("eager" scoring, Lù 2024, arXiv 2407.03618), so
that a search adds up arrays. Knows nothing of dates or outlets: filters come as a mask of rows.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.columns import Mask
from index.database import Database

K1, B = 1.2, 0.75  # FTS5's constants
LEAST_IDF = 1e-6  # FTS5's, for a word in more than half of the chunks
MAX_POSTINGS = 16_000_000  # kept over all words: 8 bytes each

_TABLES = """
CREATE VIRTUAL TABLE IF NOT EXISTS temp.asked USING
    fts5(word, content='', tokenize='porter unicode61');
CREATE VIRTUAL TABLE IF NOT EXISTS temp.asked_words USING fts5vocab('temp', 'asked', 'instance');
CREATE VIRTUAL TABLE IF NOT EXISTS temp.chunk_words USING
    fts5vocab('main', 'chunk_text', 'instance');
"""


@dataclass(frozen=True, slots=True)
class Postings:
    """The chunks that hold a word: ascending rows, and the word's share of each one's BM25."""

    rows: NDArray[np.int64]
    scores: NDArray[np.float32]


class FullText:
    """The full-text index as it was when this was made. Safe to share between threads."""

    def __init__(self, db: Database) -> None:
        """Read the lengths of the chunks: some tenths of a second for a million."""
        self._db = db
        self._lock = threading.Lock()
        self._postings: OrderedDict[str, Postings] = OrderedDict()
        self._n_kept = 0
        for statement in _TABLES.split(";\n"):
            db.rows(statement)
        stored = db.rows("SELECT id, sz FROM chunk_text_docsize ORDER BY id")
        self.n_chunks = len(stored)
        rows = np.fromiter((row for row, _ in stored), dtype=np.int64, count=len(stored))
        self._n_words = np.zeros(int(rows.max(initial=-1)) + 1, dtype=np.int32)
        self._n_words[rows] = lengths([sizes for _, sizes in stored])
        self._mean = float(self._n_words.sum()) / max(1, self.n_chunks)

    def search(
        self, words: Sequence[str], limit: int, mask: Mask | None
    ) -> list[tuple[int, float]]:
        """Return (row, BM25) of the chunks that hold any of the words, best first.

        All that score as high as the last are returned too, past ``limit``: who knows more of
        them decides. ``mask`` (n_rows,) says which rows may be found; None for all.
        """
        totals = np.zeros(len(self._n_words), dtype=np.float32)
        for word in words:
            postings = self.postings(word)
            totals[postings.rows] += postings.scores
        if mask is not None:
            n = min(len(mask), len(totals))
            totals[:n] *= mask[:n]
            totals[n:] = 0
        found = np.flatnonzero(totals)
        if len(found) > limit:
            scores = totals[found]
            last = np.partition(scores, len(scores) - limit)[len(scores) - limit]
            found = found[scores >= last]
        order = np.argsort(-totals[found], kind="stable")
        return [(int(row), float(totals[row])) for row in found[order]]

    def postings(self, word: str) -> Postings:
        """Return the postings of a word in any of its forms (Porter's stems)."""
        with self._lock:
            kept = self._postings.get(word)
            if kept is not None:
                self._postings.move_to_end(word)
                return kept
            found = self._read(word)
            self._postings[word] = found
            self._n_kept += len(found.rows)
            while self._n_kept > MAX_POSTINGS and len(self._postings) > 1:
                _, oldest = self._postings.popitem(last=False)
                self._n_kept -= len(oldest.rows)
            return found

    def _read(self, word: str) -> Postings:
        tokens = self._tokens(word)
        if not tokens:
            return Postings(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32))
        if len(tokens) == 1:
            return self._scored(*self._counted(tokens[0]))
        # A phrase: FTS5 knows which words stand side by side.
        sql = "SELECT rowid, -bm25(chunk_text) FROM chunk_text WHERE chunk_text MATCH ?"
        found = self._db.rows(f"{sql} ORDER BY rowid", (_quoted(word),))
        pairs = np.array(found, dtype=np.float64).reshape(-1, 2)
        return self._known(pairs[:, 0].astype(np.int64), pairs[:, 1].astype(np.float32))

    def _tokens(self, word: str) -> list[str]:
        """Return a word as the index's tokenizer takes it apart: stems, in order."""
        with self._db.writing() as db:
            db.execute("INSERT INTO temp.asked(rowid, word) VALUES (1, ?)", (clean(word),))
            found = db.execute("SELECT term FROM temp.asked_words ORDER BY offset").fetchall()
            db.execute("INSERT INTO temp.asked(asked) VALUES ('delete-all')")
        return [token for (token,) in found]

    def _counted(self, token: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the rows that hold a token, and how often each does."""
        # As one text: five times as fast as a row each.
        sql = "SELECT group_concat(doc) FROM temp.chunk_words WHERE term = ?"
        ((listed,),) = self._db.rows(sql, (token,))
        places = np.fromstring(listed or "", dtype=np.int64, sep=",")
        return np.unique(places, return_counts=True)

    def _scored(self, rows: NDArray[np.int64], counts: NDArray[np.int64]) -> Postings:
        known = rows < len(self._n_words)
        rows, often = rows[known], counts[known].astype(np.float64)
        idf = np.log((self.n_chunks - len(rows) + 0.5) / (len(rows) + 0.5)) if len(rows) else 0.0
        length = self._n_words[rows] / (self._mean or 1.0)
        scores = often * (K1 + 1) / (often + K1 * (1 - B + B * length))
        return self._known(rows, (max(idf, LEAST_IDF) * scores).astype(np.float32))

    def _known(self, rows: NDArray[np.int64], scores: NDArray[np.float32]) -> Postings:
        """Leave out what was written since this was made."""
        known = rows < len(self._n_words)
        return Postings(rows[known], scores[known])


def lengths(blobs: Sequence[bytes]) -> NDArray[np.int64]:
    """Return the sum of the numbers in each blob: FTS5's count of a row's tokens by column.

    They are SQLite's variable-length integers: seven bits a byte, highest first, the top bit set
    on all but the last byte.
    """
    if not blobs:
        return np.empty(0, dtype=np.int64)
    data = np.frombuffer(b"".join(blobs), dtype=np.uint8).astype(np.int64)
    goes_on = np.append(data >= 128, [False] * 3)
    n = len(data)
    after = goes_on[:n] * (1 + goes_on[1 : n + 1] * (1 + goes_on[2 : n + 2].astype(np.int64)))
    values = (data & 127) << (7 * after)
    starts = np.cumsum([0, *map(len, blobs[:-1])])
    return np.add.reduceat(values, starts)


def clean(word: str) -> str:
    """Return a word without what no text can hold: NUL, which ends a query, and surrogates."""
    return word.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")


def _quoted(word: str) -> str:
    """Return a word as FTS5 takes it literally: nothing in a question is query syntax."""
    return '"' + clean(word).replace('"', '""') + '"'
