"""Notes on times to answer: 24 hours of opening time are several days, although one day is usually meant.

In: a policy that passes. Out: notes. The policy is loaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workers.policy.partners import PartnerTimes
from workers.policy.scalars import DAY_MS, HOUR_MS, MINUTE_MS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.policy.desks import Calendar
    from workers.policy.document import Document, KeyPath
    from workers.policy.model import Policy
    from workers.policy.problem import Problem
    from workers.policy.scalars import OpeningDays

_KINDS: Final = ("mql", "raised_hand", "inquiry", "expansion", "in_cycle", "service")


def note_deadlines(policy: Policy, document: Document) -> Iterator[Problem]:
    """Yield each desk and partner with times of whole days in hours, unless it is open around the clock.

    Times that a desk inherits are reported where the file has them.
    """
    for path, calendar, times in _list_times(policy):
        if document.value_at(path) is None:
            continue
        longest_ms = max(
            sum(window.end_minute - window.start_minute for window in day) * MINUTE_MS
            for day in calendar.week
        )
        for time in sorted({one for one in times if isinstance(one, int) and one % DAY_MS == 0}):
            days, count = -(-time // longest_ms), time // DAY_MS
            if days > count:
                yield document.make_problem(
                    path,
                    f"{time // HOUR_MS}h are hours of opening time, which are {days} open days",
                    f"{count}d may be meant: the same time {count} open {'day' if count == 1 else 'days'} later",
                )


def _list_times(policy: Policy) -> Iterator[tuple[KeyPath, Calendar, list[int | OpeningDays | None]]]:
    """Yield the place, the calendar and the times to answer of each desk and partner."""
    for name, desk in policy.desks.items():
        within = desk.answer_within
        times = [*(getattr(within, kind) for kind in _KINDS), *within.when.values()]
        yield ("desks", name, "answer_within"), policy.calendars[desk.calendar], times
    for name, partner in policy.partners.items():
        calendar = policy.calendars[partner.calendar or policy.desks[policy.default_desk].calendar]
        answer = partner.answer_within
        both: list[int | OpeningDays | None] = (
            [answer.mql, answer.raised_hand] if isinstance(answer, PartnerTimes) else [answer]
        )
        yield ("partners", name, "answer_within"), calendar, both
