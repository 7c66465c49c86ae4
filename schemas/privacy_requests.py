"""privacy.requests: a person's request about their data. Key: e-mail."""

from __future__ import annotations

from pydantic import Field, model_validator

from schemas.base import Consent, InboundEvent, ShortText
from schemas.vocabulary import PrivacyRequestKind


class PrivacyRequest(InboundEvent):
    """One request of one person. It is honoured however old it is."""

    email: ShortText = Field(description="The person's e-mail address, with or without a display name.")
    request: PrivacyRequestKind = Field(description="The kind of request.")
    consent: Consent | None = Field(
        default=None,
        description="The consent that is given or withdrawn, for at least one purpose. Only with the request `consent`, "
        "and required there.",
    )

    @model_validator(mode="after")
    def _complete(self) -> PrivacyRequest:
        names_purpose = self.consent is not None and (
            self.consent.tracking is not None or self.consent.marketing is not None
        )
        if (self.request is PrivacyRequestKind.CONSENT) is not names_purpose:
            msg = "consent with a purpose belongs to request consent, and only there"
            raise ValueError(msg)
        return self
