"""The wall clock of the notifier."""

from __future__ import annotations

import time


def wall_ms() -> int:
    """Return the wall clock. Milliseconds UTC."""
    return time.time_ns() // 1_000_000
