"""Checks between behaviour rules: names that must exist, circular references, settings without effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.policy.checks.unknown_names import report_unknown_name
from workers.policy.problem import quote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workers.policy.document import Document, KeyPath
    from workers.policy.model import Policy
    from workers.policy.problem import Problem


def check_behaviour(policy: Policy, document: Document) -> list[Problem]:
    """Return every reference to a missing rule or group, every circle, and every setting without effect."""
    problems = []
    rules, groups = policy.behaviour.rules, policy.behaviour.groups
    for name, rule in rules.items():
        path: KeyPath = ("behaviour", "rules", name)
        if rule.group is not None and rule.group not in groups:
            problems.append(
                report_unknown_name(
                    document, (*path, "group"), rule.group, groups, "a group that behaviour.groups defines"
                )
            )
        if rule.instead_of is not None and rule.instead_of not in rules:
            problems.append(
                report_unknown_name(
                    document, (*path, "instead_of"), rule.instead_of, rules, "a rule of behaviour.rules"
                )
            )
        elif name in policy.behaviour.replaces[name]:
            problems.append(
                document.make_problem(
                    (*path, "instead_of"),
                    f"{quote(rule.instead_of or '')}, a circular reference",
                    "a more general rule, whose own instead_of does not lead back to this one",
                )
            )
        problems += _check_implied_rule(policy, document, name)
        problems += _check_rules_together(policy, document, name)
    if policy.behaviour.session_gap is not None and not any(rule.at_least for rule in rules.values()):
        problems.append(
            document.make_problem(
                ("behaviour", "session_gap"),
                "a session_gap that no rule uses",
                "a rule with at_least, or no session_gap",
                at_key=True,
            )
        )
    problems += [*_check_named_rules(policy, document)]
    used = {rule.group for rule in rules.values()}
    problems += [
        document.make_problem(
            ("behaviour", "groups", group),
            "a group that no rule uses",
            "a rule with this group, or no such group",
            at_key=True,
        )
        for group in groups
        if group not in used
    ]
    return problems


def _check_named_rules(policy: Policy, document: Document) -> Iterable[Problem]:
    """Yield each rule of ``signals`` and ``or_does`` that does not exist or has negative points."""
    signals, rules = policy.behaviour.signals, policy.behaviour.rules
    lists: list[tuple[KeyPath, tuple[str, ...]]] = [
        (("behaviour", "signals", "rules"), signals.rules if signals is not None else ()),
        (("stages", "mql", "or_does"), policy.stages.mql.or_does),
    ]
    for path, names in lists:
        for at, name in enumerate(names):
            if name not in rules:
                yield report_unknown_name(document, (*path, at), name, rules, "a rule of behaviour.rules")
            elif rules[name].points < 0:
                yield document.make_problem(
                    (*path, at), f"{quote(name)}, which has negative points", "a rule that gives points"
                )


def _check_rules_together(policy: Policy, document: Document, name: str) -> Iterable[Problem]:
    """Yield each rule of ``all_of`` that is not a rule of events, and a rule of 0 points that nothing asks for."""
    rule, rules = policy.behaviour.rules[name], policy.behaviour.rules
    path: KeyPath = ("behaviour", "rules", name)
    for at, member in enumerate(rule.all_of):
        if member not in rules:
            yield report_unknown_name(
                document, (*path, "all_of", at), member, rules, "a rule of behaviour.rules"
            )
        elif rules[member].all_of:
            yield document.make_problem(
                (*path, "all_of", at), f"{quote(member)}, which has all_of itself", "a rule with when"
            )
    for key in ("instead_of", "implies"):
        other = getattr(rule, key)
        if other in rules and rules[other].all_of:
            yield document.make_problem((*path, key), f"{quote(other)}, which has all_of", "a rule with when")
    if not policy.behaviour.can_be_complete(rule):
        yield document.make_problem(
            (*path, "at_least_times"),
            f"{rule.at_least_times}, while once_per lets fewer events count within {policy.behaviour.window_of(rule)} days",
            "fewer times, a shorter once_per, or more days (within)",
        )
    if rule.points == 0 and name not in _rules_asked_for(policy):
        yield document.make_problem(
            path,
            "a rule of 0 points",
            "points other than 0: a rule of 0 points has no effect, unless all_of, signals or stages.mql.or_does has it",
        )


def _rules_asked_for(policy: Policy) -> set[str]:
    """Return the rules that have an effect beside their points."""
    signals = policy.behaviour.signals
    together = {member for rule in policy.behaviour.rules.values() for member in rule.all_of}
    return together | set(signals.rules if signals is not None else ()) | set(policy.stages.mql.or_does)


def _check_implied_rule(policy: Policy, document: Document, name: str) -> Iterable[Problem]:
    rules = policy.behaviour.rules
    implied = rules[name].implies
    if implied is None:
        return
    path: KeyPath = ("behaviour", "rules", name, "implies")
    if implied not in rules:
        yield report_unknown_name(document, path, implied, rules, "a rule of behaviour.rules")
    elif name in policy.behaviour.implied[name]:
        yield document.make_problem(
            path,
            f"{quote(implied)}, a circular reference",
            "a rule whose own implies does not lead back to this one",
        )
    elif implied in policy.behaviour.replaces[name]:
        yield document.make_problem(
            path,
            f"{quote(implied)}, which this rule replaces by instead_of",
            "implies or instead_of, not both",
        )
    elif rules[implied].points < 0:
        yield document.make_problem(
            path,
            f"{quote(implied)}, which has negative points",
            "a rule that gives points: an implied rule must not lower the score",
        )
    elif rules[implied].once_per is not None:
        yield document.make_problem(
            path,
            f"{quote(implied)}, which has once_per",
            "a rule without once_per: an implied rule counts once per message already",
        )
