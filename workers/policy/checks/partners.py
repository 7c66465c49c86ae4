"""Partners that could not work: without a route, hidden behind another, without the words that every message states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.policy.checks.unknown_names import report_unknown_name
from workers.policy.problem import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.policy.document import Document
    from workers.policy.model import Policy
    from workers.policy.problem import Problem


def check_partners(policy: Policy, document: Document) -> list[Problem]:
    """Return what is wrong with the partners and the route that leads to them."""
    return [*_route(policy, document), *_each(policy, document)]


def _route(policy: Policy, document: Document) -> Iterator[Problem]:
    names = [route.name for route in policy.routes]
    if policy.partners and "partner_covers" not in names:
        expected = "a route {if: partner_covers, to: partner}: else nothing goes to them"
        yield document.make_problem(("partners",), "partners without a route", expected, at_key=True)
    if not policy.partners and "partner_covers" in names:
        at = names.index("partner_covers")
        expected = "partners, as island_dealers: {regions: [HI], ...}: else nobody covers anything"
        yield document.make_problem(("routes", at), "partner_covers without partners", expected)


def _each(policy: Policy, document: Document) -> Iterator[Problem]:
    earlier: list[str] = []
    for name, partner in policy.partners.items():
        if partner.gets not in policy.definitions:
            expected = f"definitions.{partner.gets}, which every message to a partner states"
            yield document.make_problem(("partners", name, "gets"), quote(partner.gets), expected)
        if partner.calendar is not None and partner.calendar not in policy.calendars:
            path = ("partners", name, "calendar")
            yield report_unknown_name(
                document, path, partner.calendar, policy.calendars, "a calendar of calendars"
            )
        mine = partner.conditions
        for other in earlier:
            theirs = policy.partners[other].conditions
            if all(mine[key] <= theirs.get(key, frozenset()) for key in mine):
                expected = f"an account that {other}, who stands before, does not cover"
                yield document.make_problem(
                    ("partners", name), "a partner whom nothing reaches", expected, at_key=True
                )
                break
        earlier.append(name)
