"""The calls of the demo's sales team: most people with a reason for a call get one within the agreed time.

In: people with the times of their reasons, and a seeded random generator. Out: touches in sales.activities. Which leads
the router hands over is not known in advance. A call to a lead that was not handed over has no effect.
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
"""Minutes until the call. All are below the half hour that a raised hand allows."""
_CALLED: Final = frozenset({Persona.BUYER, Persona.COLLEAGUE, Persona.FREE_MAIL})


def calls(chance: SeededRandom, causes: Iterable[tuple[Person, datetime]]) -> Iterator[MarketRecord]:
    """Yield the calls. A few are left out, as sales forgets some."""
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
    """Return the first time at or after ``at`` at which the team works."""
    wall = at.astimezone(_ZONE)
    day = wall.date()
    if wall.time() >= _CLOSES:
        day += timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return max(at, datetime.combine(day, _OPENS, _ZONE).astimezone(at.tzinfo))
