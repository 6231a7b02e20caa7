"""Pairs to train the sentence checker on: (evidence, claim, label), from sources that allow it.

Three sources: SNLI's own pairs (e-SNLI, MIT), sentences of public-domain addresses with edits,
and made-up news. Labels: 0 supported, 1 not stated, 2 contradicted. The sets that the checker is
scored on are never read here. Knows nothing of models.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.checker_edits import Lexicon, propose, replaced, reworded, shortened
from eval.checker_news import Event, events, told, values
from index.split import sentences
from rag.terms import names

SUPPORTED, NOT_STATED, CONTRADICTED = 0, 1, 2
MAX_EVIDENCE_WORDS = 48  # one or two sentences, as the checker sees them
OLDEST_ADDRESS = 1950  # earlier ones are written in another English
_POINTER = re.compile(r"([!@]) (\d{8}) ([nvar]) (\w{4})")


@dataclass(frozen=True, slots=True)
class Pair:
    """One training example; ``wrong`` are the words of the claim that make it false, if known."""

    evidence: str
    claim: str
    label: int
    wrong: tuple[str, ...] = ()


def snli(path: Path) -> list[Pair]:
    """Read SNLI's pairs from a gzipped JSONL file of {set, premise, claim, label3}."""
    labels = {"entailment": SUPPORTED, "neutral": NOT_STATED, "contradiction": CONTRADICTED}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        found = (json.loads(line) for line in lines)
        return [
            Pair(r["premise"].strip(), r["claim"].strip(), labels[r["label3"]])
            for r in found
            if r["set"] == "snli"
        ]


def addresses(folder: Path) -> list[list[str]]:
    """Return the sentences of every address (YEAR_NAME_PARTY.txt) since 1950, in order."""
    found = []
    for file in sorted(folder.glob("*.txt")):
        if int(file.name[:4]) >= OLDEST_ADDRESS:
            text = re.sub(r"[ \t]+", " ", file.read_text("utf-8", errors="replace"))
            kept = [text[s.start : s.end] for s in sentences(text)]
            found.append([s for s in kept if 6 <= len(s.split()) <= 28])
    return found


def lexicon(wordnet: Path, texts: Sequence[Sequence[str]], rng: random.Random) -> Lexicon:
    """Read antonyms of adjectives and sister words of nouns from WordNet's data files.

    Only the first meaning of a word that WordNet's own corpus holds at least five times.
    """
    common = {
        line.split("%")[0]
        for line in (wordnet / "cntlist.rev").read_text("utf-8").splitlines()
        if int(line.split()[-1]) >= 5
    }
    opposites: dict[str, list[str]] = defaultdict(list)
    by_parent: dict[str, list[str]] = defaultdict(list)
    words_at: dict[str, list[str]] = {}
    antonyms: list[tuple[list[str], str]] = []
    for part in ("adj", "noun"):
        for line in (wordnet / f"data.{part}").read_text("utf-8").splitlines():
            if not line[:8].isdigit():
                continue
            fields = line.split()
            n = int(fields[3], 16)
            spelled = (w.split("(")[0] for w in fields[4 : 4 + 2 * n : 2])
            kept = [w for w in spelled if w in common and w.islower() and w.isalpha()]
            words_at[f"{fields[0]}{part[0]}"] = kept
            for mark, offset, kind, _ in _POINTER.findall(line.split("|")[0]):
                if mark == "!" and part == "adj":
                    antonyms.append((kept[:1], offset + kind))
                elif mark == "@" and part == "noun" and kept:
                    by_parent[offset].append(kept[0])
    for kept, offset in antonyms:
        for word in kept:
            opposites[word] += words_at.get(offset, [])[:1]
    sisters = {
        word: [w for w in family if w != word]
        for family in by_parent.values()
        if 2 <= len(set(family)) <= 12
        for word in family
        if len(set(family)) > 1
    }
    people = {n for text in texts[::4] for s in text for n in names(s) if not s.startswith(n)}
    listed = sorted(people)
    rng.shuffle(listed)
    return Lexicon(
        tuple(listed),
        {w: o for w, o in opposites.items() if o},
        {w: s for w, s in sisters.items() if s},
    )


def edited(texts: Sequence[Sequence[str]], words: Lexicon, rng: random.Random) -> Iterator[Pair]:
    """Yield pairs without end: a claim made from a sentence, true or edited, and its evidence."""
    while True:
        text = rng.choice(texts)
        if len(text) < 12:
            continue
        i = rng.randrange(2, len(text) - 3)
        claim = shortened(text[i], rng) if rng.random() < 0.6 else text[i]
        claim = reworded(claim, rng) if rng.random() < 0.5 else claim
        evidence = _window(text, i, rng)
        changes = propose(claim, words, rng)
        roll = rng.random()
        if roll < 0.12:
            away = text[rng.choice((max(0, i - 2), i + 3, rng.randrange(len(text))))]
            if away not in evidence:
                yield Pair(evidence, shortened(away, rng), NOT_STATED)
        elif roll < 0.20 and words.names:
            place = rng.choice(words.names)
            added = rng.choice((f"in {place}", f"with {place}", f"for {place}", f"by {place}"))
            yield Pair(evidence, f"{claim.rstrip('.')} {added}.", NOT_STATED, (added,))
        elif roll < 0.45 or changes is None:
            yield Pair(evidence, claim, SUPPORTED)
        elif roll < 0.78:
            wrong = tuple(new for _, new in changes)
            yield Pair(evidence, replaced(claim, changes), CONTRADICTED, wrong)
        else:  # the evidence is the edited side
            other = replaced(evidence, changes)
            if other != evidence:
                yield Pair(other, claim, CONTRADICTED, tuple(old for old, _ in changes))
                yield Pair(other, replaced(claim, changes), SUPPORTED)


def news(rng: random.Random, told_of: Sequence[Event] | None = None) -> Iterator[Pair]:
    """Yield pairs without end: a made-up event told again, told wrongly, or told with more."""
    known = told_of or events()
    while True:
        event, slots = rng.choice(known), values(rng)
        around = [told(rng.choice(other.true), values(rng)) for other in rng.sample(known, 2)]
        told_once = told(rng.choice(event.true), slots)
        parts = [told_once, *around[: rng.choice((0, 0, 1))]]
        rng.shuffle(parts)
        evidence = " ".join(parts)
        roll = rng.random()
        if roll < 0.42:
            yield Pair(evidence, told(rng.choice(event.true), slots), SUPPORTED)
        elif roll < 0.72:
            yield Pair(evidence, told(rng.choice(event.false), slots), CONTRADICTED)
        elif roll < 0.84 and event.open:
            yield Pair(evidence, told(rng.choice(event.open), slots), NOT_STATED)
        else:
            changed = dict(slots)
            key = rng.choice([k for k in slots if "{" + k + "}" in event.true[0]])
            changed[key] = values(rng)[key]
            if changed[key] != slots[key]:
                claim = told(event.true[0], changed)
                yield Pair(evidence, claim, CONTRADICTED, (changed[key],))


def _window(text: Sequence[str], i: int, rng: random.Random) -> str:
    """Return a sentence with none to two neighbours, as the checker sees evidence."""
    first, last = rng.choice(((i, i), (i, i), (i - 1, i), (i, i + 1)))
    return " ".join(" ".join(text[first : last + 1]).split()[:MAX_EVIDENCE_WORDS])
