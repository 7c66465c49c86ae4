"""privacy.requests: what a person asks of whoever keeps their data. Key: e-mail."""

from __future__ import annotations

from schemas.base import InboundEvent, ShortText
from schemas.vocabulary import PrivacyRequestKind


class PrivacyRequest(InboundEvent):
    """One request of one person. It is never too old to be honoured."""

    email: ShortText
    request: PrivacyRequestKind
