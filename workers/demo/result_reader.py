"""A reader of the workers' committed output while they run: a read_committed consumer without a group.

In: the topics of results, lead.events and the changelog of `visitors`. Out: findings, and the time since the last new
record.
"""

from __future__ import annotations

import time
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.topics import LEAD_EVENTS, TOPICS, Direction
from workers.demo.findings import Findings
from workers.engine.api import Record

RESULTS: Final = tuple(name for name, topic in TOPICS.items() if topic.direction is Direction.OUT)
_POLL_MS: Final = 250


class ResultReader:
    """A consumer that reads the workers' outputs from the beginning and counts them in ``findings``."""

    def __init__(self, client: dict[str, Any], partitions: int, visitors_changelog: str) -> None:
        self.findings = Findings()
        self._changelog = visitors_changelog
        self._partitions = [
            TopicPartition(topic, partition)
            for topic in (*RESULTS, LEAD_EVENTS.name, visitors_changelog)
            for partition in range(partitions)
        ]
        self._consumer = AIOKafkaConsumer(
            **client,
            isolation_level="read_committed",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=4 << 20,
        )
        self._last_new_s = time.monotonic()
        self._seen = 0

    async def follow(self) -> None:
        """Read records until the task is cancelled."""
        await self._consumer.start()
        try:
            self._consumer.assign(self._partitions)
            while True:
                for records in (await self._consumer.getmany(timeout_ms=_POLL_MS)).values():
                    for record in records:
                        self._count(record)
                if self.findings.records != self._seen:
                    self._seen = self.findings.records
                    self._last_new_s = time.monotonic()
        finally:
            await self._consumer.stop()

    @property
    def quiet_s(self) -> float:
        """Seconds since the last result or fact. Ticks and watermarks do not count."""
        return time.monotonic() - self._last_new_s

    def _count(self, read: Any) -> None:
        if read.topic == self._changelog:
            self.findings.add_row(read.partition, read.key, read.value)
            return
        self.findings.add_record(
            Record(
                read.topic,
                read.partition,
                read.offset,
                read.timestamp,
                read.key,
                read.value,
                tuple(read.headers),
            )
        )
