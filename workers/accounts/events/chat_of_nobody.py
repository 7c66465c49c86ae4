"""An unidentified visitor asks for sales in a chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.desk_requests import PresenceAsked
from schemas.topics import DESK_REQUESTS

if TYPE_CHECKING:
    from schemas.lead_events import ChatOfNobody
    from workers.accounts.case import Case


def handle(case: Case, event: ChatOfNobody) -> None:
    """Ask the default desk who is present. No row is written."""
    case.publish(
        DESK_REQUESTS,
        PresenceAsked(
            event_id=event.event_id,
            desk=case.terms.desk,
            account_key=case.key,
            conversation_id=event.conversation_id,
        ),
    )
