"""The demo's workers: `lead-router worker` processes, each with its own data directory and log file.

In: a folder and the settings of the workers. Out: processes that end when the process that started them ends or dies.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from workers.local_kafka import process_guard

STOP_S: Final = 15.0
_SHOWN_LINES: Final = 12
_PREFIX: Final = "LEAD_ROUTER_"
_INHERITED: Final = ("SECURITY", "SASL_MECHANISM", "SASL_USER", "SASL_PASSWORD", "SSL_CAFILE")


class WorkerDiedError(Exception):
    """A worker process ended unexpectedly. The text holds the last lines of its log."""


class WorkerProcesses:
    """A number of worker processes. As a context manager it starts and stops them.

    Args:
        folder: the folder for their data directories and logs.
        settings: LEAD_ROUTER_... settings without the prefix. data_dir is set per worker.
        bootstrap: Kafka's address.
        size: the number of workers.
    """

    def __init__(self, folder: Path, settings: Mapping[str, str], bootstrap: str, size: int) -> None:
        self._folder = folder
        self._settings = settings
        self._bootstrap = bootstrap
        self._size = size
        self._processes: list[subprocess.Popen[bytes]] = []

    @property
    def logs(self) -> list[Path]:
        """The path of each worker's log file."""
        return [self._folder / f"worker-{number}.log" for number in range(1, self._size + 1)]

    @property
    def pids(self) -> list[int]:
        """The process id of each worker's guard process, which forwards signals to the worker."""
        return [process.pid for process in self._processes]

    def start(self) -> None:
        """Start all workers."""
        for number, log_path in enumerate(self.logs, start=1):
            with log_path.open("ab") as log:
                command = [sys.executable, "-m", "workers.cli", "worker"]
                self._processes.append(
                    subprocess.Popen(  # noqa: S603 - our own command
                        [sys.executable, "-I", "-S", process_guard.__file__, *command],
                        stdin=subprocess.PIPE,
                        stdout=log,
                        stderr=subprocess.STDOUT,
                        cwd=self._folder,  # not the current directory, whose .env file must not apply
                        env=self._environment(number),
                        start_new_session=True,  # Ctrl-C must reach only the starting process, which stops the workers first
                    )
                )

    def check(self) -> None:
        """Check that all workers run.

        Raises:
            WorkerDiedError: a worker has ended.
        """
        for process, log_path in zip(self._processes, self.logs, strict=True):
            if (code := process.poll()) is not None:
                lines = log_path.read_text("utf-8", "replace").splitlines()[-_SHOWN_LINES:]
                shown = "\n    ".join(lines) or "the log is empty"
                raise WorkerDiedError(
                    f"a worker ended unexpectedly with exit code {code}. The end of its log:\n    {shown}"
                )

    def stop(self) -> list[int]:
        """Stop all workers and return their exit codes. Kill a worker that does not end in time."""
        processes, self._processes = self._processes, []
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        codes = []
        for process in processes:
            try:
                codes.append(process.wait(STOP_S))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGUSR1)  # process_guard.py forwards it as SIGKILL
                codes.append(process.wait(STOP_S))
            if process.stdin is not None:
                process.stdin.close()
        return codes

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _environment(self, number: int) -> dict[str, str]:
        kept = {f"{_PREFIX}{name}" for name in _INHERITED}
        inherited = {
            name: text for name, text in os.environ.items() if not name.startswith(_PREFIX) or name in kept
        }
        own = {"data_dir": str(self._folder / f"worker-{number}"), **self._settings}
        return (
            inherited
            | {f"{_PREFIX}{name.upper()}": text for name, text in own.items()}
            | {"KAFKA_BOOTSTRAP": self._bootstrap}
        )
