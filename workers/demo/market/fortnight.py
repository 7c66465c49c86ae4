"""A believable fortnight of a market, for the demo: who visits, who writes, what sales and the CRM say.

In: a seed and a start. Out: records of the input topics, sorted by arrival; the same seed and start give the same
records. It holds what real input holds: repeats, late and too old events, clocks that are ahead, and rubbish.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from workers.demo.market import sales_team
from workers.demo.market.ambiguous_companies import domain_sale, with_written_companies
from workers.demo.market.bot_traffic import bot_traffic
from workers.demo.market.calls import calls
from workers.demo.market.chat_events import chats
from workers.demo.market.companies import companies
from workers.demo.market.consent_banner import with_consent
from workers.demo.market.journeys import DAYS, Journeys, some_time
from workers.demo.market.known_contacts import contacts
from workers.demo.market.market_record import MarketRecord, record_at
from workers.demo.market.personas import Person, people
from workers.demo.market.seeded_random import SeededRandom

START: Final = datetime(2026, 3, 2, tzinfo=UTC)
"""A Monday."""
ANONYMOUS: Final = 4_200
SHARED_BROWSERS: Final = 12
ROBOTS: Final = 40
"""Sessions of robots; half of them say so by their user agent, half by the sender's own mark."""
HEARTBEATS: Final = 300
NAMELESS: Final = 60
"""Events that name neither a visitor nor a person."""
RUBBISH: Final = 70
HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS


def market_records(seed: int, start: datetime = START) -> list[MarketRecord]:
    """Return the fortnight's records, sorted by arrival; the CRM's first records stand before all others.

    Args:
        seed: another seed, another fortnight.
        start: midnight UTC of its first day.
    """
    chance = SeededRandom(seed)
    end_ms = _ms(start + timedelta(days=DAYS))
    firms = companies(chance, start, sales_team.OWNERS, sales_team.DEPARTED)
    known = [*sales_team.accounts(firms, start), *sales_team.reps(start)]
    journeys = Journeys(chance, start)
    crowd = with_written_companies(SeededRandom(f"names of {seed}"), people(chance, firms), firms)
    visits = list(with_consent(SeededRandom(f"consents of {seed}"), _visits(chance, journeys, crowd, start)))
    made = list(_as_it_arrives(chance, visits))
    made.extend(_rubbish(chance, start))
    made.extend(chats(SeededRandom(f"chats of {seed}"), crowd, start))
    made.extend(bot_traffic(SeededRandom(f"robots of {seed}"), start, ROBOTS, HEARTBEATS))
    made.extend(sales_team.answers(chance, journeys.asked))
    made.extend(calls(SeededRandom(f"calls of {seed}"), journeys.causes))
    made.extend(sales_team.changes(chance, firms, start))
    made.extend(domain_sale(firms, start))
    made.extend(contacts(SeededRandom(f"contacts of {seed}"), crowd, start))
    made = [record for record in made if record.timestamp_ms < end_ms]
    made.sort(key=lambda record: (record.timestamp_ms, record.topic, record.key or ""))
    return [*known, *made]


def _visits(
    chance: SeededRandom, journeys: Journeys, crowd: list[Person], start: datetime
) -> Iterator[MarketRecord]:
    for _ in range(ANONYMOUS):
        yield from journeys.anonymous()
    shared = [journeys.new_browser() for _ in range(SHARED_BROWSERS)]
    for number, person in enumerate(crowd):
        yield from journeys.person(
            person, shared[number // 40 % SHARED_BROWSERS] if number % 40 in {0, 12} else None
        )
    for _ in range(NAMELESS):
        yield from journeys.browsing(None, some_time(chance, start), 1)


def _as_it_arrives(chance: SeededRandom, visits: list[MarketRecord]) -> Iterator[MarketRecord]:
    """What the net and other people's clocks make of it."""
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


def _rubbish(chance: SeededRandom, start: datetime) -> Iterator[MarketRecord]:
    """What no contract allows, and yet arrives."""
    for number in range(RUBBISH):
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
