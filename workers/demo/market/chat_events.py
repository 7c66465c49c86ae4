"""The demo's chats: a few people of the market, and some passers-by, who talk to whoever is at the desk.

In: people, the start and a seeded source of chance. Out: records of chat.conversations. Most ask something and go; some
ask for sales, at hours at which nobody may be there; by day somebody answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from workers.demo.market.journeys import SITE, some_time
from workers.demo.market.market_record import MarketRecord, record_at
from workers.demo.market.personas import Person
from workers.demo.market.seeded_random import SeededRandom

CHATS_PERCENT: Final = 5
"""Of the people who will say who they are."""
PASSERS_BY: Final = 40
_AGENTS: Final = ("mia", "tom", "aisha", "lena")
_ASKS: Final = {"asked_for_sales": 35, "asked_for_support": 12}
_OPEN_HOURS_UTC: Final = range(14, 22)
_WEEKEND: Final = frozenset({5, 6})


def chats(chance: SeededRandom, crowd: list[Person], start: datetime) -> Iterator[MarketRecord]:
    """Return the conversations of the fortnight."""
    talkers: list[Person | None] = [person for person in crowd if chance.happens(CHATS_PERCENT)]
    talkers += [None] * PASSERS_BY
    for number, person in enumerate(talkers):
        yield from _conversation(chance, f"conv-{number:04d}", person, some_time(chance, start))


def _conversation(
    chance: SeededRandom, name: str, person: Person | None, at: datetime
) -> Iterator[MarketRecord]:
    browser = f"chatting-{name}" if chance.happens(80) else None
    asks = chance.pick(_ASKS, "")
    turns: list[tuple[str, dict[str, Any]]] = [("started", {"url": SITE + "/pricing"})]
    turns += [("visitor_message", {})] * chance.randint(1, 4)
    says_who = {"email": person.email} if person is not None else {}
    is_answered = at.hour in _OPEN_HOURS_UTC and at.weekday() not in _WEEKEND
    agent = ("agent_message", {"rep_id": chance.choice(_AGENTS)})
    if is_answered and chance.happens(50):
        turns.append(agent)
    turns.append((asks or "visitor_message", says_who))
    if is_answered and agent not in turns:
        turns.append(agent)
    turns.append(("ended", {}))
    for number, (turn, more) in enumerate(turns):
        at += timedelta(seconds=chance.randrange(5, 90))
        value: dict[str, Any] = {
            "event_id": f"{name}-{number}",
            "occurred_at": at.isoformat(),
            "conversation_id": name,
            "turn": turn,
        }
        value |= {"anonymous_id": browser} if browser else {}
        yield record_at("chat.conversations", browser or name, at + timedelta(milliseconds=300), value | more)
