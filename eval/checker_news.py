"""Made-up news: one event told in several ways, and told wrongly.

Every sentence is put together from the project's own words; no article was read for it. The
forms of one event all say the same, so any may be evidence for any other; its ``false`` forms say
what those do not. Knows nothing of models or files.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from eval.checker_edits import MONTHS, WEEKDAYS

EVENTS = Path(__file__).parent / "data" / "checker_events.txt"

_FIRST = (
    "Ada Ali Amara Anna Ben Boris Carla Chen Dana David Elena Emil Fatima Felix Grace Hana Hugo "
    "Ines Ivan James Jana Jorge Kofi Laila Leo Lucia Maria Marko Mei Mohamed Nadia Nils Olga Omar "
    "Paul Priya Rosa Samir Sara Sven Tariq Tom Uma Vera Wei Yara Yusuf Zoe"
).split()
_LAST = (
    "Abara Adler Almeida Baker Barros Becker Chopra Clarke Costa Dahl Diallo Duarte Evans Farouk "
    "Fischer Garcia Grant Haddad Holm Ibrahim Ito Jensen Kaya Kim Kovac Laine Lopez Mbeki Meyer "
    "Moreno Nakamura Novak Okafor Olsen Park Patel Petrov Quinn Rahman Reyes Rossi Sato Schmidt "
    "Silva Singh Sorensen Tanaka Torres Ueda Vargas Walsh Weber Yilmaz Young Zhang"
).split()
_CITIES = (
    "Accra Ankara Athens Belgrade Bergen Bogota Boston Brno Cairo Cardiff Cologne Dakar Denver "
    "Dublin Geneva Hanoi Houston Jakarta Karachi Kyiv Lagos Leeds Lima Lisbon Lyon Madrid Manila "
    "Milan Mumbai Nairobi Osaka Oslo Porto Prague Quito Riga Seoul Sofia Sydney Tampere Tunis "
    "Turin Utrecht Vienna Warsaw Zagreb Zurich"
).split()
_COUNTRIES = (
    "Albania Algeria Argentina Austria Bolivia Brazil Bulgaria Canada Chile China Colombia Croatia "
    "Denmark Egypt Estonia Finland France Germany Ghana Greece Hungary India Indonesia Ireland "
    "Italy Japan Kenya Latvia Lebanon Mexico Morocco Nepal Nigeria Norway Pakistan Peru Poland "
    "Portugal Romania Russia Serbia Spain Sweden Thailand Tunisia Turkey Ukraine Uruguay Vietnam"
).split()
_BODIES = (
    "Arden Steel|Bluewater Energy|Corvo Foods|Delta Freight|Eastgate Bank|Fennel Media|Granite "
    "Motors|Harbour Rail|Iris Telecom|Juno Airlines|Kestrel Pharma|Lumen Power|Marlow Stores|"
    "Northfield Mining|Orchard Software|Pinewood Homes|Quarry Insurance|Redline Logistics|Sable "
    "Oil|Tandem Robotics|the education ministry|the health ministry|the city council|the central "
    "bank|the teachers' union|the farmers' union|the port authority|the weather service|the "
    "opposition party|the governing party|the Green Alliance|the Labour Front|the rail union"
).split("|")
_ROLES = (
    "mayor|governor|finance minister|health minister|police chief|prosecutor|coach|chief "
    "executive|spokeswoman|spokesman|senator|president|prime minister|judge|union leader|professor|"
    "fire chief|campaign manager|interior minister|ambassador"
).split("|")
_THINGS = (
    "bridge|school|hospital|stadium|airport|library|museum|factory|power station|dam|tunnel|"
    "railway station|prison|harbour|market hall|wind farm|data centre|concert hall|court house"
).split("|")
_PLANS = (
    "a tax on sugar|a ban on diesel cars|a higher minimum wage|free school meals|a new pension "
    "law|a cut in fuel duty|stricter gun rules|a four-day week|a rent cap|an amnesty for "
    "protesters|a trade deal with its neighbours|a data protection bill|a smoking ban in parks"
).split("|")
_CAUSES = "flood|fire|earthquake|storm|explosion|landslide|crash|avalanche|heatwave".split("|")


@dataclass(frozen=True, slots=True)
class Event:
    """Forms that say the same, ``false`` ones that deny it, ``open`` ones that say more."""

    true: tuple[str, ...]
    false: tuple[str, ...]
    open: tuple[str, ...] = ()


def events() -> tuple[Event, ...]:
    """Read the events; a blank line stands between two."""
    found = []
    for block in EVENTS.read_text("utf-8").split("\n\n"):
        forms: dict[str, list[str]] = {"=": [], "!": [], "?": []}
        for line in block.splitlines():
            if not line.startswith("#"):
                forms[line[0]].append(line[2:])
        if forms["="]:
            found.append(Event(*(tuple(forms[mark]) for mark in "=!?")))
    return tuple(found)


def values(rng: random.Random) -> dict[str, str]:
    """Return a value for every slot; two slots of one sort differ."""
    a, b = rng.sample([f"{f} {s}" for f in rng.sample(_FIRST, 6) for s in rng.sample(_LAST, 6)], 2)
    body, other = rng.sample(_BODIES, 2)
    city, second = rng.sample(_CITIES, 2)
    country, neighbour = rng.sample(_COUNTRIES, 2)
    n, m = rng.sample([*range(2, 60), *range(60, 900, 15), 1200, 3500, 12000, 45000], 2)
    q, w = rng.sample([x / 10 for x in range(11, 190)], 2)
    return {
        "A": a, "B": b, "O": body, "P": other, "c": city, "e": second, "k": country,
        "j": neighbour, "n": f"{n:,}", "m": f"{m:,}", "q": str(q), "w": str(w),
        "s": str(rng.randint(3, 70)), "y": str(rng.randint(1950, 2025)),
        "d": rng.choice(WEEKDAYS), "M": rng.choice(MONTHS), "r": rng.choice(_ROLES),
        "t": rng.choice(_THINGS), "p": rng.choice(_PLANS), "x": rng.choice(_CAUSES),
    }  # fmt: skip


def told(form: str, slots: dict[str, str]) -> str:
    """Fill a form and make a sentence of it."""
    text = form.format(**slots)
    return text[0].upper() + text[1:] + "."
