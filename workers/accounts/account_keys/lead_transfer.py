"""The transfer of one lead from one account key to another: sent and deleted here, merged and evaluated there.

In: a lead of a key that became an alias, or of an alias that moves on; the LeadAdopted of another key. Out: one
LeadAdopted per lead, and the lead's rows under its new key. Hand-offs are never transferred: they are withdrawn, and a
lead that was handed off or due is due again under its new key, whatever its points are by now. The MovedRow that stays
here forwards late feedback about a withdrawn hand-off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.lead_events import LeadAdopted
from schemas.topics import LEAD_EVENTS
from schemas.vocabulary import Reason
from workers.accounts.account_keys.alias_chains import introduce_alias
from workers.accounts.desk_protocol import claim_refusals
from workers.accounts.evaluation import expiry, imported_history, unread_fields
from workers.accounts.evaluation.consents import ConsentRow, apply_consents, consents_to_send
from workers.accounts.evaluation.evaluate import evaluate
from workers.accounts.evaluation.missing_facts import stop_asking
from workers.accounts.handoffs import handoffs, touches
from workers.accounts.handoffs.alias_members import AccountPayload
from workers.accounts.handoffs.queue import dequeue
from workers.accounts.handoffs.transfer_payload import merge_leads, merge_scores, pack_row, unpack_row
from workers.accounts.stages.deals import deal_of
from workers.accounts.stages.qualifying import Occasion
from workers.accounts.state.lead import LeadRow, MovedRow
from workers.accounts.state.score import ScoreRow
from workers.accounts.worth.durations import with_chats, without_chats
from workers.outbox import fact_id

if TYPE_CHECKING:
    from workers.accounts.case import LeadInHand


def send_lead(hand: LeadInHand, to: str, *, earned: bool = False, is_placed: bool = False) -> None:
    """Send a lead to the account key ``to`` and delete it here.

    ``earned``: the lead's last event hands a customer's lead to its rep; it has that effect at the new key.
    ``is_placed``: only this lead of its account goes there, so the rep who worked with it goes along.
    """
    case, lead_id = hand.case, hand.lead_id
    score = hand.score
    dequeue(hand)
    had_rep = is_placed and bool(hand.lead.handoffs)
    handoffs.close_all_of(hand, (Reason.ACCOUNT_MOVED,))
    lead = hand.lead
    stop_asking(hand)
    unread_fields.clear_all(hand)
    claim_refusals.forget_lead(case, lead_id)
    expiry.stop_expiry(case, lead_id)
    imported_history.cancel_evaluation(case, lead_id)
    deal = deal_of(case.account.deals, lead_id)
    home = lead.home or case.key
    if to == case.account.forwards_to:
        introduce_alias(case, home, to, case.key)
    event = LeadAdopted(
        event_id=fact_id("adopted", case.key, to, lead_id, score.revision, lead.stage_n),
        account_key=to,
        lead_id=lead_id,
        occurred_at_ms=case.now_ms,
        origin_account_key=case.key,
        home_account_key=home,
        consents=consents_to_send(case, lead_id),
        is_lead=lead.stage is not None,
        earned=earned,
        lead=pack_row(replace(lead, moves=lead.moves + 1)),
        score=pack_row(score),
        touches=touches.pack_touches(case, lead_id),
        deal=None if deal is None else pack_row(deal),
        active_at_ms=case.remove_active(lead_id),
        kept=pack_row(AccountPayload(last_rep=case.account.last_rep)) if had_rep else None,
    )
    case.publish(LEAD_EVENTS, event)
    before = case.rows.get(MovedRow, case.key, lead_id) or MovedRow(stage_n=0, revision=0)
    moved = MovedRow(
        stage_n=max(lead.stage_n, before.stage_n),
        revision=max(score.revision, before.revision),
        to=to,
        service=lead.service or before.service,
    )
    case.rows.put(moved, case.key, lead_id)
    case.rows.delete(LeadRow, case.key, lead_id)
    case.rows.delete(ScoreRow, case.key, lead_id)
    case.rows.delete(ConsentRow, case.key, lead_id)
    if deal is not None:
        case.change(deals=tuple(one for one in case.account.deals if one.lead_id != lead_id))


def adopt_lead(hand: LeadInHand, event: LeadAdopted, *, is_new: bool) -> None:
    """Merge a lead that another account key has sent. ``is_new``: it was not known here before."""
    case, lead = hand.case, hand.lead
    sent = unpack_row(event.lead, LeadRow)
    made = merge_leads(lead, sent, is_new=is_new)
    made = replace(
        made,
        home="" if event.home_account_key == case.key else event.home_account_key,
        erased_ms=max(lead.erased_ms, sent.erased_ms),
    )
    held = hand.score
    sent_score = unpack_row(event.score, ScoreRow)
    score = merge_scores(case.terms, held, without_chats(case.terms, made, sent_score))
    score = with_chats(case.terms, made, score, sent_score.chats, sent_score.chat_requests)
    if made.verdict is not None and score.since is None:
        score = replace(score, since=())
    hand.lead, hand.score = made, score
    apply_consents(hand, event.consents)
    if event.active_at_ms is not None:
        case.record_activity(event.lead_id, event.active_at_ms)
    hand.write_lead()
    touches.merge_touches(case, event.lead_id, event.touches)
    unread_fields.report_all(hand)
    made, score = hand.lead, hand.score
    if not event.is_lead:
        if score != held:
            hand.write_score()
        return
    days = [day for count in score.counts for day, _ in count.days]
    was_due = sent.handed and made.verdict is None and not (lead.handed or lead.pending or lead.handoffs)
    occasion = Occasion(
        max(min(days, default=score.latest_day), case.account.facts_day), earned=event.earned, moved=was_due
    )
    evaluate(hand, occasion, is_news=True)
    expiry.reschedule(hand)
    imported_history.schedule_evaluation(hand)
