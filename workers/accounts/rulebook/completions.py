"""Rules that ask for a number of times (``at_least_times``) or for several activities (``all_of``): when they are complete.

In: the days on which each rule counted. Out: the days on which such a rule is complete. A rule of N times is complete on a day
with one of its events, if N or more of them are within the last days (``within``, that day included). A rule of several
activities is complete on a day with one of them, if each of them is within the last days.

Order independence: nothing is kept beside the counts per rule and day, which are the same in whatever order events arrive
(ADR 0009). Days are worked out from those counts when they are read. So a late event completes a rule on the day on which it
is complete in fact, and a removed event takes that back. A further event never removes a day.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workers.accounts.state.score import RuleCount
    from workers.policy.behaviour_rules import Behaviour


class Condition(NamedTuple):
    """The condition of a rule that counts once."""

    times: int
    """Fewest events. 1 for a rule of several activities."""
    within_days: int
    """Days within which they must be, the last one included."""
    members: tuple[str, ...]
    """Rules that must all count. Empty: the events of the rule itself are counted."""


class Completion(NamedTuple):
    """The latest completion of a rule."""

    day: int
    """The day on which the rule was complete. Days since 1970-01-01 in the policy's zone."""
    times: int
    """Events within the days of the condition, or the number of rules that it names."""
    event_id: str | None
    """The latest event that the rule counts. None if it is dated after that day."""


class Completions:
    """The rules of one policy that count once, when their events are complete."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._conditions = {
            name: Condition(rule.at_least_times or 1, behaviour.window_of(rule), rule.all_of)
            for name, rule in behaviour.rules.items()
            if rule.counts_once
        }
        self._order = tuple(behaviour.rules)
        self.names = frozenset(self._conditions)
        """Names of these rules."""

    def days_of(self, name: str, counts: Iterable[RuleCount]) -> list[int]:
        """Return the days on which a rule counts, ascending: those of its events, or those on which it is complete."""
        return self._days_of(name, {one.rule: one for one in counts})

    def latest(self, name: str, by_rule: Mapping[str, RuleCount], until_day: int) -> Completion | None:
        """Return the latest completion of a rule that is not after a day. None: there is none."""
        days = self._days_of(name, by_rule)
        at = bisect_right(days, until_day)
        if not at:
            return None
        day, condition = days[at - 1], self._conditions[name]
        parts = [by_rule[one] for one in condition.members or (name,) if one in by_rule]
        newest = max(parts, key=lambda one: (one.at_ms, one.event_id), default=None)
        is_latest = newest is not None and newest.days[-1][0] == day
        times = len(condition.members) or dict(_times_within(by_rule[name], condition.within_days))[day]
        return Completion(day, times, newest.event_id if newest is not None and is_latest else None)

    def names_in_effect(
        self, names: tuple[str, ...], before: tuple[RuleCount, ...], after: tuple[RuleCount, ...], day: int
    ) -> tuple[str, ...]:
        """Return the rules that an event of ``day`` counts for, if it matches ``names``.

        A rule that asks for several events counts for an event on a day on which it is complete, and for an event that makes
        it complete. ``before`` and ``after`` are the counts without and with the event.
        """
        if not self._conditions:
            return names
        had, has = ({one.rule: one for one in counts} for counts in (before, after))
        return tuple(
            name
            for name in self._order
            if (name in names and name not in self._conditions)
            or (
                self._asks_for(name, names)
                and (day in (days := self._days_of(name, has)) or days != self._days_of(name, had))
            )
        )

    def _asks_for(self, name: str, names: tuple[str, ...]) -> bool:
        """Whether an event that matches ``names`` is one of those that a rule asks for."""
        condition = self._conditions.get(name)
        return condition is not None and (name in names or any(one in names for one in condition.members))

    def _days_of(self, name: str, by_rule: Mapping[str, RuleCount]) -> list[int]:
        condition, found = self._conditions.get(name), by_rule.get(name)
        if condition is None or not condition.members:
            days = () if found is None else found.days
            if condition is None or found is None:
                return [day for day, _ in days]
            within = _times_within(found, condition.within_days)
            return [day for day, times in within if times >= condition.times]
        of_members = [self._days_of(one, by_rule) for one in condition.members]
        return [
            day
            for day in sorted({day for days in of_members for day in days})
            if all(_has_within(days, day, condition.within_days) for days in of_members)
        ]


def _times_within(count: RuleCount, within_days: int) -> list[tuple[int, int]]:
    """Return for each day with an event the number of events within the last days, that day included."""
    made: list[tuple[int, int]] = []
    first = total = 0
    for day, times in count.days:
        total += times
        while count.days[first][0] <= day - within_days:
            total -= count.days[first][1]
            first += 1
        made.append((day, total))
    return made


def _has_within(days: list[int], day: int, within_days: int) -> bool:
    """Whether one of ``days`` is among the last days until ``day``, that day included."""
    at = bisect_right(days, day)
    return at > 0 and days[at - 1] > day - within_days
