"""Why: points, gates, reasons and what would have changed a decision. Part of every decision."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.base import Model, PolicyRef
from schemas.vocabulary import GateState, Reason


class PointsLine(Model):
    """The points of one rule; at every moment the lines add up to the total."""

    rule: str = Field(
        description="fit:<gate>, a rule of the policy, or cap:<group> and cap:behaviour for what a cap took off."
    )
    points: int
    count: int = Field(default=0, description="Events counted inside the horizon.")
    event_id: str | None = Field(default=None, description="The latest event that counted.")
    clamped: bool | None = Field(
        default=None, description="One of the events was dated ahead of its arrival, and counts as of then."
    )


class GateResult(Model):
    """One gate's answer."""

    gate: str
    state: GateState
    found: str | None = Field(default=None, description="The fact, as text; None where it is unknown.")
    points: int = 0


class WouldChange(Model):
    """One thing that would have changed the decision."""

    what: Literal["points", "gate", "fact", "owner"]
    name: str
    needed: str


class Explanation(Model):
    """Carried by every score, stage and hand-off."""

    policy: PolicyRef
    reasons: list[Reason]
    fit: int
    behaviour: int
    total: int
    grade: str = Field(pattern=r"^[A-D][1-4]$")
    points: list[PointsLine] = Field(max_length=200)
    gates: list[GateResult] = Field(max_length=20)
    points_missing: int = Field(description="Points up to the bar; 0 when it is reached.")
    would_change: list[WouldChange] = Field(default_factory=list, max_length=20)
    triggering_event_id: str | None = None
    triggering_event_clamped: bool | None = Field(
        default=None, description="That event was dated ahead of its arrival, and counts as of then."
    )
