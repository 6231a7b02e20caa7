"""The plain text of an e-mail -> its own paragraphs: no quoted replies, no signature.

Pure functions of strings; knows nothing of headers or parts of a message.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile

from index.dates import parse_date
from index.extract.clean import clean_characters
from index.extract.text import unwrap

HEADER_LINES = 12  # below the mark of an earlier message, in which its headers stand
SIGNATURE_LINES = 12  # at the end, among which a signature begins with "--" and no space

_PASSED_ON = re.compile(  # above what is passed on and nothing else
    r"^(?:-{2,}\s*(?:forwarded message|weitergeleitete nachricht|message transféré)\s*-{2,}"
    r"|begin forwarded message:)\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_EARLIER = re.compile(  # above an earlier message, passed on or answered; Outlook has no mark
    rf"{_PASSED_ON.pattern.replace('^', '^[>]*[ ]*', 1)}"
    r"|^[> ]*-{2,}\s*(?:original message|ursprüngliche nachricht)\s*-{2,}\s*$"
    r"|^[> ]*\*?(?=from:.*\n(?:.*\n){0,2}?[> ]*\*?(?:sent|date):"
    r".*\n(?:.*\n){0,4}?[> ]*\*?subject:)",
    re.IGNORECASE | re.MULTILINE,
)
_FIELD = re.compile(
    r"^\*?(?P<name>from|date|sent|subject|to|cc|reply-to):\*?\s*(?P<value>.*)$", re.I
)
_WROTE = re.compile(
    r"^(?:on\b.{6,200}\bwrote|le\b.{6,200}\ba écrit|am\b.{6,200}\bschrieb.{0,80})\s*:\s*$",
    re.IGNORECASE | re.DOTALL,
)
_QUOTE = re.compile(r"^\s{0,2}>+ ?")
_SCHEME = r"(?:https?://|mailto:|www\.)"
# An address ends where the next bracket opens: each of many that nobody closes is then read once.
_LINK = re.compile(
    rf"\s{{0,8}}(?:<\s*{_SCHEME}[^\s<>]+\s*>"
    rf"|\(\s*{_SCHEME}[^\s(]+?\s*\)|\[\s*{_SCHEME}[^\s\[]+?\s*\])"
)
_LONE_LINK = re.compile(rf"^\s*{_SCHEME}\S+\s*$")
_RULE = re.compile(r"^\s*[-_=*~#+]{3,}\s*$")


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier message within the text of another, and what stands above it."""

    above: str
    text: str
    is_passed_on: bool  # the text itself says that it is forwarded
    sender: str = ""
    subject: str = ""
    published: str | None = None  # ISO date


def earlier_message(text: str) -> Earlier | None:
    """Return the first message that the text forwards or answers below itself, or None.

    Where every line is marked with ">" only, there is none: see ``unquoted``.
    """
    text = clean_characters(text)
    mark = _EARLIER.search(text)
    if not mark:
        return None
    lines = text[mark.end() :].lstrip("\n").split("\n")
    n_quoted = sum(line.startswith(">") for line in lines)
    if 2 * n_quoted > sum(bool(line.strip()) for line in lines):
        lines = [_QUOTE.sub("", line) for line in lines]
    fields, n_fields = _fields(lines)
    return Earlier(
        above=text[: mark.start()],
        text="\n".join(lines[n_fields:]),
        is_passed_on=bool(_PASSED_ON.match(mark[0])),
        sender=fields.get("from", ""),
        subject=fields.get("subject", ""),
        published=parse_date(fields.get("date") or fields.get("sent") or ""),
    )


def _fields(lines: list[str]) -> tuple[dict[str, str], int]:
    """Return the headers that the lines begin with, by name, and how many lines they take."""
    fields: dict[str, str] = {}
    n_lines = 0
    for at, line in enumerate(lines[:HEADER_LINES]):
        if found := _FIELD.match(line.strip()):
            fields.setdefault(found["name"].lower(), found["value"].strip())
            n_lines = at + 1
        elif line.strip() and fields and not line.startswith((" ", "\t")):
            break
    return fields, n_lines


def unquoted(text: str) -> str:
    """Return a text with one level of quote marks taken off each line."""
    return "\n".join(_QUOTE.sub("", line) for line in clean_characters(text).split("\n"))


def own_paragraphs(text: str, *, is_flowed: bool = False) -> list[str]:
    """Return the paragraphs that the sender wrote: no quotes, signature, rules, lone addresses.

    Args:
        text: the plain text of a message or of one forwarded in it.
        is_flowed: whether a space at a line's end says that the paragraph goes on (RFC 3676).
    """
    lines = _without_signature(clean_characters(text).split("\n"))
    lines = _without_quotes(lines)
    if is_flowed:
        lines = _joined(lines)
    lines = [
        "" if _RULE.match(line) or _LONE_LINK.match(line) else _LINK.sub("", line) for line in lines
    ]
    return [line.strip() for line in unwrap("\n".join(lines)).split("\n") if line.strip()]


def _without_signature(lines: list[str]) -> list[str]:
    """Cut at "-- ", as the standard has it; programs that drop the space do so near the end."""
    for at, line in enumerate(lines):
        is_near_end = len(lines) - at <= SIGNATURE_LINES
        if line == "-- " or (is_near_end and line == "--"):
            return lines[:at]
    return lines


def _without_quotes(lines: list[str]) -> list[str]:
    """Drop quoted lines and the line or two above them that say whose they are."""
    kept: list[str] = []
    for at, line in enumerate(lines):
        if not _QUOTE.match(line):
            kept.append(line)
        elif at == 0 or not _QUOTE.match(lines[at - 1]):
            _drop_attribution(kept)
    _drop_attribution(kept)  # its quote may have been cut off
    return kept


def _drop_attribution(kept: list[str]) -> None:
    """Remove a trailing "On Monday Ana Roe wrote:", which mail programs wrap, in place."""
    while kept and not kept[-1].strip():
        kept.pop()
    last = [*takewhile(str.strip, reversed(kept[-3:]))][::-1]
    for n in range(1, len(last) + 1):
        if _WROTE.match(" ".join(last[-n:])):
            del kept[-n:]
            return
    kept.append("")


def _joined(lines: list[str]) -> list[str]:
    """Return flowed lines with each paragraph on one line."""
    joined: list[str] = []
    goes_on = False
    for line in lines:
        line = line.removeprefix(" ") if not goes_on else line
        if goes_on and joined:
            joined[-1] += line
        else:
            joined.append(line)
        goes_on = line.endswith(" ") and bool(line.strip())
    return joined
