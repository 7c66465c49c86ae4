"""Rows of hand-offs: waiting, open, closed, and support questions in transit.

In: hand-offs as handoffs/ decides them. Out: rows, encoded by the engine. Nothing is decided or published here.

Times are milliseconds since the epoch, UTC. Days count from 1970-01-01 in the zone of the policy.
"""

from __future__ import annotations

from typing import ClassVar

from schemas.desk_requests import RequestMode
from schemas.vocabulary import Kind, MqlKind, PassedOver, Qualification, Reason
from workers.accounts.state.account import Holder
from workers.accounts.state.facts import CampaignMark
from workers.engine.rows import Row


class PendingRow(Row, frozen=True):
    """A lead that is due and waits for the account's request: key (account, order, lead_id). At most one per lead."""

    prefix: ClassVar[str] = "pending"
    raised: bool
    """Whether the lead has raised its hand (asked for sales)."""
    since_ms: int
    """When it took this place in the queue. Milliseconds UTC."""
    day: int
    """Day as of which it became due. Days since 1970-01-01 in the policy's zone."""
    total: int
    """Points of fit and behaviour when it became due."""
    handoff_id: str
    """Id that its hand-off will have."""
    event_id: str
    """Event that made it due."""
    fit: int = 0
    """Points of fit within ``total``."""
    reasons: tuple[Reason, ...] = ()
    campaign: CampaignMark | None = None
    claimed_by: str = ""
    """Rep who claimed it, by rep_id. Empty: none."""
    is_early: bool = False
    """Whether a rep claimed it before it was due by itself."""


class HandoffRow(Row, frozen=True):
    """An open hand-off: key (account, handoff_id). Deleted when it is closed."""

    prefix: ClassVar[str] = "handoff"
    lead_id: str
    kind: Kind
    holder: Holder
    cycle: int
    """Cycle of the lead in which it was opened. From 1."""
    request_id: str
    """Request that named this hand-off last."""
    request_desk: str
    """Desk of that request. Empty: it moved along with another hand-off's request."""
    mode: RequestMode
    created_ms: int
    """When it was opened. Milliseconds UTC."""
    event_id: str
    """Event that made the lead due."""
    day: int
    """Day as of which the lead became due. Days since 1970-01-01 in the policy's zone."""
    revision: int = 1
    """Number of revisions emitted for it."""
    qualification: Qualification | None = None
    """Answer to the MQL question for a hand-raiser. None: the lead has not raised its hand."""
    reasons: tuple[Reason, ...] = ()
    campaign: CampaignMark | None = None
    passed_over: tuple[tuple[str, PassedOver], ...] = ()
    """(rep_id, reason) of the reps whom the desk passed over. At most 20."""
    due_ms: int | None = None
    """Deadline of the first response. Milliseconds UTC. None: there is no deadline."""
    due_soon_ms: int | None = None
    """When the holder is reminded of the deadline. Milliseconds UTC. None: never."""
    then_ms: int | None = None
    """When an unanswered hand-off escalates the account. Milliseconds UTC. None: never."""
    frozen_ms: int | None = None
    """Start of the holder's absence, during which the deadlines are stopped. Milliseconds UTC. None: they run."""
    touched_ms: int | None = None
    """Date of the first response. Milliseconds UTC. None: there was none yet."""
    ages: tuple[int, int] | None = None
    """Seconds since the lead became due, and since it began to wait at the desk. None: it did not wait."""
    touched_by: str | None = None
    """Rep who responded first, by rep_id. None: no response yet, or not from a rep."""
    withdrawn_for: tuple[Reason, ...] = ()
    """Reasons for its withdrawal while it is in transit to its next holder. Empty: the holder has it."""
    also_touched_by: tuple[str, ...] = ()
    """Other reps who responded, by rep_id in alphabetical order. At most 20."""
    conditions: tuple[str, ...] = ()
    """Named conditions that held when it was opened and that a deadline of the policy tests. At most 50."""
    mql_kind: MqlKind | None = None
    """Kind of the MQL, for a hand-off of the kind ``mql``. None: another kind, or not known."""

    @property
    def reps_who_touched(self) -> tuple[str, ...]:
        """All reps who responded, by rep_id. At most 21."""
        return self.also_touched_by if self.touched_by is None else (self.touched_by, *self.also_touched_by)


class ServiceRow(Row, frozen=True):
    """A support question in transit to a desk: key (account, handoff_id). At most one per lead."""

    prefix: ClassVar[str] = "service"
    lead_id: str
    request_id: str
    event_id: str
    """Event that asked the question."""
    day: int
    """Day of that event. Days since 1970-01-01 in the policy's zone."""
    since_ms: int
    """When the desk was asked first. Milliseconds UTC."""
    attempt: int = 1
    """Number of times the request was sent."""
    campaign: CampaignMark | None = None
    of_customer: bool = True
    """Whether the account was a customer when the question was asked. The service desk answers only customers."""


class ClosedHandoffRow(Row, frozen=True):
    """A closed hand-off, kept to recognise late answers to it: key (account, handoff_id). Deleted after 90 days."""

    prefix: ClassVar[str] = "closed"
    lead_id: str
    closed_ms: int
    """Milliseconds UTC."""
    is_moved: bool = False
    """Whether it was withdrawn because the account moved. Answers to it are forwarded to the lead's present key."""
    expired_cycle: int = 0
    """Cycle whose expiry closed it; an answer dated before the expiry still applies to that cycle. 0: none."""
    is_answered: bool = False
    """Whether sales closed it. A further answer is a repeat or comes too late."""
    had: tuple[str, ...] = ()
    """Last holder and the reps for whom it answered, by rep_id. At most 3. Empty: a desk or a partner had it."""
