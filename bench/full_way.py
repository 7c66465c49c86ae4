"""Measures the whole router: web events per second through all hops, and the time from a form fill to its hand-off.

Workers are ordinary `lead-router worker` processes on a broker of this machine. A confluent-kafka client produces.

Throughput: EVENTS web activities are produced as fast as the broker takes them. SHARE_KNOWN of them belong to people who
have filled in a form; each of these is scored. Then SENTINELS people raise a hand. Every log is in order, so the last of
their hand-offs proves that all events before it were handled. The time runs from the first produce to that hand-off.

Latency: web activities at RATE_PER_S over all partitions. One in LATENCY_EVERY is a form that raises a hand. Its latency
runs from its produce call until a read_committed consumer has its lead.routing record.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer
from confluent_kafka import Producer

from workers.broker.topic_plan import create_topics
from workers.demo.worker_processes import WorkerProcesses
from workers.local_kafka.server import LocalKafka
from workers.settings import Settings

PARTITIONS = 8
EVENTS = 200_000
SHARE_KNOWN = 0.34
"""Share of events of identified people: 34 of 100, as in the demo's market."""
PEOPLE = 4_000
VISITORS = 20_000
COMPANIES = 800
SENTINELS = 400
RATE_PER_S = 500
LATENCY_EVERY = 25
LATENCY_S = 30
WARM_UP_S = 8
KEY = "bench-key-bench-key"
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class FullWay:
    """The measured figures."""

    events_per_s: float
    p50_ms: float
    p99_ms: float
    samples: int


def _now() -> str:
    return datetime.now(UTC).isoformat()


class _Load:
    """Produces the events of an endless market, by number."""

    def __init__(self, bootstrap: str) -> None:
        settings = {"bootstrap.servers": bootstrap, "linger.ms": 5, "queue.buffering.max.messages": 2_000_000}
        self.producer = Producer(settings)
        self._number = 0

    def _send(self, topic: str, key: str, value: dict[str, Any]) -> None:
        self._number += 1
        value |= {"event_id": f"e{self._number}", "occurred_at": _now()}
        self.producer.produce(topic, key=key.encode(), value=json.dumps(value).encode())
        if self._number % 1_000 == 0:
            self.producer.poll(0)

    def crm(self) -> None:
        hours = {"mon-sun": "00:00-24:00"}
        for number in range(6):
            rep = {"rep_id": f"rep{number}", "name": f"Rep {number}", "hours": hours, "time_zone": "UTC"}
            self._send(
                "crm.reps", f"rep{number}", rep | {"desks": [{"desk": "inside_sales", "capacity": 10_000}]}
            )
        for number in range(COMPANIES):
            account = {
                "crm_account_id": f"a{number}",
                "name": f"Bank {number}",
                "domains": [f"bank{number}.com"],
                "sic": ["6021"],
                "revenue": {"amount": "900000000", "currency": "USD"},
                "country": "US",
            }
            self._send("crm.accounts", f"a{number}", account)
        self.producer.flush()

    def form(self, person: str, domain: str, request: str) -> None:
        fill = {
            "form_id": "f",
            "anonymous_id": f"browser-{person}",
            "email": f"{person}@{domain}",
            "request": request,
        }
        self._send("form.fills", f"browser-{person}", fill | {"job_title": "CIO", "job_function": "it"})

    def page(self, browser: str) -> None:
        self._send(
            "web.activity",
            browser,
            {"activity": "page_view", "anonymous_id": browser, "url": "https://x.com/a"},
        )

    def web(self, number: int) -> None:
        if number % 100 < SHARE_KNOWN * 100:
            self.page(f"browser-p{number * 7919 % PEOPLE}")
        else:
            self.page(f"anonymous-{number * 104_729 % VISITORS}")


