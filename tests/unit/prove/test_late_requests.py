"""A write that reaches the simulated broker after its transaction was given up. A real broker shows that rarely."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from aiokafka.errors import KafkaConnectionError
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.structs import TopicPartition

from tests.prove.simulation import virtual_time
from tests.prove.simulation.simulated_broker import Broker
from tests.prove.simulation.simulated_client import SimulatedClient, SimulatedProducer
from tests.prove.simulation.simulated_worker import Faults
from workers.demo.market.seeded_random import SeededRandom
from workers.engine import producer as producer_module
from workers.engine.api import Emit
from workers.engine.producer import TransactionalWriter

CHANGELOG = TopicPartition("rows", 0)


class _Line:
    """A connection without faults to a broker that does not verify (before Kafka 3.6)."""

    def __init__(self) -> None:
        self.broker = Broker(1, 10.0, verifies=False)
        for topic in ("out", "rows"):
            self.broker.create(topic, topic)
        self.chance, self.faults, self.counts = SeededRandom("a line"), Faults(), Counter[str]()

    async def step(self) -> None:
        await asyncio.sleep(0.001)

    async def request(self, effect: Callable[[], Any]) -> Any:
        await self.step()
        answer = effect()
        for transaction in self.broker.without_markers():
            for place in sorted(transaction.unmarked):
                self.broker.mark(transaction, place)
        return answer


class _LateWrites(SimulatedClient):
    """No write arrives in time. Each is kept, to arrive later."""

    late: ProduceRequest | None = None

    async def send(self, node: int, request: Any, group: Any = None) -> Any:
        if isinstance(request, ProduceRequest):
            self.late = request
            raise KafkaConnectionError("the connection was closed")
        return await super().send(node, request, group)


def test_a_write_that_arrives_after_it_was_given_up_belongs_to_no_hanging_transaction() -> None:
    async def give_up() -> None:
        line = _Line()
        output = Emit("out", b"key", b"value", timestamp_ms=1)
        with patch.object(producer_module, "AIOKafkaProducer", SimulatedProducer):
            writer = TransactionalWriter("a task", {"process": line}, 1, 10_000)
            await writer.fence()
            client = writer._producer.client = _LateWrites(process=line)  # type: ignore[arg-type]
            writer._started()._client = client
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(writer.commit([output], CHANGELOG, {b"row": b"value"}, 1), 1.0)
            await TransactionalWriter("a task", {"process": line}, 1, 10_000).fence()
        late = client.late
        assert late is not None
        await SimulatedClient.send(client, 0, late)
        assert line.broker.hanging == []
        assert line.broker.log(("out", 0)).last_stable() == line.broker.log(("out", 0)).end

    virtual_time.run(give_up())
