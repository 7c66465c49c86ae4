"""Hand-offs on a real Kafka, a notifier that is killed again and again, and a fake Slack that outlives it.

In: a broker with the contract's topics. Out: what Slack shows, compared with what it must show: each message once, with its last
content, and none missing.
"""

from __future__ import annotations

import asyncio
import json
import random
import socket
import sys
import time
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

import aiohttp
from aiokafka import AIOKafkaProducer
from slack_sdk.signature import SignatureVerifier

from schemas.topics import LEAD_ROUTING
from tests.fake_services import TOKEN, FakeSlack
from tests.unit.house.pages import ROOT
from workers.engine.partitioner import partition_of

sys.path.insert(0, str(ROOT / "tests" / "integration"))

from nursery import Child, Nursery

SECRET = "a signing secret of a test"
REPS = {"rep-dana": "UDANA", "rep-luis": "ULUIS", "rep-mona": "UMONA"}
START_S = 60.0


class NotifyRun:
    """A notifier of its own, in a folder. A context manager."""

    def __init__(self, bootstrap: str, folder: Path, partitions: int, port: int, *, first: int = 0) -> None:
        self.slack = FakeSlack()
        self.bootstrap = bootstrap
        self.partitions = partitions
        self.expected: dict[str, tuple[str | None, set[str]]] = {}
        """The present holder and the former ones of each hand-off."""
        self.first = first
        """The number of the first hand-off. Two runs on one broker need numbers of their own."""
        self.kills = 0
        self.kills_in_calls = 0
        self._folder = folder
        self._port = port
        self._nursery = Nursery("notifier_program", ROOT / "tests")
        self._child: Child | None = None

    def __enter__(self) -> Self:
        self.slack.__enter__()
        (self._folder / "notify.yaml").write_text(self._file())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        self._nursery.__exit__(kind, error, trace)
        self.slack.__exit__()

    @property
    def log(self) -> str:
        """Return the log of all notifiers of the run."""
        return (self._folder / "notify.log").read_text()

    def start(self) -> None:
        """Start a notifier."""
        environment = {
            "KAFKA_BOOTSTRAP": self.bootstrap,
            "LEAD_ROUTER_DATA_DIR": str(self._folder / "data"),
            "LEAD_ROUTER_LOG_FORMAT": "json",
            "RUN_TOKEN": TOKEN,
            "RUN_SECRET": SECRET,
        }
        (self._folder / "notify.log").touch()
        self._child = self._nursery.start(
            [json.dumps([str(self._folder), environment])], self._folder / "notify.log"
        )

    def kill(self) -> None:
        """Kill the notifier with SIGKILL."""
        if self._child is not None and self._child.is_alive:
            self.kills_in_calls += self.slack.in_call > 0
            self._child.kill()
            self.kills += 1

    async def ready(self) -> None:
        """Return when the answer page answers."""
        give_up_at = time.monotonic() + START_S
        async with aiohttp.ClientSession() as session:
            while True:
                try:
                    async with session.get(f"http://127.0.0.1:{self._port}/livez"):
                        return
                except aiohttp.ClientError:
                    assert time.monotonic() < give_up_at, self.log[-3_000:]

    async def hand_over(
        self, producer: AIOKafkaProducer, number: int, revision: int, rep_id: str | None
    ) -> str:
        """Write a revision of a hand-off. Without a rep it is withdrawn. Return its event_id."""
        value = revision_of(number, revision, rep_id)
        handoff_id = value["handoff_id"]
        holder, former = self.expected.get(handoff_id, (None, set()))
        self.expected[handoff_id] = (rep_id, former | ({holder} if holder and holder != rep_id else set()))
        await producer.send_and_wait(
            LEAD_ROUTING.name,
            json.dumps(value).encode(),
            handoff_id.encode(),
            partition=partition_of(value["account_key"].encode(), self.partitions),
        )
        return str(value["event_id"])

    async def tap(self, number: int, action: str, rep_id: str) -> bool:
        """Tap a button of the message that Slack shows to a rep. Return whether the notifier answered."""
        shown = next(
            one
            for (channel, _), one in self.slack.messages.items()
            if channel == f"D{REPS[rep_id][1:]}"
            and one["blocks"][0]["text"]["text"].endswith(f"Bank {number}")
        )
        payload = {
            "user": {"id": REPS[rep_id]},
            "actions": [{"action_id": action, "block_id": shown["blocks"][-1]["block_id"]}],
        }
        body = urlencode({"payload": json.dumps(payload)}).encode()
        stamp = str(int(time.time()))
        signature = SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=body) or ""
        headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature}
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.post(
                    f"http://127.0.0.1:{self._port}/slack/actions", data=body, headers=headers
                ) as answer,
            ):
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    def problems(self) -> list[str]:
        """Return each message that is missing, doubled, or shows something else than its last content."""
        posts = Counter(
            one["metadata"]["event_payload"]["delivery_id"] for one in self.slack.messages.values()
        )
        found = [f"{delivery_id}: posted {count} times" for delivery_id, count in posts.items() if count > 1]
        shown: dict[tuple[str, str], list[str]] = {}
        for (channel, _), one in list(self.slack.messages.items()):
            headline = one["blocks"][0]["text"]["text"]
            shown.setdefault((channel, _bank_of(headline)), []).append(headline)
        for handoff_id, (holder, former) in self.expected.items():
            bank = _bank_of(handoff_id.partition("#")[0])
            for rep_id, user in REPS.items():
                headlines = shown.pop((f"D{user[1:]}", bank), [])
                if rep_id == holder and [one.partition(":")[0] for one in headlines] != ["Asks for sales"]:
                    found.append(f"{handoff_id}: {rep_id} holds it and sees {headlines}")
                elif (
                    rep_id in former - {holder}
                    and [one for one in headlines if not one.startswith(("Withdrawn", "Now with"))]
                    + headlines[1:]
                ):
                    found.append(f"{handoff_id}: {rep_id} had it and sees {headlines}")
                elif rep_id not in former | {holder} and headlines:
                    found.append(f"{handoff_id}: {rep_id} never had it and sees {headlines}")
        return found + [f"unknown: {one}" for one in shown]

    def _file(self) -> str:
        reps = "\n".join(f"  {rep_id}: {{slack: {user}}}" for rep_id, user in REPS.items())
        return (
            "channels:\n"
            f"  slack: {{kind: slack, token: 'env:RUN_TOKEN', signing_secret: 'env:RUN_SECRET', api: '{self.slack.url}/api'}}\n"
            f"reps:\n{reps}\n"
            f"answers: {{public_url: 'http://127.0.0.1:{self._port}', key: 'env:RUN_SECRET', "
            f"listen: '127.0.0.1:{self._port}'}}\n"
        )


