"""Erasure marks: a lead_id and the time up to which this lead's events are erased.

A mark is kept for as long as an event from before the erasure can arrive again. An event dated up to the erasure is
dropped when it arrives. An event dated later starts a new history. Nothing else is kept of the person: without the
address itself, the mark does not reveal it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from workers.engine.api import Emit
from workers.engine.rows import Row
from workers.engine.timers import set_timer
from workers.identity.event_time import DAY_MS

if TYPE_CHECKING:
    from schemas.erasure import PersonErased
    from schemas.topics import Topic
    from workers.engine.rows import Rows
    from workers.policy.model import Policy

FORGET_MARK: Final = "forget_mark"
"""The kind of the timer that deletes a mark."""
MOST_TOPICS_KEEP_MS: Final = 60 * DAY_MS
"""The longest retention of the contract's topics. A reader that starts over may meet a record for that long."""
_SLACK_MS: Final = 2 * DAY_MS
"""Added because stream time may run ahead of a record's own timestamp."""


class ErasedRow(Row, frozen=True):
    """The mark of an erased person, keyed by lead_id. Deleted by a timer, see :func:`mark_kept_ms`."""

    prefix: ClassVar[str] = "erased"
    at_ms: int
    """Events of the lead dated up to this time are erased. Milliseconds UTC."""


def mark_kept_ms(policy: Policy) -> int:
    """Return how long a mark is kept, in milliseconds.

    After that time no event, history or record from before the erasure can arrive again.
    """
    privacy = policy.privacy
    longest_ms = max(privacy.repeats.ms, privacy.anonymous_history.ms, policy.points_last_ms)
    return max(longest_ms, MOST_TOPICS_KEEP_MS) + _SLACK_MS


def erased_until_ms(rows: Rows, lead_id: str) -> int:
    """Return the time up to which this lead's events are erased. Milliseconds UTC. 0 without an erasure."""
    row = rows.get(ErasedRow, lead_id)
    return 0 if row is None else row.at_ms


def mark_erasure(rows: Rows, event: PersonErased, now_ms: int, kept_ms: int) -> bool:
    """Mark an erasure. Return False if this erasure, or a later one, is marked already."""
    if erased_until_ms(rows, event.lead_id) >= event.occurred_at_ms:
        return False
    rows.put(ErasedRow(at_ms=event.occurred_at_ms), event.lead_id)
    set_timer(rows, FORGET_MARK, event.lead_id, now_ms + kept_ms)
    return True


def forget_mark(rows: Rows, lead_id: str) -> None:
    """Delete the mark, whose time has passed."""
    rows.delete(ErasedRow, lead_id)


def broadcast(topic: Topic, event: PersonErased, partitions: int) -> list[Emit]:
    """Return one emit of the event for each partition of an internal log."""
    value = event.model_dump_json().encode()
    return [Emit(topic=topic.name, key=None, value=value, partition=to) for to in range(partitions)]
