"""What an unknown visitor did: kept within the policy's bounds, handed over in one piece when they are known.

Of more events than the policy keeps, the latest are kept, in whatever order they came.
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
    """How much the policy keeps of one unknown visitor."""

    events: int
    age_ms: int


class Kept(msgspec.Struct, frozen=True):
    """One event of the history."""

    at_ms: int
    event_id: str
    row: HistoryRow


def keep(
    rows: Rows, anonymous_id: str, visitor: VisitorRow, event: Kept, bounds: Bounds, now_ms: int
) -> VisitorRow:
    """Add one event of nobody's time; return what is then known of the visitor, for the caller to put."""
    gone_before_ms = now_ms - bounds.age_ms
    if visitor.kept and visitor.oldest_ms < gone_before_ms:
        visitor, _ = expire(rows, anonymous_id, visitor, gone_before_ms, _CHUNK)
    if event.at_ms < gone_before_ms or (visitor.kept >= bounds.events and event.at_ms < visitor.oldest_ms):
        return visitor
    kind = FORM if event.row.form else CHAT if event.row.chat else ACTIVITY
    rows.put(event.row, anonymous_id, f"{event.at_ms:0{_DIGITS}d}", kind, event.event_id)
    oldest_ms = min(visitor.oldest_ms, event.at_ms) if visitor.kept else event.at_ms
    visitor = replace(visitor, kept=visitor.kept + 1, oldest_ms=oldest_ms)
    if visitor.kept > bounds.events:
        return _shorten(rows, anonymous_id, visitor, min(visitor.kept - bounds.events, _CHUNK))
    return visitor


def hand_over(rows: Rows, anonymous_id: str, visitor: VisitorRow, bounds: Bounds, now_ms: int) -> list[Kept]:
    """Delete the visitor's history and return what the policy still keeps of it, the oldest first."""
    if not visitor.kept:
        return []
    found = rows.scan(HistoryRow, anonymous_id, limit=visitor.kept)
    for parts, _ in found:
        rows.delete(HistoryRow, *parts)
    kept = [Kept(int(parts[1]), parts[3], row) for parts, row in found[-bounds.events :]]
    return [event for event in kept if event.at_ms >= now_ms - bounds.age_ms]


def expire(
    rows: Rows, anonymous_id: str, visitor: VisitorRow, gone_before_ms: int, most: int
) -> tuple[VisitorRow, int]:
    """Delete at most ``most`` events from before a time; return the visitor and how many they were."""
    found = rows.scan(HistoryRow, anonymous_id, limit=min(visitor.kept, most + 1))
    gone = 0
    for parts, _ in found[:most]:
        if int(parts[1]) >= gone_before_ms:
            break
        rows.delete(HistoryRow, *parts)
        gone += 1
    oldest_ms = int(found[gone][0][1]) if gone < len(found) else 0
    return replace(visitor, kept=visitor.kept - gone, oldest_ms=oldest_ms), gone


def _shorten(rows: Rows, anonymous_id: str, visitor: VisitorRow, by: int) -> VisitorRow:
    found = rows.scan(HistoryRow, anonymous_id, limit=by + 1)
    for parts, _ in found[:by]:
        rows.delete(HistoryRow, *parts)
    return replace(visitor, kept=visitor.kept - by, oldest_ms=int(found[by][0][1]))