def revision_of(number: int, revision: int, rep_id: str | None) -> dict[str, Any]:
    """Return a revision of the example's hand-off, for a bank of its own."""
    text = (ROOT / "schemas" / "examples" / "lead.routing.jsonl").read_text("utf-8").splitlines()[0]
    value: dict[str, Any] = json.loads(text)["value"]
    account = f"domain:bank-{number}.example"
    value |= {
        "event_id": f"{account}-{revision}",
        "handoff_id": f"{account}#1.1",
        "account_key": account,
        "revision": revision,
        "person": value["person"] | {"company": f"Bank {number}"},
    }
    if rep_id is None:
        value |= {"action": "withdrawn"}
        return {name: one for name, one in value.items() if name not in ("assignee", "person")}
    return value | {"assignee": {"type": "rep", "id": rep_id, "name": rep_id}}


async def work_under_kills(run: NotifyRun, *, kills: int, handoffs: int, seed: int) -> None:
    """Hand over, reassign and withdraw leads while the notifier is killed. At the end it runs."""
    chosen = random.Random(seed)
    numbers = range(run.first, run.first + handoffs)
    todo = [(number, 1) for number in numbers] + [(number, 2) for number in numbers if number % 3]
    run.start()
    await run.ready()
    async with AIOKafkaProducer(bootstrap_servers=run.bootstrap, acks="all") as producer:
        share = -(-len(todo) // max(kills, 1))
        for at in range(max(kills, 1)):
            for number, revision in todo[at * share : (at + 1) * share]:
                again = None if number % 3 == 1 else "rep-luis"
                await run.hand_over(producer, number, revision, "rep-dana" if revision == 1 else again)
            run.slack.answers_after_s = chosen.uniform(0.02, 0.12)
            before = len(run.slack.calls)
            give_up_at = time.monotonic() + START_S
            while len(run.slack.calls) == before and run.problems():
                assert time.monotonic() < give_up_at, run.log[-3_000:]
                await asyncio.to_thread(
                    time.sleep, 0.002
                )  # so that kills land while a call of the service runs
            await asyncio.sleep(chosen.uniform(0.0, 0.15))
            if at < kills:
                run.kill()
                run.start()
    run.slack.answers_after_s = 0.0


def _bank_of(headline: str) -> str:
    """Return the account of a headline, which ends with the company or the domain."""
    return headline.rpartition("ank")[2].strip("- ").partition(".")[0]


def free_port() -> int:
    """Return a port that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
