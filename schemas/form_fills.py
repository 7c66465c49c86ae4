"""form.fills: a form sent by a visitor. Key: anonymous_id, else e-mail."""

from __future__ import annotations

from pydantic import Field

from schemas.base import Campaign, Consent, Identifier, InboundEvent, Language, ShortText, Word
from schemas.vocabulary import Request


class FormFill(InboundEvent):
    """One form; it identifies the visitor and may raise a hand."""

    form_id: Identifier
    anonymous_id: Identifier | None = None
    email: ShortText | None = None
    first_name: ShortText | None = None
    last_name: ShortText | None = None
    company: ShortText | None = None
    job_title: ShortText | None = None
    job_function: Word | None = None
    country: str | None = Field(default=None, pattern=r"^[A-Za-z]{2}$", description="ISO 3166-1 alpha-2.")
    postal_code: ShortText | None = None
    phone: ShortText | None = None
    language: Language | None = None
    request: Request = Request.CONTENT
    url: str | None = Field(default=None, max_length=4096)
    campaign: Campaign | None = None
    consent: Consent | None = None
    user_agent: str | None = Field(default=None, max_length=2000, description="As the browser names itself.")
    is_bot: bool = Field(default=False, description="The sender knows that no person did this.")
