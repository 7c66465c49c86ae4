"""An event loop whose time is a number: it jumps to the next timer at once, and the same seed gives the same order of steps.

In: coroutines. Out: their results, after any span of virtual time and without waiting. Nothing may use a thread or a socket.
While a simulation runs, the functions of the module `time` return the virtual time.
"""

from __future__ import annotations

import asyncio
import contextlib
import selectors
import time
from collections.abc import Coroutine, Iterator
from typing import Any, Final, TypeVar

T = TypeVar("T")
EPOCH_S: Final = 1_772_460_000.0
"""The wall time at which every simulation begins: 2026-03-02 14:00 UTC. Seconds."""


class DeadlockError(Exception):
    """Every coroutine waits, and no timer is set."""


class _NoWaiting(selectors.SelectSelector):
    """A selector that returns at once. ``loop`` then jumps to its next timer."""

    loop: VirtualLoop

    def select(self, timeout: float | None = None) -> list[Any]:
        """Return no event, and let the time pass for which a real selector would wait."""
        if timeout is None:
            raise DeadlockError
        self.loop.now_s += max(0.0, timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """The loop. ``now_s``: seconds since its start."""

    def __init__(self) -> None:
        self.now_s = 0.0
        selector = _NoWaiting()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        """Return the virtual time. Seconds."""
        return self.now_s


@contextlib.contextmanager
def _time_of(loop: VirtualLoop) -> Iterator[None]:
    own = {
        "monotonic": loop.time,
        "perf_counter": loop.time,
        "time": lambda: EPOCH_S + loop.now_s,
        "time_ns": lambda: int((EPOCH_S + loop.now_s) * 1e9),
    }
    before = {name: getattr(time, name) for name in own}
    for name, function in own.items():
        setattr(time, name, function)
    try:
        yield
    finally:
        for name, function in before.items():
            setattr(time, name, function)


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in virtual time, and cancel what it leaves running."""
    loop = VirtualLoop()
    with _time_of(loop):
        try:
            asyncio.set_event_loop(loop)
            return loop.run_until_complete(main)
        finally:
            left = asyncio.all_tasks(loop)
            for task in left:
                task.cancel()
            with contextlib.suppress(DeadlockError):
                loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
            asyncio.set_event_loop(None)
            loop.close()
