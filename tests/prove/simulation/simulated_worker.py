"""A worker process in a simulation: the real Runtime, PartitionTask, TransactionalWriter, Decider and Inbox.

Replaced are the edges of the engine, where it talks to Kafka or to files (simulated_edges.py), and Faust's consumer thread. Each call
at an edge is a step: it takes a random time, may fail before or after it has taken effect, and is the place where a killed process
ends.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

from aiokafka.errors import KafkaConnectionError, RequestTimedOutError
from faust.types import TP

from tests.prove.simulation.simulated_broker import Broker
from tests.prove.simulation.simulated_disk import Disk
from tests.prove.simulation.simulated_log import as_record
from tests.prove.simulation.simulated_metrics import RowCounts
from workers.demo.market.seeded_random import SeededRandom
from workers.engine.api import AgentSpec, Record
from workers.engine.context import Context
from workers.engine.heartbeats import Heartbeats
from workers.engine.runtime import Runtime
from workers.engine.transport import BatchConsumer, RecordBatch, _Fetched

T = TypeVar("T")
SESSION_S = 6.0
"""Seconds without a heartbeat after which the group removes a worker."""
LATEST_S = 3.0
"""How late a request may arrive at the broker. Seconds."""


@dataclass
class Faults:
    """How often a call at an edge fails, in percent, and how long it takes."""

    before_percent: float = 0.0
    after_percent: float = 0.0
    late_percent: float = 0.0
    slowest_s: float = 0.02
    broker_is_down: bool = False


class Process:
    """One run of a worker. ``name`` names its disk; a restart is another process on the same disk."""

    def __init__(
        self,
        name: str,
        broker: Broker,
        disk: Disk,
        faults: Faults,
        chance: SeededRandom,
        specs: Sequence[AgentSpec],
        make_context: Callable[[Process, Path], Context],
        folder: Path,
    ) -> None:
        self.name, self.broker, self.disk, self.faults, self.chance = name, broker, disk, faults, chance
        self.folder = folder
        self.member_id = ""
        self.generation = -1
        self.is_dead = False
        self.is_frozen = False
        self.heard_s = 0.0
        self.heartbeats = Heartbeats(SESSION_S)
        self.slowest_s = 0.0
        """How long its requests take, if longer than those of the others."""
        self.is_unheard = False
        """Whether its heartbeats are lost."""
        self.loses_place = False
        self.returns_as: str | None = None
        """The member id that a static member had before it joins again."""
        self.is_revoking = False
        self.instance_id: str | None = None
        self.counts: Counter[str] = Counter()
        self.row_counts = RowCounts()
        self.runtime = Runtime(specs, make_context(self, folder))
        self.consumer = SimulatedConsumer(self)
        self.drained: asyncio.Task[None] | None = None

    # Steps.

    async def step(self) -> None:
        """Take the time of one call. A dead process ends here, a frozen one waits here."""
        await asyncio.sleep(self.chance.random() * max(self.slowest_s, self.faults.slowest_s))
        while (self.is_frozen or self.faults.broker_is_down) and not self.is_dead:  # noqa: ASYNC110 - virtual time
            await asyncio.sleep(0.1)
        if self.is_dead:
            raise asyncio.CancelledError
        if self.chance.happens(self.faults.before_percent):
            raise KafkaConnectionError("simulated: the request was not received")

    async def request(self, effect: Callable[[], T]) -> T:
        """Send a request and return its answer. It may arrive although its sender has given up or was killed."""
        try:
            await self.step()
        except asyncio.CancelledError:
            if self.chance.happens(50):
                self._send_late(effect)
            raise
        if self.chance.happens(self.faults.late_percent):
            self._send_late(effect)
            raise RequestTimedOutError("simulated: no answer in time")
        answer = effect()
        await asyncio.sleep(self.chance.random() * max(self.slowest_s, self.faults.slowest_s))
        if self.chance.happens(self.faults.after_percent):
            raise RequestTimedOutError("simulated: the answer was lost")
        return answer

    def _send_late(self, effect: Callable[[], Any]) -> None:
        self.counts["requests that arrived late"] += 1
        asyncio.get_running_loop().call_later(self.chance.random() * LATEST_S, self._arrive, effect)

    def _arrive(self, effect: Callable[[], Any]) -> None:
        if not self.faults.broker_is_down:
            effect()

    # The group, as the consumer's thread sees it.

    def assign(self, generation: int, assigned: set[TP]) -> None:
        """Begin the partitions of a generation."""
        self.generation, self.is_revoking = generation, False
        self.runtime.begin(self.consumer, assigned)
        self.consumer.assigned = set(assigned)
        if self.drained is None:
            self.drained = asyncio.create_task(self.consumer.drain())

    async def revoke(self) -> None:
        """End all partitions before a rebalance."""
        self.consumer.assigned, self.is_revoking = set(), True
        await self.runtime.end()

    async def stop(self) -> None:
        """End in the normal way."""
        if self.drained is not None:
            self.drained.cancel()
        await self.runtime.stop()
        self.is_dead = True

    def kill(self) -> None:
        """End at once, as kill -9: nothing of the process takes effect any more."""
        self.is_dead = True
        tasks = [work.task for work in self.runtime.tasks.values()]
        tasks += self.runtime._background
        if self.drained is not None:
            tasks.append(self.drained)
        for work in tasks:
            work.cancel()


class SimulatedConsumer(BatchConsumer):
    """The real BatchConsumer over a simulated consumer thread. Faust's own initialisation is left out."""

    should_stop = False

    def __init__(self, process: Process) -> None:
        self._process = process
        self.epochs, self.held, self.settled, self.delivered, self.lost = {}, set(), {}, {}, {}
        self.denied: set[TP] = set()
        self._seeks = {}
        self.assigned: set[TP] = set()
        self._positions: dict[TP, int] = {}
        self.suspend_flow = SimpleNamespace(wait=lambda: None)

    @property
    def app(self) -> Any:
        """Return the part of Faust's app that the consumer uses: the generation of the group."""
        return SimpleNamespace(consumer_generation_id=self._process.generation)

    @property
    def thread(self) -> Any:
        """The consumer's thread."""
        return self

    @property
    def heartbeats(self) -> Heartbeats:
        """The heartbeats that the group has answered."""
        return self._process.heartbeats

    async def commit(self, offsets: Mapping[TP, int]) -> bool:
        """Commit the group's offsets, for its lag. Return whether it worked."""
        process = self._process
        await process.step()
        member = (process.generation, process.member_id, process.instance_id)
        return process.broker.commit_offsets(member, {tuple(tp): at for tp, at in offsets.items()})

    async def ends(self, tps: Sequence[TP]) -> dict[TP, int]:
        """Return the last stable offset of each partition."""
        await self._process.step()
        return {tp: self._process.broker.log(tuple(tp)).last_stable() for tp in tps}

    async def fetch(self, seeks: dict[TP, int], held: set[TP], timeout: float) -> _Fetched:  # noqa: ASYNC109 - the thread's signature
        """Seek and fetch, as the consumer's thread does. Without a broker it returns nothing: aiokafka fetches in the background."""
        self._positions.update({tp: at for tp, at in seeks.items() if tp in self.assigned})
        try:
            await self._process.step()
        except KafkaConnectionError:
            held = self.assigned
        records: dict[Any, list[Record]] = {}
        lost: set[TP] = set()
        for tp in sorted(self.assigned - held):
            if tp not in self._positions:
                continue
            log = self._process.broker.log(tuple(tp))
            if not log.begin <= self._positions[tp] <= log.end:
                lost.add(tp)
                continue
            found, position = log.read(self._positions[tp], self._process.chance.choice((1, 5, 500)))
            self._positions[tp] = position
            if found:
                records[tp] = [as_record(one) for one in found]
        if not records:
            await asyncio.sleep(timeout)
        positions = {tp: at for tp, at in self._positions.items() if tp in self.assigned}
        return _Fetched(records, positions, lost, set())

    async def wait_first(self, delivered: Any, _suspended: Any) -> None:
        """Deliver a batch."""
        await delivered

    async def callback(self, message: Any) -> None:
        """Pass a batch to the runtime, as Faust's agent does."""
        batch: RecordBatch = message.value
        if self._process.is_revoking:
            return  # Faust drops what it has not passed on when a rebalance suspends the flow
        self._process.runtime.submit(batch)

    async def drain(self) -> None:
        """Fetch until the process ends."""
        while True:
            await self._drain_once()
