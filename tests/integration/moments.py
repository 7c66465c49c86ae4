"""Where a worker's transactions stand, told to whoever wants to kill it; and the failures that a test orders.

A small file in shared memory, which outlives kill -9: per partition the state of its transaction and how many it has
committed. The worker tells it by wrapping the steps of its real transactions; nothing is replaced.
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
_SLOTS = 64


class Stage(IntEnum):
    """Of one partition's transaction."""

    NONE = 0
    BEGUN = 1
    OPEN = 2
    """All of its records are acknowledged by the broker, and its end has not been asked for."""
    COMMITTING = 3


class Moments:
    """The file, seen by the worker or by a test."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(_SLOT.size * _SLOTS))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 0)

    def tell(self, slot: int, stage: Stage, *, committed: int = 0, failed: int = 0) -> None:
        """Enter a stage; add to the counts."""
        _, commits, failures, most = _SLOT.unpack_from(self._map, slot * _SLOT.size)
        _SLOT.pack_into(self._map, slot * _SLOT.size, stage, commits + committed, failures + failed, most)

    def tell_waiting(self, slot: int, waiting: int) -> None:
        """So many records wait for a partition's task."""
        stage, commits, failures, most = _SLOT.unpack_from(self._map, slot * _SLOT.size)
        _SLOT.pack_into(self._map, slot * _SLOT.size, stage, commits, failures, max(most, waiting))

    def _all(self) -> list[tuple[int, int, int, int]]:
        return [_SLOT.unpack_from(self._map, slot * _SLOT.size) for slot in range(_SLOTS)]

    @property
    def open_transactions(self) -> int:
        """How many partitions' transactions are open on the broker."""
        return sum(stage == Stage.OPEN for stage, *_ in self._all())

    @property
    def commits(self) -> int:
        """Transactions committed so far."""
        return sum(commits for _, commits, *_ in self._all())

    @property
    def failures(self) -> int:
        """Failures ordered and had so far."""
        return sum(failures for _, _, failures, _ in self._all())

    @property
    def most_waiting(self) -> int:
        """The most records that ever waited for one partition."""
        return max(most for *_, most in self._all())

    def forget_stages(self) -> None:
        """Before a worker that was killed is started again."""
        for slot in range(_SLOTS):
            self.tell(slot, Stage.NONE)


class OrderedError(Exception):
    """A failure that the test ordered."""


@dataclass(frozen=True)
class Orders:
    """``linger_ms`` is waited while a transaction is open. ``flaky_percent`` of the transactions fail, ``flaky_most``
    at most, at one of ``flaky_places``: while records are sent, when all are written, after the commit.
    """

    linger_ms: float = 0.0
    flaky_seed: int = 0
    flaky_percent: int = 0
    flaky_most: int = 0
    flaky_places: tuple[str, ...] = ("sending", "written", "committed")


class _Told:
    """The transactions of one producer, told and made to fail."""

    def __init__(
        self, transactions: Transactions, slot: int, moments: Moments, orders: Orders, chance: random.Random
    ) -> None:
        self._slot, self._moments, self._orders, self._chance = slot, moments, orders, chance
        self._begin, self._write, self._end = transactions.begin, transactions.write, transactions.end
        self._failure = ""
        own: Any = transactions
        own.begin, own.write, own.end = self.begin, self.write, self.end

    def _fail_if(self, place: str) -> None:
        # Asked again here: of several transactions under way at once, each may have been begun as the last to fail.
        if self._failure == place and self._moments.failures < self._orders.flaky_most:
            self._moments.tell(self._slot, Stage.NONE, failed=1)
            raise OrderedError(place)

    async def begin(self, partitions: Any) -> None:
        is_spared = self._moments.failures >= self._orders.flaky_most
        fails = not is_spared and self._chance.randrange(100) < self._orders.flaky_percent
        self._failure = self._chance.choice(self._orders.flaky_places) if fails else ""
        await self._begin(partitions)
        self._moments.tell(self._slot, Stage.BEGUN)

    async def write(self, batches: Any) -> Any:
        writing = asyncio.ensure_future(self._write(batches))
        await asyncio.sleep(0)  # the batches are on their way
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
        self._moments.tell(self._slot, Stage.OPEN)
        if self._orders.linger_ms:
            await asyncio.sleep(self._orders.linger_ms / 1000)
        self._fail_if("written")
        self._moments.tell(self._slot, Stage.COMMITTING)
        await self._end(commits=True)
        self._moments.tell(self._slot, Stage.NONE, committed=1)
        self._fail_if("committed")


def wrap_transactions(
    slot_of: Callable[[str], int], moments: Moments, orders: Orders, chance: random.Random
) -> None:
    """Make every producer's transactions tell their moments, in the slot of its transactional id."""
    build = Transactions.__init__

    def built(self: Transactions, producer: Any, transactional_id: str) -> None:
        build(self, producer, transactional_id)
        _Told(self, slot_of(transactional_id), moments, orders, chance)

    Transactions.__init__ = built  # type: ignore[method-assign]


def install(path: Path, orders: Orders) -> None:
    """Make the writers of this process tell their moments, and fail where ordered."""
    moments, chance = Moments(path), random.Random(orders.flaky_seed)
    wrap_transactions(lambda name: int(name.rsplit("-", 1)[1]), moments, orders, chance)
    submit = PartitionTask.submit

    def submitted(self: PartitionTask, batch: RecordBatch) -> None:
        submit(self, batch)
        moments.tell_waiting(self.partition, self._inbox.total(self.spec.sources))

    PartitionTask.submit = submitted  # type: ignore[method-assign]
