"""Bytes of a file -> text, or a clear reason why they are not text."""

from __future__ import annotations

import codecs
import re

from trafilatura.utils import detect_encoding

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(
    rb"""(?:charset|encoding)\s{0,4}=\s{0,4}["']?([\w.:-]{2,40})""", re.IGNORECASE
)
_HEAD = 4096  # bytes in which a declaration must stand, as browsers have it
_SAMPLE = 65_536  # bytes that are enough to guess an encoding
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def decode(raw: bytes) -> str:
    """Return the text of a file.

    In order: byte order mark, UTF-8 (which hardly ever decodes by accident), the declared
    encoding, Windows-1252 where the text is mostly ASCII, a statistical guess.

    Raises:
        ValueError: the bytes are not text; the message is the reason for the user.
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _checked(raw.decode(encoding, "replace"))
    if b"\x00" in raw:
        raise ValueError("binary file, not text")
    try:
        return _checked(raw.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    for encoding in _candidates(raw):
        try:
            return _checked(raw.decode(encoding))
        except (LookupError, UnicodeError):
            continue
    raise ValueError("not text in any known encoding; save it as UTF-8")


def _candidates(raw: bytes) -> list[str]:
    declared = _DECLARED.search(raw[:_HEAD])
    names = [declared[1].decode("ascii", "replace")] if declared else []
    n_high = sum(byte > 127 for byte in raw[:_SAMPLE])
    if n_high * 8 < len(raw[:_SAMPLE]):  # Western text; Cyrillic or Greek is mostly high bytes
        names.append("cp1252")
    return [*names, *detect_encoding(raw[:_SAMPLE]), "cp1252"]


def _checked(text: str) -> str:
    if not _CONTROL.search(text, 0, _SAMPLE):
        return text
    n_control = len(_CONTROL.findall(text, 0, _SAMPLE))
    if n_control * 100 > len(text[:_SAMPLE]):
        raise ValueError("binary file, not text")
    return text
