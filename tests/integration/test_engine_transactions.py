"""Transactions of one writer on a real Kafka: whole or not at all, in order, and refused after a fence.

The broker of the tests has the second transaction version. With ``version`` 1 the writer uses the first one, as with
brokers before 4.0.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.client import ConnectionGroup
from aiokafka.errors import MessageSizeTooLargeError, ProducerFenced
from cluster import Toys

from workers.engine.api import Emit
from workers.engine.producer import TransactionalWriter
from workers.engine.transaction import Transactions, UnansweredEndError

pytestmark = pytest.mark.kafka

A_BATCH = 1 << 19
NewWriter = Callable[[], Awaitable[TransactionalWriter]]
both_versions = pytest.mark.parametrize("version", [2, 1])


@pytest.fixture
def version() -> int:
    """Return the transaction version of the writers."""
    return 2


@pytest.fixture
async def new_writer(toys: Toys, version: int) -> AsyncIterator[NewWriter]:
    """Return a function that makes writers with one transactional id. Each fences the one before."""
    await toys.create()
    async with AsyncExitStack() as open_ones:

        async def make() -> TransactionalWriter:
            client = {"bootstrap_servers": toys.bootstrap}
            writer = TransactionalWriter(f"{toys.app_id}-counter-0", client, toys.partitions, 10_000)
            open_ones.push_async_callback(writer.close)
            await writer.fence()
            assert transactions_of(writer).has_second_version, "the broker does not report the second version"
            transactions_of(writer).has_second_version = version == 2
            return writer

        yield make


async def values(toys: Toys, kind: str = "out") -> list[bytes]:
    async with toys.reader(kind) as reader:
        return [record.value for record in await reader.to_end()]


def transactions_of(writer: TransactionalWriter) -> Transactions:
    return writer._started()


def output(toys: Toys, value: bytes) -> Emit:
    return Emit(topic=toys.topic("out"), key=b"k", value=value, partition=0)


@both_versions
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


@both_versions
async def test_a_fenced_writer_writes_nothing(toys: Toys, new_writer: NewWriter) -> None:
    changelog = TopicPartition(toys.changelog, 0)
    earlier = await new_writer()
    await earlier.commit([output(toys, b"before")], changelog, {}, now_ms=1)
    later = await new_writer()
    with pytest.raises(ProducerFenced):
        await earlier.commit([output(toys, b"after")], changelog, {}, now_ms=1)
    await later.commit([output(toys, b"later")], changelog, {}, now_ms=1)
    assert await values(toys) == [b"before", b"later"]


@both_versions
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


@pytest.mark.parametrize("is_repeat", [True, False])
async def test_a_late_end_of_the_last_transaction_commits_nothing_of_the_next(
    toys: Toys, new_writer: NewWriter, *, is_repeat: bool
) -> None:
    writer = await new_writer()
    changelog = TopicPartition(toys.changelog, 0)
    transactions = transactions_of(writer)
    last = transactions._producer_id, transactions._epoch
    await writer.commit([output(toys, b"first")], changelog, {}, now_ms=1)
    if is_repeat:
        await end_as(transactions, *last)
    batches = writer._batches([output(toys, b"half")], changelog, {}, now_ms=1)
    await transactions.begin(batches)
    await writer._write(transactions, batches)

    with pytest.raises(ProducerFenced):
        await end_as(transactions, *last)

    await transactions.end(commits=False)
    assert await values(toys) == [b"first"]


async def test_the_commit_of_a_transaction_that_the_broker_has_aborted_is_fenced(
    toys: Toys, new_writer: NewWriter
) -> None:
    writer = await new_writer()
    transactions = transactions_of(writer)
    batches = writer._batches([output(toys, b"late")], TopicPartition(toys.changelog, 0), {}, now_ms=1)
    await transactions.begin(batches)
    await writer._write(transactions, batches)
    await end_as(transactions, transactions._producer_id, transactions._epoch, commits=False)

    with pytest.raises(ProducerFenced):
        await transactions.end(commits=True)

    assert await values(toys) == []


@pytest.mark.parametrize("ends_only", [True, False])
async def test_a_writer_is_fenced_by_one_that_has_got_another_producer_id(
    toys: Toys, new_writer: NewWriter, *, ends_only: bool
) -> None:
    """After 32,767 transactions the broker gives another id. Here the earlier writer gets one that is not valid now."""
    writer = await new_writer()
    transactions = transactions_of(writer)
    transactions._producer_id += 1_000_000

    late = (
        transactions.end(commits=True)
        if ends_only
        else writer.commit([output(toys, b"late")], TopicPartition(toys.changelog, 0), {}, now_ms=1)
    )

    with pytest.raises(ProducerFenced):
        await late

    assert await values(toys) == []


async def end_as(transactions: Transactions, producer_id: int, epoch: int, *, commits: bool = True) -> None:
    """End a transaction of this epoch, as a late request does, or the broker itself. The writer does not notice it."""
    now = transactions._producer_id, transactions._epoch
    transactions._producer_id, transactions._epoch = producer_id, epoch
    try:
        await transactions.end(commits=commits)
    finally:
        transactions._producer_id, transactions._epoch = now


@both_versions
async def test_no_transaction_of_the_same_epoch_follows_an_end_without_an_answer(
    toys: Toys, new_writer: NewWriter, version: int
) -> None:
    writer = await new_writer()
    changelog = TopicPartition(toys.changelog, 0)
    transactions = transactions_of(writer)
    await writer.commit([output(toys, b"before")], changelog, {}, now_ms=1)
    batches = writer._batches([output(toys, b"first")], changelog, {}, now_ms=1)
    await transactions.begin(batches)
    await writer._write(transactions, batches)

    ending = asyncio.create_task(transactions.end(commits=True))
    connection: Any = transactions._client._conns[transactions._coordinator, ConnectionGroup.COORDINATION]
    while not connection._requests:  # noqa: ASYNC110 - aiokafka has no event for it
        await asyncio.sleep(0)
    connection.close()
    await ending

    if version == 1:
        with pytest.raises(UnansweredEndError):
            await writer.commit([output(toys, b"next")], changelog, {}, now_ms=1)
        writer = await new_writer()
    await writer.commit([output(toys, b"next")], changelog, {}, now_ms=1)
    expected = [b"before", b"first", b"next"]
    async with asyncio.timeout(10):  # the markers of a commit follow its answer
        while len(found := await values(toys)) < len(expected):  # noqa: ASYNC110 - a topic has no event for it
            await asyncio.sleep(0.05)
    assert found == expected
