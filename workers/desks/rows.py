"""The rows of the desks.

The first key part of every row is the desk: ``desk:<name>`` for a team, ``rep:<rep_id>`` for a rep's own desk.
"""

from __future__ import annotations

from typing import ClassVar

import msgspec

from schemas.vocabulary import Alert
from workers.engine.rows import Row


class RepRow(Row, frozen=True):
    """A rep's record as one desk stores it. Key: (desk, rep_id).

    Bounded by crm.reps. At ``rep:<rep_id>`` the row is kept after the rep has left, as inactive.
    """

    prefix: ClassVar[str] = "rep"
    name: str = ""
    active: bool = False
    event_id: str = ""
    """The event_id of the crm.reps record behind this row. It is part of the id of each RepChanged."""
    weight: int | None = None
    """The rep's share of the turns. None: the policy's default weight."""
    capacity: int | None = None
    """MQLs per period of the desk. None: the policy's default."""
    desks: tuple[str, ...] = ()
    """Names of the desks where the rep is a member."""
    calendar: str | None = None
    time_zone: str | None = None
    hours: tuple[tuple[str, str], ...] = ()
    absences: tuple[tuple[int, int], ...] = ()
    """Absences as (from, until), earliest first. From is inclusive, until exclusive. Milliseconds UTC."""
    deputy: str | None = None
    manager: str | None = None
    languages: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    on_turn_since_ms: int = 0
    """From when on missed responses count for this desk. 0: all count. Milliseconds UTC."""


class RotationRow(Row, frozen=True):
    """The state of a desk's rotation and the leads per rep in the current period. Key: (desk).

    One row per desk, because a turn changes every candidate's credit. Bounded by the desk's members.
    """

    prefix: ClassVar[str] = "rotation"
    turn: int = 0
    """Number of turns taken so far. Turns that were returned are included."""
    credits: dict[str, int] = msgspec.field(default_factory=dict)
    """Turns owed to each rep (rep_id), in millionths of a turn. Below 0: the rep is ahead of its share."""
    joined: dict[str, int] = msgspec.field(default_factory=dict)
    """The turn after which each rep joined. A return of an earlier turn leaves the rep's credit as it is."""
    period: str = ""
    """First day of the period that ``taken`` counts, ISO 8601."""
    taken: dict[str, int] = msgspec.field(default_factory=dict)
    """Leads assigned to each rep (rep_id) in ``period`` that count against its capacity. At the desk of all partners: the
    open leads of each partner (``partner:<name>``)."""
    waiting: int = 0
    """Number of leads on the desk's waiting list."""
    named: tuple[tuple[str, str], ...] = ()
    """The people whom the policy names for this desk, as they were announced last: (key, rep_id). At most 4."""
    open: dict[str, int] = msgspec.field(default_factory=dict)
    """Open hand-offs of the desk that each rep (rep_id) has. Empty unless the policy counts them."""


class AnswerRow(Row, frozen=True):
    """The answer to a request. Key: (desk, request_id). A timer deletes it 30 days after its last change."""

    prefix: ClassVar[str] = "answer"
    state: str
    """One of assigned, waiting, unavailable, sent_on (forwarded to another desk) and returned."""
    said: bytes = b""
    """The published record, JSON: a DeskAnswer, or the forwarded DeskRequest. A repeated request gets it again."""
    account_key: str = ""
    lead_id: str = ""
    rep_id: str | None = None
    turn: int = 0
    unit: int = 0
    """The turn's unit (see rotation.Step). 0: no turn was taken."""
    weights: tuple[tuple[str, int], ...] = ()
    """The (rep_id, weight) of each rep who took part in the turn. Empty: no turn was taken."""
    period: str = ""
    """First day of the period in which the lead counts against capacity. Empty: it does not count."""
    waiting_at: tuple[str, ...] = ()
    """The key of the request's WaitingRow. Empty: the request did not wait."""
    rounds: int = 0
    """The request's ``rounds``. A repeat with a larger number is decided again."""
    waiting_since_ms: int = 0
    """When the request began to wait at this desk. 0: it never waited. Milliseconds UTC."""


class WaitingRow(Row, frozen=True):
    """A request on a desk's waiting list. Key: (desk, lane, total in descending order, since, request_id).

    The total is the lead's points when it began to wait. At most 10,000 per desk.
    """

    prefix: ClassVar[str] = "waiting"
    request: bytes
    """The DeskRequest, JSON."""


class AskedRow(Row, frozen=True):
    """A desk that asked this absent rep to substitute. Key: (rep:<rep_id>, asking desk).

    The asking desk is a team whose fallback the rep is, or the own desk of a rep whose deputy or manager it is.
    Bounded by desks and reps. Deleted once that desk was notified.
    """

    prefix: ClassVar[str] = "asked"


class SlipRow(Row, frozen=True):
    """An open alert about a rep's record. Key: (rep:<rep_id>, alert_id).

    Deleted when the record is right. Bounded by the names in a record of crm.reps.
    """

    prefix: ClassVar[str] = "slip"
    alert: Alert
    field: str
    """Field of crm.reps."""
    found: str | None = None
    """The name that does not exist, or the unknown word of a closed list."""
    available: tuple[str, ...] = ()
    """The names that exist, or examples of them. At most 20."""


class NamedByRow(Row, frozen=True):
    """A colleague's record that names this rep. Key: (rep:<rep_id>, rep_id of the colleague, deputy or manager).

    Deleted when the record names another rep. Bounded by crm.reps.
    """

    prefix: ClassVar[str] = "named-by"
    is_reported: bool = False
    """Whether an alert is open because the CRM does not have this rep."""


class DependsRow(Row, frozen=True):
    """An account with hand-offs assigned to this rep. Key: (rep:<rep_id>, account_key).

    The account withdraws it. Bounded by accounts.
    """

    prefix: ClassVar[str] = "depends"


class MissedRow(Row, frozen=True):
    """The first responses that a rep has missed at a desk. Key: (desk:<name>, rep_id). Deleted when there are none.

    Kept when the rep leaves the desk: a rep who rejoins is off the turn as before. Bounded by reps.
    """

    prefix: ClassVar[str] = "missed"
    misses: tuple[tuple[int, str], ...] = ()
    """(when due, miss_id) of each, in this order. Milliseconds UTC. At most 40, the latest."""


class WorkRow(Row, frozen=True):
    """The open hand-offs of an account at a desk that counts them. Key: (desk:<name>, account_key).

    Deleted when none is open. Bounded by accounts.
    """

    prefix: ClassVar[str] = "work"
    rep_id: str
    open: int


class NamedRow(Row, frozen=True):
    """A person whom the policy names for a desk. Key: (rep:<rep_id>, desk:<name>, key of the policy).

    Bounded by the names in the policy. Deleted when the policy no longer names the person.
    """

    prefix: ClassVar[str] = "named"
    is_reported: bool = False
    """Whether the alert that the person is unknown or inactive is open."""
    published: int = 0
    """Number of alerts and clearances so far. It makes their ids distinct."""
