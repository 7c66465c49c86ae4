"""What one part of the policy says of another: names that must exist, orders that must hold, numbers out of reach."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from workers.policy.problem import shown
from workers.policy.skill_checks import check_skills

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workers.policy.document import Document, Path
    from workers.policy.model import Policy
    from workers.policy.problem import Problem

_ROUTES = ("never", "customer", "open_opportunity", "account_has_owner", "account_has_rep", "otherwise")
_ORDER = (
    "exclusions, then customers and open opportunities, the CRM's owner, the account's own rep, everyone else"
)


def check_names(policy: Policy, document: Document) -> list[Problem]:
    """Return every name that leads nowhere and every order that cannot hold."""
    return [
        *_rules(policy, document),
        *_routes(policy, document),
        *_desks(policy, document),
        *check_skills(policy, document),
        *_grades(policy, document),
        *_titles(policy, document),
    ]


def unknown(document: Document, path: Path, name: str, known: Iterable[str], what: str) -> Problem:
    """Return the problem of a name that is not among ``known``."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    return document.problem(path, shown(name), f"{what}: {', '.join(names) or 'there is none'}{hint}")


def _rules(policy: Policy, document: Document) -> list[Problem]:
    problems = []
    rules, groups = policy.behaviour.rules, policy.behaviour.groups
    for name, rule in rules.items():
        path: Path = ("behaviour", "rules", name)
        if rule.group is not None and rule.group not in groups:
            problems.append(
                unknown(document, (*path, "group"), rule.group, groups, "a group of behaviour.groups")
            )
        if rule.instead_of is not None and rule.instead_of not in rules:
            problems.append(unknown(document, (*path, "instead_of"), rule.instead_of, rules, "a rule"))
        elif name in policy.behaviour.replaces[name]:
            problems.append(
                document.problem(
                    (*path, "instead_of"), f"{shown(rule.instead_of or '')}, a circle", "a general rule"
                )
            )
    used = {rule.group for rule in rules.values()}
    problems += [
        document.problem(
            ("behaviour", "groups", group), "a group without rules", "a rule that names it", at_key=True
        )
        for group in groups
        if group not in used
    ]
    return problems


def _routes(policy: Policy, document: Document) -> list[Problem]:
    names = [route.name for route in policy.routes]
    problems = [
        document.problem(("routes", at), f"{name} again", "each route once")
        for at, name in enumerate(names)
        if name in names[:at]
    ]
    problems += [
        document.problem(("routes",), f"no route {name}", f"all of {', '.join(_ROUTES)}")
        for name in _ROUTES
        if name not in names
    ]
    if problems:
        return problems
    return [
        document.problem(("routes", at), name, f"{should} here: {_ORDER}")
        for at, (name, should) in enumerate(zip(names, _ROUTES, strict=True))
        if name != should
    ]


def _desks(policy: Policy, document: Document) -> list[Problem]:
    problems = []
    for at, route in enumerate(policy.routes):
        if route.desk is not None and route.desk not in policy.desks:
            problems.append(
                unknown(document, ("routes", at, "otherwise"), route.desk, policy.desks, "a desk of desks")
            )
    led_to = {route.desk for route in policy.routes}
    for name, desk in policy.desks.items():
        if name not in led_to:
            problems.append(
                document.problem(
                    ("desks", name), "a desk that no route leads to", "a route to it", at_key=True
                )
            )
        if desk.calendar not in policy.calendars:
            path: Path = ("desks", name, "calendar")
            problems.append(
                unknown(document, path, desk.calendar, policy.calendars, "a calendar of calendars")
            )
    return problems


def _grades(policy: Policy, document: Document) -> list[Problem]:
    problems = []
    if policy.highest_fit < policy.grade.fit.A:
        problems.append(
            document.problem(
                ("grade", "fit", "A"),
                str(policy.grade.fit.A),
                f"at most {policy.highest_fit}, the highest fit",
            )
        )
    if policy.grade.behaviour.one > policy.behaviour.attainable:
        problems.append(
            document.problem(
                ("grade", "behaviour", "1"),
                str(policy.grade.behaviour.one),
                f"at most {policy.behaviour.attainable}, the most that behaviour gives",
            )
        )
    return problems


def _titles(policy: Policy, document: Document) -> list[Problem]:
    problems = []
    seen: dict[str, str] = {}
    levels: set[str] = set()
    for at, title in enumerate(policy.buyers.titles):
        path: Path = ("buyers", "titles", at)
        if title.level in levels:
            problems.append(document.problem((*path, "level"), f"{title.level} again", "each level once"))
        levels.add(title.level)
        for place, word in enumerate(title.words):
            earlier = seen.setdefault(" ".join(word.lower().split()), title.level)
            if earlier != title.level:
                problems.append(
                    document.problem(
                        (*path, "words", place),
                        f"{shown(word)}, which {earlier} has already",
                        "each word in one line: the first line that fits decides",
                    )
                )
    return problems
