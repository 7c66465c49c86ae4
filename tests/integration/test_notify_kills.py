"""A notifier that is killed while hand-offs flow: no message twice, none missing, and each answer on its topic."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from router import Router
from test_router_shadow import results
from waiting import eventually

from schemas.topics import SALES_ACTIVITIES
from tests.notify_run import NotifyRun, free_port, work_under_kills

pytestmark = pytest.mark.kafka

SETTLED_S = 60.0


async def test_a_killed_notifier_doubles_and_loses_no_message_and_no_answer(
    router: Router, tmp_path: Path
) -> None:
    with NotifyRun(router.bootstrap, tmp_path, router.partitions, free_port()) as run:
        await work_under_kills(run, kills=3, handoffs=6, seed=7)
        await run.ready()
        await eventually(lambda: not run.problems(), SETTLED_S, "every message is shown once, as it is now")
        assert await run.tap(0, "accept", "rep-dana")
        run.kill()  # the answer is stored, and may not be on its topic yet
        run.start()
        await run.ready()
        assert await run.tap(0, "accept", "rep-dana")
        await eventually(
            lambda: any(one.startswith("Accepted by") for one in run.slack.shown()),
            SETTLED_S,
            "Slack shows the answer",
        )
        give_up_at = time.monotonic() + SETTLED_S
        activities: list[dict[str, object]] = []
        while not activities and time.monotonic() < give_up_at:
            activities = (await results(router.bootstrap, router.partitions, [SALES_ACTIVITIES.name]))[
                SALES_ACTIVITIES.name
            ]
        assert {(one["action"], one["rep_id"], one["handoff_id"]) for one in activities} == {
            ("accepted", "rep-dana", "domain:bank-0.example#1.1")
        }
        assert len({json.dumps(one["event_id"]) for one in activities}) == 1
        async with AIOKafkaProducer(bootstrap_servers=router.bootstrap) as producer:
            await run.hand_over(producer, 0, 3, None)
        await eventually(
            lambda: "Withdrawn: bank-0.example" in run.slack.shown(),
            SETTLED_S,
            "the withdrawal edits the message",
        )
