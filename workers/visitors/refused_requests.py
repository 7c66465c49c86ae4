"""Requests for sales or support whose e-mail address cannot be read: an alert, because no lead can be made.

In: a form or a chat turn with such an address. Out: one alert for each event. A form is a dead letter besides, which the
alert names. A chat turn counts for its conversation, so the visitor is answered there.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from schemas.form_fills import FormFill
from schemas.outputs import LeadAlert
from schemas.topics import LEAD_ALERTS
from schemas.vocabulary import Alert
from workers.outbox import emit, fact_id

if TYPE_CHECKING:
    from schemas.base import PolicyRef
    from workers.engine.api import Clock, Emit, Record
    from workers.visitors.input_events import InputEvent


def refusal_alert(event: InputEvent, record: Record, policy: PolicyRef, clock: Clock) -> Emit:
    """Return the alert about a request that names no readable address."""
    is_form = isinstance(event, FormFill)
    alert_id = fact_id(Alert.REQUEST_REFUSED, record.topic, event.event_id)
    alert = LeadAlert(
        event_id=fact_id("alert", alert_id),
        occurred_at=datetime.fromtimestamp(clock.now_ms / 1000, UTC),
        alert_id=alert_id,
        alert=Alert.REQUEST_REFUSED,
        account_key=f"input:{record.topic}",
        topic=record.topic,
        field="email",
        dead_letter=f"{record.topic}-{record.partition}-{record.offset}" if is_form else None,
        policy=policy,
    )
    return emit(LEAD_ALERTS, alert)
