"""crm.reps: people of sales, their desks and hours. Key: rep_id; compacted; null deletes."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from schemas.base import Identifier, InboundEvent, Instant, Model, ShortText

LanguageCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2}$", to_lower=True)]
SegmentName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class DeskMembership(Model):
    """A seat at a desk; weight and capacity are per (rep, desk), the policy gives the default."""

    desk: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    weight: int | None = Field(default=None, ge=1, le=100)
    capacity: int | None = Field(default=None, ge=0, le=10_000, description="MQLs in the desk's period.")


class Absence(Model):
    """Away from (inclusive) until (exclusive)."""

    starts_at: Instant
    ends_at: Instant

    @model_validator(mode="after")
    def _ends_after_start(self) -> Absence:
        if self.ends_at <= self.starts_at:
            msg = "ends_at must be later than starts_at"
            raise ValueError(msg)
        return self


class CrmRep(InboundEvent):
    """The whole record of a rep."""

    rep_id: Identifier
    name: ShortText
    active: bool = True
    person: bool = Field(
        default=True, description="False: a robot or a queue, which owns and answers nothing."
    )
    desks: list[DeskMembership] = Field(default_factory=list, max_length=20)
    languages: list[LanguageCode] = Field(
        default_factory=list, max_length=20, description="Languages beside the desk's own, ISO 639-1, as es."
    )
    segments: list[SegmentName] = Field(
        default_factory=list, max_length=20, description="Segments of the policy that this rep knows."
    )
    calendar: str | None = Field(
        default=None, max_length=64, description="A calendar of the policy; else the desk's."
    )
    time_zone: str | None = Field(
        default=None, max_length=64, description="IANA zone; replaces the calendar's."
    )
    hours: dict[str, str] | None = Field(
        default=None,
        max_length=20,
        description='Replaces the calendar\'s, as {"mon-fri": "08:30-17:30"}; several windows by comma.',
    )
    absences: list[Absence] = Field(default_factory=list, max_length=200)
    deputy_rep_id: Identifier | None = None
    manager_rep_id: Identifier | None = None
