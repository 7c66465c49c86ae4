"""The demo's sales team does its work: most people who gave cause for a call get one within the time agreed.

In: people and when they gave cause, a seeded source of chance. Out: touches in sales.activities. Whom the router hands
over is not known beforehand: a call to somebody who was not handed over is said to nobody's harm.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from workers.demo.market.market_record import MarketRecord, record_at
from workers.demo.market.personas import Person, Persona
from workers.demo.market.seeded_random import SeededRandom

_ZONE: Final = ZoneInfo("America/New_York")
_OPENS, _CLOSES = time(8, 30), time(17, 30)
_SATURDAY: Final = 5
_FORGOTTEN_PERCENT: Final = 6
_MINUTES: Final = (6, 9, 14, 19, 24)
"""Within the half hour of a raised hand."""
_CALLED: Final = frozenset({Persona.BUYER, Persona.COLLEAGUE, Persona.FREE_MAIL})


def calls(chance: SeededRandom, causes: Iterable[tuple[Person, datetime]]) -> Iterator[MarketRecord]:
    """Return the calls; a few are forgotten."""
    for number, (person, when) in enumerate(causes):
        if person.persona not in _CALLED or chance.happens(_FORGOTTEN_PERCENT):
            continue
        at = _opening(when) + timedelta(minutes=chance.choice(_MINUTES))
        record = (person.company.record or {}) if person.company else {}
        value = {
            "event_id": f"call-{number}",
            "occurred_at": at.isoformat(),
            "action": "touched",
            "email": person.email,
            "rep_id": record.get("owner_rep_id") or "mia",
            "channel": "call",
        }
        yield record_at("sales.activities", person.email, at + timedelta(seconds=2), value)


def _opening(at: datetime) -> datetime:
    """When the team is there next, ``at`` included."""
    wall = at.astimezone(_ZONE)
    day = wall.date()
    if wall.time() >= _CLOSES:
        day += timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return max(at, datetime.combine(day, _OPENS, _ZONE).astimezone(at.tzinfo))
