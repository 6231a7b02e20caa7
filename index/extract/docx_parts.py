"""The bytes of a DOCX file -> the XML trees of the few parts of it that are read.

Guards against what unpacks to too much and against damage; knows nothing of what the parts say.
"""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from pathlib import Path

from lxml import etree

from index.errors import ReadError

MAX_PART_BYTES = 8_000_000  # unpacked; a novel has three, and lxml needs twenty times as much
MAIN = "word/document.xml"
RELATIONS = "_rels/.rels"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # what .doc files, and encrypted ones, begin with
STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"  # says the same as the usual name
USUAL = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_DAMAGES = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError)


def read_parts(path: Path, raw: bytes) -> dict[str, etree._Element]:
    """Return the trees "document" and, where there are any, "styles" and "core" (properties).

    Raises:
        ReadError: the bytes are no DOCX, damaged, or unpack to too much.
    """
    if raw.startswith(OLE):
        raise ReadError(str(path), "an encrypted or old Word file; save it as DOCX, unencrypted")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            names = set(archive.namelist())
            main = MAIN
            if RELATIONS in names:
                main = _main_part(_tree(path, _part(path, archive, RELATIONS)))
            if main not in names:
                raise ReadError(str(path), f"no DOCX: there is no {main} in it")
            wanted = {
                "document": main,
                "styles": f"{main.rpartition('/')[0]}/styles.xml",
                "core": "docProps/core.xml",
            }
            return {
                part: _tree(path, _part(path, archive, name))
                for part, name in wanted.items()
                if name in names
            }
    except _DAMAGES as error:
        raise ReadError(str(path), f"a damaged DOCX, or none ({error})") from error
    except (NotImplementedError, RuntimeError) as error:  # encrypted, or packed in an odd way
        raise ReadError(str(path), f"a DOCX that cannot be unpacked ({error})") from error


def _part(path: Path, archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as file:
        part = file.read(MAX_PART_BYTES + 1)  # what the archive says of its size may be a lie
    if len(part) > MAX_PART_BYTES:
        limit = MAX_PART_BYTES // 1_000_000
        raise ReadError(
            str(path), f"{name} unpacks to more than {limit} MB; no article has as much"
        )
    return part


def _main_part(relations: etree._Element) -> str:
    """Return the document's name, which a few programs choose freely."""
    for relation in relations.iterchildren(etree.Element):
        if relation.get("Type", "").endswith("/officeDocument"):
            return str(relation.get("Target", "")).removeprefix("/")
    return MAIN


def _tree(path: Path, part: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        tree = etree.fromstring(part.replace(STRICT, USUAL), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ReadError(str(path), f"a damaged DOCX: {error}") from error
    if tree is None:
        raise ReadError(str(path), "a damaged DOCX: a part of it is empty")
    return tree
