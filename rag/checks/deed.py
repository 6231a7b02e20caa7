"""Deeds: what a draft says was done must be said in the source, by its verb or one like it.

Words alone let a sentence through that turns "was nominated" into "won": all its other words are
there. A verb that the source puts in quite other words is flagged too, and the source is then
quoted instead, which costs nothing but style.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rag.checks.direction import forms
from rag.checks.source import Flaw, Source
from rag.checks.verbs import IRREGULAR, root
from rag.terms import content_words, holds, names, stem, words

_LIKE = """
die dead death kill fatal drown
win winner victory triumph champion beat defeat
buy acquire acquisition purchase takeover
sell sale seller
leave depart departure quit exit
begin start open launch
end finish close conclude
sing singer song perform
write writer author pen
build builder construct construction
choose select pick appoint elect
receive get obtain earn
give donate grant award
show reveal display
find discover discovery
steal theft thief
catch capture arrest detain custody
fly flight
shoot shot gunfire gunman
marry wed wife husband spouse wedding
star play appear cast feature role
publish publisher release issue
create found establish founder creator
allow let permit
agree deal agreement
strike hit
live reside resident home
lead leader head
fight battle
speak talk speech
teach teacher
lend loan
""".strip().splitlines()
# What says too little to be false, or is another check's: who spoke is attribution's.
_SAYS_LITTLE = """
be become have get do go come make take give hold keep put set see know mean think feel lie stand
run say tell speak add state report announce call name base locate relate use include involve
follow need happen schedule suppose age unite associate
""".split()

_GROUPS = [frozenset(root(word) for word in line.split()) for line in _LIKE]
_EXEMPT = frozenset(root(word) for word in _SAYS_LITTLE)
_NOUN = re.compile(r"\b(?:an?|the|his|her|its|their|no) (\w+)", re.IGNORECASE)  # "a deal"
_MIN_PAST = 5  # letters of a word in -ed: "red" and "need" are no verbs in the past


def deed_flaw(draft: str, source: Source) -> Flaw | None:
    """Return a verb of the draft that nothing in the cited sentences stands for."""
    no_verbs = {word for name in names(draft) for word in words(name)}
    no_verbs |= {noun.lower() for noun in _NOUN.findall(draft)}
    there = {root(word) for word in words(source.text)}
    for word in content_words(draft):
        if word in no_verbs or not _is_deed(word):
            continue
        if there.isdisjoint(_alike(word)) and not holds(source.stems, stem(word)):
            return Flaw(f"The cited sentence does not say “{word}”.", "partly")
    return None


def _is_deed(word: str) -> bool:
    """Tell whether a word is an irregular verb or has the form of a regular one's past."""
    own = root(word)
    is_past = len(word) >= _MIN_PAST and word.endswith("ed")
    return own not in _EXEMPT and (own in IRREGULAR or is_past)


@lru_cache(maxsize=4096)
def _alike(word: str) -> frozenset[str]:
    """Return the roots that may stand for a deed."""
    own = root(word)
    return frozenset(forms(word)).union(*(group for group in _GROUPS if own in group))
