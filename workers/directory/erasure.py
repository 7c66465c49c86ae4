"""A person asks to be forgotten: every partition of every hop hears of it, and their dead letters are deleted.

In: privacy.requests, and what the directory's tasks tell each other. Out: PersonErased to all partitions of visitors,
accounts and the directory itself; accounts tell the desks when they are done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from schemas.erasure import PersonErased
from schemas.topics import DIRECTORY_EVENTS, LEAD_EVENTS, VISITOR_EVENTS
from workers.directory.letters import LetterRow, erase_chunk
from workers.directory.rows import (
    AccountVersionRow,
    ContactVersionRow,
    CountRow,
    ReadySentRow,
    RepVersionRow,
)
from workers.engine.timers import start_cursor
from workers.identity.erasures import ErasedRow, mark_once, to_all
from workers.identity.event_time import event_time
from workers.identity.repeats import SeenRow

if TYPE_CHECKING:
    from schemas.privacy_requests import PrivacyRequest
    from workers.engine.api import Emit
    from workers.engine.rows import Row, Rows
    from workers.identity.people import Person

ERASE: Final = "erase"
"""The kind of the cursor; its key is the lead_id."""

LEAVES: Final[dict[type[Row], str]] = {
    LetterRow: "deleted, with the letter",
    ContactVersionRow: "deleted",
    ErasedRow: "the mark itself",
    AccountVersionRow: "says nothing of people",
    RepVersionRow: "says nothing of leads",
    CountRow: "numbers only",
    ReadySentRow: "says nothing of people",
    SeenRow: "ids of events only",
}
"""How a person leaves each row type; a type that is missing here fails a test."""


def asked(request: PrivacyRequest, person: Person, arrival_ms: int, partitions: int) -> list[Emit]:
    """Tell everybody; an erasure is never too old, and told again it changes nothing."""
    time = event_time(request.occurred_at, arrival_ms, arrival_ms)
    event = PersonErased(event_id=request.event_id, lead_id=person.lead_id, occurred_at_ms=time.at_ms)
    return [
        told
        for log in (VISITOR_EVENTS, LEAD_EVENTS, DIRECTORY_EVENTS)
        for told in to_all(log, event, partitions)
    ]


def erase(rows: Rows, event: PersonErased, now_ms: int, kept_ms: int) -> list[Emit]:
    """Forget a person in this partition."""
    if not mark_once(rows, event, now_ms, kept_ms):
        return []
    rows.delete(ContactVersionRow, event.lead_id)
    emits, is_more = erase_chunk(rows, event.lead_id)
    if is_more:
        start_cursor(rows, ERASE, event.lead_id)
    return emits


def go_on(rows: Rows, lead_id: str) -> tuple[list[Emit], str | None]:
    """Delete the next letters; the position says only that there may be more."""
    emits, is_more = erase_chunk(rows, lead_id)
    return emits, "more" if is_more else None
