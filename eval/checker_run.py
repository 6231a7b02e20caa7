"""``dateline eval checker``: score the sets, print the figures, write the calibration.

Nothing is kept between runs: every pair is read anew, so that what ships is measured.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

from eval.checker import Scored, evaluate, fit, names_of, report, score_sets, sets_in
from index.errors import InputError
from rag.entailment import CrossEncoderReader, Reader, ShippedReader, ships


def lines(
    folder: Path, checker: Path | None, *, without: bool, fit_to: Path | None
) -> Iterator[str]:
    """Yield what to print. With ``fit_to``, the calibration is written there at the end."""
    reader = None if without else _reader(checker)
    began = time.process_time()
    scored: list[Scored] = []
    for pair in score_sets(sets_in(folder), reader, lambda name: None):
        scored.append(pair)
    took = (time.process_time() - began) / len(scored)
    plain_names, names = names_of(with_reader=False), names_of(with_reader=True)
    if reader is not None:
        yield f"Reader: {reader.name}"
        yield report(*evaluate(scored, names))
        yield ""
    yield "Without the reader:"
    yield report(*evaluate(scored, plain_names))
    yield f"\n{1000 * took:.1f} ms of CPU time a pair, long premises included; n {len(scored)}"
    if fit_to is not None:
        if reader is None:
            raise InputError("--fit needs a reader: name one with --checker FOLDER.")
        yield _written(fit_to, scored)


def _reader(checker: Path | None) -> Reader | None:
    """Return the one named, else the one that is served: None where none comes with Dateline."""
    if checker is not None:
        return CrossEncoderReader(checker)
    return ShippedReader() if ships() else None


def _written(path: Path, scored: list[Scored]) -> str:
    fitted = {
        "with_reader": fit(scored, names_of(with_reader=True)),
        "without": fit(scored, names_of(with_reader=False)),
    }
    path.write_text(json.dumps(fitted, indent=1) + "\n", "utf-8")
    return f"Written: {path}"
