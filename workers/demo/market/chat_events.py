"""The demo's chats: conversations of a few known people and of anonymous visitors with the chat agents.

In: people, the start and a seeded random generator. Out: records of chat.conversations. Most visitors ask something and
leave. Some ask for sales, also at hours without an agent. At office hours an agent answers.
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
"""Share of the people who chat. Percent."""
ANONYMOUS_CHATS: Final = 40
_AGENTS: Final = ("mia", "tom", "aisha", "lena")
_ASKS: Final = {"asked_for_sales": 35, "asked_for_support": 12}
_OPEN_HOURS_UTC: Final = range(14, 22)
_WEEKEND: Final = frozenset({5, 6})


def chat_events(chance: SeededRandom, crowd: list[Person], start: datetime) -> Iterator[MarketRecord]:
    """Yield the conversations of the two weeks."""
    talkers: list[Person | None] = [person for person in crowd if chance.happens(CHATS_PERCENT)]
    talkers += [None] * ANONYMOUS_CHATS
    for number, person in enumerate(talkers):
        yield from _conversation(chance, f"conv-{number:04d}", person, some_time(chance, start))


def _conversation(
    chance: SeededRandom, name: str, person: Person | None, at: datetime
) -> Iterator[MarketRecord]:
    browser = f"chatting-{name}" if chance.happens(80) else None
    asks = chance.pick(_ASKS, "")
    turns: list[tuple[str, dict[str, Any]]] = [("started", {"url": SITE + "/pricing"})]
    turns += [("visitor_message", {})] * chance.randint(1, 4)
    address = {"email": person.email} if person is not None else {}
    is_answered = at.hour in _OPEN_HOURS_UTC and at.weekday() not in _WEEKEND
    agent = ("agent_message", {"rep_id": chance.choice(_AGENTS)})
    if is_answered and chance.happens(50):
        turns.append(agent)
    turns.append((asks or "visitor_message", address))
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
