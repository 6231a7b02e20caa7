"""One writer at a time: an operating-system lock beside the library, which names its owner.

The system releases it when its owner dies, however that happens.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import BusyError, LibraryError
from index.switch import finish


@contextmanager
def only_writer(library: Path) -> Iterator[None]:
    """Hold the write lock of a library folder.

    Raises:
        BusyError: another process holds it; the error carries that process's id.
        LibraryError: the folder above cannot be written.
    """
    lock, owner = FileLock(library.with_suffix(".lock")), library.with_suffix(".pid")
    try:
        library.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock.acquire(timeout=0)
        owner.write_text(str(os.getpid()))
    except Timeout:
        written = owner.read_text() if owner.is_file() else ""
        pid = int(written) if written.isdigit() else None
        raise BusyError(
            f"Another process{f' ({pid})' if pid else ''} is writing to the library in {library}. "
            f"Wait until it has finished, or stop it, then run this again.",
            pid,
        ) from None
    except OSError as exc:
        lock.release()
        raise LibraryError(
            f"The library in {library} cannot be written ({exc.strerror}). Free disk space or "
            f"check the folder's permissions, or name another with --home or DATELINE_HOME."
        ) from exc
    try:
        finish(library)
        yield
    finally:
        owner.unlink(missing_ok=True)
        lock.release()
