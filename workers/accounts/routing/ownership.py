"""Who owns it by right? Whom sales named by hand, else whom the CRM names, in the order of the policy's routes.

In: what the CRM says, what sales did. Out: a rep, or nobody. An owner by right depends on the account alone, never on
the lead that asks: so it is the same in whatever order facts arrive. Reps known to have left are passed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from schemas.vocabulary import GateState, HowChosen, Kind, Relationship, Route

if TYPE_CHECKING:
    from workers.accounts.state.account import AccountRow
    from workers.accounts.state.facts import Company
    from workers.policy.model import Policy


class Right(NamedTuple):
    """The owner by right."""

    rep_id: str
    route: Route
    how: HowChosen


def is_customer(company: Company | None) -> bool:
    """Whether the CRM calls the account a customer."""
    return company is not None and company.relationship is Relationship.CUSTOMER


def has_open_opportunity(company: Company | None) -> bool:
    """Whether an opportunity is open."""
    return company is not None and bool(company.opportunities)


def named_by_crm(policy: Policy, company: Company | None) -> tuple[Right, ...]:
    """Return everybody whom the CRM names, in the order of the policy's routes; robots and queues own nothing."""
    if company is None:
        return ()
    named: list[Right] = []
    for route in policy.routes:
        if route.name == Route.OPEN_OPPORTUNITY and company.opportunities:
            latest = company.opportunities[-1].owner_rep_id
            if policy.owners.is_person(latest):
                named.append(Right(latest, Route.OPEN_OPPORTUNITY, HowChosen.OPPORTUNITY_OWNER))
        elif (route.name == Route.CUSTOMER and is_customer(company)) or (
            route.name == Route.ACCOUNT_HAS_OWNER and not has_former_rep(policy, company)
        ):
            owners = owners_of(policy, company)
            named += [Right(rep_id, Route(route.name), how) for rep_id, how in owners]
    return tuple(named)


def owners_of(policy: Policy, company: Company) -> list[tuple[str, HowChosen]]:
    """Return the people whom the CRM names as owners: the account's own, then its parent's where the policy says so."""
    named = [(company.owner_rep_id, HowChosen.ACCOUNT_OWNER)]
    if policy.owners.subsidiaries == "parents_owner":
        named.append((company.parent_owner_rep_id, HowChosen.PARENT_OWNER))
    return [(rep_id, how) for rep_id, how in named if rep_id and policy.owners.is_person(rep_id)]


def has_former_rep(policy: Policy, company: Company) -> bool:
    """Whether the owner is the former rep of a former customer, whom another route of the policy asks later."""
    is_former = company.relationship is Relationship.FORMER_CUSTOMER
    return is_former and policy.route(Route.FORMER_CUSTOMER) is not None


def right_of(policy: Policy, account: AccountRow) -> Right | None:
    """Return the owner by right: named by hand, else by the CRM; who is gone, or no person, is passed over."""
    away = account.gone
    named = account.by_hand.rep_id if account.by_hand is not None else None
    if named is not None and named not in away and policy.owners.is_person(named):
        return Right(named, Route.BY_HAND, HowChosen.BY_HAND)
    return next((right for right in named_by_crm(policy, account.company) if right.rep_id not in away), None)


def kind_of(account: AccountRow, fit: GateState, *, raised: bool) -> Kind:
    """Return why a hand-off is made: the CRM's word first, then the raised hand, then the bar."""
    if is_customer(account.company):
        return Kind.EXPANSION
    if has_open_opportunity(account.company):
        return Kind.IN_CYCLE
    if not raised:
        return Kind.MQL
    return Kind.INQUIRY if fit is GateState.FAIL else Kind.RAISED_HAND
