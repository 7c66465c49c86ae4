"""form.fills: a form that a visitor sent. Key: anonymous_id, else e-mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from schemas.base import (
    Campaign,
    Consent,
    CustomFields,
    Identifier,
    InboundEvent,
    Language,
    ShortText,
    Url,
    UserAgent,
)
from schemas.vocabulary import Request


class FormFill(InboundEvent):
    """One form. Its address identifies the visitor, and its request may raise a hand. A blank field overwrites nothing."""

    VISITOR_FIELDS: ClassVar[tuple[str, ...]] = ("anonymous_id", "email")
    """Fields that name the visitor. If one of them cannot be read and the other is not given, the form is refused."""
    STAND_INS: ClassVar[Mapping[str, str]] = {"form_id": "unknown"}
    """Values of required fields that cannot be read, although they are neither identity nor time."""
    UNKNOWN_WORDS: ClassVar[Mapping[str, str]] = {"request": Request.CONTACT_SALES.value}
    """Values of optional fields whose word is not in the list. An unknown request counts as a raised hand."""

    form_id: Identifier = Field(description="The form, as the policy's rules name it.")
    anonymous_id: Identifier | None = Field(
        default=None, description="The visitor's browser, as your site identifies it."
    )
    email: ShortText | None = Field(
        default=None,
        description="The person's e-mail address, with or without a display name. It identifies the browser's visitor.",
    )
    first_name: ShortText | None = Field(default=None, description="The person's first name.")
    last_name: ShortText | None = Field(default=None, description="The person's last name.")
    company: ShortText | None = Field(
        default=None,
        description="The company name that the person gave. The policy may match it to an account of the CRM.",
    )
    job_title: ShortText | None = Field(default=None, description="The person's job title.")
    job_function: str | None = Field(
        default=None, description="The person's function, as a name or words of the policy's `functions`."
    )
    country: str | None = Field(
        default=None,
        description="The person's country: a code of ISO 3166-1, a common alias such as UK, or a name in any language.",
    )
    postal_code: ShortText | None = Field(default=None, description="The person's postal code.")
    region: ShortText | None = Field(
        default=None,
        description="The person's region, a state or a province: its ISO 3166-2 code, with or without the country, or name. It "
        "counts where the company's region is unknown.",
    )
    phone: ShortText | None = Field(default=None, description="The person's phone number, in any notation.")
    language: Language | None = Field(
        default=None,
        description="The person's language, ISO 639 or BCP 47. Only the part before the first hyphen counts.",
    )
    product_interest: ShortText | None = Field(
        default=None,
        description="The product that the person is interested in, as the form has it. Several products in one text are "
        "matched by the policy's patterns.",
    )
    fields: CustomFields | None = Field(
        default=None,
        description='Custom fields of the form that the policy tests, as `{"team_size": "20-50"}`. Names are compared in '
        "lower case, with underscores between words. A blank field overwrites nothing. The account's field of the same name goes "
        "before it.",
    )
    request: Request = Field(default=Request.CONTENT, description="The request that the form makes.")
    url: Url | None = Field(default=None, description="The address of the form's page.")
    campaign: Campaign | None = Field(default=None, description="The campaign that brought the visitor.")
    consent: Consent | None = Field(
        default=None, description="The consent that the person gave or refused in the form."
    )
    user_agent: UserAgent | None = Field(
        default=None,
        description="The browser's user agent. One that matches the policy's `no_visits` is counted and dropped.",
    )
    is_bot: bool = Field(
        default=False,
        description="Whether the sender knows that a robot caused the event. It is then dropped.",
    )
