"""Folders -> article files -> articles with their identity. Knows nothing of the library."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import file_digest
from pathlib import Path

from index.errors import NotFoundError, ReadError
from index.extract import READER_VERSION, is_export, is_supported
from index.extract.opening import opened_as_is
from index.schema import Article, Extracted, Failure, digest


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read; ``name`` is what a citation will call it."""

    path: Path
    name: str
    root: Path | None = None  # the folder that it must lie in once links are followed

    @property
    def key(self) -> str:
        """The path as the ledger keeps it; differs from it only where it is no Unicode text."""
        return _storable(str(self.path))


def sources(paths: Sequence[Path]) -> list[Source]:
    """List the article files below the folders, and the files named, each once, by path.

    Hidden files and folders are left out.

    Raises:
        NotFoundError: no path is given, or one of them is not there.
    """
    if not paths:
        raise NotFoundError("No file or folder was named. Use: dateline index FOLDER")
    found: dict[Path, Source] = {}
    for path in map(located, paths):
        if path.is_file():
            found.setdefault(path, Source(path, _storable(path.name)))
        elif path.is_dir():
            for file in _article_files(path):
                name = _storable(file.relative_to(path).as_posix())
                found.setdefault(file, Source(file, name, path))
        else:
            raise NotFoundError(f"There is no file or folder {path}. Check the spelling.")
    return [found[path] for path in sorted(found)]


def located(path: Path) -> Path:
    """Return an absolute path without ``..``: from wherever a file is named, it is the same one."""
    return path.resolve() if ".." in path.parts else path.absolute()


def _storable(name: str) -> str:
    """Return a file name as text that SQLite takes: bytes that are no UTF-8 become escapes."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def _article_files(folder: Path) -> Iterator[Path]:
    """Yield what is named like an article file; whether it is one, its reading tells."""
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and is_supported(path) and not path.is_dir():
            yield path


def articles(source: Source, items: Iterable[Extracted | Failure]) -> Iterator[Article | Failure]:
    """Yield a file's articles and what could not be read, named as citations will name them.

    ``items`` are what was read from it; a ReadError ends them. Of two different records with the
    same id the first counts, and the other is a failure.
    """
    seen: dict[str, str] = {}
    try:
        for n, item in enumerate(items, start=1):
            if isinstance(item, Failure):
                yield replace(item, path=source.name)
                continue
            article = _identify(source, item, n)
            if article.id not in seen:
                seen[article.id] = article.content_hash
                yield article
            elif seen[article.id] != article.content_hash:
                reason = f"two records have the id {item.record!r}; only the first is kept"
                yield Failure(source.name, reason)
    except ReadError as exc:
        yield Failure(source.name, exc.reason, ends=True)


def _identify(source: Source, item: Extracted, n: int) -> Article:
    """Give the ``n``-th article of a file its id: by file, and by record where it holds many.

    A record without an id is known by its text, because its line number changes when a line
    above it goes.
    """
    key, name = source.key, source.name
    if item.record is not None:
        key, name = f"{key}#{item.record}", item.record
    elif is_export(source.path):
        key, name = f"{key}#{digest(item.text)}", f"{name}#{n}"
    return Article(
        id=digest(key)[:20],
        path=source.key,
        name=name,
        title=item.title,
        source=item.source,
        authors=item.authors,
        published=item.published,
        published_from=item.published_from,
        url=item.url,
        language=item.language,
        text=item.text,
        updated=item.updated,
        section=item.section,
        pages=item.pages,
        provenance=item.provenance,
    )


def stamp_of(source: Source, fields: Mapping[str, str] | None) -> tuple[str, Failure | None]:
    """Return what changes when a file would be read differently: its bytes, reader and map.

    Where it cannot be opened, that is "", and why.
    """
    try:
        with opened_as_is(source.path, source.root) as file:
            content = file_digest(file, "sha256").hexdigest()
    except ReadError as exc:
        return "", Failure(source.name, exc.reason)
    except OSError as exc:
        return "", Failure(source.name, f"cannot be opened ({exc.strerror})")
    mapped = json.dumps(fields, sort_keys=True) if fields and is_export(source.path) else ""
    return digest(f"{READER_VERSION} {mapped} {content}"), None
