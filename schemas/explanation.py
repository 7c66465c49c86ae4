"""The explanation of a decision: points, gates, reasons, and what would have changed it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.base import Model, PolicyRef
from schemas.vocabulary import GateState, Reason


class PointsLine(Model):
    """The points of one rule. At every moment the lines add up to the total."""

    rule: str = Field(
        description="The source of the points: `fit:<gate>`, `fact:<fact>` for a fact that is not a gate, a rule of the policy, or `cap:<group>` and `cap:behaviour` for "
        "points that a cap took off. `scanner:clicks` counts clicks of mail scanners, which earn nothing. Partners may see only `fit` and `behaviour`."
    )
    points: int = Field(description="The points of the rule now. Below zero for a cap or a negative rule.")
    count: int = Field(
        default=0, description="The events that the rule counts, within the days in which points last."
    )
    event_id: str | None = Field(default=None, description="The latest event that the rule counts.")
    clamped: bool | None = Field(
        default=None,
        description="True: one of the events was dated more than 5 minutes after its arrival, and counts as of its arrival "
        "plus 5 minutes. Absent otherwise.",
    )
    found: str | None = Field(
        default=None,
        description="The fact, as text, for points of a fact that is not a gate. Absent otherwise.",
    )


class GateResult(Model):
    """The result of one gate."""

    gate: str = Field(
        description="The gate: `industry`, `revenue`, `employees`, `country`, `function`, `title`, or another fact of the "
        "policy's `fit` that has a line `outside`."
    )
    state: GateState = Field(description="The result of the gate.")
    found: str | None = Field(default=None, description="The fact, as text. Absent if it is unknown.")
    points: int = Field(default=0, description="The points for passing the gate.")


class WouldChange(Model):
    """One change that would have led to another decision."""

    what: Literal["points", "gate", "fact", "owner"] = Field(description="The kind of the change.")
    name: str = Field(description="The name of the total, gate, fact or owner that would have to change.")
    needed: str = Field(description="The value that would have been needed.")


class Explanation(Model):
    """The points, gates and reasons of a score, a stage or a hand-off."""

    policy: PolicyRef = Field(description="The policy that made the decision.")
    reasons: list[Reason] = Field(description="The reasons, the most important first.")
    fit: int = Field(description="Points for what the lead is: market, function, title.")
    behaviour: int = Field(description="Points for what the lead did, after caps and decay.")
    total: int = Field(description="Fit and behaviour together.")
    grade: str = Field(
        pattern=r"^[A-D][1-4]$",
        description="The grade, A1 to D4. The letter is for fit, the digit for behaviour.",
    )
    points: list[PointsLine] = Field(
        max_length=200,
        description="One line for each gate and rule with points. The lines add up to the total.",
    )
    gates: list[GateResult] = Field(max_length=20, description="The result of each gate.")
    points_missing: int = Field(
        description="Points missing to the threshold for an MQL. 0 if the threshold is reached, or the policy has none."
    )
    would_change: list[WouldChange] = Field(
        default_factory=list,
        max_length=20,
        description="Changes that would have led to another decision: each by itself, or together with others that are listed.",
    )
    triggering_event_id: str | None = Field(
        default=None,
        description="The event that caused the decision. Absent if no event did (a timer, a fact of the CRM).",
    )
    triggering_event_clamped: bool | None = Field(
        default=None,
        description="True: that event was dated more than 5 minutes after its arrival, and counts as of its arrival plus 5 "
        "minutes. Absent otherwise.",
    )
