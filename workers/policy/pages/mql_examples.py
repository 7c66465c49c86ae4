"""Computed examples of a policy: which lead becomes an MQL, and which never does.

In: a policy. Out: lines with the numbers of the policy. The events of an example happen on one day, so no point decays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workers.policy.fit_range import fact_ranges
from workers.policy.pages.outsiders import describe_failures
from workers.policy.pages.plain_words import plain_name, plain_patterns, plain_word
from workers.policy.pages.value_formats import format_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.policy.behaviour_rules import Behaviour
    from workers.policy.model import Policy

_INDENT: Final = "  "
_MOST_EVENTS: Final = 60
"""The most events of an example. With more, no one would read it."""
_SIMPLE: Final = frozenset({"when", "points", "cap", "group", "instead_of", "at_least", "once_per", "fade"})
"""The keys of a rule whose points an example can add up."""


def give_examples(policy: Policy) -> Iterator[str]:
    """Yield the heading and the examples."""
    yield "Examples, with the numbers of this policy:"
    by_points = {title.points: title for title in reversed(policy.buyers.titles)}
    for fit, points in dict.fromkeys(
        ((policy.highest_fit, max(by_points)), (policy.lowest_fit, min(by_points)))
    ):
        yield f"{_INDENT}{_describe_way(policy, fit, plain_name(by_points[points].level))}"
    if policy.stages.mql.or_responds_to is not None:
        campaigns = plain_patterns(policy.stages.mql.or_responds_to.campaigns)
        yield f"{_INDENT}Becomes an MQL at once: a lead that passes every gate and answers a campaign {campaigns}."
    if policy.stages.mql.or_does:
        rules = format_list([plain_name(one) for one in policy.stages.mql.or_does], "or")
        yield f"{_INDENT}Becomes an MQL at once (product-qualified): a lead that passes every gate and does {rules}."
    yield f"{_INDENT}Goes to sales at once, with any points: a lead that asks for sales. It is an MQL if every gate passes."
    most = policy.behaviour.attainable
    failures = describe_failures(policy).replace("if it", "that")
    if failures:
        yield f"{_INDENT}Never an MQL: a lead that {failures}, even with all {most} points that behaviour can give."
    if policy.buyers.never:
        word = policy.buyers.never[0]
        yield f"{_INDENT}Never an MQL: a person with {word} in the title, at the best company and with any points."
    never = policy.served_market.never
    excluded = [f"with an address at {one}" for one in (*never.own_domains, *never.domains)[:1]]
    excluded += [f"of a company that the CRM calls {plain_word(one)}" for one in never.relationship[:1]]
    if excluded:
        yield f"{_INDENT}Never handed to sales: a person {' or '.join(excluded)}."


def count_events(behaviour: Behaviour, needed: int) -> dict[str, int] | None:
    """Return how often each rule must match on one day to give ``needed`` points. None: no such day exists.

    The event that adds the most points comes first. Of several, the one whose rule comes first in the file.
    """
    counts: dict[str, int] = {}
    for _ in range(_MOST_EVENTS):
        points = add_up(behaviour, counts)
        if points >= needed:
            return counts
        more = {
            name: add_up(behaviour, counts | {name: counts.get(name, 0) + 1}) for name in _usable(behaviour)
        }
        best = max(more, key=lambda name: more[name], default=None)
        if best is None or more[best] <= points:
            return None
        counts[best] = counts.get(best, 0) + 1
    return None


def add_up(behaviour: Behaviour, counts: dict[str, int]) -> int:
    """Return the points of these events of one day, with the caps of rules, groups and all behaviour."""
    groups: dict[str | None, int] = {}
    for name, count in counts.items():
        rule = behaviour.rules[name]
        times = 1 if rule.once_per is not None else count
        points = rule.points * times if rule.cap is None else min(rule.cap, rule.points * times)
        groups[rule.group] = groups.get(rule.group, 0) + points
    capped = (
        points if group is None or group not in behaviour.groups else min(points, behaviour.groups[group].cap)
        for group, points in groups.items()
    )
    return min(behaviour.cap, sum(capped))


def _usable(behaviour: Behaviour) -> Iterator[str]:
    for name, rule in behaviour.rules.items():
        if rule.points > 0 and rule.model_fields_set <= _SIMPLE and name not in behaviour.once_per_message:
            yield name


def _describe_way(policy: Policy, fit: int, level: str) -> str:
    bar = policy.stages.mql.bar
    gates = "the gates" if policy.gates else "every gate"
    others = f" and the {'most' if fit == policy.highest_fit else 'fewest'} points of other facts"
    facts = others if fact_ranges(policy) else ""
    who = f"a lead that passes {gates} with the title level {level}{facts}, which is a fit of {fit}"
    if bar is None:
        return f"Not an MQL by points: {who}. The policy has no threshold."
    if fit >= bar:
        return f"Becomes an MQL with its first activity: {who}. It needs {bar} points."
    counts = count_events(policy.behaviour, bar - fit)
    if counts is None:
        return f"Not an MQL by points alone: {who}. It needs {bar} points."
    events = format_list([f"{count} x {name}" for name, count in counts.items()], "and")
    points = add_up(policy.behaviour, counts)
    return f"Becomes an MQL: {who}, after {events} on one day: {fit} + {points} = {fit + points}, and {bar} are needed."
