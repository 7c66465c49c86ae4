"""The partners (dealers, distributors) that cover an account, and the partner that has it now.

In: the policy's ``partners`` and the CRM record of the company. Out: answers for routes, stages and messages. Coverage
depends on the account. A person matters only where the company's country or region is unknown: then the one that the
person named counts. The holder of an account keeps it, so an account has one partner. It writes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from schemas.vocabulary import AssigneeType, RouteMiss
from workers.accounts.routing.lead_country import country_of, region_of
from workers.identity.region_names import is_in_regions

if TYPE_CHECKING:
    from workers.accounts.state.account import AccountRow, Holder
    from workers.accounts.state.facts import Company, Fact
    from workers.policy.model import Policy
    from workers.policy.partners import Partner

PARTNER_PREFIX = "partner:"
"""Beginning of a partner's id as holder and as desk."""


_RETURNED = frozenset({RouteMiss.RETURNED_BY_PARTNER, RouteMiss.PARTNER_DID_NOT_ANSWER})
"""Misses of a partner who had the account."""


class NamedPartner(NamedTuple):
    """A partner of the policy with its name."""

    name: str
    partner: Partner


def covering_partners(
    policy: Policy, company: Company | None, facts: tuple[Fact, ...] = (), had: frozenset[str] = frozenset()
) -> list[NamedPartner]:
    """Return the partners of the policy that cover the company, in the order in which they are asked.

    ``facts``: those of the person. ``had``: partners who had the account. They come first within their level.
    """
    if not policy.partners:
        return []
    known = {"countries": country_of(company, facts)}
    if company is not None:
        known |= {
            "accounts": company.crm_account_id,
            "relationship": company.relationship.value,
        }
    region, country = region_of(company, facts) or (None, None)
    found = [
        NamedPartner(name, partner)
        for name, partner in policy.partners.items()
        if any(known.get(key) in values for key, values in partner.conditions.items())
        or is_in_regions(region, country, partner.regions)
    ]
    levels = policy.partner_order.levels
    return sorted(found, key=lambda one: (levels[one.name], one.name not in had))


def partners_or_miss(
    policy: Policy, account: AccountRow, *, is_mql: bool, is_sql: bool, facts: tuple[Fact, ...] = ()
) -> RouteMiss | tuple[str, ...]:
    """Return the partners who may get a lead of this account, by name in the order of their levels, or why none does.

    A partner who had the account or has no capacity is passed over. If the policy returns the account of such a partner,
    no partner after it gets the lead. Neither does one after a partner who gets the lead at a later stage. ``facts``:
    those of the lead.
    """
    offered: list[str] = []
    miss: RouteMiss | None = None
    for found in covering_partners(policy, account.company, facts, partners_who_had(account)):
        why = miss_of_partner(found, account, is_mql=is_mql, is_sql=is_sql)
        if why is None:
            offered.append(found.name)
            continue
        miss = miss or why
        is_passed_on = why in _RETURNED and found.partner.then == "next_partner"
        if not is_passed_on and why is not RouteMiss.PARTNERS_FULL:
            break
    return tuple(offered) or miss or RouteMiss.NOT_COVERED


def miss_of_partner(
    found: NamedPartner, account: AccountRow, *, is_mql: bool, is_sql: bool
) -> RouteMiss | None:
    """Return why this partner does not get a lead of the account, or None. A partner gets MQLs or SQLs."""
    if found.name in partners_who_had(account):
        is_silent = account.is_partner_silent
        return RouteMiss.PARTNER_DID_NOT_ANSWER if is_silent else RouteMiss.RETURNED_BY_PARTNER
    if found.name in account.full_partners:
        return RouteMiss.PARTNERS_FULL
    return None if is_sql or (is_mql and found.partner.gets == "mql") else RouteMiss.NOT_YET_QUALIFIED


def partners_who_had(account: AccountRow) -> frozenset[str]:
    """Return the partners who had the account and returned it or did not answer, by name."""
    return frozenset({account.returned_by, *account.returned_before} - {""})


def partner_name(holder: Holder | None) -> str:
    """Return the name of the partner who is this holder, as the policy names it."""
    return "" if holder is None else holder.id.removeprefix(PARTNER_PREFIX)


def agreement_with(policy: Policy, holder: Holder) -> NamedPartner | None:
    """Return the policy's partner who is this holder. None: the policy has no agreement with it any more."""
    name = partner_name(holder)
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
