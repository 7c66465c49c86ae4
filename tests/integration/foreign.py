"""A foreign producer: librdkafka with its default partitioner, and headers and keys of another service."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import cycle
from typing import Any

from confluent_kafka import Producer
from router import Sent

from schemas.topics import TOPICS, Direction
from workers.engine.partitioner import partition_of

HEADERS = (
    [("traceparent", b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")],
    [("content-type", b"application/json"), ("engine", b"tick"), ("origin", b"crm.accounts")],
    [("tenant", None), ("empty", b"")],
    [("Schriftkopf", "Köln".encode()), ("raw", b"\xff\xfe")],
    [],
)
"""Headers of foreign records. Some have a meaning in the engine's own logs, and must have none here."""


def produce(bootstrap: str, records: Iterable[Sent], partitions: int) -> tuple[int, int]:
    """Write records in order. Return how many have keys, and how many of those are on the partition of murmur2."""
    producer = Producer(
        {"bootstrap.servers": bootstrap, "linger.ms": 5, "queue.buffering.max.messages": 100_000}
    )
    placed: list[tuple[bytes | None, int]] = []

    def delivered(error: Any, message: Any) -> None:
        assert error is None, error
        placed.append((message.key(), message.partition()))

    for record, headers in zip(records, cycle(HEADERS), strict=False):
        producer.produce(
            record.topic,
            record.value,
            record.key,
            timestamp=record.timestamp_ms,
            headers=headers if TOPICS[record.topic].direction is Direction.IN else [],
            on_delivery=delivered,
        )
        producer.poll(0)
    assert producer.flush(60) == 0
    keyed = [(key, partition) for key, partition in placed if key is not None]
    return len(keyed), sum(partition_of(key, partitions) == partition for key, partition in keyed)


def with_foreign_keys(records: Sequence[Sent]) -> list[Sent]:
    """Return the records with changed keys: every third has no key, and every third an unrelated key."""
    keys: tuple[bytes | None, ...] = (None, b"shard-7")
    return [
        record if number % 3 == 0 else record._replace(key=keys[number % 3 - 1])
        for number, record in enumerate(records)
    ]
