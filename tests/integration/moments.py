"""Shares the state of a worker's transactions with the test, and makes transactions fail on order.

The state is a small memory-mapped file that survives kill -9. It has the stage of each partition's transaction and the
number of commits. The worker wraps the steps of its real transactions to write it; no step is replaced.
"""

from __future__ import annotations

import asyncio
import mmap
import random
import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from workers.engine.task import PartitionTask
from workers.engine.transaction import Transactions
from workers.engine.transport import RecordBatch

_SLOT = struct.Struct("<BxxxIII")
_SLOTS = 96


class Stage(IntEnum):
    """The stage of one partition's transaction."""

    NONE = 0
    BEGUN = 1
    OPEN = 2
    """The broker has acknowledged all records of the transaction, and its end is not yet requested."""
    COMMITTING = 3


class Moments:
    """The file, opened by the worker or by a test."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(_SLOT.size * _SLOTS))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 0)

    def note_stage(self, slot: int, stage: Stage, *, committed: int = 0, failed: int = 0) -> None:
        """Write the stage of a slot, and add to its counts of commits and failures."""
        _, commits, failures, most = _SLOT.unpack_from(self._map, slot * _SLOT.size)
        _SLOT.pack_into(self._map, slot * _SLOT.size, stage, commits + committed, failures + failed, most)

    def note_waiting(self, slot: int, waiting: int) -> None:
        """Write the number of waiting records of a slot, if it is the largest so far."""
        stage, commits, failures, most = _SLOT.unpack_from(self._map, slot * _SLOT.size)
        _SLOT.pack_into(self._map, slot * _SLOT.size, stage, commits, failures, max(most, waiting))

    def _all(self) -> list[tuple[int, int, int, int]]:
        return [_SLOT.unpack_from(self._map, slot * _SLOT.size) for slot in range(_SLOTS)]

    @property
    def open_transactions(self) -> int:
        """The number of partitions with an open transaction on the broker."""
        return sum(stage == Stage.OPEN for stage, *_ in self._all())

    @property
    def commits(self) -> int:
        """The number of transactions committed so far."""
        return sum(commits for _, commits, *_ in self._all())

    @property
    def failures(self) -> int:
        """The number of ordered failures that have happened so far."""
        return sum(failures for _, _, failures, _ in self._all())

    @property
    def most_waiting(self) -> int:
        """The largest number of records that ever waited for one partition."""
        return max(most for *_, most in self._all())

    def forget_stages(self) -> None:
        """Reset all stages. Call it before a killed worker is started again."""
        for slot in range(_SLOTS):
            self.note_stage(slot, Stage.NONE)


class OrderedError(Exception):
    """A failure that the test ordered."""


@dataclass(frozen=True)
class Orders:
    """Delays and failures that a test orders for the transactions of a worker.

    ``linger_ms``: how long each transaction stays open before its commit. ``flaky_percent``: the share of transactions
    that fail, at most ``flaky_most``. ``flaky_places``: where they fail: while records are sent, when all are written, or
    after the commit. ``flaky_seed`` seeds the choice.
    """

    linger_ms: float = 0.0
    flaky_seed: int = 0
    flaky_percent: int = 0
    flaky_most: int = 0
    flaky_places: tuple[str, ...] = ("sending", "written", "committed")


class _ObservedTransactions:
    """Wraps the transactions of one producer: notes their stages, and fails where ordered."""

    def __init__(
        self, transactions: Transactions, slot: int, moments: Moments, orders: Orders, chance: random.Random
    ) -> None:
        self._slot, self._moments, self._orders, self._chance = slot, moments, orders, chance
        self._begin, self._write, self._end = transactions.begin, transactions.write, transactions.end
        self._failure = ""
        own: Any = transactions
        own.begin, own.write, own.end = self.begin, self.write, self.end

    def _fail_if(self, place: str) -> None:
        # Checked again here: several transactions may have begun at the same time, each as the last one to fail.
        if self._failure == place and self._moments.failures < self._orders.flaky_most:
            self._moments.note_stage(self._slot, Stage.NONE, failed=1)
            raise OrderedError(place)

    async def begin(self, partitions: Any) -> None:
        is_spared = self._moments.failures >= self._orders.flaky_most
        fails = not is_spared and self._chance.randrange(100) < self._orders.flaky_percent
        self._failure = self._chance.choice(self._orders.flaky_places) if fails else ""
        await self._begin(partitions)
        self._moments.note_stage(self._slot, Stage.BEGUN)

    async def write(self, batches: Any) -> Any:
        writing = asyncio.ensure_future(self._write(batches))
        await asyncio.sleep(0)  # the requests are sent
        try:
            self._fail_if("sending")
        except OrderedError:
            writing.add_done_callback(lambda done: done.cancelled() or done.exception())
            raise
        return await writing

    async def end(self, *, commits: bool) -> None:
        if not commits:
            await self._end(commits=False)
            return
        self._moments.note_stage(self._slot, Stage.OPEN)
        if self._orders.linger_ms:
            await asyncio.sleep(self._orders.linger_ms / 1000)
        self._fail_if("written")
        self._moments.note_stage(self._slot, Stage.COMMITTING)
        await self._end(commits=True)
        self._moments.note_stage(self._slot, Stage.NONE, committed=1)
        self._fail_if("committed")


def wrap_transactions(
    slot_of: Callable[[str], int], moments: Moments, orders: Orders, chance: random.Random
) -> None:
    """Observe the transactions of every producer, in the slot that ``slot_of`` returns for its transactional id."""
    build = Transactions.__init__

    def built(self: Transactions, producer: Any, transactional_id: str) -> None:
        build(self, producer, transactional_id)
        _ObservedTransactions(self, slot_of(transactional_id), moments, orders, chance)

    Transactions.__init__ = built  # type: ignore[method-assign]


def install(path: Path, orders: Orders) -> None:
    """Observe the transactions and inboxes of this process, and make transactions fail where ordered."""
    moments, chance = Moments(path), random.Random(orders.flaky_seed)
    wrap_transactions(lambda name: int(name.rsplit("-", 1)[1]), moments, orders, chance)
    submit = PartitionTask.submit

    def submitted(self: PartitionTask, batch: RecordBatch) -> None:
        submit(self, batch)
        moments.note_waiting(self.partition, self._inbox.total(self.spec.sources))

    PartitionTask.submit = submitted  # type: ignore[method-assign]
