"""What moves time at the edge when no record does: the wall, or the largest stamp seen (a demo, a history).

Only the engine's tasks read these; a decision gets its time as an argument.
"""

from __future__ import annotations

import time
from typing import Protocol

CLAMP_AHEAD_MS = 5 * 60_000
"""A record stamped further ahead than this moves time no further (domain: arrival + 5 min)."""

ON_ITS_WAY_MS = 1_000
"""Between a producer's stamp and the broker's log: time at the edge is told that much later."""


class EdgeClock(Protocol):
    """The time that edge inputs have reached, where they stand at their ends."""

    def reached_ms(self) -> int:
        """Return the time that inputs at their ends have surely reached. Milliseconds UTC."""
        ...

    def clamp(self, stamp_ms: int) -> int:
        """Bound the stamp of a record that has just arrived, and learn from it."""
        ...


class WallClock:
    """Production: the machine's clock."""

    def reached_ms(self) -> int:
        """Return the machine's time, less what a record may be on its way to the broker."""
        return time.time_ns() // 1_000_000 - ON_ITS_WAY_MS

    def clamp(self, stamp_ms: int) -> int:
        """Refuse to be moved more than five minutes ahead of the machine's time."""
        return min(stamp_ms, time.time_ns() // 1_000_000 + CLAMP_AHEAD_MS)


class StampClock:
    """The demo: time is the largest stamp that any edge task of this process has seen."""

    def __init__(self) -> None:
        self._latest_ms = 0

    def reached_ms(self) -> int:
        """Return the largest stamp so far."""
        return self._latest_ms

    def clamp(self, stamp_ms: int) -> int:
        """Take the stamp as it is."""
        self._latest_ms = max(self._latest_ms, stamp_ms)
        return stamp_ms
