"""web.activity: what a visitor does. Key: anonymous_id, else e-mail."""

from __future__ import annotations

from pydantic import Field

from schemas.base import Campaign, Consent, Identifier, InboundEvent, ShortText, Word


class WebActivity(InboundEvent):
    """One activity of a visitor; without anonymous_id and e-mail it is counted, not scored."""

    activity: Word = Field(description="page_view, download, webinar_attended, ... any lower_snake word.")
    anonymous_id: Identifier | None = None
    email: ShortText | None = Field(default=None, description="Identifies the visitor when present.")
    url: str | None = Field(default=None, max_length=4096)
    asset: ShortText | None = None
    campaign: Campaign | None = None
    duration_seconds: float | None = Field(default=None, ge=0, le=86_400)
    session_id: Identifier | None = None
    consent: Consent | None = None
    user_agent: str | None = Field(default=None, max_length=2000, description="As the browser names itself.")
    is_bot: bool = Field(default=False, description="The sender knows that no person did this.")
