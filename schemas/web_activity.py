"""web.activity: the activity of a visitor. Key: anonymous_id, else e-mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from schemas.base import Campaign, Consent, Identifier, InboundEvent, ShortText, Url, UserAgent, Word


class WebActivity(InboundEvent):
    """One activity of a visitor. Without `anonymous_id` and `email` it is counted, but not scored."""

    VISITOR_FIELDS: ClassVar[tuple[str, ...]] = ("anonymous_id", "email")
    """Fields that name the visitor. If one of them cannot be read and the other is not given, the event is refused."""
    STAND_INS: ClassVar[Mapping[str, str]] = {"activity": "unknown"}
    """Values of required fields that cannot be read, although they are neither identity nor time."""
    FOLDED_WORDS: ClassVar[tuple[str, ...]] = ("activity",)
    """Fields whose words are read in any case, with spaces or hyphens for underscores."""

    activity: Word = Field(
        description="The kind of activity, as the policy's rules name it: page_view, download, webinar_registered, "
        "webinar_attended, email_opened, email_clicked, video_watched, or any other lower_snake word."
    )
    anonymous_id: Identifier | None = Field(
        default=None, description="The visitor's browser, as your site identifies it."
    )
    email: ShortText | None = Field(
        default=None,
        description="The person's e-mail address, with or without a display name. It identifies the browser's visitor.",
    )
    url: Url | None = Field(default=None, description="The address of the page.")
    asset: ShortText | None = Field(
        default=None, description="The paper, webinar, video or message that the activity is about."
    )
    campaign: Campaign | None = Field(default=None, description="The campaign that brought the visitor.")
    duration_seconds: float | None = Field(
        default=None,
        ge=0,
        le=86_400,
        description="How long the activity lasted, in seconds. Left out: until the visitor's next activity, if that "
        "follows within the policy's session gap.",
    )
    session_id: Identifier | None = Field(
        default=None, description="The session, as your site identifies it. It does not influence decisions."
    )
    consent: Consent | None = Field(
        default=None, description="The consent that the person gave or refused with this activity."
    )
    message_id: Identifier | None = Field(
        default=None,
        description="The mail that was delivered, opened or clicked, as sent to this person. Left out: the campaign names "
        "it, else the asset.",
    )
    links_in_message: int | None = Field(
        default=None,
        ge=1,
        le=1000,
        description="The number of links in the mail, with a click. If every link is clicked, the clicks are a mail "
        "scanner's.",
    )
    user_agent: UserAgent | None = Field(
        default=None,
        description="The browser's user agent. One that matches the policy's `no_visits` is counted and dropped.",
    )
    is_bot: bool = Field(
        default=False,
        description="Whether the sender knows that a robot caused the event. It is then dropped.",
    )
