"""MQLs per rep and week, against the range that sales can work well.

In: hand-offs with their assignees. Out: counts by rep and week. A week begins on Monday in the policy's time zone. Only weeks
that the history covers as a whole are compared with the range.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from workers.backtest.lead_decisions import Given

_REP: Final = "rep:"
_WEEK: Final = timedelta(days=7)


class WeeklyLoad:
    """The MQLs that each rep got in each week.

    Args:
        zone: the time zone in which weeks begin.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        """The time zone in which weeks begin."""
        self.counts: Counter[tuple[str, date]] = Counter()
        """MQLs by rep_id and Monday. A hand-off that is reassigned counts for each rep who got it."""

    def add(self, given: Given) -> None:
        """Count a hand-off for each rep who got it, in the week in which the rep first got it."""
        if not given.is_mql:
            return
        seen = set()
        for name, at_ms in given.assignees:
            if name.startswith(_REP) and name not in seen:
                seen.add(name)
                self.counts[name.removeprefix(_REP), self.monday_of(at_ms)] += 1

    def monday_of(self, at_ms: int) -> date:
        """Return the Monday of the week of a time in milliseconds UTC."""
        day = datetime.fromtimestamp(at_ms / 1_000, self.zone).date()
        return day - timedelta(days=day.weekday())

    def whole_weeks(self, first_ms: int, last_ms: int) -> list[date]:
        """Return the Mondays of the weeks that a history covers as a whole.

        A week is whole if the history has its days from Monday to Friday.
        """
        first, last = self.monday_of(first_ms), self.monday_of(last_ms)
        begin = datetime.fromtimestamp(first_ms / 1_000, self.zone).date()
        end = datetime.fromtimestamp(last_ms / 1_000, self.zone).date()
        mondays = [first + number * _WEEK for number in range((last - first).days // 7 + 1)]
        return [day for day in mondays if day >= begin and day + timedelta(days=4) <= end]

    def rep_weeks(self, reps: Collection[str], weeks: Collection[date]) -> list[int]:
        """Return the number of MQLs of each rep in each week, weeks without one included."""
        return [self.counts[rep, week] for rep in sorted(reps) for week in sorted(weeks)]
