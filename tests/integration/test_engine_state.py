"""Rows after a restart: with a local copy, without one, with one that is too old. One process per data directory."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from cluster import START_S, Toys, Worker, some_events
from waiting import eventually

pytestmark = pytest.mark.kafka

COMPACTED_AT_ONCE = {
    "cleanup.policy": "compact",
    "segment.ms": "200",
    "min.cleanable.dirty.ratio": "0.01",
    "delete.retention.ms": "100",
    "max.compaction.lag.ms": "200",
}


async def restored_rows(worker: Worker, partitions: int) -> int:
    await worker.until("partition_opened", times=partitions)
    return sum(event["restored_rows"] for event in worker.events("partition_opened")[:partitions])


async def run_once(toys: Toys, count: int = 400) -> list[dict[str, str]]:
    """Let worker `a` count ``count`` events and leave. Return the events."""
    await toys.create()
    events = some_events(count)
    await toys.produce(events)
    worker = toys.start("a")
    await toys.until_done(events)
    worker.terminate()
    assert worker.wait(10.0) == 0
    return events


@pytest.mark.parametrize(("data_dir", "restores"), [("a", False), ("another", True)])
async def test_a_restart_continues_from_its_local_copy_or_else_from_the_changelog(
    toys: Toys, data_dir: str, restores: bool
) -> None:
    events = await run_once(toys)
    worker = toys.start(data_dir)
    assert bool(await restored_rows(worker, toys.partitions)) == restores
    more = some_events(400, start=400)
    await toys.produce(more)
    await toys.until_done(more)
    toys.kill_all()
    await toys.check_exact(events + more)


async def test_an_old_copy_whose_tombstones_are_gone_brings_no_deleted_row_back(
    kafka: str, new_toys: Callable[..., Toys], tmp_path: Path
) -> None:
    toys = new_toys(kafka, partitions=1)
    await toys.create({toys.changelog: COMPACTED_AT_ONCE})
    await toys.produce(some_events(20, keys=1))
    worker = toys.start("a")
    await toys.until_done(some_events(20, keys=1))
    worker.terminate()
    worker.wait(10.0)
    data = Path(worker.settings.data_dir)
    shutil.copytree(data, tmp_path / "old copy")

    toys.start("a")
    await toys.produce([{"id": "forget", "key": "k0", "forgets": True}])
    await toys.until_done([{"id": "forget"}])
    filled = 0

    async def is_compacted() -> bool:
        """Whether the changelog has neither the row nor its tombstone. It writes a record first, to wake the cleaner."""
        nonlocal filled
        fill = [{"id": f"fill{filled}", "key": "other"}]
        filled += 1
        await toys.produce(fill)
        await toys.until_done(fill)
        async with toys.reader(toys.changelog) as reader:
            return not any(record.key == b"count\x00k0" for record in await reader.to_end())

    for _ in range(200):
        if await is_compacted():
            break
    else:
        pytest.fail("the broker has not compacted the changelog")
    toys.kill_all()

    shutil.rmtree(data)
    shutil.copytree(tmp_path / "old copy", data)
    old = toys.start("a", delete_retention_ms=int(COMPACTED_AT_ONCE["delete.retention.ms"]))
    await old.until("partition_opened", rebuilt_because="too_old")
    await toys.produce([{"id": "after", "key": "k0"}])
    await toys.until_done([{"id": "after"}])
    assert [output["n"] for output in await toys.outputs() if output["id"] == "after"] == [1]


async def test_a_second_process_in_the_same_data_directory_is_refused_with_the_reason(toys: Toys) -> None:
    await toys.create()
    first = toys.start("a")
    await first.until("partitions_assigned")
    second = toys.start("a", moments="")
    await eventually(lambda: not second.is_alive, START_S, "the second process ends")
    assert second.wait(1.0) != 0
    assert "is in use by process" in second.log_text()
    assert "give this one another" in second.log_text()
    assert first.is_alive
