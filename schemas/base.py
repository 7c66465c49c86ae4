"""The base of every model: frozen, unknown fields ignored, times with an offset; and the field types they share."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Final

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
_FIRST_YEAR = 1970
_WANTED = "expected RFC 3339 with an offset, from 1970 to 9999, as 2026-03-04T10:00:00+01:00"


def _to_utc(value: Any, handler: ValidatorFunctionWrapHandler) -> datetime:
    """Accept a text in RFC 3339 only: pydantic alone would read "1700000000" as seconds or milliseconds."""
    if isinstance(value, str) and not _RFC3339.fullmatch(value):
        raise ValueError(_WANTED)
    try:
        instant: datetime = (
            datetime.fromisoformat(value.upper()) if isinstance(value, str) else handler(value)
        )
        if instant.tzinfo is not UTC:
            instant = instant.astimezone(UTC)
    except (ValueError, OverflowError):  # the library's own words would repeat the text
        raise ValueError(_WANTED) from None
    if instant.year < _FIRST_YEAR:
        raise ValueError(_WANTED)
    return instant


Instant = Annotated[AwareDatetime, WrapValidator(_to_utc)]
"""A time in RFC 3339 with an offset, from 1970 to 9999. Normalised to UTC."""

Identifier = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$"),
]
"""An id of another system. 1 to 200 characters. Control characters are refused because they separate the parts of keys."""

ShortText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
"""A text of at most 500 characters, without spaces at its ends."""
FieldName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$"),
]
"""The name of a custom field. 1 to 64 characters."""
FieldValue = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
"""The value of a custom field. At most 200 characters, without spaces at its ends."""
CustomFields = Annotated[dict[FieldName, FieldValue], Field(max_length=20)]
"""Custom fields by name. At most 20."""
Url = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4096)]
"""The address of a page. At most 4096 characters, without spaces at its ends."""
UserAgent = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
"""A browser's user agent. At most 2000 characters, without spaces at its ends."""
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
"""A word in lower_snake case. At most 64 characters."""
Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$", max_length=35)]
"""A language in ISO 639 or BCP 47, as es or es-MX. Only the first part counts."""

Milliseconds = Annotated[int, Field(ge=0, le=253_402_300_799_999)]
"""Milliseconds since 1970-01-01 UTC, up to the year 9999."""

# Fields that many models share, each with its description.

RECORD_TYPE: Final = "The type of the record. Always this value."

AccountKey = Annotated[
    str,
    Field(
        description="The account: `domain:<registrable domain>`, `crm:<crm_account_id>` for an account without a domain, "
        "or `lead:<lead_id>` for a person with free mail whom neither a contact of the CRM nor a company name matches to "
        "an account."
    ),
]
LeadId = Annotated[
    str,
    Field(
        description="The person, as a UUID made from the e-mail address with a secret key. It stays the same and does not "
        "reveal the address."
    ),
]
FactId = Annotated[
    str,
    Field(
        description="The id of the record: of the event that caused it, or a UUID made from its facts. The same on every "
        "replay."
    ),
]


class Model(BaseModel):
    """A frozen value. Fields that the contract does not name are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class UnreadField(Model):
    """A field of an input record that could not be read. It names the field, never its content."""

    topic: str = Field(description="The topic of the record.")
    field: str = Field(description="The field, as the contract names it. A field of a field has a dot.")
    word: str | None = Field(
        default=None,
        description="The unknown word of a closed list, in lower_snake case. Absent if it is not a plain word.",
    )


class InboundEvent(Model):
    """The fields that every event of another system carries."""

    event_id: Identifier = Field(
        description="The id of the event, unique within its topic, or within its `producer`. An event that is sent again "
        "with the same id counts once, whatever its date. The earliest date counts."
    )
    occurred_at: Instant = Field(
        description="When the event happened. A time more than 5 minutes after the record's own time stamp counts as that "
        "time stamp plus 5 minutes."
    )
    producer: Identifier | None = Field(
        default=None,
        description="The system that made the event_id, if several systems write to the topic and may use equal ids. "
        "Left out: the id is unique within the topic.",
    )


class Output(Model):
    """The fields that every result carries. `event_id` is also the CloudEvents id."""

    type_name: ClassVar[str]
    event_id: str = Field(
        description="The id of the result, as a UUID made from the facts of the decision. The same on every replay: "
        "remember it to process nothing twice."
    )
    occurred_at: Instant = Field(
        description="Stream time of the decision, in UTC: the time of the newest event that the router had read."
    )


class Campaign(Model):
    """The campaign that brought the visitor."""

    name: ShortText = Field(description="The name of the campaign, as the policy's rules match it.")
    source: ShortText | None = Field(default=None, description="The place where the campaign ran.")
    medium: ShortText | None = Field(
        default=None, description="The medium of the campaign, such as email or cpc."
    )


class Consent(Model):
    """A person's consent by purpose. A purpose that is left out stays as it was."""

    tracking: bool | None = Field(
        default=None, description="Whether the person's activity may count for their score."
    )
    marketing: bool | None = Field(
        default=None, description="Whether the person may be offered more than what they ask for."
    )


class PolicyRef(Model):
    """The policy that made a decision."""

    name: str = Field(description="The name of the policy.")
    version: int = Field(description="The version of the policy. It rises with every change of its text.")
    hash: str = Field(description="The first 12 hex digits of the SHA-256 of the policy file's text.")
