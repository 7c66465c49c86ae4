"""Records all of the router's topics as a read_committed subscriber sees them, and finds out whether all is handled.

A record is handled if the rows in the changelog have a larger next offset for its source. All is handled if no cursor has
work left either. Neither the workers nor the group's offsets are asked. The topics are read while they are written,
because a compacted topic soon loses records.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Self

from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition

from schemas.topics import TOPICS
from workers.engine.api import AgentSpec, Record
from workers.engine.batch import OffsetRow
from workers.engine.context import changelog_topic
from workers.engine.control import Watermark, control_or_none, is_control
from workers.engine.rows import SEP, decode
from workers.engine.timers import CursorRow

_POLL_MS = 50


class Tape:
    """Reads all topics of one app from their beginnings. An async context manager."""

    def __init__(self, bootstrap: str, app_id: str, specs: Iterable[AgentSpec], partitions: int) -> None:
        self.records: dict[str, list[Record]] = {name: [] for name in TOPICS}
        self.partitions = partitions
        self._specs = list(specs)
        self._changelogs = {changelog_topic(app_id, spec.name): spec.name for spec in self._specs}
        self._next: dict[tuple[str, int], int] = {}
        self._decided: dict[tuple[str, int, str], int] = {}
        self._cursors: set[tuple[str, int, bytes]] = set()
        self._rows: dict[tuple[str, int, bytes], bytes] = {}
        self._places = [
            TopicPartition(topic, partition)
            for topic in (*TOPICS, *self._changelogs)
            for partition in range(partitions)
        ]
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap,
            isolation_level="read_committed",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=_POLL_MS,
            max_partition_fetch_bytes=4 << 20,
        )

    async def __aenter__(self) -> Self:
        await self._consumer.start()
        self._consumer.assign(self._places)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._consumer.stop()

    async def more(self) -> None:
        """Read the records that have arrived. Wait for at most 50 ms."""
        for found in (await self._consumer.getmany(timeout_ms=_POLL_MS, max_records=20_000)).values():
            for raw in found:
                if raw.topic in self._changelogs:
                    self._take_row(self._changelogs[raw.topic], raw.partition, raw.key, raw.value)
                else:
                    self._take(raw)

    async def to_end(self) -> None:
        """Read all records that are visible now."""
        ends = await self._consumer.end_offsets(self._places)
        while any([await self._consumer.position(place) < ends[place] for place in self._places]):
            await self.more()

    async def until_settled(self, within_s: float) -> None:
        """Read until every agent has decided all records of its sources. Raises AssertionError after ``within_s``."""
        give_up_at = time.monotonic() + within_s
        while True:
            if self.unhandled() is None:
                await self.to_end()
                if self.unhandled() is None:
                    return
            assert time.monotonic() < give_up_at, f"not within {within_s:g} s: {self.unhandled()}"
            await self.more()

    async def until(self, topic: str, count: int, within_s: float) -> None:
        """Read until a topic has ``count`` records. Raises AssertionError after ``within_s``."""
        records = self.records[topic]
        await self.until_holds(lambda: len(records) >= count, within_s, f"{count} records of {topic}")

    async def until_holds(self, holds: Callable[[], bool], within_s: float, what: str) -> None:
        """Read until ``holds`` returns true. Raises AssertionError with ``what`` after ``within_s``."""
        give_up_at = time.monotonic() + within_s
        while not holds():
            assert time.monotonic() < give_up_at, f"not within {within_s:g} s: {what}"
            await self.more()

    def unhandled(self) -> str | None:
        """Return a description of something that is not handled yet, or None."""
        for spec in self._specs:
            for topic in spec.sources:
                for partition in range(self.partitions):
                    end = self._next.get((topic, partition), 0)
                    at = self._decided.get((spec.name, partition, topic), 0)
                    if at < end:
                        return f"{spec.name}/{partition} has decided {topic} up to {at} of {end}"
        return f"a cursor of {next(iter(self._cursors))[:2]}" if self._cursors else None

    def decided(self) -> list[Record]:
        """Return the records of each log that its agent has decided, and all records of result topics."""
        return [
            record
            for topic, records in self.records.items()
            for record in records
            if record.offset < self._decided_of(topic, record.partition)
        ]

    def of(self, topic: str) -> list[dict[str, Any]]:
        """Return the values of a topic without engine records, in the order of each partition."""
        return [json.loads(record.value) for record in self.domain_records(topic) if record.value is not None]

    def domain_records(self, topic: str) -> list[Record]:
        """Return the records of a topic without engine records."""
        return [record for record in self.records[topic] if not is_control(record)]

    def doubled(self, topic: str) -> list[str]:
        """Return the event ids that a topic of results holds more than once."""
        times = Counter(event["event_id"] for event in self.of(topic))
        return [name for name, n in times.items() if n > 1]

    def _decided_of(self, topic: str, partition: int) -> int:
        of_agents = [spec.name for spec in self._specs if spec.own_log == topic]
        return self._decided.get((of_agents[0], partition, topic), 0) if of_agents else 2**62

    def _take(self, raw: Any) -> None:
        headers = tuple(raw.headers)
        record = Record(raw.topic, raw.partition, raw.offset, raw.timestamp, raw.key, raw.value, headers)
        self.records[raw.topic].append(record)
        if not (is_control(record) and isinstance(control_or_none(record), Watermark)):
            # Watermarks are not counted: they wait for other records to be committed.
            self._next[raw.topic, raw.partition] = raw.offset + 1

    def rows(self, agent: str) -> Iterator[tuple[int, bytes, bytes]]:
        """Return the rows of an agent from its changelog, as (partition, key, value)."""
        return ((partition, key, value) for (of, partition, key), value in self._rows.items() if of == agent)

    def _take_row(self, agent: str, partition: int, key: bytes, value: bytes | None) -> None:
        if value is None:
            self._rows.pop((agent, partition, key), None)
        else:
            self._rows[agent, partition, key] = value
        prefix, _, rest = key.partition(SEP)
        if prefix == OffsetRow.prefix.encode() and value is not None:
            self._decided[agent, partition, rest.decode()] = decode(OffsetRow, value).next_offset
        elif prefix == CursorRow.prefix.encode():
            place = (agent, partition, rest)
            (self._cursors.discard if value is None else self._cursors.add)(place)
