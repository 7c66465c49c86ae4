"""What activity is worth: which rules an event fits, how often by day, and the points of that on a given day.

In: events and counts. Out: counts and points lines that add up. Counts are integers per rule and day, so a score
depends neither on order nor on the policy's points; nothing here knows fit, stages or owners.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from workers.accounts.rows import RuleCount

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workers.policy.model import Policy, Rule

KEPT_BEYOND_HORIZON_DAYS = 7
"""Counts stay a little longer than they give points: a lead that waited is explained as of the day it was due."""


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """The points of one rule, or what a cap took off; encodes as the contract's PointsLine."""

    rule: str
    points: int
    count: int
    event_id: str | None = None


class Behaviour(NamedTuple):
    """All points of behaviour on one day; the lines add up to ``points``."""

    points: int
    lines: tuple[Line, ...]


NONE = Behaviour(0, ())


class RuleBook:
    """The policy's rules, made ready once: which fit an event, and what counts are worth on a day."""

    def __init__(self, policy: Policy) -> None:
        behaviour = policy.behaviour
        self.horizon_days = behaviour.fade.to_zero_after_days
        self._rules = behaviour.rules
        self._replaces = behaviour.replaces
        self._cap = behaviour.cap
        self._plan = tuple(
            (name, rule.points, rule.cap, rule.group if rule.group in behaviour.groups else None)
            for name, rule in behaviour.rules.items()
        )
        self._group_caps = {name: group.cap for name, group in behaviour.groups.items()}
        self._latest: tuple[tuple[RuleCount, ...], int, Behaviour] = ((), 0, NONE)
        self.for_activity = lru_cache(maxsize=20_000)(self._for_activity)
        self.for_form = lru_cache(maxsize=5_000)(self._for_form)

    def _for_activity(
        self, activity: str, url: str | None, asset: str | None, campaign: str | None
    ) -> tuple[str, ...]:
        """Return the names of the rules that count for a web activity, in the policy's order."""
        given = {"url": url, "asset": asset, "campaign": campaign}
        return self._chosen(
            name
            for name, rule in self._rules.items()
            if not rule.when.form
            and (not rule.when.activity or activity in rule.when.activity)
            and _fits(rule, given)
        )

    def _for_form(self, form_id: str, url: str | None, campaign: str | None) -> tuple[str, ...]:
        """Return the names of the rules that count for a form fill, in the policy's order."""
        given = {"form": form_id, "url": url, "campaign": campaign}
        return self._chosen(
            name for name, rule in self._rules.items() if rule.when.form and _fits(rule, given)
        )

    def _chosen(self, names: Iterable[str]) -> tuple[str, ...]:
        fitting = tuple(names)
        replaced = frozenset[str]().union(*(self._replaces[name] for name in fitting))
        return tuple(name for name in fitting if name not in replaced)

    def earns(self, names: tuple[str, ...]) -> bool:
        """Whether one of the rules gives points."""
        return any(self._rules[name].points > 0 for name in names)

    def points(self, counts: tuple[RuleCount, ...], day: int) -> Behaviour:
        """Return the points of ``counts`` as of ``day`` (events dated later do not count).

        Each event loses its points in a straight line over N days: points * (N - age) / N. The sum of a rule's events
        is rounded toward zero once, then come the rule's cap, the group's and the total's.
        """
        if not counts:
            return NONE
        latest = self._latest
        if latest[0] is counts and latest[1] == day:
            return latest[2]
        made = self._points(counts, day)
        self._latest = (counts, day, made)  # the bar and the score of one record ask for the same
        return made

    def _points(self, counts: tuple[RuleCount, ...], day: int) -> Behaviour:
        by_rule = {found.rule: found for found in counts}
        lines: list[Line] = []
        by_group: dict[str, int] = {}
        total = 0
        for name, each, cap, group in self._plan:
            found = by_rule.get(name)
            if found is None:
                continue
            points, times = self._of_rule(found.days, each, day)
            if not times:
                continue
            if cap is not None and points > cap:
                points = cap
            lines.append(Line(name, points, times, found.event_id))
            total += points
            if group is not None:
                by_group[group] = by_group.get(group, 0) + points
        if by_group:
            total -= self._taken_off(by_group, lines)
        if total > self._cap:
            lines.append(Line("cap:behaviour", self._cap - total, 0))
            total = self._cap
        return Behaviour(total, tuple(lines))

    def _of_rule(self, days: tuple[tuple[int, int], ...], each: int, day: int) -> tuple[int, int]:
        """Return (points, events) of one rule: N days of age make nothing, none makes all."""
        horizon = self.horizon_days
        weight = times = 0
        for on_day, count in days:
            age = day - on_day
            if 0 <= age < horizon:
                weight += count * (horizon - age)
                times += count
        points = each * weight // horizon if each > 0 else -(-each * weight // horizon)
        return points, times

    def _taken_off(self, by_group: Mapping[str, int], lines: list[Line]) -> int:
        over_all = 0
        for group, points in by_group.items():
            over = points - self._group_caps[group]
            if over > 0:
                lines.append(Line(f"cap:{group}", -over, 0))
                over_all += over
        return over_all


def _fits(rule: Rule, given: Mapping[str, str | None]) -> bool:
    for key, pattern in rule.when.patterns.items():
        value = given.get(key)
        if value is None or pattern.match(value) is None:
            return False
    return True


def counted(
    counts: tuple[RuleCount, ...],
    names: tuple[str, ...],
    day: int,
    at_ms: int,
    event_id: str,
    oldest_day: int,
) -> tuple[RuleCount, ...]:
    """Return ``counts`` with one event more for each of ``names``; days before ``oldest_day`` are dropped."""
    made = {found.rule: found for found in counts}
    is_known = True
    for name in names:
        found = made.get(name)
        if found is None:
            is_known = False
            made[name] = RuleCount(name, ((day, 1),), at_ms, event_id)
            continue
        latest = max((at_ms, event_id), (found.at_ms, found.event_id))
        made[name] = RuleCount(name, _on_day(found.days, day, 1, oldest_day), *latest)
    return tuple(made.values()) if is_known else tuple(made[name] for name in sorted(made))


def _on_day(
    days: tuple[tuple[int, int], ...], day: int, times: int, oldest_day: int
) -> tuple[tuple[int, int], ...]:
    last, count = days[-1]
    if last == day and days[0][0] >= oldest_day:
        return (*days[:-1], (day, count + times))
    kept = {on_day: n for on_day, n in days if on_day >= oldest_day}
    kept[day] = kept.get(day, 0) + times
    return tuple(sorted(kept.items()))


def added(counts: tuple[RuleCount, ...], others: tuple[RuleCount, ...]) -> tuple[RuleCount, ...]:
    """Return the sum of two counts: what a lead did under two keys."""
    made = {found.rule: found for found in counts}
    for other in others:
        found = made.get(other.rule)
        if found is None:
            made[other.rule] = other
            continue
        days = found.days
        for day, times in other.days:
            days = _on_day(days, day, times, 0)
        latest = max((other.at_ms, other.event_id), (found.at_ms, found.event_id))
        made[other.rule] = RuleCount(other.rule, days, *latest)
    return tuple(made[name] for name in sorted(made))


def event_days(counts: tuple[RuleCount, ...], after_day: int) -> list[int]:
    """Return the days later than ``after_day`` on which something counted, ascending."""
    return sorted({day for found in counts for day, _ in found.days if day > after_day})
