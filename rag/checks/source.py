"""What a drafted sentence is checked against, and what a check finds. Plain frozen data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from rag.figures import Figure, figures
from rag.schema import Evidence, Verdict
from rag.terms import names, stems


@dataclass(frozen=True)
class Source:
    """The cited sentences (``text``), and what stands around them and says whom they are about.

    ``around`` is the headline, the outlet and the sentences before; ``published`` holds the
    articles' dates, ISO.
    """

    text: str
    around: str = ""
    published: tuple[str, ...] = ()

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of the cited sentences."""
        return frozenset(stems(self.text))

    @cached_property
    def known(self) -> frozenset[str]:
        """The stems of the cited sentences and of what stands around them."""
        return self.stems | frozenset(stems(self.around))

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """The figures of the cited sentences."""
        return tuple(figures(self.text))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the cited sentences and of what stands around them."""
        return tuple(names(f"{self.around}\n{self.text}"))


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a draft is not, or only partly, supported."""

    reason: str
    verdict: Verdict = "unsupported"


def cited(evidence: Sequence[Evidence]) -> Source:
    """Return evidence sentences, all of them together, as one source."""
    around = (t for e in evidence for t in (e.before, e.article.title, e.article.source))
    return Source(
        text="\n".join(e.text for e in evidence),
        around="\n".join(dict.fromkeys(filter(None, around))),
        published=tuple(
            dict.fromkeys(e.article.published for e in evidence if e.article.published)
        ),
    )


def plain(text: str, around: str = "") -> Source:
    """Return a text that no article is known for."""
    return Source(text, around)
