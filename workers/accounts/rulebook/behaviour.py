"""What activity is worth: which rules an event fits by how long it lasted, and the points of counts on a given day.

In: events and counts. Out: counts and points lines that add up. Counts are integers per rule and day, so a score
depends neither on order nor on the policy's points; nothing here knows fit, stages or owners.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workers.accounts.state.score import RuleCount
    from workers.policy.model import Policy, Rule


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """The points of one rule, or what a cap took off; encodes as the contract's PointsLine."""

    rule: str
    points: int
    count: int
    event_id: str | None = None
    clamped: bool | None = None


class Behaviour(NamedTuple):
    """All points of behaviour on one day; the lines add up to ``points``."""

    points: int
    lines: tuple[Line, ...]


NONE = Behaviour(0, ())


class Fitting(NamedTuple):
    """The rules that count for an event, by how long it lasted."""

    steps: tuple[tuple[int, tuple[str, ...]], ...]
    """(milliseconds, names): what counts from this duration on, ascending; the first is 0, an unknown duration."""
    by_message: bool = False
    """Whether one of the rules counts once per message."""

    def names(self, duration_ms: int) -> tuple[str, ...]:
        """Return the names of the rules that count for this duration, in the policy's order."""
        return names_of(self.steps, duration_ms)


NOTHING = Fitting(((0, ()),))
"""No rule."""


def names_of(steps: tuple[tuple[int, tuple[str, ...]], ...], duration_ms: int) -> tuple[str, ...]:
    """Return what counts from the last step that ``duration_ms`` reaches."""
    found = steps[0][1]
    for least_ms, names in steps[1:]:
        if duration_ms >= least_ms:
            found = names
    return found


PER_MESSAGE = 0
"""In place of a bucket's milliseconds: the rule counts once per message."""


class RuleBook:
    """The policy's rules, made ready once: which fit an event, and what counts are worth on a day."""

    def __init__(self, policy: Policy) -> None:
        behaviour = policy.behaviour
        self.horizon_days = behaviour.fade.to_zero_after_days
        self.session_gap_ms = behaviour.session_gap_ms
        self.once: dict[str, int] = {
            name: rule.once_per for name, rule in behaviour.rules.items() if rule.once_per is not None
        } | dict.fromkeys(behaviour.once_per_message, PER_MESSAGE)
        """The rules of whose events one counts in a bucket of so many milliseconds, or of a message."""
        self.asks_durations = any(rule.at_least for rule in behaviour.rules.values())
        self._rules = behaviour.rules
        self._replaces = behaviour.replaces
        self._implied = behaviour.implied
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
    ) -> Fitting:
        """Return the rules that count for a web activity."""
        given = {"url": url, "asset": asset, "campaign": campaign}
        return self._fitting(
            name
            for name, rule in self._rules.items()
            if not rule.when.form
            and (not rule.when.activity or activity in rule.when.activity)
            and _fits(rule, given)
        )

    def _for_form(self, form_id: str, url: str | None, campaign: str | None) -> Fitting:
        """Return the rules that count for a form fill."""
        given = {"form": form_id, "url": url, "campaign": campaign}
        return self._fitting(
            name for name, rule in self._rules.items() if rule.when.form and _fits(rule, given)
        )

    def _fitting(self, fitting: Iterable[str]) -> Fitting:
        least = {name: self._rules[name].at_least or 0 for name in fitting}
        steps: list[tuple[int, tuple[str, ...]]] = []
        for step_ms in sorted({0, *least.values()}):
            names = self._chosen(tuple(name for name, at_least in least.items() if at_least <= step_ms))
            if not steps or steps[-1][1] != names:
                steps.append((step_ms, names))
        by_message = any(self.once.get(name) == PER_MESSAGE for _, names in steps for name in names)
        return Fitting(tuple(steps), by_message)

    def _chosen(self, fitting: tuple[str, ...]) -> tuple[str, ...]:
        """Special rules take the place of general ones; then what they imply counts with them."""
        replaced = frozenset[str]().union(*(self._replaces[name] for name in fitting))
        kept = [name for name in fitting if name not in replaced]
        counting = {*kept, *(other for name in kept for other in self._implied[name])}
        return tuple(name for name in self._rules if name in counting)

    def earns(self, names: Iterable[str]) -> bool:
        """Whether one of the rules gives points."""
        return any(name in self._rules and self._rules[name].points > 0 for name in names)

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


def event_days(counts: tuple[RuleCount, ...], after_day: int) -> list[int]:
    """Return the days later than ``after_day`` on which something counted, ascending."""
    return sorted({day for found in counts for day, _ in found.days if day > after_day})


def last_event_day(counts: tuple[RuleCount, ...], until_day: int) -> int:
    """Return the last day up to ``until_day`` on which something counted; ``until_day`` where nothing did."""
    return max((day for found in counts for day, _ in found.days if day <= until_day), default=until_day)
