"""desk.requests (internal): requests of accounts to desks, and reps' records. Key: the desk.

A desk is `desk:<name>`, `partner:<name>`, `partners:all` for partners in turn, or `rep:<rep_id>` for the desk of one rep.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from schemas.base import RECORD_TYPE, AccountKey, FactId, LeadId, Milliseconds, Model, UnreadField
from schemas.crm_reps import CrmRep
from schemas.desk_work import AccountWork, ResponseMissed
from schemas.erasure import PersonErased
from schemas.partner_load import PartnerLoad
from schemas.vocabulary import Kind


class RequestMode(StrEnum):
    """How a desk finds the assignee."""

    TURN = "turn"
    """The next rep in the rotation. A request with a `rep_id` charges the turn of that rep, who claimed the lead."""
    FOLLOW = "follow"
    """The rep who already has the account. It uses no turn, counts in the period and may exceed the capacity."""
    OWNER = "owner"
    """The account's own rep or owner. It uses neither a turn nor capacity."""


class MoveWhy(StrEnum):
    """Why open hand-offs are reassigned although the account has no other owner."""

    NOT_ANSWERED = "not_answered"
    """No rep has answered long after the deadline."""
    AWAY = "away"
    """The holder is away."""
    BACK = "back"
    """The holder is back and the hand-offs were not reassigned meanwhile: the deadlines resume."""
    ANSWERED_BEFORE = "answered_before"
    """The earlier holder had answered before the hand-offs were reassigned. The report arrived late."""
    CLAIMED = "claimed"
    """A rep took the account from the pool of a desk."""


class RunningClock(Model):
    """The deadlines of an open hand-off that is reassigned together with others."""

    handoff_id: str = Field(description="The id of the hand-off.")
    kind: Kind = Field(description="The kind of the hand-off. It decides the time for the first response.")
    raised_hand: bool = Field(
        default=False, description="Whether the lead raised a hand, which has a shorter deadline."
    )
    frozen_at_ms: Milliseconds | None = Field(
        default=None,
        description="When the holder's absence stopped the deadlines. The desk gives the time that was left then. Absent: it "
        "gives the whole time.",
    )
    due_soon_at_ms: Milliseconds | None = Field(
        default=None, description="When the reminder of the first response was due."
    )
    due_at_ms: Milliseconds | None = Field(default=None, description="When the first response was due.")
    then_at_ms: Milliseconds | None = Field(
        default=None, description="When an unanswered account was to be reassigned. Absent: it stays."
    )
    conditions: list[str] | None = Field(
        default=None,
        max_length=50,
        description="Named conditions of the policy that held when the hand-off was opened and that a deadline tests.",
    )
    for_kind: bool = Field(
        default=False,
        description="Whether the whole time is asked for every hand-off of this kind, not for this hand-off alone.",
    )


