"""What a library is built with, and where everything of ours lies on disk.

Built once at the entry point (flag, then environment, then default) and passed down.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path


def default_home() -> Path:
    """Return DATELINE_HOME, or the user's data folder where it is not set."""
    named = os.environ.get("DATELINE_HOME")
    return Path(named).expanduser().absolute() if named else user_data_path("dateline")


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """Every choice that shapes a library. ``home`` is the only required field."""

    home: Path  # DATELINE_HOME: library, weights and history; nothing is written elsewhere
    embed_model: Path | None = None  # a sentence-transformers folder; None: the shipped model
    chunk_words: int = 120  # words a chunk aims at; about 160 of the model's 256 word pieces
    batch_size: int = 32  # chunks encoded at once; past 32 two cores gain nothing

    def __post_init__(self) -> None:
        """Reject sizes that cannot work."""
        if self.chunk_words < 20 or self.batch_size < 1:
            raise ValueError(
                f"chunk_words must be at least 20 and batch_size at least 1, "
                f"got {self.chunk_words} and {self.batch_size}"
            )

    @property
    def library_dir(self) -> Path:
        """Folder of the ledger and the vectors."""
        return self.home / "library"

    @property
    def models_dir(self) -> Path:
        """Folder that fetched weights are kept in."""
        return self.home / "models"
