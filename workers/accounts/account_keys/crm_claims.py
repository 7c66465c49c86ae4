"""Which CRM record speaks for this key, and what follows when that changes.

In: claims (AccountFacts), releases. Out: the company's facts, the alias under which the key lives, and a cursor over
its leads. A primary claim goes before an alias's, then the lowest crm_account_id: so there is no cycle. How a key moves
to where it should live is in aliases.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workers.accounts.account_keys import aliases, contact_lookup, name_lookup, parents
from workers.accounts.account_keys.enrichment import completed
from workers.accounts.handoffs import support_questions
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

MOST_CLAIMS = 100


def enrich(case: Case, facts: tuple[Fact, ...]) -> None:
    """Merge facts that enrichment states about the company. If one is new or later, follow it."""
    made = merge_facts(case.account.enriched, facts)
    if made is not case.account.enriched:
        case.change(enriched=made)
        follow(case)


def effective(case: Case) -> ClaimRow | None:
    """Return the claim that holds: primary before alias, then the lowest crm_account_id."""
    found = case.rows.scan(ClaimRow, case.key, limit=MOST_CLAIMS)
    ranked = sorted(found, key=lambda one: (one[1].primary_key != case.key, one[0][1]))
    return ranked[0][1] if ranked else None


def record_of(case: Case) -> Company | None:
    """Return the CRM's record of this account, without what sales said."""
    claim = effective(case)
    return claim.company if claim else None


def follow(case: Case) -> None:
    """Bring the account in line with the claim that holds and with what sales says of deals."""
    claim = effective(case)
    before = case.account
    company = completed(parents.with_parent(case, claim.company) if claim else None, before.enriched)
    if before.deals:
        deals = mark_settled(before.deals, company)
        company = company_with_deals(company, deals)
        if deals is not before.deals:
            case.change(deals=deals)
    if company != before.company:
        if market_facts_hash(company) != market_facts_hash(before.company):
            case.change(facts_day=case.terms.day_of(case.now_ms))
        case.change(company=company)
        end_question_if_answered(case, before)
        _owners(case, before)
        excluded = case.terms.gates.exclusion(case.key, company)
        if excluded is not None:
            aliases.withdraw(case, excluded)
            support_questions.withdraw_all(case, excluded)
        case.request_needs_review = True
        start_cursor(case.rows, aliases.LEADS, case.key)
    if claim is not None:
        name_lookup.cancel_question(case)
        aliases.aim(case, _elsewhere(case, claim.primary_key))
    else:
        _aim_as_is_said(case)


def _aim_as_is_said(case: Case) -> None:
    """Live with the account that the CRM's contact names, else with the one that is meant by a company name."""
    contact = case.account.contact_of
    if contact is not None and contact.is_open:
        return  # it comes at once, and goes before a name
    if contact is not None and contact.primary_key:
        aliases.aim(case, _elsewhere(case, contact.primary_key), is_by_contact=True)
        return
    named = case.account.naming or Naming("", "")
    aliases.aim(case, _elsewhere(case, named.primary_key), is_unproven=named.is_unproven)


def _elsewhere(case: Case, primary_key: str) -> str:
    return "" if primary_key == case.key else primary_key


def contact_named(case: Case, crm_account_id: str | None) -> None:
    """The CRM says of which account a person is a contact, who came by; None: it says nothing of that."""
    if contact_lookup.ask(case, crm_account_id):
        follow(case)


def stop_waiting_for_contact(case: Case) -> None:
    """Nobody answers where the account is looked up by its id."""
    contact_lookup.stop_waiting(case)
    follow(case)


def add_deal(case: Case, sent: dict[str, Any]) -> None:
    """A person has come with sales' word of a deal."""
    made = merge_deal(case.account.deals, unpack_row(sent, Deal))
    if made is not case.account.deals:
        case.change(deals=made)
        follow(case)


def end_question_if_answered(case: Case, before: AccountRow) -> None:
    """An account in question is asked no more when its facts change, or are confirmed later than they were."""
    asked, company = before.questioned, case.account.company
    if asked is None:
        return
    confirmed_ms = company.confirmed_ms if company else None
    is_confirmed = confirmed_ms is not None and confirmed_ms > (asked.confirmed_ms or 0)
    if is_confirmed or market_facts_hash(company) != asked.facts:
        case.change(questioned=None)


def _owners(case: Case, before: AccountRow) -> None:
    """Whom the CRM names: another name ends what was set by hand, and is asked whatever was known of the rep."""
    named = _named(case, case.account.company)
    if named == _named(case, before.company):
        return
    by_hand = before.by_hand
    if by_hand is not None and named and named[0] != by_hand.owner_then:
        case.change(by_hand=None)
    fresh = set(named) - set(_named(case, before.company))
    case.change(gone=tuple(one for one in case.account.gone if one not in fresh))


def _named(case: Case, company: Company | None) -> list[str]:
    return [right.rep_id for right in named_by_crm(case.terms.policy, company)]
