"""The hours of a calendar: weekday and hour in a time zone, and days off.

An hour is a whole number: hours since the epoch, UTC. A day is the ordinal of a date in the plan's zone. A day that the
clocks shorten or lengthen has 23 or 25 hours. In a zone that is half an hour off, an hour belongs to the local hour in
which it begins.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from workers.policy.hours import is_holiday

HOUR_MS = 3_600_000
HOURS_PER_DAY = 24
SLOTS = 7 * HOURS_PER_DAY
"""Hours of a week. A slot is weekday * 24 + hour. Monday is 0."""
_CACHED_DAYS = 400


class HourPlan:
    """Maps hours to days and slots. ``countries`` name the public holidays, as ``US`` or ``US-CA``.

    ``days_off`` are further days on which the company is closed. Computed days are cached, at most 400.
    """

    def __init__(
        self, zone: ZoneInfo, countries: Collection[str] = (), days_off: Callable[[date], bool] | None = None
    ) -> None:
        self._zone = zone
        self._countries = tuple(countries)
        self._days_off = days_off
        self._slots: dict[int, tuple[tuple[int, int], ...]] = {}
        self._off: dict[int, bool] = {}

    def day_of(self, hour: int) -> int:
        """Return the day that contains ``hour``."""
        return self._local(hour).toordinal()

    def slot_of(self, hour: int) -> int:
        """Return the slot of ``hour``, whether or not its day is off."""
        local = self._local(hour)
        return local.weekday() * HOURS_PER_DAY + local.hour

    def hours_of(self, day: int) -> tuple[tuple[int, int], ...]:
        """Return the hours that begin on ``day``, each with its slot."""
        known = self._slots.get(day)
        if known is None:
            if len(self._slots) >= _CACHED_DAYS:
                self._slots.clear()
            noon = datetime.combine(date.fromordinal(day), datetime.min.time(), UTC) + timedelta(hours=12)
            middle = int(noon.timestamp()) * 1000 // HOUR_MS
            near = range(middle - 40, middle + 40)
            known = tuple((hour, self.slot_of(hour)) for hour in near if self.day_of(hour) == day)
            self._slots[day] = known
        return known

    def is_off(self, day: int) -> bool:
        """Whether ``day`` is a public holiday of one of the countries, or another day off."""
        known = self._off.get(day)
        if known is None:
            if len(self._off) >= _CACHED_DAYS:
                self._off.clear()
            on = date.fromordinal(day)
            known = any(is_holiday(country, on) for country in self._countries) or (
                self._days_off is not None and self._days_off(on)
            )
            self._off[day] = known
        return known

    def _local(self, hour: int) -> datetime:
        return datetime.fromtimestamp(hour * (HOUR_MS // 1000), UTC).astimezone(self._zone)
