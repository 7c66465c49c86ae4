"""Import of past events: lines of files become records of the input topics, marked as history.

In: lines as `replay` reads them. Out: records under the key of their visitor, stamped with the present time. A header of
each record holds the time of its first arrival. Lines are parsed by the hop `visitors` itself, so a line that it would
refuse is refused before anything is sent.
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
from workers.visitors.handle import VisitorsHop
from workers.visitors.imported_events import HEADER, ImportRules
from workers.visitors.input_events import ParsedEvent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from workers.policy.model import Policy
    from workers.settings import Settings

MOST_IN_FLIGHT: Final = 1_000
"""Most events that are sent and not yet acknowledged by the broker."""
_PAUSE_EVERY: Final = 100
"""Number of events after which the rate is checked."""


class ImportRecord(NamedTuple):
    """One event, ready to be sent."""

    topic: str
    key: bytes | None
    value: bytes | None
    arrived_ms: int
    """When the event first arrived. Milliseconds UTC."""


class LineReader:
    """Parses lines by a policy, and decides which of them are useful at ``now_ms``."""

    def __init__(self, policy: Policy, now_ms: int) -> None:
        self._hop = VisitorsHop(policy, b"", 1)  # used only to parse, so no lead id is made under this key
        self._import_rules = ImportRules(policy)
        self._now_ms = now_ms

    def parse(self, line: Input) -> ParsedEvent:
        """Return the event of a line.

        Raises BadLineError if the hop would refuse the line, or if its timestamp cannot be in milliseconds.
        """
        try:
            event = self._hop.parse(Record(line.topic, 0, 0, line.timestamp_ms, line.key, line.value))
        except RefusedError as error:
            raise BadLineError(str(error)) from None
        parsed = cast("ParsedEvent", event)  # the topics of an import hold no other events
        if history_time(parsed.body.occurred_at, line.timestamp_ms).said_ms > line.timestamp_ms + DAY_MS:
            raise BadLineError(
                "timestamp: more than a day before occurred_at; expected when it arrived, in milliseconds"
            )
        return parsed

    def to_record(self, line: Input) -> ImportRecord | None:
        """Return the event of a line under the key of its visitor. None if it is too old to give points."""
        event = self.parse(line)
        happened = history_time(event.body.occurred_at, line.timestamp_ms)
        if not self._import_rules.is_useful(happened, self._now_ms, is_anonymous=event.address is None):
            return None
        key = self._hop.key_of(event)
        return ImportRecord(
            line.topic, line.key if key is None else key.encode(), line.value, line.timestamp_ms
        )


async def send(settings: Settings, events: Iterable[ImportRecord], per_second: int) -> AsyncIterator[int]:
    """Send events in order with an idempotent producer. Yield the number that the broker has acknowledged.

    At most ``per_second`` events are sent in a second. At most 1,000 are in flight.
    """
    in_flight: deque[asyncio.Future[object]] = deque()
    acknowledged = 0
    async with AIOKafkaProducer(
        **client_arguments(settings), acks="all", enable_idempotence=True, linger_ms=20
    ) as producer:
        started_s = time.monotonic()
        for number, one in enumerate(events, start=1):
            mark = (HEADER, str(one.arrived_ms).encode())
            in_flight.append(await producer.send(one.topic, one.value, one.key, headers=[mark]))
            if number % _PAUSE_EVERY == 0:
                await asyncio.sleep(started_s + number / per_second - time.monotonic())
            while len(in_flight) >= MOST_IN_FLIGHT or (in_flight and in_flight[0].done()):
                await in_flight.popleft()
                acknowledged += 1
                yield acknowledged
        while in_flight:
            await in_flight.popleft()
            acknowledged += 1
            yield acknowledged
