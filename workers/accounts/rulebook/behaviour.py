"""Behaviour: the policy's rules that match an event, and the points of a lead's counts on a given day.

In: events, and counts per rule and day. Out: the matching rules, and points lines that add up to the total.
Counts are not changed here. Fit, stage and owner have no influence.

Points come from the policy key ``behaviour``. Decay (``fade``) gives each event of a rule a weight by its ``age`` in whole
days of the policy's zone. With N = ``fade.to_zero_after_days`` it gives ``points * (N - age) / N``. The sum of a rule is
exact, and is rounded to the nearest whole number once. Caps apply in this order: the rule's ``cap``, the group's ``cap``, ``behaviour.cap``.
Counts are integers, so the order of events does not matter (ADR 0009).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from workers.accounts.rulebook.completions import Completions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workers.accounts.state.score import RuleCount
    from workers.policy.behaviour_rules import When
    from workers.policy.decay import Decay
    from workers.policy.model import Policy


class RulePoints(msgspec.Struct, frozen=True, omit_defaults=True):
    """The points of one rule, or the points that a cap removed. It encodes as the contract's PointsLine."""

    rule: str
    """Name of the rule; ``cap:<group>`` or ``cap:behaviour`` for a cap."""
    points: int
    """Points after decay and the rule's cap. Negative for a cap."""
    count: int
    """Number of events within the horizon. 0 for a cap."""
    event_id: str | None = None
    """Latest event that matched the rule. None for a cap."""
    clamped: bool | None = None
    """Whether a future-dated event counts in it. None: no."""


class Behaviour(NamedTuple):
    """All points of behaviour on one day. The lines add up to ``points``."""

    points: int
    lines: tuple[RulePoints, ...]


NO_POINTS = Behaviour(0, ())
"""The behaviour of a lead without counts."""


class MatchingRules(NamedTuple):
    """The rules that count for one event. They depend on its duration, because a rule may have a least duration."""

    steps: tuple[tuple[int, tuple[str, ...]], ...]
    """(least duration in milliseconds, names of the rules that count from it on), ascending.

    The first is 0 and applies to an unknown duration.
    """
    by_message: bool = False
    """Whether one of the rules counts one event per message."""

    def names(self, duration_ms: int) -> tuple[str, ...]:
        """Return the names of the rules that count for this duration, in the policy's order. 0: unknown."""
        return rules_for_duration(self.steps, duration_ms)


NO_RULES = MatchingRules(((0, ()),))
"""The result for an event that matches no rule."""


def rules_for_duration(steps: tuple[tuple[int, tuple[str, ...]], ...], duration_ms: int) -> tuple[str, ...]:
    """Return the names of the rules at the last of ``steps`` that ``duration_ms`` reaches."""
    found = steps[0][1]
    for least_ms, names in steps[1:]:
        if duration_ms >= least_ms:
            found = names
    return found


PER_MESSAGE = 0
"""Value of a rule in ``bucket_ms_by_rule`` that counts one event per message, not one per time bucket."""


