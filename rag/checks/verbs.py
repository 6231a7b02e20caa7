"""Forms of irregular English verbs, so that "left" and "leave" are one verb."""

from __future__ import annotations

from functools import lru_cache

from rag.terms import stem

_FORMS = """
be is are was were been am being|become became|begin began begun|bring brought|build built
buy bought|catch caught|choose chose chosen|come came|cost|cut|deal dealt|draw drew drawn
drive drove driven
fall fell fallen|feel felt|fight fought|find found|flee fled|fly flew flown
free freed
forbid forbade forbidden|forget forgot forgotten|freeze froze frozen|get got|give gave given
go went gone|grow grew grown|have has had|hear heard|hide hid hidden|hit|hold held|keep kept
know knew known|lead led|leave left|lend lent|lie lay lain|lose lost|make made|mean meant|meet met
pay paid|put|quit|read|rise rose risen|run ran|say said|see saw seen|sell sold|send sent|set
shake shook shaken|shoot shot|shut|sing sang sung|sink sank sunk|sit sat|speak spoke spoken
spend spent|split|stand stood|steal stole stolen|strike struck|swear swore sworn|swim swam swum
take took taken|teach taught|tell told|think thought|throw threw thrown|understand understood
win won|withdraw withdrew withdrawn|write wrote written|wear wore worn|break broke broken
seek sought|shrink shrank shrunk|spread|bear bore born|beat beaten|bid|blow blew blown|burn burnt
"""
_ROOT = {
    stem(form): stem(forms.split()[0])
    for forms in _FORMS.replace("\n", "|").split("|")
    if forms.strip()
    for form in forms.split()
}

IRREGULAR = frozenset(_ROOT.values())


@lru_cache(maxsize=65536)
def root(word: str) -> str:
    """Return the stem of a lower-case word; of an irregular verb, the stem of its first form."""
    found = stem(word)
    return _ROOT.get(found, found)
