"""Markdown articles: front matter, and the text without its markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from index.errors import ReadError
from index.extract.fields import article_from_fields
from index.extract.visible import visible_text
from index.schema import Extracted, Failure

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)?(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_HEADING = re.compile(r"^ {0,3}#{1,6}(?:[ \t]+|$)")
_UNDERLINE = re.compile(r"^ {0,3}(?:=+|-{2,})[ \t]*$")
_RULE = re.compile(r"^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_FENCE = re.compile(r"^ {0,3}(?:```|~~~)")
_ITEM = re.compile(r"^\s{0,12}(?:[-*+•]|\d{1,3}[.)])[ \t]+")
_QUOTE = re.compile(r"^ {0,3}(?:> ?)+")
_DEFINITION = re.compile(r"^ {0,3}\[[^\]\n]{1,200}\]:\s*\S+")
_TABLE_RULE = re.compile(r"^\s*\|?[ \t:|-]{3,}\|?\s*$")
_IMAGE = re.compile(r"!\[[^\[\]\n]{0,500}\](?:\([^()\n]{0,2000}\)|\[[^\[\]\n]{0,200}\])")
_LINK = re.compile(
    r"\[([^\[\]\n]{1,500})\](?:\([^()\n]{0,2000}(?:\([^()\n]{0,200}\))?[^()\n]{0,200}\)|\[[^\[\]\n]{0,200}\])"
)
_FOOTNOTE = re.compile(r"\[\^[^\]\n]{1,60}\]")
_CODE = re.compile(r"(`{1,3})([^`\n]{1,500})\1")
_STRONG = re.compile(r"(\*\*\*|\*\*|(?<!\w)\*|~~)(?=\S)([^*~\n]{1,2000}?)(?<=\S)\1")
_UNDERSCORE = re.compile(r"(?<!\w)(__|_)(?=\S)([^_\n]{1,2000}?)(?<=\S)\1(?!\w)")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|>~<])")
_TAG = re.compile(r"<(?:[a-zA-Z/!])")
MAX_ALIASES = 20  # in front matter; each can multiply what is behind it


class _Loader(yaml.SafeLoader):
    """Loads plain values, unless they refer to each other more often than a person writes."""

    _n_aliases = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Return the next node. Raises YAMLError past MAX_ALIASES."""
        self._n_aliases += self.check_event(yaml.AliasEvent)
        if self._n_aliases > MAX_ALIASES:
            raise yaml.YAMLError(f"more than {MAX_ALIASES} aliases")
        return super().compose_node(parent, index)


def read_markdown(path: Path, text: str) -> Iterator[Extracted | Failure]:
    """Yield the article of a Markdown file.

    Raises:
        ReadError: the front matter is not valid YAML, or there is too little text.
    """
    fields, body = _split_front_matter(path, text)
    if _TAG.search(body):
        body = visible_text(body)
    title, paragraphs = _title_and_paragraphs(body)
    text = "\n\n".join(paragraphs)
    try:
        article = article_from_fields(fields, text, provenance="front-matter", title=title)
    except ValueError as error:
        raise ReadError(str(path), str(error)) from error
    yield article


def _split_front_matter(path: Path, text: str) -> tuple[dict[str, object], str]:
    match = _FRONT_MATTER.match(text)
    if not match:
        return {}, text
    try:
        fields = yaml.load(match[1] or "", _Loader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = str(error).splitlines()[0][:200]
        raise ReadError(str(path), f"front matter is not valid YAML ({reason})") from error
    if not isinstance(fields, dict):  # a rule at the top of a text without front matter
        return {}, text
    return {str(name): value for name, value in fields.items()}, text[match.end() :]


def _title_and_paragraphs(body: str) -> tuple[str, list[str]]:
    """Return (first heading or "", plain paragraphs); lines that wrap are joined."""
    title = ""
    blocks: list[list[str]] = [[]]
    for line in body.split("\n"):
        line, starts, ends = _plain_line(line)
        if _UNDERLINE.match(line):
            if len(blocks[-1]) == 1:
                title = title or _inline(blocks[-1][0])
            line, starts = "", True
        if starts or not line.strip():
            blocks.append([])
        if line.strip():
            blocks[-1].append(line.strip())
        if ends:
            if starts and line.strip():
                title = title or _inline(line)
            blocks.append([])
    return title, [_inline(" ".join(block)) for block in blocks if block]


def _plain_line(line: str) -> tuple[str, bool, bool]:
    """Return (line without its block marks, begins a paragraph, ends it: a heading does)."""
    line = _QUOTE.sub("", line)
    if _RULE.match(line) and not _UNDERLINE.match(line):
        return "", True, False
    if _FENCE.match(line) or _DEFINITION.match(line):
        return "", True, False
    if _HEADING.match(line):
        return re.sub(r"\s#+\s*$", "", _HEADING.sub("", line)), True, True
    if _ITEM.match(line):
        return _ITEM.sub("", line), True, False
    if line.count("|") >= 2:
        cells = (
            ""
            if _TABLE_RULE.match(line)
            else ", ".join(
                cell.strip() for cell in line.strip().strip("|").split("|") if cell.strip()
            )
        )
        return cells, True, False
    return line, False, line.endswith(("  ", "\\"))


def _inline(text: str) -> str:
    """Return text without images, links, emphasis, code marks, footnote marks and escapes."""
    text = _FOOTNOTE.sub("", _IMAGE.sub("", text))
    text = _LINK.sub(r"\1", text)
    text = _CODE.sub(r"\2", text)
    for _ in range(2):  # strong around emphasis
        text = _UNDERSCORE.sub(r"\2", _STRONG.sub(r"\2", text))
    return _ESCAPE.sub(r"\1", text).rstrip("\\").strip()
