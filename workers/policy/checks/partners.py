"""Checks of partners: a route to them, reachable accounts, and a calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.policy.checks.tables_of_routes import has_refused_table
from workers.policy.checks.unknown_names import report_unknown_name
from workers.policy.problem import quote
from workers.policy.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
    if policy.partners and not ("partner_covers" in names or has_table or has_refused_table(policy)):
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
        yield from _check_stage_of_level(policy, name, earlier, document)
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


def _check_stage_of_level(
    policy: Policy, name: str, earlier: Sequence[str], document: Document
) -> Iterator[Problem]:
    """Yield a problem if a partner takes turns with one who gets leads at another stage."""
    partner = policy.partners[name]
    for other in earlier:
        before = policy.partners[other]
        is_equal = before.level is not None and before.level == partner.level
        if is_equal and before.gets != partner.gets and share_accounts(before, partner):
            expected = f"{before.gets}, as {other}: partners of one level take turns, so they get leads at the same stage"
            yield document.make_problem(("partners", name, "gets"), quote(partner.gets), expected)
            break


def share_accounts(one: Partner, other: Partner) -> bool:
    """Whether both partners cover an account that has one of their values."""
    theirs = other.conditions
    return any(not values.isdisjoint(theirs.get(key, frozenset())) for key, values in one.conditions.items())


def _keeps_all(before: Partner, partner: Partner) -> bool:
    """Whether a partner gets no account that the partner ``before`` it covers, not even after that one."""
    is_equal = before.level is not None and before.level == partner.level
    return not is_equal and before.most_open is None and before.then != "next_partner"