class DeskRequest(Model):
    """The account's one open request. Repeats carry the same request_id = uuid5(account_key, cycle, n)."""

    type: Literal["desk_request"] = Field(default="desk_request", description=RECORD_TYPE)
    request_id: str = Field(
        description="The id of the request. A desk answers a repeat with the answer it gave before."
    )
    desk: str = Field(
        description="The desk that is asked: `desk:<name>`, `rep:<rep_id>`, `partner:<name>` or `partners:all`."
    )
    account_key: AccountKey
    lead_id: LeadId
    handoff_id: str = Field(description="The hand-off that the answer opens or reassigns.")
    mode: RequestMode = Field(description="How the desk finds the assignee.")
    kind: Kind = Field(description="The kind of the hand-off. It decides the time for the first response.")
    rep_id: str | None = Field(
        default=None,
        description="For follow and owner: the rep who is asked for. For a turn: the rep who claimed it.",
    )
    total: int = Field(description="The lead's total points at the time of the request.")
    since_ms: Milliseconds = Field(description="When the lead became due for a hand-off.")
    raised_hand: bool = Field(
        default=False, description="Whether the lead raised a hand: capacity does not hold it back."
    )
    conditions: list[str] | None = Field(
        default=None,
        max_length=50,
        description="Named conditions of the policy that hold for the lead and that a deadline tests. Absent: none.",
    )
    attempt: int = Field(default=1, ge=1, description="1 for the request, 2 and more for its repeats.")
    deputy_for: str | None = Field(
        default=None, description="The rep for whom the person at this desk substitutes."
    )
    away: list[str] = Field(
        default_factory=list,
        max_length=5,
        description="Reps who were asked before and are away, in that order.",
    )
    origin_desk: str | None = Field(
        default=None,
        description="The desk whose terms apply, or which forwarded the request to a substitute.",
    )
    everyone_away: bool = Field(
        default=False, description="Whether a desk forwarded the request because no member was present."
    )
    language: str | None = Field(
        default=None, description="The language that the rep must speak, ISO 639-1. Absent: any."
    )
    segment: str | None = Field(
        default=None, description="The segment of the policy that the rep must serve. Absent: any."
    )
    skill_missing: bool = Field(
        default=False,
        description="Whether a desk forwarded the request because no rep with the skill could take it.",
    )
    move: MoveWhy | None = Field(
        default=None, description="Why open hand-offs are reassigned. Absent: a lead is handed off."
    )
    excluded: list[str] = Field(
        default_factory=list,
        max_length=20,
        description="Reps who had the account and did not answer. They are asked last.",
    )
    clocks: list[RunningClock] = Field(
        default_factory=list, max_length=20, description="Open hand-offs whose deadlines restart or resume."
    )
    manager_id: str | None = Field(
        default=None,
        description="The manager of the rep who was asked first, once the request was forwarded.",
    )
    stands_in_as: Literal["deputy", "manager"] | None = Field(
        default=None, description="The role of the person at this desk. Absent: the rep who was asked first."
    )
    rounds: int = Field(
        default=0,
        ge=0,
        description="How often the request came back because all possible substitutes were away too.",
    )
    is_chat: bool = Field(
        default=False, description="Whether a visitor waits in a chat: reps at work are preferred."
    )
    answerer: str | None = Field(
        default=None, description="The rep who already answered the visitor in the chat and gets the turn."
    )
    partners: list[str] | None = Field(
        default=None,
        max_length=100,
        description="At `partners:all`: the partners of the policy of whom one is chosen, in the order of their levels. "
        "Absent at other desks.",
    )

    @property
    def is_stood_in_for(self) -> bool:
        """Whether a desk forwarded the request to a fallback, a person who is not the account's own rep or owner."""
        return self.everyone_away or self.skill_missing


class DeskReturn(Model):
    """The account withdraws a request: its turn and capacity are given back, or its wait ends. Repeats change nothing."""

    type: Literal["desk_return"] = Field(default="desk_return", description=RECORD_TYPE)
    request_id: str = Field(description="The request that is withdrawn.")
    desk: str = Field(description="The desk that was asked.")
    account_key: AccountKey
    restore_turn: bool = Field(
        default=True, description="Whether the turn and the capacity are given back. False: they stay used."
    )
    credited_by: str | None = Field(
        default=None,
        description="The manager who credits the turn. Absent: the account withdraws the request.",
    )
    credit_reason: str | None = Field(default=None, description="The manager's reason for the credit.")


class RepFacts(Model):
    """A rep's record, sent to each of the rep's desks and to the rep's desk of one."""

    type: Literal["rep_facts"] = Field(default="rep_facts", description=RECORD_TYPE)
    event_id: FactId
    desk: str = Field(description="The desk that learns the record.")
    rep_id: str = Field(description="The rep's id in the CRM.")
    rep: CrmRep | None = Field(
        default=None, description="The whole record. Absent: the rep left this desk or was deleted."
    )
    unread: list[UnreadField] | None = Field(
        default=None, description="Fields of the record that could not be read. Absent if all could be read."
    )


class RepAtWork(Model):
    """A rep who is at work and could answer a chat."""

    rep_id: str = Field(description="The rep's id in the CRM.")
    name: str | None = Field(default=None, description="The rep's name in the CRM.")


