"""The operator's commands on a real Kafka: their errors name the remedy, and a worker leaves in time."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from crowd import crowd, team
from outcome import outcome
from router import Router, Sent, ended, of_line
from tape import Tape
from waiting import eventually

from schemas.topics import TOPICS, Direction
from tests.scenarios.story import Story

pytestmark = pytest.mark.kafka

LEAVES_S = 10.0
ANN = "ann@harbor.example"
CIO = {"job_title": "CIO", "job_function": "it"}
CRM = frozenset({"crm.accounts", "crm.reps"})
RESULTS = [name for name, topic in TOPICS.items() if topic.direction is Direction.OUT]


async def test_the_error_of_a_worker_without_topics_names_the_command_that_creates_them(
    router: Router,
) -> None:
    await router.remove()

    code, output = ended(router, ["worker"])

    assert code == 1
    assert "web.activity: missing" in output
    assert "lead-router topics create" in output
    assert "Traceback" not in output


async def test_the_check_names_the_remedy_for_a_wrong_number_of_partitions(router: Router) -> None:
    code, output = ended(router, ["topics", "check"], partitions=router.partitions + 1)

    assert code == 1
    assert f"lead.events: partitions: found {router.partitions}, expected {router.partitions + 1}" in output
    assert "restore the setting `partitions`, or use a new `app_id`" in output
    code, output = ended(router, ["topics", "check"])
    warning, verdict = output.splitlines()
    assert (code, verdict) == (0, "every topic matches the contract")
    assert warning.startswith("warning: ")
    assert "replication: found 1 replica of" in warning


@pytest.mark.parametrize("arguments", [["topics", "check"], ["watch"]], ids=" ".join)
async def test_an_unreachable_broker_is_reported_without_a_traceback(
    router: Router, arguments: list[str]
) -> None:
    code, output = ended(router, arguments, bootstrap="127.0.0.1:1")

    assert code == 1
    assert "Check that KAFKA_BOOTSTRAP is correct and the broker runs" in output
    assert "Traceback" not in output


async def test_a_worker_that_starts_before_the_broker_waits_and_reports_it_once(
    router: Router, unused_tcp_port: int
) -> None:
    worker = router.start("early", bootstrap=f"127.0.0.1:{unused_tcp_port}")
    await worker.until("broker_awaited")
    assert "Connection refused" in worker.events("broker_awaited")[0]["why"]
    async with forwarded(unused_tcp_port, router.bootstrap):
        await worker.until("worker_started")
    assert len(worker.events("broker_awaited")) == 1


@asynccontextmanager
async def forwarded(port: int, bootstrap: str) -> AsyncIterator[None]:
    """Forward connections to ``port`` to the broker. Kafka's clients use it for their first request only."""
    host, _, at = bootstrap.partition(":")

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to_broker = await asyncio.open_connection(host, int(at))
        await asyncio.gather(pump(reader, to_broker[1]), pump(to_broker[0], writer))

    server = await asyncio.start_server(connect, "127.0.0.1", port)
    try:
        yield
    finally:
        server.close()


def file_of_history(folder: Path, now: datetime, *more: str) -> Path:
    """Write the history of Ann, who works at a bank: a form, a webinar, a download, and an old demo request."""
    lines = []
    for number, (topic, ago, facts) in enumerate(
        [
            ("form.fills", timedelta(days=200), {"form_id": "contact", "request": "demo"}),
            ("form.fills", timedelta(days=12), {"form_id": "contact"} | CIO),
            ("web.activity", timedelta(days=11), {"activity": "webinar_attended"}),
            ("web.activity", timedelta(days=3), {"activity": "download"}),
        ]
    ):
        value = {"event_id": f"h{number}", "occurred_at": (now - ago).isoformat(), "email": ANN} | facts
        at_ms = int((now - ago).timestamp() * 1_000)
        lines.append(json.dumps({"topic": topic, "key": ANN, "timestamp": at_ms, "value": value}))
    file = folder / "history.jsonl"
    file.write_text("\n".join([*lines, *more]) + "\n", "utf-8")
    return file


