"""lead.scores: the score of each lead. Key: lead_id; compacted."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from schemas.base import AccountKey, LeadId, Output
from schemas.explanation import Explanation
from schemas.vocabulary import Stage


class LeadScore(Output):
    """The score of a lead as of a record that changed it: at most one for each lead and record."""

    type_name: ClassVar[str] = "lead.scored"
    account_key: AccountKey
    lead_id: LeadId
    stage: Stage = Field(description="The lead's stage after this record.")
    explanation: Explanation = Field(description="Fit, behaviour and total, and why.")
    active_people: list[str] = Field(
        max_length=10,
        description="lead_ids of the account's most recently active people, the latest first. This lead may be one of them.",
    )
    path: str | None = Field(
        default=None,
        max_length=64,
        description="The nurture path: the first of the policy's `paths` that applies. Absent: none applies, a hand-off is "
        "due or open, or the person may not be addressed. The last score of a lead is the one that counts, and a decay of "
        "points alone publishes no score.",
    )
    own_stage: str | None = Field(
        default=None,
        max_length=64,
        description="The company's own stage between `known` and `mql`, by the total points: a name of the policy's "
        "`stages.own`. Absent in other stages, below the first of them, and if the policy has none.",
    )
    moves: int | None = Field(
        default=None,
        ge=1,
        description="How often the lead has moved to another `account_key`. Of a lead's scores the one with the most moves "
        "counts. Absent if the lead never moved.",
    )
