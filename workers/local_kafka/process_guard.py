"""A guard process that ends its command when the process that started it has died.

Run as a script: `python process_guard.py command ...` with a pipe as standard input. The starting process holds the
other end and never writes. When it dies, even by kill -9, the pipe closes and the guard ends the command. (The death
signal of prctl follows the starting *thread*, and exists on Linux only.)

SIGTERM and SIGINT are forwarded to the command as SIGTERM, SIGUSR1 as SIGKILL. The guard ends after the command has
ended. A process that waits for the guard therefore finds ports and locks released.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from typing import Final

GRACE_S: Final = 5
FORWARDED: Final = {
    signal.SIGTERM: signal.SIGTERM,
    signal.SIGINT: signal.SIGTERM,
    signal.SIGUSR1: signal.SIGKILL,
}


def run(command: list[str]) -> int:
    """Run the command until it ends, or until standard input closes.

    Returns:
        The exit code of the command. 128 + n if signal n ended it.
    """
    early: list[signal.Signals] = []
    child: subprocess.Popen[bytes] | None = None
    for received in FORWARDED:
        signal.signal(
            received, lambda number, _frame: _forward(FORWARDED[signal.Signals(number)], early, child)
        )
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 - the command is an argument
    for number in early:
        child.send_signal(number)
    threading.Thread(target=_end_when_orphaned, args=(child,), daemon=True).start()
    code = child.wait()
    return code if code >= 0 else 128 - code


def _forward(
    number: signal.Signals, early: list[signal.Signals], child: subprocess.Popen[bytes] | None
) -> None:
    if child is None:
        early.append(number)
    else:
        child.send_signal(number)


def _end_when_orphaned(child: subprocess.Popen[bytes]) -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    child.terminate()
    try:
        child.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        child.kill()


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
