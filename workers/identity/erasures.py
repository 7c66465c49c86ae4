"""That somebody was erased, remembered for as long as something from before can come again: a lead_id and a time.

Nothing else is kept of them: which address it was is known to nobody who does not have the address. What is dated up
to the erasure is dropped when it comes; what is dated later starts afresh.
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
"""The kind of the timer that ends a mark."""
MOST_TOPICS_KEEP_MS: Final = 60 * DAY_MS
"""As long as the contract's topics keep a record: before, a reader that begins anew may still meet what came before."""
_SLACK_MS: Final = 2 * DAY_MS
"""Stream time may run ahead of a record's own stamp."""


class ErasedRow(Row, frozen=True):
    """Somebody was erased, keyed by lead_id. Bounded by a timer, see :func:`mark_kept_ms`."""

    prefix: ClassVar[str] = "erased"
    at_ms: int
    """What is dated up to here is forgotten."""


def mark_kept_ms(policy: Policy) -> int:
    """Return how long a mark is kept: until no event, history or record from before the erasure can come again."""
    privacy = policy.privacy
    longest_ms = max(privacy.repeats.ms, privacy.anonymous_history.ms, policy.points_last_ms)
    return max(longest_ms, MOST_TOPICS_KEEP_MS) + _SLACK_MS


def erased_until_ms(rows: Rows, lead_id: str) -> int:
    """Return until when this lead's past is forgotten; 0: nobody asked."""
    row = rows.get(ErasedRow, lead_id)
    return 0 if row is None else row.at_ms


def mark_once(rows: Rows, event: PersonErased, now_ms: int, kept_ms: int) -> bool:
    """Mark an erasure; False where it, or a later one, is marked already."""
    if erased_until_ms(rows, event.lead_id) >= event.occurred_at_ms:
        return False
    rows.put(ErasedRow(at_ms=event.occurred_at_ms), event.lead_id)
    set_timer(rows, FORGET_MARK, event.lead_id, now_ms + kept_ms)
    return True


def forget_mark(rows: Rows, lead_id: str) -> None:
    """The mark's time is over."""
    rows.delete(ErasedRow, lead_id)


def to_all(topic: Topic, event: PersonErased, partitions: int) -> list[Emit]:
    """Return the emits that tell every partition of an internal log."""
    value = event.model_dump_json().encode()
    return [Emit(topic=topic.name, key=None, value=value, partition=to) for to in range(partitions)]
