"""What the engine relies on in aiokafka or works around, as it is: an upgrade that changes it is noticed here."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError
from aiokafka.structs import TopicPartition
from cluster import Toys

pytestmark = pytest.mark.kafka


@pytest.fixture
async def producer(toys: Toys) -> AsyncIterator[AIOKafkaProducer]:
    await toys.create({"out": {"max.message.bytes": "2000"}})
    async with AIOKafkaProducer(
        bootstrap_servers=toys.bootstrap, transactional_id=toys.app_id, retry_backoff_ms=20
    ) as started:
        yield started


async def test_a_batch_adds_its_partition_to_the_transaction(toys: Toys, producer: AIOKafkaProducer) -> None:
    """Where it did not, every batch would be refused, and the engine would have to add the partition itself."""
    await producer.begin_transaction()
    batch = producer.create_batch()
    batch.append(timestamp=None, key=None, value=b"value")
    batch.close()
    sent = await producer.send_batch(batch, toys.topic("out"), partition=0)
    assert TopicPartition(toys.topic("out"), 0) in producer._txn_manager._pending_txn_partitions
    await sent
    await producer.commit_transaction()
    assert [record.value for record in await seen(toys)] == [b"value"]


async def test_a_transaction_is_committed_although_one_of_its_records_was_refused(
    toys: Toys, producer: AIOKafkaProducer
) -> None:
    await producer.begin_transaction()
    large = await producer.send(toys.topic("out"), b"x" * 5_000, partition=0)
    small = await producer.send(toys.topic("out"), b"small", partition=1)
    await producer.commit_transaction()
    with pytest.raises(MessageSizeTooLargeError):
        await large
    await small
    assert [record.value for record in await seen(toys)] == [b"small"]


async def seen(toys: Toys) -> list[object]:
    async with toys.reader("out") as reader:
        return await reader.to_end()
