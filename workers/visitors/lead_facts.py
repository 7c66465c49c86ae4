"""Facts about leads: an input event and the lead to which it belongs become a fact for the account's log.

A fact keeps the event_id of its event. A blank text carries no information and is left out of the fact.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from schemas.base import Campaign, Consent, UnreadField
from schemas.chat_conversations import ChatTurn
from schemas.form_fills import FormFill
from schemas.lead_events import ConsentWord, LeadActivity, LeadChat, LeadConsent, LeadForm, LeadIdentified
from workers.identity.consent_statements import consent_changed
from workers.identity.country_names import read_country
from workers.identity.custom_fields import fold_fields
from workers.outbox import fact_id
from workers.visitors.chat_turns import turn_fact

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from schemas.web_activity import WebActivity
    from workers.identity.event_time import EventTime
    from workers.identity.lead_ids import Person
    from workers.visitors.input_events import InputEvent
    from workers.visitors.rows import ConsentStatement, Link

MOST_FORMS = 10
"""Most forms that the announcement of a lead carries, the latest."""

VisitorFact: TypeAlias = LeadActivity | LeadForm | LeadChat | LeadConsent


def identified_fact(
    person: Person,
    anonymous_id: str | None,
    event_id: str,
    time: EventTime,
    consents: tuple[ConsentStatement, ...],
    following: Sequence[VisitorFact] = (),
) -> LeadIdentified:
    """Return the fact that an address became known: one per link, or one per lead if there is no browser.

    ``following`` are the facts that are emitted after it. If several follow, it carries the forms among them, so that no
    fact is asked for that one of them states.
    """
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
        forms=[fact for fact in following if isinstance(fact, LeadForm)][-MOST_FORMS:]
        if len(following) > 1
        else [],
    )


def fact_of(event: InputEvent, to: Link, time: EventTime, *, is_refused: bool) -> VisitorFact:
    """Return the event as a fact about the lead of the link ``to``.

    ``is_refused``: the visitor refuses tracking, so behaviour must not count.
    """
    fact = _live_fact(event, to, time, is_refused=is_refused)
    return as_imported(fact) if time.is_imported else fact


def as_imported(fact: VisitorFact) -> VisitorFact:
    """Return the fact as imported history. It counts by its date, and starts no request, deadline or alert."""
    return fact.model_copy(update={"imported": True})


def redated(fact: VisitorFact, counted_ms: int) -> list[VisitorFact]:
    """Return the fact of a repeat whose date is earlier than ``counted_ms``, under which the event has counted so far.

    A chat turn has been answered, and a consent holds from its first arrival: nothing is emitted for their repeats.
    """
    if not isinstance(fact, LeadActivity | LeadForm):
        return []
    return [fact.model_copy(update={"counted_at_ms": counted_ms})]


def with_unread(fact: VisitorFact, unread: Iterable[UnreadField]) -> VisitorFact:
    """Return the fact with the fields of its event that could not be read."""
    fields = list(unread)
    return fact.model_copy(update={"unread": fields}) if fields else fact


def form_fact(form: FormFill, to: Link, at_ms: int, *, is_clamped: bool) -> LeadForm:
    """Return the form as a fact about the lead of the link ``to``."""
    return LeadForm(
        event_id=form.event_id,
        account_key=to.account_key,
        lead_id=to.lead_id,
        occurred_at_ms=at_ms,
        clamped=is_clamped,
        form_id=form.form_id,
        request=form.request,
        first_name=form.first_name or None,
        last_name=form.last_name or None,
        company=form.company or None,
        job_title=form.job_title or None,
        job_function=form.job_function or None,
        country=read_country(form.country),
        postal_code=form.postal_code or None,
        region=form.region or None,
        phone=form.phone or None,
        language=re.split("[-_]", form.language)[0].lower() if form.language else None,
        product_interest=form.product_interest or None,
        fields=fold_fields(form.fields) or None,
        url=form.url or None,
        campaign=without_blanks(form.campaign),
        consent=form.consent,
    )


def without_blanks(campaign: Campaign | None) -> Campaign | None:
    """Return the campaign with blank texts as None. None if it has no name."""
    if campaign is None or not campaign.name:
        return None
    if campaign.source == "" or campaign.medium == "":
        return Campaign(name=campaign.name, source=campaign.source or None, medium=campaign.medium or None)
    return campaign


def _live_fact(event: InputEvent, to: Link, time: EventTime, *, is_refused: bool) -> VisitorFact:
    if isinstance(event, FormFill):
        return form_fact(event, to, time.at_ms, is_clamped=time.is_clamped)
    if isinstance(event, ChatTurn):
        return turn_fact(event, to, time.at_ms, is_clamped=time.is_clamped, is_refused=is_refused)
    return _refusal_fact(event, to, time) if is_refused else _activity_fact(event, to, time)


def _activity_fact(activity: WebActivity, to: Link, time: EventTime) -> LeadActivity:
    return LeadActivity(
        event_id=activity.event_id,
        account_key=to.account_key,
        lead_id=to.lead_id,
        occurred_at_ms=time.at_ms,
        clamped=time.is_clamped,
        activity=activity.activity,
        url=activity.url or None,
        asset=activity.asset or None,
        campaign=without_blanks(activity.campaign),
        duration_seconds=activity.duration_seconds,
        message_id=activity.message_id,
        links_in_message=activity.links_in_message,
        consent=activity.consent,
    )


def _refusal_fact(activity: WebActivity, to: Link, time: EventTime) -> LeadConsent:
    """Return the refusal of tracking that came with an activity. Nothing else of the activity is kept."""
    return consent_changed(
        to.lead_id,
        to.account_key,
        activity.event_id,
        time.at_ms,
        activity.consent or Consent(),
        is_clamped=time.is_clamped,
        is_activity=True,
    )
