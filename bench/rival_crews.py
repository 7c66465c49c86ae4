"""The cases of rivals.py: each framework with its settings, its worker processes, and the committed outputs at the broker."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from confluent_kafka import IsolationLevel, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from bench.engine_vs_faust import PARTITIONS

ROOT = Path(__file__).resolve().parent.parent
RIVALS = ROOT / ".rivals" / "bin" / "python"


@dataclass(frozen=True, slots=True)
class Case:
    """A framework with its settings."""

    name: str
    python: Path
    arguments: tuple[str, str]
    """The module and its job."""
    settings: tuple[str, ...]
    """The arguments after the data folder."""
    kill_records: int
    """Records of the run with kill -9: some ten seconds of two workers."""


_OURS = (str(PARTITIONS), "1000000000")
CASES = (
    Case("the engine", Path(sys.executable), ("bench.jobs", "engine"), _OURS, 600_000),
    Case("stock Faust", Path(sys.executable), ("bench.jobs", "faust"), _OURS, 20_000),
    Case(
        "stock Faust, exactly_once",
        Path(sys.executable),
        ("bench.jobs", "faust-transactions"),
        _OURS,
        20_000,
    ),
    Case("Quix Streams, commit every 5 s", RIVALS, ("bench.rival_jobs", "quix"), ("5.0",), 150_000),
    Case("Quix Streams, commit every 0.1 s", RIVALS, ("bench.rival_jobs", "quix"), ("0.1",), 150_000),
    Case("Flechtwerk, 500 a fetch", RIVALS, ("bench.rival_jobs", "flechtwerk"), ("500",), 100_000),
    Case("Flechtwerk, 10,000 a fetch", RIVALS, ("bench.rival_jobs", "flechtwerk"), ("10000",), 100_000),
)


@dataclass(slots=True)
class Crew:
    """The worker processes of one case."""

    case: Case
    app: str
    bootstrap: str
    folder: Path
    size: int
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __enter__(self) -> Self:
        for number in range(self.size):
            self.processes.append(self.start(number))
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            process.kill()
            process.wait()

    def start(self, number: int) -> subprocess.Popen[bytes]:
        """Start one worker. Its log is in the folder."""
        data = self.folder / f"{self.app}-{number}"
        command = [str(self.case.python), "-m", *self.case.arguments, self.bootstrap, self.app, str(data)]
        with self.log(number).open("ab") as log:
            return subprocess.Popen(
                [*command, *self.case.settings], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=log
            )

    def log(self, number: int) -> Path:
        """Return the path of a worker's log."""
        return self.folder / f"{self.app}-{number}.log"

    def cpu_s(self) -> list[float]:
        """Return the processor time of each worker until now. Seconds."""
        return [_cpu_s(process.pid) for process in self.processes]

    def ended(self) -> str:
        """Return the end of a log if a worker has ended, else an empty text."""
        for number, process in enumerate(self.processes):
            if process.poll() is not None:
                return (
                    f"exit code {process.returncode}: {self.log(number).read_text('utf-8', 'replace')[-600:]}"
                )
        return ""


class Ends:
    """The committed outputs of one app, counted at the broker."""

    def __init__(self, bootstrap: str, app: str) -> None:
        self._admin = AdminClient({"bootstrap.servers": bootstrap})
        self._asked = {
            TopicPartition(f"{app}.out", number): OffsetSpec.latest() for number in range(PARTITIONS)
        }

    def now(self) -> int:
        """Return the sum of the ends of all partitions."""
        found = self._admin.list_offsets(self._asked, isolation_level=IsolationLevel.READ_COMMITTED)
        return sum(future.result().offset for future in found.values())


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
