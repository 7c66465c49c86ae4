"""Runs the toy as a cluster: creates its topics, starts its workers, and checks their results."""

from __future__ import annotations

import json
import os
import signal
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from moments import Moments
from nursery import Child, Nursery
from topics import Event, Reader, create_topics, produce
from toy import CountRow, ToySettings
from waiting import eventually

from workers.engine.context import watermark_topic

START_S = 30.0
"""Time for a worker to start on a busy machine, with a rebalance of its group. Seconds."""
DONE_S = 60.0
_SHOWN_LINES = 40
# A broker started by the tests allows short sessions (tests/conftest.py). Any other one has its default minimum of 6 s.
SESSION_TIMEOUT_S = float(
    os.environ.get("TOY_SESSION_S", "6.0" if "KAFKA_BOOTSTRAP" in os.environ else "2.5")
)


class Worker:
    """One worker process of the toy. Workers with the same folder share a data directory."""

    def __init__(self, nursery: Nursery, folder: Path, settings: ToySettings) -> None:
        self.settings = settings
        self.log_path = folder / "worker.log"
        self.moments = Moments(Path(settings.moments or folder / "none"))
        self.log_path.touch()
        self._log_start = self.log_path.stat().st_size
        self._child: Child = nursery.start([msgspec.json.encode(settings).decode()], self.log_path)

    def log_text(self) -> str:
        """Return the log of this run."""
        with self.log_path.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode("utf-8", "replace")

    def events(self, name: str) -> list[dict[str, Any]]:
        """Return the log events of that name of this run."""
        lines = (line for line in self.log_text().splitlines(keepends=True) if f'"{name}"' in line)
        found = [json.loads(line) for line in lines if line.endswith("\n")]
        return [event for event in found if event["event"] == name]

    async def until(self, name: str, times: int = 1, within_s: float = START_S, **fields: Any) -> None:
        """Wait until it has logged the event ``name`` with these fields ``times`` times."""
        await eventually(
            lambda: sum(fields.items() <= event.items() for event in self.events(name)) >= times,
            within_s,
            f"{name} {fields} {times} times in {self.log_path}",
        )

    def kill(self) -> bool:
        """Kill it with SIGKILL. Return whether one of its transactions was open on the broker at that moment."""
        self._child.kill()
        was_open = self.moments.open_transactions > 0
        self.moments.forget_stages()
        return was_open

    def freeze(self) -> None:
        """Freeze the process (SIGSTOP)."""
        self._child.signal(signal.SIGSTOP)

    def wake(self) -> None:
        """Resume the frozen process (SIGCONT)."""
        self._child.signal(signal.SIGCONT)

    def terminate(self) -> None:
        """Ask the process to leave (SIGTERM)."""
        self._child.signal(signal.SIGTERM)

    def wait(self, within_s: float) -> int:
        """Return its exit code. Raises TimeoutError if it still runs after ``within_s``."""
        return self._child.wait(within_s)

    @property
    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._child.is_alive


