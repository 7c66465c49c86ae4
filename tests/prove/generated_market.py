"""A long market for the proof: fortnights of the demo's market, one after the other, with bad records in between.

In: a seed. Out: an endless stream of records in the order of arrival, the CRM's records first. The same seed gives the same
records. Fortnight k has the seed + k. Its events, browsers and conversations have ids of their own; companies, reps and
some people return.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Final, NamedTuple

from tests.prove.bad_records import BAD, SourceTopic
from workers.demo.market.fortnight import START, market_records
from workers.demo.market.journeys import DAYS
from workers.demo.market.market_record import MarketRecord
from workers.demo.market.seeded_random import SeededRandom

VISITS: Final = frozenset({"web.activity", "form.fills", "chat.conversations"})
BAD_PERCENT: Final = 0.3
"""Share of bad records. It is below the limits at which a partition stops. Percent."""


class Produced(NamedTuple):
    """One record to produce. ``bad_name`` is the key of a record that must become a dead letter, else empty."""

    topic: str
    key: bytes | None
    value: bytes | None
    timestamp_ms: int
    bad_name: str = ""

    @property
    def is_visit(self) -> bool:
        """Whether the record is a visit of the market. Each has exactly one outcome."""
        return self.topic in VISITS and not self.bad_name


def first_crm_records(seed: int) -> list[Produced]:
    """Return the CRM's records from before the first event."""
    return [_produced(record, 0) for record in market_records(seed) if _is_before(record, 0)]


def later_records(seed: int) -> Iterator[Produced]:
    """Yield the records after those of ``first_crm_records``, without end."""
    chance = SeededRandom(f"bad records of {seed}")
    fortnight = bad = 0
    while True:
        start = START + timedelta(days=DAYS * fortnight)
        for record in market_records(seed + fortnight, start):
            if fortnight == 0 and _is_before(record, 0):
                continue
            yield _produced(record, fortnight)
            if chance.happens(BAD_PERCENT):
                bad += 1
                yield _bad_record(chance, bad, record.timestamp_ms)
        fortnight += 1


def _is_before(record: MarketRecord, fortnight: int) -> bool:
    start = START + timedelta(days=DAYS * fortnight)
    return record.topic.startswith("crm.") and record.timestamp_ms < start.timestamp() * 1_000


def _produced(record: MarketRecord, fortnight: int) -> Produced:
    """Return the record with the ids of its fortnight."""
    key, value, prefix = record.key, record.value, f"{fortnight}."
    is_visit = record.topic in VISITS
    if is_visit and key is not None and "@" not in key:
        key = prefix + key
    if isinstance(value, dict):
        own = {"event_id": prefix + value["event_id"]} if "event_id" in value else {}
        for name in ("anonymous_id", "conversation_id") if is_visit else ():
            if record.key is not None and value.get(name) == record.key:
                own[name] = prefix + value[name]
        value = json.dumps(value | own).encode()
    return Produced(record.topic, None if key is None else key.encode(), value, record.timestamp_ms)


def _bad_record(chance: SeededRandom, number: int, timestamp_ms: int) -> Produced:
    topic = chance.choice(tuple(SourceTopic))
    name = f"proof-bad-{number}"
    bad = chance.choice(BAD)
    return Produced(topic, name.encode(), bad.value, timestamp_ms, name)
