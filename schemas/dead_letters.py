"""dead.letters: records that could not be handled. Key: topic-partition-offset; compacted and expiring.

The place and the reason are also Kafka headers (:func:`letter_headers`), so that a viewer of topics shows them without
reading the value.
"""

from __future__ import annotations

from typing import ClassVar, Final

from pydantic import Field

from schemas.base import Output
from schemas.vocabulary import DeadLetterReason


class DeadLetter(Output):
    """A record that could not be handled. The rest of its partition was processed.

    It holds the record's bytes, so it may hold personal data: protect it like the inputs. If no record was the cause (a
    timer), the offset is -1 and the key ends in the event_id. Hop, place, reason and detail are also headers of the
    record: `dead_letter_agent`, `dead_letter_topic`, `dead_letter_partition`, `dead_letter_offset`, `dead_letter_reason`
    and `dead_letter_exception`.
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
    payload_text: str | None = Field(
        default=None,
        max_length=4_096,
        description="The record's value as text, for people. Cut to 4,096 characters. Absent if it is not UTF-8.",
    )
    payload_bytes: int = Field(default=0, description="The size of the record's whole value, in bytes.")


LETTER_HEADERS: Final = (
    "dead_letter_agent",
    "dead_letter_topic",
    "dead_letter_partition",
    "dead_letter_offset",
    "dead_letter_reason",
    "dead_letter_exception",
)
"""The names of the headers of a dead letter. The values are text. They never hold an e-mail address."""


def letter_headers(letter: DeadLetter) -> tuple[tuple[str, bytes], ...]:
    """Return the hop, place, reason and detail of a letter as Kafka headers."""
    values = (letter.agent, letter.topic, letter.partition, letter.offset, letter.reason, letter.detail)
    return tuple((name, str(value).encode()) for name, value in zip(LETTER_HEADERS, values, strict=True))
