"""The operator's commands on a real Kafka: what is not as it must be is said in words that help, and a worker leaves in time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from crowd import crowd, team
from outcome import outcome
from router import Router, of_line
from waiting import eventually

from schemas.topics import TOPICS, Direction
from tests.scenarios.story import Story

pytestmark = pytest.mark.kafka

LEAVES_S = 10.0
CRM = frozenset({"crm.accounts", "crm.reps"})
RESULTS = [name for name, topic in TOPICS.items() if topic.direction is Direction.OUT]


def ended(router: Router, arguments: Sequence[str], **settings: Any) -> tuple[int, str]:
    """Run a command of `lead-router` to its end; return its exit code and what it said."""
    worker = router.start("operator", arguments=arguments, **settings)
    return worker.wait(60.0), worker.said()


async def test_a_worker_without_topics_says_how_to_create_them(router: Router) -> None:
    await router.remove()

    code, said = ended(router, ["worker"])

    assert code == 1
    assert "web.activity: missing" in said
    assert "lead-router topics create" in said
    assert "Traceback" not in said


async def test_the_check_says_what_to_do_about_a_wrong_count_of_partitions(router: Router) -> None:
    code, said = ended(router, ["topics", "check"], partitions=router.partitions + 1)

    assert code == 1
    assert f"lead.events: partitions: found {router.partitions}, expected {router.partitions + 1}" in said
    assert "put the setting `partitions` back, or take a new `app_id`" in said
    assert ended(router, ["topics", "check"]) == (0, "every topic is as the contract says\n")


@pytest.mark.parametrize("arguments", [["worker"], ["topics", "check"], ["watch"]], ids=" ".join)
async def test_a_wrong_address_is_said_in_one_line(router: Router, arguments: list[str]) -> None:
    code, said = ended(router, arguments, bootstrap="127.0.0.1:1")

    assert code == 1
    assert "Is KAFKA_BOOTSTRAP right, and the broker up?" in said
    assert "Traceback" not in said


async def test_a_worker_started_by_hand_handles_what_comes_and_leaves_within_ten_seconds(
    router: Router, tmp_path: Path
) -> None:
    story = Story(tmp_path)
    team(story)
    crowd(story, seed=13, banks=16, people_each=2)
    records = [of_line(line) for line in story._lines]
    log = tmp_path / "worker.log"
    with log.open("wb") as out:
        worker = subprocess.Popen(  # noqa: ASYNC220 - it is started once and only waited for
            [sys.executable, "-m", "workers.cli", "worker"],
            cwd=Path(__file__).parents[2],
            env=os.environ | router.environment(tmp_path),
            stdout=out,
            stderr=out,
        )
    try:
        opened = b'"partition_opened"'
        await eventually(
            lambda: log.read_bytes().count(opened) == 4 * router.partitions, 60.0, "all is opened"
        )
        async with router.tape() as tape:
            await router.produce(record for record in records if record.topic in CRM)
            await tape.until_settled(240.0)
            await router.produce(record for record in records if record.topic not in CRM)
            await tape.until("lead.scores", 1, 60.0)
            asked_at = time.monotonic()
            worker.terminate()
            assert worker.wait(LEAVES_S) == 0
            took_s = time.monotonic() - asked_at
            await tape.to_end()
            left = tape.lacking()
            router.start("successor")
            await tape.until_settled(240.0)
            handed = next(
                value
                for record in tape.records["lead.routing"]
                if (value := json.loads(record.value))["action"] == "assigned"
            )
            why = ended(router, ["why", handed["handoff_id"]])
    finally:
        worker.kill()
        worker.wait(10.0)
    assert why[0] == 0, why[1]
    assert f"{handed['handoff_id']}, revision " in why[1]
    assert f"worth         {handed['explanation']['grade']}, " in why[1]
    where = "in the middle" if left else "at the end"
    print(f"left within {took_s:.1f} s, {where} of {len(records)} records")  # noqa: T201 - counted and printed
    assert {name: tape.doubled(name) for name in ("lead.scores", "lead.routing")} == {
        "lead.scores": [],
        "lead.routing": [],
    }
    live = outcome((record.topic, record.value) for topic in RESULTS for record in tape.records[topic])
    assert live == outcome((emit.topic, emit.value) for emit in story.told().emits)
