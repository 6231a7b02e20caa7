"""What the process tells its libraries before they are imported: no network, no telemetry.

Both must be set before the first import of the library that reads them.
"""

from __future__ import annotations

import os
from pathlib import Path


def prepare(home: Path) -> None:
    """Keep every library offline, and every file that one of them writes below ``home``."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["TRANSFORMERS_OFFLINE"] = "1"
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["ANONYMIZED_TELEMETRY"] = "False"
    os.environ["HF_HOME"] = str(home / "cache" / "hub")
    os.environ["GRADIO_TEMP_DIR"] = str(home / "cache" / "pages")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # no warning when a child is forked


def endpoint_key() -> str | None:
    """Return the key for ``--llm-url``; never a flag, because flags show in process lists."""
    return os.environ.get("DATELINE_LLM_KEY")
