"""One event on its way through the engine, on a real Kafka."""

from __future__ import annotations

import json

import pytest
from cluster import Toys, some_events

pytestmark = pytest.mark.kafka


async def test_each_event_is_counted_and_published_once_on_the_partition_of_its_key(toys: Toys) -> None:
    await toys.create()
    events = some_events(2_000)
    await toys.produce(events)
    worker = toys.start()
    await toys.until_done(events)
    worker.terminate()
    assert worker.wait(10.0) == 0
    await toys.check_exact(events)
    async with toys.reader("in") as inputs, toys.reader("out") as outputs:
        where = {record.key: record.partition for record in await inputs.to_end()}
        for record in await outputs.to_end():
            assert record.key.decode() == json.loads(record.value)["key"]
            assert record.partition == where[record.key]
