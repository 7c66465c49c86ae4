"""What is said to an account's log: an event and whom it belongs to become a fact about a lead.

The ids are those of the events themselves; a blank text says nothing and becomes absent.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from schemas.base import Campaign, Consent
from schemas.chat_conversations import ChatTurn
from schemas.form_fills import FormFill
from schemas.lead_events import ConsentWord, LeadActivity, LeadChat, LeadConsent, LeadForm, LeadIdentified
from workers.identity.consents import consent_changed, refuses_tracking
from workers.outbox import fact_id
from workers.visitors.chats import turn_of
from workers.visitors.rows import HistoryRow, Link, Word

if TYPE_CHECKING:
    from schemas.web_activity import WebActivity
    from workers.identity.event_time import EventTime
    from workers.identity.people import Person
    from workers.visitors.history import Kept

VisitorFact: TypeAlias = LeadActivity | LeadForm | LeadChat | LeadConsent


def identified(
    person: Person, anonymous_id: str | None, event_id: str, time: EventTime, consents: tuple[Word, ...]
) -> LeadIdentified:
    """Return that an address became known; one per link, or per lead where there is no browser."""
    return LeadIdentified(
        event_id=fact_id("lead_identified", person.lead_id, anonymous_id or "", event_id),
        account_key=person.account_key,
        lead_id=person.lead_id,
        occurred_at_ms=time.at_ms,
        clamped=time.is_clamped,
        email=person.email,
        role_address=person.is_role,
        imported=time.is_imported,
        consents=[ConsentWord(purpose=one.purpose, given=one.given, at_ms=one.at_ms) for one in consents],
    )


def activity_of(said: WebActivity, to: Link, time: EventTime) -> LeadActivity:
    """Return the activity as one of this lead."""
    return LeadActivity(
        event_id=said.event_id,
        account_key=to.account_key,
        lead_id=to.lead_id,
        occurred_at_ms=time.at_ms,
        clamped=time.is_clamped,
        activity=said.activity,
        url=said.url or None,
        asset=said.asset or None,
        campaign=_campaign(said.campaign),
        duration_seconds=said.duration_seconds,
        consent=said.consent,
    )


def refusal_of(said: WebActivity, to: Link, time: EventTime) -> LeadConsent:
    """Return what is kept of an activity that came with a refusal to be tracked: the refusal."""
    return consent_changed(
        to.lead_id,
        to.account_key,
        said.event_id,
        time.at_ms,
        said.consent or Consent(),
        is_clamped=time.is_clamped,
        is_activity=True,
    )


def form_of(said: FormFill, to: Link, at_ms: int, *, is_clamped: bool) -> LeadForm:
    """Return the form as one of this lead."""
    return LeadForm(
        event_id=said.event_id,
        account_key=to.account_key,
        lead_id=to.lead_id,
        occurred_at_ms=at_ms,
        clamped=is_clamped,
        form_id=said.form_id,
        request=said.request,
        first_name=said.first_name or None,
        last_name=said.last_name or None,
        company=said.company or None,
        job_title=said.job_title or None,
        job_function=said.job_function,
        country=said.country.upper() if said.country else None,
        postal_code=said.postal_code or None,
        phone=said.phone or None,
        language=re.split("[-_]", said.language)[0].lower() if said.language else None,
        url=said.url or None,
        campaign=_campaign(said.campaign),
        consent=said.consent,
    )


def as_imported(fact: VisitorFact) -> VisitorFact:
    """Return the fact as history: it counts by its date, and asks nobody for anything."""
    return fact.model_copy(update={"imported": True})


def kept_activity(said: WebActivity, time: EventTime, *, is_refused: bool) -> HistoryRow:
    """Return what is kept of an activity until its visitor is known; of a refused one the refusal."""
    consent = None if said.consent is None else (said.consent.tracking, said.consent.marketing)
    if is_refused:
        return HistoryRow(is_clamped=time.is_clamped, consent=consent, is_imported=time.is_imported)
    campaign = _campaign(said.campaign)
    return HistoryRow(
        activity=said.activity,
        url=said.url or None,
        asset=said.asset or None,
        campaign=(campaign.name, campaign.source, campaign.medium) if campaign else None,
        duration_seconds=said.duration_seconds,
        is_clamped=time.is_clamped,
        consent=consent,
        is_imported=time.is_imported,
    )


def kept_form(said: FormFill, time: EventTime) -> HistoryRow:
    """Return what is kept of a form until its visitor is known; an address that is none is not."""
    text = said.model_dump_json(exclude_none=True, exclude={"email", "anonymous_id"})
    return HistoryRow(is_clamped=time.is_clamped, form=text, is_imported=time.is_imported)


def fact_of_kept(kept: Kept, to: Link, *, counts_nothing_untracked: bool) -> VisitorFact:
    """Return an event of the history, with its own time, as one of this lead."""
    fact = _fact_of_row(kept, to, counts_nothing_untracked=counts_nothing_untracked)
    return as_imported(fact) if kept.row.is_imported else fact


def _fact_of_row(kept: Kept, to: Link, *, counts_nothing_untracked: bool) -> VisitorFact:
    row = kept.row
    if row.chat:
        turn = ChatTurn.model_validate_json(row.chat)
        is_refused = counts_nothing_untracked and refuses_tracking(turn.consent)
        return turn_of(turn, to, kept.at_ms, is_clamped=row.is_clamped, is_refused=is_refused)
    consent = None if row.consent is None else Consent(tracking=row.consent[0], marketing=row.consent[1])
    if row.form:
        said = FormFill.model_validate_json(row.form)
        return form_of(said, to, kept.at_ms, is_clamped=row.is_clamped)
    if consent is not None and not row.activity:
        return consent_changed(
            to.lead_id,
            to.account_key,
            kept.event_id,
            kept.at_ms,
            consent,
            is_clamped=row.is_clamped,
            is_activity=True,
        )
    return LeadActivity(
        event_id=kept.event_id,
        account_key=to.account_key,
        lead_id=to.lead_id,
        occurred_at_ms=kept.at_ms,
        clamped=row.is_clamped,
        activity=row.activity,
        url=row.url,
        asset=row.asset,
        campaign=Campaign(name=row.campaign[0], source=row.campaign[1], medium=row.campaign[2])
        if row.campaign
        else None,
        duration_seconds=row.duration_seconds,
        consent=consent,
    )


def _campaign(said: Campaign | None) -> Campaign | None:
    if said is None or not said.name:
        return None
    if said.source == "" or said.medium == "":
        return Campaign(name=said.name, source=said.source or None, medium=said.medium or None)
    return said
