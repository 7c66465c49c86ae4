"""What every event shares: frozen pydantic models, unknown fields ignored, times with an offset."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints


def _to_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


Instant = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""RFC 3339 with an offset; normalised to UTC."""

Identifier = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
"""An id given by another system: 1 to 200 characters."""

ShortText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
"""A lower_snake word."""

Milliseconds = Annotated[int, Field(ge=0, le=253_402_300_799_999)]
"""Milliseconds since 1970-01-01 UTC, up to the year 9999."""


class Model(BaseModel):
    """A frozen value; fields that the contract does not name are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_timedelta="float")


class InboundEvent(Model):
    """What every event of another system carries."""

    event_id: Identifier = Field(description="Unique per event; a repeat within the window counts once.")
    occurred_at: Instant = Field(description="When it happened, RFC 3339 with an offset.")


class Campaign(Model):
    """The campaign that brought the visitor."""

    name: ShortText
    source: ShortText | None = None
    medium: ShortText | None = None


class PolicyRef(Model):
    """The policy that a decision was made by."""

    name: str
    version: int
    hash: str = Field(description="First 12 hex digits of the SHA-256 of the policy file's text.")
