"""A shadow router beside the production router on one broker: it decides the same and changes nothing of the other."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition
from router import Router, Sent, of_line

from schemas.topics import TOPICS, Direction, shadow_of
from tests.scenarios.story import Story
from workers.broker.topic_plan import create_topics

pytestmark = pytest.mark.kafka

RESULTS = [name for name, topic in TOPICS.items() if topic.direction is Direction.OUT]
SETTLE_S = 240.0
CRM = frozenset({"crm.accounts", "crm.reps", "crm.contacts"})


def records_of_story(folder: Path) -> list[Sent]:
    """Return records within 20 minutes, so that no deadline passes: its emit depends on the partitions' stream time."""
    story = Story(folder)
    story.rep("mia")
    for number in range(8):
        story.bank(f"bank{number}")
        story.form(f"ann@bank{number}.example", f"tue 10:0{number}", "demo")
        story.form(f"bob@bank{number}.example", f"tue 10:1{number}", "content", anonymous_id=f"b{number}")
    story.line(json.dumps({"topic": "form.fills", "key": "k", "timestamp": 1_772_550_000_000, "value": "["}))
    return [of_line(line) for line in story._lines]


async def results(bootstrap: str, partitions: int, names: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Return the events of these topics up to their current ends, sorted by content."""
    partitions_read = [TopicPartition(name, one) for name in names for one in range(partitions)]
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, enable_auto_commit=False, isolation_level="read_committed"
    )
    await consumer.start()
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    try:
        consumer.assign(partitions_read)
        await consumer.seek_to_beginning(*partitions_read)
        ends = await consumer.end_offsets(partitions_read)
        while any([await consumer.position(partition) < ends[partition] for partition in partitions_read]):
            for records in (await consumer.getmany(timeout_ms=100)).values():
                for record in records:
                    found[record.topic].append(json.loads(record.value or b"{}"))
    finally:
        await consumer.stop()
    return {name: sorted(events, key=json.dumps) for name, events in found.items()}


def decided(events: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Return the fields of each event that describe the decision."""
    keys = ("handoff_id", "revision", "action", "lead_id", "to_stage", "entry", "reason", "alert")
    return sorted({tuple(str(one.get(key)) for key in keys) for one in events})


async def differences(router: Router, live: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Return the topics whose decisions differ so far between the shadow and the production router."""
    beside = await results(router.bootstrap, router.partitions, [shadow_of(name) for name in RESULTS])
    return [
        f"{name}: {set(decided(beside[shadow_of(name)])) ^ set(decided(live[name]))}"
        for name in RESULTS
        if decided(beside[shadow_of(name)]) != decided(live[name])
    ]


async def test_a_shadow_decides_the_same_and_does_not_affect_the_production_router(
    router: Router, tmp_path: Path
) -> None:
    await create_topics(
        router.settings.model_copy(update={"shadow": True, "app_id": f"{router.app_id}-shadow"}),
        keep_forever=True,
    )
    records = records_of_story(tmp_path)
    await router.produce(record for record in records if record.topic in CRM)
    router.start("live")

    async with router.tape() as tape:
        await router.produce(record for record in records if record.topic not in CRM)
        await tape.until_settled(SETTLE_S)
        before = await results(router.bootstrap, router.partitions, RESULTS)
        shadow = router.start("shadow", arguments=["worker", "--shadow"])
        give_up_at = time.monotonic() + SETTLE_S
        while differ := await differences(router, before):
            assert time.monotonic() < give_up_at, differ
        await tape.until_settled(SETTLE_S)
        after = await results(router.bootstrap, router.partitions, RESULTS)

    assert after == before
    assert len(before["lead.routing"]) >= 8
    assert len(before["dead.letters"]) == 1
    assert router.workers["live"].is_alive
    assert shadow.is_alive
    assert router.stop() == [0, 0]
