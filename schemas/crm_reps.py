"""crm.reps: the people of sales, their desks and hours. Key: rep_id; compacted; null deletes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints, model_validator

from schemas.base import Identifier, InboundEvent, Instant, Model, ShortText

LanguageCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2}$", to_lower=True)]
SettingName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)]
"""The name of a calendar or a time zone. At most 64 characters, without spaces at its ends."""
SegmentName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class DeskMembership(Model):
    """A rep's membership of a desk, with the rep's own weight and capacity there."""

    desk: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")] = Field(
        description="The name of the desk in the policy."
    )
    weight: int | None = Field(
        default=None,
        ge=1,
        le=100,
        description="The rep's share of the desk's rotation, relative to the other members. Left out: the policy's.",
    )
    capacity: int | None = Field(
        default=None,
        ge=0,
        le=10_000,
        description="The most MQLs that the rep takes in the desk's period. Left out: the policy's.",
    )
    on_turn_since: Instant | None = Field(
        default=None,
        description="From when on missed responses count. A manager sets it to put a rep who missed too many back on the "
        "turn. Left out: all count.",
    )


class Absence(Model):
    """A time span in which the rep is away."""

    starts_at: Instant = Field(description="The first moment of the absence.")
    ends_at: Instant = Field(
        description="The moment at which the rep is back. Must be later than `starts_at`."
    )

    @model_validator(mode="after")
    def _ends_after_start(self) -> Absence:
        if self.ends_at <= self.starts_at:
            msg = "ends_at must be later than starts_at"
            raise ValueError(msg)
        return self


class CrmRep(InboundEvent):
    """The whole record of a rep, not a difference."""

    STAND_INS: ClassVar[Mapping[str, str]] = {"name": ""}
    """Values of required fields that cannot be read, although they are neither identity nor time."""

    rep_id: Identifier = Field(description="The rep's id in the CRM. It is also the record's key.")
    name: ShortText = Field(description="The rep's name, as hand-offs show it.")
    active: bool = Field(
        default=True,
        description="Whether the rep works with us. An inactive rep gets no leads, and the rep's accounts are reassigned.",
    )
    person: bool = Field(
        default=True,
        description="Whether the record is a person. A robot or a queue owns no account and answers no lead.",
    )
    desks: list[DeskMembership] = Field(
        default_factory=list, max_length=20, description="The desks of which the rep is a member."
    )
    languages: list[LanguageCode] = Field(
        default_factory=list,
        max_length=20,
        description="Languages that the rep speaks besides the desk's own, ISO 639-1.",
    )
    segments: list[SegmentName] = Field(
        default_factory=list, max_length=20, description="Segments of the policy that the rep can serve."
    )
    calendar: SettingName | None = Field(
        default=None,
        description="The name of a calendar in the policy. Left out or unknown: the desk's calendar.",
    )
    time_zone: SettingName | None = Field(
        default=None,
        description="The rep's IANA time zone, such as America/Chicago. Left out or unknown: the calendar's.",
    )
    hours: dict[str, str] | None = Field(
        default=None,
        max_length=20,
        description="The rep's working hours by days, several windows separated by commas. Left out or unreadable: the "
        "calendar's.",
    )
    absences: list[Absence] = Field(
        default_factory=list, max_length=200, description="Time spans in which the rep is away."
    )
    deputy_rep_id: Identifier | None = Field(
        default=None, description="The rep who does the work while this rep is away."
    )
    manager_rep_id: Identifier | None = Field(
        default=None,
        description="The rep's manager, who is notified of overdue responses and may get the account. Left out: the desk's manager.",
    )
