"""One answer in the making: evidence numbered, drafts checked and placed, the end put together.

Every sentence that enters has been checked here; every one that fails is kept with its reason.
Knows nothing of retrieval or of how sentences are drafted.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from rag.answerable import lacks_kind
from rag.citing import citation, why
from rag.compose import Draft, Failed, emptiness, is_refusal
from rag.confidence import scale
from rag.conflict import conflict
from rag.find import Finding, gaps, least_sure, max_refusal
from rag.quoting import Told, left_out, of_doubtful
from rag.schema import (
    Answer,
    Citation,
    Claim,
    Evidence,
    Notice,
    Question,
    Removed,
    Status,
    WriterName,
)
from rag.verify import NOT_ALL, Check, Verifier

DOUBTFUL = "Only the language model takes what is cited for an answer: read the quotes yourself."
N_SHOWN = 8  # evidence sentences kept with an answer
N_NEAR_MISSES = 3  # sentences shown where the articles do not answer
MAX_REWORDED = 2  # sentences that failed and are put to the model once more


class Answering:
    """Collects the checked sentences of one answer."""

    def __init__(
        self,
        question: Question,
        findings: Sequence[Finding],
        verifier: Verifier | None = None,
    ) -> None:
        """Number the evidence: what the answer may be made of first, the rest behind it.

        Without a verifier, drafts are checked without a model.
        """
        self.question = question
        self._verifier = verifier or Verifier(with_reader=False)
        self.chosen = tuple(dict.fromkeys(e for found in findings for e in found.chosen))
        self.is_doubtful = not self.chosen and len(findings) == 1 and bool(findings[0].doubtful)
        if self.is_doubtful:  # only a model that reads it can tell whether it answers
            self.chosen = findings[0].doubtful
        self.writer: WriterName = "extractive"
        self.timings: dict[str, float] = {}
        self._findings = findings
        self._hits = [hit for found in findings for hit in found.hits]
        first = tuple(dict.fromkeys([*self.chosen, *(e for f in findings for e in f.elsewhere)]))
        everything = dict.fromkeys([*first, *(e for f in findings for e in f.evidence)])
        self._evidence = tuple(everything)[: max(N_SHOWN, len(first))]
        self._citations = {id(e): citation(n, e) for n, e in enumerate(self._evidence, start=1)}
        self._claims: list[Claim] = []
        self._removed: list[Removed] = []
        self._failed: dict[int, Failed] = {}  # by the evidence that came nearest to it
        self._instead: list[int] = []  # evidence that drafts told nothing of
        self._notices: list[str] = []
        self._refused = False
        self._refusal: float | None = None
        self._length = 0
        numbered = {e: citation for citation, e in self._numbered(self.chosen)}
        told = (conflict(found.asked, found.sides, numbered) for found in findings)
        self._conflicts = tuple(found for found in told if found is not None)

    @property
    def retrieved(self) -> tuple[str, ...]:
        """The ids of the articles found, best first, each once."""
        return tuple(dict.fromkeys(hit.article_id for hit in self._hits))

    def notice(self, text: str) -> Notice:
        """Keep what the reader must know, and return it as an event."""
        self._notices.append(text)
        return Notice(text)

    def start_over(self) -> None:
        """Forget the sentences of a writer that failed half-way."""
        self._claims, self._removed, self._failed, self._instead = [], [], {}, []
        self._length, self._refused = 0, False

    def cited(self, evidence: Sequence[Evidence]) -> tuple[Citation, ...]:
        """Return the numbered citations of some evidence."""
        return tuple(citation for citation, _ in self._numbered(evidence))

    @property
    def confidence(self) -> float:
        """How likely what was found answers, in [0, 1]; what a model makes of it is part of it."""
        found = max((found.confidence for found in self._findings), default=0.0)
        return found if self._refusal is None else scale().with_refusal(found, self._refusal)

    def is_in_vain(self, refusal: float | None) -> bool:
        """Take in how likely a model is to find no answer; tell whether none is to be written.

        A model is not heard on a date line: that answers by its form. What is doubtful is not
        read where it cannot be told how likely a refusal is.
        """
        if refusal is None or any(found.asked.wants_published for found in self._findings):
            return self.is_doubtful
        self._refusal = refusal
        return self._finds_nothing

    def consider(self, draft: Draft) -> Claim | None:
        """Check a draft; return the claim it becomes, or None when it may not be shown."""
        if is_refusal(draft.text):
            self._refused = True
            return None
        if not self._gives_kind(draft.text):
            return None
        numbers, outcome = self._best_citations(draft)
        if outcome.verdict != "supported":
            partly = outcome.verdict == "partly"
            reason = "It says more than the cited sentence." if partly else outcome.reason
            self._removed.append(Removed(draft.text, reason))
            for n in numbers[:1]:
                self._failed[n] = Failed(draft.text, reason, n, self._evidence[n - 1], partly)
            return None
        if any(claim.text == draft.text for claim in self._claims):
            return None
        if empty := emptiness(draft.text, self.question.standalone):
            self._removed.append(Removed(draft.text, empty))
            self._instead += numbers[:1]
            return None
        return self._add(draft.text, outcome, numbers)

    def to_reword(self) -> list[Failed]:
        """Return removed drafts whose nearest evidence nothing cites: they are said once more."""
        used = self._used()
        return [failed for n, failed in self._failed.items() if n not in used][:MAX_REWORDED]

    def reconsider(self, n: int, draft: Draft) -> Claim | None:
        """Check what was drafted from evidence ``n`` alone: nothing else may bear it out."""
        if is_refusal(draft.text) or not self._gives_kind(draft.text):
            return None
        if any(claim.text == draft.text for claim in self._claims):
            return None
        outcome = self._check(draft.text, [self._evidence[n - 1]])
        wrong = None if outcome.verdict == "supported" else outcome.reason or NOT_ALL
        if reason := wrong or emptiness(draft.text, self.question.standalone):
            self._removed.append(Removed(draft.text, reason))
            return None
        return self._add(draft.text, outcome, (n,))

    def quotes(self, *, all_chosen: bool) -> list[Claim]:
        """Add evidence sentences verbatim: all chosen ones, or what a drafted answer left out.

        All, too, where no draft stood; none where the model's refusal is to be believed. Of what
        is doubtful, only what the model wrote from.
        """
        if not self._claims and self._finds_nothing and (self.is_doubtful or not all_chosen):
            return []
        if self.is_doubtful:
            drawn_on = [*self._failed, *self._instead]
            only = [] if self._claims or self._refused else of_doubtful(self._findings[0], drawn_on)
            return [c for n in only if (c := self._quote(n)) is not None]
        # What a draft said in part, and not better since, the source says best itself.
        missed = [n for n, failed in self._failed.items() if failed.partly] + self._instead
        chosen = range(1, len(self.chosen) + 1)
        quoted = [*missed, *chosen] if all_chosen or not self._claims else []
        cited = {*self._used(), *quoted}
        told = Told(self._findings, self._evidence, self._conflicts, cited, missed)
        return [c for n in (*quoted, *left_out(told)) if (c := self._quote(n)) is not None]

    def answer(self, answer_id: str, snapshot: str) -> Answer:
        """Put the answer together."""
        used = self._used()
        shown = self._conflicts if used else ()
        used |= {n for conflict in shown for side in conflict.sides for n in side.citations}
        everything = self._numbered(self._evidence)
        cited = [(c, e) for c, e in everything if c.n in used]
        near = [] if used else everything[:N_NEAR_MISSES]
        return Answer(
            id=answer_id,
            question=self.question.text,
            standalone_question=self.question.standalone,
            as_of=self.question.as_of,
            date_range=self.question.limits,
            status=self._status(bool(shown)),
            answer=self._text(),
            claims=tuple(self._claims),
            citations=tuple(citation for citation, _ in cited),
            conflicts=shown,
            near_misses=tuple(citation for citation, _ in near),
            removed=tuple(self._removed),
            retrieved=self.retrieved,
            writer=self.writer,
            snapshot=snapshot,
            timings={name: round(seconds, 3) for name, seconds in self.timings.items()},
            notices=(*self._notices, *self._caveats(used)),
            as_of_from=self.question.as_of_from,
            rewritten_by=self.question.rewritten_by,
            when=self.question.when,
            prefers=self.question.prefers,
            why=tuple(why(c.n, e, self._hits) for c, e in (*cited, *near)),
            confidence=round(self.confidence, 3),
            refusal=None if self._refusal is None else round(self._refusal, 6),
        )

    def _numbered(self, evidence: Sequence[Evidence]) -> list[tuple[Citation, Evidence]]:
        return [(self._citations[id(e)], e) for e in evidence]

    def _gives_kind(self, text: str) -> bool:
        """Tell whether a draft gives the figure or date that is asked for; remove it if not.

        "When the lamps went out" is no date, and may be all that is there.
        """
        lacking = lacks_kind(self._findings[0].asked, text) if len(self._findings) == 1 else None
        if self.is_doubtful and lacking == "date":
            return True
        if lacking:
            self._removed.append(Removed(text, f"It gives no {lacking}, and one was asked for."))
        return not lacking

    def _best_citations(self, draft: Draft) -> tuple[tuple[int, ...], Check]:
        """Check a draft with the numbers it gives; failing that, with the sentence that says it."""
        given = tuple(n for n in draft.cited if 1 <= n <= len(self.chosen))
        outcome = self._check(draft.text, [self._evidence[n - 1] for n in given])
        if outcome.verdict == "supported":
            return given, outcome
        for n, evidence in enumerate(self.chosen, start=1):
            other = self._check(draft.text, [evidence])
            if other.support > outcome.support:
                given, outcome = (n,), other
        return given, outcome

    def _check(self, text: str, evidence: Sequence[Evidence]) -> Check:
        began = time.monotonic()
        outcome = self._verifier.check(text, evidence)
        self.timings["verify_s"] = self.timings.get("verify_s", 0.0) + time.monotonic() - began
        return outcome

    def _used(self) -> set[int]:
        return {n for claim in self._claims for n in claim.citations}

    def _quote(self, n: int) -> Claim | None:
        """Add an evidence sentence verbatim, unless it already stands in the answer."""
        text = " ".join(self._evidence[n - 1].text.split())
        if any(claim.text == text for claim in self._claims):
            return None
        return self._add(text, Check("supported", 1.0), (n,))

    @property
    def _finds_nothing(self) -> bool:
        """Whether the model's refusal is to be believed.

        How likely it was says most, and of what is doubtful all. Where that is not known, no
        figure or name that is there may speak against it.
        """
        if self.is_doubtful:
            return self._refusal is None or self._refusal > max_refusal(self._findings[0].asked)
        if self._refusal is not None:
            return self.confidence < min(least_sure(found.asked) for found in self._findings)
        return self._refused and all(found.asked.wanted == "open" for found in self._findings)

    def _caveats(self, used: set[int]) -> list[str]:
        """Return what a reader must know of what is cited: denials, gaps, what is doubtful."""
        if not used:
            return []
        against = [found.denied for found in self._findings if found.denied is not None]
        numbers = [c.n for c, _ in self._numbered(against) if c.n in used]
        denials = [f"The question takes for granted what [{n}] denies." for n in numbers]
        return [*denials, *([DOUBTFUL] if self.is_doubtful else self._gaps())]

    def _gaps(self) -> list[str]:
        """Return what is missing, in words; nothing where a model found it all the same."""
        return [] if self.is_doubtful and self._claims else gaps(self._findings)

    def _add(self, text: str, outcome: Check, numbers: tuple[int, ...]) -> Claim:
        start = self._length + 1 if self._claims else 0
        end = start + len(text)
        claim = Claim(text, start, end, outcome.verdict, round(outcome.support, 3), numbers)
        self._claims.append(claim)
        self._length = end + 1 + sum(len(f"[{n}]") for n in numbers)
        return claim

    def _text(self) -> str:
        if not self._claims:
            return " ".join(self._gaps()) or "The articles found do not answer this question."
        marked = [c.text + " " + "".join(f"[{n}]" for n in c.citations) for c in self._claims]
        return " ".join(marked)

    def _status(self, conflicting: bool) -> Status:
        if not self._claims:
            return "abstained"
        if conflicting:
            return "conflicting"
        return "partial" if self._refused or self._gaps() else "answered"
