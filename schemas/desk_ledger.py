"""desk.ledger: every turn of every desk, so that its fairness can be checked. Key: desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final, Literal

from pydantic import Field

from schemas.base import AccountKey, LeadId, Model, Output, PolicyRef
from schemas.desk_answers import WaitAges
from schemas.vocabulary import PassedOver

LedgerEntryType = Literal["turn", "follow", "owner", "return", "waiting", "released", "sent_on"]
"""The event that an entry of the ledger records."""

LEDGER_ENTRY_SENTENCES: Final[Mapping[LedgerEntryType, str]] = {
    "turn": "A turn of the rotation was used.",
    "follow": "A lead went to the rep who has its account. It used no turn, but counts in the period.",
    "owner": "A lead went to the account's own rep or owner. It used neither a turn nor capacity.",
    "return": "An answer was no longer wanted. Its turn and capacity were given back.",
    "waiting": "No rep had capacity or was present, so the lead waits.",
    "released": "A lead that waited got its turn.",
    "sent_on": "The request was forwarded to a substitute.",
}


class LedgerCandidate(Model):
    """One rep in a turn of the rotation, or one partner at `partners:all`."""

    rep_id: str = Field(description="The rep's id in the CRM, or the partner as `partner:<name>`.")
    weight: int = Field(
        description="The rep's share of the rotation at this desk, relative to the other members."
    )
    current_before: int = Field(
        description="The rep's current weight in the smooth weighted round robin before the entry, in millionths of a turn. "
        "The highest weight has the turn."
    )
    current_after: int = Field(
        description="The current weight after the entry, in millionths of a turn: the weight before plus the gain. The rep "
        "who took the turn pays the sum of all gains. It is cut where it would be a whole turn or more off."
    )
    gained: int = Field(
        default=0,
        description="The rep's share of this turn, in millionths of a turn. 0 if the rep could not have had it, below zero "
        "if a turn was given back.",
    )
    since_turn: int = Field(
        default=0, description="The turn after which the rep joined the desk, with a current weight of 0."
    )
    taken_in_period: int = Field(
        description="The leads that the rep has in the desk's period, or the open leads of the partner: before a turn, after "
        "a return."
    )
    capacity: int | None = Field(
        default=None,
        description="The most MQLs of the rep in the period, or the most open leads of the partner. Absent if there is no "
        "limit.",
    )
    passed_over: PassedOver | None = Field(
        default=None, description="Why the rep did not get the turn. Absent for the rep who did."
    )
    open: int | None = Field(
        default=None,
        description="The rep's open hand-offs of the desk before the entry. Absent unless the desk's policy counts them.",
    )


class LedgerEntry(Output):
    """One entry of a desk's ledger: a turn that was used or given back, a lead that waits, or a request without a turn."""

    type_name: ClassVar[str] = "desk.turn"
    desk: str = Field(
        description="The desk: `desk:<name>`, `rep:<rep_id>` for the desk of one through which an owner is asked, or "
        "`partners:all`, where partners take turns."
    )
    turn: int = Field(
        description="The number of the desk's turn that was used or given back, else of its last turn."
    )
    entry: LedgerEntryType = Field(description="The event that the entry records.")
    request_id: str = Field(description="The account's request that the entry answers.")
    account_key: AccountKey
    lead_id: LeadId
    rep_id: str | None = Field(
        default=None,
        description="The rep who got the lead, or whose turn was given back. Absent while the lead waits.",
    )
    candidates: list[LedgerCandidate] = Field(
        default_factory=list,
        max_length=500,
        description="All members of the desk at this turn, with their weights before and after.",
    )
    waiting: int = Field(
        default=0, description="The leads that wait for capacity at this desk after the entry."
    )
    ages: WaitAges | None = Field(
        default=None,
        description="The age and the waiting time of a lead that waits or has waited. Absent otherwise.",
    )
    credited_by: str | None = Field(
        default=None,
        description="The manager who gave the turn back. Absent: no manager did.",
    )
    credit_reason: str | None = Field(
        default=None, description="The manager's reason for giving the turn back. Absent if none was stated."
    )
    policy: PolicyRef = Field(description="The policy in force.")
