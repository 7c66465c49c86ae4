"""Feedback of sales about a hand-off that was closed before: what counts all the same, and what is refused.

In: feedback that names a closed hand-off. Out: the changes to the lead, to the closed hand-off and to the account; or a
refusal, by which the sender learns that the feedback had no effect. Repeated feedback counts once. Nothing is written
here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

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


class LateAnswer(NamedTuple):
    """The changes that an answer to a closed hand-off makes. The caller writes them."""

    lead: LeadRow
    """Lead after the answer."""
    closed: ClosedHandoffRow | None = None
    """Closed hand-off, now answered by sales. None: it stays as it is."""
    objection: MarketObjection | None = None
    """Objection against the account. None: the answer makes none."""


def judge_late_answer(case: Case, lead: LeadRow, event: SalesAnswered) -> LateAnswer:
    """Return what an answer to a closed hand-off changes. Raises RefusedError handoff_over.

    It changes nothing if sales itself has closed the hand-off, if the hand-off was closed by a move of the account, or
    if the answer is dated before the withdrawal.

    A rejection by a rep who had the hand-off counts. It always counts about the account. It counts about the lead while
    an expiry is the end of the lead's present cycle, and the cycle stays ended. Any other answer is refused.
    """
    handoff_id = event.activity.handoff_id
    closed = None if handoff_id is None else case.rows.get(ClosedHandoffRow, case.key, handoff_id)
    if closed is None or closed.is_moved or closed.is_answered:
        return LateAnswer(lead)
    if event.occurred_at_ms < closed.closed_ms:
        return LateAnswer(lead)  # the withdrawal has overtaken the answer
    effect = case.terms.policy.stages.sales_says_no.effect_of(event.activity.reason or RejectReason.NOT_NOW)
    is_rejection = event.activity.action is SalesAction.REJECTED
    had_it = not closed.had or event.activity.rep_id in closed.had
    is_expired = lead.verdict is Stage.EXPIRED and closed.expired_cycle == lead.cycle
    if not (is_rejection and had_it and (effect == "question_account" or is_expired)):
        detail = (
            "the hand-off was withdrawn before this was said; lead.routing says why, and who has the lead now"
        )
        raise RefusedError(DeadLetterReason.HANDOFF_OVER, detail)
    answered = replace(closed, is_answered=True)
    if effect == "question_account":
        return LateAnswer(lead, answered, market_objection(case, event))
    if effect == "disqualified":
        disqualified = replace(
            lead,
            verdict=Stage.DISQUALIFIED,
            verdict_why=Reason.SALES_REJECTED,
            said_no_ms=event.occurred_at_ms,
        )
        return LateAnswer(disqualified, answered)
    return LateAnswer(replace(lead, bounces=lead.bounces + 1), answered)


def market_objection(case: Case, event: SalesAnswered) -> MarketObjection | None:
    """Return the objection against the account's market. None: its facts were confirmed after the feedback."""
    company = case.account.company
    confirmed_ms = company.confirmed_ms if company else None
    if confirmed_ms is not None and confirmed_ms > event.occurred_at_ms:
        return None
    return MarketObjection(market_facts_hash(company, case.terms.gates.facts.fields), confirmed_ms)
