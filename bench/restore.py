"""Measures how fast a changelog is restored, and how long it blocks the worker's event loop.

A changelog of one partition gets ROWS rows of some 200 bytes. Rounds alternate between the baseline, which reads the same
records on the event loop and writes nothing, and the engine's restore into a RocksDB copy. Other load on the machine then
affects both. A task on the event loop measures the longest stall: `python -m bench.restore [ROWS]`, about a minute.
"""

from __future__ import annotations

import asyncio
import gc
import os
import resource
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.structs import TopicPartition
from confluent_kafka import Producer

from workers.app import COLLECT_AFTER
from workers.engine.restore import reader, restore, stop_reader
from workers.engine.state_thread import StateThread
from workers.engine.store import RocksStore
from workers.local_kafka.server import LocalKafka

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

CHANGELOG = TopicPartition("bench.changelog", 0)
ROWS = 1_000_000
ROUNDS = 3
ACCOUNTS = 100_000
GOAL_STALL_MS = 50.0
GOAL_PER_S = 300_000
"""On a quiet machine."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One reading of the changelog."""

    rows_per_s: float
    stall_ms: float
    """The longest time in which the event loop did nothing else. Milliseconds."""
    cpu_us: float
    """Processor time of the process per row, with RocksDB's threads. Microseconds."""


async def _create(bootstrap: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(CHANGELOG.topic, 1, 1)])
    await admin.close()


def _fill(bootstrap: str, rows: int) -> None:
    producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 20, "batch.size": 1 << 19})
    for number in range(rows):
        key = b"lead\x00domain:company%06d.example\x00%032x" % (number % ACCOUNTS, number)
        producer.produce(CHANGELOG.topic, key=key, value=os.urandom(75) + b"x" * 75, partition=0)
        if number % 5_000 == 0:
            producer.poll(0)
            while len(producer) > 50_000:
                producer.poll(0.1)
    producer.flush()


async def _timed(work: Callable[[], Awaitable[int]]) -> Figures:
    longest_s = 0.0

    async def watch() -> None:
        nonlocal longest_s
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0.005)
            now = time.perf_counter()
            longest_s = max(longest_s, now - last - 0.005)
            last = now

    watching = asyncio.create_task(watch())
    began, cpu_began = time.perf_counter(), time.process_time()
    count = await work()
    took, cpu_s = time.perf_counter() - began, time.process_time() - cpu_began
    watching.cancel()
    return Figures(count / took, longest_s * 1000, cpu_s / count * 1e6)


async def _read_only(client: dict[str, str], end: int) -> int:
    consumer = reader(client)
    await consumer.start()
    consumer.assign([CHANGELOG])
    consumer.seek(CHANGELOG, 0)
    count = 0
    while await consumer.position(CHANGELOG) < end:
        count += sum(map(len, (await consumer.getmany(timeout_ms=200)).values()))
    await stop_reader(consumer)
    return count


async def _restore(client: dict[str, str], folder: Path, end: int) -> int:
    store = RocksStore(folder, "bench")
    try:
        return await restore(StateThread(), client, CHANGELOG, store, 0, end, time.time_ns() // 1_000_000)
    finally:
        store.close()


async def measure(bootstrap: str, folder: Path, rows: int) -> tuple[list[Figures], list[Figures]]:
    """Return the rounds of the baseline and of the restore."""
    await _create(bootstrap)
    await asyncio.to_thread(_fill, bootstrap, rows)
    client = {"bootstrap_servers": bootstrap}
    baseline, restored = [], []
    for number in range(ROUNDS):
        baseline.append(await _timed(lambda: _read_only(client, rows)))
        restored.append(await _timed(lambda path=folder / f"rows{number}": _restore(client, path, rows)))
    return baseline, restored


def main(rows: int) -> int:
    """Print the figures. Return 1 if the event loop was blocked for longer than the goal."""
    gc.freeze()  # as a worker does at its start: a collection of all objects holds every thread
    gc.set_threshold(*COLLECT_AFTER)
    with tempfile.TemporaryDirectory() as folder, LocalKafka(Path(folder) / "kafka") as kafka:
        baseline, restored = asyncio.run(measure(kafka.bootstrap, Path(folder), rows))
    read = statistics.median(one.rows_per_s for one in baseline)
    rate = statistics.median(one.rows_per_s for one in restored)
    stall = max(one.stall_ms for one in restored)
    read_us, restore_us = (statistics.median(one.cpu_us for one in found) for found in (baseline, restored))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"reading alone, on the event loop: {read:,.0f} rows/s")
    print(
        f"restore: {rate:,.0f} rows/s (goal on a quiet machine >= {GOAL_PER_S:,}), {rate / read:.2f} of reading alone"
    )
    print(f"processor time of a row: {restore_us:.1f} us, reading alone {read_us:.1f} us")
    print(f"longest stall of the event loop: {stall:.0f} ms (goal <= {GOAL_STALL_MS:.0f})")
    print(f"peak memory: {memory} MB")
    return 0 if stall <= GOAL_STALL_MS else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))
