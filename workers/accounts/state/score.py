"""The score row: the counts per rule and day from which points are computed.

In: counts as worth/ computes them. Out: rows, encoded by the engine. It stores no points and decides nothing.

Times are milliseconds since the epoch, UTC. Days count from 1970-01-01 in the zone of the policy.
"""

from __future__ import annotations

from typing import ClassVar

from workers.accounts.state.parts import Part
from workers.engine.rows import Row


class RuleCount(Part, frozen=True, array_like=True):
    """The events that counted for one rule, per day, and the latest of them."""

    rule: str
    days: tuple[tuple[int, int], ...]
    """(day, number of events), ascending by day. At most one per day of decay and of the time to expiry."""
    at_ms: int
    """Date of the latest event that matched the rule. Milliseconds UTC."""
    event_id: str
    """Id of that event."""


class FirstEvents(Part, frozen=True, array_like=True):
    """The first event of each time bucket or message, for a rule that counts one event per bucket or message."""

    rule: str
    keys: tuple[tuple[str, int], ...]
    """(bucket or message, date of its first event in milliseconds UTC). At most 500, the latest."""


class Dwell(Part, frozen=True, array_like=True):
    """An activity without a stated duration that matches a rule with a least duration (dwell time)."""

    at_ms: int
    """Date of the activity. Milliseconds UTC."""
    event_id: str
    message: str
    """Mark of the message that the activity is about. Empty: none."""
    lasted_ms: int
    """Time until the next activity within the session gap. Milliseconds. 0: not known."""
    steps: tuple[tuple[int, tuple[str, ...]], ...]
    """(least duration in milliseconds, names of the rules that count from it on), ascending."""


class FutureDated(Part, frozen=True, array_like=True):
    """A future-dated event: its own date was later than its arrival."""

    day: int
    """Day on which it counts. Days since 1970-01-01 in the policy's zone."""
    event_id: str
    rules: tuple[str, ...]
    """Names of the rules that it may count for."""


class MailClick(Part, frozen=True, array_like=True):
    """A click on a link of a mail. It may turn out to be a mail scanner's."""

    at_ms: int
    """Date of the click. Milliseconds UTC."""
    event_id: str
    mail_mark: str
    """Mark of the mail: a hash."""
    link: str
    """Mark of the link: a hash of its address. Empty: not known."""
    links: int
    """Number of links in the mail. 0: not known."""
    rules: tuple[str, ...]
    """Names of the rules that count for it, unless it is a scanner's."""
    message: str = ""
    """Mark of the message, for rules that count one event per message. Empty: none."""


class MailDelivery(Part, frozen=True, array_like=True):
    """The delivery of a mail."""

    at_ms: int
    """Date of the delivery. Milliseconds UTC."""
    event_id: str
    mail_mark: str
    """Mark of the mail: a hash."""


class ChatEvent(Part, frozen=True, array_like=True):
    """An activity in a chat. It may turn out to belong to a support question."""

    at_ms: int
    """Date of the activity. Milliseconds UTC."""
    event_id: str
    conversation_id: str
    rules: tuple[str, ...]
    """Names of the rules that count for it, unless the conversation is for support then."""


class ChatRequest(Part, frozen=True, array_like=True):
    """A request for sales or support in a chat."""

    at_ms: int
    """Date of the request. Milliseconds UTC."""
    conversation_id: str
    is_support: bool


class SettledScore(Part, frozen=True):
    """The counts of a ScoreRow without its ``dwells``, ``clicks`` and ``chats``. The fields are those of ScoreRow."""

    counts: tuple[RuleCount, ...] = ()
    since: tuple[RuleCount, ...] | None = None
    once: tuple[FirstEvents, ...] = ()
    recent: tuple[tuple[int, str, str], ...] = ()
    firsts: tuple[tuple[int, str, int], ...] = ()


QUIET_MS = 3_600_000
"""Imported history of a lead is complete when no more has arrived for this time. Milliseconds."""


