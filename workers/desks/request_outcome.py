"""The outcome of one request at a desk: a value, from which answer, ledger line and rows are made elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from schemas.desk_requests import DeskRequest
from schemas.vocabulary import HowChosen, PassedOver
from workers.desks.desk_terms import Deadline
from workers.desks.rotation import Step


class State(StrEnum):
    """The state of a request. The first three are published to the account."""

    ASSIGNED = "assigned"
    WAITING = "waiting"
    UNAVAILABLE = "unavailable"
    SENT_ON = "sent_on"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One member of the desk as this decision saw it, before the turn. Credits in millionths of a turn."""

    rep_id: str
    weight: int
    credit: int
    taken: int
    capacity: int | None
    passed_over: PassedOver | None
    open: int | None = None
    """Open hand-offs of the desk. None: the desk's policy does not count them."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The decision of one request."""

    state: State
    rep_id: str | None = None
    rep_name: str | None = None
    deputy_for: str | None = None
    how_chosen: HowChosen | None = None
    deadline: Deadline | None = None
    why_unavailable: PassedOver | None = None
    everyone_away: bool = False
    desk_full: bool = False
    skill_missing: bool = False
    candidates: tuple[Candidate, ...] = ()
    step: Step | None = None
    """The turn that the request took. None: it took no turn."""
    period: str = ""
    """First day of the period in which the lead counts for ``rep_id``. Empty: it does not count."""
    sent_on: DeskRequest | None = None
    """The request as forwarded to another desk."""
