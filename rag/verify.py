"""A drafted sentence against the sentences it cites: does it say more than they do?

Exact checks first (``rag.checks``): a flaw they find is final and gives the reason, in words for
the reader; whole sentences of the source are supported and cost no model. What is left is
measured by its words and by the learned reader, in one calibrated score (``rag.support``).
Without the reader's files the exact checks and the words work alone.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.errors import ModelError
from rag.checks import Flaw, cited, flaw, is_verbatim, plain, word_overlap
from rag.entailment import SHIPPED, CrossEncoderReader, Reader, ShippedReader
from rag.schema import Evidence, Verdict
from rag.support import CALIBRATION, Calibration, Measured, load_calibration, measure_all

MIN_OVERLAP = 0.5  # share of the draft's content words found in what it cites; below: unsupported
FULL_OVERLAP = 0.75  # from here a draft that passes the exact checks counts as supported
DOUBT_SHARE = 0.5  # of the threshold; a score below it is doubt, even where all words are found

SOMETHING_ELSE = "The cited sentence says something else."
NOT_ALL = "Some of its words stand nowhere in the cited sentence."
NOT_SAID = "No sentence of the text says this."


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome for one sentence: ``support`` in [0, 1], higher is better."""

    verdict: Verdict
    support: float
    reason: str = ""


def check(draft: str, evidence: Sequence[Evidence]) -> Check:
    """Check a drafted sentence against its evidence, all of it together, without a model."""
    return Verifier(with_reader=False).check(draft, evidence)


class Verifier:
    """Checks sentences. The learned reader is loaded at first use; ``missing`` says if it is not.

    ``checker`` is the folder of another cross-encoder to read with. Raises ModelError at first
    use when that one cannot be loaded; the shipped one may be missing.
    """

    def __init__(
        self, checker: Path | None = None, *, with_reader: bool = True, shipped: Path = SHIPPED
    ) -> None:
        self._checker = checker
        self._shipped = shipped
        self._lock = threading.Lock()
        self._reader: Reader | None = None
        self._is_loaded = not with_reader
        self._missing = ""

    @property
    def missing(self) -> str:
        """Why there is no learned reader, for the user; empty while there is one."""
        self._loaded()
        return self._missing

    def load(self) -> None:
        """Load the learned reader now. Raises ModelError when a named one cannot be."""
        self._loaded()

    def check(self, draft: str, evidence: Sequence[Evidence]) -> Check:
        """Check a drafted sentence against the evidence it cites and what stands before it."""
        if not evidence:
            return Check("unsupported", 0.0, "It cites no sentence.")
        source = cited(evidence)
        if is_verbatim(draft, source):
            return Check("supported", 1.0)
        found = flaw(draft, source)
        if found and found.verdict == "unsupported":
            return Check("unsupported", 0.0, found.reason)
        overlap = word_overlap(draft, source)
        reader = self._loaded()
        if reader is None:
            return _by_words(overlap, found)
        text = "\n".join(f"{e.before} {e.text}".strip() for e in evidence)
        (measured,) = measure_all([(draft, text)], reader)
        calibration = self._calibration()
        return _by_score(calibration.support(measured.features), calibration, overlap, found)

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Check]:
        """Judge (claim, text) pairs, texts of any length, by the calibrated score.

        The reason is an exact check's where one fails on the stretch that matters most.
        """
        reader = self._loaded()
        calibration = self._calibration()
        measured = measure_all(pairs, reader)
        return [
            _judged(claim, text, found, calibration)
            for (claim, text), found in zip(pairs, measured, strict=True)
        ]

    def _calibration(self) -> Calibration:
        """Return the weights of the score: a cross-encoder brings its own, or is taken alone."""
        if self._checker is not None:
            return load_calibration(self._checker / CALIBRATION.name, with_reader=True)
        return load_calibration(with_reader=self._loaded() is not None)

    def _loaded(self) -> Reader | None:
        with self._lock:
            if self._is_loaded:
                return self._reader
            if self._checker is not None:
                self._reader = CrossEncoderReader(self._checker)
            else:
                try:
                    self._reader = ShippedReader(self._shipped)
                except ModelError as exc:
                    self._missing = str(exc)
            self._is_loaded = True
            return self._reader


def _by_words(overlap: float, found: Flaw | None) -> Check:
    if overlap < MIN_OVERLAP:
        return Check("unsupported", overlap, SOMETHING_ELSE)
    if found:
        return Check("partly", min(overlap, FULL_OVERLAP), found.reason)
    if overlap < FULL_OVERLAP:
        return Check("partly", overlap, NOT_ALL)
    return Check("supported", overlap)


def _by_score(
    support: float, calibration: Calibration, overlap: float, found: Flaw | None
) -> Check:
    """Judge by score and words: either may speak for a draft, and both must to condemn it."""
    sure, doubtful = calibration.threshold, calibration.threshold * DOUBT_SHARE
    if overlap < MIN_OVERLAP and support < sure:
        return Check("unsupported", support, SOMETHING_ELSE)
    if found:
        return Check("partly", min(support, sure), found.reason)
    if support >= sure or (overlap >= FULL_OVERLAP and support >= doubtful):
        return Check("supported", support)
    return Check("partly", support, NOT_ALL)


def _judged(claim: str, text: str, found: Measured, calibration: Calibration) -> Check:
    if is_verbatim(claim, plain(text)):
        return Check("supported", 1.0)
    support = calibration.support(found.features)
    if support >= calibration.threshold:
        return Check("supported", support)
    exact = flaw(claim, plain(found.best))
    reason = exact.reason if exact else NOT_SAID
    is_near = support >= calibration.threshold * DOUBT_SHARE
    return Check("partly" if is_near else "unsupported", support, reason)