class Toys:
    """One app of the toy with its topics and workers. Each test has its own app on a shared broker."""

    def __init__(self, bootstrap: str, folder: Path, nursery: Nursery, partitions: int = 4) -> None:
        self.bootstrap = bootstrap
        self.partitions = partitions
        self.app_id = f"toy-{uuid.uuid4().hex[:12]}"
        self._folder = folder
        self._nursery = nursery
        self._workers: list[Worker] = []

    def topic(self, kind: str) -> str:
        """Return the name of the topic of this kind: `in`, `log`, `out`, `told`, `dead` or `skips`."""
        return f"{self.app_id}.{kind}"

    @property
    def changelog(self) -> str:
        """The changelog of the agent `counter`."""
        return f"{self.app_id}-counter-changelog"

    async def create(self, configs: Mapping[str, Mapping[str, str]] | None = None) -> None:
        """Create the topics. ``configs``: topic settings, by kind or by the name of a changelog."""
        kinds = [self.topic(kind) for kind in ("in", "log", "out", "told", "dead", "skips")]
        names = [*kinds, self.changelog, f"{self.app_id}-teller-changelog"]
        full = {
            name if name in names else self.topic(name): config for name, config in (configs or {}).items()
        }
        await create_topics(self.bootstrap, names, self.partitions, full)
        await create_topics(self.bootstrap, [watermark_topic(self.app_id)], 1, {})

    def start(self, name: str = "a", **settings: Any) -> Worker:
        """Start a worker whose data directory is in the folder ``name``."""
        folder = self._folder / name
        folder.mkdir(exist_ok=True)
        ours = {
            "bootstrap": self.bootstrap,
            "app_id": self.app_id,
            "data_dir": str(folder / "data"),
            "partitions": self.partitions,
            "dead_letters": self.topic("dead"),
            "skips": self.topic("skips"),
            "session_timeout_s": SESSION_TIMEOUT_S,
            "moments": str(folder / "moments"),
        }
        worker = Worker(self._nursery, folder, msgspec.convert(ours | settings, ToySettings))
        self._workers.append(worker)
        return worker

    def kill_all(self) -> None:
        """Kill all workers, and print the end of their logs. pytest shows it if the test fails."""
        for worker in self._workers:
            lines = worker.log_text().splitlines()[-_SHOWN_LINES:]
            print(f"--- {worker.log_path}", *lines, sep="\n")  # noqa: T201 - for failed tests
            if worker.is_alive:
                worker.kill()

    async def produce(self, events: Iterable[Event | bytes], kind: str = "in", **more: Any) -> None:
        """Write events on the partitions that the Java client would choose."""
        await produce(self.bootstrap, self.topic(kind), events, **more)

    def reader(self, kind: str) -> Reader:
        """Return a subscriber of one of the topics."""
        name = kind if kind.endswith("changelog") else self.topic(kind)
        return Reader(self.bootstrap, name, self.partitions)

    async def outputs(self, kind: str = "out") -> list[dict[str, Any]]:
        """Return the values that a read_committed subscriber sees now."""
        async with self.reader(kind) as reader:
            return [json.loads(record.value) for record in await reader.to_end()]

    async def until_done(self, events: Iterable[Event], within_s: float = DONE_S) -> None:
        """Wait until each event has its output."""
        async with self.reader("out") as reader:
            await reader.until_ids([event["id"] for event in events], within_s)

    async def counts(self) -> dict[str, int]:
        """Return the count of each key, from the rows in the changelog."""
        found: dict[str, int] = {}
        prefix = CountRow.prefix.encode() + b"\x00"
        async with self.reader(self.changelog) as reader:
            for record in await reader.to_end():
                if record.key.startswith(prefix):
                    key = record.key[len(prefix) :].decode()
                    if record.value is None:
                        found.pop(key, None)
                    else:
                        found[key] = msgspec.msgpack.decode(record.value, type=CountRow).n
        return found

    async def check_exact(self, events: Iterable[Event]) -> None:
        """Assert that each event was counted once: one output each, counts of a key without a gap, and equal rows."""
        events = list(events)
        outputs = await self.outputs()
        times = Counter(output["id"] for output in outputs)
        doubled = [name for name, n in times.items() if n > 1]
        missing = [event["id"] for event in events if event["id"] not in times]
        assert not doubled, f"{len(doubled)} doubled ({doubled[:3]}), {len(missing)} missing of {len(events)}"
        assert not missing, f"{len(missing)} missing ({missing[:3]}) of {len(events)}"
        assert len(outputs) == len(events)
        expected = Counter(event["key"] for event in events)
        by_key: dict[str, list[int]] = {}
        for output in outputs:
            by_key.setdefault(output["key"], []).append(output["n"])
        assert by_key == {key: list(range(1, n + 1)) for key, n in expected.items()}
        assert await self.counts() == dict(expected)


NewToys = Callable[..., Toys]
"""Makes an app of the toy on a broker."""


def some_events(count: int, keys: int = 40, start: int = 0) -> list[dict[str, Any]]:
    """Return ``count`` events spread over ``keys`` keys. Their ids are in order."""
    return [{"id": f"{n:06d}", "key": f"k{n % keys}"} for n in range(start, start + count)]
