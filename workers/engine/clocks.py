"""Clocks of agents at the edge: they let time pass while no record arrives.

Production uses the machine's clock. A demo or a history uses the largest stamp seen. Only the engine reads these
clocks; a decision gets its time as an argument (``Clock``).
"""

from __future__ import annotations

import time
from typing import Protocol

CLAMP_AHEAD_MS = 5 * 60_000
"""The bound on a stamp in the future: no record moves time further than 5 min beyond its arrival. Milliseconds."""

IN_TRANSIT_MS = 1_000
"""The time allowed between a producer's stamp and the broker's log. Edge time is reported that much later. Milliseconds."""


class EdgeClock(Protocol):
    """The time that the inputs of an edge agent have reached once all of them are read to their ends."""

    def reached_ms(self) -> int:
        """Return the time before which no unread record can be stamped. Milliseconds UTC."""
        ...

    def now_ms(self) -> int:
        """Return the present time, for the ages that metrics show. Milliseconds UTC."""
        ...

    def clamp(self, stamp_ms: int) -> int:
        """Return the stamp of a record that has just arrived, bounded. A clock may remember it."""
        ...

    def bound(self, stamp_ms: int) -> int:
        """Return the stamp of an engine record that moves no time, bounded. No clock remembers it."""
        ...


class WallClock:
    """The machine's clock, for production."""

    def reached_ms(self) -> int:
        """Return the machine's time, minus the time that a record may need to reach the broker."""
        return self.now_ms() - IN_TRANSIT_MS

    def now_ms(self) -> int:
        """Return the machine's time. Milliseconds UTC."""
        return time.time_ns() // 1_000_000

    def clamp(self, stamp_ms: int) -> int:
        """Return the stamp, at most five minutes ahead of the machine's time."""
        return min(stamp_ms, time.time_ns() // 1_000_000 + CLAMP_AHEAD_MS)

    def bound(self, stamp_ms: int) -> int:
        """Return the stamp, at most five minutes ahead of the machine's time."""
        return self.clamp(stamp_ms)


class StampClock:
    """The largest stamp that any edge task of this process has seen, for a demo or a history."""

    def __init__(self) -> None:
        self._latest_ms = 0

    def reached_ms(self) -> int:
        """Return the largest stamp so far. Milliseconds UTC."""
        return self._latest_ms

    def now_ms(self) -> int:
        """Return the largest stamp so far. Milliseconds UTC."""
        return self._latest_ms

    def clamp(self, stamp_ms: int) -> int:
        """Return the stamp unchanged, and remember the largest."""
        self._latest_ms = max(self._latest_ms, stamp_ms)
        return stamp_ms

    def bound(self, stamp_ms: int) -> int:
        """Return the stamp, at most the largest so far. An operator's record has the time of a machine."""
        return min(stamp_ms, self._latest_ms)
