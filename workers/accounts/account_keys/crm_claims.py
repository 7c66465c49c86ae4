"""Which CRM record speaks for this key, and what follows when that changes.

In: claims (AccountFacts), releases. Out: the company's facts, the alias under which the key lives, and a cursor over
its leads. A primary claim goes before an alias's, then the lowest crm_account_id: so there is no cycle. How a key moves
to where it should live is in aliases.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workers.accounts.account_keys import aliases, contact_lookup, name_index, name_lookup, parents
from workers.accounts.account_keys.enrichment import completed
from workers.accounts.handoffs import support_questions
from workers.accounts.handoffs.alias_members import Kept
from workers.accounts.handoffs.transfer_payload import unpacked
from workers.accounts.routing.ownership import named_by_crm
from workers.accounts.stages.deals import settled, with_deals, with_word
from workers.accounts.state.account import Naming
from workers.accounts.state.facts import ClaimRow
from workers.accounts.state.sales import Deal
from workers.accounts.worth.facts import company_of, market_facts, merged
from workers.engine.timers import start_cursor
from workers.identity.crm_keys import is_lookup_key

if TYPE_CHECKING:
    from schemas.account_links import (
        AccountJoins,
        AccountLeaves,
        AccountLeft,
        NameAnswered,
        ParentFacts,
    )
    from schemas.lead_events import AccountFacts, AccountReleased
    from workers.accounts.case import Case
    from workers.accounts.state.account import AccountRow
    from workers.accounts.state.facts import Company, Fact

MOST_CLAIMS = 100


def claimed(case: Case, event: AccountFacts) -> None:
    """A CRM record claims this key, or says something new."""
    if is_lookup_key(case.key):
        name_index.claimed(case, event)
        return
    row = ClaimRow(company=company_of(event.account), primary_key=event.primary_key)
    crm_account_id = event.account.crm_account_id
    before = case.rows.get(ClaimRow, case.key, crm_account_id)
    if before != row:
        case.rows.put(row, case.key, crm_account_id)
        parents.record_changed(case, crm_account_id, before, row)
        follow(case)


def released(case: Case, event: AccountReleased) -> None:
    """A CRM record claims this key no more."""
    if is_lookup_key(case.key):
        name_index.released(case, event)
        return
    before = case.rows.get(ClaimRow, case.key, event.crm_account_id)
    if before is not None:
        case.rows.delete(ClaimRow, case.key, event.crm_account_id)
        parents.record_changed(case, event.crm_account_id, before, None)
        follow(case)


def parent_told(case: Case, event: ParentFacts) -> None:
    """The parent of a record that claims this key has another owner, or says so for the first time."""
    parents.parent_told(case, event)
    if case.rows.get(ClaimRow, case.key, event.crm_account_id) is not None:
        follow(case)


def enriched(case: Case, said: tuple[Fact, ...]) -> None:
    """Enrichment says something of the company; what it says first or later is followed."""
    made = merged(case.account.enriched, said)
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
        deals = settled(before.deals, company)
        company = with_deals(company, deals)
        if deals is not before.deals:
            case.change(deals=deals)
    if company != before.company:
        if market_facts(company) != market_facts(before.company):
            case.change(facts_day=case.terms.day_of(case.now_ms))
        case.change(company=company)
        _question(case, before)
        _owners(case, before)
        excluded = case.terms.gates.exclusion(case.key, company)
        if excluded is not None:
            aliases.withdraw(case, excluded)
            support_questions.withdraw_all(case, excluded)
        case.owner_question = True
        start_cursor(case.rows, aliases.LEADS, case.key)
    if claim is not None:
        name_lookup.ask_no_more(case)
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


def name_answered(case: Case, event: NameAnswered) -> None:
    """The account that is meant by a name or an id is known, or is another one; who is waiting goes there first."""
    if event.asked_crm_account_id is not None:
        lead_id = case.key.removeprefix("lead:") if contact_lookup.answered(case, event) else ""
    else:
        was_asked = name_lookup.answered(case, event)
        lead_id = case.account.naming.lead_id if was_asked and case.account.naming is not None else ""
    follow(case)
    if lead_id:
        aliases.send_first(case, lead_id)


def contact_named(case: Case, crm_account_id: str | None) -> None:
    """The CRM says of which account a person is a contact, who came by; None: it says nothing of that."""
    if contact_lookup.named(case, crm_account_id):
        follow(case)


def contact_waits_no_more(case: Case) -> None:
    """Nobody answers where the account is looked up by its id."""
    contact_lookup.wait_no_more(case)
    follow(case)


def joined(case: Case, event: AccountJoins) -> None:
    """A key is an alias of this one: what enrichment said of its company, and a question of sales, hold here too."""
    aliases.joined(case, event)
    kept = unpacked(event.kept, Kept)
    enriched(case, kept.enriched)
    asked = kept.questioned
    if asked is not None and not event.is_unproven and case.account.questioned is None:
        case.change(questioned=asked)
        _question(case, case.account)


def leaves(case: Case, event: AccountLeaves) -> None:
    """An alias of this one moves on."""
    aliases.leaves(case, event)
    follow(case)


def left(case: Case, event: AccountLeft) -> None:
    """The place where this key lived has sent everybody; where it should live is asked anew."""
    aliases.left(case, event)
    follow(case)


def deal_came(case: Case, sent: dict[str, Any]) -> None:
    """A person has come with sales' word of a deal."""
    made = with_word(case.account.deals, unpacked(sent, Deal))
    if made is not case.account.deals:
        case.change(deals=made)
        follow(case)


def _question(case: Case, before: AccountRow) -> None:
    """An account in question is asked no more when its facts change, or are confirmed later than they were."""
    asked, company = before.questioned, case.account.company
    if asked is None:
        return
    confirmed_ms = company.confirmed_ms if company else None
    is_confirmed = confirmed_ms is not None and confirmed_ms > (asked.confirmed_ms or 0)
    if is_confirmed or market_facts(company) != asked.facts:
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
