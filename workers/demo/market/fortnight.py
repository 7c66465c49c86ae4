"""Two weeks of a realistic market, for the demo: visits, forms, chats, sales activities and CRM records.

In: a seed and a start. Out: records of the input topics, sorted by arrival. The same seed and start give the same
records. As in real input, there are repeats, late and too old events, clocks that run ahead, odd fields, mail scanners,
and invalid records.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from workers.demo.market import sales_team
from workers.demo.market.ambiguous_companies import domain_sale, with_written_companies
from workers.demo.market.bot_traffic import bot_traffic
from workers.demo.market.calls import calls
from workers.demo.market.chat_events import chat_events
from workers.demo.market.companies import companies
from workers.demo.market.consent_banner import with_consent
from workers.demo.market.journeys import DAYS, Journeys, some_time
from workers.demo.market.known_contacts import known_contacts
from workers.demo.market.market_record import MarketRecord, record_at
from workers.demo.market.odd_records import late_versions, scanned_mails, with_odd_fields
from workers.demo.market.personas import Person, people
from workers.demo.market.seeded_random import SeededRandom

START: Final = datetime(2026, 3, 2, tzinfo=UTC)
"""The first day of the demo, a Monday. Midnight UTC."""
ANONYMOUS: Final = 4_200
SHARED_BROWSERS: Final = 12
ROBOTS: Final = 40
"""Number of sessions of robots. Half are known by the user agent, half by the sender's ``is_bot``."""
HEARTBEATS: Final = 300
NAMELESS: Final = 60
"""Number of events without a visitor and without a person."""
INVALID_RECORDS: Final = 70
HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS


def market_records(seed: int, start: datetime = START) -> list[MarketRecord]:
    """Return the records of the two weeks, sorted by arrival. The CRM's first records come before all others.

    Args:
        seed: the seed of the random generator. Another seed gives other records.
        start: midnight UTC of the first day.
    """
    chance = SeededRandom(seed)
    end_ms = _ms(start + timedelta(days=DAYS))
    firms = companies(chance, start, sales_team.OWNERS, sales_team.DEPARTED)
    known = [*sales_team.accounts(firms, start), *sales_team.reps(start)]
    journeys = Journeys(chance, start)
    crowd = with_written_companies(SeededRandom(f"names of {seed}"), people(chance, firms), firms)
    visits = list(with_consent(SeededRandom(f"consents of {seed}"), _visits(chance, journeys, crowd, start)))
    odd = SeededRandom(f"odd records of {seed}")
    made = list(_as_it_arrives(chance, list(with_odd_fields(odd, visits))))
    made.extend(scanned_mails(odd, crowd, start))
    made.extend(late_versions(odd, known, start))
    made.extend(_invalid_records(chance, start))
    made.extend(chat_events(SeededRandom(f"chats of {seed}"), crowd, start))
    made.extend(bot_traffic(SeededRandom(f"robots of {seed}"), start, ROBOTS, HEARTBEATS))
    made.extend(sales_team.answers(chance, journeys.sales_requests))
    made.extend(calls(SeededRandom(f"calls of {seed}"), journeys.call_causes))
    made.extend(sales_team.changes(chance, firms, start))
    made.extend(domain_sale(firms, start))
    made.extend(known_contacts(SeededRandom(f"contacts of {seed}"), crowd, start))
    made = [record for record in made if record.timestamp_ms < end_ms]
    made.sort(key=lambda record: (record.timestamp_ms, record.topic, record.key or ""))
    return [*known, *made]


def _visits(
    chance: SeededRandom, journeys: Journeys, crowd: list[Person], start: datetime
) -> Iterator[MarketRecord]:
    for _ in range(ANONYMOUS):
        yield from journeys.anonymous_visits()
    shared = [journeys.new_browser() for _ in range(SHARED_BROWSERS)]
    for number, person in enumerate(crowd):
        yield from journeys.person_visits(
            person, shared[number // 40 % SHARED_BROWSERS] if number % 40 in {0, 12} else None
        )
    for _ in range(NAMELESS):
        yield from journeys.page_views(None, some_time(chance, start), 1)


def _as_it_arrives(chance: SeededRandom, visits: list[MarketRecord]) -> Iterator[MarketRecord]:
    """Yield the records as they arrive: some twice, some late, some too old, some with a clock that runs ahead."""
    for record in visits:
        at = record.timestamp_ms
        match chance.pick(
            {"sent twice": 1.5, "was offline": 2, "too old": 0.2, "clock ahead": 0.3}, "in time"
        ):
            case "sent twice":
                yield record
                yield record._replace(timestamp_ms=at + chance.randrange(500, 30 * HOUR_MS))
            case "was offline":
                yield record._replace(timestamp_ms=at + chance.randrange(HOUR_MS, 3 * DAY_MS))
            case "too old":
                yield record._replace(timestamp_ms=at + 9 * DAY_MS)
            case "clock ahead":
                yield record._replace(timestamp_ms=at - 2 * HOUR_MS)
            case _:
                yield record


def _invalid_records(chance: SeededRandom, start: datetime) -> Iterator[MarketRecord]:
    """Yield records that violate the contract."""
    for number in range(INVALID_RECORDS):
        at = some_time(chance, start)
        name = {"event_id": f"rubbish-{number}", "occurred_at": at.isoformat()}
        known = {"anonymous_id": f"bad-{number}", "activity": "page_view"}
        values: tuple[dict[str, Any] | bytes | None, ...] = (
            b'{"event_id": "cut-off", "activ',
            b"\xff\xfe\x00<html>502 Bad Gateway</html>",
            None,
            b"[" * 200 + b"]" * 200,
            name,
            known | {"event_id": f"rubbish-{number}"},
            known | name | {"occurred_at": "yesterday"},
            known | name | {"activity": "Page View!"},
            name | {"form_id": "whitepaper", "email": "not an address"},
            name | {"form_id": "whitepaper", "email": "someone@", "request": "everything"},
        )
        value = values[number % len(values)]
        topic = "form.fills" if isinstance(value, dict) and "form_id" in value else "web.activity"
        yield record_at(topic, f"bad-{number}", at, value)


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1_000)