class _HandOffs:
    """Collects the time of each person's hand-off, by the address in lead.routing."""

    def __init__(self, bootstrap: str) -> None:
        self.consumer = AIOKafkaConsumer(
            "lead.routing",
            bootstrap_servers=bootstrap,
            isolation_level="read_committed",
            auto_offset_reset="earliest",
        )
        self.at: dict[str, float] = {}

    async def follow(self) -> None:
        async for record in self.consumer:
            person = json.loads(record.value).get("person") or {}
            self.at.setdefault(person.get("email", ""), time.monotonic())

    async def wait_for(self, addresses: set[str], timeout_s: float) -> float:
        deadline = time.monotonic() + timeout_s
        while not addresses <= self.at.keys():
            if time.monotonic() > deadline:
                missing = len(addresses - self.at.keys())
                raise TimeoutError(
                    f"{missing} of {len(addresses)} hand-offs did not come within {timeout_s:.0f} s"
                )
            await asyncio.sleep(0.02)
        return max(self.at[address] for address in addresses)


async def _throughput(load: _Load, hand_offs: _HandOffs) -> float:
    for person in range(PEOPLE):
        load.form(f"p{person}", f"other{person % 500}.com", "content")
    load.form("warm", "bank0.com", "demo")
    load.producer.flush()
    await hand_offs.wait_for({"warm@bank0.com"}, 90)
    began = time.monotonic()
    for number in range(EVENTS):
        load.web(number)
        if number % 5_000 == 0:
            await asyncio.sleep(0)
    for person in range(SENTINELS):
        load.form(f"s{person}", f"bank{person}.com", "demo")
    load.producer.flush()
    done = await hand_offs.wait_for({f"s{person}@bank{person}.com" for person in range(SENTINELS)}, 180)
    return EVENTS / (done - began)


async def _latency(load: _Load, hand_offs: _HandOffs) -> list[float]:
    sent: dict[str, float] = {}
    began = time.monotonic()
    number = 0
    while (elapsed := time.monotonic() - began) < WARM_UP_S + LATENCY_S:
        while number < elapsed * RATE_PER_S:
            if number % LATENCY_EVERY == 0:
                person = f"l{number}"
                domain = f"fresh{number}.com"
                if elapsed > WARM_UP_S:
                    sent[f"{person}@{domain}"] = time.monotonic()
                load.form(person, domain, "demo")
            else:
                load.web(number)
            number += 1
        load.producer.poll(0)
        await asyncio.sleep(0.002)
    load.producer.flush()
    await hand_offs.wait_for(set(sent), 60)
    return sorted((hand_offs.at[address] - at) * 1000 for address, at in sent.items())


async def _measure(bootstrap: str, folder: Path, workers: int) -> FullWay:
    settings = Settings(
        bootstrap=bootstrap, partitions=PARTITIONS, app_id="bench-router", replication_factor=1
    )
    await create_topics(settings)
    load = _Load(bootstrap)
    load.crm()
    env = {
        "app_id": "bench-router",
        "partitions": str(PARTITIONS),
        "lead_id_key": KEY,
        "policy": str(ROOT / "policy" / "default.yaml"),
        "log_level": "warning",
    }
    hand_offs = _HandOffs(bootstrap)
    crew = WorkerProcesses(folder, env, bootstrap, workers)
    try:
        crew.start()
        await hand_offs.consumer.start()
        following = asyncio.create_task(hand_offs.follow())
        rate = await _throughput(load, hand_offs)
        await asyncio.sleep(2)
        times = await _latency(load, hand_offs)
        following.cancel()
    finally:
        await hand_offs.consumer.stop()
        crew.stop()
    return FullWay(rate, times[len(times) // 2], times[int(len(times) * 0.99)], len(times))


def measure(workers: int = 1) -> FullWay:
    """Measure on a local Kafka with ``workers`` worker processes."""
    with tempfile.TemporaryDirectory() as folder, LocalKafka(Path(folder) / "kafka") as kafka:
        return asyncio.run(_measure(kafka.bootstrap, Path(folder), workers))
