"""The Kafka client of a simulated worker: translates the engine's requests for the simulated broker.

So the real Transactions run (workers/engine/transaction.py). A request may be lost before it arrives, its answer may be lost, and it
may arrive late: after its client has given up or its process was killed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, Final

from aiokafka.protocol.api import Request
from aiokafka.record.memory_records import MemoryRecords

from tests.prove.simulation.simulated_broker import Broker, Place
from tests.prove.simulation.simulated_log import NO_ERROR, Written
from tests.prove.simulation.simulated_worker import Process
from workers.engine.transaction_version import _FEATURES

_NOT_LEADER: Final = 6
_BACKOFF_S: Final = 0.02
_SECOND_VERSION: Final = {2: _FEATURES.encode([("transaction.version", 2, 0, {})])}
"""The tagged field in which a broker reports the active features."""


class SimulatedClient:
    """The Kafka client of a producer."""

    def __init__(self, *, process: Process) -> None:
        self._process = process
        self.cluster = SimpleNamespace(
            leader_for_partition=lambda _tp: 0, brokers=lambda: [SimpleNamespace(nodeId=0)]
        )

    async def coordinator_lookup(self, *_: Any) -> int:
        """Return the only broker."""
        await self._process.step()
        return 0

    async def force_metadata_update(self) -> None:
        """Ask for the leaders again."""
        await asyncio.sleep(0.05)

    async def _wait_on_metadata(self, topic: str) -> None:
        self._process.broker.log((topic, 0))

    async def send(self, _node: int, request: Request[Any], group: Any = None) -> Any:
        """Send a request and return its answer."""
        del group
        struct = request.build(request._CLASSES[-1])  # type: ignore[arg-type]
        process = self._process
        answer = _ANSWERS[type(struct).API_KEY]
        return await process.request(lambda: answer(process, process.broker, struct))


class SimulatedProducer:
    """aiokafka's producer, as far as the engine uses it: it fences, and has a client."""

    def __init__(self, *, process: Process, transactional_id: str, **_: Any) -> None:
        self._process, self._id = process, transactional_id
        self.client = SimulatedClient(process=process)
        self._txn_manager = SimpleNamespace(producer_id=-1, producer_epoch=-1)

    async def start(self) -> None:
        """Ask for the producer's id and epoch until an earlier transaction is complete."""
        process = self._process
        while True:
            code, identity = await process.request(lambda: process.broker.init_producer(self._id))
            if code == NO_ERROR:
                self._txn_manager.producer_id, self._txn_manager.producer_epoch = identity
                return
            await asyncio.sleep(_BACKOFF_S)

    async def stop(self) -> None:
        """Disconnect."""


def _features(_process: Process, broker: Broker, _asked: Any) -> Any:
    return SimpleNamespace(tags=_SECOND_VERSION if broker.has_second_version else {})


def _add_partitions(process: Process, broker: Broker, asked: Any) -> Any:
    places = [(topic, partition) for topic, partitions in asked.topics for partition in partitions]
    identity = (asked.producer_id, asked.producer_epoch)
    code = broker.add(asked.transactional_id, identity, places, asyncio.get_running_loop().time())
    process.counts["requests answered with an error"] += code != NO_ERROR
    return SimpleNamespace(
        errors=[
            (topic, [(partition, code) for partition in partitions]) for topic, partitions in asked.topics
        ]
    )


def _produce(process: Process, broker: Broker, asked: Any) -> Any:
    topics = []
    for topic, partitions, *_tags in asked.topics:
        answers = []
        for partition, raw, *_ in partitions:
            code, offset = _NOT_LEADER, -1
            if not process.chance.happens(process.faults.before_percent):
                code, offset = _write(broker, (topic, partition), raw)
            answers.append((partition, code, offset, -1, 0))
        topics.append((topic, answers))
    return SimpleNamespace(topics=topics)


def _write(broker: Broker, place: Place, raw: bytes) -> tuple[int, int]:
    encoded = MemoryRecords(bytes(raw))
    batch: Any = encoded.next_batch()
    identity, sequence = (batch.producer_id, batch.producer_epoch), batch.base_sequence
    records: list[Written] = [
        (record.timestamp, record.key, record.value, tuple(record.headers)) for record in batch
    ]
    return broker.write(identity, place, sequence, records, asyncio.get_running_loop().time())


def _end(_process: Process, broker: Broker, asked: Any) -> Any:
    identity = (asked.producer_id, asked.producer_epoch)
    commits = asked.commits if broker.has_second_version else asked.transaction_result
    code, (producer_id, epoch) = broker.end(asked.transactional_id, identity, commits=commits)
    return SimpleNamespace(error_code=code, producer_id=producer_id, producer_epoch=epoch)


_ANSWERS: Final[Mapping[int, Callable[[Process, Broker, Any], Any]]] = {
    0: _produce,
    18: _features,
    24: _add_partitions,
    26: _end,
}
"""The answer to a request, by the number of its kind."""
