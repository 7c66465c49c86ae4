"""Waiting for a condition, with a deadline: the only place of the engine's tests where anybody sleeps."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

_POLL_S = 0.005


async def eventually(holds: Callable[[], bool], within_s: float, what: str) -> None:
    """Return once ``holds`` does. Raises AssertionError, saying what was waited for, after ``within_s``."""
    give_up_at = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < give_up_at, f"not within {within_s:g} s: {what}"
        await asyncio.sleep(_POLL_S)
