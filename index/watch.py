"""Folders that change -> a signal each time that they have come to rest. The user of watchfiles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from watchfiles import watch

REST_MS = 1600  # a file that is being copied or saved changes several times in a row


def changes(paths: Sequence[Path]) -> Iterator[None]:
    """Yield whenever something in the folders has changed; end on Ctrl-C."""
    for _ in watch(*paths, debounce=REST_MS, raise_interrupt=False, recursive=True):
        yield
