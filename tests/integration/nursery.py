"""Starts worker processes fast: a process that has imported everything forks them, which saves a second of imports each.

Usage: python nursery.py SOCKET MODULE. Each worker has one connection. The client sends one line of JSON:
{"arguments": [...], "log": PATH}. It gets one line with the pid, and after the worker's end one line with its exit status
as waitpid returns it. Closing the connection kills the worker, so none outlives the tests.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import traceback
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

ROOT = Path(__file__).resolve().parents[2]
READY = b"ready\n"
FAILED = 70
"""The exit code of a program that ended with an exception."""


class Child:
    """A forked worker process. A test can kill, freeze and resume it by its pid."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._answers = line.makefile("rb")
        self.pid = int(self._answers.readline())
        self.status: int | None = None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it with SIGKILL, and wait until it has ended."""
        if self.status is None:
            self.signal(signal.SIGKILL)
            self.wait(10.0)

    def wait(self, within_s: float) -> int:
        """Return the exit code (negative: the signal that ended it). Raises TimeoutError if it still runs after ``within_s``."""
        if self.status is None:
            if not select.select([self._line], [], [], within_s)[0]:
                raise TimeoutError(f"process {self.pid} has not ended within {within_s:g} s")
            self.status = os.waitstatus_to_exitcode(int(self._answers.readline()))
            self._answers.close()
            self._line.close()
        return self.status

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended yet."""
        if self.status is None:
            with contextlib.suppress(TimeoutError):
                self.wait(0.0)
        return self.status is None


class Nursery:
    """Starts and stops the process that forks workers. A context manager."""

    def __init__(self, module: str, folder: Path = Path(__file__).parent) -> None:
        """A forked process runs ``main`` of ``module``, which is a file in ``folder``."""
        self._folder = TemporaryDirectory(
            prefix="nursery"
        )  # a socket's path must be short, and pytest's paths are not
        self._address = f"{self._folder.name}/line"
        paths = os.pathsep.join((str(ROOT), str(folder)))
        self._process = subprocess.Popen(
            [sys.executable, __file__, self._address, module],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": paths},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == READY

    def start(self, arguments: list[str], log: Path) -> Child:
        """Start a worker with these arguments. Its output is appended to ``log``."""
        line = socket.socket(socket.AF_UNIX)
        line.connect(self._address)
        line.sendall(json.dumps({"arguments": arguments, "log": str(log)}).encode() + b"\n")
        return Child(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.terminate()
        self._process.wait(10.0)
        self._process.stdout.close()
        self._folder.cleanup()


def _supervise(line: socket.socket, module: str) -> None:
    """Fork a worker, send its pid, wait for its end and send its exit status. Runs in a process of its own."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    asked = line.makefile("rb")
    request = json.loads(asked.readline())
    pid = os.fork()
    if pid == 0:
        os.setsid()
        log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        for number in (1, 2):
            os.dup2(log, number)
        line.close()
        os._exit(_run(module, request["arguments"]))
    line.sendall(b"%d\n" % pid)

    def kill_with_its_tests() -> None:
        if not asked.readline():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    threading.Thread(target=kill_with_its_tests, daemon=True).start()
    _, status = os.waitpid(pid, 0)
    line.sendall(b"%d\n" % status)


def _run(module: str, arguments: list[str]) -> int:
    try:
        importlib.import_module(module).main(arguments)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - prints the error and returns the exit code, as an own process would
        traceback.print_exc()
        return FAILED
    return 0


def _serve(address: str, module: str) -> None:
    importlib.import_module(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen()
    sys.stdout.buffer.write(READY)
    sys.stdout.flush()
    while True:
        line, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            try:
                _supervise(line, module)
            finally:
                os._exit(0)
        line.close()


if __name__ == "__main__":
    _serve(*sys.argv[1:3])
