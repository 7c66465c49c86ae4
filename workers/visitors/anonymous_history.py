"""The history of an anonymous visitor: its events are stored until the visitor's person is known, within bounds.

The policy bounds the number and the age of the events. Beyond the number, the events with the oldest dates are deleted.
The order in which events arrive does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from workers.visitors.rows import HistoryRow, VisitorRow

if TYPE_CHECKING:
    from workers.engine.rows import Rows

ACTIVITY: Final = "activity"
FORM: Final = "form"
CHAT: Final = "chat"

_DIGITS: Final = 15
_CHUNK: Final = 50


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much history the policy keeps of one anonymous visitor."""

    events: int
    """Most events of one visitor."""
    age_ms: int
    """Greatest age of an event, in milliseconds."""


class HistoryEvent(msgspec.Struct, frozen=True):
    """One event of a visitor's history."""

    at_ms: int
    event_id: str
    row: HistoryRow


def add_event(
    rows: Rows, anonymous_id: str, visitor: VisitorRow, event: HistoryEvent, bounds: Bounds, now_ms: int
) -> VisitorRow:
    """Store one event, and delete events beyond the bounds. Return the changed visitor row; the caller must write it.

    An event that is too old for the bounds is not stored.
    """
    gone_before_ms = now_ms - bounds.age_ms
    if visitor.kept and visitor.oldest_ms < gone_before_ms:
        visitor, _ = expire_events(rows, anonymous_id, visitor, gone_before_ms, _CHUNK)
    if event.at_ms < gone_before_ms or (visitor.kept >= bounds.events and event.at_ms < visitor.oldest_ms):
        return visitor
    kind = FORM if event.row.form else CHAT if event.row.chat else ACTIVITY
    rows.put(event.row, anonymous_id, f"{event.at_ms:0{_DIGITS}d}", kind, event.event_id)
    oldest_ms = min(visitor.oldest_ms, event.at_ms) if visitor.kept else event.at_ms
    visitor = replace(visitor, kept=visitor.kept + 1, oldest_ms=oldest_ms)
    if visitor.kept > bounds.events:
        return _delete_oldest(rows, anonymous_id, visitor, min(visitor.kept - bounds.events, _CHUNK))
    return visitor


def drop_event(rows: Rows, anonymous_id: str, visitor: VisitorRow, at_ms: int, event_id: str) -> VisitorRow:
    """Delete one event, if it is stored. Return the visitor row; the caller must write it if it has changed."""
    for kind in (ACTIVITY, FORM, CHAT):
        parts = (anonymous_id, f"{at_ms:0{_DIGITS}d}", kind, event_id)
        if rows.get(HistoryRow, *parts) is not None:
            rows.delete(HistoryRow, *parts)
            return replace(visitor, kept=visitor.kept - 1)
    return visitor


def take_events(
    rows: Rows, anonymous_id: str, visitor: VisitorRow, bounds: Bounds, now_ms: int
) -> list[HistoryEvent]:
    """Delete the visitor's history. Return the events that the policy still keeps, oldest first."""
    if not visitor.kept:
        return []
    found = rows.scan(HistoryRow, anonymous_id, limit=visitor.kept)
    for parts, _ in found:
        rows.delete(HistoryRow, *parts)
    kept = [HistoryEvent(int(parts[1]), parts[3], row) for parts, row in found[-bounds.events :]]
    return [event for event in kept if event.at_ms >= now_ms - bounds.age_ms]


def expire_events(
    rows: Rows, anonymous_id: str, visitor: VisitorRow, gone_before_ms: int, most: int
) -> tuple[VisitorRow, int]:
    """Delete at most ``most`` events dated before a time. Return the changed visitor row and the number deleted."""
    found = rows.scan(HistoryRow, anonymous_id, limit=min(visitor.kept, most + 1))
    gone = 0
    for parts, _ in found[:most]:
        if int(parts[1]) >= gone_before_ms:
            break
        rows.delete(HistoryRow, *parts)
        gone += 1
    oldest_ms = int(found[gone][0][1]) if gone < len(found) else 0
    return replace(visitor, kept=visitor.kept - gone, oldest_ms=oldest_ms), gone


def _delete_oldest(rows: Rows, anonymous_id: str, visitor: VisitorRow, by: int) -> VisitorRow:
    found = rows.scan(HistoryRow, anonymous_id, limit=by + 1)
    for parts, _ in found[:by]:
        rows.delete(HistoryRow, *parts)
    return replace(visitor, kept=visitor.kept - by, oldest_ms=int(found[by][0][1]))
