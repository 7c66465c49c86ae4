"""A person is forgotten: their browsers become anonymous, and what is dated before is dropped when it comes again.

In: that somebody was erased, told to every partition. Out: changed rows. Of a browser that others use too only the
person's own time becomes nobody's: what the others did, and do, stays theirs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from workers.engine.timers import start_cursor
from workers.identity.erasures import ErasedRow, mark_once
from workers.identity.repeats import SeenRow
from workers.visitors.imported import ForgottenDayRow, ImportedRow
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
"""The kind of the cursor; its key is the lead_id."""
_CHUNK: Final = 200

LEAVES: Final[dict[type[Row], str]] = {
    PersonRow: "deleted: the next address is announced anew",
    BrowserRow: "deleted",
    VisitorRow: "their links become nobody's; without another's the browser is anonymous",
    HistoryRow: "of visitors who have not said who they are: nobody's",
    ErasedRow: "the mark itself",
    SeenRow: "ids of events only",
    ImportedRow: "ids of events only",
    ForgottenDayRow: "days only",
    CountRow: "numbers only",
    ReadyRow: "says nothing of people",
}
"""How a person leaves each row type; a type that is missing here fails a test."""


def erase(rows: Rows, event: PersonErased, now_ms: int, kept_ms: int) -> None:
    """Forget a person in this partition; once, however often it is said."""
    if not mark_once(rows, event, now_ms, kept_ms):
        return
    rows.delete(PersonRow, event.lead_id)
    if go_on(rows, event.lead_id) is not None:
        start_cursor(rows, ERASE, event.lead_id)


def go_on(rows: Rows, lead_id: str) -> str | None:
    """Make at most 200 of the person's browsers anonymous; 'more' where there may be others."""
    mark = rows.get(ErasedRow, lead_id)
    at_ms = 0 if mark is None else mark.at_ms
    found = rows.scan(BrowserRow, lead_id, limit=_CHUNK)
    for (_, anonymous_id), _ in found:
        rows.delete(BrowserRow, lead_id, anonymous_id)
        visitor = rows.get(VisitorRow, anonymous_id)
        if visitor is not None:
            rows.put(_without(visitor, lead_id, at_ms), anonymous_id)
    return "more" if len(found) == _CHUNK else None


def _without(visitor: VisitorRow, lead_id: str, at_ms: int) -> VisitorRow:
    links = tuple(Link(link.since_ms, "", "") if link.lead_id == lead_id else link for link in visitor.links)
    if not any(link.lead_id for link in links):
        links = ()
    return replace(visitor, links=links, erased_ms=max(visitor.erased_ms, at_ms))
