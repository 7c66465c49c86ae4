"""Workers that leave and return: static members, standby copies after a loss, and a worker that lost its place unnoticed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from aiokafka.protocol.group import LeaveGroupRequest
from cluster import START_S, Toys, Worker, some_events
from topics import admin_client
from waiting import eventually

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


async def only_member(toys: Toys) -> str:
    """Return the member id of the one worker in the group."""
    async with admin_client(toys.bootstrap) as admin:
        [answer] = await admin.describe_consumer_groups([toys.app_id])
        [[member_id, *_]] = answer.groups[0][5]
        return str(member_id)


async def remove_from_group(toys: Toys, member_id: str) -> None:
    """Let the broker remove a member, as after a lost session."""
    async with admin_client(toys.bootstrap) as admin:
        node_id = await admin.find_coordinator(toys.app_id)
        answer = await admin._send_request(LeaveGroupRequest(toys.app_id, member_id), node_id)
        assert answer.error_code == 0


async def test_a_worker_that_lost_its_place_without_notice_fences_no_other_and_joins_again(
    toys: Toys, tmp_path: Path
) -> None:
    """Its heartbeats are held back, so it learns of its loss only by the fences of the next owner."""
    await toys.create()
    silence = tmp_path / "silence"
    bounds = {"fenced_wait_s": 0.1, "lag_every_s": 3_600.0}
    lost = toys.start("a", session_timeout_s=8.0, bounds=bounds, holds_heartbeats=str(silence))
    await lost.until("partition_opened", times=toys.partitions)
    member_id = await only_member(toys)
    silence.touch()
    await remove_from_group(toys, member_id)
    owner = toys.start("b", bounds=bounds)
    await owner.until("partition_opened", times=toys.partitions)
    events = some_events(200)
    await toys.produce(events)
    await lost.until("task_fenced", times=toys.partitions)
    await toys.until_done(events)
    await lost.until("membership_unconfirmed")
    assert len(lost.events("partition_opened")) == toys.partitions
    assert not owner.events("task_fenced")
    silence.unlink()
    await lost.until("partitions_assigned", times=2)
    more = some_events(200, start=200)
    await toys.produce(more)
    await toys.until_done(more)
    toys.kill_all()
    await toys.check_exact(events + more)


async def test_of_two_workers_with_one_instance_id_one_leaves_and_names_the_setting(toys: Toys) -> None:
    await toys.create()
    pair = [toys.start("a", instance_id="twin")]
    await pair[0].until("partition_opened", times=toys.partitions)
    pair.append(toys.start("b", instance_id="twin"))

    def leaving() -> list[Worker]:
        return [worker for worker in pair if worker.events("membership_lost")]

    await eventually(lambda: bool(leaving()), START_S, "one of the two leaves")
    [left] = leaving()
    assert (
        "twin: give each process a LEAD_ROUTER_INSTANCE_ID of its own"
        in left.events("membership_lost")[0]["why"]
    )
    left.wait(10.0)
    events = some_events(200)
    await toys.produce(events)
    await toys.until_done(events)
    toys.kill_all()
    await toys.check_exact(events)
