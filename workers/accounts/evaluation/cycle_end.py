"""Cycles that end with an opportunity, or because a customer ended its contract.

In: a lead, and what its account is now. Out: the lead, recycled or in a new cycle, with its hand-offs withdrawn. A lead
whose raised hand no rep has answered stays in its cycle, and its request stays open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.vocabulary import Reason, Stage
from workers.accounts.handoffs import handoffs
from workers.accounts.handoffs.queue import dequeue
from workers.accounts.handoffs.raised_hands import end_all_else, has_open_request
from workers.accounts.routing.ownership import has_open_opportunity, is_customer
from workers.accounts.stages.qualifying import new_cycle
from workers.accounts.worth.counts import start_new_points

if TYPE_CHECKING:
    from workers.accounts.case import LeadInHand

BY_ACCOUNT = frozenset({Stage.OPPORTUNITY, Stage.CUSTOMER})
"""Stages that a lead has from its account."""


def recycle(hand: LeadInHand, why: Reason, at_ms: int) -> None:
    """End the lead's cycle as recycled at ``at_ms``. A cycle that has ended already keeps its end."""
    if hand.lead.verdict is not None:
        return
    dequeue(hand)
    handoffs.close_all_of(hand, (why,))
    hand.change(verdict=Stage.RECYCLED, verdict_why=why, said_no_ms=at_ms)
    hand.score = start_new_points(hand.case.terms, hand.score, at_ms)


def end_with_account(hand: LeadInHand, excluded: Reason | None) -> Reason | None:
    """End the cycle of a lead whose account lost its opportunity, or is no longer a customer.

    A lead that was handed over with the opportunity is recycled. A lead of a former customer begins a new cycle. A
    request that no rep has answered stays open: then return why everything else has ended.
    """
    lead, company = hand.lead, hand.case.account.company
    if lead.stage not in BY_ACCOUNT:
        return None
    if (
        excluded is not None
        or lead.verdict is not None
        or is_customer(company)
        or has_open_opportunity(company)
    ):
        return None
    why = Reason.CUSTOMER_NO_MORE if lead.stage is Stage.CUSTOMER else Reason.OPPORTUNITY_CLOSED
    if has_open_request(hand):
        end_all_else(hand, why)
        return why
    if why is Reason.CUSTOMER_NO_MORE:
        dequeue(hand)
        handoffs.close_all_of(hand, (why,))
        hand.lead, hand.score = new_cycle(hand.lead, hand.score)
    elif lead.handoffs:
        recycle(hand, why, hand.case.now_ms)
    return None
