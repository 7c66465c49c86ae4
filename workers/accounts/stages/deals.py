"""Deals: what sales reports of them counts until the CRM reports it itself.

In: reports of sales (opportunity opened, won, lost), and the CRM's record. Out: the company as the other floors see it.
An opportunity that sales opened is open. An account that sales won is a customer. A deal that was won or lost later than
the date of the CRM's record closes the opportunities which that record lists for the rep. Sales and the CRM lead to the
same result in whatever order their records arrive. Pure; nothing is written here.
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
"""Most deals of one account: the latest."""
_ORDER = (SalesAction.OPPORTUNITY_OPENED, SalesAction.LOST, SalesAction.WON)
"""Order of reports with the same date. The last in this list holds."""
_CLOSING = frozenset({SalesAction.WON, SalesAction.LOST})
"""Reports that close an opportunity."""
_WINNABLE = frozenset({Relationship.PROSPECT, Relationship.FORMER_CUSTOMER})
"""Relationships that a won deal makes a customer. Only the CRM changes another relationship."""


def merge_deal(deals: tuple[Deal, ...], deal: Deal) -> tuple[Deal, ...]:
    """Return the deals with another report of sales.

    Return the same object if a later report about the same lead is known, or if the report is too old to be kept.
    """
    held = deal_of(deals, deal.lead_id)
    if held is not None and _rank(held) >= _rank(deal):
        return deals
    others = [one for one in deals if one.lead_id != deal.lead_id]
    made = sorted((*others, deal), key=lambda one: (*_rank(one), one.lead_id))[-MOST_DEALS:]
    return tuple(made) if deal in made else deals


def mark_settled(deals: tuple[Deal, ...], record: Company | None) -> tuple[Deal, ...]:
    """Return the deals, those marked that the CRM's own record reflects now. Return the same object if none is new."""
    made = tuple(
        replace(one, is_settled=True) if not one.is_settled and _is_settled_by(record, one) else one
        for one in deals
    )
    return deals if made == deals else made


def company_with_deals(record: Company | None, deals: Iterable[Deal], dated_ms: int = 0) -> Company | None:
    """Return the CRM's record with the deals that sales has reported and the CRM does not reflect yet.

    ``dated_ms``: the date of the record's version. 0: not known, so it is not older than any deal. Milliseconds UTC.
    """
    deals = tuple(deals)
    record = _without_closed(record, deals, dated_ms)
    unsettled = [one for one in deals if not one.is_settled]
    opened = [one for one in unsettled if one.state is SalesAction.OPPORTUNITY_OPENED]
    won = [one for one in unsettled if one.state is SalesAction.WON]
    if not opened and not won:
        return record
    company = record or Company(crm_account_id="")
    if won and company.relationship in _WINNABLE:
        owner = company.owner_rep_id or won[-1].rep_id
        company = replace(company, relationship=Relationship.CUSTOMER, owner_rep_id=owner)
    if opened:
        reported = (Opportunity(f"sales {one.lead_id}", one.rep_id, one.at_ms) for one in opened)
        known = sorted(
            (*company.opportunities, *reported), key=lambda one: (one.opened_ms, one.opportunity_id)
        )
        company = replace(company, opportunities=tuple(known))
    return company


def deal_of(deals: Iterable[Deal], lead_id: str) -> Deal | None:
    """Return the deal that sales reported with this lead, or None."""
    return next((one for one in deals if one.lead_id == lead_id), None)


def forecast_percent(policy: Policy, account: AccountRow) -> int | None:
    """Return the probability of the account's open opportunity. None: none is open, or the account is a customer."""
    company, opportunity = account.company, policy.stages.opportunity
    if opportunity is None or company is None or not company.opportunities:
        return None
    return None if company.relationship is Relationship.CUSTOMER else opportunity.probability_percent


def deal_reason(account: AccountRow, lead_id: str, stage: Stage) -> Reason | None:
    """Return why a lead is an opportunity or a customer, if sales reported a deal with this lead. Otherwise None."""
    deal = deal_of(account.deals, lead_id) if account.deals else None
    if deal is None:
        return None
    if stage is Stage.OPPORTUNITY and deal.state is SalesAction.OPPORTUNITY_OPENED:
        return Reason.OPPORTUNITY_OPENED
    return Reason.OPPORTUNITY_WON if stage is Stage.CUSTOMER and deal.state is SalesAction.WON else None


def _without_closed(record: Company | None, deals: tuple[Deal, ...], dated_ms: int) -> Company | None:
    """Return the record without the opportunities that their owner or the substitute closed after its date."""
    if record is None or not record.opportunities or not dated_ms:
        return record
    closed = [one for one in deals if one.state in _CLOSING and one.at_ms > dated_ms]
    still_open = tuple(
        one
        for one in record.opportunities
        if not any(
            one.owner_rep_id in {deal.rep_id, deal.stands_for} and one.opened_ms <= deal.at_ms
            for deal in closed
        )
    )
    return record if still_open == record.opportunities else replace(record, opportunities=still_open)


def _rank(deal: Deal) -> tuple[int, int]:
    return (deal.at_ms, _ORDER.index(deal.state))


def _is_settled_by(record: Company | None, deal: Deal) -> bool:
    """Whether the CRM's record reflects the deal, or has changed since sales reported it."""
    if record is None:
        return False
    is_customer = record.relationship is Relationship.CUSTOMER
    if deal.state is SalesAction.OPPORTUNITY_OPENED:
        return is_customer or bool(record.opportunities)
    return is_customer or record.relationship is not deal.relationship_then
