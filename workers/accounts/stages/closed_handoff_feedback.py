"""An answer to a hand-off that was over already when it was given: what is true all the same counts, the rest is refused.

In: a word of sales that names a closed hand-off. Out: the lead as it is after it, the account in question; or a refusal,
so that whoever said it learns that nobody could act on it. Said twice it counts once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.vocabulary import DeadLetterReason, Reason, RejectReason, SalesAction, Stage
from workers.accounts.state.account import MarketObjection
from workers.accounts.state.handoff import ClosedHandoffRow
from workers.accounts.worth.facts import market_facts_hash
from workers.engine.api import RefusedError

if TYPE_CHECKING:
    from schemas.lead_events import SalesAnswered
    from workers.accounts.case import Case
    from workers.accounts.state.lead import LeadRow


def judge_late_answer(case: Case, lead: LeadRow, event: SalesAnswered) -> LeadRow:
    """Return the lead after an answer. Where sales itself had ended the hand-off, it is the same once more.

    A no of who had it counts: of the account always; of the person while nothing has begun since silence ended it. That
    it has ended stays so. Raises RefusedError handoff_over.
    """
    handoff_id = event.activity.handoff_id
    closed = None if handoff_id is None else case.rows.get(ClosedHandoffRow, case.key, handoff_id)
    if handoff_id is None or closed is None or closed.is_moved or closed.is_answered:
        return lead
    if event.occurred_at_ms < closed.closed_ms:
        return lead  # overtaken by what ended it
    effect = case.terms.policy.stages.sales_says_no.effect_of(event.activity.reason or RejectReason.NOT_NOW)
    is_no = event.activity.action is SalesAction.REJECTED
    had_it = not closed.had or event.activity.rep_id in closed.had
    is_of_silence = lead.verdict is Stage.EXPIRED and closed.expired_cycle == lead.cycle
    if not (is_no and had_it and (effect == "question_account" or is_of_silence)):
        detail = (
            "the hand-off was withdrawn before this was said; lead.routing says why, and who has the lead now"
        )
        raise RefusedError(DeadLetterReason.HANDOFF_OVER, detail)
    case.rows.put(replace(closed, is_answered=True), case.key, handoff_id)
    if effect == "question_account":
        market_objection(case, event)
        return lead
    if effect == "disqualified":
        return replace(
            lead,
            verdict=Stage.DISQUALIFIED,
            verdict_why=Reason.SALES_REJECTED,
            said_no_ms=event.occurred_at_ms,
        )
    return replace(lead, bounces=lead.bounces + 1)


def market_objection(case: Case, event: SalesAnswered) -> None:
    """The account is in question, unless its facts were confirmed after sales said so."""
    company = case.account.company
    confirmed_ms = company.confirmed_ms if company else None
    if confirmed_ms is None or confirmed_ms <= event.occurred_at_ms:
        case.change(questioned=MarketObjection(market_facts_hash(company), confirmed_ms))
