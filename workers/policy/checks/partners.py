"""Checks of partners: a route to them, reachable accounts, and a calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.policy.checks.unknown_names import report_unknown_name
from workers.policy.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.policy.document import Document
    from workers.policy.model import Policy
    from workers.policy.partners import Partner
    from workers.policy.problem import Problem


def check_partners(policy: Policy, document: Document) -> list[Problem]:
    """Return the problems of the partners and of the route that leads to them."""
    return [*_check_route(policy, document), *_check_each_partner(policy, document)]


def _check_route(policy: Policy, document: Document) -> Iterator[Problem]:
    names = [route.name for route in policy.routes]
    has_table = any(
        line.target == "partner" for text in policy.tables.values() for line in read_table(text).lines
    )
    if policy.partners and "partner_covers" not in names and not has_table:
        expected = "a route {if: partner_covers, to: partner}: without it no partner gets a lead"
        yield document.make_problem(("partners",), "partners, but no route to them", expected, at_key=True)
    if not policy.partners and "partner_covers" in names:
        at = names.index("partner_covers")
        expected = "a partner in partners, as island_dealers: {regions: [HI], ...}"
        yield document.make_problem(("routes", at), "partner_covers, but no partners", expected)


def _check_each_partner(policy: Policy, document: Document) -> Iterator[Problem]:
    earlier: list[str] = []
    levels = policy.partner_order.levels
    for name, partner in sorted(policy.partners.items(), key=lambda one: levels[one[0]]):
        if partner.calendar is not None and partner.calendar not in policy.calendars:
            path = ("partners", name, "calendar")
            yield report_unknown_name(
                document, path, partner.calendar, policy.calendars, "a calendar that calendars defines"
            )
        if partner.then == "next_partner" and len(policy.partners) == 1:
            expected = "then: return or report, or another partner: there is no next one"
            yield document.make_problem(("partners", name, "then"), '"next_partner"', expected)
        mine = partner.conditions
        for other in (one for one in earlier if _keeps_all(policy.partners[one], partner)):
            theirs = policy.partners[other].conditions
            if all(mine[key] <= theirs.get(key, frozenset()) for key in mine):
                expected = f"conditions that {other}, the partner before it, does not cover already"
                yield document.make_problem(
                    ("partners", name), "a partner that no account reaches", expected, at_key=True
                )
                break
        earlier.append(name)


def _keeps_all(before: Partner, partner: Partner) -> bool:
    """Whether a partner gets no account that the partner ``before`` it covers, not even after that one."""
    is_equal = before.level is not None and before.level == partner.level
    return not is_equal and before.most_open is None and before.then != "next_partner"
