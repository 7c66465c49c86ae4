"""Ends a child process when its starter is gone, however it went.

Run as a script: `python lifeline.py command ...` with a pipe as standard input. The starter holds the other
end and never writes; when it dies, even of kill -9, the pipe closes and the command is ended. (A death signal
by prctl would follow the starting *thread*, and exists on Linux only.)

SIGTERM and SIGINT are handed on, SIGUSR1 becomes the command's SIGKILL. This process ends after the command
did, so that whoever waits for it finds ports and locks given back.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from typing import Final

GRACE_S: Final = 5
HANDED_ON: Final = {
    signal.SIGTERM: signal.SIGTERM,
    signal.SIGINT: signal.SIGTERM,
    signal.SIGUSR1: signal.SIGKILL,
}


def run(command: list[str]) -> int:
    """Run the command to its end, or until standard input closes.

    Returns:
        Its exit code; 128 + n when signal n ended it.
    """
    asked: list[signal.Signals] = []
    child: subprocess.Popen[bytes] | None = None
    for received in HANDED_ON:
        signal.signal(
            received, lambda number, _frame: _hand_on(HANDED_ON[signal.Signals(number)], asked, child)
        )
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 - it is given the command
    for early in asked:
        child.send_signal(early)
    threading.Thread(target=_end_when_orphaned, args=(child,), daemon=True).start()
    code = child.wait()
    return code if code >= 0 else 128 - code


def _hand_on(
    what: signal.Signals, asked: list[signal.Signals], child: subprocess.Popen[bytes] | None
) -> None:
    if child is None:
        asked.append(what)
    else:
        child.send_signal(what)


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
