"""The lines of a policy whose points may change without a change of any gate, and how often each counts for a lead.

In: a policy. Out: the rules of behaviour, and the lines of titles and facts that give more than the lowest one. The lowest
line of each fact keeps its points. So the lowest fit that passes stays, and with it the proof that fit outweighs behaviour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from workers.policy.document import KeyPath
    from workers.policy.model import Policy

_TITLE: Final = "fit:title"
_MOST_OF_FACT: Final = 10_000
"""The most points that the policy allows for a line."""


@dataclass(frozen=True, slots=True)
class PointLine:
    """One line with points, or several lines of a fact with equal points, which an explanation does not distinguish."""

    name: str
    places: tuple[KeyPath, ...]
    """The places of the points in the policy."""
    rule: str
    """The line of an explanation."""
    points: int
    base: int
    """The points of the lowest line of the fact. 0 for a rule of behaviour."""
    most: int
    """The most points that the line may have, without their sign."""
    cap: int | None = None
    """The most points that a rule gives together, without their sign. None: no cap of its own."""
    group: str = ""
    """The group of a rule whose cap it shares. Empty: none."""

    @property
    def is_behaviour(self) -> bool:
        """Whether the line is a rule of behaviour. Otherwise it is a line of a fact."""
        return self.rule in self.places[0]

    @property
    def sign(self) -> int:
        """The sign that the points keep: 1 or -1. Lines of facts never fall below the lowest one."""
        return -1 if self.is_behaviour and self.points < 0 else 1

    def times(self, points: Mapping[str, int]) -> float:
        """Return how often the line counts for a lead with these points by rule, after decay.

        For a rule of behaviour the number of fresh events that give as many points. For a line of a fact 1 or 0.
        """
        given = points.get(self.rule)
        if given is None:
            return 0.0
        if self.is_behaviour:
            return given / self.points
        return 1.0 if given == self.points else 0.0


def lines_of(policy: Policy) -> list[PointLine]:
    """Return the lines whose points may change, in the order of the policy."""
    titles = [(("buyers", "titles", at, "points"), one.points) for at, one in enumerate(policy.buyers.titles)]
    levels = [one.level for one in policy.buyers.titles]
    found = _fact_lines(_TITLE, titles, [f"title {level}" for level in levels])
    if policy.fit is not None:
        for fact in policy.fit.values_by_fact:
            if fact not in policy.fit.gates:
                found += _lines_of_fact(policy, fact)
    caps = policy.behaviour.groups
    for name, rule in policy.behaviour.rules.items():
        if rule.points:
            bounds = [policy.behaviour.cap, rule.cap, caps[rule.group].cap if rule.group in caps else None]
            found.append(
                PointLine(
                    name,
                    (("behaviour", "rules", name, "points"),),
                    name,
                    rule.points,
                    0,
                    min(one for one in bounds if one is not None),
                    rule.cap,
                    rule.group if rule.group is not None and rule.group in caps else "",
                )
            )
    return found


def _lines_of_fact(policy: Policy, fact: str) -> list[PointLine]:
    lines = getattr(policy.fit, fact)
    if not isinstance(lines, tuple):
        return _fact_lines(f"fact:{fact}", [(("fit", fact), lines), ((), 0)], [fact, ""])
    places: list[tuple[KeyPath, int]] = []
    for at, line in enumerate(lines):
        key = "points" if line.otherwise is None else "otherwise"
        places.append((("fit", fact, at, key), line.value))
    if lines[-1].otherwise is None:
        places.append(((), 0))
    return _fact_lines(f"fact:{fact}", places, [f"{fact} {at + 1}" for at in range(len(places))])


def _fact_lines(rule: str, places: Sequence[tuple[KeyPath, int]], names: Sequence[str]) -> list[PointLine]:
    """Return the lines above the lowest one, those with equal points together."""
    values = sorted({points for _, points in places})
    found = []
    for value in values[1:]:
        same = [(place, name) for (place, points), name in zip(places, names, strict=True) if points == value]
        written = tuple(place for place, _ in same if place)
        if len(written) == len(same):
            name = " / ".join(name for _, name in same)
            found.append(PointLine(name, written, rule, value, values[0], _MOST_OF_FACT))
    return found


def total_of(
    lines: Sequence[PointLine], points: Sequence[int], lead: Mapping[str, int], policy: Policy
) -> int:
    """Return the total of a lead if the lines had other points. The caps of rules, groups and behaviour apply.

    Args:
        lines: the lines whose points change.
        points: the points of each.
        lead: the points of the lead's explanation by rule, without caps.
        policy: the policy, for its caps.
    """
    changed = dict(lead)
    for line, new in zip(lines, points, strict=True):
        times = line.times(lead)
        if times:
            changed[line.rule] = round(times * new)
            if line.cap is not None:
                changed[line.rule] = max(min(changed[line.rule], line.cap), -line.cap)
    rules, groups = policy.behaviour.rules, policy.behaviour.groups
    by_group = dict.fromkeys(groups, 0)
    fit = behaviour = 0
    for name, given in changed.items():
        if name not in rules:
            fit += given
        elif (group := rules[name].group) is not None and group in by_group:
            by_group[group] += given
        else:
            behaviour += given
    behaviour += sum(min(given, groups[name].cap) for name, given in by_group.items())
    return fit + min(behaviour, policy.behaviour.cap)
