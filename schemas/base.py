"""What every event shares: frozen pydantic models, unknown fields ignored, times with an offset."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WANTED = "expected RFC 3339 with an offset, from 1970 to 9999, as 2026-03-04T10:00:00+01:00"


def _to_utc(value: Any, handler: ValidatorFunctionWrapHandler) -> datetime:
    """Take a text as RFC 3339 only: pydantic alone would read "1700000000" as seconds, or as milliseconds."""
    if isinstance(value, str) and not _RFC3339.fullmatch(value):
        raise ValueError(_WANTED)
    try:
        instant: datetime = (
            datetime.fromisoformat(value.upper()) if isinstance(value, str) else handler(value)
        )
        instant = instant.astimezone(UTC)
    except (ValueError, OverflowError):  # the library's own words would repeat the text
        raise ValueError(_WANTED) from None
    if instant < _EPOCH:
        raise ValueError(_WANTED)
    return instant


Instant = Annotated[AwareDatetime, WrapValidator(_to_utc)]
"""RFC 3339 with an offset, from 1970 to 9999; normalised to UTC."""

Identifier = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$"),
]
"""An id given by another system: 1 to 200 characters, none of them a control character (keys are joined by those)."""

ShortText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
"""A lower_snake word."""
Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$", max_length=35)]
"""A language as ISO 639 or BCP 47 has it: es, es-MX. Only its first part counts."""

Milliseconds = Annotated[int, Field(ge=0, le=253_402_300_799_999)]
"""Milliseconds since 1970-01-01 UTC, up to the year 9999."""


class Model(BaseModel):
    """A frozen value; fields that the contract does not name are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class InboundEvent(Model):
    """What every event of another system carries."""

    event_id: Identifier = Field(description="Unique per event; a repeat within the window counts once.")
    occurred_at: Instant = Field(description="When it happened, RFC 3339 with an offset.")


class Campaign(Model):
    """The campaign that brought the visitor."""

    name: ShortText
    source: ShortText | None = None
    medium: ShortText | None = None


class Consent(Model):
    """What a person agrees to, by purpose; a purpose that is left out says nothing."""

    tracking: bool | None = Field(default=None, description="That what they do counts for them.")
    marketing: bool | None = Field(
        default=None, description="That more is offered to them than they ask for."
    )


class PolicyRef(Model):
    """The policy that a decision was made by."""

    name: str
    version: int
    hash: str = Field(description="First 12 hex digits of the SHA-256 of the policy file's text.")
