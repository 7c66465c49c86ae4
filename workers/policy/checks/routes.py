"""Routes that could not hold: an order that breaks a promise, a line that nothing reaches, a desk that there is not.

Fixed: exclusions first, a customer's support question after them, then customers, open opportunities and owners in the
CRM, because an owner by right depends on nothing that a single lead says; ``otherwise`` last. Between them the lines
stand in any order, and any of them may be left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.policy.checks.unknown_names import report_unknown_name
from workers.policy.problem import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.policy.document import Document, KeyPath
    from workers.policy.model import Policy
    from workers.policy.problem import Problem
    from workers.policy.routes import Route

_FIRST = ("never", "support_question", "customer", "open_opportunity", "account_has_owner")
_REQUIRED = ("never", "customer", "open_opportunity", "otherwise")
_ORDER = (
    "exclusions, a customer's support question, customers, open opportunities, the CRM's owner, then the other lines "
    "in any order, and otherwise as the last"
)


def check_routes(policy: Policy, document: Document) -> list[Problem]:
    """Return what is wrong with the routes and the desks that they lead to."""
    return [
        *_missing_or_twice(policy, document),
        *_order(policy, document),
        *_unreachable(policy, document),
        *_desks(policy, document),
        *_service(policy, document),
    ]


def _missing_or_twice(policy: Policy, document: Document) -> Iterator[Problem]:
    names = [route.name for route in policy.routes]
    for at, name in enumerate(names):
        if name != "territory" and name in names[:at]:
            yield document.make_problem(("routes", at), f"{name} again", "each route once, but territories")
    for name in _REQUIRED:
        if name not in names:
            yield document.make_problem(("routes",), f"no route {name}", f"all of {', '.join(_REQUIRED)}")


def _order(policy: Policy, document: Document) -> Iterator[Problem]:
    """Each line whose place is fixed must stand after all that come before it, and before all others."""
    highest = 0
    for at, route in enumerate(policy.routes):
        rank = _FIRST.index(route.name) if route.name in _FIRST else len(_FIRST)
        if rank < highest:
            yield document.make_problem(("routes", at), f"{route.name} here", f"another order: {_ORDER}")
        highest = max(highest, rank)


def _unreachable(policy: Policy, document: Document) -> Iterator[Problem]:
    """What stands after otherwise, and a territory of which an earlier line takes everybody, is never asked."""
    for at, route in enumerate(policy.routes):
        before = policy.routes[:at]
        if any(one.otherwise is not None for one in before):
            expected = "otherwise as the last line: nothing after it is ever reached"
            yield document.make_problem(("routes", at), f"{route.name} after otherwise", expected)
        elif (earlier := _taken_by(route, before)) is not None:
            expected = f"a line that can be reached: routes[{earlier + 1}] takes everybody of this territory"
            yield document.make_problem(("routes", at), "a territory that nobody reaches", expected)


def _taken_by(route: Route, before: tuple[Route, ...]) -> int | None:
    mine = route.territory
    if mine is None:
        return None
    earlier = ((at, one.territory) for at, one in enumerate(before))
    return next((at for at, theirs in earlier if theirs is not None and theirs.covers(mine)), None)


def _desks(policy: Policy, document: Document) -> Iterator[Problem]:
    led_to = set()
    for at, route in enumerate(policy.routes):
        key = "otherwise" if route.otherwise is not None else "to"
        for name, path in ((route.desk, key), (route.fallback, "without_owner")):
            if name is None:
                continue
            led_to.add(name)
            if name not in policy.desks:
                yield report_unknown_name(
                    document, ("routes", at, path), name, policy.desks, "a desk of desks"
                )
    for name in policy.desks:
        if name not in led_to:
            yield document.make_problem(
                ("desks", name), "a desk that no route leads to", "a route to it", at_key=True
            )


def _service(policy: Policy, document: Document) -> Iterator[Problem]:
    """A support question has a time of its own, and that time a route."""
    route = policy.route("support_question")
    for name, desk in policy.desks.items():
        path: KeyPath = ("desks", name, "answer_within")
        leads_here = route is not None and route.desk == name
        if leads_here and desk.answer_within.service is None:
            yield document.make_problem(
                (*path, "service"), "no such key", "the time for support questions, as 4h"
            )
        if not leads_here and desk.answer_within.service is not None:
            expected = f"a route support_question to desk {name}: else nobody asks for this time"
            yield document.make_problem(
                (*path, "service"), quote(str(document.value_at((*path, "service")))), expected, at_key=True
            )
