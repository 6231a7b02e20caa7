"""Bytes of a MIME message (e-mail, MHTML) -> its headers and parts as text.

Knows nothing of articles. Attachments stay closed. The standard library's older policy is used:
the newer one raises AttributeError or RecursionError for headers that are merely malformed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.utils import parsedate_to_datetime

from index.extract.clean import clean_line
from index.extract.decode import decode

MAX_NESTED = 100  # a thread forwarded for weeks has twenty; the parser takes the square of that
MAX_HEADER = 2000  # characters; a longer one is cut
_NESTING = re.compile(rb"content-type:\s*(?:multipart|message)/", re.IGNORECASE)
_NAMES = ("from", "date", "subject", "content-type")
_BLANK = b"\xef\xbb\xbf \t\r\n"


def parse_message(raw: bytes) -> Message:
    """Return the message that the bytes hold.

    Raises:
        ValueError: it is nested absurdly, or has none of the headers that every message has; the
            text is the reason for the user.
    """
    n_nested = sum(1 for _ in _NESTING.finditer(raw))
    if n_nested > MAX_NESTED:
        raise ValueError(f"{n_nested} nested parts; no message has more than {MAX_NESTED}")
    message = BytesParser().parsebytes(raw.lstrip(_BLANK))
    if not any(name in message for name in _NAMES):
        raise ValueError("no message: it has no headers From, Date, Subject; name it by what it is")
    return message


def header(message: Message, name: str) -> str:
    """Return a header, decoded (RFC 2047) and on one line; "" where it is not there."""
    found = (str(value) for key, value in message.raw_items() if key.lower() == name.lower())
    value = next(found, "")[:MAX_HEADER]
    try:
        value = decode(value.encode("utf-8", "surrogateescape"))  # bytes put there unencoded
        parts = [_decoded(part, charset) for part, charset in decode_header(value)]
    except (HeaderParseError, ValueError):
        parts = [value]
    return clean_line("".join(parts))


def header_day(message: Message) -> str | None:
    """Return the day of the Date header as written there, in its own time zone, or None."""
    try:
        return parsedate_to_datetime(header(message, "Date")).date().isoformat()
    except (TypeError, ValueError, OverflowError):
        return None


def leaves(message: Message) -> Iterator[Message]:
    """Yield the parts that are shown in the message itself, forwarded messages left closed."""
    if message.get_content_disposition() == "attachment":
        return
    if message.get_content_maintype() == "multipart":
        parts = message.get_payload() if message.is_multipart() else []  # it may only say so
        for part in parts:
            if isinstance(part, Message):
                yield from leaves(part)
    elif message.get_content_maintype() != "message":
        yield message


def text_of(part: Message) -> str:
    """Return the text of a part.

    Raises:
        ValueError: it is not text; the text of the error is the reason for the user.
    """
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes) or not raw.strip():
        return ""
    try:
        return raw.decode(part.get_content_charset() or "ascii")
    except (LookupError, UnicodeError):
        return decode(raw)


def _decoded(part: bytes | str, charset: str | None) -> str:
    if isinstance(part, str):
        return part
    try:
        return part.decode(charset or "ascii")
    except (LookupError, UnicodeError):
        return decode(part) if part else ""
