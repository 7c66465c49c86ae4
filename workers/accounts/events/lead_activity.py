"""A lead did something on the web or with an e-mail.

In: the activity. Out: its count in the score, the lead evaluated, signals for the owner. An outbound e-mail of ours is
also an activity, but never a touch of the lead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.evaluation.evaluate import evaluate
from workers.accounts.events.arrival import receive_lead
from workers.accounts.events.visit_steps import SHARED_STEPS, Visit, apply_consent, record_delivery
from workers.accounts.stages.qualifying import Occasion

if TYPE_CHECKING:
    from schemas.lead_events import LeadActivity
    from workers.accounts.case import Case

STEPS = SHARED_STEPS
"""The steps of an activity, in order."""


def handle(case: Case, event: LeadActivity) -> None:
    """Run the steps of an activity. An outbound e-mail of ours is only evaluated: the lead has done nothing."""
    hand = receive_lead(case, event)
    if hand is None:
        return
    visit = Visit(hand, event, hand.lead)
    if event.activity in case.terms.no_touch:
        _evaluate_outbound(visit, event)
        return
    for step in STEPS:
        step(visit)


def _evaluate_outbound(visit: Visit, event: LeadActivity) -> None:
    """Evaluate the lead after an outbound e-mail. A consent that came with it, or a scanner's clicks, can change it."""
    apply_consent(visit)
    is_news = record_delivery(visit.hand, event) or visit.consent.is_news
    visit.hand.write_score()
    day = visit.case.terms.day_of(visit.event.occurred_at_ms)
    evaluate(visit.hand, Occasion(day, counts=is_news and visit.is_live), is_news=is_news)
