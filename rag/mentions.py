"""Outlets and authors that a question asks to hear: "according to CNN", "what does Jane Roe write".

They are matched against the library's own, and become a preference, never a limit. A name alone
("Who owns CNN?") is what the question is about, and no preference. Knows nothing of retrieval.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from rag.schema import Preference

_MAX_WORDS = 8  # of an outlet's or an author's name
_TOKEN = re.compile(r"[^\W_](?:[\w&.-]*\w)?")
_DOMAIN = re.compile(r"(?:www\.)?([\w-]+(?:\.[\w-]+)*?)((?:\.(?:com?|org|net|info|news|gov|edu))?"
                     r"(?:\.[a-z]{2})?)", re.IGNORECASE)  # fmt: skip
_GENERIC = frozenset(
    "news online newspaper agency magazine media network press service daily english international"
    " group website world".split()
)
"""Words that an outlet's name may end with and people leave out."""

_MADE = r"(?:articles?|stor(?:y|ies)|reports?|reporting|figures?|numbers?|coverage|news|data)"
_CUE_BEFORE = re.compile(
    r"\b(?:according\s+to|as\s+per|per|told|via"
    r"|(?:reported|published|written|quoted|cited|covered|described|said|estimated|counted)\s+(?:by|in|on)"
    rf"|{_MADE}\s+(?:from|in|on|of|by)|journalists?\s+(?:of|at|from)|read\s+in)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_SAYS = (
    r"(?:say|said|sa(?:ys|ying)|reports?|reported|writes?|wrote|written|claims?|claimed|calls?|called"
    r"|describes?|described|puts?|publish(?:es|ed)?|quotes?|quoted|mentions?|mentioned|cites?|cited"
    r"|notes?|noted|reveals?|revealed|tells?|cover(?:s|ed)?|estimates?|estimated|counts?|counted"
    r"|argues?|argued|think|thinks)"
)
_CUE_AFTER = re.compile(
    rf"(?:['’]s?)?\s+(?:\w+\s+){{0,2}}?(?:{_MADE}|account|version|estimates?|count|interview|analysis"
    rf"|piece|column|articles?)\b|,?\s+(?:\w+ly\s+|also\s+|itself\s+)?{_SAYS}\b",
    re.IGNORECASE,
)
_NOT_THAT = re.compile(
    r"\b(?:other\s+than|except(?:\s+for)?|besides|apart\s+from|not|unlike|than|without)\s+"
    r"(?:(?:from|in|by|according\s+to)\s+)?(?:the\s+)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Bylines:
    """The outlets and authors of one library, ready to be recognised."""

    sources: Collection[str] = ()
    authors: Collection[str] = ()
    _sources: dict[str, list[str]] = field(init=False, default_factory=lambda: defaultdict(list))
    _authors: dict[str, list[str]] = field(init=False, default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        """Write down every form under which each may be mentioned."""
        for source in self.sources:
            for form in _forms(source):
                self._sources[form].append(source)
        for author in self.authors:
            self._authors[_squeezed(author)].append(author)

    def preferred(self, question: str) -> Preference:
        """Return whom a question asks to hear, as the library writes them."""
        sources: list[str] = []
        authors: list[str] = []
        tokens = list(_TOKEN.finditer(question))
        at = 0
        while at < len(tokens):
            n = min(_MAX_WORDS, len(tokens) - at)
            while n and not self._is_asked(question, tokens[at : at + n]):
                n -= 1
            if n:
                named = self._named(tokens[at : at + n])
                sources += named.sources
                authors += named.authors
            at += n or 1
        return Preference(tuple(dict.fromkeys(sources)), tuple(dict.fromkeys(authors)))

    def _named(self, tokens: Sequence[re.Match[str]]) -> Preference:
        """Return whom some words of a question name."""
        words = [token.group() for token in tokens]
        form = _squeezed(_domain(words[0])[0] if len(words) == 1 else "".join(words))
        initials = f"={words[0]}" if len(words) == 1 and words[0].isupper() else ""
        sources = (*self._sources.get(form, ()), *self._sources.get(initials, ()))
        return Preference(sources, tuple(self._authors.get(form, ())))

    def _is_asked(self, question: str, tokens: Sequence[re.Match[str]]) -> bool:
        """Tell whether some words are a known name, and are asked to be heard."""
        if not self._named(tokens).sources and not self._named(tokens).authors:
            return False
        telling = [t.group() for t in tokens if t.group().lower() != "the"]
        start, end = tokens[0].start(), tokens[-1].end()
        is_domain = len(tokens) == 1 and bool(_domain(tokens[0].group())[1])
        typed_small = telling and telling[0].islower() and any(c.isupper() for c in question[1:])
        if len(telling) == 1 and typed_small and not is_domain:
            return False  # "in time" is no mention of Time
        before = question[max(0, start - 60) : start]
        if _NOT_THAT.search(before):
            return False
        return is_domain or bool(_CUE_BEFORE.search(before) or _CUE_AFTER.match(question, end))


def _forms(source: str) -> Iterator[str]:
    """Yield the forms of an outlet's name: "cnn" of "CNN.com", "week" of "The Week", "afp"."""
    bare, *others = [part.strip() for part in re.split(r"[()]", source) if part.strip()] or [""]
    found = {source, bare, _domain(source)[0], *others}
    words = bare.split()
    while len(words) > 1 and words[-1].lower() in _GENERIC:
        words = words[:-1]
        found.add(" ".join(words))
    forms = {_squeezed(form) for form in found}
    forms |= {form.removeprefix("the") for form in forms}
    yield from (form for form in forms if len(form) > 1)
    initials = [word[0] for word in bare.split() if word.lower() not in {"the", "of", "and"}]
    if len(initials) > 1:
        yield "=" + "".join(initials).upper()  # found only in capitals: "who" is no outlet


def _domain(text: str) -> tuple[str, str]:
    """Split "www.cnn.com" into "cnn" and ".com"; what is no domain has no ending."""
    match = _DOMAIN.fullmatch(text)
    return (match.group(1), match.group(2)) if match and match.group(2) else (text, "")


def _squeezed(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()
