"""desk.requests (internal): what accounts ask of desks. Key: the desk (`desk:<name>`, or `rep:<rep_id>`, a desk of one)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from schemas.base import Milliseconds, Model
from schemas.crm_reps import CrmRep
from schemas.erasure import PersonErased
from schemas.vocabulary import Kind


class RequestMode(StrEnum):
    """How a desk is to find the assignee."""

    TURN = "turn"
    """The next in the rotation."""
    FOLLOW = "follow"
    """The rep who has the account already: no turn, counts in the week, may exceed it."""
    OWNER = "owner"
    """The owner by right: neither turn nor room."""


class MoveWhy(StrEnum):
    """Why open hand-offs go to somebody else though nobody else owns the account by right."""

    NOT_ANSWERED = "not_answered"
    """Nobody has answered, long after the time to answer was over."""
    AWAY = "away"
    """Who has them is away."""
    BACK = "back"
    """Who has them is back, and nobody took them meanwhile: their deadlines go on."""
    ANSWERED_BEFORE = "answered_before"
    """Who had them had answered before they moved on; that came late."""


class RunningClock(Model):
    """The deadlines of an open hand-off that moves along. With ``frozen_at_ms``: only what was left then is given."""

    handoff_id: str
    kind: Kind
    raised_hand: bool = False
    frozen_at_ms: Milliseconds | None = None
    due_soon_at_ms: Milliseconds | None = None
    due_at_ms: Milliseconds | None = None
    then_at_ms: Milliseconds | None = None


class DeskRequest(Model):
    """The account's one open request. request_id = uuid5(account_key, cycle, n)."""

    type: Literal["desk_request"] = "desk_request"
    request_id: str
    desk: str
    account_key: str
    lead_id: str
    handoff_id: str
    mode: RequestMode
    kind: Kind
    rep_id: str | None = Field(
        default=None, description="Who is meant, for follow and owner; for a turn: who claimed it."
    )
    total: int = Field(description="The lead's points when it asked.")
    since_ms: Milliseconds = Field(description="When the lead became due for a hand-off.")
    raised_hand: bool = Field(default=False, description="Not held back by capacity; the shorter deadline.")
    attempt: int = Field(default=1, ge=1)
    deputy_for: str | None = None
    away: list[str] = Field(
        default_factory=list, max_length=5, description="Who was asked before and is away."
    )
    origin_desk: str | None = Field(
        default=None, description="The desk that sent the request on to a deputy."
    )
    everyone_away: bool = False
    language: str | None = Field(
        default=None, description="What the lead needs of the rep; None: nothing special."
    )
    segment: str | None = Field(default=None, description="The same, of the policy's segments.")
    skill_missing: bool = Field(
        default=False, description="Sent on because nobody who has the skill could take it."
    )
    move: MoveWhy | None = Field(default=None, description="Open hand-offs move; None: a lead is handed off.")
    excluded: list[str] = Field(
        default_factory=list, max_length=20, description="Who had it: only if there is nobody else."
    )
    clocks: list[RunningClock] = Field(
        default_factory=list, max_length=20, description="Hand-offs whose deadlines begin anew, or go on."
    )
    manager_id: str | None = Field(
        default=None, description="The manager of the rep for whom it was meant, once it was sent on."
    )
    stands_in_as: Literal["deputy", "manager"] | None = None
    rounds: int = Field(
        default=0, ge=0, description="How often the desk got it back: all who could stand in were away too."
    )
    is_chat: bool = Field(default=False, description="A visitor waits in a chat: who is at work goes first.")
    answerer: str | None = Field(
        default=None, description="Who has answered the visitor in the chat already: the turn is theirs."
    )

    @property
    def is_stood_in_for(self) -> bool:
        """Whether a desk sent it on to a fallback: a person who was not asked for by right."""
        return self.everyone_away or self.skill_missing


class DeskReturn(Model):
    """The answer, or the wait, is no longer wanted: turn and room go back. Repeats change nothing."""

    type: Literal["desk_return"] = "desk_return"
    request_id: str
    desk: str
    account_key: str
    restore_turn: bool = True


class RepFacts(Model):
    """A rep's record, sent to each of the rep's desks and to the desk of one."""

    type: Literal["rep_facts"] = "rep_facts"
    event_id: str
    desk: str
    rep_id: str
    rep: CrmRep | None = Field(default=None, description="None: left this desk, or deleted.")


class PresenceAsked(Model):
    """A chat asks who is there, without asking for a turn: of a desk, or of the rep who has the account."""

    type: Literal["presence_asked"] = "presence_asked"
    event_id: str
    desk: str
    account_key: str
    conversation_id: str
    lead_id: str | None = None
    handoff_id: str | None = None


class AccountDepends(Model):
    """An account was given to this rep: tell it when the rep leaves. Sent to `rep:<id>`."""

    type: Literal["account_depends"] = "account_depends"
    desk: str
    account_key: str
    depends: bool


class LookAgain(Model):
    """Somebody who stands in for this desk, and was asked in vain, is there now: whoever waits there is looked at."""

    type: Literal["look_again"] = "look_again"
    desk: str


DeskEvent = Annotated[
    DeskRequest | DeskReturn | RepFacts | AccountDepends | PresenceAsked | LookAgain | PersonErased,
    Field(discriminator="type"),
]
DESK_EVENT: TypeAdapter[DeskEvent] = TypeAdapter(DeskEvent)
