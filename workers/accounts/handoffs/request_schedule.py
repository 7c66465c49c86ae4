"""The schedule by which a request to a desk is repeated until the desk answers. All requests of accounts follow it.

In: the number of an attempt. Out: when the next attempt is due, and whether the desk counts as silent. Pure.

Attempts 1 to 4 are sent at 0, 1, 2 and 3 hours. Attempt 5 is sent at 27 hours and raises the alert ``desk_silent``.
Further attempts follow every 24 hours until the desk answers.
"""

from __future__ import annotations

from typing import Final

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
ATTEMPTS_BEFORE_ALERT: Final = 4
"""Number of attempts without an answer after which the next one raises the alert ``desk_silent``."""


def pause_after_ms(attempt: int) -> int:
    """Return the time between this attempt and the next one. ``attempt`` counts from 1. Milliseconds."""
    return HOUR_MS if attempt < ATTEMPTS_BEFORE_ALERT else DAY_MS


def is_silent(attempt: int) -> bool:
    """Whether a desk that needs this attempt has been silent for so long that it is reported."""
    return attempt > ATTEMPTS_BEFORE_ALERT
