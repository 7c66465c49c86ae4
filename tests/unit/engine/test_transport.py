"""Seeks between fetches: a task gets batches of its epoch and of its group's generation, without a gap.

A script plays the broker: it returns the records of each fetch, and causes events during a fetch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import CommitFailedError, IllegalStateError
from aiokafka.structs import TopicPartition
from faust.types import TP

from workers.engine.api import Record
from workers.engine.transport import BatchConsumer, RecordBatch, _Fetched, _Thread

HERE, THERE = TP("in", 0), TP("in", 1)


@dataclass
class Broker:
    """Plays the consumer's thread, with a log of records 0 to 99 in each partition."""

    positions: dict[TP, int] = field(default_factory=lambda: {HERE: 0, THERE: 0})
    size: int = 10
    meanwhile: Callable[[], None] = lambda: None
    seeks: list[dict[TP, int]] = field(default_factory=list)
    helds: list[set[TP]] = field(default_factory=list)
    lost: set[TP] = field(default_factory=set)
    denied: set[TP] = field(default_factory=set)

    async def fetch(self, seeks: dict[TP, int], held: set[TP], _timeout_s: float) -> _Fetched:
        self.seeks.append(seeks)
        self.helds.append(held)
        self.positions |= seeks
        records = {}
        for tp in self.positions.keys() - held:
            at = self.positions[tp]
            offsets = range(at, min(at + self.size, 100))
            records[TopicPartition(*tp)] = [
                Record(tp.topic, tp.partition, offset, 0, None, None) for offset in offsets
            ]
            self.positions[tp] = offsets.stop
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        return _Fetched(records, dict(self.positions), self.lost, self.denied)


class Consumer(BatchConsumer):
    """The consumer without Faust's services around it."""

    should_stop = False

    def __init__(self, broker: Broker) -> None:
        self.app = SimpleNamespace(consumer_generation_id=1)
        self.epochs, self.held, self.settled, self.delivered, self._seeks = {}, set(), {}, {}, {}
        self.suspend_flow = SimpleNamespace(wait=lambda: None)
        self.broker = broker
        self.lost: dict[TP, int] = {}
        self.denied: set[TP] = set()
        self.got: list[RecordBatch] = []

    @property
    def thread(self) -> Any:
        return self.broker

    def callback(self, message: Any) -> RecordBatch:
        batch: RecordBatch = message.value
        return batch

    async def wait_first(self, batch: RecordBatch, _suspended: None) -> None:
        self.got.append(batch)

    async def round(self) -> list[tuple[TP, int, int, int]]:
        """Fetch once. Return the delivered batches as (partition, epoch, start, first offset)."""
        self.got = []
        await self._drain_once()
        return [(batch.tp, batch.epoch, batch.start, batch.records[0].offset) for batch in self.got]


@pytest.fixture
def consumer() -> Consumer:
    made = Consumer(Broker())
    made.hold({THERE})
    return made


async def test_nothing_is_delivered_before_a_task_has_requested_its_first_offset(consumer: Consumer) -> None:
    assert await consumer.round() == []
    consumer.reseek(HERE, 40)
    assert await consumer.round() == [(HERE, 1, 40, 40)]
    assert await consumer.round() == [(HERE, 1, 50, 50)]


async def test_a_batch_fetched_before_a_seek_never_carries_the_epoch_after_it(consumer: Consumer) -> None:
    consumer.reseek(HERE, 0)
    await consumer.round()
    consumer.broker.meanwhile = lambda: consumer.reseek(HERE, 3)
    assert await consumer.round() == []
    assert await consumer.round() == [(HERE, 2, 3, 3)]


async def test_the_loop_performs_only_the_last_requested_seek_between_two_fetches(consumer: Consumer) -> None:
    consumer.reseek(HERE, 7)
    consumer.reseek(HERE, 5)
    await consumer.round()
    await consumer.round()
    assert consumer.broker.seeks == [{HERE: 5}, {}]


async def test_a_batch_fetched_across_a_rebalance_is_not_delivered(consumer: Consumer) -> None:
    consumer.reseek(HERE, 0)

    def rebalance() -> None:
        consumer.app.consumer_generation_id = 2

    consumer.broker.meanwhile = rebalance
    assert await consumer.round() == []


async def test_a_seek_that_a_rebalance_has_undone_is_repeated(consumer: Consumer) -> None:
    def rebalance() -> None:
        consumer.app.consumer_generation_id = 2
        consumer.broker.positions[HERE] = 99

    consumer.reseek(HERE, 20)
    consumer.broker.meanwhile = rebalance
    await consumer.round()
    await consumer.round()
    assert consumer.broker.seeks == [{HERE: 20}, {HERE: 20}]


async def test_a_lost_batch_shows_as_a_gap(consumer: Consumer) -> None:
    """The start of a batch shows how far earlier ones were delivered, so that its task sees what is missing."""
    consumer.reseek(HERE, 0)

    def rebalance() -> None:
        consumer.app.consumer_generation_id = 2

    consumer.broker.meanwhile = rebalance
    await consumer.round()
    consumer._seeks.clear()
    assert await consumer.round() == [(HERE, 1, 10, 10)]


async def test_held_partitions_are_not_fetched_and_others_are(consumer: Consumer) -> None:
    consumer.reseek(HERE, 0)
    consumer.reseek(THERE, 0)
    consumer.hold({HERE})
    assert [tp for tp, *_ in await consumer.round()] == [THERE]
    consumer.release({HERE})
    assert sorted(tp for tp, *_ in await consumer.round()) == [HERE, THERE]


async def test_the_position_of_a_partition_is_unknown_while_a_seek_is_requested(consumer: Consumer) -> None:
    consumer.reseek(HERE, 0)
    await consumer.round()
    assert consumer.settled[HERE] == 10
    consumer.broker.meanwhile = lambda: consumer.reseek(HERE, 3)
    await consumer.round()
    assert HERE not in consumer.settled


@pytest.mark.parametrize("error", [CommitFailedError(), IllegalStateError("not assigned")])
async def test_a_failed_lag_report_does_not_end_the_worker(error: Exception) -> None:
    class Group:
        async def commit(self, _offsets: object) -> None:
            raise error

        def assignment(self) -> set[TopicPartition]:
            return {TopicPartition(*HERE)}

    thread = _Thread.__new__(_Thread)
    thread._consumer = Group()
    assert not await thread._commit({HERE: 5})


async def test_a_lost_offset_is_reported_until_the_partition_is_sought_again(
    consumer: Consumer,
) -> None:
    consumer.reseek(HERE, 5)
    consumer.broker.lost = {HERE}
    await consumer.round()
    assert consumer.lost == {HERE: 15}  # the ten records from 5 on were delivered
    consumer.broker.lost = set()
    consumer.reseek(HERE, 20)
    assert not consumer.lost


async def test_a_partition_without_a_right_is_held_until_it_is_sought_again() -> None:
    consumer = Consumer(Broker())
    consumer.reseek(HERE, 5)
    consumer.broker.denied = {HERE}
    await consumer.round()
    assert (consumer.denied, consumer.held) == ({HERE}, {HERE})
    consumer.broker.denied = set()
    await consumer.round()
    assert consumer.denied == {HERE}
    consumer.reseek(HERE, 5)
    assert (consumer.denied, consumer.held) == (set(), set())
