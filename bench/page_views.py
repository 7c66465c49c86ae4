"""The input and the output of the one-counter job. Needs pydantic only, so that every framework can import it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

TOPIC = "bench.in"


class PageView(BaseModel):
    """The input of the job."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    event_id: str
    lead_id: str
    url: str


class Counted(BaseModel):
    """The output of the job."""

    event_id: str
    lead_id: str
    count: int
