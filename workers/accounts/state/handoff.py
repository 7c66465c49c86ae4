"""Rows of hand-offs: waiting, open, closed, and support questions in transit.

Times are milliseconds since the epoch, UTC. Days count from 1970-01-01 in the zone of the policy.
"""

from __future__ import annotations

from typing import ClassVar

from schemas.desk_requests import RequestMode
from schemas.vocabulary import Kind, PassedOver, Qualification, Reason
from workers.accounts.state.account import Holder
from workers.accounts.state.facts import CampaignMark
from workers.engine.rows import Row


class PendingRow(Row, frozen=True):
    """A lead that is due and waits for its request: key (account, order, lead). One per lead at most."""

    prefix: ClassVar[str] = "pending"
    raised: bool
    since_ms: int
    day: int
    """The day as of which it became due."""
    total: int
    handoff_id: str
    event_id: str
    fit: int = 0
    """The points of fit in ``total``."""
    reasons: tuple[Reason, ...] = ()
    campaign: CampaignMark | None = None
    claimed_by: str = ""
    """The rep who took it."""
    is_early: bool = False
    """It was taken before it was due by itself."""


class HandoffRow(Row, frozen=True):
    """An open hand-off: key (account, handoff_id). Bounded by what sales has not said no to."""

    prefix: ClassVar[str] = "handoff"
    lead_id: str
    kind: Kind
    holder: Holder
    cycle: int
    request_id: str
    request_desk: str
    mode: RequestMode
    created_ms: int
    event_id: str
    day: int
    revision: int = 1
    qualification: Qualification | None = None
    reasons: tuple[Reason, ...] = ()
    campaign: CampaignMark | None = None
    passed_over: tuple[tuple[str, PassedOver], ...] = ()
    """At most 20."""
    due_ms: int | None = None
    due_soon_ms: int | None = None
    then_ms: int | None = None
    """When the account goes on to somebody else, if nobody answers."""
    frozen_ms: int | None = None
    """Since when the holder is away: the deadlines stand still."""
    touched_ms: int | None = None
    ages: tuple[int, int] | None = None
    """Of a lead that waited at a desk, in seconds: since it became due, since it began to wait."""
    touched_by: str | None = None
    """The rep of the earliest touch."""
    withdrawn_for: tuple[Reason, ...] = ()
    """Why it was withdrawn, while it is on its way to somebody else; empty: the holder has it."""


class ServiceRow(Row, frozen=True):
    """A support question on its way to a desk: key (account, handoff_id). At most one per lead."""

    prefix: ClassVar[str] = "service"
    lead_id: str
    request_id: str
    event_id: str
    day: int
    since_ms: int
    attempt: int = 1
    campaign: CampaignMark | None = None
    of_customer: bool = True
    """When it was asked: it goes to the service desk, anybody else's to everybody's."""


class ClosedHandoffRow(Row, frozen=True):
    """A hand-off that is over, remembered so that a late answer to it is known. Deleted after 90 days."""

    prefix: ClassVar[str] = "closed"
    lead_id: str
    closed_ms: int
    is_moved: bool = False
    """Withdrawn because the account moved: for sales it goes on where the person lives now."""
    expired_cycle: int = 0
    """The cycle that ended by silence and took it along: what sales said before is about that cycle still."""
    is_answered: bool = False
    """Sales ended it by a word of its own: another is the same once more, or comes too late to matter."""
    had: tuple[str, ...] = ()
    """The rep who had it, and for whom. Empty: a desk, a partner."""
