"""A key that became an alias sends over what is known of its people, a chunk at a time; the primary key takes it in.

In: leads of the old key, or what one sent. Out: facts for the primary key, each marked with its origin; the old rows
end. Hand-offs do not travel: they were withdrawn, and what is due is due again where it lands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from schemas.base import Campaign
from schemas.lead_events import AdoptedCount, AdoptedFact, LeadAdopted
from schemas.topics import LEAD_EVENTS
from schemas.vocabulary import Stage
from workers.accounts.consents import ConsentRow, consent_said, words_to_send
from workers.accounts.contacts import taken_in, to_send
from workers.accounts.counts import keys_by_rule, with_sent
from workers.accounts.facts import latest_campaign, merged
from workers.accounts.judging import judge
from workers.accounts.pending import no_longer_due
from workers.accounts.qualifying import Occasion
from workers.accounts.rows import Fact, LeadRow, MovedRow, RuleCount, ScoreRow
from workers.accounts.wanted import stop_asking
from workers.outbox import fact_id

if TYPE_CHECKING:
    from workers.accounts.case import Case

_VERDICTS: dict[Stage | None, Literal["recycled", "disqualified"] | None] = {
    None: None,
    Stage.RECYCLED: "recycled",
    Stage.DISQUALIFIED: "disqualified",
}


def send_over(case: Case, lead_id: str, lead: LeadRow) -> None:
    """Send a lead to the primary key and forget it here."""
    score = case.rows.get(ScoreRow, case.key, lead_id) or ScoreRow()
    lead = no_longer_due(case, lead_id, lead)
    stop_asking(case, lead_id, lead)
    mark = lead.campaign
    keys = keys_by_rule(score)
    event = LeadAdopted(
        event_id=fact_id(
            "adopted", case.key, case.account.forwards_to, lead_id, score.revision, lead.stage_n
        ),
        account_key=case.account.forwards_to,
        lead_id=lead_id,
        occurred_at_ms=case.now_ms if mark is None else mark.at_ms,
        origin_account_key=case.key,
        email=lead.email,
        role_address=lead.role_address,
        facts={
            fact.name: AdoptedFact(value=fact.value, at_ms=fact.at_ms)
            for fact in lead.facts
            if not fact.is_crm
        },
        counts={
            count.rule: AdoptedCount(
                days=list(count.days),
                at_ms=count.at_ms,
                event_id=count.event_id,
                once=keys.get(count.rule, {}),
            )
            for count in score.counts
        },
        campaign=None if mark is None else Campaign(name=mark.name, source=mark.source, medium=mark.medium),
        cycle=lead.cycle,
        raised_hand=lead.raised_hand and lead.verdict is None,
        earned=lead.handed,
        verdict=_VERDICTS[lead.verdict],
        said_no_ms=lead.said_no_ms,
        contact=to_send(case, lead),
        consents=words_to_send(case, lead_id),
        is_lead=lead.stage is not None,
    )
    case.say(LEAD_EVENTS, event)
    if lead.stage is not None:
        case.rows.put(MovedRow(stage_n=lead.stage_n, revision=score.revision), case.key, lead_id)
    case.rows.delete(LeadRow, case.key, lead_id)
    case.rows.delete(ScoreRow, case.key, lead_id)
    case.rows.delete(ConsentRow, case.key, lead_id)


def take_in(case: Case, event: LeadAdopted, lead: LeadRow) -> None:
    """Take in a lead that lived under another key; what is here already stays, the later fact holds, counts add up."""
    said = [Fact(name, one.value, one.at_ms) for name, one in event.facts.items()]
    is_new = lead.email is None
    lead = replace(
        lead,
        email=event.email if is_new else lead.email,
        role_address=event.role_address or lead.role_address,
        facts=merged(lead.facts, said),
        campaign=latest_campaign(lead.campaign, event.campaign, event.occurred_at_ms),
        cycle=max(lead.cycle, event.cycle),
    )
    if is_new and event.verdict is not None:
        lead = replace(lead, verdict=Stage(event.verdict), said_no_ms=event.said_no_ms)
    lead = taken_in(case, event.contact, lead)
    score = case.rows.get(ScoreRow, case.key, event.lead_id) or ScoreRow()
    sent = [
        (RuleCount(rule, tuple(one.days), one.at_ms, one.event_id), one.once)
        for rule, one in sorted(event.counts.items())
    ]
    days = [day for count, _ in sent for day, _ in count.days]
    since = () if lead.verdict is not None and score.since is None else score.since
    score = replace(with_sent(case.terms, score, sent), since=since)
    lead, score = consent_said(case, event.lead_id, lead, score, event.consents)
    day = min(days, default=score.latest_day)
    occasion = Occasion(
        max(day, case.account.facts_day),
        earned=event.earned and lead.verdict is None,
        raised=event.raised_hand,
    )
    case.put_lead(event.lead_id, lead)
    judge(case, event.lead_id, lead, score, occasion, say=True)
