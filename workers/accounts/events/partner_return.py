"""An account is forwarded to a partner after inside sales has qualified a lead, and is taken back from the partner.

In: feedback of sales or the partner, the timer of the first response. Out: leads that are due, hand-offs withdrawn. The
account moves as a whole, so that it has one owner. Points count by their own dates, whether a partner had the account
meanwhile or not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from schemas.vocabulary import AssigneeType, Reason
from workers.accounts.account_keys import aliases
from workers.accounts.case import LeadInHand
from workers.accounts.evaluation.evaluate import evaluate
from workers.accounts.handoffs import bulk_transfer, handoffs, open_index
from workers.accounts.handoffs.queue import dequeue, make_due
from workers.accounts.routing.ownership import owner_of
from workers.accounts.routing.partners import (
    PARTNER_PREFIX,
    NamedPartner,
    is_with_partner,
    partner_of,
    partner_or_miss,
)
from workers.accounts.stages.qualifying import DueHandoff, Occasion
from workers.accounts.stages.sales_stages import cycle_after_partner
from workers.accounts.state.handoff import HandoffRow
from workers.accounts.worth.facts import fit_of
from workers.engine.timers import start_cursor

if TYPE_CHECKING:
    from workers.accounts.case import Case

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
    found = partner_or_miss(policy, account, is_mql=True, is_sql=True, facts=hand.lead.facts)
    if not isinstance(found, NamedPartner) or found.partner.gets != "sql":
        return
    day = max(case.terms.day_of(case.now_ms), hand.score.latest_day)
    fit = fit_of(case.terms, account.company, hand.lead)
    total = fit.points + case.terms.rules.points(hand.score.counts, day).points
    make_due(hand, DueHandoff(day, (Reason.SALES_QUALIFIED,)), total, fit.points)
    hand.write_lead()


def is_overdue(case: Case, handoff_id: str) -> bool:
    """Whether a partner has not answered in time and the policy returns its account in that case."""
    row = case.rows.get(HandoffRow, case.key, handoff_id)
    if row is None or row.touched_ms is not None or row.holder.type is not AssigneeType.PARTNER:
        return False
    found = partner_of(case.terms.policy, case.account)
    return found is not None and found.partner.then == "return"


def take_back(case: Case, why: Reason) -> None:
    """Take an account back from its partner: each lead with an open hand-off begins a new cycle and is evaluated.

    All leads of the account are then evaluated again in chunks, as of today. The hand-offs of a large account are
    withdrawn in chunks first.
    """
    holder = case.account.holder
    if holder is None or not is_with_partner(case.account):
        return
    if bulk_transfer.must_withdraw(case):
        bulk_transfer.start_partner_return(case, why)
        return
    facts_day = max(case.account.facts_day, case.terms.day_of(case.now_ms))
    case.change(
        returned_by=holder.id.removeprefix(PARTNER_PREFIX),
        is_partner_silent=why is Reason.PARTNER_DID_NOT_ANSWER,
        facts_day=facts_day,
    )
    if open_index.is_large(case):
        bulk_transfer.finish(case)
        case.change(holder=None)
        start_cursor(case.rows, TAKE_BACK, case.key)
        return
    _begin_cycles(case, [row.lead_id for _, row in open_index.open_rows(case)], (why,))
    start_cursor(case.rows, aliases.LEADS, case.key)


def take_back_next(case: Case, position: str) -> str | None:
    """Begin a new cycle for the next leads of a large account. Return '' while more hand-offs are open, else None."""
    del position  # handled hand-offs are deleted, so each step starts at the first
    rows = [row for _, row in open_index.open_rows(case)]
    _begin_cycles(case, [row.lead_id for row in rows], rows[0].withdrawn_for if rows else ())
    if case.account.open_handoffs:
        return ""
    start_cursor(case.rows, aliases.LEADS, case.key)
    case.request_needs_review = True
    return None


def _begin_cycles(case: Case, lead_ids: list[str], why: tuple[Reason, ...]) -> None:
    """Begin a new cycle for each lead. The leads are evaluated when none of their hand-offs is open any more.

    A lead that sales had accepted or qualified keeps its stage, and is due again whatever its points are.
    """
    raised: list[tuple[LeadInHand, bool]] = []
    for lead_id in dict.fromkeys(lead_ids):
        hand = LeadInHand(case, lead_id)
        raised.append((hand, hand.lead.raised_hand))
        dequeue(hand)
        handoffs.close_all_of(hand, why)
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


def _make_due_again(hand: LeadInHand, day: int, why: tuple[Reason, ...]) -> None:
    case = hand.case
    fit = fit_of(case.terms, case.account.company, hand.lead)
    total = (
        fit.points + case.terms.rules.points(hand.score.attributed, max(day, hand.score.latest_day)).points
    )
    make_due(hand, DueHandoff(day, why), total, fit.points)
    hand.write_lead()
