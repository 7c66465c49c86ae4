"""What the desks remember. Every row's first key part is the desk: ``desk:<name>``, or ``rep:<rep_id>``, a desk of one."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from workers.engine.rows import Row


class RepRow(Row, frozen=True):
    """A rep as this desk knows it, keyed by (desk, rep_id). Bounded by crm.reps; at ``rep:<id>`` it outlives the rep."""

    prefix: ClassVar[str] = "rep"
    name: str = ""
    active: bool = False
    event_id: str = ""
    """The record's event that said so: what a RepChanged is told by."""
    weight: int | None = None
    """The rep's share of the turns; None: the policy's default."""
    capacity: int | None = None
    """MQLs in the desk's period; None: the policy's default."""
    desks: tuple[str, ...] = ()
    """Names of the desks where this rep sits."""
    calendar: str | None = None
    time_zone: str | None = None
    hours: tuple[tuple[str, str], ...] = ()
    absences: tuple[tuple[int, int], ...] = ()
    """Away from (inclusive) until (exclusive), ms UTC, earliest first."""
    deputy: str | None = None
    manager: str | None = None
    languages: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()


class RotationRow(Row, frozen=True):
    """Whose turn it is at a desk, and how much each rep has had in the current period, keyed by (desk).

    One row a desk, because a turn touches every candidate. Bounded by the desk's members.
    """

    prefix: ClassVar[str] = "rotation"
    turn: int = 0
    """Turns decided so far, returned ones included."""
    credits: dict[str, int] = msgspec.field(default_factory=dict)
    """Millionths of a turn that each rep is owed (or, below zero, has had too much)."""
    joined: dict[str, int] = msgspec.field(default_factory=dict)
    """The turn after which each rep joined: earlier turns are not given back to them."""
    period: str = ""
    """First day of the period that ``taken`` counts."""
    taken: dict[str, int] = msgspec.field(default_factory=dict)
    waiting: int = 0
    """Leads that wait for room or for somebody to come back."""


class AnswerRow(Row, frozen=True):
    """What was answered to a request, keyed by (desk, request_id). Kept for 30 days after the last change by a timer."""

    prefix: ClassVar[str] = "answer"
    state: str
    """assigned, waiting, unavailable, sent_on (to another desk), returned."""
    said: bytes = b""
    """The answer (a DeskAnswer), or where it was sent on: the request (a DeskRequest); JSON, to be said again."""
    account_key: str = ""
    lead_id: str = ""
    rep_id: str | None = None
    turn: int = 0
    unit: int = 0
    """The turn's unit (see rotation.Step); 0: no turn was used."""
    weights: tuple[tuple[str, int], ...] = ()
    period: str = ""
    """The period in which room was used; empty: none was."""
    waiting_at: tuple[str, ...] = ()
    """Its place among those that wait."""
    rounds: int = 0
    """The request's ``rounds``: a later one is decided anew."""
    waiting_since_ms: int = 0
    """When it began to wait; 0: it never did."""


class WaitingRow(Row, frozen=True):
    """A request that waits, keyed by (desk, file: hand raised first and what it needs, total from above, since, request_id).

    At most 10,000 a desk; the place is by the total when it began to wait.
    """

    prefix: ClassVar[str] = "waiting"
    request: bytes
    """The DeskRequest, JSON."""


class AskedRow(Row, frozen=True):
    """Who asked this rep to stand in, in vain, keyed by (rep:<id>, desk): a desk, or the desk of one of an owner.

    Bounded by desks and reps; gone once told.
    """

    prefix: ClassVar[str] = "asked"


class DependsRow(Row, frozen=True):
    """An account that was given to this rep, keyed by (rep:<id>, account_key). Bounded by accounts; withdrawn by them."""

    prefix: ClassVar[str] = "depends"