class ScoreRow(Row, frozen=True):
    """A lead's counts per rule and day, without points: key (account, lead_id). One per lead.

    At most the number of the policy's rules times the days of decay and of the time to expiry.
    """

    prefix: ClassVar[str] = "score"
    counts: tuple[RuleCount, ...] = ()
    """Counts of all events of the days that are kept, in the order of the rules' names."""
    latest_day: int = 0
    """Latest day on which an event counted. Days since 1970-01-01 in the policy's zone."""
    touched_day: int = 0
    """Latest day of a touch that did not count: by sales, or an activity that matches no rule."""
    since: tuple[RuleCount, ...] | None = None
    """Counts of events dated after the last cycle ended, for its ``new_points``. None: no cycle has ended."""
    recent: tuple[tuple[int, str, str], ...] = ()
    """(at_ms, rule, event_id) of events while a hand-off is open, for a late rejection. The latest 50."""
    revision: int = 0
    """Number of scores emitted so far, for their ids."""
    untracked: tuple[tuple[int, int], ...] | None = None
    """Spans of days, first and last, whose activity does not count for lack of consent. None: all days count.

    At most one per change of consent.
    """
    once: tuple[FirstEvents, ...] = ()
    """First events per bucket or message, in the order of the rules' names. One per rule that counts so."""
    moments: bytes = b""
    """Dates of the lead's activities, 6 bytes each, where a rule has a least duration. At most 64, the latest."""
    dwells: tuple[Dwell, ...] = ()
    """Activities without a stated duration, ascending by date, counted on top of ``settled``. The latest 24."""
    settled: SettledScore | None = None
    """Counts without the ``dwells`` and ``clicks``. None: there are none, and the row's own counts are settled."""
    imported_ms: int = 0
    """When imported history of the lead arrived last. Milliseconds UTC. 0: none has."""
    ahead: tuple[FutureDated, ...] = ()
    """Future-dated events. At most 20, the latest by day."""
    clicks: tuple[MailClick, ...] = ()
    """Clicks in mails, ascending by date, of which a person's count on top of ``settled``.

    The latest 40. Empty if the policy tests no scanners.
    """
    deliveries: tuple[MailDelivery, ...] = ()
    """Deliveries of mails, ascending by date. The latest 20. Empty if the policy tests no scanners."""
    chats: tuple[ChatEvent, ...] = ()
    """Activities in chats, ascending by date, that count on top of ``settled`` unless for support. The latest 50."""
    chat_requests: tuple[ChatRequest, ...] = ()
    """Requests for sales and support in chats, ascending by date. The latest 20."""
    firsts: tuple[tuple[int, str, int], ...] = ()
    """(day, rule, date of the first event in milliseconds UTC) of rules that count every event, ascending. The latest 24."""

    @property
    def complete_ms(self) -> int:
        """The time from which imported history is evaluated. No earlier day is: the history was not known then.

        Milliseconds UTC. 0: none was imported.
        """
        return self.imported_ms + QUIET_MS if self.imported_ms else 0

    @property
    def attributed(self) -> tuple[RuleCount, ...]:
        """The counts without those of untracked days."""
        return self.counts if not self.untracked else without_untracked(self.counts, self.untracked)

    @property
    def attributed_since(self) -> tuple[RuleCount, ...]:
        """The counts of ``since`` without those of untracked days."""
        since = self.since or ()
        return since if not self.untracked else without_untracked(since, self.untracked)

    def is_untracked_on(self, day: int) -> bool:
        """Whether activity of this day does not count, for lack of consent."""
        return any(first <= day <= last for first, last in self.untracked or ())


def without_untracked(
    counts: tuple[RuleCount, ...], untracked: tuple[tuple[int, int], ...]
) -> tuple[RuleCount, ...]:
    """Return the counts without those of the ``untracked`` spans of days, first and last inclusive."""
    made: list[RuleCount] = []
    for found in counts:
        days = tuple(
            one for one in found.days if not any(first <= one[0] <= last for first, last in untracked)
        )
        if days:
            made.append(RuleCount(found.rule, days, found.at_ms, found.event_id))
    return tuple(made)
