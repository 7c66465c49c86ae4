"""Starts workers of the toy without paying a second of imports for each: a process that has imported all, and forks.

python nursery.py SOCKET MODULE; then one connection per worker, with one line of JSON: {"arguments": [...], "log": PATH}.
Answers one line with the pid, and when the worker has ended one line with its exit status as waitpid gives it. A worker
whose connection is closed is killed, so none outlives the tests.
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
"""The exit code of a program that ended by an exception."""


class Child:
    """A worker process: a real one, with a pid to be killed, frozen and woken by."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._answers = line.makefile("rb")
        self.pid = int(self._answers.readline())
        self.status: int | None = None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """End it as kill -9 does, and return when it is gone."""
        if self.status is None:
            self.signal(signal.SIGKILL)
            self.wait(10.0)

    def wait(self, within_s: float) -> int:
        """Return the exit code (negative: the signal that ended it). Raises TimeoutError while it lives."""
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
    """The process that forks workers; a context manager."""

    def __init__(self, module: str, folder: Path = Path(__file__).parent) -> None:
        """``module`` lies in ``folder``; its ``main`` is what a forked process runs."""
        self._folder = TemporaryDirectory(prefix="nursery")  # a socket's path must be short; pytest's are not
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
        """Start a worker with these arguments; what it says is added to ``log``."""
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


def _keep(line: socket.socket, module: str) -> None:
    """In a process of its own: fork the worker, tell its pid, wait for its end, tell how it was."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    asked = line.makefile("rb")
    wish = json.loads(asked.readline())
    pid = os.fork()
    if pid == 0:
        os.setsid()
        log = os.open(wish["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        for number in (1, 2):
            os.dup2(log, number)
        line.close()
        os._exit(_run(module, wish["arguments"]))
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
    except BaseException:  # noqa: BLE001 - what a program that ends so says and returns
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
                _keep(line, module)
            finally:
                os._exit(0)
        line.close()


if __name__ == "__main__":
    _serve(*sys.argv[1:3])
