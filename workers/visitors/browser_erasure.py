"""Erasure of a person in `visitors`: their browsers become anonymous.

In: a PersonErased event, which every partition receives. Out: changed rows.
Events dated before the erasure are dropped if they arrive again. In a browser that several people use, only the erased
person's own time becomes anonymous. The links of the other people stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from workers.engine.timers import start_cursor
from workers.identity.erasure_marks import ErasedRow, mark_erasure
from workers.identity.repeats import SeenRow
from workers.visitors.imported_events import ForgottenDayRow, ImportedRow
from workers.visitors.rows import (
    BrowserRow,
    CountRow,
    HistoryRow,
    Link,
    PersonRow,
    ReadyRow,
    VisitorRow,
)

if TYPE_CHECKING:
    from schemas.erasure import PersonErased
    from workers.engine.rows import Row, Rows

ERASE: Final = "erase"
"""The kind of the cursor. Its key is the lead_id."""
_CHUNK: Final = 200

LEAVES: Final[dict[type[Row], str]] = {
    PersonRow: "deleted; an event after the erasure announces the lead again",
    BrowserRow: "deleted",
    VisitorRow: "the person's links become anonymous; a browser without other people's links becomes anonymous",
    HistoryRow: "events of anonymous visitors; belong to no known person",
    ErasedRow: "the erasure mark itself",
    SeenRow: "event ids only",
    ImportedRow: "event ids only",
    ForgottenDayRow: "days only",
    CountRow: "numbers only",
    ReadyRow: "holds nothing about people",
}
"""How an erasure removes a person from each row type. A row type that is missing here fails a test."""


def start_browser_erasure(rows: Rows, event: PersonErased, now_ms: int, kept_ms: int) -> None:
    """Erase a person in this partition. A repeated event changes nothing."""
    if not mark_erasure(rows, event, now_ms, kept_ms):
        return
    rows.delete(PersonRow, event.lead_id)
    if erase_browsers(rows, event.lead_id) is not None:
        start_cursor(rows, ERASE, event.lead_id)


def erase_browsers(rows: Rows, lead_id: str) -> str | None:
    """Make at most 200 of the person's browsers anonymous. Return 'more' if there may be others, else None."""
    mark = rows.get(ErasedRow, lead_id)
    at_ms = 0 if mark is None else mark.at_ms
    found = rows.scan(BrowserRow, lead_id, limit=_CHUNK)
    for (_, anonymous_id), _ in found:
        rows.delete(BrowserRow, lead_id, anonymous_id)
        visitor = rows.get(VisitorRow, anonymous_id)
        if visitor is not None:
            rows.put(_without_links_of(visitor, lead_id, at_ms), anonymous_id)
    return "more" if len(found) == _CHUNK else None


def _without_links_of(visitor: VisitorRow, lead_id: str, at_ms: int) -> VisitorRow:
    links = tuple(Link(link.since_ms, "", "") if link.lead_id == lead_id else link for link in visitor.links)
    if not any(link.lead_id for link in links):
        links = ()
    return replace(visitor, links=links, erased_ms=max(visitor.erased_ms, at_ms))
