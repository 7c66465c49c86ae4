"""Deals: what sales says of them counts until the CRM says it itself, so that both agree in whatever order they come.

In: sales' words (opportunity opened, won, lost), the CRM's record. Out: the company as it is taken to be: an
opportunity that sales opened is open, an account that sales won is a customer. Pure; nothing is written here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.vocabulary import Reason, Relationship, SalesAction, Stage
from workers.accounts.state.facts import Company, Opportunity
from workers.accounts.state.sales import Deal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workers.accounts.state.account import AccountRow
    from workers.policy.model import Policy

MOST_DEALS = 10
"""Of one account, the latest."""
_ORDER = (SalesAction.OPPORTUNITY_OPENED, SalesAction.LOST, SalesAction.WON)
"""Of two words of one moment the later in this list holds."""
_WINNABLE = frozenset({Relationship.PROSPECT, Relationship.FORMER_CUSTOMER})
"""What a deal that is won makes a customer of; another relationship is the CRM's to change."""


def merge_deal(deals: tuple[Deal, ...], word: Deal) -> tuple[Deal, ...]:
    """Return the deals with sales' word; the same object where a later word of the same person is known."""
    held = deal_of(deals, word.lead_id)
    if held is not None and _rank(held) >= _rank(word):
        return deals
    others = [one for one in deals if one.lead_id != word.lead_id]
    made = sorted((*others, word), key=lambda one: (*_rank(one), one.lead_id))[-MOST_DEALS:]
    return tuple(made) if word in made else deals


def mark_settled(deals: tuple[Deal, ...], record: Company | None) -> tuple[Deal, ...]:
    """Return the deals, those marked of which the CRM's own record speaks now; the same object where none is new."""
    made = tuple(
        replace(one, is_settled=True) if not one.is_settled and _is_settled_by(record, one) else one
        for one in deals
    )
    return deals if made == deals else made


def company_with_deals(record: Company | None, deals: Iterable[Deal]) -> Company | None:
    """Return the CRM's record with what sales said and the CRM has not said yet."""
    standing = [one for one in deals if not one.is_settled]
    opened = [one for one in standing if one.state is SalesAction.OPPORTUNITY_OPENED]
    won = [one for one in standing if one.state is SalesAction.WON]
    if not opened and not won:
        return record
    company = record or Company(crm_account_id="")
    if won and company.relationship in _WINNABLE:
        owner = company.owner_rep_id or won[-1].rep_id
        company = replace(company, relationship=Relationship.CUSTOMER, owner_rep_id=owner)
    if opened:
        said = (Opportunity(f"sales {one.lead_id}", one.rep_id, one.at_ms) for one in opened)
        known = sorted((*company.opportunities, *said), key=lambda one: (one.opened_ms, one.opportunity_id))
        company = replace(company, opportunities=tuple(known))
    return company


def deal_of(deals: Iterable[Deal], lead_id: str) -> Deal | None:
    """Return sales' word of the deal with this person."""
    return next((one for one in deals if one.lead_id == lead_id), None)


def forecast_percent(policy: Policy, account: AccountRow) -> int | None:
    """Return the probability of the account's open opportunity; None where none is open."""
    company, opportunity = account.company, policy.stages.opportunity
    if opportunity is None or company is None or not company.opportunities:
        return None
    return None if company.relationship is Relationship.CUSTOMER else opportunity.probability_percent


def deal_reason(account: AccountRow, lead_id: str, stage: Stage) -> Reason | None:
    """Return why a lead is an opportunity or a customer, where sales said so of this very person."""
    deal = deal_of(account.deals, lead_id) if account.deals else None
    if deal is None:
        return None
    if stage is Stage.OPPORTUNITY and deal.state is SalesAction.OPPORTUNITY_OPENED:
        return Reason.OPPORTUNITY_OPENED
    return Reason.OPPORTUNITY_WON if stage is Stage.CUSTOMER and deal.state is SalesAction.WON else None


def _rank(deal: Deal) -> tuple[int, int]:
    return (deal.at_ms, _ORDER.index(deal.state))


def _is_settled_by(record: Company | None, deal: Deal) -> bool:
    if record is None:
        return False
    is_customer = record.relationship is Relationship.CUSTOMER
    if deal.state is SalesAction.OPPORTUNITY_OPENED:
        return is_customer or bool(record.opportunities)
    return is_customer or record.relationship is not deal.relationship_then
