"""Events of the past, from lines of files into the input topics, marked so that they count as history.

In: lines as `replay` reads them. Out: records under the key of their visitor, stamped with now, that say when they had
first arrived. Lines are read as the hop `visitors` will read them, so that what it would refuse is refused before.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from aiokafka import AIOKafkaProducer

from workers.broker.clients import client_arguments
from workers.engine.api import Record, RefusedError
from workers.identity.event_time import DAY_MS, history_time
from workers.replay.history_lines import BadLineError, Input
from workers.visitors.handle import VisitorEvent, VisitorsHop
from workers.visitors.imported import HEADER, Imports

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from workers.policy.model import Policy
    from workers.settings import Settings

MOST_IN_FLIGHT: Final = 1_000
_PAUSE_EVERY: Final = 100
"""Events between two looks at the clock."""


class Ready(NamedTuple):
    """One event, ready to be sent. ``arrived_ms`` is when it first did."""

    topic: str
    key: bytes | None
    value: bytes | None
    arrived_ms: int


class Reader:
    """Reads lines by a policy, and says which of them are of use at ``now_ms``."""

    def __init__(self, policy: Policy, now_ms: int) -> None:
        self._hop = VisitorsHop(policy, b"", 1)  # only asked what a record says: no lead id is made
        self._imports = Imports(policy)
        self._now_ms = now_ms

    def read(self, line: Input) -> VisitorEvent:
        """Return what a line says. Raises BadLineError: what the hop would refuse, and what cannot be milliseconds."""
        try:
            event = self._hop.parse(Record(line.topic, 0, 0, line.timestamp_ms, line.key, line.value))
        except RefusedError as error:
            raise BadLineError(str(error)) from None
        said = cast("VisitorEvent", event)  # of the topics that people write nothing else comes
        if history_time(said.said.occurred_at, line.timestamp_ms).said_ms > line.timestamp_ms + DAY_MS:
            raise BadLineError(
                "timestamp: more than a day before occurred_at; expected when it arrived, in milliseconds"
            )
        return said

    def ready(self, line: Input) -> Ready | None:
        """Return the event of a line under the key of its visitor; None where it gives no points any more."""
        event = self.read(line)
        happened = history_time(event.said.occurred_at, line.timestamp_ms)
        if not self._imports.is_of_use(happened, self._now_ms, is_anonymous=event.address is None):
            return None
        key = self._hop.key_of(event)
        return Ready(line.topic, line.key if key is None else key.encode(), line.value, line.timestamp_ms)


async def send(settings: Settings, events: Iterable[Ready], per_second: int) -> AsyncIterator[int]:
    """Send events in order, idempotently; at most ``per_second``, and so many on their way. Yield how many are there."""
    waiting: deque[asyncio.Future[object]] = deque()
    there = 0
    async with AIOKafkaProducer(
        **client_arguments(settings), acks="all", enable_idempotence=True, linger_ms=20
    ) as producer:
        started_s = time.monotonic()
        for number, one in enumerate(events, start=1):
            mark = (HEADER, str(one.arrived_ms).encode())
            waiting.append(await producer.send(one.topic, one.value, one.key, headers=[mark]))
            if number % _PAUSE_EVERY == 0:
                await asyncio.sleep(started_s + number / per_second - time.monotonic())
            while len(waiting) >= MOST_IN_FLIGHT or (waiting and waiting[0].done()):
                await waiting.popleft()
                there += 1
                yield there
        while waiting:
            await waiting.popleft()
            there += 1
            yield there
