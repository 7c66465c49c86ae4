"""sales.activities: what sales says of a lead. Key: handoff_id or e-mail."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from schemas.base import Identifier, InboundEvent, ShortText
from schemas.vocabulary import RejectReason, SalesAction

HandoffId = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""As lead.routing named it."""


class SalesActivity(InboundEvent):
    """One thing that a rep says of a lead."""

    action: SalesAction
    handoff_id: HandoffId | None = None
    email: ShortText | None = None
    rep_id: Identifier
    channel: ShortText | None = Field(default=None, description="How the lead was touched: call, mail, ...")
    reason: RejectReason | None = None
    to_rep_id: Identifier | None = Field(default=None, description="Who has it now, for reassigned.")
    amount: Decimal | None = Field(
        default=None,
        ge=0,
        le=10**18,
        max_digits=24,
        decimal_places=6,
        description="Of the opportunity, for opportunity_opened and won.",
    )
    currency: str | None = Field(
        default=None, pattern=r"^[A-Z]{3}$", description="ISO 4217, of the amount; else the policy's."
    )

    @model_validator(mode="after")
    def _complete(self) -> SalesActivity:
        if self.handoff_id is None and self.email is None:
            msg = "handoff_id or email must be given"
            raise ValueError(msg)
        if self.action is SalesAction.REJECTED and self.reason is None:
            msg = "rejected needs a reason"
            raise ValueError(msg)
        if self.action is SalesAction.REASSIGNED and self.to_rep_id is None:
            msg = "reassigned needs to_rep_id"
            raise ValueError(msg)
        return self
