"""The lead row, and the rows that say under which account keys a lead is stored.

Times are milliseconds since the epoch, UTC. Days count from 1970-01-01 in the zone of the policy.
"""

from __future__ import annotations

from typing import ClassVar

from schemas.vocabulary import Reason, Stage
from workers.accounts.state.facts import CampaignMark, Contact, Fact
from workers.accounts.state.parts import Chat
from workers.engine.rows import Row


class LeadRow(Row, frozen=True):
    """A person: what is known of them and where they stand. One row per lead; at most 10 facts of forms, 5 of the CRM.

    Without a stage it is a contact of the CRM who never came by: no lead yet.
    """

    prefix: ClassVar[str] = "lead"
    email: str | None = None
    role_address: bool = False
    facts: tuple[Fact, ...] = ()
    campaign: CampaignMark | None = None
    stage: Stage | None = None
    stage_n: int = 0
    fit_mark: str = ""
    """The gates' answers as last reported."""
    cycle: int = 1
    reached_mql: bool = False
    raised_hand: bool = False
    """A hand raised in this cycle is due or handed off."""
    handed: bool = False
    """A hand-off of this cycle is due or made."""
    responded_day: int = 0
    """When it first answered, in this cycle, a campaign whose response is an MQL at once; 0: it did not."""
    accepted: bool = False
    qualified: bool = False
    claimed: bool = False
    """A rep took it in this cycle."""
    verdict: Stage | None = None
    """How the cycle ended: recycled, expired or disqualified, until a new one."""
    verdict_why: Reason | None = None
    said_no_ms: int = 0
    """When the last cycle ended."""
    expired_with_handoff: bool = False
    """A hand-off was withdrawn when it expired: due again if the expiry is taken back."""
    ended_before_ms: int = 0
    """What ``said_no_ms`` was before it expired: it is so again if the expiry is taken back."""
    bounces: int = 0
    """How often sales has sent it back: a no that recycled it."""
    pending: str = ""
    """The order of the lead's PendingRow, empty where none waits."""
    handoffs: tuple[str, ...] = ()
    """Its open hand-offs: at most two of a kind in a cycle."""
    contact: Contact | None = None
    """The CRM's record of the person."""
    marketing: bool | None = None
    """The person's latest word on marketing; None: none is known."""
    service: tuple[str, ...] = ()
    """Its support question, on its way or open: at most one."""
    chat: Chat | None = None
    """Its latest conversation."""
    wanted: tuple[str, ...] = ()
    """Facts of the person that an alert asks for. Bounded by the gates."""
    wants_of_company: bool = False
    """It waits for facts of its company."""
    moves: int = 0
    """How often it has gone from one key to another: of its scores under several keys the latest counts."""
    home: str = ""
    """The account_key to which the person's own records come, where that is an alias of this one."""
    erased_ms: int = 0
    """What is dated up to here was erased, and does not count when it comes again."""


class PlaceRow(Row, frozen=True):
    """A lead has rows under an account key: key (lead_id, account_key). Bounded by LeadRow and MovedRow; erased."""

    prefix: ClassVar[str] = "place"


class MovedRow(Row, frozen=True):
    """A lead that was sent to the primary key: if it comes back, its outputs are numbered on. At most one per lead."""

    prefix: ClassVar[str] = "moved"
    stage_n: int
    revision: int
    to: str = ""
    """Where the person went: late answers of sales follow."""
    service: tuple[str, ...] = ()
    """A support question that the service desk answers here."""
