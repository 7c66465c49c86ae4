"""A broker restart and lost or outdated worker state do not change the final outputs of the whole router."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from crowd import crowd, team
from live_replay import differences_of
from outcome import outcome
from router import KEY, POLICY, Router, of_line

from schemas.topics import TOPICS, Direction
from tests.scenarios.story import Story
from workers.config import load_config
from workers.engine.faust_app import LEFT_BY_FORCE
from workers.local_kafka.server import LocalKafka

pytestmark = pytest.mark.kafka

RESULTS = [name for name, topic in TOPICS.items() if topic.direction is Direction.OUT]
CRM = frozenset({"crm.accounts", "crm.reps"})
SETTLE_S = 240.0


async def test_a_killed_broker_and_kept_lost_or_outdated_state_change_no_result(
    own_kafka: LocalKafka, new_router: Callable[..., Router], tmp_path: Path
) -> None:
    story = Story(tmp_path)
    team(story)
    crowd(story, seed=12, banks=24, people_each=2)
    records = [of_line(line) for line in story._lines]
    visits = [record for record in records if record.topic not in CRM]
    quarters = [visits[part::4] for part in range(4)]
    router = new_router(own_kafka.bootstrap)
    await router.create()
    await router.produce(record for record in records if record.topic in CRM)
    for name in "ab":
        router.start(name)

    async with router.tape() as tape:
        await router.produce(quarters[0])
        await tape.until("lead.scores", 1, SETTLE_S)
        own_kafka.kill()
        own_kafka.start()
        await tape.until_settled(SETTLE_S)
        assert all(worker.is_alive for worker in router.workers.values())

        old = tmp_path / "old"
        await stop(router, "a")
        shutil.copytree(router.data_dir("a"), old)
        router.start("a")
        await router.produce(quarters[1])
        await tape.until_settled(SETTLE_S)

        router.workers["b"].kill()
        shutil.rmtree(router.data_dir("b"))
        without = router.start("b")
        await without.until("partition_opened")
        await router.produce(quarters[2])
        await tape.until_settled(SETTLE_S)

        assert router.stop() == [0, 0]
        shutil.rmtree(router.data_dir("a"))
        old.rename(router.data_dir("a"))
        outdated = router.start("a")
        await outdated.until("partition_opened", times=len(router.specs) * router.partitions)
        await router.produce(quarters[3])
        await tape.until_settled(SETTLE_S)
        assert router.stop() == [0]
        await tape.to_end()

    restored = {
        "without": sum(event["restored_rows"] for event in without.events("partition_opened")),
        "outdated": sum(event["restored_rows"] for event in outdated.events("partition_opened")),
    }
    live = outcome((record.topic, record.value) for topic in RESULTS for record in tape.records[topic])
    undisturbed = outcome((emit.topic, emit.value) for emit in story.replay().emits)
    found, counts = differences_of(tape, KEY, load_config(POLICY)[1])
    print(f"{len(visits)} visits, rows restored: {restored}; to the byte: {dict(sorted(counts.items()))}")  # noqa: T201
    assert min(restored.values()) > 0
    assert live == undisturbed
    assert {topic: tape.doubled(topic) for topic in RESULTS} == {topic: [] for topic in RESULTS}
    assert not found, [str(one) for one in found[:5]]


async def stop(router: Router, name: str) -> None:
    worker = router.workers[name]
    await worker.until("partition_opened")
    worker.terminate()
    # LEFT_BY_FORCE if the rebalance after the broker's restart still blocks its clients. test_router_commands.py and
    # test_engine_kills.py test the clean exit. This test only needs that nothing is lost either way.
    assert worker.wait(10.0) in {0, LEFT_BY_FORCE}
