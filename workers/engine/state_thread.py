"""A thread with an event loop of its own. It reads changelogs and writes local copies beside the worker's event loop.

In: coroutines. Out: their results. A coroutine and the local copy that it writes belong to this thread until it returns.
The thread starts with the first coroutine and ends with the process.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")
_READERS = 8
_SWITCH_S = 0.001
"""How long the event loop of the worker waits for the interpreter while this thread computes. Python's default is 5 ms.

Only while it computes: at 1 ms the other threads of a worker interrupt each other more often than they need to.
"""
_END_S = 1.0


class StateThread:
    """The thread of one process for its local copies."""

    def __init__(self) -> None:
        self._starting = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._running = 0
        """The coroutines that run now. Changed in the thread only."""
        self._usual_switch_s = sys.getswitchinterval()
        self.readers = asyncio.Semaphore(_READERS)
        """Bounds how many changelogs are restored at a time, and so the memory of their records."""

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._starting:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="local-copies", daemon=True).start()
            return self._loop

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run the coroutine in the thread and return its result.

        If the caller is cancelled, the coroutine is cancelled too. The caller then waits until it has ended, for a second
        at most, so that nothing writes the copy any longer.
        """
        ended = asyncio.Event()
        callers_loop = asyncio.get_running_loop()

        async def report_end() -> T:
            self._running += 1
            sys.setswitchinterval(_SWITCH_S)
            try:
                return await work
            finally:
                self._running -= 1
                if not self._running:
                    sys.setswitchinterval(self._usual_switch_s)
                callers_loop.call_soon_threadsafe(ended.set)

        try:
            return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(report_end(), self._started()))
        except asyncio.CancelledError:
            await asyncio.wait([asyncio.ensure_future(ended.wait())], timeout=_END_S)
            raise
