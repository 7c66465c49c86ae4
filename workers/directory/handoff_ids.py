"""Hand-off ids: the account key inside the id, by which a sales activity finds its account's log.

An id that cannot be read names no hand-off. The activity then counts by the person's address, if it has one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from schemas.base import UnreadField
from schemas.sales_activities import SalesActivity
from schemas.topics import SALES_ACTIVITIES
from schemas.vocabulary import DeadLetterReason
from workers.engine.api import RefusedError
from workers.identity.placeholders import is_placeholder

if TYPE_CHECKING:
    from schemas.tolerant_parsing import Reading

_HANDOFF: Final = re.compile(
    r"(?P<account_key>domain:[a-z0-9-]+(?:\.[a-z0-9-]+)+|crm:[A-Za-z0-9_.~%-]+"
    r"|lead:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})#\d+\.\d+",
    re.ASCII,
)
"""The form of a hand-off id in lead.routing: <account_key>#<cycle>.<n>."""


def account_key_of(handoff_id: str) -> str:
    """Return the account key in a hand-off's id. Raises RefusedError ``unknown_handoff`` if the id is malformed."""
    found = _HANDOFF.fullmatch(handoff_id.strip())
    if found is None:
        detail = "handoff_id: expected one that lead.routing named, <account_key>#<cycle>.<n>"
        raise RefusedError(DeadLetterReason.UNKNOWN_HANDOFF, detail)
    return found["account_key"]


def without_unread_handoff(reading: Reading) -> Reading:
    """Return a sales activity without a handoff_id that cannot be read, if an address names the person. Else the same object.

    A placeholder such as ``undefined`` is left out without a name among the fields that could not be read.
    """
    body = reading.body
    if not isinstance(body, SalesActivity) or body.handoff_id is None or not body.email:
        return reading
    if _HANDOFF.fullmatch(body.handoff_id.strip()) is not None:
        return reading
    named = (
        []
        if is_placeholder(body.handoff_id)
        else [UnreadField(topic=SALES_ACTIVITIES.name, field="handoff_id")]
    )
    body = body.model_copy(update={"handoff_id": None})
    return type(reading)(body, tuple(sorted((*reading.unread, *named), key=lambda one: one.field)))
