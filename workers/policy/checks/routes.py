"""Checks of routes: their order, lines that no lead can reach, and desks that must exist.

The order is fixed at both ends. Exclusions come first, then a customer's support question, customers, open opportunities
and the owner in the CRM, because the account's own owner must not depend on a single lead. ``otherwise`` comes last. All
other lines may be in any order, and any of them may be left out.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from workers.policy.checks.tables_of_routes import has_refused_table
from workers.policy.checks.unknown_names import report_unknown_name
from workers.policy.problem import quote
from workers.policy.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.policy.document import Document, KeyPath
    from workers.policy.model import Policy
    from workers.policy.problem import Problem
    from workers.policy.routes import Route

_FIRST = ("never", "support_question", "customer", "open_opportunity", "account_has_owner")
UNREACHED_DESK = "a desk that no route leads to"
_REQUIRED = ("never", "customer", "open_opportunity", "otherwise")
_ORDER = (
    "never, support_question, customer, open_opportunity, account_has_owner, then the other lines in any order, and "
    "otherwise as the last line"
)


def check_routes(policy: Policy, document: Document) -> list[Problem]:
    """Return the problems of the routes and of the desks that they lead to."""
    return [
        *_check_required_lines(policy, document),
        *_check_order(policy, document),
        *_check_reachable(policy, document),
        *_check_desks(policy, document),
        *_check_service_times(policy, document),
        *_check_sdrs(policy, document),
    ]


def _check_required_lines(policy: Policy, document: Document) -> Iterator[Problem]:
    names = [route.name for route in policy.routes]
    for at, name in enumerate(names):
        if name != "territory" and name in names[:at]:
            yield document.make_problem(
                ("routes", at), f"{name} a second time", "each route once, except territories"
            )
    for name in _REQUIRED:
        if name not in names:
            yield document.make_problem(
                ("routes",), f"no route {name}", f"a line for each of {', '.join(_REQUIRED)}"
            )


def _check_order(policy: Policy, document: Document) -> Iterator[Problem]:
    """Yield each line that is not in its place. One moved line is one problem, wherever it was moved."""
    ranks = [_FIRST.index(route.name) if route.name in _FIRST else len(_FIRST) for route in policy.routes]
    in_place = _longest_in_order(ranks)
    for at, route in enumerate(policy.routes):
        if at not in in_place:
            yield document.make_problem(("routes", at), f"{route.name} here", f"this order: {_ORDER}")


def _longest_in_order(ranks: list[int]) -> set[int]:
    """Return the positions of a longest run of ranks that do not fall, other ones in between left out."""
    runs: list[list[int]] = []
    """For each length the run with the lowest last rank."""
    for at, rank in enumerate(ranks):
        length = bisect_right([ranks[run[-1]] for run in runs], rank)
        runs[length : length + 1] = [[*(runs[length - 1] if length else []), at]]
    return set(runs[-1]) if runs else set()


def _check_reachable(policy: Policy, document: Document) -> Iterator[Problem]:
    """Yield each line after ``otherwise``, and each territory that an earlier line covers."""
    for at, route in enumerate(policy.routes):
        before = policy.routes[:at]
        if any(one.otherwise is not None for one in before):
            expected = "otherwise as the last line: no line after it is ever reached"
            yield document.make_problem(("routes", at), f"{route.name} after otherwise", expected)
        elif (earlier := _find_covering_line(route, before)) is not None:
            expected = f"a territory that a lead can reach: routes[{earlier + 1}] takes all its leads"
            yield document.make_problem(("routes", at), "a territory that no lead reaches", expected)


def _find_covering_line(route: Route, before: tuple[Route, ...]) -> int | None:
    mine = route.territory
    if mine is None:
        return None
    earlier = ((at, one.territory) for at, one in enumerate(before))
    return next((at for at, theirs in earlier if theirs is not None and theirs.covers(mine)), None)


def _check_desks(policy: Policy, document: Document) -> Iterator[Problem]:
    led_to = set()
    for at, route in enumerate(policy.routes):
        key = "otherwise" if route.otherwise is not None else "to"
        for name, path in ((route.desk, key), (route.fallback, "without_owner")):
            if name is None:
                continue
            led_to.add(name)
            if name not in policy.desks:
                yield report_unknown_name(
                    document, ("routes", at, path), name, policy.desks, "a desk that desks defines"
                )
    led_to |= {
        line.name
        for text in policy.tables.values()
        for line in read_table(text).lines
        if line.target == "desk"
    }
    for name in policy.desks if not has_refused_table(policy) else ():
        if name not in led_to:
            yield document.make_problem(
                ("desks", name),
                UNREACHED_DESK,
                "a route to this desk, or no such desk",
                at_key=True,
            )


def _check_sdrs(policy: Policy, document: Document) -> Iterator[Problem]:
    """Yield a line to SDRs of owners of whom the policy names none, and SDRs to whom no line leads."""
    at = next((at for at, route in enumerate(policy.routes) if route.is_for_sdr), None)
    if at is not None and not policy.owners.sdrs:
        expected = "the key owners.sdrs, as sdrs: {sal: ida}"
        yield document.make_problem(("routes", at, "to"), "SDRs whom the policy does not name", expected)
    if at is None and policy.owners.sdrs:
        expected = "a line {if: account_has_owner, to: owner's sdr}: without it this key has no effect"
        yield document.make_problem(("owners", "sdrs"), "SDRs to whom no line leads", expected, at_key=True)


def _check_service_times(policy: Policy, document: Document) -> Iterator[Problem]:
    """Yield the service desk without a ``service`` time, and each other desk with one."""
    route = policy.route("support_question")
    for name, desk in policy.desks.items():
        path: KeyPath = ("desks", name, "answer_within")
        leads_here = route is not None and route.desk == name
        if leads_here and desk.answer_within.service is None:
            yield document.make_problem(
                (*path, "service"), "no such key", "the time to answer support questions, as 4h"
            )
        if not leads_here and desk.answer_within.service is not None:
            expected = f"a route support_question to desk {name}: without it this time has no effect"
            yield document.make_problem(
                (*path, "service"), quote(str(document.value_at((*path, "service")))), expected, at_key=True
            )
