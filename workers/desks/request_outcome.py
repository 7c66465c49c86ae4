"""What a desk decided of one request: a value. Answers, ledger and rows are made of it elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from schemas.desk_requests import DeskRequest
from schemas.vocabulary import HowChosen, PassedOver
from workers.desks.desk_terms import Deadline
from workers.desks.rotation import Step


class State(StrEnum):
    """How a request stands. The first three are said to the account."""

    ASSIGNED = "assigned"
    WAITING = "waiting"
    UNAVAILABLE = "unavailable"
    SENT_ON = "sent_on"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One member of the desk as this decision saw it. Credits are counted before the turn."""

    rep_id: str
    weight: int
    credit: int
    taken: int
    capacity: int | None
    passed_over: PassedOver | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One decision."""

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
    """The turn that it took; None: no turn was used."""
    period: str = ""
    """The period in which it takes room of ``rep_id``; empty: it takes none."""
    sent_on: DeskRequest | None = None
