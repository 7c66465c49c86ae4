"""Compares the engine with stock Faust on the one-counter job, in one run, on the same broker and the same records.

A rate is measured from one tenth of the records to all of them, so it does not include the start. Stock Faust gets fewer
of the same records, because all of them would take minutes. Both rates are records per second. The two take turns, three
each, and the median rate of each counts, so other load on the machine affects both.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from confluent_kafka import Producer

from bench.page_views import TOPIC
from workers.engine.context import watermark_topic

if TYPE_CHECKING:
    from collections.abc import Sequence

PARTITIONS = 8
ENGINE_RECORDS = 400_000
FAUST_RECORDS = 15_000
LEADS = 5_000
ROUNDS = 3
SOUND_FAUST = (500, 4_000)
"""Bounds of the baseline; outside of them the run is void. Records per second; 960-1,800 were measured on two cores."""
GOAL = 25.0


@dataclass(frozen=True, slots=True)
class Ratio:
    """The two rates of one comparison."""

    engine_per_s: float
    faust_per_s: float

    @property
    def ratio(self) -> float:
        """The rate of the engine divided by the rate of stock Faust."""
        return self.engine_per_s / self.faust_per_s

    @property
    def is_void(self) -> bool:
        """Whether the baseline is so far from its known rate that the ratio means nothing."""
        return not SOUND_FAUST[0] <= self.faust_per_s <= SOUND_FAUST[1]


async def create_topics(bootstrap: str, engine_apps: Sequence[str], other_apps: Sequence[str]) -> None:
    """Create the input, and for each app its output and, for the engine, the topics that it never creates itself."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    compacted = {"cleanup.policy": "compact"}
    await admin.create_topics([NewTopic(TOPIC, PARTITIONS, 1)])
    await admin.create_topics([NewTopic(f"{app}.out", PARTITIONS, 1) for app in (*engine_apps, *other_apps)])
    for app in engine_apps:
        changelog = NewTopic(f"{app}-count-changelog", PARTITIONS, 1, topic_configs=compacted)
        log, watermarks = NewTopic(f"{app}.log", PARTITIONS, 1), NewTopic(watermark_topic(app), 1, 1)
        await admin.create_topics([log, changelog, watermarks])
    await admin.close()


def produce(bootstrap: str, records: int) -> None:
    """Write the page views of LEADS leads to the input."""
    settings = {"bootstrap.servers": bootstrap, "partitioner": "murmur2_random", "linger.ms": 20}
    producer = Producer(settings | {"queue.buffering.max.messages": 1_000_000})
    for i in range(records):
        lead = f"lead-{i * 7919 % LEADS}"
        event = {
            "event_id": f"event-{i:09d}",
            "lead_id": lead,
            "url": "https://bank.example/pricing",
            "type": "page_view",
        }
        producer.produce(TOPIC, key=lead.encode(), value=json.dumps(event).encode())
        if i % 10_000 == 0:
            producer.poll(0)
            while len(producer) > 500_000:
                producer.poll(0.1)
    producer.flush()


def _run(job: str, number: int, bootstrap: str, data_dir: Path, records: int) -> float:
    command = [
        sys.executable,
        "-m",
        "bench.jobs",
        job,
        bootstrap,
        f"bench-{job}-{number}",
        str(data_dir),
        str(PARTITIONS),
        str(records),
    ]
    data_dir.parent.mkdir(exist_ok=True)
    errors = data_dir.parent / f"{job}.log"
    with errors.open("w") as log:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=log, text=True, timeout=300, check=False
        )
    seen = [line.split() for line in done.stdout.splitlines() if line.startswith("progress ")]
    points = [(float(at), int(count)) for _, at, count in seen]
    if not points or points[-1][1] < records:
        raise RuntimeError(f"{job}: {points[-1:]} of {records} records\n{errors.read_text()[-3000:]}")
    at_start, count_start = next(point for point in points if point[1] >= records / 10)
    at_end, count_end = points[-1]
    return (count_end - count_start) / (at_end - at_start)


def measure(bootstrap: str) -> Ratio:
    """Run both jobs in turns. Return their median rates."""
    apps = {job: [f"bench-{job}-{number}" for number in range(ROUNDS)] for job in ("engine", "faust")}
    asyncio.run(create_topics(bootstrap, apps["engine"], apps["faust"]))
    produce(bootstrap, ENGINE_RECORDS)
    faust, engine = [], []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(ROUNDS):
            data_dir = Path(folder) / str(number)
            faust.append(_run("faust", number, bootstrap, data_dir / "faust", FAUST_RECORDS))
            time.sleep(1)
            engine.append(_run("engine", number, bootstrap, data_dir / "engine", ENGINE_RECORDS))
    return Ratio(median(engine), median(faust))
