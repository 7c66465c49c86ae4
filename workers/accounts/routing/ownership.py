"""The account's owner: the rep whom sales assigned manually, else whom the CRM names, in the order of the routes.

In: the CRM record, a manual reassignment, the policy's routes. Out: a rep, or None. The owner depends on the account
alone and never on the lead, so it is the same in any order of arrival. Reps known to have left are passed over.
It writes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from schemas.vocabulary import AssigneeType, GateState, HowChosen, Kind, Relationship, Route

if TYPE_CHECKING:
    from workers.accounts.state.account import AccountRow
    from workers.accounts.state.facts import Company
    from workers.policy.model import Policy
    from workers.policy.routes import Route as Line


class AccountOwner(NamedTuple):
    """The rep who owns an account, and the route and record that name the rep."""

    rep_id: str
    route: Route
    how: HowChosen


def is_customer(company: Company | None) -> bool:
    """Whether the account is a customer, by the CRM or by a deal that sales won."""
    return company is not None and company.relationship is Relationship.CUSTOMER


def has_open_opportunity(company: Company | None) -> bool:
    """Whether the account has an open opportunity."""
    return company is not None and bool(company.opportunities)


def has_relationship(route: Line, company: Company | None) -> bool:
    """Whether the account is a customer, or has an open opportunity, as the route line asks."""
    return is_customer(company) if route.name == Route.CUSTOMER else has_open_opportunity(company)


def named_by_crm(policy: Policy, company: Company | None) -> tuple[AccountOwner, ...]:
    """Return the reps whom the CRM names, in the order of the policy's routes. Robots and queues are left out.

    No later route names one if a desk has the account because it is a customer or has an open opportunity.
    """
    if company is None:
        return ()
    named: list[AccountOwner] = []
    for route in policy.routes:
        if route.is_desk_of_owned and has_relationship(route, company):
            break  # a desk has the account, even if a rep owns it in the CRM
        if route.name == Route.OPEN_OPPORTUNITY and company.opportunities:
            latest = company.opportunities[-1].owner_rep_id
            if policy.owners.is_person(latest):
                named.append(AccountOwner(latest, Route.OPEN_OPPORTUNITY, HowChosen.OPPORTUNITY_OWNER))
        elif (route.name == Route.CUSTOMER and is_customer(company)) or (
            route.name == Route.ACCOUNT_HAS_OWNER and not has_former_rep(policy, company)
        ):
            owners = crm_owners(policy, company)
            if route.is_for_sdr:
                owners = _with_sdrs(policy, owners)
            named += [AccountOwner(rep_id, Route(route.name), how) for rep_id, how in owners]
    return tuple(named)


def _with_sdrs(policy: Policy, owners: list[tuple[str, HowChosen]]) -> list[tuple[str, HowChosen]]:
    """Return each owner's SDR before the owner, who has the account if the SDR has left or if there is none."""
    sdrs = policy.owners.sdrs
    return [
        one
        for rep_id, how in owners
        for one in (*(((sdrs[rep_id], HowChosen.OWNERS_SDR),) if rep_id in sdrs else ()), (rep_id, how))
    ]


def crm_owners(policy: Policy, company: Company) -> list[tuple[str, HowChosen]]:
    """Return (rep_id, how) of the account's owner, then of its parent's if ``owners.subsidiaries`` asks for it."""
    named = [(company.owner_rep_id, HowChosen.ACCOUNT_OWNER)]
    if policy.owners.subsidiaries == "parents_owner":
        named.append((company.parent_owner_rep_id, HowChosen.PARENT_OWNER))
    return [(rep_id, how) for rep_id, how in named if rep_id and policy.owners.is_person(rep_id)]


def has_former_rep(policy: Policy, company: Company) -> bool:
    """Whether the owner is the former rep of a former customer, for whom the policy has a later route."""
    is_former = company.relationship is Relationship.FORMER_CUSTOMER
    return is_former and policy.route(Route.FORMER_CUSTOMER) is not None


def owner_of(policy: Policy, account: AccountRow) -> AccountOwner | None:
    """Return the account's owner: assigned manually, else named by the CRM. None: no active person is named."""
    inactive = account.gone
    named = account.by_hand.rep_id if account.by_hand is not None else None
    if named is not None and named not in inactive and policy.owners.is_person(named):
        return AccountOwner(named, Route.BY_HAND, HowChosen.BY_HAND)
    owners = named_by_crm(policy, account.company)
    return next((owner for owner in owners if owner.rep_id not in inactive), None)


def is_holder_inactive(account: AccountRow) -> bool:
    """Whether a rep who is not active has the account. A desk has no such state, even if a sender gives its id as a rep_id."""
    holder = account.holder
    return holder is not None and holder.type is AssigneeType.REP and holder.id in account.gone


def kind_of(account: AccountRow, fit: GateState, *, raised: bool) -> Kind:
    """Return the kind of hand-off: by the CRM's relationship first, then a raised hand, then the threshold."""
    if is_customer(account.company):
        return Kind.EXPANSION
    if has_open_opportunity(account.company):
        return Kind.IN_CYCLE
    if not raised:
        return Kind.MQL
    return Kind.INQUIRY if fit is GateState.FAIL else Kind.RAISED_HAND
