"""How the vector store's files look when all is well: their sizes and digests, kept in the ledger.

An index file that was cut, scribbled on or lost opens without an error and silently finds less
(docs/decisions.md); only comparing it with what was written tells. While a run writes, the seal
is open. Knows nothing of what the files mean.
"""

from __future__ import annotations

import json
from hashlib import blake2b, file_digest
from pathlib import Path

KEY = "vector_files"
OPEN = "open"  # a run is writing, or was stopped while it did
FOLDER = "chroma"
TABLE = "index_metadata.pickle"  # looked for, never read
DATABASE = "chroma.sqlite3"  # it has checks of its own, and changes when it is read


def dumps(library: Path) -> str:
    """Return the seal of a library folder's vector files as text."""
    return json.dumps({name: [size, digest(path)] for name, (path, size) in _files(library)})


def broken(library: Path, sealed: str | None, *, thorough: bool = False) -> list[str]:
    """Return what differs from the seal: one line a file; digests only where ``thorough``."""
    if sealed is None or sealed == OPEN:
        return []
    known: dict[str, list[object]] = json.loads(sealed)
    found = dict(_files(library))
    lines = []
    if known and not (library / FOLDER).is_dir():
        return [f"the folder {FOLDER} is missing"]
    if not (library / FOLDER / DATABASE).is_file():
        lines.append(f"{FOLDER}/{DATABASE} is missing")
    for name, (size, checksum) in sorted(known.items()):
        if name not in found:
            lines.append(f"{name} is missing")
        elif found[name][1] != size:
            lines.append(f"{name} has {found[name][1]} bytes, not {size}")
        elif thorough and digest(found[name][0]) != checksum:
            lines.append(f"{name} is not what was written")
    return lines


def digest(path: Path) -> str:
    """Return 32 hex digits of a file's BLAKE2b."""
    with path.open("rb") as file:
        return file_digest(file, lambda: blake2b(digest_size=16)).hexdigest()


def _files(library: Path) -> list[tuple[str, tuple[Path, int]]]:
    """Return the files of each index that is on disk by name below the library.

    One without its table of ids has never been written: whoever opens it starts it anew.
    """
    indexes = (path.parent for path in (library / FOLDER).glob(f"*/{TABLE}"))
    paths = (p for folder in indexes for p in folder.iterdir() if p.is_file())
    return sorted((p.relative_to(library).as_posix(), (p, p.stat().st_size)) for p in paths)
