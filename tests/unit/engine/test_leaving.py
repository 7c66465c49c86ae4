"""A worker that leaves starts no task for partitions that the group still assigns to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from faust.types import TP

from tests.counter_hop import V1, dead_letter
from workers.engine.clocks import WallClock
from workers.engine.context import Context
from workers.engine.datadir import DataDir
from workers.engine.faust_app import build_app


@pytest.mark.parametrize("is_leaving", [False, True])
async def test_tasks_start_unless_the_worker_is_leaving(tmp_path: Path, is_leaving: bool) -> None:
    client = {"bootstrap_servers": "127.0.0.1:1"}
    context = Context("app", client, 1, DataDir(tmp_path, "app"), WallClock(), V1, dead_letter)
    app = build_app([], context, leave_within_s=None)
    if is_leaving:
        app._stopped.set()

    await app.on_partitions_assigned.send({TP("t", 0)})

    assert bool(app.runtime._background) is not is_leaving
    await app.runtime.stop()
