"""The records that desks write to lead.events: answers to requests, and changes of a rep. Internal."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.base import RECORD_TYPE, AccountKey, FactId, LeadId, Milliseconds, Model
from schemas.desk_requests import RequestMode
from schemas.vocabulary import HowChosen, Kind, PassedOver


class PassedOverRep(Model):
    """A rep who was a candidate and was not chosen."""

    rep_id: str = Field(description="The rep's id in the CRM, or a partner as `partner:<name>`.")
    why: PassedOver = Field(description="Why the rep was not chosen.")


class WaitAges(Model):
    """The ages of a lead that waits, or waited, at a desk. Waiting leads are served by points, then by age."""

    lead_seconds: int = Field(ge=0, description="Seconds since the lead became due for a hand-off.")
    wait_seconds: int = Field(
        ge=0, description="Seconds since the lead began to wait at this desk. 0 as it begins."
    )


class Clock(Model):
    """The deadlines of one open hand-off by the calendar of its new holder."""

    handoff_id: str = Field(description="The id of the hand-off.")
    due_soon_at_ms: Milliseconds = Field(description="When the reminder of the first response is due.")
    due_at_ms: Milliseconds = Field(description="When the first response is due.")
    then_at_ms: Milliseconds | None = Field(
        default=None, description="When an unanswered account is reassigned. Absent: it stays."
    )
    for_kind: Kind | None = Field(
        default=None,
        description="The kind of all hand-offs that get these deadlines. Absent: the named hand-off alone gets them.",
    )
    raised_hand: bool = Field(
        default=False, description="With `for_kind`: whether the leads of those hand-offs raised a hand."
    )


class DeskAnswer(Model):
    """A desk's answer to a request. A later one replaces it, for example when a waiting lead gets its turn."""

    type: Literal["desk_answer"] = Field(default="desk_answer", description=RECORD_TYPE)
    account_key: AccountKey
    request_id: str = Field(description="The request that is answered.")
    lead_id: LeadId
    handoff_id: str = Field(description="The hand-off that the request named.")
    desk: str = Field(
        description="The desk that answers: `desk:<name>`, `rep:<rep_id>`, `partner:<name>` or `partners:all`."
    )
    mode: RequestMode = Field(description="The mode of the request.")
    outcome: Literal["assigned", "waiting", "unavailable"] = Field(
        description="assigned: the lead has a holder. waiting: the desk keeps the request and answers again. unavailable: "
        "the desk can neither assign nor keep it."
    )
    rep_id: str | None = Field(
        default=None,
        description="The rep who gets the lead. Of `partners:all`: the partner, as `partner:<name>`. Absent for a desk as a "
        "whole and for a partner that was asked alone.",
    )
    rep_name: str | None = Field(default=None, description="The rep's name in the CRM.")
    deputy_for: str | None = Field(
        default=None, description="The rep who owns the account and is away or has not answered."
    )
    how_chosen: HowChosen | None = Field(default=None, description="How the rep was found.")
    why_unavailable: PassedOver | None = Field(
        default=None, description="Why the rep who was asked for cannot have the lead."
    )
    everyone_away: bool = Field(default=False, description="Whether no member of the desk was present.")
    desk_full: bool = Field(default=False, description="Whether no member of the desk had capacity.")
    skill_missing: bool = Field(
        default=False, description="Whether no rep with the skill that the lead needs could take it."
    )
    passed_over: list[PassedOverRep] = Field(
        default_factory=list, max_length=20, description="Reps who were considered before, with the reason."
    )
    ages: WaitAges | None = Field(
        default=None, description="The ages of a lead that waits or has waited. Absent otherwise."
    )
    due_soon_at_ms: Milliseconds | None = Field(
        default=None, description="When the reminder of the first response is due."
    )
    due_at_ms: Milliseconds | None = Field(default=None, description="When the first response is due.")
    then_at_ms: Milliseconds | None = Field(
        default=None, description="When an unanswered account is reassigned. Absent: it stays."
    )
    clocks: list[Clock] = Field(
        default_factory=list,
        max_length=20,
        description="The deadlines of other open hand-offs that move along.",
    )
    manager_id: str | None = Field(
        default=None, description="The manager to notify when the response is overdue."
    )
    open_at_ms: Milliseconds | None = Field(
        default=None, description="When the new holder is at work: now, or at the next opening."
    )


class RepChanged(Model):
    """A change of a rep on whom this account depends. The desk `rep:<rep_id>` keeps the index of such accounts."""

    type: Literal["rep_changed"] = Field(default="rep_changed", description=RECORD_TYPE)
    event_id: FactId
    account_key: AccountKey
    rep_id: str = Field(description="The rep's id in the CRM.")
    change: Literal["left", "away", "returned"] = Field(
        description="left: no longer active. away: active, and an absence has begun. returned: active and present."
    )
    since_ms: Milliseconds | None = Field(default=None, description="For `away`: when the absence began.")
