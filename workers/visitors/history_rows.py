"""History rows: an anonymous visitor's event as it is stored, and the fact that it becomes once the visitor is known.

An event that is stored has no valid address, so a stored form or chat turn leaves the address out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.base import Campaign, Consent, UnreadField
from schemas.chat_conversations import ChatTurn
from schemas.form_fills import FormFill
from schemas.lead_events import LeadActivity
from workers.identity.consent_statements import consent_changed, refuses_tracking
from workers.visitors.chat_turns import turn_fact
from workers.visitors.lead_facts import as_imported, form_fact, with_unread, without_blanks
from workers.visitors.rows import HistoryRow

if TYPE_CHECKING:
    from schemas.web_activity import WebActivity
    from workers.identity.event_time import EventTime
    from workers.visitors.anonymous_history import HistoryEvent
    from workers.visitors.input_events import InputEvent, ParsedEvent
    from workers.visitors.lead_facts import VisitorFact
    from workers.visitors.rows import Link


def row_of(parsed: ParsedEvent, time: EventTime, *, is_refused: bool) -> HistoryRow:
    """Return the row in which an event is stored until its visitor is known.

    ``is_refused``: the visitor refuses tracking. Of an activity only the refusal is then stored, of a chat turn all
    except its URL.
    """
    row = _row_of(parsed.body, time, is_refused=is_refused)
    if not parsed.unread:
        return row
    return replace(row, unread=tuple((one.topic, one.field, one.word) for one in parsed.unread))


def _row_of(event: InputEvent, time: EventTime, *, is_refused: bool) -> HistoryRow:
    if isinstance(event, FormFill):
        text = event.model_dump_json(exclude_none=True, exclude={"email", "anonymous_id"})
        return HistoryRow(is_clamped=time.is_clamped, form=text, is_imported=time.is_imported)
    if isinstance(event, ChatTurn):
        left_out = {"email", "anonymous_id"} | ({"url"} if is_refused else set())
        text = event.model_dump_json(exclude_none=True, exclude=left_out)
        return HistoryRow(is_clamped=time.is_clamped, chat=text, is_imported=time.is_imported)
    return _activity_row(event, time, is_refused=is_refused)


def stored_fact(stored: HistoryEvent, to: Link, *, counts_nothing_untracked: bool) -> VisitorFact:
    """Return a stored event, with its own time, as a fact about the lead of the link ``to``.

    ``counts_nothing_untracked``: the policy counts no behaviour of visitors who refuse tracking.
    """
    fact = _live_fact(stored, to, counts_nothing_untracked=counts_nothing_untracked)
    unread = (UnreadField(topic=topic, field=name, word=word) for topic, name, word in stored.row.unread)
    fact = with_unread(fact, unread)
    return as_imported(fact) if stored.row.is_imported else fact


def _activity_row(activity: WebActivity, time: EventTime, *, is_refused: bool) -> HistoryRow:
    consent = None if activity.consent is None else (activity.consent.tracking, activity.consent.marketing)
    if is_refused:
        return HistoryRow(is_clamped=time.is_clamped, consent=consent, is_imported=time.is_imported)
    campaign = without_blanks(activity.campaign)
    return HistoryRow(
        activity=activity.activity,
        url=activity.url or None,
        asset=activity.asset or None,
        campaign=(campaign.name, campaign.source, campaign.medium) if campaign else None,
        duration_seconds=activity.duration_seconds,
        message_id=activity.message_id,
        links_in_message=activity.links_in_message,
        is_clamped=time.is_clamped,
        consent=consent,
        is_imported=time.is_imported,
    )


def _live_fact(stored: HistoryEvent, to: Link, *, counts_nothing_untracked: bool) -> VisitorFact:
    row = stored.row
    if row.chat:
        turn = ChatTurn.model_validate_json(row.chat)
        is_refused = counts_nothing_untracked and refuses_tracking(turn.consent)
        return turn_fact(turn, to, stored.at_ms, is_clamped=row.is_clamped, is_refused=is_refused)
    consent = None if row.consent is None else Consent(tracking=row.consent[0], marketing=row.consent[1])
    if row.form:
        form = FormFill.model_validate_json(row.form)
        return form_fact(form, to, stored.at_ms, is_clamped=row.is_clamped)
    if consent is not None and not row.activity:
        return consent_changed(
            to.lead_id,
            to.account_key,
            stored.event_id,
            stored.at_ms,
            consent,
            is_clamped=row.is_clamped,
            is_activity=True,
        )
    return LeadActivity(
        event_id=stored.event_id,
        account_key=to.account_key,
        lead_id=to.lead_id,
        occurred_at_ms=stored.at_ms,
        clamped=row.is_clamped,
        activity=row.activity,
        url=row.url,
        asset=row.asset,
        campaign=Campaign(name=row.campaign[0], source=row.campaign[1], medium=row.campaign[2])
        if row.campaign
        else None,
        duration_seconds=row.duration_seconds,
        message_id=row.message_id,
        links_in_message=row.links_in_message,
        consent=consent,
    )
