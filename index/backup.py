"""A library as one file, and back. The ledger is all there is to keep: vectors are rebuilt from it.

The copy is taken by SQLite while others read and write. Knows nothing of article files.
"""

from __future__ import annotations

import json
import shutil
import zipfile
import zlib
from contextlib import closing
from hashlib import file_digest
from pathlib import Path

from index.errors import InputError, LibraryError
from index.library import LEDGER, Library
from index.lock import only_writer
from index.store import Store
from index.switch import beside, switch

CONTENTS = "contents.json"
MAX_EXPANSION = 200  # times the packed size; SQLite packs 3 to 10 times


def backup(folder: Path, out: Path) -> int:
    """Write the library to a file; return the number of its articles.

    Raises NoLibraryError when there is none, LibraryError when the file cannot be written.
    """
    if out.exists():
        raise InputError(f"{out} is there already: name a file that is not.")
    part = out.with_name(f"{out.name}.part")
    copy = out.with_name(f"{out.name}.ledger")
    try:
        with closing(Library(folder)) as library:
            library.db.copy_to(copy)
        with closing(Library(copy.parent, ledger=copy.name)) as taken:
            n_articles = taken.status().n_articles
        with copy.open("rb") as file:
            contents = {"sha256": file_digest(file, "sha256").hexdigest(), "articles": n_articles}
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
            packed.writestr(CONTENTS, json.dumps(contents))
            packed.write(copy, LEDGER)
        part.rename(out)
    except OSError as exc:
        raise LibraryError(
            f"The backup {out} could not be written ({exc.strerror}). Nothing else was changed."
        ) from exc
    finally:
        for left in (part, copy, Path(f"{copy}-wal"), Path(f"{copy}-shm")):
            left.unlink(missing_ok=True)
    return n_articles


def restore(file: Path, folder: Path, *, replace: bool = False) -> int:
    """Make a library of a backup; return the number of its articles.

    The library in the folder, if there is one, goes only when the restored one is whole.

    Raises:
        InputError: the file is no whole backup.
        LibraryError: there is a library already and ``replace`` is false, or none can be written.
        BusyError: another process is writing.
    """
    if (folder / LEDGER).is_file() and not replace:
        raise LibraryError(
            f"There is a library in {folder} already. Restore into another home (--home), or add "
            f"--replace to give it up."
        )
    with only_writer(folder):
        new = beside(folder)
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True, mode=0o700)
        try:
            _unpack(file, new / LEDGER)
            with closing(Store(new)) as store:
                store.await_all()
                store.settle()
                n_articles = store.library.status().n_articles
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise
        switch(folder)
    return n_articles


def _unpack(file: Path, ledger: Path) -> None:
    """Write a backup's ledger to a path. Raises InputError when it is not what was packed."""
    try:
        with zipfile.ZipFile(file) as packed:
            wanted = json.loads(packed.read(CONTENTS))["sha256"]
            if packed.getinfo(LEDGER).file_size > MAX_EXPANSION * file.stat().st_size:
                raise ValueError("it unpacks to more than any backup does")
            with packed.open(LEDGER) as source, ledger.open("wb") as target:
                shutil.copyfileobj(source, target)
        with ledger.open("rb") as written:
            found = file_digest(written, "sha256").hexdigest()
        if found != wanted:
            raise ValueError("its ledger is not what was packed")
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, EOFError) as exc:
        raise InputError(
            f"{file} is no whole Dateline backup ({exc}). Nothing was changed: use another copy."
        ) from exc
    except zlib.error as exc:
        raise InputError(
            f"{file} is no whole Dateline backup ({exc}). Nothing was changed."
        ) from exc
