"""An account is forwarded to a partner after inside sales has qualified a lead, and is taken back from the partner.

In: feedback of sales or the partner, the timer of the first response. Out: leads that are due, hand-offs withdrawn. The
account moves as a whole, so that it has one owner. Points count by their own dates, whether a partner had the account
meanwhile or not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from schemas.partner_load import PARTNERS_DESK
from schemas.vocabulary import AssigneeType, Kind, Reason, RouteMiss
from workers.accounts.account_keys import aliases
from workers.accounts.case import LeadInHand
from workers.accounts.desk_protocol.requests import end_request
from workers.accounts.evaluation.evaluate import evaluate
from workers.accounts.handoffs import bulk_transfer, handoffs, open_index
from workers.accounts.handoffs.queue import dequeue, make_due
from workers.accounts.routing.ownership import owner_of
from workers.accounts.routing.partners import (
    is_with_partner,
    partner_name,
    partner_of,
    partners_or_miss,
)
from workers.accounts.stages.qualifying import DueHandoff, Occasion
from workers.accounts.stages.sales_stages import cycle_after_partner, without_partner_stage
from workers.accounts.state.handoff import HandoffRow
from workers.accounts.worth.facts import fit_of
from workers.engine.timers import start_cursor

if TYPE_CHECKING:
    from workers.accounts.case import Case
    from workers.accounts.state.parts import OpenRequest

_MOST_PARTNERS: Final = 100
"""Most partners of whom it is remembered that they had the account, or had no capacity for it."""
TAKE_BACK: Final = "given_back"
"""Kind of the cursor over the hand-offs of a large account that a partner returned."""


def hand_over_qualified(hand: LeadInHand) -> None:
    """Make a lead that inside sales has qualified due for the partner that gets SQLs.

    If a rep owns the account, the lead stays with the rep.
    """
    case = hand.case
    policy, account = case.terms.policy, case.account
    if is_with_partner(account) or owner_of(policy, account) is not None:
        return
    found = partners_or_miss(policy, account, is_mql=True, is_sql=True, facts=hand.lead.facts)
    if isinstance(found, RouteMiss) or policy.partners[found[0]].gets != "sql":
        return
    day = max(case.terms.day_of(case.now_ms), hand.score.latest_day)
    fit = fit_of(case.terms, account.company, hand.lead, day)
    total = fit.points + case.terms.rules.points(hand.score.counts, day).points
    make_due(hand, DueHandoff(day, (Reason.SALES_QUALIFIED,)), total, fit.points)
    hand.write_lead()


def is_overdue(case: Case, handoff_id: str) -> bool:
    """Whether a partner has not answered in time and loses the account in that case.

    An account that goes to the next partner stays if the partner has answered another of its hand-offs.
    """
    row = case.rows.get(HandoffRow, case.key, handoff_id)
    if row is None or row.touched_ms is not None or row.holder.type is not AssigneeType.PARTNER:
        return False
    found = partner_of(case.terms.policy, case.account)
    if found is None or found.partner.then == "report":
        return False
    return found.partner.then == "return" or not _has_answered(case)


def _has_answered(case: Case) -> bool:
    """Whether the partner has answered one of the account's open hand-offs since it got the account."""
    if open_index.is_large(case):
        return case.account.untouched < case.account.open_handoffs
    rows = [row for _, row in open_index.open_rows(case)]
    since_ms = min((row.created_ms for row in rows if row.kind is Kind.PARTNER), default=0)
    return any(row.touched_ms is not None and row.touched_ms >= since_ms for row in rows)


def skip_full_partners(case: Case, request: OpenRequest) -> bool:
    """Record that the partners who were asked have no capacity, so that the next route decides. Whether that is so.

    A lead that sales has qualified stays with its rep, and the partners are asked again later.
    """
    holder = case.account.holder
    if request.desk != PARTNERS_DESK:
        return False
    is_with_rep = holder is not None and holder.type is AssigneeType.REP
    if request.pending and is_with_rep and case.lead(request.lead_id).handoffs:
        return False
    end_request(case, request)
    full = dict.fromkeys((*case.account.full_partners, *request.partners))
    case.change(full_partners=tuple(full)[-_MOST_PARTNERS:])
    return True


