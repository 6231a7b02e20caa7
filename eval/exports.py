"""Other people's sets as files: JSON lines in, and articles out as an export to index.

Knows nothing of any one set.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from rag.schema import Turn

Row = Mapping[str, Any]


def rows(path: Path) -> Iterator[Any]:
    """Yield what the lines of a JSONL file hold. Raises FileNotFoundError or ValueError."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def write_export(path: Path, articles: Iterable[Row]) -> Path:
    """Write an export, only where it differs: an unchanged file is not read again."""
    text = "".join(json.dumps(article, ensure_ascii=False) + "\n" for article in articles)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_file() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")
    return path


def turns(said: Iterable[Row]) -> tuple[Turn, ...]:
    """Pair each question of a conversation with the answer that follows it."""
    paired: list[Turn] = []
    for utterance in said:
        if utterance["speaker"] == "user":
            paired.append(Turn(utterance["text"], ""))
        elif paired:
            answer = f"{paired[-1].answer} {utterance['text']}".strip()
            paired[-1] = Turn(paired[-1].question, answer)
    return tuple(paired)
