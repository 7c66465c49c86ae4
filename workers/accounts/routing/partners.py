"""Which partner covers an account, and whether a partner has it now.

In: the policy's partners, what the CRM says of the company. Out: facts for routes, stages and messages. Coverage is of
the account alone, never of a person: one account, one partner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from schemas.vocabulary import AssigneeType, RouteMiss

if TYPE_CHECKING:
    from workers.accounts.state.account import AccountRow, Holder
    from workers.accounts.state.facts import Company
    from workers.policy.model import Policy
    from workers.policy.partners import Partner

PREFIX = "partner:"


class Covering(NamedTuple):
    """A partner of the policy and its name."""

    name: str
    partner: Partner


def covering(policy: Policy, company: Company | None) -> Covering | None:
    """Return the first partner of the policy that covers the company, or None."""
    if company is None or not policy.partners:
        return None
    known = {
        "regions": company.region,
        "countries": company.country,
        "accounts": company.crm_account_id,
        "relationship": company.relationship.value,
    }
    for name, partner in policy.partners.items():
        if any(known[key] in values for key, values in partner.conditions.items()):
            return Covering(name, partner)
    return None


def why_not(policy: Policy, account: AccountRow, *, is_mql: bool, is_sql: bool) -> RouteMiss | Covering:
    """Return the partner who gets a lead at this stage of it, or why none does."""
    found = covering(policy, account.company)
    if found is None:
        return RouteMiss.NOT_COVERED
    if account.returned_by == found.name:
        return RouteMiss.RETURNED_BY_PARTNER
    if not (is_sql or (is_mql and found.partner.gets == "mql")):
        return RouteMiss.NOT_YET_QUALIFIED
    return found


def agreement_with(policy: Policy, holder: Holder) -> Covering | None:
    """Return the agreement with a partner who has something, or None: it is over."""
    name = holder.id.removeprefix(PREFIX)
    partner = policy.partners.get(name)
    return None if partner is None else Covering(name, partner)


def partner_of(policy: Policy, account: AccountRow) -> Covering | None:
    """Return the partner who has the account's open hand-offs now, or None."""
    holder = account.holder
    is_partner = holder is not None and holder.type is AssigneeType.PARTNER
    return agreement_with(policy, holder) if holder is not None and is_partner else None


def is_with_partner(account: AccountRow) -> bool:
    """Whether a partner has the account's open hand-offs, be the partner still in the policy or not."""
    return account.holder is not None and account.holder.type is AssigneeType.PARTNER


def withholds_mqls(policy: Policy, account: AccountRow) -> bool:
    """Whether behaviour makes no MQL now: the account is with a partner who gets leads that are qualified already."""
    if not is_with_partner(account):
        return False
    found = partner_of(policy, account)
    return found is None or found.partner.gets == "sql"
