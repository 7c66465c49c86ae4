"""The workers of a run, as a supervisor sees them: it starts, kills, freezes and replaces processes, and reads exit codes.

Each worker reaches the broker through a route of its own, which the run can cut.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Self

import msgspec

from tests.integration.nursery import Child, Nursery
from tests.prove import network_proxy
from tests.prove.proof_worker import ProofRun

HERE: Final = Path(__file__).parent
STOP_S: Final = 30.0
RELEASES: Final = {"this": "proof_worker", "later": "later_release_worker"}


class Routes:
    """The proxy process. A context manager. ``routes``: (listening port, target port) of each route."""

    def __init__(self, routes: list[tuple[int, int]]) -> None:
        arguments = [f"{listen}:{target}" for listen, target in routes]
        self._process = subprocess.Popen(
            [sys.executable, network_proxy.__file__, *arguments], stdin=subprocess.PIPE
        )

    def order(self, command: str, route: int) -> None:
        """Give the proxy a command: cut, stall or heal."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{command} {route}\n".encode())
        self._process.stdin.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(STOP_S)


class Crew:
    """Named workers. A context manager that kills all of them at its end.

    ``bootstraps``: the broker's address for each worker. ``settings``: LEAD_ROUTER_... of every worker, without the prefix.
    """

    def __init__(self, folder: Path, bootstraps: Mapping[str, str], settings: Mapping[str, object]) -> None:
        self._folder = folder
        self._bootstraps = bootstraps
        self._settings = settings
        self._nurseries: dict[str, Nursery] = {}
        self._running: dict[str, Child] = {}
        self.release: dict[str, str] = {}
        """The release that each worker runs: `this` or `later`."""
        self.unasked: Counter[int] = Counter()
        """Exit codes of workers that ended by themselves."""

    @property
    def running(self) -> list[str]:
        """The names of the workers that were started and not stopped, in order."""
        return sorted(self._running)

    def start(self, name: str) -> None:
        """Start a worker with its release and its data directory."""
        folder = self._folder / name
        folder.mkdir(exist_ok=True)
        own = {"data_dir": folder / "data", **self._settings}
        environment = {f"LEAD_ROUTER_{key.upper()}": str(value) for key, value in own.items()}
        run = ProofRun(str(folder), environment | {"KAFKA_BOOTSTRAP": self._bootstraps[name]})
        nursery = self._nursery(self.release.setdefault(name, "this"))
        self._running[name] = nursery.start([msgspec.json.encode(run).decode()], folder / "worker.log")

    def kill(self, name: str) -> None:
        """Kill a worker with SIGKILL."""
        self._running.pop(name).kill()

    def freeze(self, name: str) -> None:
        """Freeze a worker (SIGSTOP)."""
        self._running[name].signal(signal.SIGSTOP)

    def wake(self, name: str) -> None:
        """Resume a frozen worker (SIGCONT). A worker that has ended meanwhile is left alone."""
        if self._running[name].is_alive:
            self._running[name].signal(signal.SIGCONT)

    def stop(self, name: str) -> int:
        """Stop a worker with SIGTERM and return its exit code. Kill it if it does not end within STOP_S."""
        child = self._running.pop(name)
        if child.is_alive:
            child.signal(signal.SIGTERM)
        try:
            return child.wait(STOP_S)
        except TimeoutError:
            child.kill()
            return -int(signal.SIGKILL)

    def revive(self) -> None:
        """Start every worker again that has ended by itself, as a supervisor does, and count its exit code."""
        for name in self.running:
            if not (child := self._running[name]).is_alive:
                self.unasked[child.status or 0] += 1
                self.start(name)

    def log_text(self, name: str) -> str:
        """Return the log of a worker over all its runs."""
        return (self._folder / name / "worker.log").read_text("utf-8", "replace")

    def _nursery(self, release: str) -> Nursery:
        if release not in self._nurseries:
            self._nurseries[release] = Nursery(RELEASES[release], HERE)
        return self._nurseries[release]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for child in self._running.values():
            child.kill()
        for nursery in self._nurseries.values():
            nursery.__exit__(None, None, None)
