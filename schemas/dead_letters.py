"""dead.letters: records that could not be handled. Key: topic-partition-offset; compacted and expiring."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from schemas.base import Output
from schemas.vocabulary import DeadLetterReason


class DeadLetter(Output):
    """A record that could not be handled. The rest of its partition was processed.

    It holds the record's bytes, so it may hold personal data: protect it like the inputs. If no record was the cause (a
    timer), the offset is -1 and the key ends in the event_id.
    """

    type_name: ClassVar[str] = "dead.letter"
    agent: str = Field(
        description="The hop that gave up on the record: `visitors`, `directory`, `accounts` or `desks`."
    )
    topic: str = Field(description="The record's topic.")
    partition: int = Field(description="The record's partition.")
    offset: int = Field(description="The record's offset. -1 if no record was the cause.")
    reason: DeadLetterReason = Field(description="Why the record could not be handled.")
    detail: str = Field(
        max_length=2000,
        description="The place and the expectation, for people. It never repeats an e-mail address of the record.",
    )
    key_base64: str | None = Field(
        default=None, description="The record's key, base64. Cut to 1 KiB. Absent if it had none."
    )
    payload_base64: str | None = Field(
        default=None, description="The record's value, base64. Cut to 64 KiB. Absent if it had none."
    )
    payload_bytes: int = Field(default=0, description="The size of the record's whole value, in bytes.")