async def test_history_imported_twice_counts_once_and_old_events_cause_no_hand_off(
    router: Router, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    bank = {"event_id": "b", "occurred_at": now.isoformat(), "crm_account_id": "ACC-1", "name": "Harbor"}
    bank |= {"domains": ["harbor.example"], "sic": ["6021"], "country": "US"}
    bank |= {"revenue": {"amount": 900_000_000, "currency": "USD"}}
    wrong = json.dumps({"topic": "web.activity", "timestamp": 1, "value": {"event_id": "x"}})
    router.start()
    async with router.tape() as tape:
        record = Sent("crm.accounts", b"ACC-1", json.dumps(bank).encode(), int(now.timestamp() * 1_000))
        await router.produce([record])

        code, output = ended(router, ["history", "import", str(file_of_history(tmp_path, now, wrong))])
        assert code == 1
        assert ":5: breaks_contract: web.activity: " in output
        assert "1 of 5 lines are invalid, so nothing was sent" in output

        file = str(file_of_history(tmp_path, now))
        for _ in range(2):
            code, output = ended(router, ["history", "import", file])
            assert code == 0, output
            assert "4 lines read: 3 sent, 1 too old to earn points (61 days), 0 invalid" in " ".join(
                output.split()
            )
        await tape.until("lead.scores", 3, 60.0)
        await tape.until_settled(60.0)

    counts = {line["rule"]: line["count"] for line in points_of(tape)}
    assert {rule: counts[rule] for rule in ("form", "webinar", "paper")} == {
        "form": 1,
        "webinar": 1,
        "paper": 1,
    }
    assert [len(tape.records[name]) for name in ("dead.letters", "lead.routing")] == [0, 0]
    alerts = {
        alert["alert_id"]: alert
        for record in tape.records["lead.alerts"]
        if (alert := json.loads(record.value))
    }
    assert [one for one in alerts.values() if not one["cleared"]] == [], (
        "a visit that is read before its form opens an alert for missing facts"
    )
    assert {record.headers[0][0] for record in tape.records["web.activity"]} == {"imported"}
    assert min(record.timestamp_ms for record in tape.records["web.activity"]) >= int(now.timestamp() * 1_000)


def points_of(tape: Tape) -> list[dict[str, Any]]:
    """Return the points lines of the last score."""
    last = json.loads(tape.records["lead.scores"][-1].value or b"{}")
    points: list[dict[str, Any]] = last["explanation"]["points"]
    return points


async def test_a_worker_started_as_a_command_handles_records_and_leaves_within_ten_seconds(
    router: Router, tmp_path: Path
) -> None:
    story = Story(tmp_path)
    team(story)
    crowd(story, seed=13, banks=16, people_each=2)
    records = [of_line(line) for line in story._lines]
    log = tmp_path / "worker.log"
    with log.open("wb") as out:
        worker = subprocess.Popen(  # noqa: ASYNC220 - it is started once, and the test waits for it
            [sys.executable, "-m", "workers.cli", "worker"],
            cwd=Path(__file__).parents[2],
            env=os.environ | router.environment(tmp_path),
            stdout=out,
            stderr=out,
        )
    try:
        opened = b'"partition_opened"'
        await eventually(
            lambda: log.read_bytes().count(opened) == 4 * router.partitions, 60.0, "every partition is opened"
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
            left = tape.unhandled()
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
    assert [line for line in log.read_text("utf-8").splitlines() if not line.startswith('{"')] == []
    assert why[0] == 0, why[1]
    assert f"{handed['handoff_id']}, revision " in why[1]
    assert f"score            {handed['explanation']['grade']}, " in why[1]
    where = "in the middle" if left else "at the end"
    print(f"left within {took_s:.1f} s, {where} of {len(records)} records")  # noqa: T201 - counted and printed
    assert {name: tape.doubled(name) for name in ("lead.scores", "lead.routing")} == {
        "lead.scores": [],
        "lead.routing": [],
    }
    live = outcome((record.topic, record.value) for topic in RESULTS for record in tape.records[topic])
    assert live == outcome((emit.topic, emit.value) for emit in story.replay().emits)
