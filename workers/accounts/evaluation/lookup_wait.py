"""A lead with free mail whose company is being looked up: its company's facts are not asked for before the answer.

In: an account with an open lookup, and later its answer. Out: the lead stays ``known`` meanwhile, and is evaluated when
the lookup ends without a company. If it finds one, the lead is sent to that account and evaluated there. The answer is a
record, so nothing depends on how fast it arrives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.vocabulary import Stage
from workers.accounts.case import LeadInHand
from workers.accounts.evaluation.evaluate import evaluate
from workers.accounts.stages.qualifying import Occasion

if TYPE_CHECKING:
    from workers.accounts.case import Case


def evaluate_after_lookup(case: Case) -> None:
    """Evaluate the lead of a free-mail address that has waited for a lookup, unless the account moves to another key."""
    if not case.key.startswith("lead:") or case.account.is_asking or case.account.forwards_to:
        return
    hand = LeadInHand(case, case.key.removeprefix("lead:"))
    if hand.lead.stage is Stage.KNOWN:
        evaluate(hand, Occasion(case.terms.day_of(case.now_ms), counts=False), is_news=False)
