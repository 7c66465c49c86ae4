"""The partner (dealer, distributor) that covers an account, and the partner that has it now.

In: the policy's ``partners`` and the CRM record of the company. Out: answers for routes, stages and messages. Coverage
depends on the account. A person matters only where the company's country is unknown: then the country that the person
named counts. The holder of an account keeps it, so an account has one partner. It writes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from schemas.vocabulary import AssigneeType, RouteMiss
from workers.accounts.routing.lead_country import country_of
from workers.identity.region_names import is_in_regions

if TYPE_CHECKING:
    from workers.accounts.state.account import AccountRow, Holder
    from workers.accounts.state.facts import Company, Fact
    from workers.policy.model import Policy
    from workers.policy.partners import Partner

PARTNER_PREFIX = "partner:"
"""Beginning of a partner's id as holder and as desk."""


class NamedPartner(NamedTuple):
    """A partner of the policy with its name."""

    name: str
    partner: Partner


def covering_partner(
    policy: Policy, company: Company | None, facts: tuple[Fact, ...] = ()
) -> NamedPartner | None:
    """Return the first partner of the policy that covers the company, or None. ``facts``: those of the person."""
    if not policy.partners:
        return None
    known = {"countries": country_of(company, facts)}
    if company is not None:
        known |= {
            "accounts": company.crm_account_id,
            "relationship": company.relationship.value,
        }
    region, country = (None, None) if company is None else (company.region, company.country)
    for name, partner in policy.partners.items():
        is_known = any(known.get(key) in values for key, values in partner.conditions.items())
        if is_known or is_in_regions(region, country, partner.regions):
            return NamedPartner(name, partner)
    return None


def partner_or_miss(
    policy: Policy, account: AccountRow, *, is_mql: bool, is_sql: bool, facts: tuple[Fact, ...] = ()
) -> RouteMiss | NamedPartner:
    """Return the partner who gets a lead of this account, or why none does. A partner gets MQLs or SQLs.

    ``facts``: those of the lead.
    """
    found = covering_partner(policy, account.company, facts)
    if found is None:
        return RouteMiss.NOT_COVERED
    return miss_of_partner(found, account, is_mql=is_mql, is_sql=is_sql) or found


def miss_of_partner(
    found: NamedPartner, account: AccountRow, *, is_mql: bool, is_sql: bool
) -> RouteMiss | None:
    """Return why this partner does not get a lead of the account, or None. A partner gets MQLs or SQLs."""
    if account.returned_by == found.name:
        is_silent = account.is_partner_silent
        return RouteMiss.PARTNER_DID_NOT_ANSWER if is_silent else RouteMiss.RETURNED_BY_PARTNER
    return None if is_sql or (is_mql and found.partner.gets == "mql") else RouteMiss.NOT_YET_QUALIFIED


def agreement_with(policy: Policy, holder: Holder) -> NamedPartner | None:
    """Return the policy's partner who is this holder. None: the policy has no agreement with it any more."""
    name = holder.id.removeprefix(PARTNER_PREFIX)
    partner = policy.partners.get(name)
    return None if partner is None else NamedPartner(name, partner)


def partner_of(policy: Policy, account: AccountRow) -> NamedPartner | None:
    """Return the policy's partner who has the account's open hand-offs, or None."""
    holder = account.holder
    is_partner = holder is not None and holder.type is AssigneeType.PARTNER
    return agreement_with(policy, holder) if holder is not None and is_partner else None


def is_with_partner(account: AccountRow) -> bool:
    """Whether a partner has the account's open hand-offs, even if the policy does not name it any more."""
    return account.holder is not None and account.holder.type is AssigneeType.PARTNER


def withholds_mqls(policy: Policy, account: AccountRow) -> bool:
    """Whether points make no MQL now, because a partner who gets only SQLs has the account."""
    if not is_with_partner(account):
        return False
    found = partner_of(policy, account)
    return found is None or found.partner.gets == "sql"
