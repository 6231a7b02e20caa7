"""Running heads, running feet and page numbers: what pages repeat at their edges.

Works on the lines of ``index.extract.layout``; knows nothing of the text between the edges.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import takewhile

from index.extract.clean import key
from index.extract.layout import Line

EDGE_LINES = 4  # at the top and at the bottom of a page, among which running lines stand
SAME_PLACE = 6.0  # points by which a running line may move from page to page
SAME_BASE = 3.0  # points by which baselines of one row differ
OUTSIDE_GAP = 1.8  # times the size between a page number and the text, at least

_NUMBER = re.compile(
    r"(?:page|p\.)?\s*[-–—|(]?\s*\d{1,4}\s*(?:(?:of|/)\s*\d{1,4})?\s*[-–—|)]?", re.IGNORECASE
)
# What a browser prints at the edges: the time of printing, the address, page of pages.
_TIME = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?\s+\d{1,2}[:.]\d\d\b.*")
_ADDRESS = re.compile(r"(?P<url>(?:https?|file)://\S+)(?:\s+\d+/\d+)?")


def without_running_lines(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Return the pages without lines that repeat in one place, page numbers and print marks.

    Only what has nothing but such lines outside of it falls: text that happens to stand alike on
    two pages is deeper in the page.
    """
    repeated = _repeated([[*_edge(page, 1), *_edge(page, -1)] for page in pages])
    kept = []
    for page in pages:
        running: set[int] = set()
        for side in (1, -1):
            edge = _edge(page, side)
            marks = repeated | _marks(page, edge)
            for line in takewhile(lambda line: id(line) in marks, edge):  # noqa: B023
                running.add(id(line))
        kept.append([line for line in page if id(line) not in running])
    return kept


def printed_address(pages: Sequence[Sequence[Line]]) -> str | None:
    """Return the web address that a browser printed at the edge of the pages, or None."""
    for page in pages:
        for line in (*_edge(page, 1), *_edge(page, -1)):
            found = _ADDRESS.fullmatch(line.text)
            if found and _is_counted(line, page) and re.match(r"http[^…]+$", found["url"]):
                return found["url"]
    return None


def _is_counted(line: Line, page: Sequence[Line]) -> bool:
    """Tell whether page of pages stands in or beside a line; an address of the text has none."""
    beside = [other.text for other in page if abs(other.base - line.base) < SAME_BASE]
    return any(re.search(r"(?:^|\s)\d{1,3}/\d{1,3}$", text) for text in beside)


def _edge(page: Sequence[Line], side: int) -> list[Line]:
    """Return the lines nearest to the top (side 1) or the bottom (-1), the outermost first."""
    return sorted(page, key=lambda line: -side * line.base)[:EDGE_LINES]


def _repeated(edges: Sequence[Sequence[Line]]) -> set[int]:
    """Return the identities of lines that stand in one place on two pages or more.

    Figures may differ, since page numbers do; a headline that later pages repeat in small print
    differs in size and stays.
    """
    alike: defaultdict[tuple[str, int], list[Line]] = defaultdict(list)
    for edge in edges:
        for line in {id(line): line for line in edge}.values():
            alike[re.sub(r"\d+", "#", key(line.text)), round(line.size)].append(line)
    return {
        id(line)
        for lines in alike.values()
        for line in lines
        if any(
            other.page != line.page and abs(other.base - line.base) <= SAME_PLACE for other in lines
        )
    }


def _marks(page: Sequence[Line], edge: Sequence[Line]) -> set[int]:
    """Return the identities of a page number that stands apart, and of what a browser printed."""
    printed = [
        line.base
        for line in edge
        if _TIME.fullmatch(line.text) or (_ADDRESS.fullmatch(line.text) and _is_counted(line, page))
    ]
    marks = {
        id(line) for line in edge if any(abs(line.base - base) < SAME_BASE for base in printed)
    }
    for line in edge:
        others = [abs(line.base - other.base) for other in page if abs(line.base - other.base) > 1]
        is_apart = min(others, default=0.0) > OUTSIDE_GAP * line.size
        if is_apart and _NUMBER.fullmatch(line.text):
            marks.add(id(line))
    return marks
