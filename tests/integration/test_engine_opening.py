"""An opening of a partition that a rebalance cancels, on a real Kafka and a real RocksDB."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest
from aiokafka.errors import GroupCoordinatorNotAvailableError
from cluster import Toys
from toy import ToySettings, specs

from tests.counter_hop import V1, dead_letter
from workers.engine.clocks import WallClock
from workers.engine.context import Context
from workers.engine.datadir import DataDir
from workers.engine.opening import open_partition
from workers.engine.store import RocksStore

pytestmark = pytest.mark.kafka


async def test_an_opening_that_is_cancelled_at_its_end_leaves_the_copy_unlocked(
    toys: Toys, tmp_path: Path
) -> None:
    """The lock belongs to the process, so the partition could not be opened again until a restart."""
    await toys.create()
    client = {"bootstrap_servers": toys.bootstrap}
    context = Context(
        toys.app_id, client, toys.partitions, DataDir(tmp_path, toys.app_id), WallClock(), V1, dead_letter
    )
    (counter,) = specs(ToySettings(toys.bootstrap, toys.app_id, str(tmp_path)))
    marker = context.data_dir.marker_path("counter", 0)
    is_open = False
    while not is_open:
        opening = asyncio.create_task(open_partition(counter, 0, context, lambda: False))
        while not (marker.exists() or opening.done()):  # noqa: ASYNC110 - the moment is one turn of the event loop
            await asyncio.sleep(0)
        opening.cancel()
        with suppress(asyncio.CancelledError, GroupCoordinatorNotAvailableError):
            await (await opening).close()
        is_open = marker.exists()  # a broker that has just started has no coordinator yet
        await asyncio.sleep(0.1)
    RocksStore(context.data_dir.rows_path("counter", 0), "changelog").close()  # raises if it is still locked
