"""The CRM record that holds for an account key, and the account brought in line with it.

In: claims (AccountFacts), released claims, enrichment, deals, answers of lookups. Out: the company's facts, the key's
primary key, and a cursor over the account's leads. How a key moves is in aliases.py. Which of several
claims holds for a person is in shared_domains.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workers.accounts.account_keys import aliases, contact_lookup, name_lookup, parents
from workers.accounts.account_keys.enrichment import complete_company
from workers.accounts.account_keys.placements import list_claims
from workers.accounts.account_keys.shared_domains import choose_claim
from workers.accounts.handoffs import raised_hands, support_questions
from workers.accounts.handoffs.transfer_payload import unpack_row
from workers.accounts.routing.ownership import named_by_crm
from workers.accounts.stages.deals import company_with_deals, mark_settled, merge_deal
from workers.accounts.state.account import Naming
from workers.accounts.state.facts import ClaimRow
from workers.accounts.state.sales import Deal
from workers.accounts.worth.facts import market_facts_hash, merge_facts
from workers.engine.timers import start_cursor

if TYPE_CHECKING:
    from workers.accounts.case import Case
    from workers.accounts.state.account import AccountRow
    from workers.accounts.state.facts import Company, Fact

CHANGED_SIDE = "canary_side"
"""Kind of the cursor over the leads of an account that a canary has, or has no longer, because of a fact of its company."""


def enrich(case: Case, facts: tuple[Fact, ...]) -> None:
    """Merge facts of the company from enrichment. If one is new or later, bring the account in line."""
    enriched = merge_facts(case.account.enriched, facts)
    if enriched is not case.account.enriched:
        case.change(enriched=enriched)
        refresh_account(case)


def find_effective_claim(case: Case) -> ClaimRow | None:
    """Return the claim that holds, or None.

    At a shared domain it is the one that holds for a person of whom only the domain is known, if this is its first
    domain. Other leads are placed elsewhere (placements.py).
    """
    claims = list_claims(case)
    if not case.account.is_shared:
        return min(claims, key=lambda one: one.primary_key != case.key, default=None)
    holds = choose_claim(claims, case.key)
    return holds if holds is not None and holds.primary_key == case.key else None


def find_crm_record(case: Case) -> Company | None:
    """Return the CRM's record of this account, without enrichment and deals; None if no record claims the key."""
    claim = find_effective_claim(case)
    return claim.company if claim else None


def refresh_account(case: Case) -> None:
    """Bring the account in line with the claim that holds, enrichment and sales' deals, and move its key if needed.

    If the company has changed, its leads are evaluated again. An excluded company's hand-offs are withdrawn.
    """
    claim = find_effective_claim(case)
    before = case.account
    company = complete_company(
        parents.with_parent_owner(case, claim.company) if claim else None, before.enriched
    )
    if before.deals:
        deals = mark_settled(before.deals, company)
        company = company_with_deals(company, deals, claim.dated_ms if claim else 0)
        if deals is not before.deals:
            case.change(deals=deals)
    if company != before.company:
        fields = case.terms.gates.facts.fields
        if market_facts_hash(company, fields) != market_facts_hash(before.company, fields):
            case.change(facts_day=case.terms.day_of(case.now_ms))
        case.change(company=company)
        if case.choose_terms():  # a fact of the company decides whether a canary has the account
            start_cursor(case.rows, CHANGED_SIDE, case.key)
        end_objection_if_outdated(case, before)
        _apply_owner_change(case, before)
        excluded = case.terms.gates.exclusion(case.key, company)
        if excluded is not None:
            raised_hands.withhold_all(case, excluded)
            support_questions.withdraw_all(case, excluded)
        case.request_needs_review = True
        start_cursor(case.rows, aliases.LEADS, case.key)
    if claim is not None or case.account.is_shared:
        name_lookup.cancel_lookup(case)
        is_own = claim is None or case.account.apart_from == claim.primary_key
        to = "" if claim is None or is_own else _target_key(case, claim.primary_key)
        aliases.move_key(case, to, crm_account_id="" if claim is None else claim.company.crm_account_id)
    else:
        _move_by_lookup(case)


def _move_by_lookup(case: Case) -> None:
    """Join the account that the CRM's contact names, else the one that a company name matches, else none."""
    contact = case.account.contact_of
    if contact is not None and contact.is_open:
        return  # the answer arrives soon, and takes precedence over a company name
    if contact is not None and contact.primary_key:
        to = _target_key(case, contact.primary_key)
        aliases.move_key(case, to, crm_account_id=contact.named_id, is_by_contact=True)
        return
    named = case.account.naming or Naming("", "")
    to = _target_key(case, named.primary_key)
    aliases.move_key(case, to, crm_account_id=named.crm_account_id, is_unproven=named.is_unproven)


def _target_key(case: Case, primary_key: str) -> str:
    """Return the key to forward to; '' if the primary key is this key itself."""
    return "" if primary_key == case.key else primary_key


def look_up_contact_account(case: Case, crm_account_id: str | None) -> None:
    """Look up the CRM account that the contact record of an active lead names. None: it names no account."""
    if contact_lookup.change_lookup(case, crm_account_id):
        refresh_account(case)


def stop_waiting_for_contact(case: Case) -> None:
    """Stop waiting for the lookup of a CRM account by its id. A company name may match instead."""
    contact_lookup.stop_waiting(case)
    refresh_account(case)


def add_deal(case: Case, sent: dict[str, Any]) -> None:
    """Add the deal that sales reported for a lead which another key has sent."""
    made = merge_deal(case.account.deals, unpack_row(sent, Deal))
    if made is not case.account.deals:
        case.change(deals=made)
        refresh_account(case)


def end_objection_if_outdated(case: Case, before: AccountRow) -> None:
    """End sales' objection to the market if the company's market facts have changed or were confirmed since."""
    objection, company = before.questioned, case.account.company
    if objection is None:
        return
    confirmed_ms = company.confirmed_ms if company else None
    is_confirmed = confirmed_ms is not None and confirmed_ms > (objection.confirmed_ms or 0)
    if is_confirmed or market_facts_hash(company, case.terms.gates.facts.fields) != objection.facts:
        case.change(questioned=None)


def _apply_owner_change(case: Case, before: AccountRow) -> None:
    """Apply a change of the reps whom the CRM names.

    Another first owner than at the time of a manual reassignment ends the reassignment. A newly named rep counts as
    active, even if known to have left.
    """
    named = _crm_owner_ids(case, case.account.company)
    if named == _crm_owner_ids(case, before.company):
        return
    by_hand = before.by_hand
    if by_hand is not None and named and named[0] != by_hand.owner_then:
        case.change(by_hand=None)
    fresh = set(named) - set(_crm_owner_ids(case, before.company))
    case.change(gone=tuple(one for one in case.account.gone if one not in fresh))


def _crm_owner_ids(case: Case, company: Company | None) -> list[str]:
    """Return the reps whom the CRM names for a company, by rep_id, in the order of the policy's routes."""
    return [owner.rep_id for owner in named_by_crm(case.terms.policy, company)]
