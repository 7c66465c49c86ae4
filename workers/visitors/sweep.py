"""What goes in a daily sweep: ids that nothing can repeat, history of visitors who stayed unknown, old counts.

A chunk's cost does not depend on how much there is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from workers.identity.daily import sweep_counts
from workers.identity.erasures import mark_kept_ms
from workers.identity.repeats import sweep_seen
from workers.visitors.history import expire
from workers.visitors.imported import live_forgotten, sweep_imported
from workers.visitors.rows import CountRow, VisitorRow

if TYPE_CHECKING:
    from workers.engine.rows import Rows
    from workers.policy.model import Policy

_VISITORS_A_CHUNK: Final = 50
_EVENTS_A_CHUNK: Final = 200
_SEEN, _IMPORTED, _VISITORS, _COUNTS = "seen", "imported", "visitors", "counts"


@dataclass(frozen=True, slots=True)
class Remembered:
    """For how long the policy lets what be remembered, in milliseconds."""

    repeats_ms: int
    history_ms: int
    imported_ms: int
    marks_ms: int


def remembered(policy: Policy) -> Remembered:
    """Return how long what is remembered."""
    privacy = policy.privacy
    return Remembered(
        privacy.repeats.ms, privacy.anonymous_history.ms, policy.points_last_ms, mark_kept_ms(policy)
    )


def sweep_chunk(rows: Rows, position: str, now_ms: int, kept: Remembered) -> str | None:
    """Do one chunk behind ``position`` ('' at the start); return the next position, None when all is swept."""
    phase, *parts = position.split("\x00") if position else (_SEEN,)
    after = tuple(parts)
    if phase == _SEEN:
        following = sweep_seen(rows, after, now_ms, kept.repeats_ms, partial(live_forgotten, rows))
        return _IMPORTED if following is None else "\x00".join((_SEEN, *following))
    if phase == _IMPORTED:
        following = sweep_imported(rows, after, now_ms, kept.imported_ms)
        return _VISITORS if following is None else "\x00".join((_IMPORTED, *following))
    if phase == _VISITORS:
        following = _sweep_visitors(rows, after, now_ms - kept.history_ms, now_ms - kept.marks_ms)
        return _COUNTS if following is None else "\x00".join((_VISITORS, *following))
    sweep_counts(rows, CountRow, now_ms)
    return None


def _sweep_visitors(
    rows: Rows, after: tuple[str, ...], gone_before_ms: int, marks_before_ms: int
) -> tuple[str, ...] | None:
    found = rows.scan(VisitorRow, after=after, limit=_VISITORS_A_CHUNK)
    room = _EVENTS_A_CHUNK
    for parts, stored in found:
        row = stored
        if row.kept and row.oldest_ms < gone_before_ms:
            row, gone = expire(rows, parts[0], row, gone_before_ms, room)
            rows.put(row, *parts)
            room -= gone
        if not (row.kept or row.links) and row.erased_ms < marks_before_ms:
            rows.delete(VisitorRow, *parts)
        if not room:
            return after
        after = parts
    return after if len(found) == _VISITORS_A_CHUNK else None
