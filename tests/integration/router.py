"""The whole router on a real Kafka: its topics, its workers, and ordinary clients that write inputs and read outputs.

The contract names the topics, so a broker holds one router at a time. `create` removes the topics of an earlier one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from cluster import SESSION_TIMEOUT_S, START_S, Worker
from moments import Moments, Orders
from nursery import Child, Nursery
from router_worker import WorkerRun
from tape import Tape
from waiting import eventually

from schemas.topics import TOPICS, shadow_of
from workers.agents import AGENTS, make_specs
from workers.broker.topic_plan import create_topics
from workers.demo.market.market_record import MarketRecord
from workers.replay.history_lines import read_line
from workers.settings import Clock, Settings

KEY = b"a key for tests only"
POLICY = Path(__file__).parents[2] / "policy" / "default.yaml"
_SHOWN_LINES = 40
_WRITTEN = frozenset(TOPICS)


class Sent(NamedTuple):
    """One record as it is passed to a producer."""

    topic: str
    key: bytes | None
    value: bytes | None
    timestamp_ms: int


def of_market_record(record: MarketRecord) -> Sent:
    """Return the record to produce for a record of the demo's market."""
    value = record.value
    raw = value if value is None or isinstance(value, bytes) else json.dumps(value).encode()
    return Sent(record.topic, None if record.key is None else record.key.encode(), raw, record.timestamp_ms)


def of_line(line: str) -> Sent:
    """Return the record to produce for a line of a story or of a history file."""
    read = read_line(line.encode(), _WRITTEN)
    return Sent(read.topic, read.key, read.value, read.timestamp_ms)


class RouterWorker(Worker):
    """One process of `lead-router worker`."""

    def __init__(self, nursery: Nursery, folder: Path, run: WorkerRun) -> None:
        self.log_path = folder / "worker.log"
        self.moments = Moments(Path(run.moments))
        self.log_path.touch()
        self._log_start = self.log_path.stat().st_size
        self._child: Child = nursery.start([msgspec.json.encode(run).decode()], self.log_path)


class Router:
    """One router app on a broker, with its workers."""

    def __init__(
        self, bootstrap: str, folder: Path, nursery: Nursery, app_id: str, partitions: int = 3
    ) -> None:
        self.bootstrap = bootstrap
        self.partitions = partitions
        self.app_id = app_id
        self.specs = make_specs(KEY, partitions)
        self.workers: dict[str, RouterWorker] = {}
        self._folder = folder
        self._nursery = nursery
        self._all: list[RouterWorker] = []

    @property
    def settings(self) -> Settings:
        """The settings of the operator's commands."""
        return Settings(bootstrap=self.bootstrap, app_id=self.app_id, partitions=self.partitions)

    async def create(self) -> None:
        """Create empty topics."""
        await self.remove()
        await create_topics(self.settings, keep_forever=True)

    async def remove(self) -> None:
        """Remove the contract's topics, also those of another router."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        await admin.start()
        try:
            ours = TOPICS.keys() | set(map(shadow_of, TOPICS))
            if left := sorted(set(await admin.list_topics()) & ours):
                await admin.delete_topics(left)
                while set(await admin.list_topics()) & ours:
                    pass
        finally:
            await admin.close()

    def start(
        self,
        name: str = "a",
        *,
        only: Sequence[str] = (),
        orders: Orders | None = None,
        arguments: Sequence[str] | None = None,
        unreadable_from: int = 0,
        **settings: Any,
    ) -> RouterWorker:
        """Start a worker with the data directory ``name``. ``settings`` are LEAD_ROUTER_... without the prefix.

        ``unreadable_from``: the lowest version of a policy that the worker cannot read.
        """
        folder = self._folder / name
        folder.mkdir(exist_ok=True)
        given = arguments if arguments is not None else ["worker", *(f"--only={agent}" for agent in only)]
        run = WorkerRun(
            folder=str(folder),
            environment=self.environment(folder, **settings),
            arguments=list(given),
            moments=str(folder / "moments"),
            orders=orders or Orders(),
            unreadable_from=unreadable_from,
        )
        worker = self.workers[name] = RouterWorker(self._nursery, folder, run)
        self._all.append(worker)
        return worker

    def environment(self, folder: Path, **settings: Any) -> dict[str, str]:
        """Return the environment of a worker that keeps its state below ``folder``."""
        ours = {
            "app_id": self.app_id,
            "partitions": self.partitions,
            "lead_id_key": KEY.decode(),
            "data_dir": folder / "data",
            "clock": Clock.STAMPS.value,
            "policy": POLICY,
            "session_timeout_s": SESSION_TIMEOUT_S,
            "log_format": "json",
        }
        named = {
            "KAFKA_BOOTSTRAP" if name == "bootstrap" else f"LEAD_ROUTER_{name.upper()}": str(value)
            for name, value in (ours | settings).items()
        }
        return {"KAFKA_BOOTSTRAP": self.bootstrap} | named

    def data_dir(self, name: str = "a") -> Path:
        """Return the data directory of the worker ``name``."""
        return self._folder / name / "data"

    def tape(self) -> Tape:
        """Return a subscriber of all topics."""
        return Tape(self.bootstrap, self.app_id, self.specs.values(), self.partitions)

    async def produce(self, records: Iterable[Sent], headers: Mapping[str, bytes] | None = None) -> None:
        """Write records in order, with the partitions of the Java client, and wait until the broker has confirmed them."""
        async with AIOKafkaProducer(bootstrap_servers=self.bootstrap, acks="all", linger_ms=5) as producer:
            futures = [
                await producer.send(
                    one.topic,
                    one.value,
                    one.key,
                    timestamp_ms=one.timestamp_ms,
                    headers=list((headers or {}).items()),
                )
                for one in records
            ]
            for future in futures:
                await future

    async def until_all_opened(self) -> None:
        """Wait until the running workers hold every partition of every agent."""
        tasks = len(AGENTS) * self.partitions

        def held() -> int:
            return sum(self._held(worker) for worker in self.workers.values() if worker.is_alive)

        await eventually(lambda: held() == tasks, START_S, f"{tasks} open tasks, found {held()}")

    def _held(self, worker: RouterWorker) -> int:
        """Return the number of tasks that a worker has opened since the last rebalance."""
        since_rebalance = worker.log_text().rpartition('"partitions_assigned"')[2]
        return since_rebalance.count('"partition_opened"')

    def stop(self) -> list[int]:
        """Send SIGTERM to all workers and return their exit codes."""
        living = [worker for worker in self.workers.values() if worker.is_alive]
        for worker in living:
            worker.terminate()
        return [worker.wait(10.0) for worker in living]

    def kill_all(self) -> None:
        """Kill all workers. The ends of their logs are shown if a test has failed."""
        for worker in self._all:
            lines = worker.log_text().splitlines()[-_SHOWN_LINES:]
            print(f"--- {worker.log_path}", *lines, sep="\n")  # noqa: T201 - pytest shows it for failed tests only
            if worker.is_alive:
                worker.kill()


def ended(router: Router, arguments: Sequence[str], **settings: Any) -> tuple[int, str]:
    """Run a command of `lead-router` to its end. Return its exit code and its output."""
    worker = router.start("operator", arguments=arguments, **settings)
    return worker.wait(60.0), worker.log_text()