class RepMeant(Model):
    """The rep who has the account and is not at work now, while another rep is searched who can answer the chat."""

    rep_id: str = Field(description="The rep's id in the CRM.")
    name: str | None = Field(default=None, description="The rep's name in the CRM.")
    deputy_for: str | None = Field(default=None, description="The absent owner for whom this rep answers.")
    from_ms: Milliseconds = Field(description="When the rep is at work again.")
    asked: list[str] = Field(
        default_factory=list, max_length=5, description="Reps who were asked and are not at work either."
    )
    desks: list[str] = Field(
        default_factory=list,
        max_length=20,
        description="The desks whose members are asked next, in that order.",
    )
    unskilled: RepAtWork | None = Field(
        default=None,
        description="The first colleague at work without a skill that the visitor needs. Answers if no other can.",
    )


class PresenceAsked(Model):
    """A chat asks who is present, without a request for a turn. Sent to a desk or to the desk of one of a rep."""

    type: Literal["presence_asked"] = Field(default="presence_asked", description=RECORD_TYPE)
    event_id: FactId
    desk: str = Field(description="The desk that is asked.")
    account_key: str = Field(
        description="The account, or `chat:<conversation_id>` while the visitor is unknown."
    )
    conversation_id: str = Field(description="The conversation, as the chat identified it.")
    lead_id: str | None = Field(default=None, description="The person. Absent while the visitor is unknown.")
    handoff_id: str | None = Field(
        default=None, description="The hand-off that the conversation led to, if there is one."
    )
    search: bool = Field(
        default=False,
        description="Whether a deputy or a colleague at work answers if the rep is not at work now. The account stays.",
    )
    deputy_for: str | None = Field(
        default=None, description="The absent owner for whom the rep who is asked has the account."
    )
    meant: RepMeant | None = Field(
        default=None, description="The rep who is not at work, once the question was forwarded."
    )
    language: str | None = Field(
        default=None,
        description="The language that a colleague who answers should speak, ISO 639-1. Absent: any.",
    )
    segment: str | None = Field(
        default=None,
        description="The segment of the policy that a colleague who answers should serve. Absent: any.",
    )


class AccountDepends(Model):
    """An account subscribes to changes of a rep, or unsubscribes. Sent to `rep:<rep_id>`."""

    type: Literal["account_depends"] = Field(default="account_depends", description=RECORD_TYPE)
    desk: str = Field(description="The desk of one of the rep.")
    account_key: AccountKey
    depends: bool = Field(
        description="True: send the account a `rep_changed` when the rep leaves, is away or returns. False: no longer."
    )


class LookAgain(Model):
    """A substitute for this desk, who was asked before without success, is present now. Waiting leads are decided again."""

    type: Literal["look_again"] = Field(default="look_again", description=RECORD_TYPE)
    desk: str = Field(description="The desk whose leads wait.")


class PersonNamed(Model):
    """The policy names a person for a desk, or no longer. Sent to the person's desk of one, which knows the record."""

    type: Literal["person_named"] = Field(default="person_named", description=RECORD_TYPE)
    desk: str = Field(description="The desk of one of the person.")
    named_by: str = Field(description="The desk that names the person.")
    key: str = Field(description="The key of the policy that names the person, below that desk.")
    is_named: bool = Field(description="True: the policy names the person. False: no longer.")


class RepNamed(Model):
    """A rep's record names another rep as deputy or manager, or no longer does. Sent to the named rep's desk of one."""

    type: Literal["rep_named"] = Field(default="rep_named", description=RECORD_TYPE)
    event_id: FactId
    desk: str = Field(description="The desk of one of the rep who is named.")
    rep_id: str = Field(description="The rep whose record names the other.")
    field: Literal["deputy", "manager"] = Field(
        description="The role that the record gives to the named rep."
    )
    is_named: bool = Field(description="True: the record names the rep. False: no longer.")


DeskEvent = Annotated[
    DeskRequest
    | DeskReturn
    | RepFacts
    | AccountDepends
    | AccountWork
    | ResponseMissed
    | PresenceAsked
    | LookAgain
    | PartnerLoad
    | PersonNamed
    | RepNamed
    | PersonErased,
    Field(discriminator="type"),
]
DESK_EVENT: TypeAdapter[DeskEvent] = TypeAdapter(DeskEvent)
