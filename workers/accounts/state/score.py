"""The score row: counts per rule and day, from which points are computed.

Times are milliseconds since the epoch, UTC. Days count from 1970-01-01 in the zone of the policy.
"""

from __future__ import annotations

from typing import ClassVar

from workers.accounts.state.parts import Part
from workers.engine.rows import Row


class RuleCount(Part, frozen=True, array_like=True):
    """How often a rule fitted, as (day, times), days ascending; and the latest event that did."""

    rule: str
    days: tuple[tuple[int, int], ...]
    at_ms: int
    event_id: str


class OnceCount(Part, frozen=True, array_like=True):
    """The buckets or messages of which a rule counted one event, with its date: the earliest. At most 500."""

    rule: str
    keys: tuple[tuple[str, int], ...]


class Dwell(Part, frozen=True, array_like=True):
    """An activity that states no duration, and of which a rule asks it."""

    at_ms: int
    event_id: str
    message: str
    """A mark that tells its message from others; '' where it is about none."""
    lasted_ms: int
    """Until the next activity within the session gap; 0: not known."""
    steps: tuple[tuple[int, tuple[str, ...]], ...]
    """(milliseconds, rules): what counts from this duration on."""


class Ahead(Part, frozen=True, array_like=True):
    """An event that was dated ahead of its arrival, by the day on which it counts, and the rules that fit it."""

    day: int
    event_id: str
    rules: tuple[str, ...]


class Settled(Part, frozen=True):
    """A score without the activities of unknown duration: the fields are ScoreRow's."""

    counts: tuple[RuleCount, ...] = ()
    since: tuple[RuleCount, ...] | None = None
    once: tuple[OnceCount, ...] = ()
    recent: tuple[tuple[int, str, str], ...] = ()


QUIET_MS = 3_600_000
"""Imported history of a lead is complete when so long no more of it has come."""


class ScoreRow(Row, frozen=True):
    """Counts per rule and day, no points: bounded by the policy's rules times its horizon in days. One per lead."""

    prefix: ClassVar[str] = "score"
    counts: tuple[RuleCount, ...] = ()
    """In the order of the rules' names."""
    latest_day: int = 0
    """Of what counted."""
    touched_day: int = 0
    """Of what was a touch and counted nothing: sales', or an activity without a rule."""
    since: tuple[RuleCount, ...] | None = None
    """Of events dated after the last no of sales; None where there was none."""
    recent: tuple[tuple[int, str, str], ...] = ()
    """(at_ms, rule, event_id) while a hand-off is open, for a no that comes late. The latest 50."""
    revision: int = 0
    untracked: tuple[tuple[int, int], ...] | None = None
    """Spans of days, first and last, whose activity counts nothing: at most one for each word of consent."""
    once: tuple[OnceCount, ...] = ()
    """In the order of the rules' names; one for each rule that counts once in a bucket or for a message."""
    moments: bytes = b""
    """When the lead was active, six bytes each, where the policy asks for durations. The latest 64."""
    dwells: tuple[Dwell, ...] = ()
    """The latest 24, by date: they lie over what is settled."""
    settled: Settled | None = None
    """None where there are no dwells: then the counts are settled."""
    imported_ms: int = 0
    """When imported history of the lead came last; 0: none ever did."""
    ahead: tuple[Ahead, ...] = ()
    """What was dated ahead of its arrival: the latest 20."""

    @property
    def complete_ms(self) -> int:
        """From when on imported history is judged: no earlier day is, because it was not known then."""
        return self.imported_ms + QUIET_MS if self.imported_ms else 0

    @property
    def attributed(self) -> tuple[RuleCount, ...]:
        """The counts that may count."""
        return self.counts if not self.untracked else tracked(self.counts, self.untracked)

    @property
    def attributed_since(self) -> tuple[RuleCount, ...]:
        """Those of ``since`` that may count."""
        since = self.since or ()
        return since if not self.untracked else tracked(since, self.untracked)

    def is_untracked_on(self, day: int) -> bool:
        """Whether what is done on this day counts nothing."""
        return any(first <= day <= last for first, last in self.untracked or ())


def tracked(counts: tuple[RuleCount, ...], untracked: tuple[tuple[int, int], ...]) -> tuple[RuleCount, ...]:
    """Return the counts without those of the days that count nothing."""
    made: list[RuleCount] = []
    for found in counts:
        days = tuple(
            one for one in found.days if not any(first <= one[0] <= last for first, last in untracked)
        )
        if days:
            made.append(RuleCount(found.rule, days, found.at_ms, found.event_id))
    return tuple(made)
