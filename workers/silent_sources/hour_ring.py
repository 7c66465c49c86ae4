"""The events of one source by hour, for the last eight weeks and a day. Its size does not grow."""

from __future__ import annotations

from array import array

KEPT_HOURS = 57 * 24
"""Eight weeks and the day in progress. Hours before that are overwritten."""
_LARGEST = 2**32 - 1


class HourRing:
    """Counts by hour. 5.5 kB for each source."""

    __slots__ = ("_counts",)

    def __init__(self) -> None:
        self._counts = array("I", bytes(4 * KEPT_HOURS))

    def __setitem__(self, hour: int, count: int) -> None:
        self._counts[hour % KEPT_HOURS] = min(count, _LARGEST)

    def __getitem__(self, hour: int) -> int:
        """Return the count of ``hour``, which must be one of the last 1,368 hours that were set."""
        return self._counts[hour % KEPT_HOURS]
