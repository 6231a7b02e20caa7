"""A library built beside another, and put in its place when it is whole.

Two renames, so that a stop between them leaves both: ``finish`` then does the second. Only for
who holds the lock.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from index.errors import LibraryError


def beside(folder: Path) -> Path:
    """Return where the next library of a folder is built."""
    return folder.with_name(f"{folder.name}.next")


def switch(folder: Path) -> None:
    """Put the whole library built beside in the folder's place. Raises LibraryError."""
    old = _old(folder)
    try:
        shutil.rmtree(old, ignore_errors=True)
        if folder.exists():
            folder.rename(old)
        beside(folder).rename(folder)
    except OSError as exc:
        raise LibraryError(
            f"The new library could not take the place of {folder} ({exc.strerror}). Both are "
            f"kept: check the folder's permissions and run the command again."
        ) from exc
    shutil.rmtree(old, ignore_errors=True)


def finish(folder: Path) -> None:
    """End a switch that was stopped between its renames; do nothing otherwise."""
    if not folder.exists() and _old(folder).is_dir() and beside(folder).is_dir():
        beside(folder).rename(folder)
        shutil.rmtree(_old(folder), ignore_errors=True)


def _old(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.old")
