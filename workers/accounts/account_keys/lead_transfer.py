"""A person goes from one account key to another: packed, forgotten here; taken in, judged and due again there.

In: leads of a key that became an alias, or that an alias has left; what such a key sent. Out: one ``LeadAdopted`` a
lead, and its rows where it lands. Hand-offs do not travel: they were withdrawn, and what was handed over or due is due
again where it lands, whatever its points are by now. A late answer to one that was withdrawn finds the person by the
``MovedRow`` that stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.lead_events import LeadAdopted
from schemas.topics import LEAD_EVENTS
from schemas.vocabulary import Reason
from workers.accounts.desk_protocol import claim_refusals
from workers.accounts.evaluation import expiry, imported_history
from workers.accounts.evaluation.consents import ConsentRow, consent_said, words_to_send
from workers.accounts.evaluation.evaluate import judge
from workers.accounts.evaluation.missing_facts import stop_asking
from workers.accounts.handoffs import handoffs, touches
from workers.accounts.handoffs.queue import no_longer_due
from workers.accounts.handoffs.transfer_payload import lead_of_both, packed, score_of_both, unpacked
from workers.accounts.stages.deals import deal_of
from workers.accounts.stages.qualifying import Occasion
from workers.accounts.state.lead import LeadRow, MovedRow
from workers.accounts.state.score import ScoreRow
from workers.outbox import fact_id

if TYPE_CHECKING:
    from workers.accounts.case import Case


def send_over(case: Case, lead_id: str, lead: LeadRow, to: str, *, earned: bool = False) -> None:
    """Send a lead to the key ``to`` and forget it here. ``earned``: what it just did earns a customer's lead its rep."""
    score = case.rows.get(ScoreRow, case.key, lead_id) or ScoreRow()
    lead = handoffs.close_all_of(case, no_longer_due(case, lead_id, lead), (Reason.ACCOUNT_MOVED,))
    stop_asking(case, lead_id, lead)
    claim_refusals.forget(case, lead_id)
    expiry.stop(case, lead_id)
    imported_history.stop(case, lead_id)
    deal = deal_of(case.account.deals, lead_id)
    home = lead.home or case.key
    event = LeadAdopted(
        event_id=fact_id("adopted", case.key, to, lead_id, score.revision, lead.stage_n),
        account_key=to,
        lead_id=lead_id,
        occurred_at_ms=case.now_ms,
        origin_account_key=case.key,
        home_account_key=home,
        consents=words_to_send(case, lead_id),
        is_lead=lead.stage is not None,
        earned=earned,
        lead=packed(replace(lead, moves=lead.moves + 1)),
        score=packed(score),
        touches=touches.sent_away(case, lead_id),
        deal=None if deal is None else packed(deal),
        active_at_ms=case.forget_active(lead_id),
    )
    case.say(LEAD_EVENTS, event)
    moved = MovedRow(stage_n=lead.stage_n, revision=score.revision, to=to, service=lead.service)
    case.rows.put(moved, case.key, lead_id)
    case.rows.delete(LeadRow, case.key, lead_id)
    case.rows.delete(ScoreRow, case.key, lead_id)
    case.rows.delete(ConsentRow, case.key, lead_id)
    if deal is not None:
        case.change(deals=tuple(one for one in case.account.deals if one.lead_id != lead_id))


def take_in(case: Case, event: LeadAdopted, lead: LeadRow, *, is_new: bool) -> None:
    """Take in a lead that lived under another key. ``lead`` has entered; ``is_new``: it was not known here before."""
    sent = unpacked(event.lead, LeadRow)
    made = lead_of_both(lead, sent, is_new=is_new)
    made = replace(
        made,
        home="" if event.home_account_key == case.key else event.home_account_key,
        erased_ms=max(lead.erased_ms, sent.erased_ms),
    )
    held = case.rows.get(ScoreRow, case.key, event.lead_id) or ScoreRow()
    score = score_of_both(case.terms, held, unpacked(event.score, ScoreRow))
    if made.verdict is not None and score.since is None:
        score = replace(score, since=())
    made, score = consent_said(case, event.lead_id, made, score, event.consents)
    if event.active_at_ms is not None:
        case.was_active(event.lead_id, event.active_at_ms)
    case.put_lead(event.lead_id, made)
    touches.taken_in(case, event.lead_id, event.touches)
    if not event.is_lead:
        if score != held:
            case.rows.put(score, case.key, event.lead_id)
        return
    days = [day for count in score.counts for day, _ in count.days]
    was_due = sent.handed and made.verdict is None and not (lead.handed or lead.pending or lead.handoffs)
    occasion = Occasion(
        max(min(days, default=score.latest_day), case.account.facts_day), earned=event.earned, moved=was_due
    )
    judge(case, event.lead_id, made, score, occasion, say=True)
    expiry.look_again(case, event.lead_id)
    imported_history.look_again(case, event.lead_id)
