"""The answers of the demo's visitors to the consent banner: most give none, some agree, a few refuse.

In: records of visits and a seeded random generator. Out: the same records, with the consent of their browser or person.
A visitor who refuses tracking does so in every record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from workers.demo.market.market_record import MarketRecord
from workers.demo.market.seeded_random import SeededRandom

_TRACKING: Final = {"refuses": 5, "agrees": 25}
_MARKETING: Final = {"refuses": 4, "agrees": 30}


def with_consent(chance: SeededRandom, visits: Iterable[MarketRecord]) -> Iterator[MarketRecord]:
    """Yield the records with the consent of their visitor. Forms may hold it for tracking and for marketing."""
    tracking: dict[str, str] = {}
    for record in visits:
        if not isinstance(record.value, dict) or record.key is None:
            yield record
            continue
        choice = tracking.get(record.key)
        if choice is None:
            choice = tracking[record.key] = chance.pick(_TRACKING, "silent")
        consent = {} if choice == "silent" else {"tracking": choice == "agrees"}
        if record.topic == "form.fills":
            answer = chance.pick(_MARKETING, "silent")
            consent |= {} if answer == "silent" else {"marketing": answer == "agrees"}
        yield record._replace(value=record.value | {"consent": consent}) if consent else record
