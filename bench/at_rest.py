"""Measures what a worker at rest writes, by number of partitions: `python -m bench.at_rest [PARTITIONS ...]` (six minutes).

It starts a broker and one worker on empty topics, waits until all tasks are open and 20 s more, and measures for 60 s: the
bytes written to each topic, and the worker's processor time, memory, open files and sockets. Watermarks are all that a
worker at rest writes: the reports, ticks, and the transactions and rows that they cause. The worker begins with the limit of
open files that systemd gives a service, SOFT_LIMIT, and raises it itself.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from workers.broker.topic_plan import AGENTS
from workers.local_kafka.server import LocalKafka

PARTITIONS = (8, 32, 64)
GOAL_PARTITIONS = 32
GOAL_MB_A_DAY = 50.0
"""The most megabytes a day that a worker with GOAL_PARTITIONS writes at rest."""
SOFT_LIMIT = 1_024
ROOT = Path(__file__).parents[1]
PROGRAM = [sys.executable, "-m", "workers.cli"]
OPEN_WITHIN_S = 240.0
SETTLE_S = 20.0
MEASURE_S = 60.0
_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Rest:
    """The writes and the needs of a worker at rest."""

    partitions: int
    bytes_per_s: dict[str, float]
    """By topic, all segments of all its partitions. Topics without a new record are left out."""
    cpu_percent: float
    memory_mb: int
    open_files: int
    sockets: int

    @property
    def mb_a_day(self) -> float:
        """Megabytes a day that are written to all topics."""
        return sum(self.bytes_per_s.values()) * _DAY_S / 1e6


def main() -> int:
    """Measure with each number of partitions. Return 1 if the goal is missed."""
    console = Console(width=110)
    found = [measure(int(partitions)) for partitions in sys.argv[1:] or PARTITIONS]
    table = Table("partitions", "MB a day", "CPU", "memory", "open files", "sockets", "bytes/s by topic")
    for rest in found:
        topics = ", ".join(f"{topic} {rate:,.0f}" for topic, rate in sorted(rest.bytes_per_s.items()))
        table.add_row(
            str(rest.partitions),
            f"{rest.mb_a_day:,.1f}",
            f"{rest.cpu_percent:.1f} %",
            f"{rest.memory_mb} MB",
            str(rest.open_files),
            str(rest.sockets),
            topics,
        )
    console.print(table)
    is_met = all(rest.mb_a_day <= GOAL_MB_A_DAY for rest in found if rest.partitions <= GOAL_PARTITIONS)
    console.print(f"goal: <= {GOAL_MB_A_DAY:.0f} MB a day with {GOAL_PARTITIONS} partitions: {is_met}")
    return 0 if is_met else 1


def measure(partitions: int) -> Rest:
    """Start a broker and a worker with empty topics, and measure them. Raises TimeoutError if a task does not open."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with tempfile.TemporaryDirectory() as temporary, LocalKafka(Path(temporary) / "kafka") as kafka:
        folder = Path(temporary)
        topics = folder / "kafka" / "topics"
        env = _environment(kafka.bootstrap, partitions, folder / "data")
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(SOFT_LIMIT, hard), hard))
        create = [*PROGRAM, "topics", "create"]
        subprocess.run(create, env=env, cwd=folder, check=True, stdout=subprocess.DEVNULL, timeout=120)
        log = folder / "worker.log"
        with log.open("w") as out:
            worker = subprocess.Popen([*PROGRAM, "worker"], env=env, cwd=folder, stdout=out, stderr=out)
        try:
            _wait_until_open(log, len(AGENTS) * partitions)
            time.sleep(SETTLE_S)
            before, cpu_before, began = _bytes_by_topic(topics), _cpu_s(worker.pid), time.monotonic()
            time.sleep(MEASURE_S)
            after, cpu_after, took_s = (
                _bytes_by_topic(topics),
                _cpu_s(worker.pid),
                time.monotonic() - began,
            )
            files = [
                str(file.readlink()) for file in Path(f"/proc/{worker.pid}/fd").iterdir() if file.is_symlink()
            ]
            return Rest(
                partitions=partitions,
                bytes_per_s={
                    topic: (size - before[topic]) / took_s
                    for topic, size in after.items()
                    if size > before[topic]
                },
                cpu_percent=100 * (cpu_after - cpu_before) / took_s,
                memory_mb=_memory_mb(worker.pid),
                open_files=len(files),
                sockets=sum(file.startswith("socket") for file in files),
            )
        finally:
            worker.terminate()
            try:
                worker.wait(20)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()


def _environment(bootstrap: str, partitions: int, data: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LEAD_ROUTER_")}
    return kept | {
        "KAFKA_BOOTSTRAP": bootstrap,
        "LEAD_ROUTER_LEAD_ID_KEY": "0123456789abcdef0123",
        "LEAD_ROUTER_POLICY": str(ROOT / "policy" / "default.yaml"),
        "LEAD_ROUTER_PARTITIONS": str(partitions),
        "LEAD_ROUTER_DATA_DIR": str(data),
        "LEAD_ROUTER_LOG_FORMAT": "json",
    }


def _wait_until_open(log: Path, tasks: int) -> None:
    give_up_at = time.monotonic() + OPEN_WITHIN_S
    while (opened := log.read_text("utf-8", "replace").count('"partition_opened"')) < tasks:
        if time.monotonic() > give_up_at:
            raise TimeoutError(f"{opened} of {tasks} tasks opened within {OPEN_WITHIN_S:.0f} s")
        time.sleep(0.5)


def _bytes_by_topic(topics: Path) -> Counter[str]:
    found: Counter[str] = Counter()
    for partition in topics.iterdir():
        if partition.is_dir():
            found[partition.name.rpartition("-")[0]] += sum(
                file.stat().st_size for file in partition.glob("*.log")
            )
    return found


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory_mb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    resident = next(line for line in lines if line.startswith("VmRSS"))
    return int(resident.split()[1]) // 1024


if __name__ == "__main__":
    sys.exit(main())
