"""sales.activities: what sales did with a lead or decided about it. Key: handoff_id or e-mail."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints, model_validator

from schemas.base import Identifier, InboundEvent, ShortText
from schemas.vocabulary import RejectReason, SalesAction

HandoffId = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$"),
]
"""A hand-off id as lead.routing published it. At most 500 characters."""

CreditReason = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[a-z][a-z0-9_]{0,63}$")]
"""A word of lower-case letters, digits and underscores. At most 64 characters."""


class SalesActivity(InboundEvent):
    """One action of a rep for a lead. Either `handoff_id` or `email` must be given."""

    STAND_INS: ClassVar[Mapping[str, str]] = {"action": SalesAction.UNKNOWN.value}

    action: SalesAction = Field(description="What the rep did or decided.")
    handoff_id: HandoffId | None = Field(
        default=None, description="The hand-off, exactly as lead.routing published it."
    )
    email: ShortText | None = Field(
        default=None, description="The person's e-mail address, if no hand-off is known."
    )
    rep_id: Identifier = Field(
        description="The rep who acted. For a partner: the partner's own id of the person who acted."
    )
    channel: ShortText | None = Field(
        default=None,
        description="How the rep contacted the person: call, mail or any other word. Left out: `contact`.",
    )
    reason: RejectReason | None = Field(
        default=None, description="The reason of a rejection. Left out or unknown: `not_now`."
    )
    to_rep_id: Identifier | None = Field(
        default=None, description="The rep who gets the account. Required for `reassigned`."
    )
    credit_reason: CreditReason | None = Field(
        default=None,
        description="Why a turn is credited, as a word of your own: `bad_list`. For `turn_credited`.",
    )
    amount: Decimal | None = Field(
        default=None,
        ge=0,
        le=10**18,
        max_digits=24,
        decimal_places=6,
        description="The amount of the opportunity, for `opportunity_opened` and `won`. Send it as text to keep it exact.",
    )
    currency: str | None = Field(
        default=None,
        pattern=r"^[A-Z]{3}$",
        description="The currency of the amount, ISO 4217. Left out: the policy's currency.",
    )

    @model_validator(mode="after")
    def _complete(self) -> SalesActivity:
        if self.handoff_id is None and self.email is None:
            msg = "handoff_id or email must be given"
            raise ValueError(msg)
        if self.action is SalesAction.REASSIGNED and self.to_rep_id is None:
            msg = "reassigned needs to_rep_id"
            raise ValueError(msg)
        return self
