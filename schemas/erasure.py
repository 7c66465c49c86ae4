"""That a person is to be forgotten, as the hops tell each other: by lead_id, never by address.

It stands in every internal log, in each of its partitions, because nobody knows in which of them the person is known.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.base import Milliseconds, Model


class PersonErased(Model):
    """Somebody asked to be forgotten; what is dated up to then is forgotten too, however late it comes."""

    type: Literal["person_erased"] = "person_erased"
    event_id: str = Field(description="Of the request.")
    lead_id: str
    occurred_at_ms: Milliseconds = Field(description="When they asked, clamped to arrival + 5 min.")
