"""privacy.requests: what a person asks of whoever keeps their data. Key: e-mail."""

from __future__ import annotations

from pydantic import Field, model_validator

from schemas.base import Consent, InboundEvent, ShortText
from schemas.vocabulary import PrivacyRequestKind


class PrivacyRequest(InboundEvent):
    """One request of one person. It is never too old to be honoured."""

    email: ShortText
    request: PrivacyRequestKind
    consent: Consent | None = Field(
        default=None, description="With request consent: what is given or taken back."
    )

    @model_validator(mode="after")
    def _complete(self) -> PrivacyRequest:
        says = self.consent is not None and (
            self.consent.tracking is not None or self.consent.marketing is not None
        )
        if (self.request is PrivacyRequestKind.CONSENT) is not says:
            msg = "consent with a purpose belongs to request consent, and only there"
            raise ValueError(msg)
        return self
