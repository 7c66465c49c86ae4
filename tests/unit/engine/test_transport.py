"""Seeks between fetches: what a task gets is of its epoch, of its group's generation, and follows what it had.

The broker's part is a script: what one fetch brings, and what happens while it is under way.
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

from workers.engine.transport import BatchConsumer, RecordBatch, _Fetched, _Thread

HERE, THERE = TP("in", 0), TP("in", 1)


@dataclass
class Broker:
    """What the consumer's thread does, from a log of records 0 to 99 in each partition."""

    positions: dict[TP, int] = field(default_factory=lambda: {HERE: 0, THERE: 0})
    size: int = 10
    meanwhile: Callable[[], None] = lambda: None
    seeks: list[dict[TP, int]] = field(default_factory=list)
    helds: list[set[TP]] = field(default_factory=list)

    async def fetch(self, seeks: dict[TP, int], held: set[TP], _timeout_s: float) -> _Fetched:
        self.seeks.append(seeks)
        self.helds.append(held)
        self.positions |= seeks
        records = {}
        for tp in self.positions.keys() - held:
            at = self.positions[tp]
            offsets = range(at, min(at + self.size, 100))
            records[TopicPartition(*tp)] = [
                SimpleNamespace(offset=offset, timestamp=0, timestamp_type=0) for offset in offsets
            ]
            self.positions[tp] = offsets.stop
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        return _Fetched(records, dict(self.positions))


class Consumer(BatchConsumer):
    """The consumer without Faust's services around it."""

    should_stop = False

    def __init__(self, broker: Broker) -> None:
        self.app = SimpleNamespace(consumer_generation_id=1)
        self.epochs, self.held, self.settled, self.delivered, self._seeks = {}, set(), {}, {}, {}
        self.suspend_flow = SimpleNamespace(wait=lambda: None)
        self.broker = broker
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
        """One fetch: what it delivered, as (partition, epoch, start, first offset)."""
        self.got = []
        await self._drain_once()
        return [(batch.tp, batch.epoch, batch.start, batch.records[0].offset) for batch in self.got]


@pytest.fixture
def consumer() -> Consumer:
    made = Consumer(Broker())
    made.hold({THERE})
    return made


async def test_nothing_is_delivered_before_a_task_has_said_where_it_begins(consumer: Consumer) -> None:
    assert await consumer.round() == []
    consumer.reseek(HERE, 40)
    assert await consumer.round() == [(HERE, 1, 40, 40)]
    assert await consumer.round() == [(HERE, 1, 50, 50)]


async def test_what_was_fetched_before_a_seek_is_never_labelled_as_after_it(consumer: Consumer) -> None:
    consumer.reseek(HERE, 0)
    await consumer.round()
    consumer.broker.meanwhile = lambda: consumer.reseek(HERE, 3)
    assert await consumer.round() == []
    assert await consumer.round() == [(HERE, 2, 3, 3)]


async def test_a_seek_is_done_by_the_loop_itself_between_two_fetches_and_once(consumer: Consumer) -> None:
    consumer.reseek(HERE, 7)
    consumer.reseek(HERE, 5)
    await consumer.round()
    await consumer.round()
    assert consumer.broker.seeks == [{HERE: 5}, {}]


async def test_what_is_fetched_across_a_rebalance_is_not_delivered(consumer: Consumer) -> None:
    consumer.reseek(HERE, 0)

    def rebalance() -> None:
        consumer.app.consumer_generation_id = 2

    consumer.broker.meanwhile = rebalance
    assert await consumer.round() == []


async def test_a_seek_that_a_rebalance_has_undone_is_done_again(consumer: Consumer) -> None:
    def rebalance() -> None:
        consumer.app.consumer_generation_id = 2
        consumer.broker.positions[HERE] = 99

    consumer.reseek(HERE, 20)
    consumer.broker.meanwhile = rebalance
    await consumer.round()
    await consumer.round()
    assert consumer.broker.seeks == [{HERE: 20}, {HERE: 20}]


async def test_a_batch_that_was_lost_shows_as_a_gap(consumer: Consumer) -> None:
    """The start says what was handed out before, so that the task sees that it lacks some of it."""
    consumer.reseek(HERE, 0)

    def rebalance() -> None:
        consumer.app.consumer_generation_id = 2

    consumer.broker.meanwhile = rebalance
    await consumer.round()
    consumer._seeks.clear()
    assert await consumer.round() == [(HERE, 1, 10, 10)]


async def test_what_is_held_back_is_not_fetched_and_others_are(consumer: Consumer) -> None:
    consumer.reseek(HERE, 0)
    consumer.reseek(THERE, 0)
    consumer.hold({HERE})
    assert [tp for tp, *_ in await consumer.round()] == [THERE]
    consumer.release({HERE})
    assert sorted(tp for tp, *_ in await consumer.round()) == [HERE, THERE]


async def test_where_a_partition_stands_is_not_known_while_a_seek_is_asked_for(consumer: Consumer) -> None:
    consumer.reseek(HERE, 0)
    await consumer.round()
    assert consumer.settled[HERE] == 10
    consumer.broker.meanwhile = lambda: consumer.reseek(HERE, 3)
    await consumer.round()
    assert HERE not in consumer.settled


@pytest.mark.parametrize("error", [CommitFailedError(), IllegalStateError("not assigned")])
async def test_what_cannot_be_told_to_lag_monitors_ends_no_worker(error: Exception) -> None:
    class Group:
        async def commit(self, _offsets: object) -> None:
            raise error

        def assignment(self) -> set[TopicPartition]:
            return {TopicPartition(*HERE)}

    thread = _Thread.__new__(_Thread)
    thread._consumer = Group()
    assert not await thread._commit({HERE: 5})
