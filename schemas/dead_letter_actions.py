"""dead.letters.actions: what operators did about dead letters and about records that stop a partition.

Written by `lead-router dlq`. Key: topic-partition-offset of the record; partitioned by the record's partition.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from schemas.base import Instant, Output
from schemas.vocabulary import LetterActionType


class LetterAction(Output):
    """One action of an operator on one record. A letter with an action is no longer open.

    It holds no data of the record. If no record was the cause of the letter (a timer), the offset is -1 and the key ends
    in the letter_id.
    """

    type_name: ClassVar[str] = "dead.letter.action"
    occurred_at: Instant = Field(
        description="When the operator acted, in UTC: the clock of the operator's machine."
    )
    action: LetterActionType = Field(description="What the operator did.")
    topic: str = Field(description="The record's topic.")
    partition: int = Field(description="The record's partition.")
    offset: int = Field(description="The record's offset. -1 if no record was the cause of the letter.")
    letter_id: str | None = Field(
        default=None, description="The event_id of the dead letter. Absent if the record was skipped."
    )
    by: str = Field(
        max_length=200, description="The user who acted, as the operating system or `--by` names it."
    )
    why: str = Field(max_length=500, description="The operator's reason. It never holds an e-mail address.")
    fixed_fields: list[str] = Field(
        default_factory=list,
        description="The fields that were changed before the record was sent again, never their content.",
    )
    sent_topic: str | None = Field(
        default=None, description="The topic to which the record was sent again. Absent if it was not."
    )
    sent_partition: int | None = Field(
        default=None, description="The partition to which the record was sent again. Absent if it was not."
    )
    sent_offset: int | None = Field(
        default=None, description="The offset of the record that was sent again. Absent if it was not."
    )
