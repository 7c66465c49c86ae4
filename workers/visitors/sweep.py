"""The daily sweep of `visitors`: old event ids, the history of visitors who stayed anonymous, and old counts.

The cost of one chunk does not depend on the number of rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from workers.identity.daily_sweep import sweep_counts
from workers.identity.erasure_marks import mark_kept_ms
from workers.identity.repeats import sweep_seen
from workers.visitors.anonymous_history import expire_events
from workers.visitors.imported_events import mark_day_forgotten, sweep_imported
from workers.visitors.rows import CountRow, VisitorRow

if TYPE_CHECKING:
    from workers.engine.rows import Rows
    from workers.policy.model import Policy

_VISITORS_A_CHUNK: Final = 50
_EVENTS_A_CHUNK: Final = 200
_SEEN, _IMPORTED, _VISITORS, _COUNTS = "seen", "imported", "visitors", "counts"


@dataclass(frozen=True, slots=True)
class Retention:
    """How long the policy keeps each kind of row, in milliseconds."""

    repeats_ms: int
    """Ids of live events."""
    history_ms: int
    """Events of anonymous visitors."""
    imported_ms: int
    """Ids of imported events."""
    marks_ms: int
    """Erasure marks."""


def retention_of(policy: Policy) -> Retention:
    """Return how long the policy keeps each kind of row."""
    privacy = policy.privacy
    return Retention(
        privacy.repeats.ms, privacy.anonymous_history.ms, policy.points_last_ms, mark_kept_ms(policy)
    )


def sweep_chunk(rows: Rows, position: str, now_ms: int, kept: Retention) -> str | None:
    """Sweep one chunk after ``position`` ('' at the start). Return the next position, or None at the end."""
    phase, *parts = position.split("\x00") if position else (_SEEN,)
    after = tuple(parts)
    if phase == _SEEN:
        following = sweep_seen(rows, after, now_ms, kept.repeats_ms, partial(mark_day_forgotten, rows))
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
    events_left = _EVENTS_A_CHUNK
    for parts, stored in found:
        row = stored
        if row.kept and row.oldest_ms < gone_before_ms:
            row, gone = expire_events(rows, parts[0], row, gone_before_ms, events_left)
            rows.put(row, *parts)
            events_left -= gone
        if not (row.kept or row.links) and row.erased_ms < marks_before_ms:
            rows.delete(VisitorRow, *parts)
        if not events_left:
            return after
        after = parts
    return after if len(found) == _VISITORS_A_CHUNK else None