def take_back(case: Case, why: Reason) -> None:
    """Take an account back from its partner: each lead with an open hand-off begins a new cycle and is evaluated.

    If the policy passes the account on, each lead is due again in its present cycle, for the next partner. All leads of the
    account are then evaluated again in chunks, as of today. The hand-offs of a large account are withdrawn in chunks first.
    """
    holder = case.account.holder
    if holder is None or not is_with_partner(case.account):
        return
    if bulk_transfer.must_withdraw(case):
        bulk_transfer.start_partner_return(case, why)
        return
    facts_day = max(case.account.facts_day, case.terms.day_of(case.now_ms))
    case.change(facts_day=facts_day)
    _record_return(case, why)
    if open_index.is_large(case):
        bulk_transfer.finish(case)
        case.change(holder=None)
        start_cursor(case.rows, TAKE_BACK, case.key)
        return
    _withdraw_leads(case, [row.lead_id for _, row in open_index.open_rows(case)], (why,))
    start_cursor(case.rows, aliases.LEADS, case.key)


def _record_return(case: Case, why: Reason) -> None:
    """Record that the holder returned the account or did not answer. The account is not offered to it again."""
    account, name = case.account, partner_name(case.account.holder)
    before = [one for one in (*account.returned_before, account.returned_by) if one and one != name]
    case.change(
        returned_by=name,
        returned_before=tuple(dict.fromkeys(before))[-_MOST_PARTNERS:],
        is_partner_silent=why is Reason.PARTNER_DID_NOT_ANSWER,
    )


def take_back_next(case: Case, position: str) -> str | None:
    """Withdraw the next leads of a large account from its partner. Return '' while more hand-offs are open, else None."""
    del position  # handled hand-offs are deleted, so each step starts at the first
    rows = [row for _, row in open_index.open_rows(case)]
    _withdraw_leads(case, [row.lead_id for row in rows], rows[0].withdrawn_for if rows else ())
    if case.account.open_handoffs:
        return ""
    start_cursor(case.rows, aliases.LEADS, case.key)
    case.request_needs_review = True
    return None


def _withdraw_leads(case: Case, lead_ids: list[str], why: tuple[Reason, ...]) -> None:
    """Withdraw leads from the partner who returned the account. They are due again, or begin a new cycle."""
    hands = [LeadInHand(case, lead_id) for lead_id in dict.fromkeys(lead_ids)]
    for hand in hands:
        dequeue(hand)
        handoffs.close_all_of(hand, why)
    former = case.terms.policy.partners.get(case.account.returned_by)
    if former is None or former.then != "next_partner":
        _begin_cycles(case, hands, why)
        return
    for hand in hands:
        hand.lead = without_partner_stage(hand.lead)
        if hand.lead.verdict is None:
            is_raised = hand.lead.raised_hand and not hand.lead.request_answered
            _make_due_again(hand, case.terms.day_of(case.now_ms), why, raised=is_raised)
        hand.write()


def _begin_cycles(case: Case, hands: list[LeadInHand], why: tuple[Reason, ...]) -> None:
    """Begin a new cycle for each lead. The leads are evaluated when none of their hand-offs is open any more.

    A lead that sales had accepted or qualified keeps its stage, and is due again whatever its points are.
    """
    raised = [(hand, hand.lead.raised_hand) for hand in hands]
    for hand in hands:
        hand.lead, hand.score = cycle_after_partner(hand.lead, hand.score)
        hand.write()
    today = case.terms.day_of(case.now_ms)
    for hand, was_raised in raised:
        evaluate(hand, Occasion(today, earned=True, raised=was_raised), is_news=False)
        if (
            (hand.lead.accepted or hand.lead.qualified)
            and not hand.lead.pending
            and hand.lead.verdict is None
        ):
            _make_due_again(hand, today, why)


def _make_due_again(hand: LeadInHand, day: int, why: tuple[Reason, ...], *, raised: bool = False) -> None:
    case = hand.case
    fit = fit_of(case.terms, case.account.company, hand.lead, day)
    total = (
        fit.points + case.terms.rules.points(hand.score.attributed, max(day, hand.score.latest_day)).points
    )
    make_due(hand, DueHandoff(day, why, raised), total, fit.points)
    hand.write_lead()
