"""Workers that leave and return: a static member keeps its partitions, and standby copies are there after a loss."""

from __future__ import annotations

from typing import Any

import pytest
from cluster import Toys, Worker, some_events

pytestmark = pytest.mark.kafka
KEYS = 1_000
"""Many keys, so that a restore has many rows whatever the size of batches."""


def opened(worker: Worker) -> set[int]:
    return {event["partition"] for event in worker.events("partition_opened")}


async def start_pair(
    toys: Toys, second_after: int, instance_ids: tuple[str | None, str | None] = (None, None), **settings: Any
) -> tuple[Worker, Worker]:
    """Start two workers, and wait until they share the partitions. ``second_after``: events that the first decides alone."""
    await toys.create()
    first = toys.start("a", instance_id=instance_ids[0], **settings)
    await first.until("partition_opened", times=toys.partitions)
    events = some_events(second_after, KEYS)
    await toys.produce(events)
    await toys.until_done(events)
    second = toys.start("b", instance_id=instance_ids[1], **settings)
    await second.until("partition_opened", times=toys.partitions // 2)
    await first.until("partition_opened", times=toys.partitions + toys.partitions // 2)
    return first, second


async def test_a_static_member_that_restarts_gets_its_partitions_and_moves_no_other(toys: Toys) -> None:
    first, second = await start_pair(toys, 100, ("a-static", "b-static"), session_timeout_s=20.0)
    before = len(second.events("partitions_assigned")), len(second.events("partitions_released"))
    theirs, all_partitions = opened(second), set(range(toys.partitions))
    first.terminate()
    assert first.wait(10.0) == 0
    again = toys.start("a", instance_id="a-static", session_timeout_s=20.0)
    await again.until("partition_opened", times=toys.partitions // 2)
    events = some_events(200, KEYS, start=100)
    await toys.produce(events)
    await toys.until_done(events)
    assert opened(again) == all_partitions - theirs
    assert (
        len(second.events("partitions_assigned")),
        len(second.events("partitions_released")),
    ) == before
    toys.kill_all()
    await toys.check_exact(some_events(300, KEYS))


async def test_after_a_kill_the_partitions_open_from_the_standby_copies(toys: Toys) -> None:
    first, second = await start_pair(toys, 2_000, standby=1)
    await second.until("standbys_complete", tasks=toys.partitions // 2)
    rows = {event["partition"]: event["restored_rows"] for event in second.events("partition_opened")}
    assert min(rows.values()) > 50, "the restores of the second worker were too small to prove anything"
    first.kill()
    await second.until("partition_opened", times=toys.partitions + toys.partitions // 2)
    taken = [event for event in second.events("partition_opened") if event["partition"] not in rows]
    assert len(taken) == toys.partitions // 2
    assert {event["rebuilt_because"] for event in taken} == {None}
    assert sum(event["restored_rows"] for event in taken) < min(rows.values())
    more = some_events(400, KEYS, start=2_000)
    await toys.produce(more)
    await toys.until_done(more)
    toys.kill_all()
    await toys.check_exact(some_events(2_400, KEYS))


async def test_a_standby_copy_that_was_damaged_is_rebuilt_and_disturbs_no_partition(toys: Toys) -> None:
    first, second = await start_pair(toys, 500, standby=1)
    await second.until("standbys_complete", tasks=toys.partitions // 2)
    second.terminate()
    assert second.wait(10.0) == 0
    await first.until("partition_opened", times=2 * toys.partitions + toys.partitions // 2)
    for copy in (second.log_path.parent / "data").glob("*/counter-*/rows/CURRENT"):
        copy.write_text("MANIFEST-999999\n")
    again = toys.start("b", standby=1)
    await again.until("standbys_complete", tasks=toys.partitions // 2)
    await again.until("partition_opened", times=toys.partitions // 2, rebuilt_because="unreadable")
    first.kill()
    await again.until("partition_opened", times=toys.partitions + toys.partitions // 2)
    more = some_events(200, KEYS, start=500)
    await toys.produce(more)
    await toys.until_done(more)
    toys.kill_all()
    await toys.check_exact(some_events(700, KEYS))
