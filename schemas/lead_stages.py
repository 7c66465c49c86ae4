"""lead.stages: the steps of each lead from stage to stage. Key: lead_id."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from pydantic import Field

from schemas.base import AccountKey, LeadId, Model, Output
from schemas.explanation import Explanation
from schemas.vocabulary import Stage


class StageWords(Model):
    """A stage as the policy names and defines it."""

    name: str | None = Field(default=None, description="The name that people use for the stage.")
    crm_name: str | None = Field(
        default=None, description="The name that the CRM uses for the stage. Write this one into the CRM."
    )
    definition: str | None = Field(
        default=None,
        description="The definition that marketing and sales agreed on, with the policy's numbers.",
    )


class LeadStage(Output):
    """A step of a lead from one stage to another."""

    type_name: ClassVar[str] = "lead.stage_changed"
    account_key: AccountKey
    lead_id: LeadId
    from_stage: Stage | None = Field(
        default=None, description="The stage before the step. Absent for a lead that is new."
    )
    to_stage: Stage = Field(description="The stage from now on.")
    stage_words: StageWords | None = Field(
        default=None,
        description="The new stage as the policy names and defines it. Absent if the policy has no words for it.",
    )
    own_stage: str | None = Field(
        default=None,
        max_length=64,
        description="The company's own stage at this step, by the total points: a name of the policy's `stages.own`. It may "
        "change without a step: the last value is in `lead.scores`.",
    )
    cycle: int = Field(
        description="1 for the first pass through the stages. A lead that returns after a rejection or an expiry begins "
        "the next."
    )
    bounces: int | None = Field(
        default=None, description="How often sales has sent this lead back to marketing. Absent for never."
    )
    forecast_probability_percent: int | None = Field(
        default=None,
        description="The probability with which an opportunity enters the forecast, in percent. Absent for other stages.",
    )
    amount: Decimal | None = Field(
        default=None,
        description="The amount of the deal as sales reported it, as text. For an opportunity and a customer.",
    )
    currency: str | None = Field(default=None, description="The currency of the amount, ISO 4217.")
    explanation: Explanation = Field(
        description="Points and gates at this moment, and the reasons for the step."
    )