class RuleBook:
    """The policy's behaviour rules, precompiled. They match events and turn counts into points."""

    def __init__(self, policy: Policy) -> None:
        behaviour = policy.behaviour
        self.horizon_days = behaviour.horizon_days
        self.session_gap_ms = behaviour.session_gap_ms
        self.bucket_ms_by_rule: dict[str, int] = {
            name: rule.once_per for name, rule in behaviour.rules.items() if rule.once_per is not None
        } | dict.fromkeys(behaviour.once_per_message, PER_MESSAGE)
        """Length of the time bucket of each rule that counts one event per bucket, in milliseconds, or PER_MESSAGE."""
        self.scanners = behaviour.mail_scanners
        """The rule for mail scanners. None: every click counts."""
        self.has_duration_rules = any(rule.at_least for rule in behaviour.rules.values())
        self.completions = Completions(behaviour)
        """The rules that ask for several events."""
        self._rules = behaviour.rules
        self._product_rules = frozenset(policy.stages.mql.or_does)
        self._conditions = {
            name: rule.when for name, rule in behaviour.rules.items() if rule.when is not None
        }
        self._replaces = behaviour.replaces
        self._implied = behaviour.implied
        self._cap = behaviour.cap
        self._plan = tuple(
            (
                name,
                rule.points,
                rule.cap,
                rule.group if rule.group in behaviour.groups else None,
                behaviour.decay_of(rule),
            )
            for name, rule in behaviour.rules.items()
        )
        self._earning = {
            name: (points, self._cap if cap is None else cap)
            for name, points, cap, _, _ in self._plan
            if points > 0
        }
        self._group_caps = {name: group.cap for name, group in behaviour.groups.items()}
        self._latest: tuple[tuple[RuleCount, ...], int, Behaviour] = ((), 0, NO_POINTS)
        self.for_activity = lru_cache(maxsize=20_000)(self._for_activity)
        self.for_form = lru_cache(maxsize=5_000)(self._for_form)

    def _for_activity(
        self, activity: str, url: str | None, asset: str | None, campaign: str | None
    ) -> MatchingRules:
        """Return the rules that count for an activity."""
        given = {"url": url, "asset": asset, "campaign": campaign}
        return self._by_duration(
            name
            for name, when in self._conditions.items()
            if not when.form and (not when.activity or activity in when.activity) and _matches(when, given)
        )

    def _for_form(self, form_id: str, url: str | None, campaign: str | None) -> MatchingRules:
        """Return the rules that count for a submitted form."""
        given = {"form": form_id, "url": url, "campaign": campaign}
        return self._by_duration(
            name for name, when in self._conditions.items() if when.form and _matches(when, given)
        )

    def _by_duration(self, matching: Iterable[str]) -> MatchingRules:
        """Return the ``matching`` rules with the least durations (``at_least``) from which they count."""
        least = {name: self._rules[name].at_least or 0 for name in matching}
        steps: list[tuple[int, tuple[str, ...]]] = []
        for step_ms in sorted({0, *least.values()}):
            names = self._choose(tuple(name for name, at_least in least.items() if at_least <= step_ms))
            if not steps or steps[-1][1] != names:
                steps.append((step_ms, names))
        by_message = any(
            self.bucket_ms_by_rule.get(name) == PER_MESSAGE for _, names in steps for name in names
        )
        return MatchingRules(tuple(steps), by_message)

    def _choose(self, matching: tuple[str, ...]) -> tuple[str, ...]:
        """Return the rules that count: without those replaced (``instead_of``), with those implied (``implies``)."""
        replaced = frozenset[str]().union(*(self._replaces[name] for name in matching))
        kept = [name for name in matching if name not in replaced]
        counting = {*kept, *(other for name in kept for other in self._implied[name])}
        return tuple(name for name in self._rules if name in counting)

    def earns(self, names: Iterable[str]) -> bool:
        """Whether one of the named rules gives points, or makes an MQL at once."""
        return any(
            name in self._product_rules or (name in self._rules and self._rules[name].points > 0)
            for name in names
        )

    def points(self, counts: tuple[RuleCount, ...], day: int) -> Behaviour:
        """Return the points of ``counts`` as of ``day``; events of later days do not count.

        Rule: ``points * sum(events * weight of their age) / weight of a new event``, rounded once to the nearest whole
        number, half away from zero. A rule that asks for several events gives its points once, by the date of the latest
        completion. At most the rule's ``cap``, given or taken. The weights are those of ``fade`` of the rule, its group or
        all behaviour. ``age`` is the whole days since the event. ``fade: none``: ``points * events``.
        Group: at most its ``cap``. Total: at most ``behaviour.cap``. A cap that removes points adds a negative line.
        """
        if not counts:
            return NO_POINTS
        latest = self._latest
        if latest[0] is counts and latest[1] == day:
            return latest[2]
        made = self._points(counts, day)
        self._latest = (counts, day, made)  # the threshold and the score of one record read the same points
        return made

    def most_points(self, counts: tuple[RuleCount, ...]) -> int:
        """Return a number that the points of ``counts`` exceed on no day: their sum before decay and group caps."""
        most = 0
        for found in counts:
            each, cap = self._earning.get(found.rule, (0, 0))
            if each:
                events = 0
                for _, count in found.days:
                    events += count
                most += min(cap, each * events)
        most += sum(self._earning[name][0] for name in self.completions.names if name in self._earning)
        return min(self._cap, most)

    def _points(self, counts: tuple[RuleCount, ...], day: int) -> Behaviour:
        by_rule, completions = {found.rule: found for found in counts}, self.completions.names
        lines: list[RulePoints] = []
        by_group: dict[str, int] = {}
        total = 0
        for name, each, cap, group, decay in self._plan:
            if name in completions:
                once = self.completions.latest(name, by_rule, day)
                if once is None or day - once.day >= decay.horizon_days:
                    continue
                points, times, event_id = (
                    decay.points(each, decay.weights[day - once.day]),
                    once.times,
                    once.event_id,
                )
            else:
                found = by_rule.get(name)
                if found is None:
                    continue
                points, times = _rule_points(found.days, each, decay, day)
                if not times:
                    continue
                event_id = found.event_id
            if cap is not None and abs(points) > cap:
                points = cap if points > 0 else -cap
            lines.append(RulePoints(name, points, times, event_id))
            total += points
            if group is not None:
                by_group[group] = by_group.get(group, 0) + points
        if by_group:
            total -= self._apply_group_caps(by_group, lines)
        if total > self._cap:
            lines.append(RulePoints("cap:behaviour", self._cap - total, 0))
            total = self._cap
        return Behaviour(total, tuple(lines))

    def _apply_group_caps(self, by_group: Mapping[str, int], lines: list[RulePoints]) -> int:
        """Add a line for each group above its cap; return the points removed."""
        removed = 0
        for group, points in by_group.items():
            over = points - self._group_caps[group]
            if over > 0:
                lines.append(RulePoints(f"cap:{group}", -over, 0))
                removed += over
        return removed


def _rule_points(days: tuple[tuple[int, int], ...], each: int, decay: Decay, day: int) -> tuple[int, int]:
    """Return (points, number of events) of one rule of ``each`` points, after decay and before caps."""
    weights = decay.weights
    horizon = len(weights)
    weighted = times = 0
    for on_day, count in days:
        age = day - on_day
        if 0 <= age < horizon:
            weighted += count * weights[age]
            times += count
    return decay.points(each, weighted), times


def _matches(when: When, given: Mapping[str, str | None]) -> bool:
    """Whether the event's values match every pattern of a condition. A value that is absent matches none."""
    for key, pattern in when.patterns.items():
        value = given.get(key)
        if value is None or pattern.match(value) is None:
            return False
    return True


def event_days(counts: tuple[RuleCount, ...], after_day: int) -> list[int]:
    """Return the days later than ``after_day`` on which an event counted, ascending."""
    return sorted({day for found in counts for day, _ in found.days if day > after_day})


def last_event_day(counts: tuple[RuleCount, ...], until_day: int) -> int:
    """Return the last day up to ``until_day`` on which an event counted. Without one, return ``until_day``."""
    return max((day for found in counts for day, _ in found.days if day <= until_day), default=until_day)
