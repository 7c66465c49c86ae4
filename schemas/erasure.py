"""The erasure of a person, as the hops pass it to each other: by lead_id, never by address.

Every internal log has it in each of its partitions, because any of them may know the person.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.base import RECORD_TYPE, LeadId, Milliseconds, Model


class PersonErased(Model):
    """A person asked to be forgotten. Everything dated up to that time is forgotten, however late it arrives."""

    type: Literal["person_erased"] = Field(default="person_erased", description=RECORD_TYPE)
    event_id: str = Field(description="The id of the privacy request.")
    lead_id: LeadId
    occurred_at_ms: Milliseconds = Field(
        description="When the person asked. At most the arrival of the request plus 5 minutes."
    )
