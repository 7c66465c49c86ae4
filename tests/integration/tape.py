"""Everything that stands in the router's topics, as a read_committed subscriber sees it; and whether all of it is handled.

Handled is what the rows say: a partition has decided a source up to the offset that its changelog holds, and no long work
is under way. Nothing is asked of the workers, and group offsets are not believed. It is read while it is written: a
compacted topic loses records soon after.
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
    """Follows all topics of one app from their beginnings; an async context manager."""

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
        """Read what has come, for a moment."""
        for found in (await self._consumer.getmany(timeout_ms=_POLL_MS, max_records=20_000)).values():
            for raw in found:
                if raw.topic in self._changelogs:
                    self._take_row(self._changelogs[raw.topic], raw.partition, raw.key, raw.value)
                else:
                    self._take(raw)

    async def to_end(self) -> None:
        """Read all that is visible now."""
        ends = await self._consumer.end_offsets(self._places)
        while any([await self._consumer.position(place) < ends[place] for place in self._places]):
            await self.more()

    async def until_settled(self, within_s: float) -> None:
        """Read until every agent has decided all that stands in its sources. Raises AssertionError."""
        give_up_at = time.monotonic() + within_s
        while True:
            if self.lacking() is None:
                await self.to_end()
                if self.lacking() is None:
                    return
            assert time.monotonic() < give_up_at, f"not within {within_s:g} s: {self.lacking()}"
            await self.more()

    async def until(self, topic: str, count: int, within_s: float) -> None:
        """Read until a topic has so many records."""
        records = self.records[topic]
        await self.until_holds(lambda: len(records) >= count, within_s, f"{count} records of {topic}")

    async def until_holds(self, holds: Callable[[], bool], within_s: float, what: str) -> None:
        """Read until something holds. Raises AssertionError, saying what was waited for, after ``within_s``."""
        give_up_at = time.monotonic() + within_s
        while not holds():
            assert time.monotonic() < give_up_at, f"not within {within_s:g} s: {what}"
            await self.more()

    def lacking(self) -> str | None:
        """What is not handled yet, or None."""
        for spec in self._specs:
            for topic in spec.sources:
                for partition in range(self.partitions):
                    end = self._next.get((topic, partition), 0)
                    at = self._decided.get((spec.name, partition, topic), 0)
                    if at < end:
                        return f"{spec.name}/{partition} has decided {topic} up to {at} of {end}"
        return f"long work of {next(iter(self._cursors))[:2]}" if self._cursors else None

    def decided(self) -> list[Record]:
        """The records of logs as far as their agents have decided them, and all results."""
        return [
            record
            for topic, records in self.records.items()
            for record in records
            if record.offset < self._decided_of(topic, record.partition)
        ]

    def of(self, topic: str) -> list[dict[str, Any]]:
        """The values of a topic, without the engine's own; in the order of each partition."""
        return [json.loads(record.value) for record in self.said(topic) if record.value is not None]

    def said(self, topic: str) -> list[Record]:
        """The records of a topic, without the engine's own."""
        return [record for record in self.records[topic] if not is_control(record)]

    def doubled(self, topic: str) -> list[str]:
        """Ids that stand more than once in a topic of results."""
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
            self._next[raw.topic, raw.partition] = (
                raw.offset + 1
            )  # watermarks wait for something else to commit

    def rows(self, agent: str) -> Iterator[tuple[int, bytes, bytes]]:
        """The rows of an agent as its changelog has them: (partition, key, value)."""
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
