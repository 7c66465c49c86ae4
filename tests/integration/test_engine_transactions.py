"""Transactions of one writer on a real Kafka: whole or not at all, in order, and refused after a fence."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import MessageSizeTooLargeError, ProducerFenced
from cluster import Toys

from workers.engine.api import Emit
from workers.engine.producer import TransactionalWriter

pytestmark = pytest.mark.kafka

A_BATCH = 1 << 19
NewWriter = Callable[[], Awaitable[TransactionalWriter]]


@pytest.fixture
async def new_writer(toys: Toys) -> AsyncIterator[NewWriter]:
    """Return a function that makes writers with one transactional id. Each fences the one before."""
    await toys.create()
    async with AsyncExitStack() as open_ones:

        async def make() -> TransactionalWriter:
            client = {"bootstrap_servers": toys.bootstrap}
            writer = TransactionalWriter(f"{toys.app_id}-counter-0", client, toys.partitions, 10_000)
            open_ones.push_async_callback(writer.close)
            await writer.fence()
            return writer

        yield make


async def values(toys: Toys, kind: str = "out") -> list[bytes]:
    async with toys.reader(kind) as reader:
        return [record.value for record in await reader.to_end()]


def output(toys: Toys, value: bytes) -> Emit:
    return Emit(topic=toys.topic("out"), key=b"k", value=value, partition=0)


async def test_several_batches_of_one_partition_are_written_in_order(
    toys: Toys, new_writer: NewWriter
) -> None:
    writer = await new_writer()
    changelog = TopicPartition(toys.changelog, 0)
    outputs = [output(toys, b"%04d" % number + b"x" * 50_000) for number in range(40)]
    changes: dict[bytes, bytes | None] = {b"row%04d" % number: b"y" * 50_000 for number in range(25)}

    first = await writer.commit(outputs, changelog, changes, now_ms=1)
    second = await writer.commit(outputs[:1], changelog, {b"row": b"z"}, now_ms=2)

    assert len(outputs) * 50_000 > 3 * A_BATCH, "all fits into few batches: the test proves too little"
    assert [value[:4] for value in await values(toys)] == [*(b"%04d" % n for n in range(40)), b"0000"]
    assert first == 25
    assert second == 25 + 1 + 1, "after the marker of the first transaction and the one row"


async def test_a_transaction_without_outputs_or_without_rows_is_written(
    toys: Toys, new_writer: NewWriter
) -> None:
    writer = await new_writer()
    changelog = TopicPartition(toys.changelog, 0)
    assert await writer.commit([output(toys, b"only")], changelog, {}, now_ms=1) is None
    assert await writer.commit([], changelog, {b"row": None}, now_ms=1) == 1
    assert await values(toys) == [b"only"]


async def test_a_fenced_writer_writes_nothing(toys: Toys, new_writer: NewWriter) -> None:
    changelog = TopicPartition(toys.changelog, 0)
    earlier = await new_writer()
    await earlier.commit([output(toys, b"before")], changelog, {}, now_ms=1)
    later = await new_writer()
    with pytest.raises(ProducerFenced):
        await earlier.commit([output(toys, b"after")], changelog, {}, now_ms=1)
    await later.commit([output(toys, b"later")], changelog, {}, now_ms=1)
    assert await values(toys) == [b"before", b"later"]


async def test_a_refused_record_leaves_nothing_of_its_transaction(toys: Toys, new_writer: NewWriter) -> None:
    writer = await new_writer()
    changelog = TopicPartition(toys.changelog, 0)
    with pytest.raises(MessageSizeTooLargeError):
        await writer.commit(
            [output(toys, b"fine"), Emit(toys.topic("out"), b"k", b"x" * 1_100_000, partition=1)],
            changelog,
            {b"row": b"z"},
            now_ms=1,
        )
    assert await values(toys) == []
    assert await values(toys, toys.changelog) == []
    await (await new_writer()).commit([output(toys, b"repeated")], changelog, {}, now_ms=1)
    assert await values(toys) == [b"repeated"]
