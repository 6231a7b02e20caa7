"""Words that mean the same without sharing a spelling: Finland and Finnish, car and vehicle.

General knowledge of English as news uses it, nothing of any archive. Pure data and one lookup.
"""

from __future__ import annotations

from functools import lru_cache

_GROUPS = """
finland finnish finn finns
france french frenchman
netherlands dutch holland
britain british uk england english
america american americans us usa
spain spanish spaniard
switzerland swiss
denmark danish dane danes
poland polish pole poles
greece greek greeks hellenic
ireland irish
wales welsh
thailand thai thais
philippines filipino filipinos philippine
kyiv kiev
kharkiv kharkov
belarus belarusian byelorussia
czech czechia
germany german
norway norwegian
sweden swedish swede
turkey turkish türkiye
china chinese
japan japanese
israel israeli
iraq iraqi
congo congolese
portugal portuguese
car cars vehicle vehicles
queue queues line lines tailback jam
country countries nation nations
child children kid kids
killed kill died die dead deaths death fatalities
hurt injured wounded
shop shops store stores
movie film
jail prison
doctor physician
aid help assistance
"""


@lru_cache(maxsize=1)
def _table() -> dict[str, frozenset[str]]:
    from rag.terms import stem

    table: dict[str, frozenset[str]] = {}
    for line in _GROUPS.strip().splitlines():
        group = frozenset(stem(word) for word in line.split())
        for word in group:
            table[word] = group
    return table


def alias_stems(word: str) -> frozenset[str]:
    """Return the stems that mean the same as a stem, itself included."""
    return _table().get(word, frozenset((word,)))
