"""Erasure of a person in `directory`: the request is broadcast, and the person's contact and dead letters are deleted.

In: privacy.requests, and the PersonErased events that the directory's tasks send each other. Out: PersonErased to all
partitions of visitors, accounts and the directory itself. Accounts notify the desks once they are done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from schemas.erasure import PersonErased
from schemas.topics import DIRECTORY_EVENTS, LEAD_EVENTS, VISITOR_EVENTS
from workers.directory.dead_letter_index import LetterRow, erase_letters
from workers.directory.rows import (
    AccountVersionRow,
    ContactVersionRow,
    CountRow,
    ReadySentRow,
    RepVersionRow,
)
from workers.engine.timers import start_cursor
from workers.identity.erasure_marks import ErasedRow, broadcast, mark_erasure
from workers.identity.event_time import event_time
from workers.identity.repeats import SeenRow

if TYPE_CHECKING:
    from schemas.privacy_requests import PrivacyRequest
    from workers.engine.api import Emit
    from workers.engine.rows import Row, Rows
    from workers.identity.lead_ids import Person

ERASE: Final = "erase"
"""The kind of the cursor. Its key is the lead_id."""

LEAVES: Final[dict[type[Row], str]] = {
    LetterRow: "deleted, with the dead letter",
    ContactVersionRow: "deleted",
    ErasedRow: "the erasure mark itself",
    AccountVersionRow: "holds nothing about people",
    RepVersionRow: "holds nothing about leads",
    CountRow: "numbers only",
    ReadySentRow: "holds nothing about people",
    SeenRow: "event ids only",
}
"""How an erasure removes a person from each row type. A row type that is missing here fails a test."""


def request_erasure(request: PrivacyRequest, person: Person, arrival_ms: int, partitions: int) -> list[Emit]:
    """Return the emits that notify every partition of every hop.

    An erasure request of any age is accepted. A repeated one changes nothing.
    """
    time = event_time(request.occurred_at, arrival_ms, arrival_ms)
    event = PersonErased(event_id=request.event_id, lead_id=person.lead_id, occurred_at_ms=time.at_ms)
    return [
        one
        for log in (VISITOR_EVENTS, LEAD_EVENTS, DIRECTORY_EVENTS)
        for one in broadcast(log, event, partitions)
    ]


def start_contact_erasure(rows: Rows, event: PersonErased, now_ms: int, kept_ms: int) -> list[Emit]:
    """Erase a person in this partition. A repeated event changes nothing."""
    if not mark_erasure(rows, event, now_ms, kept_ms):
        return []
    rows.delete(ContactVersionRow, event.lead_id)
    emits, is_more = erase_letters(rows, event.lead_id)
    if is_more:
        start_cursor(rows, ERASE, event.lead_id)
    return emits


def erase_next_letters(rows: Rows, lead_id: str) -> tuple[list[Emit], str | None]:
    """Delete the next chunk of dead letters. Return the tombstones, and 'more' if there may be others, else None."""
    emits, is_more = erase_letters(rows, lead_id)
    return emits, "more" if is_more else None
