"""Waits for a condition, with a deadline. The engine's tests sleep only here."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

_POLL_S = 0.005


async def eventually(holds: Callable[[], bool], within_s: float, what: str) -> None:
    """Return when ``holds`` returns true. Raises AssertionError with ``what`` after ``within_s``."""
    give_up_at = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < give_up_at, f"not within {within_s:g} s: {what}"
        await asyncio.sleep(_POLL_S)
